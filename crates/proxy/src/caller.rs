//! Who asks, and what they may ask for.
use crate::catalog::{Gateway, LiveRoute};
use crate::reject::{self, Reject};
use access::{Credential, Permission, Token};
use http::HeaderMap;
use route::ids::RouteId;
use std::sync::Arc;

/// The caller of one request, let in.
#[derive(Debug)]
pub(crate) struct Caller<'h> {
    /// `None`: anonymous, on an open gateway.
    pub(crate) token: Option<Arc<Token>>,
    /// The caller's own key for a provider; never one of our tokens.
    pub(crate) provider_key: Option<&'h str>,
    /// The gateway asks nobody for a token.
    open: bool,
}

impl<'h> Caller<'h> {
    /// Lets the caller in, or says why not. An open gateway asks for nothing, but looks at a token it is given.
    pub(crate) fn admit(
        headers: &'h HeaderMap,
        tokens: &access::Tokens,
        gateway: &Gateway,
        now_ms: u64,
    ) -> Result<Self, Reject> {
        let open = !gateway.authentication;
        match access::credential(headers, tokens) {
            Credential::Ours { token, provider_key } => {
                may_call(&token, gateway, now_ms)?;
                Ok(Self { token: Some(token), provider_key, open })
            }
            // A provider's key, and not a token of ours that has been revoked.
            Credential::Unknown { provider_key: Some(key), meant_for_us: false } if open => {
                Ok(Self { token: None, provider_key: Some(key), open })
            }
            Credential::None if open => Ok(Self { token: None, provider_key: None, open }),
            Credential::Unknown { .. } => {
                Err(unauthorized("this token is not known here; it may have been revoked"))
            }
            Credential::None => Err(unauthorized(
                "this gateway needs a token: send it as `Authorization: Bearer <token>` or in `cf-aig-authorization`",
            )),
        }
    }

    /// Whoever would send a request that is only imagined. One without a token is let in everywhere: the question is what becomes of it then.
    pub(crate) fn imagined(
        token: Option<Arc<Token>>,
        gateway: &Gateway,
        now_ms: u64,
    ) -> Result<Caller<'static>, Reject> {
        token.iter().try_for_each(|it| may_call(it, gateway, now_ms))?;
        Ok(Caller { token, provider_key: None, open: !gateway.authentication })
    }

    /// The same caller with the provider key that a step of its request has.
    pub(crate) fn of_step<'s>(&self, credential: &Credential<'s>) -> Caller<'s> {
        let provider_key = match credential {
            Credential::Ours { provider_key, .. } | Credential::Unknown { provider_key, .. } => {
                *provider_key
            }
            Credential::None => None,
        };
        Caller { token: self.token.clone(), provider_key, open: self.open }
    }

    /// Whether it may choose a version: its token may, or on an open gateway everybody, since leaving out a token must not give more.
    pub(crate) fn pins(&self) -> bool {
        self.open || self.token_may(Permission::Pin)
    }

    /// Whether its token has a right beyond Run.
    pub(crate) fn token_may(&self, permission: Permission) -> bool {
        self.token.as_ref().is_some_and(|it| it.may(permission))
    }

    /// Refuses a route that the token is not for.
    pub(crate) fn check_route(&self, route: &LiveRoute) -> Result<(), Reject> {
        self.check_named(&route.name, &route.id)
    }

    /// The same of a route by name and id.
    pub(crate) fn check_named(&self, name: &str, id: &RouteId) -> Result<(), Reject> {
        if self.may_name(name, id) {
            return Ok(());
        }
        let message = format!("this token may not call the route `{name}`");
        Err(Reject::new(reject::FORBIDDEN, message).at("model"))
    }

    /// Whether the token is for this route.
    pub(crate) fn sees(&self, route: &LiveRoute) -> bool {
        self.may_name(&route.name, &route.id)
    }

    fn may_name(&self, name: &str, id: &RouteId) -> bool {
        self.token.as_ref().is_none_or(|it| it.allows_route(name, id.as_str()))
    }

    /// Whether models may be called without a route.
    pub(crate) fn calls_models(&self) -> bool {
        self.token.as_ref().is_none_or(|it| it.routes.is_none())
    }
}

fn may_call(token: &Token, gateway: &Gateway, now_ms: u64) -> Result<(), Reject> {
    if token.expired(now_ms) {
        return Err(unauthorized("this token has expired"));
    }
    if !token.may(Permission::Run) {
        return Err(Reject::new(
            reject::FORBIDDEN,
            "this token lacks the permission `AI Gateway Run`",
        ));
    }
    if !token.allows_gateway(gateway.id.as_str()) {
        return Err(Reject::new(
            reject::FORBIDDEN,
            format!("this token is not for the gateway `{}`", gateway.id),
        ));
    }
    Ok(())
}

fn unauthorized(message: &str) -> Reject {
    Reject::new(reject::UNAUTHORIZED, message)
}
