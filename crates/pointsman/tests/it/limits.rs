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
