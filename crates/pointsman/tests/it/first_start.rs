//! What the first start makes and tells, and what later ones keep.

use crate::server::{ADMIN, Folder, Server, command};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

fn printed_token(stdout: &str) -> Option<&str> {
    stdout.lines().map(str::trim).find(|it| it.starts_with("pmn_"))
}

fn verify(server: &Server, token: &str) -> u16 {
    let authorization = format!("Bearer {token}");
    server
        .request("GET", "/client/v4/user/tokens/verify", &[("authorization", &authorization)], "")
        .status
}

#[test]
fn a_generated_token_is_printed_once_and_works_for_ever() {
    let folder = Folder::new("first-start");
    let server = Server::start_with(&folder, &[], &[]);
    let stdout = server.stdout();
    let token = printed_token(&stdout).expect("a token is printed").to_owned();
    assert_eq!(verify(&server, &token), 200);
    assert_eq!(verify(&server, "pmn_other"), 401);
    assert_eq!(server.stop(), Some(0));

    let again = Server::start_with(&folder, &[], &[]);
    assert_eq!(printed_token(&again.stdout()), None);
    assert_eq!(verify(&again, &token), 200);
    assert_eq!(again.stop(), Some(0));

    for entry in std::fs::read_dir(folder.data()).expect("the data folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let found = bytes.windows(token.len()).any(|it| it == token.as_bytes());
        assert!(!found, "{} holds the token", path.display());
    }
}

#[test]
fn a_configured_token_is_never_printed_and_replaces_the_generated_one() {
    let folder = Folder::new("configured-token");
    let server = Server::start_with(&folder, &[], &[]);
    let generated = printed_token(&server.stdout()).expect("a token is printed").to_owned();
    assert_eq!(server.stop(), Some(0));
    let server = Server::start(&folder, &[]);
    assert_eq!((verify(&server, ADMIN), verify(&server, &generated)), (200, 401));
    assert!(!server.stdout().contains(ADMIN) && !server.stderr().contains(ADMIN));
}

#[test]
fn the_data_folder_and_its_secrets_are_for_their_owner_only() {
    let folder = Folder::new("modes");
    let server = Server::start_with(&folder, &[], &[]);
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path).expect("it exists").permissions().mode() & 0o777
    };
    assert_eq!(mode(&folder.data()), 0o700);
    assert_eq!(mode(&folder.data().join("master.key")), 0o600);
    assert_eq!(mode(&folder.data().join("admin-token.sha256")), 0o600);
    drop(server);
}

/// The indented lines after "Try it:", as a person would paste them.
fn curl_of(stdout: &str) -> String {
    let (_, rest) = stdout.split_once("Try it:").expect("a curl line is printed");
    rest.trim().to_owned()
}

fn paste(line: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", &line.replacen("curl", "curl -s", 1)])
        .output()
        .expect("sh runs");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_printed_curl_line_works() {
    let folder = Folder::new("curl");
    let server = Server::start_with(&folder, &[], &[]);
    let answer = paste(&curl_of(&server.stdout()));
    assert!(answer.contains("Hello, pointsman"), "{answer}");
}

#[test]
fn the_printed_curl_line_works_with_the_sample_and_with_authentication() {
    let folder = Folder::new("curl-public");
    let server = Server::start_with(&folder, &["--sample"], &[("POINTSMAN_LISTEN", "0.0.0.0:0")]);
    let line = curl_of(&server.stdout());
    assert!(line.contains("dynamic/hello") && line.contains("cf-aig-authorization"), "{line}");
    let answer = paste(&line);
    assert!(answer.contains("Hello, pointsman"), "{answer}");
}

#[test]
fn the_sample_is_made_once_and_left_alone_afterwards() {
    let folder = Folder::new("sample");
    let start = || Server::start_with(&folder, &["--sample"], &[("POINTSMAN_ADMIN_TOKEN", ADMIN)]);
    let server = start();
    assert_eq!(server.chat("dynamic/hello", &[]).header("pointsman-path"), Some("start,echo,end"));
    assert_eq!(server.stop(), Some(0));
    let server = start();
    let listed =
        server.managed("GET", "/ai-gateway/gateways/default/routes", &serde_json::Value::Null);
    assert_eq!(listed["data"]["routes"].as_array().map(Vec::len), Some(1), "{listed}");
}

#[test]
fn without_the_sample_there_are_no_routes() {
    let folder = Folder::new("no-sample");
    let server = Server::start(&folder, &[]);
    assert_eq!(server.chat("dynamic/hello", &[]).status, 404);
}

#[test]
fn a_start_that_fails_shows_no_token_and_keeps_none() {
    let folder = Folder::new("failed-start");
    let output = command(&folder, &["serve"])
        .env("POINTSMAN_PROVIDER_OPENAI_BASE_URL", "ftp://wrong")
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.data().join("admin-token.sha256").exists());
    assert!(printed_token(&Server::start_with(&folder, &[], &[]).stdout()).is_some());
}
