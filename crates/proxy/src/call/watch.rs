//! Reading a stream's events from beside it, and letting through its bytes untouched.
//!
//! What goes on are the provider's own chunks, shared, not copied. Two things are not let through
//! as they come. The *usage event* that we asked for and the client did not is withheld, whole and
//! alone. And the *incomplete end* of a chunk waits for the rest of its event (up to 64 KiB): the
//! client could not use it yet, it may be the start of a usage event, and if the stream breaks
//! there, half an event would spoil the error event that follows.

use bytes::Bytes;
use chat::{Chunk, Event, Events, FinishReason, Format, Reported};
use std::collections::VecDeque;

/// Most bytes of an incomplete event that wait. A longer one is no usage event.
const MAX_HELD: usize = 64 * 1024;

/// A stream, as it is read.
#[derive(Debug)]
pub(super) struct Watch {
    format: Format,
    events: Events,
    withhold_usage: bool,
    /// Nothing stops it: it is only looked at.
    aside: bool,
    /// The incomplete event at the end of what came, as far as it was not released.
    held: VecDeque<Bytes>,
    /// Bytes of the incomplete event that were let through already.
    released: usize,
    seen: Seen,
}

/// What the events said so far.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a stream")]
pub(super) struct Seen {
    /// The last usage.
    pub(super) usage: Option<Reported>,
    /// Bytes of text, reasoning and tool calls, as JSON.
    pub(super) content_bytes: u64,
    /// There was a meaningful event.
    pub(super) meaningful: bool,
    /// There was a finish reason.
    pub(super) finished: bool,
    /// Which.
    pub(super) finish: Option<FinishReason>,
    /// There was a `[DONE]`, or what ends a stream of its format.
    pub(super) done: bool,
    /// The last `sequence_number` of a Responses stream, and the id of its response.
    pub(super) sequence: Option<u64>,
    pub(super) response_id: Option<String>,
    /// Nothing is let through after this.
    pub(super) halt: Option<Halt>,
}

/// Why a stream cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// An event is an error: all its bytes that were not let through, and its data.
    Error { raw: Bytes, data: Bytes },
    /// Before any answer, an event that is not JSON.
    Malformed,
    /// The last event is cut off.
    CutOff,
    /// An event is larger than 16 MiB.
    TooLarge,
}

impl Watch {
    pub(super) fn new(format: Format, withhold_usage: bool) -> Self {
        Self {
            format,
            events: Events::default(),
            withhold_usage,
            aside: false,
            held: VecDeque::new(),
            released: 0,
            seen: Seen::default(),
        }
    }

    /// One that lets everything through, whatever it says.
    pub(super) fn aside(format: Format) -> Self {
        Self { aside: true, ..Self::new(format, false) }
    }

