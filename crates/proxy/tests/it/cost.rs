//! What a call is charged: by whose price, by whose account, and when nobody waits for its end.
use crate::elements::{end, model, rate, start};
use crate::world::World;
use http_body_util::BodyExt as _;
use proxy::catalog::Gateway;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use testkit::Script;

/// A dollar of nano-dollars.
const DOLLAR: u64 = 1_000_000_000;
/// A cent in pico-dollars.
const CENT: u64 = 10_000_000_000;

/// A thousand dollars an hour for one model; a cent a token in, two cents a token out unless the price is not to be set.
fn world(name: &str, priced: bool, scripts: impl IntoIterator<Item = Script>) -> World {
    let properties =
        json!({"limitType": "cost", "limit": 1000, "window": 3600, "onUnknownPrice": "allow"});
    let elements = json!([
        start("quota"),
        rate("quota", properties, "main", ""),
        model("main", name, "end", ""),
        end()
    ]);
    let world = World::playing(scripts).deploy("r", &elements);
    if priced {
        let (provider, model) = name.split_once('/').expect("provider/model");
        let key = (provider.to_owned(), model.to_owned());
        let own = providers::Override {
            price: providers::Price::flat(CENT, 2 * CENT),
            version: "test price".into(),
        };
        world.change_gateways(|gateway| {
            let overrides = providers::Overrides::from([(key.clone(), own.clone())]);
            let prices =
                providers::PriceBook { account: overrides.into(), ..(*gateway.prices).clone() };
            Gateway { prices: Arc::new(prices), ..gateway.clone() }.adopt_routes(gateway)
        });
    }
    world
}

/// Reads a stream until its text is there, and leaves.
async fn leave_after(world: &World, seen: &str) {
    let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10})).streamed();
    let mut body = ask.begin().await.into_body();
    while let Some(frame) = body.frame().await {
        let data = frame.expect("no error").into_data().expect("data");
        if String::from_utf8_lossy(&data).contains(seen) {
            return;
        }
    }
    panic!("`{seen}` did not come");
}

