//! Why a run ended without an answer, in words and in a status.
use crate::call::{Attempt, Failure};
use crate::job::Job;
use crate::reject::{self, Limit, Reject, Row, Walked};
use crate::run::{Refused, Run, kind};
use http::StatusCode;
use route::{Done, LimitType};
use serde_json::Value;
use std::time::Duration;

const NANO: u64 = 1_000_000_000;
/// When counters that do not answer may be there again: they are looked for all the time.
const UNAVAILABLE_WAIT: Duration = Duration::from_secs(1);

impl Run<'_> {
    /// The error of a run that has no reply to give. It tells the whole way, and that running it again by itself is no use.
    pub(crate) fn verdict(&self, done: Done) -> Reject {
        match (self.limit(done), &self.failure) {
            (Some(refused), _) => self.limited(refused),
            (None, Some(failure)) => {
                let wait = failure.retry_after.filter(|_| is_temporary(failure));
                Reject::new(row(failure), self.every_model_failed(failure))
                    .after(wait)
                    .walked(self.walked(None))
            }
            (None, None) => {
                let message = format!("{} ended without calling a model", self.name());
                Reject::new(reject::FAILED, message).walked(self.walked(None))
            }
        }
    }

    /// The limit to blame, if it is one.
    pub(crate) fn limit(&self, done: Done) -> Option<&Refused<'_>> {
        self.refused.as_ref().filter(|_| done == Done::Limited || self.failure.is_none())
    }

    fn limited(&self, refused: &Refused<'_>) -> Reject {
        let Refused { quota, refusal, value } = refused;
        let element = self.element_id(quota.element);
        let (row, amount): (_, fn(u64) -> Value) = match quota.limit_type {
            LimitType::Count => (reject::LIMITED, |it| it.into()),
            LimitType::Cost => (reject::SPENT, |it| dollars(it).into()),
        };
        let limit = Limit {
            element: element.to_owned(),
            kind: kind(quota.limit_type),
            key: quota.key.as_ref().map(ToString::to_string),
            value: value.clone(),
            limit: amount(quota.limit),
            remaining: refusal.map_or(Value::Null, |it| amount(it.remaining)),
            window: quota.window.as_secs(),
            reset_at: refusal.map(|it| it.reset_at),
        };
        let uncounted = |why| {
            let element = &limit.element;
            format!(
                "element `{element}` of {} cannot count this request: {why}; try again later",
                self.name()
            )
        };
        let (message, wait) = match refusal {
            None => (uncounted("its counters do not answer"), UNAVAILABLE_WAIT),
            Some(it) if it.full => (uncounted("too many buckets are in use"), it.retry_after),
            Some(it) => {
                let wait = reject::seconds(it.retry_after);
                (limit_message(&self.name(), &limit, wait), it.retry_after)
            }
        };
        Reject::new(row, message).after(Some(wait)).walked(self.walked(Some(limit)))
    }

    /// Which element, which attempt, what it said, and what would have come next.
    fn every_model_failed(&self, failure: &Failure) -> String {
        let Some(last) = self.made.last() else { return failure.cause.message.clone() };
        let tries = last.attempts.len();
        let called =
            last.attempts.last().map_or_else(String::new, |Attempt { provider, model, .. }| {
                format!("{provider}/{model}")
            });
        let said = &failure.cause.message;
        let Some(element) = last.element else {
            return format!("{called} failed on attempt {tries}: {said}");
        };
        let element = self.element_id(element);
        let others = match self.made.len() {
            0 | 1 => String::new(),
            count => format!(" (the last of {count} model elements)"),
        };
        format!(
            "no model of {} answered; element `{element}`{others} called {called} and failed on attempt {tries}: {said}",
            self.name()
        )
    }

    /// How far the request got.
    fn walked(&self, limit: Option<Limit>) -> Walked {
        let (route, version) = match self.job {
            Job::Route(live, version) => {
                (Some(live.name.to_string()), Some(version.id.to_string()))
            }
            Job::Direct(_) => (None, None),
        };
        Walked { route, version, path: self.trail(true).raw(), limit, headers: self.way() }
    }

    fn name(&self) -> String {
        match self.job {
            Job::Route(live, _) => format!("the route `{}`", live.name),
            Job::Direct(plan) => format!("{}/{}", plan.endpoint.slug, plan.model),
        }
    }

    fn element_id(&self, element: route::ElementIx) -> &str {
        match self.job {
            Job::Route(_, version) => version.route.element_id(element),
            Job::Direct(_) => "model",
        }
    }
}

/// Whether waiting helps for sure: the provider said so itself, or its breaker will let a probe through.
fn is_temporary(failure: &Failure) -> bool {
    failure.status == Some(429) || failure.cause.kind == "breaker"
}

/// The last provider's status when it says something about the request; never its 401 or 403, which are about our key.
fn row(failure: &Failure) -> Row {
    let status = match failure.status {
        _ if failure.timeout => StatusCode::GATEWAY_TIMEOUT,
        Some(400) => StatusCode::BAD_REQUEST,
        Some(404) => StatusCode::NOT_FOUND,
        Some(413) => StatusCode::PAYLOAD_TOO_LARGE,
        Some(422) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(429) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_GATEWAY,
    };
    let kind = match status {
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        StatusCode::NOT_FOUND => "not_found_error",
        it if it.is_client_error() => "invalid_request_error",
        _ => "api_error",
    };
    Row { status, kind, ..reject::FAILED }
}

fn limit_message(route: &str, limit: &Limit, wait: u64) -> String {
    let Limit { element, limit: most, remaining, window, kind, .. } = limit;
    let bucket = match (&limit.key, &limit.value) {
        (Some(key), Some(value)) => format!(" for {key} = `{value}`"),
        (Some(key), None) => format!(" for requests without {key}"),
        (None, _) => String::new(),
    };
    let amount = |it: &Value| match it {
        Value::String(dollars) => format!("${dollars}"),
        requests => requests.to_string(),
    };
    let (most, remaining) = (amount(most), amount(remaining));
    let unit = if *kind == "count" { " requests" } else { "" };
    format!(
        "the limit of element `{element}` of {route} is reached: {most}{unit} in {window} s{bucket}; \
         {remaining} left, room returns in {wait} s"
    )
}

/// Nano-dollars as dollars, exactly.
fn dollars(nano: u64) -> String {
    let (whole, rest) = (nano / NANO, nano % NANO);
    let digits = format!("{whole}.{rest:09}");
    let short = digits.trim_end_matches('0');
    short.strip_suffix('.').unwrap_or(short).to_owned()
}
