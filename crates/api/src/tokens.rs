//! API tokens: list, create, get, revoke, verify. The secret is told once, at creation; only its hash is kept.

use crate::body::Input;
use crate::caller::{Administrator, AtAccount, Holder, Named};
use crate::live::{Api, Change};
use crate::paging::{PageQuery, Paging};
use crate::problem::{Entry, Problem};
use crate::reply::{Answer, Listing, Reply, Success};
use crate::times;
use access::{Permission, Scalar, Token};
use axum::extract::State;
use route::ids::TokenId;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, revoke))
        .routes(routes!(verify))
        .routes(routes!(verify_at_account))
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
struct CreateToken {
    name: String,
    /// At least one of `AI Gateway Read`, `AI Gateway Write`, `AI Gateway Run`, `AI Gateway Pin`, `AI Gateway Custom Cost`.
    #[schema(value_type = Vec<String>)]
    permissions: BTreeSet<Permission>,
    /// RFC 3339; absent: it does not expire.
    #[schema(format = DateTime)]
    expires_on: Option<String>,
    /// Ids of gateways; absent: all.
    gateways: Option<BTreeSet<String>>,
    /// Names or ids of routes; absent: all, and direct model calls too.
    routes: Option<BTreeSet<String>>,
    /// Up to 5 flat entries that override the caller's `cf-aig-metadata`.
    #[schema(value_type = Object)]
    metadata: Option<BTreeMap<String, Scalar>>,
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
struct TokenView {
    id: String,
    name: String,
    /// `active` or `expired`.
    status: &'static str,
    #[schema(value_type = Vec<String>)]
    permissions: BTreeSet<Permission>,
    #[schema(format = DateTime)]
    expires_on: Option<String>,
    gateways: Option<BTreeSet<String>>,
    routes: Option<BTreeSet<String>>,
    #[schema(value_type = Object)]
    metadata: BTreeMap<String, Scalar>,
    /// First characters of the secret.
    prefix: String,
    #[schema(format = DateTime)]
    issued_on: String,
    /// Who made it.
    issued_by: String,
}

/// A token just made.
#[derive(Serialize, ToSchema)]
struct CreatedToken {
    #[serde(flatten)]
    token: TokenView,
    /// The secret. It is shown this once.
    value: String,
}

/// The id of a revoked token.
#[derive(Debug, Serialize, ToSchema)]
struct Revoked {
    id: String,
}

/// What `verify` says.
#[derive(Debug, Serialize, ToSchema)]
struct Verified {
    id: String,
    /// Always `active`; a token that is not gets a 401.
    status: &'static str,
    #[schema(format = DateTime)]
    expires_on: Option<String>,
}

fn view(api: &Api, it: store::StoredToken) -> TokenView {
    TokenView {
        status: if it.token.expired(api.live.now_ms()) { "expired" } else { "active" },
        id: it.token.id,
        name: it.token.name,
        permissions: it.token.permissions,
        expires_on: it.token.expires_at.map(times::from_millis),
        gateways: it.token.gateways,
        routes: it.token.routes,
        metadata: it.token.metadata,
        prefix: it.prefix,
        issued_on: times::from_micros(it.created_at),
        issued_by: it.created_by,
    }
}

impl CreateToken {
    fn checked(self, now_ms: u64) -> Result<Token, Problem> {
        let length = self.name.chars().count();
        if !(1..=120).contains(&length) || self.name.chars().any(char::is_control) {
            return Err(Problem::invalid(
                &["body", "name"],
                "a token's name is 1 to 120 characters",
            ));
        }
        if self.permissions.is_empty() {
            return Err(Problem::invalid(
                &["body", "permissions"],
                "a token needs at least one permission",
            ));
        }
        let metadata = self.metadata.unwrap_or_default();
        if metadata.len() > 5 {
            return Err(Problem::invalid(&["body", "metadata"], "metadata has at most 5 entries"));
        }
        Ok(Token {
            id: String::new(),
            name: self.name,
            permissions: self.permissions,
            expires_at: self.expires_on.map(|it| future(&it, now_ms)).transpose()?,
            gateways: not_empty("gateways", self.gateways)?,
            routes: not_empty("routes", self.routes)?,
            metadata,
        })
    }
}

fn future(text: &str, now_ms: u64) -> Result<u64, Problem> {
    let place = ["body", "expires_on"];
    let stamp = times::parse(text, &place)?.as_millisecond();
    match u64::try_from(stamp) {
        Ok(it) if it > now_ms => Ok(it),
        _ => Err(Problem::invalid(&place, format!("`{text}` is in the past"))),
    }
}

/// An empty list would allow nothing, which nobody means.
fn not_empty(
    name: &str,
    names: Option<BTreeSet<String>>,
) -> Result<Option<BTreeSet<String>>, Problem> {
    let Some(names) = names else { return Ok(None) };
    let odd = |it: &String| it.is_empty() || it.len() > 256 || it.chars().any(char::is_control);
    if names.is_empty() || names.iter().any(odd) {
        let message = format!("`{name}` is a list of ids or names; leave it out to allow all");
        return Err(Problem::invalid(&["body", name], message));
    }
    Ok(Some(names))
}

/// List API tokens, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/tokens", tag = "tokens", operation_id = "list-tokens",
    params(PageQuery), responses((status = 200, body = Listing<TokenView>)))]
