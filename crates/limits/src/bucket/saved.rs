//! A bucket in a snapshot, and what a journal does to it.

use super::{Bucket, Sent, Slot};
use crate::Millis;
use crate::record::{Entry, Event, Fields, put, put_length, put_span};

impl Bucket {
    /// Everything but open holds whose call has not left: they end with their process.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put(out, self.sequence);
        put_length(out, self.spans.len());
        for span in &self.spans {
            put_span(out, *span);
        }
        put_length(out, self.slots.len());
        for slot in &self.slots {
            put(out, slot.last);
            put(out, slot.amount);
        }
        put_length(out, self.sent.len());
        for (id, sent) in &self.sent {
            put(out, *id);
            put(out, sent.at);
            put(out, sent.amount);
        }
    }

    /// The inverse of [`Bucket::encode`].
    pub(crate) fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let mut bucket = Self { sequence: fields.number()?, ..Self::default() };
        for _ in 0..fields.length()? {
            bucket.spans.push(fields.span()?);
        }
        for _ in 0..fields.length()? {
            bucket.slots.push_back(Slot { last: fields.number()?, amount: fields.number()? });
        }
        for _ in 0..fields.length()? {
            let (id, at, amount) = (fields.number()?, fields.number()?, fields.number()?);
            bucket.sent.insert(id, Sent { at, amount });
        }
        Some(bucket)
    }

    /// This bucket holds an event more.
    pub(crate) fn advance(&mut self, sequence: u64) {
        self.sequence = self.sequence.max(sequence);
    }

    /// Does again what the journal says, unless the bucket has it. Called in the order of the numbers, which is not quite that of the
    /// journal. The bucket's own number stays: it says what the snapshot had.
    pub(crate) fn replay(&mut self, entry: &Entry) {
        if entry.sequence <= self.sequence {
            return;
        }
        self.learn(entry.span);
        match entry.event {
            Event::Sent => self.mark_sent(entry.id, Sent { at: entry.at, amount: entry.amount }),
            Event::Counted => self.recharge(entry.at, entry.amount),
            Event::Settled => {
                self.arrived(entry.id);
                self.recharge(entry.at, entry.amount);
            }
            Event::Forgotten => self.forget(),
        }
    }

    /// Charges the holds whose call had left when their process died; how many there were.
    pub(crate) fn charge_orphans(&mut self) -> usize {
        let orphans = std::mem::take(&mut self.sent);
        for sent in orphans.values() {
            self.recharge(sent.at, sent.amount);
        }
        orphans.len()
    }

    /// The highest number used in it, for events or holds.
    pub(crate) fn highest(&self) -> u64 {
        self.sent.last_key_value().map_or(0, |(id, _)| *id).max(self.sequence)
    }

    /// A charge in the bucket's own time: the clock of now says nothing about then.
    fn recharge(&mut self, at: Millis, amount: u64) {
        self.charge(self.newest().max(at), at, amount);
    }
}
