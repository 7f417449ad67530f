//! How long the calls of a request took, and the whole request.
use crate::call::Attempt;
use crate::run::Run;
use std::time::Duration;
use telemetry::{Metrics, Operation};

/// The last call of a request. If it answered, it is measured when the request has ended: the answer goes on until then.
#[derive(Debug)]
pub(crate) struct LastCall {
    provider: Box<str>,
    /// If it is one of the price catalogue.
    model: Option<Box<str>>,
    operation: &'static str,
    answered: bool,
    /// When it began, in microseconds from admission.
    at_us: u64,
    /// Until its answer was judged.
    us: u64,
}

impl Run<'_> {
    /// Measures the calls that have ended; the last one, if there was any.
    pub(crate) fn tell_calls(&self) -> Option<LastCall> {
        let metrics = &self.proxy.calls.metrics;
        let operation = self.asked.way.operation();
        let mut calls =
            self.made.iter().flat_map(|it| &it.attempts).filter(|it| it.called).peekable();
        while let Some(attempt) = calls.next() {
            let is_last = calls.peek().is_none();
            let (answered, cause) =
                (attempt.cause.is_none(), attempt.cause.as_ref().map(|it| it.kind));
            if !(is_last && answered) {
                let model = model(attempt);
                let what = Operation { provider: &attempt.provider, model, name: operation, cause };
                metrics.called(&what, seconds(attempt.us));
            }
            if is_last {
                return Some(LastCall {
                    provider: attempt.provider.clone(),
                    model: model(attempt).map(Box::from),
                    operation,
                    answered,
                    at_us: attempt.at_us,
                    us: attempt.us,
                });
            }
        }
        None
    }
}

impl LastCall {
    /// The request has ended, so many milliseconds after admission.
    pub(crate) fn tell(&self, metrics: &Metrics, cause: Option<&'static str>, duration_ms: u64) {
        let model = self.model.as_deref();
        let what = Operation { provider: &self.provider, model, name: self.operation, cause };
        let whole = duration_ms.saturating_mul(1000);
        metrics.served(&what, seconds(whole));
        if self.answered {
            metrics.called(&what, seconds(whole.saturating_sub(self.at_us).max(self.us)));
        }
    }
}

fn model(attempt: &Attempt) -> Option<&str> {
    attempt.listed.then_some(&*attempt.model)
}

fn seconds(us: u64) -> f64 {
    Duration::from_micros(us).as_secs_f64()
}
