//! Who is near a limit, and a bucket begun anew, over the real process.

use crate::server::{Folder, Server};
use serde_json::{Value, json};

const LIMITS: &str = "/ai-gateway/gateways/default/limits";

/// Two requests an hour for each user.
fn route() -> Value {
    json!([
        {"id": "start", "type": "start", "outputs": {"next": {"elementId": "quota"}}},
        {"id": "quota", "type": "rate", "outputs": {"success": {"elementId": "model"}},
         "properties": {"limitType": "count", "key": "metadata.user", "limit": 2, "window": 3600}},
        {"id": "model", "type": "model", "outputs": {"success": {"elementId": "end"}},
         "properties": {"provider": "echo", "model": "echo", "timeout": 10000, "retries": 0}},
        {"id": "end", "type": "end", "outputs": {}}
    ])
}

fn ask(server: &Server, user: &str) -> u16 {
    let metadata = json!({ "user": user }).to_string();
    server.chat("dynamic/chat", &[("cf-aig-metadata", &metadata)]).status
}

fn listed(server: &Server, query: &str) -> Value {
    let reply = server.manage("GET", &format!("{LIMITS}{query}"), &Value::Null);
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// Whose buckets they are, and how much of each is used.
fn used(server: &Server, query: &str) -> Vec<(String, u64)> {
    let of = |it: &Value| {
        let user = it["key"][0]["value"].as_str().unwrap_or_default().to_owned();
        (user, it["used"].as_u64().expect("a number of requests"))
    };
    listed(server, query)["result"].as_array().expect("a list").iter().map(of).collect()
}

#[test]
fn who_is_near_the_limit_is_listed_found_and_given_room_again() {
    let folder = Folder::new("limits");
    let server = Server::start(&folder, &[]);
    server.create_route("chat", &route());
    for (user, status) in [("Ada", 200), ("Ada", 200), ("Ada", 429), ("bob", 200)] {
        assert_eq!(ask(&server, user), status, "{user}");
    }
    let (ada, bob) = (("Ada".to_owned(), 2), ("bob".to_owned(), 1));
    let both = vec![ada.clone(), bob.clone()];
    for (query, expected) in [
        ("", both.clone()),
        ("?kind=element", both.clone()),
        ("?route=chat&element=quota", both.clone()),
        ("?search=ADA", vec![ada.clone()]),
        ("?search=use", both),
        ("?search=metadata", vec![]),
        ("?min_share=0.51", vec![ada]),
        ("?page=2&per_page=1", vec![bob]),
        ("?kind=gateway", vec![]),
        ("?route=other", vec![]),
        ("?route=chat&element=start", vec![]),
    ] {
        assert_eq!(used(&server, query), expected, "{query}");
    }
    let list = listed(&server, "?per_page=1");
    assert_eq!(list["result_info"]["total_count"], 2);
    assert_eq!(list["result_info"]["counted_by"], "node");
    let bucket = list["result"][0]["bucket"].clone();

    let reset = server.managed("POST", &format!("{LIMITS}/reset"), &json!({ "bucket": bucket }));
    let reset = &reset["result"];
    assert_eq!((&reset["settled"], &reset["key"][0]["value"]), (&json!(2), &json!("Ada")));
    assert_eq!(used(&server, ""), [("bob".to_owned(), 1)]);
    assert_eq!(ask(&server, "Ada"), 200);
    let audit = server.managed("GET", "/ai-gateway/audit", &Value::Null);
    let entry = &audit["result"][0];
    assert_eq!((&entry["action"], &entry["detail"]), (&json!("limit.reset"), reset));

    server.kill();
    let server = Server::start(&folder, &[]);
    let ada = used(&server, "?search=ada").first().map_or(0, |it| it.1);
    assert!(ada <= 1, "{ada}: what was forgotten has come back");
    for wrong in ["", "00", "nothing", "0700000064656661756c74"] {
        let reply = server.manage("POST", &format!("{LIMITS}/reset"), &json!({ "bucket": wrong }));
        assert_eq!(reply.status, 404, "{wrong}: {}", reply.body);
    }
}

#[test]
fn limits_of_one_gateway_are_not_told_or_reset_in_another() {
    let folder = Folder::new("limits-apart");
    let server = Server::start(&folder, &[]);
    server.create_route("chat", &route());
    ask(&server, "ada");
    let other = json!({"id": "default2", "authentication": false});
    server.managed("POST", "/ai-gateway/gateways", &other);
    let bucket = listed(&server, "")["result"][0]["bucket"].clone();
    let there = "/ai-gateway/gateways/default2/limits";
    assert_eq!(server.managed("GET", there, &Value::Null)["result"], json!([]));
    let reply = server.manage("POST", &format!("{there}/reset"), &json!({ "bucket": bucket }));
    assert_eq!(reply.status, 404, "{}", reply.body);
    assert_eq!(used(&server, ""), [("ada".to_owned(), 1)]);
}

/// The buckets listed: element, version that it is read from, used and limit.
fn elements(server: &Server) -> Vec<(Value, Value, Value, Value)> {
    let of = |it: &Value| {
        let owner = &it["owner"];
        let version = owner["version_id"].clone();
        (owner["element"].clone(), version, it["used"].clone(), it["limit"].clone())
    };
    listed(server, "")["result"].as_array().expect("a list").iter().map(of).collect()
}

#[test]
fn a_limit_of_any_version_that_can_be_called_is_listed_and_can_be_reset() {
    let folder = Folder::new("limits-versions");
    let server = Server::start(&folder, &[]);
    let made = server.create_route("chat", &route())["result"].clone();
    let (id, old) = (made["id"].as_str().expect("an id"), made["version"]["version_id"].clone());
    let one = "/ai-gateway/gateways/default/routes".to_owned() + "/" + id;
    let quota = |element: &str, limit: u64| {
        let mut elements = route();
        elements[0]["outputs"]["next"]["elementId"] = element.into();
        elements[1]["id"] = element.into();
        elements[1]["properties"]["limit"] = limit.into();
        elements
    };
    let plain = crate::server::model_route("echo", "echo");
    server.managed("PATCH", &one, &json!({ "elements": plain }));
    let pinned = format!("dynamic/chat@{}", old.as_str().expect("an id"));
    assert_eq!(ask_of(&server, &pinned), 200);
    assert_eq!(elements(&server), [(json!("quota"), old.clone(), json!(1), json!(2))]);

    let versions = format!("{one}/versions");
    let make = |elements: Value| {
        let made = server.managed("POST", &versions, &json!({ "elements": elements }));
        made["result"]["version_id"].clone()
    };
    let newest = make(quota("other", 3));
    assert_eq!(ask_of(&server, "dynamic/chat@latest"), 200);
    let both = [
        (json!("quota"), old, json!(1), json!(2)),
        (json!("other"), newest.clone(), json!(1), json!(3)),
    ];
    assert_eq!(elements(&server), both);

    let newer = make(quota("quota", 10));
    let now = (json!("quota"), newer.clone(), json!(1), json!(10));
    assert_eq!(elements(&server), [both[1].clone(), now.clone()], "the newest that has it");
    make(plain);
    assert_eq!(elements(&server), [both[1].clone(), now], "though there is a newer one");

    let bucket = listed(&server, "")["result"][0]["bucket"].clone();
    let reset = server.managed("POST", &format!("{LIMITS}/reset"), &json!({ "bucket": bucket }));
    assert_eq!(reset["result"]["owner"]["version_id"], newest);
    assert_eq!(elements(&server).len(), 1);
    server.managed("POST", &format!("{one}/deployments"), &json!({ "version_id": newer }));
    assert_eq!(elements(&server), [(json!("quota"), Value::Null, json!(1), json!(10))]);
    server.managed("DELETE", &one, &Value::Null);
    assert_eq!(elements(&server), [], "a route that is gone cannot be called");
}

fn ask_of(server: &Server, model: &str) -> u16 {
    server.chat(model, &[("cf-aig-metadata", r#"{"user": "ada"}"#)]).status
}