/// 12 of these are text and quotes: 3 tokens.
fn unfinished() -> Script {
    Script::stream(&["1234567890", "b"]).stall_after(2)
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_left_costs_what_was_seen_where_the_provider_stops_billing() {
    let world = world("openai/gpt", true, [unfinished()]);
    leave_after(&world, "1234567890").await;
    let record = world.record();
    let usage = record.usage.expect("usage");
    assert_eq!(usage.tokens_out(), 3);
    let cost = usage.tokens_in() * DOLLAR / 100 + 3 * DOLLAR / 50;
    assert_eq!((record.cost, world.budget()), (Some(cost), (cost, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_left_costs_the_allowance_where_the_provider_bills_to_the_end() {
    let world = world("openrouter/llama", true, [unfinished()]);
    leave_after(&world, "1234567890").await;
    let record = world.record();
    let usage = record.usage.expect("usage");
    assert_eq!(usage.tokens_out(), 10, "max_tokens");
    let cost = usage.tokens_in() * DOLLAR / 100 + 10 * DOLLAR / 50;
    assert_eq!((record.cost, world.budget()), (Some(cost), (cost, 0)));
}

#[tokio::test(start_paused = true)]
async fn more_than_the_allowance_was_seen_and_that_is_charged() {
    let long = "x".repeat(100);
    let world = world("openrouter/llama", true, [Script::stream(&[&long, "b"]).stall_after(2)]);
    leave_after(&world, &long).await;
    assert_eq!(world.record().usage.map(|it| it.tokens_out()), Some(26), "102 bytes");
}

#[tokio::test(start_paused = true)]
async fn leaving_before_the_first_byte_costs_the_hold_and_is_logged_where_it_is_billed_to_the_end()
{
    for (name, logged) in [("openai/gpt", false), ("openrouter/llama", true)] {
        let world = world(name, true, [Script::stall()]);
        let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10}));
        assert!(tokio::time::timeout(Duration::from_secs(1), ask.begin()).await.is_err());
        let record = world.record();
        let (settled, held) = world.budget();
        assert!(settled > 10 * DOLLAR / 50 && held == 0, "{name}: {settled}");
        assert_eq!(record.usage.map(|it| it.tokens_out()), logged.then_some(10), "{name}");
        assert_eq!(record.cost, Some(if logged { settled } else { 0 }), "{name}");
    }
}

/// A completion of 5 + 7 tokens whose provider says that it cost 3 dollars.
fn stating() -> Script {
    let usage =
        json!({"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12, "cost": 3.0});
    let choice = json!({"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"});
    Script::json(200, &json!({"object": "chat.completion", "choices": [choice], "usage": usage}))
}

#[tokio::test(start_paused = true)]
async fn a_stated_cost_is_charged_where_no_operator_set_a_price() {
    let world = world("openrouter/some/model", false, [stating()]);
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    let record = world.record();
    assert_eq!((record.cost, world.budget().0), (Some(3 * DOLLAR), 3 * DOLLAR));
    assert_eq!(record.price_version.as_deref(), Some("stated by openrouter"));
}

#[tokio::test(start_paused = true)]
async fn an_operators_price_is_charged_and_what_the_provider_states_is_drift() {
    let world = world("openrouter/some/model", true, [stating()]);
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    let record = world.record();
    assert_eq!(record.cost, Some(19 * DOLLAR / 100));
    assert_eq!(record.price_version.as_deref(), Some("test price"));
    let metrics = world.metrics.encode();
    let line = "cost_stated_above_nanodollars_total{provider=\"openrouter\"} 2810000000";
    assert!(metrics.contains(line), "{metrics}");
}

#[tokio::test(start_paused = true)]
async fn a_callers_price_wins_over_everybodys_and_is_named() {
    let world = world("openrouter/some/model", true, [stating()]);
    let ask = world.chat("dynamic/r").header("cf-aig-custom-cost", r#"{"total_cost": 0.6}"#);
    assert_eq!(ask.send().await.status, 200);
    let record = world.record();
    assert_eq!(record.cost, Some(6 * DOLLAR / 10));
    assert_eq!(record.price_version.as_deref(), Some("cf-aig-custom-cost"));
}

#[tokio::test(start_paused = true)]
async fn nobody_states_a_cost_for_a_provider_whose_row_does_not_say_where() {
    let world = world("openai/gpt", false, [stating()]);
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    let record = world.record();
    assert_eq!((record.cost, record.price_version), (None, None));
}

#[tokio::test(start_paused = true)]
async fn token_counts_that_do_not_add_up_are_counted() {
    let usage = json!({"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 40});
    let choice = json!({"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"});
    let script = Script::json(200, &json!({"choices": [choice], "usage": usage}));
    let world = world("openai/gpt", true, [script]);
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    assert_eq!(world.record().usage.map(|it| it.tokens_out()), Some(35));
    let line = "usage_inconsistent_total{provider=\"openai\"} 1";
    assert!(world.metrics.encode().contains(line));
}

#[tokio::test(start_paused = true)]
async fn new_prices_hold_for_routes_that_are_planned_already() {
    let world = world("openai/gpt-4o", false, [Script::completion("a"), Script::completion("b")]);
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    let shipped = providers::Catalogue::shipped();
    let version = world.record().price_version;
    assert_eq!(version.as_deref(), Some(&**shipped.version()));
    let text = br#"{"source": "mine", "date": "2026-11-25", "models": {"openai": {"gpt-4o": {"price": {"input": "0.01", "output": "0.02"}}}}}"#;
    let mine = Arc::new(providers::Catalogue::parse(text).expect("a price file").over(shipped));
    let before = world.proxy.catalog().gateways["default"].routes["r"].deployed.clone();
    world.change_gateways(|gateway| {
        let prices =
            providers::PriceBook { catalogue: Arc::clone(&mine), ..(*gateway.prices).clone() };
        Gateway { prices: Arc::new(prices), ..gateway.clone() }.adopt_routes(gateway)
    });
    let after = world.proxy.catalog().gateways["default"].routes["r"].deployed.clone();
    let (before, after) = (before.expect("deployed"), after.expect("deployed"));
    assert!(Arc::ptr_eq(&before.route, &after.route), "planned again, not compiled again");
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    let record = world.record();
    assert_eq!(record.price_version.as_deref(), Some("mine (2026-11-25)"));
    assert_eq!(record.cost, Some(19 * DOLLAR / 100));
}

#[tokio::test(start_paused = true)]
async fn a_hold_counts_the_input_in_the_models_own_tokens_and_the_answer_by_its_allowance() {
    let text = "Weichenwärter: 転轍手は、列車が正しい線路に進むように分岐器を切り替える係員です。";
    for (name, scale) in
        [("openai/gpt-4o", tokens::Scale::O200k), ("openrouter/llama", tokens::Scale::Other)]
    {
        let world = world(name, true, [unfinished()]);
        let messages = json!([{"role": "user", "content": text}]);
        let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10, "messages": messages}));
        let body = ask.streamed().begin().await.into_body();
        let input = scale.tokens(text) + 4 + 3;
        assert_eq!(world.budget(), (0, input * DOLLAR / 100 + 10 * DOLLAR / 50), "{name}");
        drop(body);
        let used = world.record().usage.expect("usage");
        assert_eq!(used.tokens_in(), input, "the same estimate, when the provider did not say");
    }
}
