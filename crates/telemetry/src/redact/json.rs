//! JSON as it was written: every member of an object, also of a key that is there twice, and numbers to the last digit.
//!
//! A parser that makes values of it keeps one of two members, and what it does not keep nobody takes out.

use super::path::Step;
use super::{REDACTED, any};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// How deep values may stand in each other, as in most parsers.
const DEEPEST: u8 = 128;

/// A value.
#[derive(Debug)]
pub(super) enum Json<'t> {
    /// `null`, `true`, `false` or a number.
    Bare(&'t str),
    Text(Text<'t>),
    Array(Vec<Self>),
    Object(Vec<(Text<'t>, Self)>),
}

/// A text, with its quotes and escapes.
#[derive(Debug)]
pub(super) struct Text<'t>(Cow<'t, str>);

impl Text<'_> {
    pub(super) fn new(plain: &str) -> Self {
        Self(Value::from(plain).to_string().into())
    }

    /// What it says.
    pub(super) fn plain(&self) -> Cow<'_, str> {
        let inner = self.0.strip_prefix('"').unwrap_or(&self.0);
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        if inner.contains('\\') { unescaped(inner).into() } else { inner.into() }
    }

    /// Changes the JSON that this text is, as the arguments of a tool's call are; says whether it was one, and was changed.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Json<'_>) -> bool) -> bool {
        let changed = {
            let plain = self.plain();
            let is_json = plain.trim_start().starts_with(['{', '[']);
            let json = if is_json { Json::read(&plain) } else { None };
            json.and_then(|mut it| change(&mut it).then(|| it.written()))
        };
        changed.is_some_and(|it| {
            *self = Self::new(&it);
            true
        })
    }
}

impl<'t> Json<'t> {
    /// Reads a text that is one value; `None`: it is not, or one that is too deep.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        serde_json::from_str::<&RawValue>(text).ok()?;
        Reader { rest: text, depth: 0 }.value()
    }

    /// Without space between its parts.
    pub(super) fn written(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Bare(it) => out.push_str(it),
            Self::Text(it) => out.push_str(&it.0),
            Self::Array(all) => {
                out.push('[');
                for (at, it) in all.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    it.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (key, it)) in members.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    out.push_str(&key.0);
                    out.push(':');
                    it.write(out);
                }
                out.push('}');
            }
        }
    }

    /// The members with a key.
    pub(super) fn members<'s>(&'s mut self, key: &'s str) -> impl Iterator<Item = &'s mut Self> {
        let all = if let Self::Object(members) = self { members.as_mut_slice() } else { &mut [] };
        all.iter_mut().filter(move |(it, _)| it.plain() == key).map(|(_, value)| value)
    }

    /// What an array has.
    pub(super) fn elements(&mut self) -> impl Iterator<Item = &mut Self> {
        if let Self::Array(all) = self { all.as_mut_slice() } else { &mut [] }.iter_mut()
    }

    /// What it says, when it is a text.
    pub(super) fn plain(&self) -> Option<Cow<'_, str>> {
        if let Self::Text(text) = self { Some(text.plain()) } else { None }
    }

    /// Takes it out; says whether there was something.
    pub(super) fn redact(&mut self) -> bool {
        let new = match self {
            Self::Bare(it) => *it != "null",
            Self::Text(it) => it.plain() != REDACTED,
            Self::Array(_) | Self::Object(_) => true,
        };
        if new {
            *self = Self::Text(Text::new(REDACTED));
        }
        new
    }

    /// Takes out what stands at a path; says whether there was something.
    pub(super) fn take_out(&mut self, path: &[Step]) -> bool {
        let Some((first, rest)) = path.split_first() else { return self.redact() };
        match self {
            Self::Bare(_) => false,
            Self::Text(text) => text.change(|it| it.take_out(path)),
            Self::Array(all) => {
                let meant = all.iter_mut().enumerate().filter(|(at, _)| first.is_index(*at));
                any(meant, |(_, it)| it.take_out(rest))
            }
            Self::Object(members) => {
                let meant = members.iter_mut().filter(|(key, _)| first.is_key(&key.plain()));
                any(meant, |(_, it)| it.take_out(rest))
            }
        }
    }
}

/// Where each value ends of those that a text begins with: one, or one a line, or several behind each other.
pub(super) fn ends(text: &str) -> Vec<usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let mut ends = Vec::new();
    while let Some(Ok(_)) = values.next() {
        ends.push(values.byte_offset());
    }
    ends
}

/// A text without escapes. What is no escape stays, since this is asked of what is no JSON, too.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let mut letters = after.chars();
        let escape = letters.next();
        rest = letters.as_str();
        plain.extend(match escape {
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => {
                let letter;
                (letter, rest) = coded(rest);
                Some(letter)
            }
            other => other,
        });
    }
    plain.push_str(rest);
    plain
}

/// The letter that is coded by the digits behind `\u`, or by two such codes; and what follows.
fn coded(text: &str) -> (char, &str) {
    let Some((first, rest)) = unit(text) else { return ('u', text) };
    let second = rest.strip_prefix("\\u").and_then(unit);
    if let Some((second, rest)) = second
        && let Some(Ok(letter)) = char::decode_utf16([first, second]).next()
        && letter.len_utf16() == 2
    {
        return (letter, rest);
    }
    (char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER), rest)
}

fn unit(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let are_digits = digits.bytes().all(|it| it.is_ascii_hexdigit());
    let unit = u16::from_str_radix(digits, 16).ok().filter(|_| are_digits)?;
    Some((unit, rest))
}

/// Reads what is known to be JSON.
struct Reader<'t> {
    rest: &'t str,
    depth: u8,
}

impl<'t> Reader<'t> {
    fn value(&mut self) -> Option<Json<'t>> {
        self.rest = self.rest.trim_start();
        match self.rest.bytes().next()? {
            b'"' => self.text().map(Json::Text),
            b'[' => {
                let mut all = Vec::new();
                self.each(']', |it| {
                    all.push(it.value()?);
                    Some(())
                })?;
                Some(Json::Array(all))
            }
            b'{' => {
                let mut members = Vec::new();
                self.each('}', |it| {
                    let key = it.text()?;
                    it.skip(':').then_some(())?;
                    members.push((key, it.value()?));
                    Some(())
                })?;
                Some(Json::Object(members))
            }
            _ => {
                let end = self.rest.find([',', ']', '}', ' ', '\t', '\r', '\n']);
                self.taken(end.unwrap_or(self.rest.len())).map(Json::Bare)
            }
        }
    }

    /// What stands between brackets, with commas.
    fn each(&mut self, close: char, mut one: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        self.taken(1)?;
        while !self.skip(close) {
            self.rest = self.rest.trim_start();
            one(self)?;
            self.skip(',');
        }
        self.depth -= 1;
        Some(())
    }

    /// Passes over a sign; says whether it was there.
    fn skip(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn text(&mut self) -> Option<Text<'t>> {
        let mut escaped = false;
        let closes = |byte: u8| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        };
        let length = self.rest.bytes().skip(1).position(closes)?;
        self.taken(length + 2).map(|it| Text(it.into()))
    }

    fn taken(&mut self, length: usize) -> Option<&'t str> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}
