//! The session of the web application: a token, sealed into a cookie that no script can read.
//!
//! `POST /session` trades a token for the cookie. A request with the cookie and no token in any header is the token's, as long as the token is
//! good: the checks are those of [`crate::caller`]. What changes something must be sent by a page of this server, see [`same_origin`].

mod cookie;

use crate::body::Input;
use crate::caller;
use crate::live::{Api, State as Process};
use crate::problem::Problem;
use crate::reply::{Answer, Reply, Success};
use crate::times;
use access::{Digest, Token};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing;
use cookie::Cookie;
use http::request::Parts;
use http::{HeaderMap, HeaderName, header};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// How long a session lasts that nobody uses.
const LASTS_MS: u64 = 12 * 60 * 60 * 1000;
/// A session that has less left is renewed by the next reply.
const RENEWED_MS: u64 = LASTS_MS / 2;
/// How long it is known that a session was ended: as long as one lasts that was renewed just before, and what clocks of nodes may differ.
const KNOWN_MS: u64 = 2 * LASTS_MS;
/// A form or a link of another site cannot set a header.
const PROOF: HeaderName = HeaderName::from_static("x-pointsman-ui");

/// `/session`, beside the API's own paths.
pub(crate) fn router() -> Router<Api> {
    Router::new().route("/session", routing::get(show).post(login).delete(logout))
}

/// What one logs in with.
#[derive(Deserialize)]
struct Login {
    token: String,
}

/// Who is logged in, and what they may do. The token itself is never told.
#[derive(Debug, Serialize)]
struct SessionView {
    account_id: String,
    token: Holding,
    permissions: BTreeSet<access::Permission>,
    gateways: Option<BTreeSet<String>>,
    routes: Option<BTreeSet<String>>,
    /// When it ends, unless it is used before.
    expires_on: String,
}

#[derive(Debug, Serialize)]
struct Holding {
    id: String,
    name: String,
}

#[derive(Debug, Serialize)]
struct LoggedOut {}

/// Trades a token for a session.
async fn login(
    State(api): State<Api>,
    headers: HeaderMap,
    Input(login): Input<Login>,
) -> Result<Response, Problem> {
    same_origin(&headers)?;
    let digest = Digest::of(login.token.trim());
    let token = api.live.tokens().of(digest).cloned().ok_or_else(caller::unknown_token)?;
    caller::still_good(&api, &token)?;
    let session = store::Session::begin(digest, expiry(&api));
    let cookie = Cookie::named_for(&headers).set(&api.store.sessions().seal(&session), LASTS_MS);
    let view = Reply::result(view(&api, &token, session.expires_at));
    Ok(([(header::SET_COOKIE, cookie)], view).into_response())
}

/// Says who is logged in.
async fn show(State(api): State<Api>, parts: Parts) -> Answer<Success<SessionView>> {
    let (session, token) = entered(&api, &parts).await?;
    if token.expired(api.live.now_ms()) {
        return Err(Problem::unauthenticated("the token of this session has expired"));
    }
    Ok(Reply::result(view(&api, &token, session.expires_at)))
}

/// Ends the session; there may be none. A reply that is under way may renew its cookie after this one has taken it away, so what ends is the
/// session itself.
async fn logout(State(api): State<Api>, headers: HeaderMap) -> Result<Response, Problem> {
    same_origin(&headers)?;
    let now = api.live.now_ms();
    let session = Cookie::of(&headers).and_then(|(_, sealed)| api.store.sessions().open(sealed));
    if let Some(session) = session.filter(|it| it.expires_at > now) {
        api.store.sessions().end(&session, now.saturating_add(KNOWN_MS), now).await?;
    }
    let cookies = Cookie::ALL.map(|it| (header::SET_COOKIE, it.set("", 0)));
    let mut response = Reply::result(LoggedOut {}).into_response();
    response.headers_mut().extend(cookies);
    Ok(response)
}

fn view(api: &Process, token: &Token, expires_at: u64) -> SessionView {
    let ends = token.expires_at.map_or(expires_at, |it| it.min(expires_at));
    SessionView {
        account_id: api.account.to_string(),
        token: Holding { id: token.id.clone(), name: token.name.clone() },
        permissions: token.permissions.clone(),
        gateways: token.gateways.clone(),
        routes: token.routes.clone(),
        expires_on: times::from_millis(ends),
    }
}

/// When a session ends that is used now.
fn expiry(api: &Process) -> u64 {
    api.live.now_ms().saturating_add(LASTS_MS)
}

/// The session of a request, and its token, which may have expired.
async fn opened(
    api: &Process,
    headers: &HeaderMap,
) -> Result<(store::Session, Arc<Token>), Problem> {
    let Some((_, sealed)) = Cookie::of(headers) else {
        return Err(Problem::unauthenticated("no token; send `Authorization: Bearer <token>`"));
    };
    let over = || Problem::unauthenticated("the session has ended; log in again");
    let session = api.store.sessions().open(sealed).ok_or_else(over)?;
    if session.expires_at <= api.live.now_ms() || api.store.sessions().has_ended(&session).await? {
        return Err(over());
    }
    let token = api.live.tokens().of(session.token).cloned().ok_or_else(over)?;
    Ok((session, token))
}

/// The token of the session of a request that has no token in any header.
pub(crate) async fn token(api: &Process, parts: &Parts) -> Result<Arc<Token>, Problem> {
    entered(api, parts).await.map(|(_, token)| token)
}

/// The session that a request is answered by; it will be renewed.
async fn entered(api: &Process, parts: &Parts) -> Result<(store::Session, Arc<Token>), Problem> {
    // Before it is looked whether it was ended: what it is renewed to is over when that is forgotten, however long this request takes.
    let renewed_to = expiry(api);
    let (session, token) = opened(api, &parts.headers).await?;
    if !parts.method.is_safe() {
        same_origin(&parts.headers)?;
    }
    if let Some(used) = parts.extensions.get::<Used>()
        && session.expires_at.saturating_sub(api.live.now_ms()) < RENEWED_MS
    {
        let _before = used.0.set(session.until(renewed_to));
    }
    Ok((session, token))
}

/// What the session that a request was answered by is renewed to, once that is known.
#[derive(Clone, Debug, Default)]
struct Used(Arc<OnceLock<store::Session>>);

/// A browser adds the cookie to whatever is sent here, so what changes something must prove that a page of this server sent it.
fn same_origin(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(PROOF) && access::is_from_own_page(headers) {
        return Ok(());
    }
    Err(Problem::forbidden(format!(
        "a session is for pages of this server: send `{PROOF}: 1` from one, or a token in `Authorization`"
    )))
}

/// Whether a page of another origin asks to send what proves that it is ours.
pub(crate) fn is_proof_in(names: &http::HeaderValue) -> bool {
    let names = names.as_bytes().split(|it| *it == b',');
    names.map(<[u8]>::trim_ascii).any(|it| it.eq_ignore_ascii_case(PROOF.as_str().as_bytes()))
}

/// Makes a session last that a request was answered by: not one that a token in a header was preferred to, nor one of a foreign page.
pub(crate) async fn renew(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let Some((cookie, _)) = Cookie::of(request.headers()) else { return next.run(request).await };
    let used = Used::default();
    request.extensions_mut().insert(used.clone());
    let mut response = next.run(request).await;
    if let Some(session) = used.0.get()
        && response.status() != http::StatusCode::UNAUTHORIZED
    {
        let lasts = session.expires_at.saturating_sub(api.live.now_ms());
        let cookie = cookie.set(&api.store.sessions().seal(session), lasts);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
