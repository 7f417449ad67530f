//! The buckets that real requests were counted in, read back by their names.
use crate::elements::{end, model, rate, start};
use crate::world::{World, cents, requests};
use ::limits::Survey;
use proxy::catalog::{Dimension, GatewayLimits, SpendRule};
use proxy::rulebook::{Owner, Rulebook};
use serde_json::{Value, json};
use std::sync::Arc;

fn world() -> World {
    let route = json!([
        start("all"),
        rate("all", json!({"limitType": "cost", "limit": 1, "window": 3600}), "user", ""),
        rate(
            "user",
            json!({"limitType": "count", "key": "metadata.user", "limit": 4, "window": 60}),
            "main",
            ""
        ),
        model("main", "openai/gpt", "end", ""),
        end()
    ]);
    let spend = SpendRule {
        model: Some(Dimension::Partition),
        metadata: vec![("user".into(), Dimension::Partition)],
        ..cents("0a1b2c3d", 100)
    };
    World::friendly().price("gpt", 10_000_000_000, 20_000_000_000).deploy("chat", &route).limit(
        |id| GatewayLimits {
            rate: Some(requests(id, 10, 60)),
            spend: vec![Arc::new(spend.clone())],
        },
    )
}

/// Owner, what chose the bucket, settled and limit.
type Told = (Owner, Vec<(String, Value)>, u64, u64);

/// Every bucket of the gateway, the nearest to its limit first.
fn told(world: &World) -> Vec<Told> {
    let gateway = Arc::clone(&world.proxy.catalog().gateways["default"]);
    let book = Arc::new(Rulebook::of(&gateway));
    let rules = Arc::clone(&book);
    let found = world.limiter.survey(&Survey {
        prefix: Rulebook::prefix(&gateway.id),
        rule_of: Arc::new(move |key| rules.find(key).map(|it| it.limit.rule)),
        least: 0,
        most: 100,
    });
    let told = found.nearest.iter().map(|it| {
        let found = book.find(&it.key).expect("it was found before");
        let parts = found.parts.into_iter().map(|it| (it.field, it.value)).collect();
        (found.limit.owner.clone(), parts, it.state.usage.settled, it.rule.limit)
    });
    told.collect()
}

#[tokio::test(start_paused = true)]
async fn every_bucket_in_use_is_told_with_its_limit_and_what_chose_it() {
    let world = world();
    for user in [r#"{"user": "ada"}"#, r#"{"user": "ada"}"#, r#"{"user": 7}"#] {
        let ask = world.chat("dynamic/chat").with(json!({"max_tokens": 1}));
        assert_eq!(ask.header("cf-aig-metadata", user).send().await.status, 200);
    }
    let element = |id: &str| Owner::Element {
        route: crate::world::route_id("chat"),
        name: "chat".into(),
        element: id.into(),
        version: None,
    };
    let user = |value: Value| ("metadata.user".to_owned(), value);
    let spend = || Owner::Spend { id: "0a1b2c3d".into() };
    let model = || ("model".to_owned(), json!("gpt"));
    const CALL: u64 = 190_000_000;
    let (dollar, each) = (1_000_000_000, 2);
    let expected = [
        (element("all"), vec![], 3 * CALL, dollar),
        (element("user"), vec![user(json!("ada"))], each, 4),
        (spend(), vec![model(), user(json!("ada"))], each * CALL, dollar),
        (Owner::Gateway, vec![], 3, 10),
        (element("user"), vec![user(json!(7))], 1, 4),
        (spend(), vec![model(), user(json!(7))], CALL, dollar),
    ];
    assert_eq!(told(&world), expected);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_whose_limit_is_no_longer_deployed_is_not_told() {
    let world = world();
    world.chat("dynamic/chat").with(json!({"max_tokens": 1})).send().await;
    assert_eq!(told(&world).len(), 4);
    let route = json!([start("main"), model("main", "openai/gpt", "end", ""), end()]);
    let world = world.deploy("chat", &route);
    let owners: Vec<_> = told(&world).into_iter().map(|it| it.0).collect();
    assert_eq!(owners, [Owner::Spend { id: "0a1b2c3d".into() }, Owner::Gateway]);
}
