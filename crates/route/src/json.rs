//! JSON as a tree that keeps what `serde_json::Value` loses: the order of members, members that stand twice, and the text of
//! numbers, from which amounts of money are read without rounding.

use crate::exact;
use crate::problem::{At, Code, Problems};
use crate::scan::{Scan, unescape};
use serde::de::IgnoredAny;
use std::collections::HashSet;

/// Levels of arrays and objects in a graph; the bound of the whole API.
pub(crate) const MAX_DEPTH: usize = 128;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// The number as it was written.
    Number(Box<str>),
    Text(Box<str>),
    Array(Vec<Json>),
    /// In the order written; no name twice.
    Object(Vec<(Box<str>, Json)>),
}

impl Json {
    /// The name of the type in the original's messages (zod).
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The member `name` of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members.iter().find(|(it, _)| &**it == name).map(|(_, it)| it),
            _ => None,
        }
    }

    /// As a value to compare with. `None`: it has a number beyond what an `f64` holds.
    pub(crate) fn to_value(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(it) => (*it).into(),
            Self::Number(it) => serde_json::Value::Number(exact::number(it)?),
            Self::Text(it) => serde_json::Value::String(it.to_string()),
            Self::Array(items) => {
                items.iter().map(Self::to_value).collect::<Option<Vec<_>>>()?.into()
            }
            Self::Object(members) => {
                let pair = |(name, it): &(Box<str>, Json)| Some((name.to_string(), it.to_value()?));
                serde_json::Value::Object(members.iter().map(pair).collect::<Option<_>>()?)
            }
        })
    }
}

/// Reads JSON text. `None`: a tree could not be made, and the problems say why. A key that stands twice is a problem too, but the tree is
/// made, so that the rest can be checked.
pub(crate) fn parse(text: &str, problems: &mut Problems) -> Option<Json> {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        problems.push(Code::InvalidJson, &At::ROOT, format!("This is not JSON: {error}."));
        return None;
    }
    Reader { scan: Scan::new(text.as_bytes()), problems }.value(&At::ROOT, 0)
}

/// Reads text that is known to be JSON.
struct Reader<'t, 'p> {
    scan: Scan<'t>,
    problems: &'p mut Problems,
}

impl Reader<'_, '_> {
    fn value(&mut self, at: &At<'_>, depth: usize) -> Option<Json> {
        match self.scan.peek()? {
            b'{' | b'[' if depth == MAX_DEPTH => {
                let message = format!("Arrays and objects may be nested {MAX_DEPTH} levels deep.");
                self.problems.push(Code::TooDeep, at, message);
                None
            }
            b'{' => self.object(at, depth + 1),
            b'[' => self.array(at, depth + 1),
            b'"' => Some(Json::Text(self.text(at)?)),
            _ => Some(match self.scan.value()? {
                b"null" => Json::Null,
                b"true" => Json::Bool(true),
                b"false" => Json::Bool(false),
                number => Json::Number(std::str::from_utf8(number).ok()?.into()),
            }),
        }
    }

    fn text(&mut self, at: &At<'_>) -> Option<Box<str>> {
        let raw = self.scan.string()?;
        let text = unescape(raw);
        if text.is_none() {
            self.problems.push(
                Code::InvalidJson,
                at,
                "A \\u escape here is half of a surrogate pair.",
            );
        }
        text.map(Into::into)
    }

    fn array(&mut self, at: &At<'_>, depth: usize) -> Option<Json> {
        let mut items = Vec::new();
        self.scan.eat(b'[');
        while self.scan.peek()? != b']' {
            items.push(self.value(&at.index(items.len()), depth)?);
            self.scan.eat(b',');
        }
        self.scan.eat(b']');
        Some(Json::Array(items))
    }

    fn object(&mut self, at: &At<'_>, depth: usize) -> Option<Json> {
        let mut members: Vec<(Box<str>, Json)> = Vec::new();
        self.scan.eat(b'{');
        while self.scan.peek()? != b'}' {
            let name = self.text(at)?;
            self.scan.eat(b':');
            let value = self.value(&at.key(&name), depth)?;
            members.push((name, value));
            self.scan.eat(b',');
        }
        self.scan.eat(b'}');
        self.refuse_twins(&members, at);
        Some(Json::Object(members))
    }

    fn refuse_twins(&mut self, members: &[(Box<str>, Json)], at: &At<'_>) {
        // few members are compared pair by pair, which is faster than hashing them
        let few = members.len() <= 16;
        let mut seen = HashSet::new();
        for (index, (name, _)) in members.iter().enumerate() {
            let twin = if few {
                members.iter().take(index).any(|(it, _)| it == name)
            } else {
                !seen.insert(&**name)
            };
            if twin {
                let message =
                    format!("The key `{name}` stands twice in one object. Keep one of them.");
                self.problems.push(Code::DuplicateKey, &at.key(name), message);
            }
        }
    }
}
