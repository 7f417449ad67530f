//! `pointsman simulate`, and the same over the API of a running server.

use crate::server::{ADMIN, Folder, Server, eventually, run};
use serde_json::{Value, json};

fn elements() -> Value {
    json!([
        {"id": "in", "type": "start", "outputs": {"next": {"elementId": "vip"}}},
        {"id": "vip", "type": "conditional", "properties": {"conditions": {"metadata.plan": "paid"}},
         "outputs": {"true": {"elementId": "cap"}, "false": {"elementId": "ab"}}},
        {"id": "cap", "type": "rate", "properties": {"limitType": "cost", "limit": 5, "window": 3600, "key": "metadata.user"},
         "outputs": {"success": {"elementId": "big"}, "fallback": {"elementId": "small"}}},
        {"id": "ab", "type": "percentage", "outputs": {"50%": {"elementId": "big"}, "else": {"elementId": "small"}}},
        {"id": "big", "type": "model", "properties": {"provider": "openai", "model": "gpt-4o"},
         "outputs": {"success": {"elementId": "end"}, "fallback": {"elementId": "small"}}},
        {"id": "small", "type": "model", "properties": {"provider": "echo", "model": "echo"},
         "outputs": {"success": {"elementId": "end"}}},
        {"id": "end", "type": "end", "outputs": {}}
    ])
}

fn simulate(folder: &Folder, request: &Value, args: &[&str]) -> (Option<i32>, String) {
    let file = folder.write("route.json", &elements().to_string());
    let request = folder.write("request.json", &request.to_string());
    let (file, request) = (file.to_str().expect("a name"), request.to_str().expect("a name"));
    let output = run(folder, &[&["simulate", file, "--request", request], args].concat(), &[]);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).expect("text"))
}

fn paid() -> Value {
    json!({"metadata": {"plan": "paid"}, "body": {"max_tokens": 100, "messages": [{"role": "user", "content": "hi"}]}})
}

#[test]
fn the_way_is_told_as_a_tree() {
    let folder = Folder::new("simulate-tree");
    let (code, out) = simulate(&folder, &paid(), &["--down", "openai"]);
    assert_eq!(code, Some(0), "{out}");
    let expected = "\
├─ in (start)
│    next → vip
├─ vip (conditional)
│    reads metadata.plan = \"paid\"
│    true → cap, as the request says
├─ cap (rate)
│    reads metadata.user, which is missing
│    would take $0.0010";
    assert!(out.starts_with(expected), "{out}");
    for line in [
        "│    openai/gpt-4o: about 8 tokens in, up to 100 out, at most $0.00102",
        "│    does not answer: it is assumed not to answer",
        "│    fallback → small, as assumed",
        "└─ end (end)",
        "echo/echo answers (element `small`), for at most $0",
    ] {
        assert!(out.contains(line), "{line} is not in\n{out}");
    }
}

#[test]
fn a_bare_body_is_a_request_and_draws_are_counted() {
    let folder = Folder::new("simulate-draws");
    let body = json!({"messages": [{"role": "user", "content": "hi"}]});
    let (code, out) = simulate(&folder, &body, &["--draws", "1000", "--seed", "7", "--json"]);
    assert_eq!(code, Some(0), "{out}");
    let json: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((&json["seed"], &json["distribution"]["draws"]), (&json!("7"), &json!(1000)));
    let counts = |id: &str| {
        let models = json["distribution"]["models"].as_array().expect("a list");
        models.iter().find(|it| it["element"] == id).expect("a model")["count"]
            .as_u64()
            .expect("a count")
    };
    assert_eq!(counts("big") + counts("small"), 1000);
    assert!(counts("big").abs_diff(500) < 100, "{out}");
    let (_, text) = simulate(&folder, &body, &["--draws", "1000", "--seed", "7"]);
    assert!(
        text.contains("of 1000 draws:") && text.contains(&format!("50% → big: {}", counts("big"))),
        "{text}"
    );
}

