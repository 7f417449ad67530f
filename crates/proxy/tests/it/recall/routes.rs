//! Hits on the way through a route: the graph decides as ever, and limits count where it has them.
use super::{counting, status};
use crate::elements::{end, model, one_model, rate, start, when, with_spare};
use crate::world::{World, cents, requests};
use proxy::catalog::GatewayLimits;
use serde_json::json;
use testkit::Script;

#[tokio::test(start_paused = true)]
async fn conditions_decide_before_anything_is_looked_for() {
    let world = counting().caching(60).deploy(
        "r",
        &json!([
            start("who"),
            when("who", json!({"metadata.plan": {"$eq": "pro"}}), "large", "small"),
            model("large", "openai/large", "end", ""),
            model("small", "openai/small", "end", ""),
            end()
        ]),
    );
    let ask = |plan: &str| {
        world.chat("dynamic/r").header("cf-aig-metadata", &format!(r#"{{"plan": "{plan}"}}"#))
    };
    for (plan, said, found) in [
        ("pro", "one", "MISS"),
        ("free", "two", "MISS"),
        ("pro", "one", "HIT"),
        ("free", "two", "HIT"),
    ] {
        let answer = ask(plan).send().await;
        assert_eq!((answer.said().as_str(), status(&answer)), (said, found), "{plan}");
        assert_eq!(answer.header("pointsman-path").contains("large"), plan == "pro");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fallbacks_answer_is_the_fallbacks() {
    let world = World::playing([
        Script::status(500),
        Script::completion("spare"),
        Script::completion("main"),
    ])
    .caching(60)
    .deploy("r", &with_spare("openai/a", "openai/b"));
    let first = world.chat("dynamic/r").send().await;
    assert_eq!((first.said().as_str(), first.header("cf-aig-step")), ("spare", "1"));
    let second = world.chat("dynamic/r").send().await;
    assert_eq!(
        (second.said().as_str(), status(&second)),
        ("main", "MISS"),
        "the first is asked again"
    );
    let third = world.chat("dynamic/r").send().await;
    assert_eq!((third.said().as_str(), status(&third)), ("main", "HIT"));
    assert_eq!(third.header("cf-aig-step"), "0");
    assert_eq!(world.chat("openai/b").send().await.said(), "spare");
}

#[tokio::test(start_paused = true)]
async fn a_kept_answer_of_a_fallback_is_found_when_the_first_fails_again() {
    let world =
        World::playing([Script::status(500), Script::completion("spare"), Script::status(500)])
            .caching(60)
            .deploy("r", &with_spare("openai/a", "openai/b"));
    world.chat("dynamic/r").send().await;
    let again = world.chat("dynamic/r").send().await;
    assert_eq!((again.said().as_str(), status(&again)), ("spare", "HIT"));
    assert_eq!((again.header("cf-aig-step"), again.header("cf-aig-model")), ("1", "b"));
    assert_eq!(again.header("pointsman-path"), "start,main,spare,end");
}

#[tokio::test(start_paused = true)]
async fn a_rate_element_counts_hits() {
    let quota = json!({"limitType": "count", "key": "", "limit": 2, "window": 60});
    let elements = json!([
        start("quota"),
        rate("quota", quota, "main", ""),
        model("main", "openai/gpt", "end", ""),
        end()
    ]);
    let world = counting().caching(600).deploy("r", &elements);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let answer = world.chat("dynamic/r").send().await;
        seen.push((answer.status.as_u16(), status(&answer).to_owned()));
    }
    let expected =
        [(200, "MISS"), (200, "HIT"), (429, "")].map(|(status, it)| (status, it.to_owned()));
    assert_eq!(seen, expected);
}

#[tokio::test(start_paused = true)]
async fn a_budget_is_charged_for_calls_and_not_for_hits() {
    let quota = json!({"limitType": "cost", "key": "", "limit": 1, "window": 600});
    let elements = json!([
        start("quota"),
        rate("quota", quota, "main", ""),
        model("main", "openai/gpt", "end", ""),
        end()
    ]);
    let world = counting().price("gpt", 1_000_000, 2_000_000).caching(600).deploy("r", &elements);
    for _ in 0..3 {
        assert_eq!(world.chat("dynamic/r").send().await.status, 200);
        assert_eq!(world.budget(), (19_000, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_given_total_is_charged_for_calls_and_not_for_hits() {
    let world = counting().caching(600);
    let ask = || world.chat("openai/gpt").header("cf-aig-custom-cost", r#"{"total_cost": 0.5}"#);
    for expected in [500_000_000, 0] {
        ask().send().await;
        let record = world.record();
        assert_eq!((record.cost, record.custom_cost), (Some(expected), true));
    }
}

#[tokio::test(start_paused = true)]
async fn the_gateways_own_limits_are_not_asked_about_hits() {
    let spend = vec![cents("0000000a", 40).into()];
    let world = counting()
        .price("gpt", 10_000_000_000, 20_000_000_000)
        .limit(|id| GatewayLimits { rate: Some(requests(id, 1, 600)), spend: spend.clone() })
        .caching(600)
        .deploy("r", &one_model("openai/gpt"));
    let ask = || world.chat("dynamic/r").with(json!({"max_tokens": 10}));
    for expected in ["MISS", "HIT", "HIT"] {
        assert_eq!(status(&ask().send().await), expected);
    }
    let other = ask().with(json!({"temperature": 1})).send().await;
    assert_eq!(other.status, 429, "a call is counted");
    assert_eq!(status(&ask().send().await), "HIT", "and a hit is not refused");
}

#[tokio::test(start_paused = true)]
async fn a_model_without_a_price_is_told_of_again_under_a_limit_that_wants_one() {
    let quota = json!({"limitType": "cost", "key": "", "limit": 1, "window": 600, "onUnknownPrice": "refuse"});
    let elements = json!([
        start("quota"),
        rate("quota", quota, "main", ""),
        model("main", "openai/made-up", "end", ""),
        end()
    ]);
    let world = counting().caching(600).deploy("r", &elements);
    assert_eq!(world.chat("openai/made-up").send().await.said(), "one");
    assert_eq!(status(&world.chat("dynamic/r").send().await), "HIT");
}

#[tokio::test(start_paused = true)]
async fn every_model_on_the_way_has_its_own_answer_kept() {
    let elements = json!([
        start("first"),
        model("first", "openai/a", "second", ""),
        model("second", "openai/b", "end", ""),
        end()
    ]);
    for streamed in [false, true] {
        let scripts = ["one", "two", "three"]
            .map(|it| if streamed { Script::stream(&[it]) } else { Script::completion(it) });
        let world = World::playing(scripts).caching(60).deploy("r", &elements);
        let ask = |model: &str| {
            let ask = world.chat(model);
            if streamed { ask.streamed() } else { ask }
        };
        assert!(ask("dynamic/r").send().await.text().contains("two"));
        let again = ask("dynamic/r").send().await;
        assert_eq!((again.text().contains("two"), status(&again)), (true, "HIT"));
        assert_eq!(again.header("cf-aig-step"), "1");
        let first = ask("openai/a").send().await;
        assert_eq!((first.text().contains("one"), status(&first)), (true, "HIT"));
        assert_eq!(world.upstream.seen().len(), 2);
    }
}
