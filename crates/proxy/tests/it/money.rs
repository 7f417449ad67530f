//! Budgets: held before, settled after, and never passed.
use crate::elements::{end, model, rate, start};
use crate::world::World;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{FakeUpstream, Script};

/// A dollar of nano-dollars.
const DOLLAR: u64 = 1_000_000_000;

/// One dollar an hour for `gpt`; 5 tokens in and 7 out at these prices cost 0.19 $.
fn budget(unknown: &str) -> Value {
    let properties =
        json!({"limitType": "cost", "limit": 1, "window": 3600, "onUnknownPrice": unknown});
    json!([
        start("quota"),
        rate("quota", properties, "main", ""),
        model("main", "openai/gpt", "end", ""),
        end()
    ])
}

fn world(scripts: impl IntoIterator<Item = Script>) -> World {
    // A cent a token in, two cents a token out.
    World::playing(scripts).deploy("r", &budget("refuse")).price(
        "gpt",
        10_000_000_000,
        20_000_000_000,
    )
}

#[tokio::test(start_paused = true)]
async fn a_budget_is_settled_with_the_real_cost() {
    let world = world([Script::completion("hello")]);
    assert_eq!(world.chat("dynamic/r").with(json!({"max_tokens": 10})).send().await.status, 200);
    assert_eq!(world.budget(), (19 * DOLLAR / 100, 0));
    let record = world.record();
    assert_eq!(record.cost, Some(19 * DOLLAR / 100));
}

#[tokio::test(start_paused = true)]
async fn what_would_pass_the_budget_is_refused_before_it_is_called() {
    let world = world([Script::completion("hello")]);
    let answer = world.chat("dynamic/r").with(json!({"max_tokens": 50})).send().await;
    let (status, code, message) = answer.error();
    assert_eq!((status, code), (429, 2045));
    assert!(message.contains("$1 in 3600 s") && message.contains("$1 left"), "{message}");
    assert!(world.upstream.seen().is_empty());
    // `n` choices cost n times the allowance.
    let choices = world.chat("dynamic/r").with(json!({"max_tokens": 10, "n": 6})).send().await;
    assert_eq!(choices.status, 429);
}

#[tokio::test(start_paused = true)]
async fn a_failed_call_costs_nothing() {
    let world = world([Script::status(500)]);
    assert_eq!(world.chat("dynamic/r").with(json!({"max_tokens": 10})).send().await.status, 502);
    assert_eq!(world.budget(), (0, 0));
    assert_eq!(world.record().cost, Some(0));
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_settled_before_its_last_byte() {
    let script = Script::stream(&["a", "b"]).paced(Duration::from_millis(100));
    let world = world([script]);
    let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10})).streamed();
    let mut body = ask.begin().await.into_body();
    assert!(world.budget().1 > 0, "held while it lasts");
    let mut text = String::new();
    while let Some(frame) = body.frame().await {
        let data = frame.expect("no error").into_data().expect("data");
        text.push_str(&String::from_utf8_lossy(&data));
        if text.contains("[DONE]") {
            assert_eq!(world.budget(), (19 * DOLLAR / 100, 0));
            assert_eq!(world.record().cost, Some(19 * DOLLAR / 100));
            return;
        }
    }
    panic!("no end: {text}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_a_stream_pays_for_what_it_saw() {
    let script = Script::stream(&["12345678", "b"]).stall_after(2);
    let world = world([script]);
    let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10})).streamed();
    let mut body = ask.begin().await.into_body();
    while let Some(frame) = body.frame().await {
        let data = frame.expect("no error").into_data().expect("data");
        if String::from_utf8_lossy(&data).contains("12345678") {
            break;
        }
    }
    drop(body);
    let record = world.record();
    assert_eq!((record.status, record.cause.as_deref()), (499, Some("client_gone")));
    let (settled, held) = world.budget();
    assert_eq!(held, 0);
    assert_eq!(Some(settled), record.cost);
    assert!(settled > 0 && settled < 40 * DOLLAR / 100, "{settled}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_before_an_answer_pays_the_hold_and_is_recorded_once() {
    let world = world([Script::stall()]);
    let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10}));
    assert!(tokio::time::timeout(Duration::from_secs(1), ask.begin()).await.is_err());
    let (settled, held) = world.budget();
    assert!(settled > 0, "nobody can say what the provider will bill");
    assert_eq!(held, 0);
    let record = world.record();
    assert_eq!(
        (record.status, record.model.as_str(), record.provider.as_str()),
        (499, "dynamic/r", "unknown")
    );
    assert_eq!(world.proxy.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_before_an_answer_pays_what_is_known_when_it_is_more_than_the_hold() {
    let properties = json!({"limitType": "cost", "limit": 1, "window": 3600});
    let chain = json!([
        start("quota"),
        rate("quota", properties, "first", ""),
        model("first", "openai/gpt", "second", ""),
        model("second", "openai/gpt", "end", ""),
        end()
    ]);
    let usage = json!({"prompt_tokens": 5, "completion_tokens": 700, "total_tokens": 705});
    let choice = json!({"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"});
    let long = json!({"object": "chat.completion", "choices": [choice], "usage": usage});
    let world = world([Script::json(200, &long), Script::stall()]).deploy("r", &chain);
    let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10}));
    assert!(tokio::time::timeout(Duration::from_secs(1), ask.begin()).await.is_err());
    assert_eq!(world.upstream.seen().len(), 2);
    assert_eq!(world.budget(), (5 * DOLLAR / 100 + 700 * DOLLAR / 50, 0));
}

