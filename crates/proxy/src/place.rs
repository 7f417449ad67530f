//! What a URL of the data plane names.
use crate::catalog::{Catalog, Gateway};
use crate::directives;
use crate::reject::{self, Reject};
use crate::shape::Shape;
use chat::Format;
use http::{HeaderMap, Method};

/// An operation, and where it is asked.
#[derive(Debug)]
pub(crate) struct Place<'u> {
    /// Or why there is none.
    pub(crate) operation: Result<Operation<'u>, Reject>,
    pub(crate) site: Site<'u>,
}

/// The account and the gateway that something is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Site<'u> {
    account: &'u str,
    /// `None` on the management base URL, where a header names it.
    gateway: Option<&'u str>,
    /// The path below them.
    pub(crate) path: &'u str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation<'u> {
    /// A request for a model, in this format: `POST …/chat/completions` and so on.
    Ask(Format),
    /// `POST …/messages/count_tokens`
    CountTokens,
    /// `GET …/models`
    Models,
    /// `GET …/models/{name}`
    Model(&'u str),
    /// A path of a provider's own API, by any method.
    Native(Native<'u>),
    /// `POST /v1/{account}/{gateway}`: steps, tried in order.
    Universal,
}

/// A path of a provider's own API, without a slash in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Native<'u> {
    pub(crate) provider: &'u str,
    pub(crate) path: &'u str,
}

/// Names the gateway on the management base URL.
const GATEWAY_HEADER: &str = "cf-aig-gateway-id";
/// The gateway that is there from the start.
const DEFAULT_GATEWAY: &str = "default";

/// The ways in by the end of their path. `/v1` may stand before it, since some SDKs put it there.
const WAYS: [(&str, Operation<'static>); 5] = [
    ("chat/completions", Operation::Ask(Format::Chat)),
    ("responses", Operation::Ask(Format::Responses)),
    ("messages", Operation::Ask(Format::Messages)),
    ("messages/count_tokens", Operation::CountTokens),
    ("embeddings", Operation::Ask(Format::Embeddings)),
];

impl<'u> Place<'u> {
    /// Finds the operation. Preflight requests (`OPTIONS`) are answered before.
    ///
    /// # Errors
    /// The path names no gateway.
    pub(crate) fn find(method: &Method, path: &'u str) -> Result<Self, Reject> {
        let nothing = || Reject::new(reject::NO_SUCH_PATH, no_such_path(path));
        let Split { account, gateway, rest } = Split::of(path).ok_or_else(nothing)?;
        let found = match rest {
            Rest::Whole => Some((Operation::Universal, Some("POST"))),
            Rest::Native(native) => Some((Operation::Native(native), None)),
            Rest::Ours(end) => way(end),
            Rest::Nothing(_) => None,
        };
        let operation = found.ok_or_else(nothing).and_then(|(operation, allowed)| match allowed {
            Some(allowed) if method.as_str() != allowed => {
                let message = format!("{method} is not how {path} is called; use {allowed}");
                Err(Reject::new(reject::METHOD, message).allow(allowed))
            }
            _ => Ok(operation),
        });
        let path = match rest {
            Rest::Whole => "",
            Rest::Ours(path) | Rest::Nothing(path) | Rest::Native(Native { path, .. }) => path,
        };
        Ok(Self { operation, site: Site { account, gateway, path } })
    }
}

impl Site<'_> {
    /// The gateway meant, in the account served.
    pub(crate) fn gateway<'c>(
        &self,
        catalog: &'c Catalog,
        headers: &HeaderMap,
    ) -> Result<&'c Gateway, Reject> {
        if self.account != catalog.account.as_str() {
            let message = format!("there is no account `{}` on this server", self.account);
            return Err(Reject::new(reject::NO_GATEWAY, message));
        }
        let id = match self.gateway {
            Some(id) => id,
            None => directives::single(headers, GATEWAY_HEADER)?.unwrap_or(DEFAULT_GATEWAY),
        };
        let found = catalog.gateways.get(id).map(|it| &**it);
        found.ok_or_else(|| {
            let message = format!(
                "there is no gateway `{id}` in account `{}`; create it first",
                self.account
            );
            Reject::new(reject::NO_GATEWAY, message)
        })
    }
}

