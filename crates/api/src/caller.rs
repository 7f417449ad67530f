//! Who calls, and where: the extractors that stand first in every handler.
//!
//! Each contains the one before it, so a handler cannot know a gateway without having checked the token:
//! [`Holder`] → [`AtAccount`] → [`AtGateway`] → [`AtRoute`] → [`AtVersion`], and [`Administrator`] beside them.

use crate::dialect::Dialect;
use crate::live::Api;
use crate::problem::Problem;
use access::{Credential, Permission, Token};
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use http::{HeaderMap, header};
use route::ids::{GatewayId, RouteId, VersionId};
use std::sync::Arc;

/// The longest id we look up; ours are shorter.
const MAX_ID: usize = 256;

/// The holder of a valid token, whatever it permits.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(crate) token: Arc<Token>,
    pub(crate) dialect: Dialect,
}

impl Holder {
    /// Who is written into the audit log.
    pub(crate) fn actor(&self) -> store::Actor {
        store::Actor { id: self.token.id.clone(), name: self.token.name.clone() }
    }
}

impl FromRequestParts<Api> for Holder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let token = match access::credential(&parts.headers, &api.live.tokens()) {
            Credential::Ours { token, .. } => token,
            Credential::Unknown { .. } => return Err(unknown_token()),
            Credential::None => crate::session::token(api, parts).await?,
        };
        still_good(api, &token)?;
        Ok(Self { token, dialect: api.dialect.of(&parts.headers) })
    }
}

/// The refusal of what is no token.
pub(crate) fn unknown_token() -> Problem {
    Problem::unauthenticated("this is not a token of this server, or it was revoked")
}

/// Refuses a token whose time has passed.
pub(crate) fn still_good(api: &Api, token: &Token) -> Result<(), Problem> {
    if token.expired(api.live.now_ms()) {
        return Err(Problem::unauthenticated("this token has expired"));
    }
    Ok(())
}

/// A caller who may do what the method does (read, or write) on the account of the path.
#[derive(Debug)]
pub(crate) struct AtAccount {
    pub(crate) by: Holder,
}

impl FromRequestParts<Api> for AtAccount {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let by = Holder::from_request_parts(parts, api).await?;
        let (needed, words) = match parts.method {
            http::Method::GET | http::Method::HEAD => (Permission::Read, "AI Gateway Read"),
            _ => (Permission::Write, "AI Gateway Write"),
        };
        if !by.token.may(needed) {
            return Err(Problem::forbidden(format!(
                "the token `{}` lacks the permission `{words}`",
                by.token.name
            )));
        }
        if by.token.routes.is_some() {
            let message =
                "the token is limited to routes: it may call them, but not use the management API";
            return Err(Problem::forbidden(message));
        }
        let account = id(parts, api, "account_id").await?;
        if account != api.account.as_str() {
            return Err(Problem::account_not_found(&account, api.account.as_str()));
        }
        Ok(Self { by })
    }
}

impl AtAccount {
    /// What concerns all gateways is not for tokens limited to some.
    pub(crate) fn unlimited(self) -> Result<Holder, Problem> {
        if self.by.token.gateways.is_some() {
            let message = "the token is limited to gateways: this concerns the whole account";
            return Err(Problem::forbidden(message));
        }
        Ok(self.by)
    }
}

/// A caller who may write anything on the account: manages tokens, custom providers and reads the audit log.
#[derive(Debug)]
pub(crate) struct Administrator(pub(crate) Holder);

impl FromRequestParts<Api> for Administrator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let by = AtAccount::from_request_parts(parts, api).await?.unlimited()?;
        if !by.token.may(Permission::Write) {
            return Err(Problem::forbidden("this needs the permission `AI Gateway Write`"));
        }
        Ok(Self(by))
    }
}

/// A caller at a gateway that exists and that the token may see.
#[derive(Debug)]
pub(crate) struct AtGateway {
    pub(crate) by: Holder,
    pub(crate) gateway: GatewayId,
}

