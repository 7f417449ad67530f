//! Tokens on a real store: told once, found by digest, revoked.

use std::collections::{BTreeMap, BTreeSet};

use access::{Digest, Permission, Scalar, Token};
use secrecy::ExposeSecret;
use store::Error;

use super::*;

fn token(name: &str) -> Token {
    Token {
        id: String::new(),
        name: name.into(),
        permissions: BTreeSet::from([Permission::Run, Permission::Pin]),
        expires_at: Some(1_900_000_000_000),
        gateways: Some(BTreeSet::from(["default".into()])),
        routes: None,
        metadata: BTreeMap::from([
            ("user".into(), Scalar::Text("u\0😀".into())),
            ("tier".into(), Scalar::Number(2.into())),
            ("paid".into(), Scalar::Bool(true)),
        ]),
    }
}

async fn a_token_is_found_by_its_digest_until_revoked(database: Database) {
    let home = Home::new(database).await;
    let (made, secret) = home.store.tokens().create(&me(), token("ci")).await.unwrap();
    assert_eq!(made.token, Token { id: made.token.id.clone(), ..token("ci") });
    assert!(secret.expose_secret().starts_with(&made.prefix) && made.prefix.len() == 8);
    assert_eq!(made.created_by, "Ada");
    let plain =
        Token { expires_at: None, gateways: None, metadata: BTreeMap::new(), ..token("all") };
    home.store.tokens().create(&me(), plain.clone()).await.unwrap();

    let home = home.reopened().await;
    let tokens = home.store.tokens();
    let all = tokens.all().await.unwrap();
    let found = all.iter().find(|it| it.0 == Digest::of(secret.expose_secret())).unwrap();
    assert_eq!((found.1.clone(), all.len()), (made.token.clone(), 2));
    let id = made.token.id.as_str().into();
    assert_eq!(tokens.get(&id).await.unwrap(), made);
    let (newest, total) = tokens.list(Page { page: 1, per_page: 1 }).await.unwrap();
    assert_eq!((&*newest[0].token.name, newest.len(), total), ("all", 1, 2));
    assert_eq!(newest[0].token, Token { id: newest[0].token.id.clone(), ..plain });

    assert_eq!(tokens.revoke(&me(), &id).await.unwrap(), made);
    assert!(matches!(tokens.revoke(&me(), &id).await, Err(Error::NotFound("token"))));
    assert_eq!(tokens.all().await.unwrap().len(), 1);
    let (entries, _) = home.store.audit().list(&AuditQuery::default(), ALL).await.unwrap();
    assert_eq!(entries[0].action, "token.revoke");
    assert!(entries.iter().all(|it| !it.detail.contains("pmn_")));
}

on_each_database![a_token_is_found_by_its_digest_until_revoked,];