/// An operation that is ours by the end of its path, and its method.
pub(crate) fn way(end: &str) -> Option<(Operation<'_>, Option<&'static str>)> {
    let end = end.strip_prefix("v1/").unwrap_or(end);
    match end.strip_prefix("models") {
        Some("") => return Some((Operation::Models, Some("GET"))),
        Some(name) if name.len() > 1 => {
            return Some((Operation::Model(name.strip_prefix('/')?), Some("GET")));
        }
        _ => {}
    }
    let found = WAYS.iter().find(|(it, _)| *it == end)?;
    Some((found.1, Some("POST")))
}

impl Native<'_> {
    /// Which way in this path is, should its model be a route: those of providers whose SDKs only take a base URL.
    pub(crate) fn way_in(&self) -> Option<Operation<'static>> {
        let path = self.path.strip_prefix("v1/").unwrap_or(self.path);
        let wanted: &[&str] = match self.provider {
            "openai" => &["chat/completions", "responses", "embeddings"],
            "anthropic" => &["messages", "messages/count_tokens"],
            _ => return None,
        };
        let found = WAYS.iter().find(|(it, _)| *it == path && wanted.contains(it))?;
        Some(found.1)
    }
}

/// A path, taken apart.
#[derive(Clone, Copy, Debug)]
struct Split<'u> {
    account: &'u str,
    gateway: Option<&'u str>,
    rest: Rest<'u>,
}

#[derive(Clone, Copy, Debug)]
enum Rest<'u> {
    /// Nothing: the gateway itself.
    Whole,
    /// What follows the part that both faces share.
    Ours(&'u str),
    Native(Native<'u>),
    /// No operation, whatever the method.
    Nothing(&'u str),
}

impl<'u> Split<'u> {
    fn of(path: &'u str) -> Option<Self> {
        let Some(rest) = path.strip_prefix("/v1/") else {
            let (account, rest) = path.strip_prefix("/client/v4/accounts/")?.split_once('/')?;
            let rest = Rest::Ours(rest.strip_prefix("ai/v1/")?);
            return Some(Self { account, gateway: None, rest });
        };
        let (account, rest) = rest.split_once('/')?;
        let (gateway, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let rest = match rest.split_once('/').unwrap_or((rest, "")) {
            ("", "") => Rest::Whole,
            ("compat", end) => Rest::Ours(end),
            (_, "") | ("", _) => Rest::Nothing(rest),
            (provider, path) => Rest::Native(Native { provider, path }),
        };
        (!gateway.is_empty()).then_some(Self { account, gateway: Some(gateway), rest })
    }
}

/// How errors at this path are written: as its clients read them.
pub(crate) fn shape(path: &str) -> Shape {
    let Some(Split { rest, .. }) = Split::of(path) else { return Shape::OpenAi };
    match rest {
        Rest::Whole => Shape::Array,
        Rest::Native(native) => Shape::of_provider(native.provider),
        Rest::Ours(end) if end.strip_prefix("v1/").unwrap_or(end).starts_with("messages") => {
            Shape::Anthropic
        }
        Rest::Ours(_) | Rest::Nothing(_) => Shape::OpenAi,
    }
}

fn no_such_path(path: &str) -> String {
    format!(
        "there is nothing at {path}; requests go to POST /v1/<account>/<gateway>/compat/chat/completions, responses, messages or \
         embeddings, or to /v1/<account>/<gateway>/<provider>/<path of its own API>; models are at GET /v1/<account>/<gateway>/compat/models"
    )
}

#[cfg(test)]
mod tests;
