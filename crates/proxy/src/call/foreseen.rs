//! What is known of a call before anybody is asked: for simulations, which ask nobody.

use super::attempt::needs_key;
use super::choice::Choice;
use super::fault::{Fault, Kind};
use super::outgoing::Outgoing;
use super::{Call, Failure};
use http::StatusCode;

/// Whether the keys that a gateway has are those that calls will be made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// What is not there is missing.
    Known,
    /// They are elsewhere: whoever needs one is taken to have it.
    Elsewhere,
}

/// Why the call would fail whatever its provider says: it cannot be told the request, there is no key to call it with, or it is the
/// built-in one, which answers from this process, and fails. `None`: it may answer.
pub(crate) fn foreseen(call: &Call<'_>, keys: Keys, now_ms: u64) -> Option<Failure> {
    let choice = Choice::new(call);
    let keyless = match (keys, &choice) {
        (Keys::Elsewhere, _) => false,
        (Keys::Known, Ok(choice)) => choice.first().is_none(),
        (Keys::Known, Err(_)) => return choice.err().map(Fault::into_failure),
    };
    let endpoint = &call.plan.endpoint;
    let fault = match Outgoing::new(call, now_ms) {
        Err(fault) => fault,
        Ok(outgoing) if endpoint.built_in => built_in(call, &outgoing)?,
        Ok(_) if keyless && needs_key(endpoint) => Fault::no_key(&endpoint.slug),
        Ok(_) => return None,
    };
    Some(fault.into_failure())
}

fn built_in(call: &Call<'_>, outgoing: &Outgoing<'_>) -> Option<Fault> {
    let body = outgoing.body.parts.concat();
    let answer = providers::echo::answer(&call.plan.model, &body, call.question.head.stream);
    let status = answer.status();
    (status != StatusCode::OK).then(|| Fault {
        status: Some(status.as_u16()),
        ..Fault::new(
            Kind::Status(status.as_u16()),
            format!("the built-in provider answers {status}"),
        )
    })
}