#[test]
fn exit_codes_say_what_came_of_it() {
    let folder = Folder::new("simulate-codes");
    let (code, out) = simulate(&folder, &paid(), &["--down", "openai", "--down", "echo/echo"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(
        out.contains("no model answers: element `small`") && out.contains("sees a 502"),
        "{out}"
    );
    for (args, says) in [
        (&["--outcome", "vip"][..], "ELEMENT=OUTPUT"),
        (&["--outcome", "nobody=true"], "no element `nobody`"),
        (&["--outcome", "vip=maybe"], "it has `true`, `false`"),
        (&["--down", "groq"], "no model element of this route calls `groq`"),
        (&["--draws", "10001"], "10001"),
    ] {
        let (code, out) = simulate(&folder, &paid(), args);
        assert_eq!(code, Some(2), "{args:?}: {out}");
        assert!(out.contains(says), "{args:?}: {out}");
    }
    let (code, out) = simulate(&folder, &json!({"body": {"messages": 7}}), &[]);
    assert_eq!(code, Some(2), "{out}");
    assert!(out.contains("request.json: body.messages"), "{out}");
    let broken = folder.write("broken.json", "[]");
    let request = folder.write("request.json", &paid().to_string());
    let (broken, request) = (broken.to_str().expect("text"), request.to_str().expect("text"));
    let output = run(&folder, &["simulate", broken, "--request", request], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("cannot be deployed"));
}

#[test]
fn a_server_simulates_what_it_does_and_does_nothing() {
    let folder = Folder::new("simulate-server");
    let server = Server::start(&folder, &[]);
    let made = server.create_route("r", &elements());
    let id = made["result"]["id"].as_str().expect("an id");
    let path = format!("/ai-gateway/gateways/default/routes/{id}/simulate");
    let ask = json!({"request": paid(), "outcomes": {"cap": "fallback"}});
    let told = server.managed("POST", &path, &ask)["result"].clone();
    let walked: Vec<_> = told["path"]
        .as_array()
        .expect("a path")
        .iter()
        .map(|it| it["element"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(walked, ["in", "vip", "cap", "small", "end"]);
    assert_eq!(told["answer"]["model"], "echo");

    let metadata = [("cf-aig-metadata", r#"{"plan":"paid"}"#)];
    let real = server.chat("dynamic/r", &metadata);
    assert_eq!(real.header("pointsman-path"), Some("in,vip,cap,big,small,end"), "no key is there");
    let logs = "/ai-gateway/gateways/default/logs";
    let first = eventually("the request is recorded", || {
        let list = server.managed("GET", logs, &Value::Null);
        list["result"].get(0).cloned()
    });
    let all = server.managed("GET", logs, &Value::Null);
    assert_eq!(all["result"].as_array().map(Vec::len), Some(1), "a simulation is not recorded");
    let log = first["id"].as_str().expect("an id");
    let log = server.managed("GET", &format!("{logs}/{log}"), &Value::Null);
    let seed = &log["result"]["pointsman"]["seed"];
    let ask = json!({"request": paid(), "seed": seed});
    let told = server.managed("POST", &path, &ask)["result"].clone();
    let walked: Vec<_> =
        told["path"].as_array().expect("a path").iter().map(|it| it["element"].clone()).collect();
    assert_eq!(json!(walked), json!(["in", "vip", "cap", "big", "small", "end"]));

    let token = format!("Bearer {ADMIN}");
    let url = format!("/client/v4/accounts/default{path}");
    let reply =
        server.request("POST", &url, &[("authorization", &token)], r#"{"request":{"body":{}}}"#);
    assert_eq!(reply.status, 400, "{}", reply.body);
    assert_eq!(
        reply.json()["errors"][0]["source"]["pointer"],
        "/request/body/messages",
        "{}",
        reply.body
    );
}
