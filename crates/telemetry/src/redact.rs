//! Taking out of a record what nobody may read in a log, before anybody writes it.
//!
//! Rules are about the JSON of a record: the request and the response (plain, several texts behind each other, or the data of a stream's
//! events), the metadata, and what conditions read; patterns are also looked for in every other text that a caller chose. A rule that finds
//! nothing changes nothing, to the byte. What is taken out becomes `"[redacted]"`, and so does a body that rules cannot be applied to
//! because it is no text, or is written so that nobody can tell what is in it.

mod events;
mod json;
mod path;

use bytes::Bytes;
use json::{Json, Text};
use path::{Step, steps};
use percent_encoding::percent_decode_str;
use regex::{Regex, RegexBuilder};
use std::borrow::Cow;
use std::collections::HashSet;

use crate::Record;

/// What stands in the place of what was taken out.
pub const REDACTED: &str = "[redacted]";
/// Bytes that a compiled pattern may take.
const PATTERN_SIZE: usize = 1 << 20;

/// What some write before a text in UTF-8; it is no part of it.
const BYTE_ORDER_MARK: char = '\u{feff}';
/// How often JSON may be a text in other JSON that is no whole JSON.
const ESCAPED: usize = 3;
/// Ends a stream in many formats, and is no JSON.
const DONE: &str = "[DONE]";

/// Words in the names of headers that may hold a credential.
const CREDENTIALS: [&str; 8] =
    ["auth", "cookie", "credential", "key", "password", "secret", "session", "token"];

/// The rules.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    paths: Vec<Vec<Step>>,
    patterns: Vec<Regex>,
}

/// A rule that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRule {
    /// As it was given.
    pub rule: String,
    /// What is wrong with it.
    pub why: String,
}

/// What the rules find in a text.
#[derive(Debug)]
enum Found {
    Nothing,
    /// This remains.
    Taken(String),
    /// It cannot be read, so nobody knows what is in it.
    Unreadable,
}

impl Found {
    /// What is to be kept in its place.
    fn instead(self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Taken(text) => Some(text),
            Self::Unreadable => Some(REDACTED.to_owned()),
        }
    }
}

impl From<Option<String>> for Found {
    fn from(changed: Option<String>) -> Self {
        changed.map_or(Self::Nothing, Self::Taken)
    }
}

impl Redaction {
    /// Rules of paths, such as `messages[*].content`, and of patterns, which are regular expressions without look-around and
    /// back-references, so that the time for a text is in proportion to its length.
    ///
    /// # Errors
    /// The first rule that cannot be read.
    pub fn new(paths: &[String], patterns: &[String]) -> Result<Self, BadRule> {
        let path = |rule: &String| {
            let why = || {
                "a path is keys and indices such as `messages[*].content`, with `*` for each"
                    .to_owned()
            };
            steps(rule).ok_or_else(|| BadRule { rule: rule.clone(), why: why() })
        };
        let pattern = |rule: &String| {
            let built = RegexBuilder::new(rule).size_limit(PATTERN_SIZE).build();
            let bad = |why: String| BadRule { rule: rule.clone(), why: why.replace('\n', " ") };
            let built = built.map_err(|it| bad(it.to_string()))?;
            if built.is_match("") {
                return Err(bad("it matches the empty text, which is everywhere".to_owned()));
            }
            Ok(built)
        };
        Ok(Self {
            paths: paths.iter().map(path).collect::<Result<_, _>>()?,
            patterns: patterns.iter().map(pattern).collect::<Result<_, _>>()?,
        })
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.patterns.is_empty()
    }

