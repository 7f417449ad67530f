//! What a gateway can call, over the real process.

use crate::server::{Folder, Server};
use serde_json::{Value, json};

const GATEWAY: &str = "/ai-gateway/gateways/default";
const SECRET: &str = "sk-server-canary-51c0ffee";

fn provider(server: &Server, slug: &str) -> Value {
    let mut found = Value::Null;
    for page in 1..=5 {
        let path = format!("{GATEWAY}/providers?per_page=100&page={page}");
        let reply = server.manage("GET", &path, &Value::Null);
        assert!(
            !reply.body.contains(SECRET) && !reply.body.contains("OPENAI_API_KEY"),
            "{}",
            reply.body
        );
        let listed = reply.json()["result"].as_array().cloned().unwrap_or_default();
        found = listed.into_iter().find(|it| it["provider"] == slug).unwrap_or(found);
    }
    found
}

#[test]
fn a_key_of_the_environment_is_told_and_never_shown_and_a_stored_one_comes_before_it() {
    let folder = Folder::new("offer");
    let server = Server::start(&folder, &[("OPENAI_API_KEY", SECRET)]);
    let openai = provider(&server, "openai");
    let state = |it: &Value| json!([it["stored_keys"], it["server_key"], it["ready"]]);
    assert_eq!(state(&openai), json!([0, true, true]), "{openai}");
    assert_eq!(state(&provider(&server, "mistral")), json!([0, false, false]));
    assert_eq!(state(&provider(&server, "echo")), json!([0, false, true]));
    let apart = provider(&server, "azure-openai");
    assert!(apart["not_in_routes"].as_str().is_some_and(|it| it.contains("base URL")), "{apart}");

    let key = json!({"provider_slug": "openai", "alias": "main", "secret": "sk-stored"});
    server.managed("POST", &format!("{GATEWAY}/provider_configs"), &key);
    assert_eq!(state(&provider(&server, "openai")), json!([1, true, true]));
}

#[test]
fn a_model_costs_what_this_gateway_says_and_reads_what_the_catalogue_says() {
    let folder = Folder::new("offer-models");
    let server = Server::start(&folder, &[]);
    let model = |search: &str| {
        let path = format!("{GATEWAY}/models?provider=anthropic&search={search}");
        server.managed("GET", &path, &Value::Null)["result"][0].clone()
    };
    let listed = model("claude-haiku-4-5");
    assert!(listed["context"].as_u64().is_some_and(|it| it >= 100_000), "{listed}");
    assert_eq!(listed["is_override"], false);
    let name = &listed["model"];
    let price = json!({"provider": "anthropic", "model": name, "input": "0.5", "output": "0.75"});
    server.managed("PUT", &format!("{GATEWAY}/prices"), &price);
    let own = model("claude-haiku-4-5");
    assert_eq!((&own["price"]["output"], &own["is_override"]), (&json!("0.75"), &json!(true)));
    assert_eq!(own["context"], listed["context"]);
}
