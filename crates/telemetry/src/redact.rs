//! Taking out of a record what nobody may read in a log, before anybody writes it.
//!
//! Rules are about the JSON of a record: the request and the response (plain, or the data lines of a stream), the metadata, and what
//! conditions read. A rule that finds nothing changes nothing, to the byte. What is taken out becomes `"[redacted]"`.

use bytes::Bytes;
use regex::{Regex, RegexBuilder};
use serde_json::Value;

use crate::Record;

/// What stands in the place of what was taken out.
pub const REDACTED: &str = "[redacted]";
/// Bytes that a compiled pattern may take.
const PATTERN_SIZE: usize = 1 << 20;

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
        if let Some(metadata) = &record.metadata
            && let Some(changed) = self.text(metadata, &["metadata"])
        {
            record.metadata = Some(changed);
        }
        for text in [&mut record.cause, &mut record.user_agent, &mut record.entry.event_id] {
            if let Some(changed) = text.as_deref().and_then(|it| self.matched(it)) {
                *text = Some(changed);
            }
        }
        let Some(payload) = &mut record.payload else { return };
        if let Some(changed) = self.body(&payload.request) {
            payload.request = changed;
        }
        let response = match payload.response.as_slice() {
            [one] => one.clone(),
            parts => parts.concat().into(),
        };
        if let Some(changed) = self.body(&response) {
            payload.response = vec![changed];
        }
    }

    /// A body; `None` when nothing was found in it.
    fn body(&self, body: &Bytes) -> Option<Bytes> {
        let text = std::str::from_utf8(body).ok()?;
        let start = text.trim_start();
        if start.starts_with(['{', '[', '"']) {
            // One that was cut off is no JSON: patterns are looked for in its text.
            return match serde_json::from_str::<Value>(text) {
                Ok(_) => self.text(text, &[]),
                Err(_) => self.broken(text),
            }
            .map(Bytes::from);
        }
        if ["data:", "event:", "id:", "retry:", ":"].iter().any(|it| start.starts_with(it)) {
            return self.stream(text).map(Bytes::from);
        }
        self.matched(text).map(Bytes::from)
    }

    /// JSON that ends before its end. Paths cannot be followed in it, so with any of them nothing of it is kept.
    fn broken(&self, text: &str) -> Option<String> {
        if self.paths.is_empty() { self.matched(text) } else { Some(REDACTED.to_owned()) }
    }

    /// Each data line by itself.
    fn stream(&self, text: &str) -> Option<String> {
        let mut changed = false;
        let mut all = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\r', '\n']);
            let data = content.strip_prefix("data:").map(str::trim_start);
            let new = match data {
                Some(data) if serde_json::from_str::<Value>(data).is_ok() => self.text(data, &[]),
                Some(data) if data.starts_with('{') => self.broken(data),
                _ => self.matched(data.unwrap_or(content)),
            };
            let Some(new) = new else {
                all.push_str(line);
                continue;
            };
            changed = true;
            all.push_str(if data.is_some() { "data: " } else { "" });
            all.push_str(&new);
            all.push_str(line.strip_prefix(content).unwrap_or("\n"));
        }
        changed.then_some(all)
    }

    /// JSON that stands below `place`; `None` when nothing was found in it.
    fn text(&self, json: &str, place: &[&str]) -> Option<String> {
        let mut value: Value = serde_json::from_str(json).ok()?;
        self.value(&mut value, place).then(|| value.to_string())
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

    /// Applies the patterns to every text and number.
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
            Value::Object(all) => any(all.values_mut(), |it| self.values(it)),
        }
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