    /// Applies them. Credentials among the inputs are taken out whatever the rules are.
    pub fn apply(&self, record: &mut Record) {
        let bare = self.is_empty();
        if let Some(decision) = &record.decision
            // Without rules only inputs that are headers matter, and few decisions have one.
            && (!bare || mentions_header(decision))
            && let Some(changed) = self.decision(decision)
        {
            record.decision = Some(changed);
        }
        if bare {
            return;
        }
        if let Some(metadata) = &record.metadata {
            match self.text(metadata, &[Step::Key("metadata".to_owned())]) {
                Found::Nothing => {}
                Found::Taken(changed) => record.metadata = Some(changed),
                Found::Unreadable => record.metadata = None,
            }
        }
        self.texts(record);
        let Record { entry, payload, .. } = record;
        let Some(payload) = payload else { return };
        if let Some(changed) = self.body(&payload.request, &entry.request_content_type).instead() {
            payload.request = changed.into();
        }
        let response = match payload.response.as_slice() {
            [one] => one.clone(),
            parts => parts.concat().into(),
        };
        if let Some(changed) = self.body(&response, &entry.response_content_type).instead() {
            payload.response = vec![changed.into()];
        }
    }

    /// Applies the patterns to every text that a caller chose, besides its JSON.
    fn texts(&self, record: &mut Record) {
        let Record { cause, user_agent, entry, model, trace, path, charges, .. } = record;
        for text in [cause, user_agent, &mut entry.event_id].into_iter().flatten() {
            self.clean(text);
        }
        let types = [&mut entry.request_content_type, &mut entry.response_content_type];
        for text in types.into_iter().chain([model]) {
            self.clean(text);
        }
        if let Some(changed) = self.url(&entry.path) {
            entry.path = changed;
        }
        for charge in charges {
            if let Some(changed) = self.matched(&charge.model) {
                charge.model = changed.into();
            }
        }
        if let Some(state) = trace.as_mut().and_then(|it| it.state.as_mut())
            && let Some(changed) = self.matched(state)
        {
            *state = changed.into();
        }
        if let Some(changed) = self.models(path) {
            *path = changed;
        }
    }

    fn clean(&self, text: &mut String) {
        if let Some(changed) = self.matched(text) {
            *text = changed;
        }
    }

    /// A path called, in which letters may be written as `%40`.
    fn url(&self, path: &str) -> Option<String> {
        let cleaned = self.matched(path);
        let left = cleaned.as_deref().unwrap_or(path);
        let plain = percent_decode_str(left).decode_utf8_lossy();
        if *plain == *left { cleaned } else { self.matched(&plain).or(cleaned) }
    }

    /// The path of a record, whose models a caller may have named; everything else in it is ours.
    fn models(&self, path: &str) -> Option<String> {
        if !self.patterns.iter().any(|it| it.is_match(path)) {
            return None;
        }
        let mut path = Json::read(path)?;
        let changed = any(path.elements(), |element| {
            any(element.members("attempts"), |all| {
                any(all.elements(), |it| any(it.members("model"), |model| self.values(model)))
            })
        });
        changed.then(|| path.written())
    }

    /// A body of this type.
    fn body(&self, body: &Bytes, kind: &str) -> Found {
        let Ok(text) = std::str::from_utf8(body) else { return Found::Unreadable };
        // Not in any text, but in every other one of a text of two bytes a letter, where nothing would be found.
        if text.contains('\0') {
            return Found::Unreadable;
        }
        let start = text.trim_start_matches(|it: char| it == BYTE_ORDER_MARK || it.is_whitespace());
        if begins_json(start) {
            return self.texts_of_json(start);
        }
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let fields = ["data:", "event:", "id:", "retry:", ":"];
        if kind == "text/event-stream" || fields.iter().any(|it| start.starts_with(it)) {
            let changed = events::rewritten(
                start,
                |data| self.fragment(data).instead(),
                |line| self.line(line).instead(),
            );
            return changed.into();
        }
        let is_encoded = kind == "application/x-www-form-urlencoded";
        // Its fields are members by other means, which no path is followed to.
        if is_encoded || kind.starts_with("multipart/") || start.starts_with("--") {
            return self.form(start, is_encoded);
        }
        self.prose(start)
    }

    fn form(&self, form: &str, is_encoded: bool) -> Found {
        if !self.paths.is_empty() {
            return Found::Unreadable;
        }
        if is_encoded {
            let spaced = form.replace('+', " ");
            let plain = percent_decode_str(&spaced).decode_utf8_lossy();
            if *plain != *form && self.matches(&plain) {
                return Found::Unreadable;
            }
        }
        self.prose(form)
    }

