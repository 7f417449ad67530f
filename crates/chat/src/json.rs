//! A validating reader of JSON text that builds nothing: it walks once over the bytes and tells
//! its caller about the members it passes. Strict about structure (RFC 8259), indifferent to what a
//! string means: lone surrogates pass, as they do through `serde_json`'s `RawValue`.
//!
//! It exists because the hot path needs positions, not values, and because a tree, or even a
//! derived struct, costs more than the rest of the routing of a request.

use std::borrow::Cow;
use std::ops::Range;

/// Deepest nesting accepted; the outermost value has depth 1.
pub(crate) const MAX_DEPTH: u32 = 128;

/// What is wrong with the text, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub(crate) struct Fault {
    what: &'static str,
    at: usize,
}

/// A string of the text, as written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'b> {
    /// The bytes between the quotes.
    raw: &'b [u8],
    escaped: bool,
}

impl<'b> Text<'b> {
    /// What the string says; `None` when it is not Unicode (bad UTF-8, a lone surrogate).
    pub(crate) fn decode(self) -> Option<Cow<'b, str>> {
        if !self.escaped {
            return std::str::from_utf8(self.raw).ok().map(Cow::Borrowed);
        }
        let mut quoted = Vec::with_capacity(self.raw.len() + 2);
        quoted.push(b'"');
        quoted.extend_from_slice(self.raw);
        quoted.push(b'"');
        serde_json::from_slice(&quoted).ok().map(Cow::Owned)
    }

    /// The bytes to compare names with: as written when nothing is escaped, which is nearly always.
    /// A name that is not Unicode equals no name we know.
    pub(crate) fn name(self) -> Cow<'b, [u8]> {
        if !self.escaped {
            return Cow::Borrowed(self.raw);
        }
        match self.decode() {
            Some(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
            Some(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
            None => Cow::Borrowed(self.raw),
        }
    }
}

/// A position in JSON text.
#[derive(Debug)]
pub(crate) struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
    depth: u32,
}

impl<'b> Cursor<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0, depth: 0 }
    }

    /// The first byte of the next token, white space skipped. The cursor stands on it.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = self.byte()?;
            if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Walks an object; `each` must consume exactly the member's value.
    pub(crate) fn object<E: From<Fault>>(
        &mut self,
        mut each: impl FnMut(&mut Self, Text<'b>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.open(b'{', "expected an object")?;
        if self.closes(b'}') {
            return Ok(());
        }
        loop {
            let key = self.key()?;
            each(self, key)?;
            if !self.another(b'}', "expected `,` or `}`")? {
                return Ok(());
            }
        }
    }

    /// Walks an array; `each` must consume exactly the element.
    pub(crate) fn array<E: From<Fault>>(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.open(b'[', "expected an array")?;
        if self.closes(b']') {
            return Ok(());
        }
        loop {
            each(self)?;
            if !self.another(b']', "expected `,` or `]`")? {
                return Ok(());
            }
        }
    }

    /// Validates any value and passes it.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"') => {
                self.string()?;
            }
            Some(b'{') => self.object(|it, _| it.skip())?,
            Some(b'[') => self.array(Self::skip)?,
            Some(b't') => self.literal(b"true")?,
            Some(b'f') => self.literal(b"false")?,
            Some(b'n') => self.literal(b"null")?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return Err(self.fault("expected a value")),
        }
        Ok(())
    }

    /// The next value's bytes.
    pub(crate) fn raw(&mut self) -> Result<&'b [u8], Fault> {
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(self.bytes.get(start..self.at).unwrap_or_default())
    }

    /// A string, the cursor standing before it.
    pub(crate) fn text(&mut self) -> Result<Text<'b>, Fault> {
        match self.peek() {
            Some(b'"') => self.string(),
            _ => Err(self.fault("expected a string")),
        }
    }

    /// A string and where it stands, quotes included.
    pub(crate) fn text_at(&mut self) -> Result<(Text<'b>, Range<usize>), Fault> {
        self.peek();
        let start = self.at;
        let text = self.text()?;
        Ok((text, start..self.at))
    }

    /// Bytes passed so far.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Nothing but white space may follow.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.fault("unexpected text after the value")),
        }
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn fault(&self, what: &'static str) -> Fault {
        let what = if self.at >= self.bytes.len() { "unexpected end of the text" } else { what };
        Fault { what, at: self.at }
    }

    fn open(&mut self, bracket: u8, otherwise: &'static str) -> Result<(), Fault> {
        if self.peek() != Some(bracket) {
            return Err(self.fault(otherwise));
        }
        if self.depth == MAX_DEPTH {
            return Err(self.fault("nested deeper than 128 levels"));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    fn closes(&mut self, bracket: u8) -> bool {
        let closes = self.peek() == Some(bracket);
        if closes {
            self.at += 1;
            self.depth -= 1;
        }
        closes
    }

    /// After a member or element: is there another one?
    fn another(&mut self, bracket: u8, otherwise: &'static str) -> Result<bool, Fault> {
        if self.peek() == Some(b',') {
            self.at += 1;
            return Ok(true);
        }
        if self.closes(bracket) { Ok(false) } else { Err(self.fault(otherwise)) }
    }

    fn key(&mut self) -> Result<Text<'b>, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.fault("expected a member name"));
        }
        let key = self.string()?;
        if self.peek() != Some(b':') {
            return Err(self.fault("expected `:`"));
        }
        self.at += 1;
        Ok(key)
    }

    /// The cursor stands on the opening quote and ends after the closing one.
    fn string(&mut self) -> Result<Text<'b>, Fault> {
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain(self.bytes.get(self.at..).unwrap_or_default());
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.fault("control character in a string")),
            }
        }
        let raw = self.bytes.get(start..self.at).unwrap_or_default();
        self.at += 1;
        Ok(Text { raw, escaped })
    }

    /// The cursor stands on the backslash.
    fn escape(&mut self) -> Result<(), Fault> {
        self.at += 1;
        match self.byte() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                for _ in 0..4 {
                    self.at += 1;
                    if !self.byte().is_some_and(|it| it.is_ascii_hexdigit()) {
                        return Err(self.fault("bad `\\u` escape"));
                    }
                }
                self.at += 1;
            }
            _ => return Err(self.fault("bad escape in a string")),
        }
        Ok(())
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), Fault> {
        if !self.bytes.get(self.at..).unwrap_or_default().starts_with(word) {
            return Err(self.fault("expected a value"));
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
            if self.byte().is_some_and(|it| it.is_ascii_digit()) {
                return Err(self.fault("a number may not start with 0"));
            }
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// At least one digit.
    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.byte().is_some_and(|it| it.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.fault("expected a digit")) } else { Ok(()) }
    }
}