impl FromRequestParts<Api> for AtGateway {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let AtAccount { by } = AtAccount::from_request_parts(parts, api).await?;
        let gateway = id(parts, api, "gateway_id").await?;
        if !by.token.allows_gateway(&gateway) {
            return Err(Problem::gateway_not_found(&gateway));
        }
        let gateway = GatewayId::from(gateway);
        match api.store.gateways().get(&gateway).await {
            Ok(_) => Ok(Self { by, gateway }),
            Err(store::Error::NotFound(_)) => Err(Problem::gateway_not_found(gateway.as_str())),
            Err(other) => Err(other.into()),
        }
    }
}

/// A caller at a route, which may or may not exist.
#[derive(Debug)]
pub(crate) struct AtRoute {
    pub(crate) by: Holder,
    pub(crate) gateway: GatewayId,
    pub(crate) route: RouteId,
}

impl FromRequestParts<Api> for AtRoute {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let AtGateway { by, gateway } = AtGateway::from_request_parts(parts, api).await?;
        let route = id(parts, api, "id").await?.into();
        Ok(Self { by, gateway, route })
    }
}

/// A caller at a version of a route, which may or may not exist.
#[derive(Debug)]
pub(crate) struct AtVersion {
    pub(crate) at: AtRoute,
    pub(crate) version: VersionId,
}

impl FromRequestParts<Api> for AtVersion {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let at = AtRoute::from_request_parts(parts, api).await?;
        let version = id(parts, api, "version_id").await?.into();
        Ok(Self { at, version })
    }
}

/// The last `{…}` of a path that names something else than the above.
#[derive(Debug)]
pub(crate) struct Named(pub(crate) String);

impl FromRequestParts<Api> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        last_id(parts, api).await.map(Self)
    }
}

/// One named part of the path, decoded.
async fn id(parts: &mut Parts, api: &Api, name: &'static str) -> Result<String, Problem> {
    let params = params(parts, api).await?;
    let found = params.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
    checked(name, found.unwrap_or_default())
}

async fn last_id(parts: &mut Parts, api: &Api) -> Result<String, Problem> {
    let params = params(parts, api).await?;
    let (name, found) = params.iter().last().unwrap_or_default();
    checked(name, found)
}

async fn params(parts: &mut Parts, api: &Api) -> Result<RawPathParams, Problem> {
    RawPathParams::from_request_parts(parts, api)
        .await
        .map_err(|error| Problem::invalid(&["params"], error.body_text()))
}

/// Refused when no id can look like that.
fn checked(name: &str, text: &str) -> Result<String, Problem> {
    if text.is_empty() || text.len() > MAX_ID || text.chars().any(char::is_control) {
        let message = format!("an id is 1 to {MAX_ID} bytes without control characters");
        return Err(Problem::invalid(&["params", name], message));
    }
    Ok(text.to_owned())
}

/// `If-Match`, as it stands: `*` or quoted tags. Several header lines are one list.
#[derive(Debug)]
pub(crate) struct IfMatch(Option<String>);

impl IfMatch {
    pub(crate) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if_match(&parts.headers).map(Self)
    }
}

fn if_match(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut lines = Vec::new();
    for line in headers.get_all(header::IF_MATCH) {
        match line.to_str() {
            Ok(it) => lines.push(it),
            Err(_) => {
                return Err(Problem::invalid(
                    &["headers", "if-match"],
                    "`If-Match` is `*` or ETags in quotes",
                ));
            }
        }
    }
    Ok((!lines.is_empty()).then(|| lines.join(", ")))
}

/// `If-None-Match`: only `*`, which is for writes of what must not be there yet.
#[derive(Debug)]
pub(crate) struct IfAbsent(pub(crate) bool);

impl<S: Send + Sync> FromRequestParts<S> for IfAbsent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut lines = parts.headers.get_all(header::IF_NONE_MATCH).into_iter();
        let Some(first) = lines.next() else { return Ok(Self(false)) };
        if first.as_bytes().trim_ascii() != b"*" || lines.next().is_some() {
            let message = "`If-None-Match` of a write is `*`: only when there is nothing yet";
            return Err(Problem::invalid(&["headers", "if-none-match"], message));
        }
        if parts.headers.contains_key(header::IF_MATCH) {
            let message = "`If-None-Match: *` and `If-Match` are never true together; send one";
            return Err(Problem::invalid(&["headers", "if-none-match"], message));
        }
        Ok(Self(true))
    }
}
