//! Custom providers of a real server: tried, called, and kept away from private addresses.

use crate::server::{Folder, Server};
use serde_json::{Value, json};
use testkit::{FakeUpstream, Script};
use tokio::runtime::Runtime;

fn anthropic_reply() -> Script {
    let body = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m",
        "content": [{"type": "text", "text": "OK."}], "stop_reason": "end_turn", "stop_sequence": null,
        "usage": {"input_tokens": 3, "output_tokens": 2}
    });
    Script::json(200, &body)
}

fn made(server: &Server, base_url: &str) -> String {
    let body = json!({"name": "Lab", "slug": "lab", "base_url": base_url, "dialect": "anthropic"});
    let made = server.managed("POST", "/ai-gateway/custom-providers", &body);
    made["result"]["id"].as_str().expect("an id").to_owned()
}

fn tried(server: &Server, id: &str) -> Value {
    let path = format!("/ai-gateway/custom-providers/{id}/test");
    server.managed("POST", &path, &json!({"model": "m"}))["result"].clone()
}

#[test]
fn a_custom_provider_is_tried_and_called_in_its_dialect() {
    let upstream = FakeUpstream::playing([anthropic_reply()]);
    let runtime = Runtime::new().expect("a runtime");
    let address = runtime.block_on(upstream.listen()).expect("a port");
    let folder = Folder::new("custom-tried");
    let base_url = format!("http://{address}");
    let env = [
        ("POINTSMAN_ALLOW_PRIVATE_UPSTREAMS", "true"),
        ("POINTSMAN_PROVIDER_CUSTOM_LAB_API_KEY", "sk-lab"),
        ("POINTSMAN_PROVIDER_CUSTOM_LAB_BASE_URL", &base_url),
    ];
    let server = Server::start(&folder, &env);
    let id = made(&server, &base_url);
    let outcome = tried(&server, &id);
    assert_eq!(
        (&outcome["answered"], &outcome["status"]),
        (&json!(true), &json!(200)),
        "{outcome}"
    );
    assert_eq!(outcome["key_alias"], "env");
    let reply = server.chat("custom-lab/m", &[]).json();
    assert_eq!(reply["choices"][0]["message"]["content"], "OK.");
    for seen in upstream.seen() {
        assert_eq!((&*seen.path, seen.header("x-api-key")), ("/v1/messages", "sk-lab"));
        assert_eq!(seen.header("anthropic-version"), "2023-06-01");
    }
}

#[test]
fn a_private_address_is_refused_when_it_is_written_and_when_it_is_called() {
    let upstream = FakeUpstream::playing([anthropic_reply()]);
    let runtime = Runtime::new().expect("a runtime");
    let address = runtime.block_on(upstream.listen()).expect("a port");
    let folder = Folder::new("custom-private");
    let server = Server::start(&folder, &[("POINTSMAN_ALLOW_PRIVATE_UPSTREAMS", "true")]);
    let id = made(&server, &format!("http://{address}"));
    server.stop();

    let server = Server::start(&folder, &[]);
    let outcome = tried(&server, &id);
    assert_eq!(outcome["answered"], false);
    assert_eq!(outcome["cause"]["kind"], "private", "{outcome}");
    assert!(upstream.seen().is_empty());
    for base_url in ["http://127.0.0.1:9/v1", "http://[::ffff:127.0.0.1]:9", "http://2130706433"] {
        let body = json!({"name": "Lab", "slug": "x", "base_url": base_url});
        let reply = server.manage("POST", "/ai-gateway/custom-providers", &body);
        assert_eq!(reply.status, 400, "{base_url}");
    }
}

#[test]
fn a_custom_provider_without_a_stored_key_gets_that_of_the_caller_who_calls_it_directly() {
    let upstream = FakeUpstream::playing([anthropic_reply()]);
    let runtime = Runtime::new().expect("a runtime");
    let address = runtime.block_on(upstream.listen()).expect("a port");
    let folder = Folder::new("custom-own-key");
    let server = Server::start(&folder, &[("POINTSMAN_ALLOW_PRIVATE_UPSTREAMS", "true")]);
    made(&server, &format!("http://{address}"));
    let own = ("authorization", "Bearer sk-own");
    assert_eq!(server.chat("custom-lab/m", &[own]).status, 200);
    assert_eq!(server.chat("custom-lab/m", &[]).status, 200, "it may do without");
    let refused = server.chat("custom-lab/m", &[own, ("cf-aig-byok-alias", "main")]);
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(refused.body.contains("none is stored"), "{}", refused.body);
    let sent: Vec<_> = upstream.seen().iter().map(|it| it.header("x-api-key").to_owned()).collect();
    assert_eq!(sent, ["sk-own", ""]);
}

#[test]
fn a_stored_key_is_used_as_often_as_its_limit_says() {
    let upstream = FakeUpstream::answering(|_| anthropic_reply());
    let runtime = Runtime::new().expect("a runtime");
    let address = runtime.block_on(upstream.listen()).expect("a port");
    let folder = Folder::new("custom-key-limit");
    let server = Server::start(&folder, &[("POINTSMAN_ALLOW_PRIVATE_UPSTREAMS", "true")]);
    made(&server, &format!("http://{address}"));
    let keys = "/ai-gateway/gateways/default/provider_configs";
    let key = json!({
        "provider_slug": "custom-lab", "alias": "main", "secret": "sk-lab", "rate_limit": 2, "rate_limit_period": 3600
    });
    let id = server.managed("POST", keys, &key)["result"]["id"].as_str().expect("an id").to_owned();
    let statuses = || [(); 3].map(|()| server.chat("custom-lab/m", &[]).status);
    assert_eq!(statuses(), [200, 200, 429]);
    let refused = server.chat("custom-lab/m", &[]);
    assert!(refused.body.contains("at its limit of requests"), "{}", refused.body);
    let more = json!({"rate_limit": 3});
    server.managed("PUT", &format!("{keys}/{id}"), &more);
    assert_eq!(statuses(), [200, 429, 429], "what it has counted stays");
    server.managed("PUT", &format!("{keys}/{id}"), &json!({"rate_limit": null}));
    assert_eq!(statuses(), [200, 200, 200]);
}
