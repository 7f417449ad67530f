use std::collections::BTreeSet;

use secrecy::ExposeSecret;

use super::{Digest, Permission, Token, Tokens, new_secret};

fn with(permissions: &[Permission]) -> Token {
    Token { permissions: permissions.iter().copied().collect(), ..Token::admin() }
}

#[test]
fn write_implies_read_pin_and_custom_cost_but_not_run() {
    let token = with(&[Permission::Write]);
    for (permission, expected) in [
        (Permission::Read, true),
        (Permission::Pin, true),
        (Permission::CustomCost, true),
        (Permission::Write, true),
        (Permission::Run, false),
    ] {
        assert_eq!(token.may(permission), expected, "{permission:?}");
    }
}

#[test]
fn other_permissions_imply_nothing() {
    for held in [Permission::Read, Permission::Run, Permission::Pin, Permission::CustomCost] {
        for asked in Permission::ALL {
            assert_eq!(with(&[held]).may(asked), held == asked, "{held:?} for {asked:?}");
        }
    }
}

#[test]
fn a_token_is_over_at_the_millisecond_it_expires() {
    let token = Token { expires_at: Some(10), ..Token::admin() };
    assert!(!token.expired(9));
    assert!(token.expired(10));
    assert!(!Token::admin().expired(u64::MAX));
}

#[test]
fn absent_lists_allow_all_and_empty_ones_nothing() {
    let token = Token {
        gateways: Some(BTreeSet::new()),
        routes: Some(["support".to_owned()].into()),
        ..Token::admin()
    };
    assert!(!token.allows_gateway("default"));
    assert!(token.allows_route("support", "id-1"));
    assert!(token.allows_route("renamed", "support"));
    assert!(!token.allows_route("other", "id-1"));
    assert!(Token::admin().allows_gateway("default") && Token::admin().allows_route("x", "y"));
}

#[test]
fn new_secrets_differ_and_are_found_by_their_digest_only() {
    let (first, second) = (new_secret(), new_secret());
    assert_ne!(first.expose_secret(), second.expose_secret());
    assert_eq!(first.expose_secret().len(), 47);
    let mut tokens = Tokens::default();
    tokens.by_digest.insert(Digest::of(first.expose_secret()), Token::admin().into());
    assert!(tokens.find(first.expose_secret()).is_some());
    assert!(tokens.find(second.expose_secret()).is_none());
    assert!(tokens.find("").is_none());
}

#[test]
fn permissions_are_written_as_cloudflare_names_them() {
    for permission in Permission::ALL {
        assert_eq!(
            serde_json::to_string(&permission).unwrap(),
            format!("\"{}\"", permission.as_str())
        );
    }
}
