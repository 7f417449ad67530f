//! `pointsman route …` against a running server.

use crate::server::{ADMIN, Folder, Server, model_route, run};
use serde_json::{Value, json};
use std::process::Output;

/// Runs a command against the server; the exit code, and what it says.
fn route(folder: &Folder, server: &Server, args: &[&str]) -> (Option<i32>, String) {
    let url = format!("http://{}", server.address);
    let output = raw(folder, &[args, &["--server", &url]].concat());
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).expect("text"))
}

fn raw(folder: &Folder, args: &[&str]) -> Output {
    run(folder, &[&["route"], args].concat(), &[("POINTSMAN_TOKEN", ADMIN)])
}

/// A split between two models, with properties that nobody knows.
fn split(share: &str) -> Value {
    json!([
        {"id": "in", "type": "start", "outputs": {"next": {"elementId": "ab"}}, "x-position": {"x": 1.50, "y": -0.0}},
        {"id": "ab", "type": "percentage", "outputs": {share: {"elementId": "b"}, "else": {"elementId": "a"}}},
        {"id": "a", "type": "model", "properties": {"provider": "echo", "model": "echo", "x-note": "keep me"},
         "outputs": {"success": {"elementId": "end"}}},
        {"id": "b", "type": "model", "properties": {"provider": "echo", "model": "echo-slow"},
         "outputs": {"success": {"elementId": "end"}}},
        {"id": "end", "type": "end", "outputs": {}}
    ])
}

fn versions(server: &Server, id: &str) -> usize {
    let path = format!("/ai-gateway/gateways/default/routes/{id}/versions");
    let reply = server.managed("GET", &path, &Value::Null);
    reply["data"]["versions"].as_array().expect("a list").len()
}

#[test]
fn a_route_that_is_pulled_and_pushed_unchanged_makes_no_version_and_loses_nothing() {
    let folder = Folder::new("route-round-trip");
    let server = Server::start(&folder, &[]);
    // To the letter: `1.50` is not `1.5`.
    let elements = split("10%").to_string().replace("1.5,", "1.50,");
    let body = format!(r#"{{"name":"ab","elements":{elements}}}"#);
    let token = format!("Bearer {ADMIN}");
    let routes = "/client/v4/accounts/default/ai-gateway/gateways/default/routes";
    let made = server.request("POST", routes, &[("authorization", &token)], &body).json();
    let id = made["result"]["id"].as_str().expect("an id");
    let dir = folder.path().join("routes");
    let (dir, file) = (dir.to_str().expect("a name"), dir.join("ab.json"));
    let pull = || route(&folder, &server, &["pull", "--dir", dir]);

    let (code, out) = pull();
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("ab.json written"), "{out}");
    let text = std::fs::read_to_string(&file).expect("the file");
    assert!(text.contains("1.50") && text.contains("x-note") && text.ends_with("}\n"), "{text}");
    assert!(pull().1.contains("is as on the server"));
    let (code, out) = route(&folder, &server, &["get", "ab"]);
    assert_eq!((code, &out), (Some(0), &text));

    let file = file.to_str().expect("a name");
    for args in [
        &["push", file][..],
        &["push", file, "--check"],
        &["push", file, "--no-deploy"],
        &["diff", file, "--check"],
        &["pull", "--dir", dir, "--check"],
    ] {
        let (code, out) = route(&folder, &server, args);
        assert_eq!(code, Some(0), "{args:?}: {out}");
        assert!(out.contains("is as on the server"), "{args:?}: {out}");
    }
    assert_eq!(versions(&server, id), 1);
}

