//! What a gateway can call.

use crate::world::World;
use api::{Offer, ProviderOffered};
use providers::{Catalogue, CostRule, ModelRule, Override, Price, PriceBook};
use serde_json::{Value, json};
use std::sync::Arc;

const MODELS: &str = "gateways/default/models";

fn provider(slug: &str) -> ProviderOffered {
    ProviderOffered {
        provider: slug.into(),
        custom: slug.starts_with("custom-"),
        formats: vec!["chat"],
        not_in_routes: None,
        stored_keys: 0,
        server_key: false,
        ready: true,
    }
}

const LIST: &str = r#"{"source": "test", "date": "2026-11-26", "models": {
    "openai": {
        "gpt-5": {"price": {"input": "0.00000125", "cache_read": "1.25e-07", "output": "0.00001"},
                  "long": {"above": 200000, "price": {"input": "0.0000025", "output": "0.00002"}},
                  "max_output_tokens": 128000, "context": 400000, "can": ["tools"], "cannot": ["audio_input"]},
        "embed": {"price": {"input": "2e-08", "output": "0"}, "mode": "embeddings"}
    },
    "custom-lab": {"large": {"context": 32000}}
}}"#;

async fn world() -> World {
    let world = World::new().await;
    let of = |input, output| Override {
        price: Price::flat(input, output),
        version: "override 1".into(),
    };
    let set = |provider: &str, model: &str, price| ((provider.to_owned(), model.to_owned()), price);
    let cost = |rule, model: &str| CostRule {
        provider: "custom-lab".into(),
        rule,
        model: model.into(),
        price: of(3, 4),
    };
    let prices = PriceBook {
        gateway: Arc::new([set("openai", "gpt-5", of(2_000_000, 9_000_000))].into()),
        account: Arc::new([set("groq", "own", of(1, 1))].into()),
        custom: [cost(ModelRule::Equals, "small"), cost(ModelRule::StartsWith, "la")].into(),
        catalogue: Arc::new(Catalogue::parse(LIST.as_bytes()).unwrap()),
    };
    let providers = ["openai", "custom-lab", "groq"].map(provider).into();
    *world.live.offer.lock().unwrap() = Offer { providers, prices: Arc::new(prices) };
    world
}

fn names(body: &Value) -> Vec<String> {
    let all = body["result"].as_array().unwrap();
    all.iter().map(|it| format!("{}/{}", it["provider"], it["model"]).replace('"', "")).collect()
}

#[tokio::test]
async fn models_are_told_with_what_they_cost_here_and_what_is_known_of_them() {
    let world = world().await;
    let reply = world.get(&format!("{MODELS}?provider=openai")).ok().await;
    insta::assert_json_snapshot!("models", reply.body["result"]);
}

#[tokio::test]
async fn every_model_that_somebody_has_heard_of_is_listed_once_in_order() {
    let world = world().await;
    let echo = ["echo/echo", "echo/echo-fail", "echo/echo-slow"];
    let listed = names(&world.get(MODELS).ok().await.body);
    let others: Vec<_> = listed.iter().filter(|it| !echo.contains(&it.as_str())).collect();
    assert_eq!(
        others,
        ["custom-lab/large", "custom-lab/small", "groq/own", "openai/embed", "openai/gpt-5"]
    );
    let small = world.get(&format!("{MODELS}?search=SMALL")).ok().await;
    assert_eq!(small.body["result"][0]["price"]["output"], "0.000000000004");
    assert_eq!(small.body["result"][0]["is_override"], true);
    let page = world.get(&format!("{MODELS}?provider=openai&per_page=1&page=2")).ok().await;
    assert_eq!(
        (names(&page.body), &page.body["result_info"]["total_count"]),
        (vec!["openai/gpt-5".into()], &json!(2))
    );
    for (mode, found) in [("chat", "openai/gpt-5"), ("embeddings", "openai/embed")] {
        let of_mode = world.get(&format!("{MODELS}?provider=openai&mode={mode}")).ok().await;
        assert_eq!(names(&of_mode.body), [found]);
    }
    world.get(&format!("{MODELS}?mode=image")).refused(400, 7001).await;
    assert!(names(&world.get(&format!("{MODELS}?provider=nobody")).ok().await.body).is_empty());
}

#[tokio::test]
async fn providers_are_told_with_where_their_keys_are_and_never_the_keys() {
    let world = world().await;
    let keyed = ProviderOffered { server_key: true, stored_keys: 2, ..provider("openai") };
    let apart = ProviderOffered {
        not_in_routes: Some("it speaks no format".into()),
        ready: false,
        formats: Vec::new(),
        ..provider("deepgram")
    };
    world.live.offer.lock().unwrap().providers = vec![keyed, apart];
    let reply = world.get("gateways/default/providers").ok().await;
    let expected = json!([
        {"provider": "deepgram", "custom": false, "formats": [], "not_in_routes": "it speaks no format",
         "stored_keys": 0, "server_key": false, "ready": false},
        {"provider": "openai", "custom": false, "formats": ["chat"], "not_in_routes": null,
         "stored_keys": 2, "server_key": true, "ready": true}
    ]);
    assert_eq!(reply.body["result"], expected);
}
