//! `pointsman migrate`: before a roll-out, and from one node to many.

use crate::postgres::{Database, KEY};
use crate::server::{ADMIN, Folder, Server, model_route, run};
use serde_json::Value;
use std::net::TcpListener;
use std::path::Path;

/// Exit code, standard output and standard error.
fn migrate(folder: &Folder, args: &[&str], env: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = run(folder, &[&["migrate"], args].concat(), env);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn sqlite(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

#[test]
fn it_says_what_it_did_and_does_it_once() {
    let database = Database::new("migrate");
    let url = database.url();
    for env in [&[][..], &[("POINTSMAN_DATABASE_URL", url.as_str()), ("POINTSMAN_MASTER_KEY", KEY)]]
    {
        let folder = Folder::new("migrate");
        let (code, first, stderr) = migrate(&folder, &[], env);
        assert_eq!(code, Some(0), "{stderr}");
        assert!(
            first.starts_with("management 1: start\n") && first.contains("logs 1: start\n"),
            "{first}"
        );
        assert_eq!(
            migrate(&folder, &[], env),
            (Some(0), "the database is up to date\n".into(), String::new())
        );
        let server = Server::start(&folder, env);
        server.create_route("r", &model_route("echo", "echo"));
    }
}

#[test]
fn a_server_that_does_not_answer_is_exit_code_3_and_a_wrong_url_2() {
    let folder = Folder::new("migrate-away");
    let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
    let url = format!("postgres://me:pw-canary@{free}/x");
    let env = [("POINTSMAN_DATABASE_URL", url.as_str()), ("POINTSMAN_MASTER_KEY", KEY)];
    let (code, _, stderr) = migrate(&folder, &[], &env);
    assert!(code == Some(3) && stderr.contains(&free.to_string()), "{stderr}");
    assert!(!stderr.contains("canary") && stderr.lines().count() == 1, "{stderr}");
    let env = [("POINTSMAN_DATABASE_URL", "postgres://me:pw-canary@h:port/x"), env[1]];
    let (code, _, stderr) = migrate(&folder, &[], &env);
    assert!(code == Some(2) && !stderr.contains("canary"), "{stderr}");
}

#[test]
fn one_node_becomes_many_with_everything_it_had() {
    let folder = Folder::new("grow");
    let alone = Server::start(&folder, &[]);
    alone.create_route("mine", &model_route("echo", "echo"));
    let made = alone.managed("GET", "/ai-gateway/gateways/default/routes", &Value::Null);
    assert_eq!(alone.stop(), Some(0));

    let database = Database::new("grow");
    let url = database.url();
    let from = sqlite(&folder.data().join("pointsman.db"));
    let key = std::fs::read_to_string(folder.data().join("master.key")).expect("a key");
    let key = key.trim();
    let env = [("POINTSMAN_DATABASE_URL", url.as_str()), ("POINTSMAN_MASTER_KEY", key)];
    let other = [env[0], ("POINTSMAN_MASTER_KEY", KEY)];
    let (code, _, stderr) = migrate(&folder, &["--from", &from], &other);
    assert!(code == Some(2) && stderr.contains("master_key: does not fit"), "{stderr}");
    let (code, _, stderr) = migrate(&folder, &["--from", &sqlite(Path::new("no.db"))], &env);
    assert!(code == Some(2) && stderr.contains("--from: there is no file no.db"), "{stderr}");

    let (code, told, stderr) = migrate(&folder, &["--from", &from], &env);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        told.contains("1 routes\n") && told.contains("1 gateways\n") && told.contains("done"),
        "{told}"
    );
    let (code, told, stderr) = migrate(&folder, &["--from", &from], &env);
    assert_eq!((code, told.as_str()), (Some(1), ""), "{stderr}");
    assert!(stderr.contains("not empty") && stderr.contains("1 routes"), "{stderr}");

    let nodes = [Folder::new("grow-a"), Folder::new("grow-b")];
    for node in &nodes {
        let server = Server::start(node, &[env[0], env[1], ("POINTSMAN_ADMIN_TOKEN", ADMIN)]);
        assert_eq!(server.chat("dynamic/mine", &[]).status, 200);
        let there = server.managed("GET", "/ai-gateway/gateways/default/routes", &Value::Null);
        assert_eq!(there, made);
    }
}
