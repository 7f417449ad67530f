//! Server-sent events, found in a stream of bytes without changing it.
//!
//! Follows the WHATWG event-stream grammar (lines end with CR, LF or CRLF; comments; a leading
//! BOM; `data:` with or without a space), except that every event, an empty one too, is reported,
//! because a proxy forwards comments and pings as well. The raw bytes of all events, one after the
//! other, are the input; where an event ends does not depend on how the input was cut.

use memchr::{memchr, memchr2_iter};
use std::borrow::Cow;

/// Most bytes one event may have.
pub const MAX_EVENT: usize = 16 * 1024 * 1024;

/// Room kept for the next event that is cut in two.
const KEPT: usize = 64 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Splits a stream of bytes into events. Bytes are copied only when an event is cut in two.
#[derive(Debug, Default)]
pub struct Events {
    /// The beginning of an event whose end has not come.
    rest: Vec<u8>,
    /// How much of `rest` has been searched for the end.
    searched: usize,
    /// An event has been reported, so no BOM may follow.
    begun: bool,
}

/// One event of a stream.
#[derive(Debug)]
pub struct Event<'a> {
    /// All its bytes, the blank line that ends it included.
    pub raw: &'a [u8],
    /// The `event` field.
    pub name: Option<&'a str>,
    /// The `data` fields joined by line feeds; empty for comments and pings.
    pub data: Cow<'a, [u8]>,
}

/// One event is larger than [`MAX_EVENT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than 16 MiB")]
pub struct TooLarge;

impl Events {
    /// Feeds bytes; calls `each` with every event that is complete.
    ///
    /// # Errors
    /// When one event is larger than [`MAX_EVENT`]; the stream is of no use then.
    pub fn push(&mut self, bytes: &[u8], each: &mut dyn FnMut(Event<'_>)) -> Result<(), TooLarge> {
        if self.rest.is_empty() {
            let (used, searched) = self.report(bytes, 0, each)?;
            self.rest.extend_from_slice(bytes.get(used..).unwrap_or_default());
            self.searched = searched;
            return Ok(());
        }
        let mut joined = std::mem::take(&mut self.rest);
        joined.extend_from_slice(bytes);
        let (used, searched) = self.report(&joined, self.searched, each)?;
        if used > 0 {
            joined.drain(..used);
            joined.shrink_to(KEPT);
        }
        self.rest = joined;
        self.searched = searched;
        Ok(())
    }

    /// What is left over: the bytes of an incomplete last event.
    #[must_use]
    pub fn rest(&self) -> &[u8] {
        &self.rest
    }

    /// The stream has ended: reports what is left over as an event, since many servers forget the
    /// last blank line.
    pub fn finish(&mut self, each: &mut dyn FnMut(Event<'_>)) {
        if !self.rest.is_empty() {
            each(event(&self.rest, !self.begun));
            self.begun = true;
        }
        self.rest.clear();
        self.searched = 0;
    }

    /// Reports the complete events; how many bytes they took, and how many of the remaining ones
    /// have been searched.
    fn report(
        &mut self,
        bytes: &[u8],
        searched: usize,
        each: &mut dyn FnMut(Event<'_>),
    ) -> Result<(usize, usize), TooLarge> {
        let mut used = 0;
        let mut from = searched;
        loop {
            let here = bytes.get(used..).unwrap_or_default();
            match end(here, from) {
                Ok(end) if end <= MAX_EVENT => {
                    each(event(here.get(..end).unwrap_or_default(), !self.begun));
                    self.begun = true;
                    used += end;
                    from = 0;
                }
                Err(searched) if here.len() <= MAX_EVENT => return Ok((used, searched)),
                _ => return Err(TooLarge),
            }
        }
    }
}

/// Where the event at the front of `bytes` ends, its blank line included; `Err`: not here, and
/// this much needs no second look. The first `from` bytes have been looked at before.
///
/// A CR that ends a blank line may be half of a CRLF: that waits for the next byte, unless the line
/// before ended with a bare CR too, so that streams of CRs are not held up.
fn end(bytes: &[u8], from: usize) -> Result<usize, usize> {
    for found in memchr2_iter(b'\n', b'\r', bytes.get(from..).unwrap_or_default()) {
        let at = from + found;
        let before = at.checked_sub(1).and_then(|it| bytes.get(it));
        let is_cr = bytes.get(at) == Some(&b'\r');
        match (before, is_cr) {
            (None | Some(b'\n'), false) | (Some(b'\r'), true) => return Ok(at + 1),
            (None | Some(b'\n'), true) => match bytes.get(at + 1) {
                None => return Err(at),
                Some(b'\n') => return Ok(at + 2),
                Some(_) => return Ok(at + 1),
            },
            _ => {}
        }
    }
    Err(bytes.len())
}

/// Reads the fields of one event.
fn event(raw: &[u8], first: bool) -> Event<'_> {
    let mut lines = raw;
    if first {
        lines = lines.strip_prefix(BOM).unwrap_or(lines);
    }
    let mut name = None;
    let mut data: Option<Cow<'_, [u8]>> = None;
    while let Some(line) = line(&mut lines) {
        if let Some(value) = field(line, b"data") {
            data = Some(match data {
                None => Cow::Borrowed(value),
                Some(before) => {
                    let mut joined = before.into_owned();
                    joined.push(b'\n');
                    joined.extend_from_slice(value);
                    Cow::Owned(joined)
                }
            });
        } else if let Some(value) = field(line, b"event") {
            name = std::str::from_utf8(value).ok();
        }
    }
    Event { raw, name, data: data.unwrap_or_default() }
}

/// Takes the next line off the front, without its end. CRLF gives an extra empty line, which says
/// nothing.
fn line<'a>(lines: &mut &'a [u8]) -> Option<&'a [u8]> {
    if lines.is_empty() {
        return None;
    }
    let lf = memchr(b'\n', lines).unwrap_or(lines.len());
    let upto_lf = lines.get(..lf).unwrap_or_default();
    let end = memchr(b'\r', upto_lf).unwrap_or(lf);
    let line = lines.get(..end).unwrap_or_default();
    *lines = lines.get(end + 1..).unwrap_or_default();
    Some(line)
}

/// The value of a line that is the field `name`.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    match line.strip_prefix(name)? {
        [] => Some(b""),
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
