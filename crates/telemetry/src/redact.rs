//! Taking out of a record what nobody may read in a log, before anybody writes it.
//!
//! Rules are about the JSON of a record: the request and the response (plain, or the data lines of a stream), the metadata, and what
//! conditions read; patterns are also looked for in every other text that a caller chose. A rule that finds nothing changes nothing, to
//! the byte. What is taken out becomes `"[redacted]"`, and so does a body that rules cannot be applied to because it is no text.

use bytes::Bytes;
use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use crate::Record;

/// What stands in the place of what was taken out.
pub const REDACTED: &str = "[redacted]";
/// Bytes that a compiled pattern may take.
const PATTERN_SIZE: usize = 1 << 20;

/// What some write before a text in UTF-8; it is no part of it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Words in the names of headers that may hold a credential.
const CREDENTIALS: [&str; 8] =
    ["auth", "cookie", "credential", "key", "password", "secret", "session", "token"];

/// The rules.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    paths: Vec<Vec<Step>>,
    patterns: Vec<Regex>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    /// Every key or index.
    Any,
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

    /// Applies them. Credentials among the inputs are taken out whatever the rules are.
    pub fn apply(&self, record: &mut Record) {
        let bare = self.paths.is_empty() && self.patterns.is_empty();
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
            match self.text(metadata, &["metadata"]) {
                Found::Nothing => {}
                Found::Taken(changed) => record.metadata = Some(changed),
                Found::Unreadable => record.metadata = None,
            }
        }
        self.texts(record);
        let Some(payload) = &mut record.payload else { return };
        if let Some(changed) = self.body(&payload.request).instead() {
            payload.request = changed.into();
        }
        let response = match payload.response.as_slice() {
            [one] => one.clone(),
            parts => parts.concat().into(),
        };
        if let Some(changed) = self.body(&response).instead() {
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
        for text in types.into_iter().chain([model, &mut entry.path]) {
            self.clean(text);
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

    /// The path of a record, whose models a caller may have named; everything else in it is ours.
    fn models(&self, path: &str) -> Option<String> {
        if !self.patterns.iter().any(|it| it.is_match(path)) {
            return None;
        }
        let mut path: Value = serde_json::from_str(path).ok()?;
        let elements = path.as_array_mut()?.iter_mut();
        let attempts = elements.filter_map(|it| it.get_mut("attempts")?.as_array_mut()).flatten();
        let changed = any(attempts, |it| it.get_mut("model").is_some_and(|it| self.values(it)));
        changed.then(|| path.to_string())
    }

    fn body(&self, body: &Bytes) -> Found {
        let Ok(text) = std::str::from_utf8(body) else { return Found::Unreadable };
        // Not in any text, but in every other one of a text of two bytes a letter, where nothing would be found.
        if text.contains('\0') {
            return Found::Unreadable;
        }
        let start = text.trim_start_matches(|it: char| it == BYTE_ORDER_MARK || it.is_whitespace());
        if start.starts_with(['{', '[', '"']) {
            // One that was cut off is no JSON: patterns are looked for in its text.
            return match self.text(start, &[]) {
                Found::Unreadable => self.broken(start),
                read => read,
            };
        }
        if ["data:", "event:", "id:", "retry:", ":"].iter().any(|it| start.starts_with(it)) {
            return self.stream(start);
        }
        self.matched(start).into()
    }

    /// JSON that ends before its end. Paths cannot be followed in it, so with any of them nothing of it is kept.
    fn broken(&self, text: &str) -> Found {
        if self.paths.is_empty() { self.matched(text).into() } else { Found::Unreadable }
    }

    /// Each data line by itself.
    fn stream(&self, text: &str) -> Found {
        let mut changed = false;
        let mut all = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\r', '\n']);
            let data = content.strip_prefix("data:").map(str::trim_start);
            let Some(new) = self.line(content, data).instead() else {
                all.push_str(line);
                continue;
            };
            changed = true;
            all.push_str(if data.is_some() { "data: " } else { "" });
            all.push_str(&new);
            all.push_str(line.strip_prefix(content).unwrap_or("\n"));
        }
        changed.then_some(all).into()
    }

    /// A line of a stream, or what it has as data.
    fn line(&self, content: &str, data: Option<&str>) -> Found {
        let Some(data) = data else { return self.matched(content).into() };
        match self.text(data, &[]) {
            Found::Unreadable if data.starts_with('{') => self.broken(data),
            Found::Unreadable => self.matched(data).into(),
            read => read,
        }
    }

    /// JSON that stands below `place`.
    fn text(&self, json: &str, place: &[&str]) -> Found {
        let Ok(mut value) = serde_json::from_str::<Value>(json) else { return Found::Unreadable };
        self.value(&mut value, place).then(|| value.to_string()).into()
    }

    fn value(&self, value: &mut Value, place: &[&str]) -> bool {
        let mut changed = false;
        for path in &self.paths {
            // Metadata is addressed as `metadata.…`, as in conditions; a body by itself.
            let keys = place.iter().map(|it| Step::Key((*it).to_owned())).collect::<Vec<_>>();
            if let Some(rest) = path.strip_prefix(keys.as_slice()) {
                changed |= take_out(value, rest);
            }
        }
        self.values(value) || changed
    }

    /// Applies the patterns to every text and number, and to the keys of objects.
    fn values(&self, value: &mut Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::Number(number) => {
                let found = self.matched(&number.to_string());
                found.is_some_and(|it| {
                    *value = Value::String(it);
                    true
                })
            }
            Value::String(text) => {
                let found = self.matched(text);
                found.is_some_and(|it| {
                    *text = it;
                    true
                })
            }
            Value::Array(all) => any(all.iter_mut(), |it| self.values(it)),
            Value::Object(all) => {
                let changed = any(all.values_mut(), |it| self.values(it));
                self.keys(all) || changed
            }
        }
    }

    /// Renames keys. No two become one: what stands below them stays.
    fn keys(&self, map: &mut Map<String, Value>) -> bool {
        if !map.keys().any(|it| self.patterns.iter().any(|pattern| pattern.is_match(it))) {
            return false;
        }
        let mut same = 1;
        for (key, value) in std::mem::take(map) {
            let key = self.matched(&key).unwrap_or(key);
            let mut free = key.clone();
            while map.contains_key(&free) {
                same += 1;
                free = format!("{key} {same}");
            }
            map.insert(free, value);
        }
        true
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
        let mut value: Value = serde_json::from_str(json).ok()?;
        let mut changed = false;
        for input in value.get_mut("inputs")?.as_array_mut()? {
            let Some(field) = input.get("field").and_then(Value::as_str) else { continue };
            let field = field.to_owned();
            let Some(seen) = input.get_mut("value") else { continue };
            if is_credential(&field) && *seen != REDACTED {
                *seen = REDACTED.into();
                changed = true;
                continue;
            }
            let steps = steps(&field).unwrap_or_default();
            let body = steps.strip_prefix(&[Step::Key("body".to_owned())]);
            for path in &self.paths {
                let all = [Some(steps.as_slice()), body].into_iter().flatten();
                changed |= any(all, |it| covers(path, it, seen));
            }
            changed |= self.values(seen);
        }
        changed.then(|| value.to_string())
    }
}