    /// Whether the end of the response is no surprise.
    pub(super) fn may_end(&self) -> bool {
        self.aside || self.seen.finished
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Whether what was let through ends in the middle of an event.
    pub(super) fn is_mid_event(&self) -> bool {
        self.released > 0
    }

    /// Reads a chunk and puts what is to be sent on into `out`.
    pub(super) fn push(&mut self, bytes: Bytes, out: &mut VecDeque<Bytes>) {
        let here = bytes.clone();
        self.held.push_back(bytes);
        let Self { format, events, withhold_usage, aside, held, released, seen } = self;
        let mut cut = Cut { held, released, kept: 0, out };
        let read = events.push(&here, &mut |event| {
            if seen.halt.is_some() {
                return;
            }
            let chunk = chat::chunk_as(*format, event.name, &event.data);
            if *aside {
                cut.keep(event.raw.len());
            } else {
                judge(*withhold_usage, seen, &mut cut, (&event, &chunk));
            }
            seen.note(*format, chunk);
        });
        cut.flush();
        if read.is_err() && seen.halt.is_none() {
            seen.halt = Some(Halt::TooLarge);
        }
        if seen.halt.is_some() {
            held.clear();
        }
        let rest = self.events.rest().len();
        if (self.seen.meaningful || self.aside) && rest - self.released.min(rest) > MAX_HELD {
            self.released = rest;
            out.append(&mut self.held);
        }
    }

    /// The stream has ended: what was held is an event without its blank line, or cut off.
    pub(super) fn finish(&mut self, out: &mut VecDeque<Bytes>) {
        let Self { format, events, withhold_usage, aside, held, released, seen } = self;
        let mut cut = Cut { held, released, kept: 0, out };
        let mut rest = 0;
        events.finish(&mut |event| {
            if seen.halt.is_some() {
                return;
            }
            let chunk = chat::chunk_as(*format, event.name, &event.data);
            if chunk.malformed && !*aside {
                seen.halt.get_or_insert(Halt::CutOff);
                return;
            }
            rest = event.raw.len();
            if *aside {
                cut.keep(event.raw.len());
            } else {
                judge(*withhold_usage, seen, &mut cut, (&event, &chunk));
            }
            seen.note(*format, chunk);
        });
        cut.flush();
        held.clear();
        *released = (*released).max(rest);
    }
}

/// Notes what an event says and decides about its bytes.
fn judge(
    withhold_usage: bool,
    seen: &mut Seen,
    cut: &mut Cut<'_>,
    (event, chunk): (&Event<'_>, &Chunk),
) {
    if chunk.error.is_some() && !seen.done {
        let raw = cut.rest_of(event.raw);
        let data = Bytes::copy_from_slice(&event.data);
        seen.halt = Some(Halt::Error { raw, data });
    } else if chunk.malformed && !seen.meaningful {
        seen.halt = Some(Halt::Malformed);
    } else if withhold_usage && chunk.usage_only && *cut.released == 0 {
        cut.skip(event.raw.len());
    } else {
        cut.keep(event.raw.len());
    }
}

impl Seen {
    fn note(&mut self, format: Format, chunk: Chunk) {
        self.usage = Reported::merged(format, self.usage, chunk.usage);
        self.content_bytes = self.content_bytes.saturating_add(chunk.content_bytes);
        self.meaningful |= chunk.meaningful && self.halt.is_none();
        self.finished |= chunk.finished;
        self.finish = self.finish.or(chunk.finish);
        self.done |= chunk.done;
        self.sequence = chunk.sequence.or(self.sequence);
        self.response_id = chunk.response_id.or(self.response_id.take());
    }
}

/// Cuts what is held into what goes on and what does not, in as few pieces as can be.
struct Cut<'a> {
    held: &'a mut VecDeque<Bytes>,
    /// Of the event at the front.
    released: &'a mut usize,
    /// Bytes at the front of `held` that go on.
    kept: usize,
    out: &'a mut VecDeque<Bytes>,
}

impl Cut<'_> {
    /// The next event, of this many bytes, goes on.
    fn keep(&mut self, bytes: usize) {
        self.kept += bytes.saturating_sub(std::mem::take(self.released));
    }

    /// The next event, of this many bytes, does not.
    fn skip(&mut self, bytes: usize) {
        self.flush();
        let mut left = bytes;
        while left > 0
            && let Some(piece) = self.take(left)
        {
            left -= piece.len();
        }
    }

    /// What of the next event has not been let through.
    fn rest_of(&mut self, raw: &[u8]) -> Bytes {
        self.flush();
        Bytes::copy_from_slice(raw.get(*self.released..).unwrap_or_default())
    }

    fn flush(&mut self) {
        while self.kept > 0
            && let Some(piece) = self.take(self.kept)
        {
            self.kept -= piece.len();
            self.out.push_back(piece);
        }
    }

    /// The front of what is held, at most this much.
    fn take(&mut self, most: usize) -> Option<Bytes> {
        let front = self.held.front_mut()?;
        if front.len() > most { Some(front.split_to(most)) } else { self.held.pop_front() }
    }
}

#[cfg(test)]
mod tests;
