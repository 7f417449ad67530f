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

/// Removes those of the named headers that hold a token of ours: whatever else a header is for, a token is not passed on or recorded.
pub fn conceal(headers: &mut HeaderMap, names: &[HeaderName], tokens: &Tokens) {
    for name in names {
        let ours = |it: &str| it.starts_with(PREFIX) || tokens.find(it).is_some();
        if headers.get_all(name).into_iter().filter_map(secret).any(ours) {
            headers.remove(name);
        }
    }
}

/// A query without the parameters whose value is a token of ours; a token is not passed on in a URL either.
#[must_use]
pub fn conceal_query<'q>(query: &'q str, tokens: &Tokens) -> Cow<'q, str> {
    let ours = |parameter: &&str| {
        let value = parameter.split_once('=').map_or("", |(_, value)| value);
        let value = percent_decode_str(value).decode_utf8_lossy();
        value.starts_with(PREFIX) || tokens.find(&value).is_some()
    };
    if !query.split('&').any(|it| ours(&it)) {
        return Cow::Borrowed(query);
    }
    Cow::Owned(query.split('&').filter(|it| !ours(it)).collect::<Vec<_>>().join("&"))
}

/// The value without its scheme (`Bearer `, in any case); `None` when it is empty or not text, or a signature of AWS's SDKs, which is good
/// for this one request at this one host and so no key to go on with.
fn secret(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?.trim();
    if text.starts_with("AWS4-") {
        return None;
    }
    let bare = match text.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim_start(),
        _ => text,
    };
    (!bare.is_empty() && !bare.eq_ignore_ascii_case("bearer")).then_some(bare)
}
