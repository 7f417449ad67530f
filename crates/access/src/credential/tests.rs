use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::{Credential, conceal_query, credential, strip, strip_own};
use crate::{Digest, Token, Tokens};

const TOKEN: &str = "pmn_token-of-ours";
/// A token that does not look like ours.
const IMPORTED: &str = "letmein";

fn tokens() -> Tokens {
    let mut tokens = Tokens::default();
    for secret in [TOKEN, IMPORTED] {
        tokens.by_digest.insert(Digest::of(secret), Token::admin().into());
    }
    tokens
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    map
}

/// `ours`, `unknown`, `meant` or `none`, and the provider key.
fn read(pairs: &[(&str, &str)]) -> (&'static str, Option<String>) {
    match credential(&headers(pairs), &tokens()) {
        Credential::Ours { provider_key, .. } => ("ours", provider_key.map(str::to_owned)),
        Credential::Unknown { provider_key, meant_for_us } => {
            (if meant_for_us { "meant" } else { "unknown" }, provider_key.map(str::to_owned))
        }
        Credential::None => ("none", None),
    }
}

#[test]
fn a_token_is_found_in_every_place() {
    for name in [
        "cf-aig-authorization",
        "authorization",
        "x-api-key",
        "x-goog-api-key",
        "api-key",
        "X-Auth-Key",
    ] {
        for value in [TOKEN.to_owned(), format!("Bearer {TOKEN}"), format!("bEaReR   {TOKEN} ")] {
            assert_eq!(read(&[(name, &value)]), ("ours", None), "{name}: {value}");
        }
    }
}

#[test]
fn a_signature_of_aws_is_no_key_to_go_on_with() {
    let signed = "AWS4-HMAC-SHA256 Credential=AKID/20260131/eu-west-1/bedrock/aws4_request, \
                  SignedHeaders=host, Signature=00";
    assert_eq!(read(&[("authorization", signed)]), ("none", None));
    let own = ("cf-aig-authorization", TOKEN);
    assert_eq!(read(&[own, ("authorization", signed)]), ("ours", None));
}

#[test]
fn with_its_own_header_present_the_others_are_provider_keys() {
    let own = ("cf-aig-authorization", TOKEN);
    assert_eq!(read(&[own, ("authorization", "Bearer sk-1")]), ("ours", Some("sk-1".into())));
    assert_eq!(read(&[own, ("x-api-key", "sk-2")]), ("ours", Some("sk-2".into())));
    assert_eq!(
        read(&[("cf-aig-authorization", "wrong"), ("authorization", "Bearer sk-1")]),
        ("meant", Some("sk-1".into()))
    );
}

#[test]
fn a_token_beside_a_provider_key_is_found_and_only_the_key_goes_on() {
    assert_eq!(
        read(&[("authorization", "Bearer sk-1"), ("x-api-key", TOKEN)]),
        ("ours", Some("sk-1".into()))
    );
    assert_eq!(read(&[("authorization", TOKEN), ("x-api-key", TOKEN)]), ("ours", None));
}

#[test]
fn what_looks_like_a_token_is_never_a_provider_key() {
    assert_eq!(read(&[("authorization", "Bearer pmn_revoked")]), ("unknown", None));
    assert_eq!(
        read(&[("cf-aig-authorization", TOKEN), ("authorization", "Bearer pmn_revoked")]),
        ("ours", None)
    );
    assert_eq!(
        read(&[("authorization", "Bearer pmn_revoked"), ("x-api-key", "sk-1")]),
        ("unknown", Some("sk-1".into()))
    );
}

#[test]
fn the_legacy_header_authenticates_but_holds_no_provider_key() {
    assert_eq!(read(&[("x-auth-key", "global-key")]), ("unknown", None));
    assert_eq!(
        read(&[("cf-aig-authorization", TOKEN), ("x-auth-key", "global-key")]),
        ("ours", None)
    );
}

#[test]
fn what_is_no_credential_is_none() {
    for value in ["", "Bearer", "Bearer ", "   "] {
        assert_eq!(read(&[("authorization", value)]), ("none", None), "{value:?}");
    }
    assert_eq!(read(&[]), ("none", None));
    assert_eq!(read(&[("x-auth-email", "a@b.c")]), ("none", None));
}