    /// JSON, or several texts of it behind each other, as one a line.
    fn texts_of_json(&self, text: &str) -> Found {
        let mut changed = false;
        let (mut all, mut rest, mut at) = (String::with_capacity(text.len()), text, 0);
        for end in json::ends(text) {
            let Some((one, after)) = rest.split_at_checked(end.saturating_sub(at)) else { break };
            (rest, at) = (after, end);
            let inner = one.trim_start();
            all.push_str(one.strip_suffix(inner).unwrap_or_default());
            let read = match self.text(inner, &[]) {
                // Deeper than it is followed.
                Found::Unreadable => self.broken(inner),
                read => read,
            };
            let new = read.instead();
            changed |= new.is_some();
            all.push_str(new.as_deref().unwrap_or(inner));
        }
        let inner = rest.trim_start();
        all.push_str(rest.strip_suffix(inner).unwrap_or_default());
        // One that was cut off is no JSON.
        let new = if inner.is_empty() { None } else { self.broken(inner).instead() };
        changed |= new.is_some();
        all.push_str(new.as_deref().unwrap_or(inner));
        changed.then_some(all).into()
    }

    /// JSON that cannot be followed, often because it was cut off. With any path nothing of it is kept.
    fn broken(&self, text: &str) -> Found {
        if self.paths.is_empty() || text.trim_end() == DONE {
            return self.prose(text);
        }
        Found::Unreadable
    }

    /// What may be JSON: the data of an event.
    fn fragment(&self, text: &str) -> Found {
        if begins_json(text.trim_start()) { self.texts_of_json(text) } else { self.prose(text) }
    }

    /// A line of a stream that has no data. It, or what stands in it behind a colon, may be JSON that its sender meant as data.
    fn line(&self, line: &str) -> Found {
        if begins_json(line) {
            return self.texts_of_json(line);
        }
        match line.split_once(':') {
            Some((name, text)) if begins_json(text.trim_start()) => {
                let new = self.texts_of_json(text.trim_start()).instead();
                new.map(|it| format!("{name}: {it}")).into()
            }
            _ => self.prose(line),
        }
    }

    /// A text that is no JSON, or a part of some.
    fn prose(&self, text: &str) -> Found {
        let cleaned = self.matched(text);
        let left = cleaned.as_deref().unwrap_or(text);
        // Where its texts begin and end nobody knows, so what is written in escapes cannot be taken out alone.
        if self.hides(left) {
            return Found::Unreadable;
        }
        cleaned.into()
    }

    /// JSON that stands at `place`.
    fn text(&self, json: &str, place: &[Step]) -> Found {
        let Some(mut value) = Json::read(json) else { return Found::Unreadable };
        self.value(&mut value, place).then(|| value.written()).into()
    }

    fn value(&self, value: &mut Json<'_>, place: &[Step]) -> bool {
        let mut changed = false;
        for path in &self.paths {
            let Some(path) = path::within(path, place) else { continue };
            changed |= value.take_out(path);
            // The answers of a stream, or the steps of a request, in one list.
            if place.is_empty() {
                changed |= any(value.elements(), |it| it.take_out(path));
            }
        }
        self.values(value) || changed
    }

    /// Applies the patterns to every text and number, and to the keys of objects.
    fn values(&self, value: &mut Json<'_>) -> bool {
        match value {
            Json::Bare("null" | "true" | "false") => false,
            Json::Bare(number) => {
                let found = self.matched(number);
                found.is_some_and(|it| {
                    *value = Json::Text(Text::new(&it));
                    true
                })
            }
            Json::Text(text) => {
                let found = self.matched(&text.plain());
                let changed = found.is_some_and(|it| {
                    *text = Text::new(&it);
                    true
                });
                let changed = text.change(|it| self.values(it)) || changed;
                // A piece of JSON, as the arguments of a call come in a stream.
                if self.hides(&text.plain()) {
                    *value = Json::Text(Text::new(REDACTED));
                    return true;
                }
                changed
            }
            Json::Array(all) => any(all.iter_mut(), |it| self.values(it)),
            Json::Object(members) => {
                let changed = any(members.iter_mut(), |(_, it)| self.values(it));
                self.keys(members) || changed
            }
        }
    }