async fn list(
    State(api): State<Api>,
    _by: Administrator,
    Paging(page): Paging,
) -> Answer<Listing<TokenView>> {
    let (tokens, total) = api.store.tokens().list(page).await?;
    Ok(Reply::list(tokens.into_iter().map(|it| view(&api, it)).collect(), page, total))
}

/// Create an API token. `value` in the reply is the secret, shown once.
#[utoipa::path(post, path = "/accounts/{account_id}/tokens", tag = "tokens", operation_id = "create-token",
    request_body = CreateToken, responses((status = 200, body = Success<CreatedToken>)))]
async fn create(
    State(api): State<Api>,
    Administrator(by): Administrator,
    Input(new): Input<CreateToken>,
) -> Answer<Success<CreatedToken>> {
    let token = new.checked(api.live.now_ms())?;
    let (token, secret) = api.store.tokens().create(&by.actor(), token).await?;
    api.publish(Change::Tokens).await?;
    let value = secret.expose_secret().to_owned();
    Ok(Reply::result(CreatedToken { token: view(&api, token), value }))
}

/// Get an API token.
#[utoipa::path(get, path = "/accounts/{account_id}/tokens/{id}", tag = "tokens", operation_id = "get-token",
    responses((status = 200, body = Success<TokenView>)))]
async fn get(
    State(api): State<Api>,
    _by: Administrator,
    Named(id): Named,
) -> Answer<Success<TokenView>> {
    let token = api.store.tokens().get(&TokenId::from(id)).await?;
    Ok(Reply::result(view(&api, token)))
}

/// Revoke an API token, at once.
#[utoipa::path(delete, path = "/accounts/{account_id}/tokens/{id}", tag = "tokens", operation_id = "delete-token",
    responses((status = 200, body = Success<Revoked>)))]
async fn revoke(
    State(api): State<Api>,
    Administrator(by): Administrator,
    Named(id): Named,
) -> Answer<Success<Revoked>> {
    let token = api.store.tokens().revoke(&by.actor(), &TokenId::from(id)).await?;
    api.publish(Change::Tokens).await?;
    Ok(Reply::result(Revoked { id: token.token.id }))
}

/// Say whether the token of this request is good, whatever it permits.
#[utoipa::path(get, path = "/user/tokens/verify", tag = "tokens", operation_id = "user-api-tokens-verify-token",
    responses((status = 200, body = Success<Verified>)))]
async fn verify(by: Holder) -> Answer<Success<Verified>> {
    Ok(verified(&by))
}

/// The same for a token of the account.
#[utoipa::path(get, path = "/accounts/{account_id}/tokens/verify", tag = "tokens", operation_id = "account-api-tokens-verify-token",
    responses((status = 200, body = Success<Verified>)))]
async fn verify_at_account(AtAccount { by }: AtAccount) -> Answer<Success<Verified>> {
    Ok(verified(&by))
}

fn verified(by: &Holder) -> Reply<Success<Verified>> {
    let verified = Verified {
        id: by.token.id.clone(),
        status: "active",
        expires_on: by.token.expires_at.map(times::from_millis),
    };
    Reply::noting(verified, vec![Entry::good_news("This API Token is valid and active")])
}
