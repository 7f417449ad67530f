//! What a URL of the data plane names.
use crate::catalog::{Catalog, Gateway};
use crate::directives;
use crate::reject::{self, Reject};
use http::{HeaderMap, Method};

/// An operation, and the account and gateway it is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<'u> {
    pub(crate) operation: Operation,
    account: &'u str,
    /// `None` on the management base URL, where a header names it.
    gateway: Option<&'u str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// `POST …/chat/completions`
    Chat,
    /// `GET …/models`
    Models,
}

/// Names the gateway on the management base URL.
const GATEWAY_HEADER: &str = "cf-aig-gateway-id";
/// The gateway that is there from the start.
const DEFAULT_GATEWAY: &str = "default";

impl<'u> Place<'u> {
    /// Finds the operation. Preflight requests (`OPTIONS`) are answered before.
    pub(crate) fn find(method: &Method, path: &'u str) -> Result<Self, Reject> {
        let (account, gateway, rest) =
            split(path).ok_or_else(|| Reject::new(reject::NO_SUCH_PATH, no_such_path(path)))?;
        let (operation, allowed) = match rest {
            "chat/completions" => (Operation::Chat, "POST"),
            "models" => (Operation::Models, "GET"),
            _ => return Err(Reject::new(reject::NO_SUCH_PATH, no_such_path(path))),
        };
        if method.as_str() == allowed {
            return Ok(Self { operation, account, gateway });
        }
        let message = format!("{method} is not how {path} is called; use {allowed}");
        Err(Reject::new(reject::METHOD, message).allow(allowed))
    }

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

/// Account, gateway when the URL has one, and what follows the part that both faces share.
fn split(path: &str) -> Option<(&str, Option<&str>, &str)> {
    if let Some(rest) = path.strip_prefix("/v1/") {
        let (account, rest) = rest.split_once('/')?;
        let (gateway, rest) = rest.split_once('/')?;
        return Some((account, Some(gateway), rest.strip_prefix("compat/")?));
    }
    let (account, rest) = path.strip_prefix("/client/v4/accounts/")?.split_once('/')?;
    Some((account, None, rest.strip_prefix("ai/v1/")?))
}

fn no_such_path(path: &str) -> String {
    format!(
        "there is nothing at {path}; chat completions are at POST /v1/<account>/<gateway>/compat/chat/completions, \
         models at GET /v1/<account>/<gateway>/compat/models"
    )
}