    /// Renames keys. No two become one: what stands below them stays.
    fn keys(&self, members: &mut [(Text<'_>, Json<'_>)]) -> bool {
        if !members.iter().any(|(key, _)| self.matches(&key.plain())) {
            return false;
        }
        let mut same = 1;
        let mut taken = HashSet::new();
        for (key, _) in members {
            let plain = key.plain();
            let new = self.matched(&plain);
            let name = new.as_deref().unwrap_or(&plain);
            // Only such a name can be one that another key has got.
            if !name.contains(REDACTED) {
                continue;
            }
            let mut free = name.to_owned();
            while !taken.insert(free.clone()) {
                same += 1;
                free = format!("{name} {same}");
            }
            *key = Text::new(&free);
        }
        true
    }

    /// Whether patterns find something in a text once its escapes are read: those of JSON, and of JSON in a text of it.
    fn hides(&self, text: &str) -> bool {
        let mut plain = Cow::Borrowed(text);
        for _ in 0..ESCAPED {
            if !plain.contains('\\') {
                return false;
            }
            plain = json::unescaped(&plain).into();
            if self.matches(&plain) {
                return true;
            }
        }
        false
    }

    fn matches(&self, text: &str) -> bool {
        self.patterns.iter().any(|it| it.is_match(text))
    }

    /// A text without what patterns find in it; `None` when they find nothing.
    fn matched(&self, text: &str) -> Option<String> {
        let mut changed = None;
        for pattern in &self.patterns {
            let now = changed.as_deref().unwrap_or(text);
            if pattern.is_match(now) {
                changed = Some(pattern.replace_all(now, regex::NoExpand(REDACTED)).into_owned());
            }
        }
        changed
    }

    /// What conditions read: `{"inputs": [{"field": "metadata.user", "value": …}], …}`.
    fn decision(&self, json: &str) -> Option<String> {
        let mut decision = Json::read(json)?;
        let changed = any(decision.members("inputs"), |inputs| {
            any(inputs.elements(), |input| {
                let field = input.members("field").find_map(|it| Some(it.plain()?.into_owned()));
                let Some(field) = field else { return false };
                any(input.members("value"), |seen| self.input(&field, seen))
            })
        });
        changed.then(|| decision.written())
    }

    /// What a condition read in a field.
    fn input(&self, field: &str, seen: &mut Json<'_>) -> bool {
        if is_credential(field) {
            return seen.redact();
        }
        let steps = steps(field).unwrap_or_default();
        let body = steps.strip_prefix(&[Step::Key("body".to_owned())]);
        let mut changed = false;
        for path in &self.paths {
            for place in [Some(steps.as_slice()), body].into_iter().flatten() {
                changed |= path::within(path, place).is_some_and(|it| seen.take_out(it));
            }
        }
        self.values(seen) || changed
    }
}

/// Whether a text begins as JSON does that has something in it.
fn begins_json(text: &str) -> bool {
    text.starts_with(['{', '[', '"'])
}

/// Does it to all of them; says whether one was changed.
fn any<T>(all: impl Iterator<Item = T>, mut change: impl FnMut(T) -> bool) -> bool {
    let mut changed = false;
    for it in all {
        changed |= change(it);
    }
    changed
}

/// Whether a field of a decision may be a header.
fn mentions_header(decision: &str) -> bool {
    const WORD: &[u8] = b"header";
    decision.as_bytes().windows(WORD.len()).any(|it| it.eq_ignore_ascii_case(WORD))
}

/// Whether a field is a header that may hold a credential.
fn is_credential(field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    let header =
        ["header.", "headers.", "header[", "headers["].iter().find_map(|it| field.strip_prefix(it));
    header.is_some_and(|name| CREDENTIALS.iter().any(|word| name.contains(word)))
}

#[cfg(test)]
mod tests;