#[test]
fn a_changed_file_is_told_in_words_and_pushed() {
    let folder = Folder::new("route-push");
    let server = Server::start(&folder, &[]);
    let write = |share: &str| {
        let text = json!({"name": "ab", "elements": split(share)}).to_string();
        folder.write("ab.json", &text).to_str().expect("a name").to_owned()
    };
    let file = write("10%");
    let (code, out) = route(&folder, &server, &["push", &file, "--check"]);
    assert_eq!((code, out.trim()), (Some(1), "`ab` is not on the server"));
    let (code, out) = route(&folder, &server, &["push", &file]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("`ab` is new: version 1 is deployed"), "{out}");

    write("30%");
    let moved = "20% of traffic moves from `a` (echo/echo) to `b` (echo/echo-slow)";
    for args in [&["diff", &file, "--check"][..], &["push", &file, "--check"]] {
        let (code, out) = route(&folder, &server, args);
        assert_eq!(code, Some(1), "{out}");
        assert!(out.contains(moved), "{out}");
    }
    let (code, out) = route(&folder, &server, &["diff", &file, "--json"]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        (code, &json["same"], &json["changes"][0]["share"]),
        (Some(0), &json!(false), &json!(2000))
    );
    let (code, out) = route(&folder, &server, &["push", &file, "--comment", "more of b"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains(moved) && out.contains("version 2 is deployed"), "{out}");
}

#[test]
fn a_version_is_rolled_back_and_deployed_again() {
    let folder = Folder::new("route-rollback");
    let server = Server::start(&folder, &[]);
    for share in ["10%", "30%"] {
        let text = json!({"name": "ab", "elements": split(share)}).to_string();
        let file = folder.write("ab.json", &text);
        let (code, out) = route(&folder, &server, &["push", file.to_str().expect("a name")]);
        assert_eq!(code, Some(0), "{out}");
    }
    let (code, out) = route(&folder, &server, &["rollback", "ab"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(
        out.contains("20% of traffic moves from `b`") && out.contains("`ab` runs version 1"),
        "{out}"
    );
    assert!(route(&folder, &server, &["deploy", "ab", "1"]).1.contains("runs version 1 already"));
    let (code, out) = route(&folder, &server, &["deploy", "ab", "latest", "--comment", "again"]);
    assert_eq!((code, out.contains("`ab` runs version 2")), (Some(0), true), "{out}");
    assert!(route(&folder, &server, &["get", "ab", "--version", "1"]).1.contains(r#""10%""#));
    let (_, out) = route(&folder, &server, &["list", "--json"]);
    let list: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((&list[0]["name"], &list[0]["version"]), (&json!("ab"), &json!(2)));
    assert!(route(&folder, &server, &["list"]).1.contains("ab  version 2"));
}

#[test]
fn a_version_can_be_pushed_without_being_deployed_and_one_that_cannot_run_is_refused() {
    let folder = Folder::new("route-versions");
    let server = Server::start(&folder, &[]);
    let file = folder.write("r.json", &model_route("echo", "echo").to_string());
    let file = file.to_str().expect("a name");
    assert_eq!(route(&folder, &server, &["push", file, "--no-deploy"]).0, Some(2));
    let (code, out) = route(&folder, &server, &["push", file]);
    assert_eq!(code, Some(0), "a bare array is called as its file: {out}");
    folder.write("r.json", &model_route("nobody", "m").to_string());
    let (code, out) = route(&folder, &server, &["push", file]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("error: /elements/1/properties/provider"), "{out}");
    let (code, out) = route(&folder, &server, &["push", file, "--no-deploy"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("new version, 2, which is not deployed"), "{out}");
    assert_eq!(route(&folder, &server, &["deploy", "r", "2"]).0, Some(1));
    assert!(
        route(&folder, &server, &["deploy", "r", "latest"]).1.contains("runs version 1 already")
    );
    assert_eq!(route(&folder, &server, &["rollback", "r"]).0, Some(2), "nothing was before");
}

#[test]
fn wrong_use_is_exit_code_2_and_no_server_is_3() {
    let folder = Folder::new("route-wrong");
    let server = Server::start(&folder, &[]);
    for args in [
        &["get", "nobody"][..],
        &["diff", "absent.json"],
        &["deploy", "nobody", "1"],
        &["pull", "nobody"],
        &["list", "--gateway", "nobody"],
    ] {
        let (code, out) = route(&folder, &server, args);
        assert_eq!(code, Some(2), "{args:?}: {out}");
    }
    let url = format!("http://{}", server.address);
    let list = ["route", "list", "--server", &url];
    let none = run(&folder, &list, &[]);
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&none.stderr).contains("POINTSMAN_TOKEN"));
    let wrong = run(&folder, &list, &[("POINTSMAN_TOKEN", "pmn_canary-of-nobody")]);
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(said.contains("401") && !said.contains("canary"), "{said}");
    assert_eq!(raw(&folder, &["list", "--server", "ftp://x"]).status.code(), Some(2));
    assert_eq!(raw(&folder, &["list", "--server", "http://127.0.0.1:9"]).status.code(), Some(3));
}
