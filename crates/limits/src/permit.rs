//! Room taken from a bucket, to be settled, released or lost.

use std::sync::Arc;

use crate::record::{Entry, Event};
use crate::{Counters, Key, Limiter, Millis, Span, Unavailable};

/// Room taken. Dropped unsettled it is released when nothing was sent, else charged in full.
#[derive(Debug)]
#[must_use = "a dropped permit gives its room back"]
pub struct Permit {
    origin: Origin,
    key: Key,
    hold: Hold,
    state: State,
}

/// Whose bucket the room is in.
#[derive(Debug)]
enum Origin {
    Memory(Arc<Limiter>),
    Shared(Arc<dyn Counters>),
}

/// What a permit holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Different for every hold of its counters, in the journal too.
    pub id: u64,
    /// The admission: what is used will be charged to this time.
    pub at: Millis,
    /// How much.
    pub amount: u64,
    /// Geometry of the rule it was admitted under.
    pub span: Span,
    /// Which life of its bucket it was taken from: a bucket that was lost and made anew has another one. 0 in memory.
    pub life: u64,
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

/// The calls that these permits were taken for are about to leave: from now on losing one charges it in full, also after the end of
/// this process. Permits of shared counters are marked in one decision; those in memory without waiting.
///
/// # Errors
/// The counters do not answer: a permit of theirs that is lost with this process would be released. Whether the call may leave
/// nevertheless is what the limit says about unavailable counters.
pub async fn mark_sent(permits: impl IntoIterator<Item = &mut Permit>) -> Result<(), Unavailable> {
    let mut shared: Vec<&mut Permit> = Vec::new();
    for permit in permits.into_iter().filter(|it| it.state == State::Held) {
        match &permit.origin {
            Origin::Memory(_) => permit.mark_sent_in_memory(),
            Origin::Shared(_) => shared.push(permit),
        }
    }
    let Some(Origin::Shared(counters)) = shared.first().map(|it| &it.origin) else {
        return Ok(());
    };
    let holds: Vec<_> = shared.iter().map(|it| (&it.key, it.hold)).collect();
    counters.mark_sent(&holds).await?;
    for permit in shared {
        permit.state = State::Sent;
    }
    Ok(())
}

impl Permit {
    pub(crate) fn in_memory(limiter: Arc<Limiter>, key: Key, hold: Hold) -> Self {
        Self { origin: Origin::Memory(limiter), key, hold, state: State::Held }
    }

    /// Its call is about to leave, for a permit taken from counters in this process.
    pub(crate) fn mark_sent_in_memory(&mut self) {
        if let (State::Held, Origin::Memory(limiter)) = (self.state, &self.origin) {
            limiter.sent(&self.key, &self.hold);
            self.state = State::Sent;
        }
    }

    /// A permit of counters outside this process, which made the hold.
    pub fn shared(counters: Arc<dyn Counters>, key: Key, hold: Hold) -> Self {
        Self { origin: Origin::Shared(counters), key, hold, state: State::Held }
    }

    /// The amount held.
    pub fn held(&self) -> u64 {
        self.hold.amount
    }

    /// Charges what was really used, to the time of admission. In memory it is durable against the end of this process when this
    /// returns; shared counters are told at once, and charge the hold in full if this process ends before they are.
    pub fn settle(mut self, real: u64) {
        self.end(real);
    }

    /// Gives all of it back: nothing was used, whether or not something was sent.
    pub fn release(mut self) {
        if self.state == State::Sent {
            self.end(0);
        }
    }

    /// Ends it without an answer, when nobody knows what the provider will bill: charged in full if its call had left, or with `used`
    /// if already that is more; else given back.
    pub fn abandon(mut self, used: u64) {
        if self.state == State::Sent {
            self.end(self.hold.amount.max(used));
        }
    }

    /// Its call leaves although [`mark_sent`] could not tell the counters: lost by this process it is charged in full all the same.
    pub fn leave_untold(&mut self) {
        if self.state == State::Held {
            self.state = State::Sent;
        }
    }

    fn end(&mut self, real: u64) {
        self.state = State::Ended;
        match &self.origin {
            Origin::Memory(limiter) => limiter.settle(&self.key, &self.hold, real),
            Origin::Shared(counters) => counters.end(&self.key, self.hold, Some(real)),
        }
    }

    fn give_back(&self) {
        match &self.origin {
            Origin::Memory(limiter) => limiter.release(&self.key, &self.hold),
            Origin::Shared(counters) => counters.end(&self.key, self.hold, None),
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        match self.state {
            State::Held => self.give_back(),
            State::Sent => self.end(self.hold.amount),
            State::Ended => {}
        }
    }
}