/// Does it to all of them; says whether one was changed.
fn any<T>(all: impl Iterator<Item = T>, mut change: impl FnMut(T) -> bool) -> bool {
    let mut changed = false;
    for it in all {
        changed |= change(it);
    }
    changed
}

/// Applies a path to a value that stands at `place`.
fn covers(path: &[Step], place: &[Step], value: &mut Value) -> bool {
    let same = |(one, other): (&Step, &Step)| one == other || *one == Step::Any;
    if !path.iter().zip(place).all(same) {
        return false;
    }
    // A rule about what stands around the value is about it too; one about something in it goes on from there.
    take_out(value, path.get(place.len()..).unwrap_or_default())
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

/// Takes out what stands at a path; says whether there was something.
fn take_out(value: &mut Value, path: &[Step]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        let new = *value != REDACTED && !value.is_null();
        if new {
            *value = REDACTED.into();
        }
        return new;
    };
    match (first, value) {
        (Step::Key(key), Value::Object(map)) => {
            map.get_mut(key).is_some_and(|it| take_out(it, rest))
        }
        (Step::Index(at), Value::Array(all)) => {
            all.get_mut(*at).is_some_and(|it| take_out(it, rest))
        }
        (Step::Any, Value::Array(all)) => any(all.iter_mut(), |it| take_out(it, rest)),
        (Step::Any, Value::Object(map)) => any(map.values_mut(), |it| take_out(it, rest)),
        _ => false,
    }
}

/// `$.a.b[0][*].c`, `a.*.c`, `a["with space"]`; `None` when it is no path.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut steps = Vec::new();
    let mut first = true;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (step, after) = bracket(inner)?;
            steps.push(step);
            rest = after;
        } else {
            let name = match rest.strip_prefix('.') {
                Some(name) => name,
                None if first => rest,
                None => return None,
            };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (key, after) = name.split_at(end);
            if key.is_empty() {
                return None;
            }
            steps.push(if key == "*" { Step::Any } else { Step::Key(key.to_owned()) });
            rest = after;
        }
        first = false;
    }
    (!steps.is_empty()).then_some(steps)
}

/// What stands in brackets, and what follows them.
fn bracket(inner: &str) -> Option<(Step, &str)> {
    for quote in ['"', '\''] {
        if let Some(text) = inner.strip_prefix(quote) {
            let (key, after) = text.split_once(quote)?;
            return Some((Step::Key(key.to_owned()), after.strip_prefix(']')?));
        }
    }
    let (place, after) = inner.split_once(']')?;
    if place == "*" {
        return Some((Step::Any, after));
    }
    Some((Step::Index(place.parse().ok()?), after))
}

#[cfg(test)]
mod tests;
