//! Why a run ended without an answer, in words and in a status.
use crate::call::{Attempt, Failure};
use crate::job::Job;
use crate::refusal::{By, Names, Refused};
use crate::reject::{self, Reject, Row, Walked};
use crate::run::{Run, UNSUPPORTED};
use http::StatusCode;
use route::Done;

impl Run<'_> {
    /// The error of a run that has no reply to give. It tells the whole way, and that running it again by itself is no use.
    pub(crate) fn verdict(&self, done: Done) -> Reject {
        match (self.limit(done), &self.failure) {
            (Some(refused), _) => Reject::new(refused.row(), refused.message(&self.names(refused)))
                .after(Some(refused.wait()))
                .walked(self.walked(Some(refused))),
            (None, Some(failure)) => {
                // What a limit forbade, if that was the last thing that happened.
                let barred =
                    self.refused.as_ref().filter(|it| it.kind().cause() == failure.cause.kind);
                let wait = failure.retry_after.filter(|_| is_temporary(failure));
                Reject::new(row(failure), self.every_model_failed(failure))
                    .after(barred.map(Refused::wait).or(wait))
                    .walked(self.walked(barred))
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

    /// Which element, which attempt, what it said, and what would have come next.
    fn every_model_failed(&self, failure: &Failure) -> String {
        let is_it = |it: &Attempt| it.cause.as_ref() == Some(&failure.cause);
        let blamed = self.made.iter().rfind(|it| it.attempts.iter().any(is_it));
        let Some(last) = blamed.or(self.made.last()) else { return failure.cause.message.clone() };
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

    /// How far the request got, and the limit that let it go no further.
    fn walked(&self, refused: Option<&Refused<'_>>) -> Walked {
        let limit = refused.map(|it| it.told(&self.names(it)));
        let (route, version) = match self.job {
            Job::Route(live, version) => {
                (Some(live.name.to_string()), Some(version.id.to_string()))
            }
            Job::Direct(_) => (None, None),
        };
        Walked { route, version, path: self.trail(true).raw(), limit, headers: self.way() }
    }

    /// What a limit is called.
    pub(crate) fn names(&self, refused: &Refused<'_>) -> Names {
        let element = match refused.by {
            By::Element(quota) => self.element_id(quota.element).to_owned(),
            By::Gateway(_) | By::Rule(..) => String::new(),
        };
        Names { route: self.name(), element, gateway: self.asked.gateway.id.to_string() }
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
    failure.limited || failure.cause.kind == "breaker"
}

/// The last provider's status when it says something about the request; never its 401 or 403, which are about our key.
pub(crate) fn row(failure: &Failure) -> Row {
    let status = match failure.status {
        // Nobody was asked: the request itself is what cannot be served.
        None if failure.cause.kind == UNSUPPORTED => StatusCode::BAD_REQUEST,
        _ if failure.timeout => StatusCode::GATEWAY_TIMEOUT,
        _ if failure.limited => StatusCode::TOO_MANY_REQUESTS,
        // The request names a key that is not there.
        None if failure.cause.kind == "no_alias" => StatusCode::BAD_REQUEST,
        Some(400) => StatusCode::BAD_REQUEST,
        Some(404) => StatusCode::NOT_FOUND,
        Some(413) => StatusCode::PAYLOAD_TOO_LARGE,
        Some(422) => StatusCode::UNPROCESSABLE_ENTITY,
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
