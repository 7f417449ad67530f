//! How journal and snapshot are written: framed, checksummed records.
//!
//! A frame is `mark (8) · length (4) · xxh3 (8) · payload`, little endian. The mark is the file's generation, half of which is random, so
//! that nothing a caller puts into a key can pass for a frame. [`Frames`] steps over what is damaged and finds the next whole one.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::bucket::Slot;
use crate::{Key, Millis, Span};

const HEAD: usize = 20;

/// What happened to a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) event: Event,
    /// Position among all events; what a bucket holds is known by the newest of its numbers.
    pub(crate) sequence: u64,
    pub(crate) key: Key,
    /// Geometry of the rule it happened under.
    pub(crate) span: Span,
    /// The hold it belongs to; 0 for counts.
    pub(crate) id: u64,
    /// The time of admission.
    pub(crate) at: Millis,
    pub(crate) amount: u64,
}

/// Kinds of [`Entry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Requests were counted.
    Counted,
    /// The call of a hold is about to leave.
    Sent,
    /// A hold has ended, this was charged.
    Settled,
    /// Everything before it that was counted or settled is forgotten.
    Forgotten,
}

impl Entry {
    /// What a tick writes of counts made since the last one.
    pub(crate) fn counted(sequence: u64, key: Key, span: Span, slot: Slot) -> Self {
        Self {
            event: Event::Counted,
            sequence,
            key,
            span,
            id: 0,
            at: slot.last,
            amount: slot.amount,
        }
    }

    /// A bucket that somebody has reset.
    pub(crate) fn forgotten(sequence: u64, key: &Key, span: Span) -> Self {
        Self { event: Event::Forgotten, sequence, key: key.clone(), span, id: 0, at: 0, amount: 0 }
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self.event {
            Event::Counted => 1,
            Event::Sent => 2,
            Event::Settled => 3,
            Event::Forgotten => 4,
        });
        for number in [self.sequence, self.id, self.at, self.amount] {
            put(out, number);
        }
        put_span(out, self.span);
        put_key(out, &self.key);
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut fields = Fields(payload);
        let event = match fields.byte()? {
            1 => Event::Counted,
            2 => Event::Sent,
            3 => Event::Settled,
            4 => Event::Forgotten,
            _ => return None,
        };
        let (sequence, id) = (fields.number()?, fields.number()?);
        let (at, amount) = (fields.number()?, fields.number()?);
        let (span, key) = (fields.span()?, fields.key()?);
        fields.0.is_empty().then_some(Self { event, sequence, key, span, id, at, amount })
    }
}

/// Appends a frame whose payload `write` makes.
pub(crate) fn frame(out: &mut Vec<u8>, mark: u64, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.resize(start + HEAD, 0);
    write(out);
    let (head, payload) = out.split_at_mut(start + HEAD);
    let length = u32::try_from(payload.len()).expect("a bucket's record is far below 4 GiB");
    let header = mark.to_le_bytes().into_iter().chain(length.to_le_bytes());
    let header = header.chain(xxh3_64(payload).to_le_bytes());
    for (byte, value) in head.iter_mut().skip(start).zip(header) {
        *byte = value;
    }
}

/// The payloads of a file's undamaged frames.
#[derive(Debug)]
pub(crate) struct Frames<'b> {
    rest: &'b [u8],
    mark: [u8; 8],
    /// Bytes that belong to no whole frame, so far.
    pub(crate) damaged: usize,
}

impl<'b> Frames<'b> {
    pub(crate) fn new(bytes: &'b [u8], mark: u64) -> Self {
        Self { rest: bytes, mark: mark.to_le_bytes(), damaged: 0 }
    }

    fn whole(&self) -> Option<(&'b [u8], &'b [u8])> {
        let mut fields = Fields(self.rest.strip_prefix(&self.mark)?);
        let length = usize::try_from(fields.length()?).ok()?;
        let checksum = fields.number()?;
        let (payload, rest) = fields.0.split_at_checked(length)?;
        (xxh3_64(payload) == checksum).then_some((payload, rest))
    }
}

impl<'b> Iterator for Frames<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        while !self.rest.is_empty() {
            if let Some((payload, rest)) = self.whole() {
                self.rest = rest;
                return Some(payload);
            }
            let skipped = self.rest.get(1..).unwrap_or_default();
            let next = skipped.windows(self.mark.len()).position(|bytes| bytes == self.mark);
            self.damaged += next.map_or(self.rest.len(), |next| next + 1);
            self.rest = next.and_then(|next| skipped.get(next..)).unwrap_or_default();
        }
        None
    }
}

/// A payload, field by field.
#[derive(Debug)]
pub(crate) struct Fields<'b>(pub(crate) &'b [u8]);

impl Fields<'_> {
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }
    pub(crate) fn number(&mut self) -> Option<u64> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*bytes))
    }
    pub(crate) fn length(&mut self) -> Option<u32> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*bytes))
    }
    pub(crate) fn span(&mut self) -> Option<Span> {
        let span = Span { window: self.number()?, cell: self.number()? };
        (span.window > 0 && span.cell > 0).then_some(span)
    }
    pub(crate) fn key(&mut self) -> Option<Key> {
        let length = usize::try_from(self.length()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Key(Arc::from(bytes)))
    }
}

pub(crate) fn put(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_le_bytes());
}

pub(crate) fn put_length(out: &mut Vec<u8>, length: usize) {
    let length = u32::try_from(length).expect("what a bucket holds is counted in thousands");
    out.extend_from_slice(&length.to_le_bytes());
}

pub(crate) fn put_span(out: &mut Vec<u8>, span: Span) {
    put(out, span.window);
    put(out, span.cell);
}

pub(crate) fn put_key(out: &mut Vec<u8>, key: &Key) {
    put_length(out, key.0.len());
    out.extend_from_slice(&key.0);
}
