//! Room taken from a bucket, to be settled, released or lost.

use std::sync::Arc;

use crate::record::{Entry, Event};
use crate::rule::Span;
use crate::{Key, Limiter, Millis};

/// Room taken. Dropped unsettled it is released when nothing was sent, else charged in full.
#[derive(Debug)]
#[must_use = "a dropped permit gives its room back"]
pub struct Permit {
    limiter: Arc<Limiter>,
    key: Key,
    hold: Hold,
    state: State,
}

/// What a permit holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    /// Different for every hold, in the journal too.
    pub(crate) id: u64,
    /// The admission: what is used will be charged to this time.
    pub(crate) at: Millis,
    pub(crate) amount: u64,
    pub(crate) span: Span,
}

impl Hold {
    pub(crate) fn entry(&self, event: Event, sequence: u64, key: &Key, amount: u64) -> Entry {
        let Self { id, at, span, .. } = *self;
        Entry { event, sequence, key: key.clone(), span, id, at, amount }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Held,
    Sent,
    Ended,
}

impl Permit {
    pub(crate) fn new(limiter: Arc<Limiter>, key: Key, hold: Hold) -> Self {
        Self { limiter, key, hold, state: State::Held }
    }

    /// The call is about to leave: from now on losing this permit charges it in full, also after a crash.
    pub fn mark_sent(&mut self) {
        if self.state == State::Held {
            self.limiter.sent(&self.key, &self.hold);
            self.state = State::Sent;
        }
    }

    /// The amount held.
    pub fn held(&self) -> u64 {
        self.hold.amount
    }

    /// Charges what was really used, to the time of admission. Durable against the end of this process when this returns.
    pub fn settle(mut self, real: u64) {
        self.end(real);
    }

    /// Gives all of it back: nothing was used, whether or not something was sent.
    pub fn release(mut self) {
        if self.state == State::Sent {
            self.end(0);
        }
    }

    fn end(&mut self, real: u64) {
        self.state = State::Ended;
        self.limiter.settle(&self.key, &self.hold, real);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        match self.state {
            State::Held => self.limiter.release(&self.key, &self.hold),
            State::Sent => self.end(self.hold.amount),
            State::Ended => {}
        }
    }
}
