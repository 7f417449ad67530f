//! What is noted of a request while it is served: where its time went, and, for its record, what was read and what limits said.
use route::{Ask, Dice, ElementIx, Facts, Field, Reads, Walk};
use serde::Serialize;
use std::time::Duration;
use telemetry::Times;
use tokio::time::Instant;

/// Of one request.
#[derive(Debug)]
pub(crate) struct Notes {
    begun: Instant,
    /// In the route's walk and its limits.
    route: Duration,
    /// Waiting for providers.
    upstream: Duration,
    /// `None`: there will be no record.
    log: Option<Box<Log>>,
}

/// What only a record wants to know.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) reads: Reads,
    /// When each element was reached, in microseconds from admission.
    pub(crate) marks: Vec<u64>,
    /// How long those took that ask a counter or call a model, in microseconds, by their position among those reached.
    pub(crate) took: Vec<(usize, u64)>,
    pub(crate) limits: Vec<Seen>,
}

/// Where a limit is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// At a rate element.
    Element(ElementIx),
    /// Before the call of a model: its position among those called.
    Step(usize),
}

/// What a limit said.
#[derive(Debug, Serialize)]
pub(crate) struct Seen {
    #[serde(skip)]
    pub(crate) place: Place,
    /// A spend rule; the other limit that is asked before a call is the gateway's of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<Box<str>>,
    /// `count` or `cost`.
    #[serde(rename = "type")]
    pub(crate) counts: &'static str,
    /// Requests, or nano-dollars; so are all amounts here.
    pub(crate) limit: u64,
    pub(crate) window_s: u64,
    /// It let the request go on, counted or not.
    pub(crate) admitted: bool,
    /// What was taken: one, or a hold. `None`: nothing was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) taken: Option<u64>,
    /// The state with what was taken, or the one that refused.
    #[serde(flatten)]
    pub(crate) state: Option<State>,
    /// The counters did not answer, or had no memory for another bucket.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unavailable: bool,
}

/// The state of a bucket.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct State {
    pub(crate) settled: u64,
    pub(crate) held: u64,
    pub(crate) remaining: u64,
    /// Of one that refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after_ms: Option<u64>,
}

impl Notes {
    /// `log` says whether there will be a record.
    pub(crate) fn new(begun: Instant, log: bool) -> Self {
        let (route, upstream) = Default::default();
        Self { begun, route, upstream, log: log.then(Box::default) }
    }

    /// Asks a walk, and notes what it reads and how far it gets.
    pub(crate) fn ask<'r>(
        &mut self,
        walk: &mut Walk<'r>,
        facts: &dyn Facts,
        dice: &mut Dice,
    ) -> Ask<'r> {
        let since = Instant::now();
        let ask = match &mut self.log {
            Some(log) => walk.ask(&log.reads.of(facts), dice),
            None => walk.ask(facts, dice),
        };
        self.decided(since);
        if let Some(log) = &mut self.log {
            log.marks.resize(walk.steps().len(), micros(self.begun.elapsed()));
        }
        ask
    }

    /// The route took this long.
    pub(crate) fn decided(&mut self, since: Instant) {
        self.route += since.elapsed();
    }

    /// The element that was reached last took this long.
    pub(crate) fn took(&mut self, since: Instant) {
        if let Some(log) = &mut self.log
            && let Some(at) = log.marks.len().checked_sub(1)
        {
            log.took.push((at, micros(since.elapsed())));
        }
    }

    /// A provider was waited for.
    pub(crate) fn waited(&mut self, us: u64) {
        self.upstream += Duration::from_micros(us);
    }

    /// A limit's key reads a field.
    pub(crate) fn read(&mut self, field: &Field, facts: &dyn Facts) {
        if let Some(log) = &mut self.log {
            log.reads.of(facts).get(field);
        }
    }

    /// A limit said something.
    pub(crate) fn limit(&mut self, seen: impl FnOnce() -> Seen) {
        if let Some(log) = &mut self.log {
            log.limits.push(seen());
        }
    }

    pub(crate) fn log(&self) -> Option<&Log> {
        self.log.as_deref()
    }

    /// When the request was let in.
    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    /// Where the time until now went.
    pub(crate) fn times(&self) -> Times {
        let upstream_us = micros(self.upstream);
        Times {
            gateway_us: micros(self.begun.elapsed()).saturating_sub(upstream_us),
            route_us: micros(self.route),
            upstream_us,
        }
    }
}

/// Whole microseconds.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