/// Bytes at the front that mean themselves inside a string: all up to a quote, a backslash or a
/// control character. Eight at a time; the lowest flag of each test is exact, later ones may be
/// borrowed, so the lowest of their union is exact too.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    const QUOTES: u64 = u64::from_ne_bytes([b'"'; 8]);
    const BACKSLASHES: u64 = u64::from_ne_bytes([b'\\'; 8]);
    const SPACES: u64 = u64::from_ne_bytes([b' '; 8]);
    let (words, _) = bytes.as_chunks::<8>();
    let mut passed = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let quote = word ^ QUOTES;
        let backslash = word ^ BACKSLASHES;
        let found = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(SPACES) & !word);
        let found = found & HIGH;
        if found != 0 {
            let bits = usize::try_from(found.trailing_zeros()).unwrap_or_default();
            return passed + bits / 8;
        }
        passed += 8;
    }
    let rest = bytes.get(passed..).unwrap_or_default();
    passed + rest.iter().position(|it| matches!(it, b'"' | b'\\' | ..b' ')).unwrap_or(rest.len())
}

/// A JSON number that is a whole number from 0 on (`12`, and `12.0` as some languages print it).
pub(crate) fn whole(raw: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(raw).ok()?;
    let digits = match text.split_once('.') {
        Some((digits, zeros)) if zeros.bytes().all(|it| it == b'0') => digits,
        Some(_) => return None,
        None => text,
    };
    digits.parse().ok()
}

/// A decimal number from 0 on, as JSON writes it (`1.25e-07`), in units of 10^-`digits`: exactly, rounded up. `None`: not such a
/// number, or too large.
#[must_use]
pub fn scaled(text: &str, digits: i32) -> Option<u64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let value: u128 = format!("{whole}{fraction}").parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let shift = digits.checked_add(exponent)?.checked_sub(places)?;
    let power = 10_u128.checked_pow(shift.unsigned_abs());
    let value = match (value, power) {
        (0, _) => 0,
        (value, Some(power)) if shift >= 0 => value.checked_mul(power)?,
        (value, Some(power)) => value.div_ceil(power),
        (_, None) if shift < 0 => 1,
        (_, None) => return None,
    };
    u64::try_from(value).ok()
}

/// Calls `each` with the members of an object that is all of `text`, each as it stands there.
pub(crate) fn members<'b>(
    text: &'b [u8],
    mut each: impl FnMut(&[u8], &'b [u8]),
) -> Result<(), Fault> {
    let mut cursor = Cursor::new(text);
    cursor.object(|cursor, key| {
        let raw = cursor.raw()?;
        each(&key.name(), raw);
        Ok::<(), Fault>(())
    })?;
    cursor.end()
}

/// Whether a value says something: not `null`, `""`, `[]` or `{}`.
pub(crate) fn is_filled(raw: &[u8]) -> bool {
    match raw {
        b"null" | b"\"\"" => false,
        [b'[', inner @ .., b']'] | [b'{', inner @ .., b'}'] => !inner.trim_ascii().is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
