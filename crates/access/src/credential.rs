//! Where a request carries its credential, and whether it is one of ours.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{PREFIX, Token, Tokens};

#[cfg(test)]
mod tests;

/// The header that is for the gateway alone; with it present, every other one is for the provider.
const OWN: HeaderName = HeaderName::from_static("cf-aig-authorization");

/// The other places, in the order in which they are read.
const SHARED: [HeaderName; 5] = [
    header::AUTHORIZATION,
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("x-goog-api-key"),
    HeaderName::from_static("api-key"),
    LEGACY,
];

/// Cloudflare's older form. The email that goes with it is ignored.
const LEGACY: HeaderName = HeaderName::from_static("x-auth-key");

/// Takes every credential out of these headers.
pub fn strip(headers: &mut HeaderMap) {
    for name in SHARED.iter().chain([&OWN]) {
        headers.remove(name);
    }
}

/// Takes out the header that is for the gateway alone.
pub fn strip_own(headers: &mut HeaderMap) {
    headers.remove(&OWN);
}

/// What the credential headers of a request say.
#[derive(Debug)]
pub enum Credential<'h> {
    /// One of them is a token we know.
    Ours {
        /// It; expired ones too.
        token: Arc<Token>,
        /// What another header holds, when that is none of ours: the caller's own provider key.
        provider_key: Option<&'h str>,
    },
    /// There is a credential, and it is none of ours.
    Unknown {
        /// The caller's own provider key, if there is one outside `cf-aig-authorization`.
        provider_key: Option<&'h str>,
        /// It stood in `cf-aig-authorization`, so it was meant for us.
        meant_for_us: bool,
    },
    /// None at all.
    None,
}

/// Reads the credential headers. A value that is a token of ours authenticates wherever it stands, and never comes out as a provider key;
/// neither does one that only looks like ours, such as a revoked token, nor `x-auth-key`, which no provider reads.
#[must_use]
pub fn credential<'h>(headers: &'h HeaderMap, tokens: &Tokens) -> Credential<'h> {
    let own = headers.get(&OWN).map(secret);
    let mut token = own.flatten().and_then(|it| tokens.find(it)).cloned();
    let mut provider_key = None;
    let mut any = own.is_some();
    for name in &SHARED {
        for value in headers.get_all(name).into_iter().filter_map(secret) {
            any = true;
            match tokens.find(value) {
                Some(found) => token = token.or_else(|| Some(Arc::clone(found))),
                None if value.starts_with(PREFIX) || *name == LEGACY => {}
                None => provider_key = provider_key.or(Some(value)),
            }
        }
    }
    match token {
        Some(token) => Credential::Ours { token, provider_key },
        None if any => Credential::Unknown { provider_key, meant_for_us: own.is_some() },
        None => Credential::None,
    }
}

/// Removes those of the named headers that have a token of ours in them: whatever else a header is for, a token is not passed on or
/// recorded.
pub fn conceal(headers: &mut HeaderMap, names: &[HeaderName], tokens: &Tokens) {
    for name in names {
        if headers.get_all(name).into_iter().any(|it| has_token(it.as_bytes(), tokens)) {
            headers.remove(name);
        }
    }
}

/// A query without the parameters in whose name or value there is a token of ours; a token is not passed on in a URL either.
#[must_use]
pub fn conceal_query<'q>(query: &'q str, tokens: &Tokens) -> Cow<'q, str> {
    let ours = |parameter: &&str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        [name, value].into_iter().any(|it| {
            // A plus is a space to most who read a query, and a plus to the others.
            let decoded: Vec<u8> = percent_decode_str(it).collect();
            let spaced: Vec<u8> = percent_decode_str(&it.replace('+', " ")).collect();
            has_token(&decoded, tokens) || has_token(&spaced, tokens)
        })
    };
    if !query.split('&').any(|it| ours(&it)) {
        return Cow::Borrowed(query);
    }
    Cow::Owned(query.split('&').filter(|it| !ours(it)).collect::<Vec<_>>().join("&"))
}

/// Whether a text has a token of ours in it: one that begins as ours do at the beginning of any word, or one that is known, which may look
/// like anything, as the whole of it, with or without a scheme or quotes.
fn has_token(text: &[u8], tokens: &Tokens) -> bool {
    let is_of_word = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-');
    let mut words = text.split(|it| !is_of_word(it));
    if words.any(|it| it.starts_with(PREFIX.as_bytes())) {
        return true;
    }
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let bare = bare(text);
    let unquoted = bare.trim_matches('"');
    tokens.find(bare).is_some() || (unquoted != bare && tokens.find(unquoted).is_some())
}

/// The value without its scheme (`Bearer `, in any case); `None` when it is empty or not text, or a signature of AWS's SDKs, which is good
/// for this one request at this one host and so no key to go on with.
fn secret(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?.trim();
    if text.starts_with("AWS4-") {
        return None;
    }
    let bare = bare(text);
    (!bare.is_empty() && !bare.eq_ignore_ascii_case("bearer")).then_some(bare)
}

/// A text without `Bearer ` in front, in any case, and without the blanks around it.
fn bare(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim_start(),
        _ => text,
    }
}
