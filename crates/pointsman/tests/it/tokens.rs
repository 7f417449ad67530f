//! `pointsman token`, and a server that notices.

use crate::server::{Folder, Server, eventually, run};
use serde_json::Value;

fn token(folder: &Folder, args: &[&str]) -> Value {
    let output = run(folder, &[&["token"], args, &["--json"]].concat(), &[]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {stderr}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn status(server: &Server, secret: &str) -> u16 {
    let authorization = format!("Bearer {secret}");
    server
        .request("GET", "/client/v4/user/tokens/verify", &[("authorization", &authorization)], "")
        .status
}

#[test]
fn a_running_server_notices_a_token_made_and_revoked_beside_it() {
    let folder = Folder::new("tokens");
    let server = Server::start(&folder, &[]);
    let made = token(
        &folder,
        &["create", "--name", "ci", "--permission", "read,run", "--gateway", "default"],
    );
    let secret = made["value"].as_str().expect("a secret");
    eventually("the token works", || (status(&server, secret) == 200).then_some(()));

    let listed = token(&folder, &["list"]);
    assert_eq!(listed[0]["id"], made["id"]);
    assert_eq!(listed[0]["permissions"], serde_json::json!(["AI Gateway Read", "AI Gateway Run"]));
    assert!(!listed.to_string().contains(secret), "a list holds no secret");

    token(&folder, &["revoke", made["id"].as_str().expect("an id")]);
    eventually("the token is refused", || (status(&server, secret) == 401).then_some(()));
}

#[test]
fn a_token_may_be_made_before_the_first_start() {
    let folder = Folder::new("token-before");
    let made = token(
        &folder,
        &["create", "--name", "bootstrap", "--permission", "write", "--expires-in", "90d"],
    );
    let server = Server::start(&folder, &[]);
    assert_eq!(status(&server, made["value"].as_str().expect("a secret")), 200);
}

#[test]
fn what_a_token_cannot_be_is_said() {
    let folder = Folder::new("token-wrong");
    for args in [
        &["token", "create", "--name", "x", "--permission", "fly"][..],
        &["token", "create", "--name", "x", "--expires-in", "soon"],
        &["token", "create", "--name", "x", "--metadata", "novalue"],
        &["token", "create", "--name", ""],
        &["token", "revoke", "no-such-token"],
        &["token"],
    ] {
        assert_eq!(run(&folder, args, &[]).status.code(), Some(2), "{args:?}");
    }
}
