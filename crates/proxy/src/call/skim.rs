//! The usage in a plain reply that is too large to be held: found as the bytes pass by.
//!
//! Only the top level of the JSON object is looked at, and only one member of it is kept. Such a
//! reply is large because of what it carries (audio, images), so its length says nothing about its
//! price, and estimating from it would cost the caller dearly.

use chat::{Format, Reported};
use memchr::memchr2;

/// A usage object is smaller than this.
const MAX_USAGE: usize = 16 * 1024;

/// A JSON object that passes by, or a list of them (Gemini's stream without `alt=sse`), of which the last usage counts.
#[derive(Debug)]
pub(super) struct Skim {
    format: Format,
    depth: usize,
    /// How deep the members are of which one is looked for.
    level: usize,
    place: Place,
    /// The member of the top level that is passing, as long as it can be the usage.
    member: Vec<u8>,
    /// It cannot.
    skipped: bool,
    begun: bool,
    usage: Option<Reported>,
}

/// Where the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Structure,
    String,
    /// In a string, after a backslash.
    Escaped,
}

impl Skim {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            depth: 0,
            level: 1,
            place: Place::Structure,
            member: Vec::new(),
            skipped: false,
            begun: false,
            usage: None,
        }
    }

    /// What was used, as far as it has passed by.
    pub(super) fn usage(&self) -> Option<Reported> {
        self.usage
    }

    /// Whether all that was opened is closed.
    pub(super) fn is_complete(&self) -> bool {
        self.begun && self.depth == 0
    }

    /// Looks at the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = match self.place {
                Place::Structure => self.structure(rest),
                Place::String => self.string(rest),
                Place::Escaped => {
                    self.place = Place::String;
                    self.keep(rest.get(..1).unwrap_or_default());
                    1
                }
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    /// Bytes of a string, its closing quote or a backslash included.
    fn string(&mut self, bytes: &[u8]) -> usize {
        let end = memchr2(b'"', b'\\', bytes).map_or(bytes.len(), |it| it + 1);
        let part = bytes.get(..end).unwrap_or_default();
        self.keep(part);
        match part.last() {
            Some(b'"') => self.place = Place::Structure,
            Some(b'\\') => self.place = Place::Escaped,
            _ => {}
        }
        end
    }

    /// One byte outside strings.
    fn structure(&mut self, bytes: &[u8]) -> usize {
        let Some(&byte) = bytes.first() else { return 0 };
        match byte {
            b'{' | b'[' => {
                if !self.begun && byte == b'[' {
                    self.level = 2;
                }
                self.depth += 1;
                self.begun = true;
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        let (here, above) = (self.depth == self.level, self.depth + 1 == self.level);
        match byte {
            b'{' | b',' if here => self.next_member(),
            b'}' if above => self.next_member(),
            _ => self.keep(&[byte]),
        }
        if byte == b'"' {
            self.place = Place::String;
        }
        1
    }

    /// Keeps bytes of a member that may be the usage.
    fn keep(&mut self, bytes: &[u8]) {
        if self.skipped || (self.member.is_empty() && bytes.trim_ascii().is_empty()) {
            return;
        }
        let room = (MAX_USAGE - self.member.len()).min(bytes.len());
        self.member.extend_from_slice(bytes.get(..room).unwrap_or_default());
        self.skipped = room < bytes.len() || !self.may_be_usage();
    }

    /// Whether the member begins as the usage does, as far as it has come.
    fn may_be_usage(&self) -> bool {
        let wanted = Reported::member_of(self.format).bytes();
        let name = std::iter::once(b'"').chain(wanted).chain(std::iter::once(b'"'));
        self.member.iter().zip(name).all(|(it, wanted)| *it == wanted)
    }

    fn next_member(&mut self) {
        let member = std::mem::take(&mut self.member);
        if !std::mem::take(&mut self.skipped)
            && let Some(rest) = member.strip_prefix(b"\"")
            && let Some(rest) = rest.strip_prefix(Reported::member_of(self.format).as_bytes())
            && let Some(rest) = rest.strip_prefix(b"\"")
            && let Some(value) = rest.trim_ascii().strip_prefix(b":")
        {
            let usage = Reported::read_as(self.format, value.trim_ascii());
            self.usage = Reported::merged(self.format, self.usage, usage);
        }
    }
}

#[cfg(test)]
mod tests;
