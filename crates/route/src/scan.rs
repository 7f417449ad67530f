//! A cursor over JSON text that skips instead of building. It never panics on bytes that are not JSON: it finds nothing,
//! or stops early. It does not validate; whoever needs that has parsed the text before.

use std::borrow::Cow;

/// A position in JSON text.
#[derive(Clone, Debug)]
pub(crate) struct Scan<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Scan<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next byte that is not white space, left where it is.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    /// Steps over `byte` if it is next.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// A string: what stands between its quotes, escapes as they are.
    pub(crate) fn string(&mut self) -> Option<&'b [u8]> {
        if !self.eat(b'"') {
            return None;
        }
        let start = self.at;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let next = memchr::memchr2(b'"', b'\\', rest)?;
            if rest.get(next) == Some(&b'"') {
                self.at += next + 1;
                return self.bytes.get(start..self.at - 1);
            }
            self.at += next + 2;
        }
    }

    /// Steps over one value and gives its text.
    pub(crate) fn value(&mut self) -> Option<&'b [u8]> {
        let first = self.peek()?;
        let start = self.at;
        match first {
            b'"' => drop(self.string()?),
            b'{' | b'[' => self.container()?,
            _ => self.scalar(),
        }
        let text = self.bytes.get(start..self.at)?;
        (!text.is_empty()).then_some(text)
    }

    fn container(&mut self) -> Option<()> {
        let mut open = 0_usize;
        loop {
            let rest = self.bytes.get(self.at..)?;
            self.at += rest.iter().position(|it| matches!(it, b'"' | b'{' | b'}' | b'[' | b']'))?;
            match self.bytes.get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => open += 1,
                _ => open -= 1,
            }
            self.at += 1;
            if open == 0 {
                return Some(());
            }
        }
    }

    fn scalar(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = |it: &u8| matches!(it, b',' | b'}' | b']' | b':' | b' ' | b'\t' | b'\n' | b'\r');
        self.at += rest.iter().position(end).unwrap_or(rest.len());
    }
}

/// The text of a string from between its quotes: borrowed unless it has escapes. `None`: not UTF-8, or half a surrogate pair.
pub(crate) fn unescape(raw: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(raw).ok()?;
    if memchr::memchr(b'\\', raw).is_none() {
        return Some(Cow::Borrowed(text));
    }
    serde_json::from_str(&format!("\"{text}\"")).ok().map(Cow::Owned)
}

/// The value of `key` in the object `text` starts with. A key that stands twice counts the last time, as for most readers of JSON, so that
/// a condition sees what the provider will see.
pub(crate) fn member<'b>(text: &'b [u8], key: &str) -> Option<&'b [u8]> {
    let mut scan = Scan::new(text);
    let mut found = None;
    if !scan.eat(b'{') {
        return None;
    }
    while scan.peek()? == b'"' {
        let name = scan.string()?;
        if !scan.eat(b':') {
            return None;
        }
        let value = scan.value()?;
        if is(name, key) {
            found = Some(value);
        }
        if !scan.eat(b',') {
            break;
        }
    }
    found
}

/// The value at `index` of the array `text` starts with.
pub(crate) fn item(text: &[u8], index: usize) -> Option<&[u8]> {
    let mut scan = Scan::new(text);
    if !scan.eat(b'[') || scan.peek()? == b']' {
        return None;
    }
    for _ in 0..index {
        scan.value()?;
        if !scan.eat(b',') {
            return None;
        }
    }
    scan.value()
}

fn is(raw: &[u8], key: &str) -> bool {
    match memchr::memchr(b'\\', raw) {
        None => raw == key.as_bytes(),
        Some(_) => unescape(raw).is_some_and(|it| it == key),
    }
}

#[cfg(test)]
mod tests;