#[tokio::test(start_paused = true)]
async fn a_model_without_a_price_is_not_called_under_a_budget_unless_allowed() {
    let world = World::friendly().deploy("r", &budget("refuse"));
    let answer = world.chat("dynamic/r").with(json!({"max_tokens": 1})).send().await;
    assert_eq!((answer.error().0, answer.error().1), (502, 2005));
    assert_eq!(answer.json()["pointsman"]["path"][2]["attempts"][0]["cause"], "price_unknown");
    assert!(world.upstream.seen().is_empty());
    let world = World::friendly().deploy("r", &budget("allow"));
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    assert_eq!(world.record().cost, None);
}

#[tokio::test(start_paused = true)]
async fn a_custom_total_is_the_hold_and_the_settlement() {
    let world = world([Script::completion("hello")]);
    let ask = || world.chat("dynamic/r").header("cf-aig-custom-cost", r#"{"total_cost": 0.6}"#);
    assert_eq!(ask().send().await.status, 200);
    assert_eq!(world.budget(), (6 * DOLLAR / 10, 0));
    assert_eq!(ask().send().await.status, 429);
}

#[tokio::test(start_paused = true)]
async fn a_chain_of_models_is_held_and_billed_as_a_whole() {
    let properties = json!({"limitType": "cost", "limit": 1, "window": 3600});
    let elements = json!([
        start("quota"),
        rate("quota", properties, "first", ""),
        model("first", "openai/gpt", "second", ""),
        model("second", "openai/gpt", "end", ""),
        end()
    ]);
    let upstream = FakeUpstream::playing([Script::stream(&["one"]), Script::stream(&["two"])]);
    let world =
        World::over(upstream).deploy("r", &elements).price("gpt", 10_000_000_000, 20_000_000_000);
    let answer = world.chat("dynamic/r").with(json!({"max_tokens": 10})).streamed().send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(world.budget(), (38 * DOLLAR / 100, 0));
    assert_eq!(world.record().usage.map(|it| it.tokens_out()), Some(14));
}

#[tokio::test(start_paused = true)]
async fn a_limit_between_two_models_pays_for_the_second_only() {
    let properties = json!({"limitType": "cost", "limit": 1, "window": 3600});
    for (streamed, after, settled) in
        [(false, "second", 19), (true, "second", 19), (false, "end", 0), (true, "end", 0)]
    {
        let elements = json!([
            start("first"),
            model("first", "openai/gpt", "quota", "second"),
            rate("quota", properties.clone(), after, ""),
            model("second", "openai/gpt", "end", ""),
            end()
        ]);
        let script = || {
            if streamed { Script::stream(&["one"]) } else { Script::completion("one") }
        };
        let world = world([script(), script()]).deploy("r", &elements);
        let world = world.price("gpt", 10_000_000_000, 20_000_000_000);
        let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10, "stream": streamed}));
        assert_eq!(ask.send().await.status, 200);
        assert_eq!(world.budget(), (settled * DOLLAR / 100, 0), "{streamed} {after}");
    }
}