#[test]
fn a_token_in_any_other_header_is_taken_out_and_the_rest_stays() {
    let names = ["x-request-id", "user-agent"].map(HeaderName::from_static);
    let mut given =
        headers(&[("x-request-id", TOKEN), ("user-agent", "OpenAI/JS 7"), ("x-other", TOKEN)]);
    super::conceal(&mut given, &names, &tokens());
    assert_eq!(given, headers(&[("user-agent", "OpenAI/JS 7"), ("x-other", TOKEN)]));
}

#[test]
fn a_token_is_taken_out_of_a_header_in_whatever_words_it_stands() {
    let names = ["prefer"].map(HeaderName::from_static);
    let is_removed = |value: &str| {
        let mut given = headers(&[("prefer", value)]);
        super::conceal(&mut given, &names, &tokens());
        given.is_empty()
    };
    for value in [
        TOKEN.to_owned(),
        format!("bearer  {TOKEN}"),
        format!("\"{TOKEN}\""),
        format!("W/\"{TOKEN}\""),
        format!("wait=5, x={TOKEN}"),
        "é pmn_revoked".to_owned(),
        IMPORTED.to_owned(),
        format!("Bearer {IMPORTED}"),
        format!("\"{IMPORTED}\""),
    ] {
        assert!(is_removed(&value), "{value}");
    }
    for value in ["", "respond-async, wait=5", "\"etag-of-theirs\"", "compmn_x", "Bearer sk-1"] {
        assert!(!is_removed(value), "{value}");
    }
}

proptest! {
    #[test]
    fn a_token_of_ours_never_comes_out_as_a_provider_key(places in prop::collection::vec((0_usize..6, 0_usize..4), 0..8)) {
        let names = ["cf-aig-authorization", "authorization", "x-api-key", "x-goog-api-key", "api-key", "x-auth-key"];
        let bearer = format!("Bearer {TOKEN}");
        let values = [TOKEN, bearer.as_str(), "sk-other", "Bearer sk-other"];
        let pairs: Vec<_> = places.iter().map(|(name, value)| (names[*name], values[*value])).collect();
        let (_, key) = read(&pairs);
        prop_assert!(key.is_none_or(|it| !it.contains(TOKEN)));
    }
}

#[test]
fn a_token_is_taken_out_of_a_query_however_it_is_written() {
    let encoded = TOKEN.replace('_', "%5F");
    for (query, expected) in [
        ("a=b&alt=sse".to_owned(), "a=b&alt=sse"),
        (format!("key={TOKEN}&a=b"), "a=b"),
        (format!("a=b&key={encoded}"), "a=b"),
        ("a=b&key=pmn_revoked&c".to_owned(), "a=b&c"),
        (format!("key={TOKEN}"), ""),
        (format!("{TOKEN}=1&a=b"), "a=b"),
        (format!("a=b&{encoded}"), "a=b"),
        (format!("x=Bearer%20{TOKEN}&a=b"), "a=b"),
        (format!("x=bearer+{IMPORTED}&a=b"), "a=b"),
        (format!("{IMPORTED}&a=b&x=%22{IMPORTED}%22"), "a=b"),
        ("key=AIza-of-the-caller".to_owned(), "key=AIza-of-the-caller"),
    ] {
        assert_eq!(conceal_query(&query, &tokens()), expected, "{query}");
    }
}

#[test]
fn credentials_are_taken_out_of_headers_wherever_they_stand() {
    let all = [
        ("cf-aig-authorization", "a"),
        ("authorization", "b"),
        ("x-api-key", "c"),
        ("x-goog-api-key", "d"),
        ("api-key", "e"),
        ("x-auth-key", "f"),
        ("x-request-id", "g"),
    ];
    let mut bare = headers(&all);
    strip(&mut bare);
    assert_eq!(bare, headers(&all[6..]));
    let mut own = headers(&all);
    strip_own(&mut own);
    assert_eq!(own, headers(&all[1..]));
}
