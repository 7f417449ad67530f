//! The limits of a gateway itself: its limit of requests and its spend rules.
use crate::elements::{end, model, one_model, rate, start, with_spare};
use crate::world::{World, cents, requests};
use http_body_util::BodyExt as _;
use proxy::catalog::{Dimension, GatewayLimits, SpendRule};
use route::{OnUnavailable, OnUnknownPrice};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use testkit::{FakeUpstream, Script};

/// A cent of nano-dollars.
const CENT: u64 = 10_000_000;
/// A completion of the scripted upstream: 5 tokens in at a cent, 7 out at two.
const CALL: u64 = 19 * CENT;

/// `gpt` and `mini` cost a cent a token in, two cents a token out.
fn priced(world: World) -> World {
    world.price("gpt", 10_000_000_000, 20_000_000_000).price("mini", 10_000_000_000, 20_000_000_000)
}

fn world(scripts: impl IntoIterator<Item = Script>) -> World {
    priced(World::playing(scripts))
}

fn filter(values: &[&str]) -> Dimension {
    Dimension::Filter(values.iter().map(|it| (*it).into()).collect())
}

fn for_model(id: &str, most: u64, model: &str) -> SpendRule {
    SpendRule { model: Some(filter(&[model])), ..cents(id, most) }
}

fn by_user(most: u64) -> SpendRule {
    SpendRule { metadata: vec![("user".into(), Dimension::Partition)], ..cents("0000000u", most) }
}

/// What a rule without partitions has: settled, held.
fn bucket(world: &World, model: &str) -> (u64, u64) {
    let gateway = &world.proxy.catalog().gateways["default"];
    let plan = gateway.plan("openai", model).expect("a provider");
    let spend = &plan.spend[0];
    let used = world.limiter.usage(&spend.bucket(&[]), &spend.rule.rule);
    (used.settled, used.held)
}

async fn status(world: &World, model: &str, metadata: &str) -> u16 {
    let ask = world.chat(model).with(json!({"max_tokens": 10}));
    ask.header("cf-aig-metadata", metadata).send().await.status.as_u16()
}

#[tokio::test(start_paused = true)]
async fn a_gateways_limit_of_requests_counts_a_request_once_whatever_it_calls() {
    let world = World::playing([Script::status(500), Script::completion("a")])
        .deploy("r", &with_spare("openai/gpt", "openai/mini"))
        .limit(|id| GatewayLimits { rate: Some(requests(id, 2, 60)), spend: Vec::new() });
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    assert_eq!(world.chat("openai/gpt").send().await.status, 200);
    assert_eq!(world.upstream.seen().len(), 3);
    let refused = world.chat("dynamic/r").send().await;
    assert_eq!((refused.error().0, refused.error().1), (429, 2003));
    assert_eq!(world.upstream.seen().len(), 3, "no fallback takes it");
    assert_eq!(refused.header("pointsman-path"), "start,main");
    insta::assert_snapshot!(refused.error().2, @"the limit of requests of the gateway `default` is reached: 2 requests in 60 s; 0 left, room returns in 60 s");
    assert_eq!(world.chat("openai/gpt").send().await.status, 429);
    assert_eq!(world.chat("openai/gpt").locked().send().await.status, 401);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_calls_no_model_is_not_counted() {
    let elements = json!([start("end"), end()]);
    let world = World::friendly()
        .deploy("r", &elements)
        .limit(|id| GatewayLimits { rate: Some(requests(id, 1, 60)), spend: Vec::new() });
    assert_eq!(world.chat("dynamic/r").send().await.status, 502);
    assert_eq!(world.chat("openai/gpt").send().await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_spend_rule_is_settled_with_the_real_cost_and_refuses_what_would_pass_it() {
    let world = world([Script::completion("hello")]).spend([cents("0a1b2c3d", 60)]);
    let ask = |most: u64| world.chat("openai/gpt").with(json!({"max_tokens": most}));
    assert_eq!(ask(10).send().await.status, 200);
    assert_eq!(bucket(&world, "gpt"), (CALL, 0));
    let refused = ask(25).send().await;
    let (status, code, message) = refused.error();
    assert_eq!((status, code), (429, 2045));
    insta::assert_snapshot!(message, @"Spend limit exceeded: rule '0a1b2c3d' (cost limit 0.6 per 3600s, fixed) for openai gpt; $0.41 left, room returns in 3600 s");
    assert_eq!(bucket(&world, "gpt"), (CALL, 0), "a refusal takes nothing");
    assert_eq!(world.upstream.seen().len(), 1);
    let causes: Vec<_> = world.records().into_iter().map(|it| it.cause).collect();
    assert_eq!(causes, [None, Some("limited_spend".to_owned())]);
    assert_eq!(ask(10).send().await.status, 200, "a smaller call has room");
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_held_while_it_lasts_and_settled_before_its_last_byte() {
    let script = Script::stream(&["a", "b"]).paced(Duration::from_millis(100));
    let world = world([script]).spend([cents("0a1b2c3d", 100)]);
    let ask = world.chat("openai/gpt").with(json!({"max_tokens": 10})).streamed();
    let mut body = ask.begin().await.into_body();
    assert!(bucket(&world, "gpt").1 > 0);
    let mut text = String::new();
    while !text.contains("[DONE]") {
        let frame = body.frame().await.expect("more").expect("no error").into_data();
        text.push_str(&String::from_utf8_lossy(&frame.expect("data")));
    }
    assert_eq!(bucket(&world, "gpt"), (CALL, 0));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_before_an_answer_pays_the_hold() {
    let world = world([Script::stall()]).spend([cents("0a1b2c3d", 100)]);
    let ask = world.chat("openai/gpt").with(json!({"max_tokens": 10}));
    assert!(tokio::time::timeout(Duration::from_secs(1), ask.begin()).await.is_err());
    let (settled, held) = bucket(&world, "gpt");
    assert!(settled > CALL && held == 0, "{settled} {held}");
}

#[tokio::test(start_paused = true)]
async fn in_a_route_a_spent_model_is_passed_over_for_the_next() {
    let world = world([Script::completion("hello")])
        .deploy("r", &with_spare("openai/gpt", "openai/mini"))
        .spend([for_model("0a1b2c3d", 20, "gpt")]);
    let answer = world.chat("dynamic/r").with(json!({"max_tokens": 10})).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!((answer.header("cf-aig-model"), answer.header("cf-aig-step")), ("mini", "1"));
    assert_eq!(answer.header("pointsman-path"), "start,main,spare,end");
    assert_eq!(world.upstream.seen().len(), 1, "nothing was sent to the first");
    let path: Value = serde_json::from_str(&world.record().path).expect("JSON");
    assert_eq!(path[1]["outcome"], "fallback");
    assert_eq!(path[1]["rule"], "0a1b2c3d");
    assert_eq!(path[1]["attempts"][0]["cause"], "limited_spend");
    assert_eq!(path[1]["attempts"][0]["status"], json!(null));
    assert_eq!(bucket(&world, "gpt"), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn when_no_model_is_left_the_last_thing_that_happened_is_told() {
    let spent = for_model("0a1b2c3d", 20, "gpt");
    let route = |main: &str, spare: &str| with_spare(main, spare);
    for (elements, status, code) in [
        (route("openai/mini", "openai/gpt"), 429, 2045),
        (route("openai/gpt", "openai/mini"), 502, 2005),
        (route("openai/gpt", "openai/gpt"), 429, 2045),
    ] {
        let world = world([Script::status(500)]).deploy("r", &elements).spend([spent.clone()]);
        let answer = world.chat("dynamic/r").with(json!({"max_tokens": 10})).send().await;
        assert_eq!((answer.error().0, answer.error().1), (status, code), "{}", answer.text());
        assert!(answer.text().contains(r#""rule":"0a1b2c3d""#), "{}", answer.text());
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_came_before_is_returned_when_the_next_model_is_spent() {
    let elements = json!([
        start("first"),
        model("first", "openai/mini", "second", ""),
        model("second", "openai/gpt", "end", "end"),
        end()
    ]);
    for script in [Script::completion("one"), Script::stream(&["one"])] {
        let streamed = !script_is_plain(&script);
        let world =
            world([script]).deploy("r", &elements).spend([for_model("0a1b2c3d", 20, "gpt")]);
        let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10, "stream": streamed}));
        let answer = ask.send().await;
        assert_eq!((answer.status.as_u16(), answer.header("cf-aig-step")), (200, "0"));
        assert!(answer.text().contains("one"));
    }
}

fn script_is_plain(script: &Script) -> bool {
    !format!("{script:?}").contains("event-stream")
}

#[tokio::test(start_paused = true)]
async fn a_rule_pays_for_its_own_step_only() {
    for streamed in [false, true] {
        let elements = json!([
            start("first"),
            model("first", "openai/mini", "second", ""),
            model("second", "openai/gpt", "third", ""),
            model("third", "openai/mini", "end", ""),
            end()
        ]);
        let script = || if streamed { Script::stream(&["x"]) } else { Script::completion("x") };
        let world = world([script(), script(), script()])
            .deploy("r", &elements)
            .spend([for_model("0000000a", 100, "gpt"), for_model("0000000b", 100, "openai/mini")]);
        let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10, "stream": streamed}));
        assert_eq!(ask.send().await.status, 200);
        assert_eq!(bucket(&world, "gpt"), (CALL, 0), "{streamed}");
        assert_eq!(bucket(&world, "mini"), (2 * CALL, 0), "{streamed}");
        assert_eq!(world.record().cost, Some(3 * CALL));
    }
}

#[tokio::test(start_paused = true)]
async fn a_routes_budget_and_a_gateways_rule_both_pay() {
    let properties = json!({"limitType": "cost", "limit": 1, "window": 3600});
    let elements = json!([
        start("quota"),
        rate("quota", properties, "main", ""),
        model("main", "openai/gpt", "end", ""),
        end()
    ]);
    let world =
        world([Script::completion("x")]).deploy("r", &elements).spend([cents("0000000a", 100)]);
    let ask = || world.chat("dynamic/r").with(json!({"max_tokens": 10}));
    assert_eq!(ask().send().await.status, 200);
    assert_eq!(bucket(&world, "gpt"), (CALL, 0));
    let version = world.proxy.catalog().gateways["default"].routes["r"].deployed.clone();
    let version = version.expect("deployed");
    let quota = &version.route.quotas()[0];
    let rule = ::limits::Rule {
        limit: quota.limit,
        window: quota.window,
        technique: ::limits::Technique::Sliding,
    };
    let used = world.limiter.usage(&version.bucket(quota, None).expect("a bucket"), &rule);
    assert_eq!((used.settled, used.held), (CALL, 0));
}

#[tokio::test(start_paused = true)]
async fn filters_choose_the_calls_and_partitions_the_bucket() {
    let ada = r#"{"user": "ada"}"#;
    let world = world([Script::completion("x")]).spend([by_user(40)]);
    assert_eq!(status(&world, "openai/gpt", ada).await, 200);
    assert_eq!(status(&world, "openai/gpt", ada).await, 429);
    assert_eq!(status(&world, "openai/gpt", r#"{"user": "bob"}"#).await, 200);
    // A missing value counts as the empty one; values are typed.
    assert_eq!(status(&world, "openai/gpt", "{}").await, 200);
    assert_eq!(status(&world, "openai/gpt", r#"{"user": ""}"#).await, 429);
    assert_eq!(status(&world, "openai/gpt", r#"{"user": 7}"#).await, 200);
    assert_eq!(status(&world, "openai/gpt", r#"{"user": "7"}"#).await, 200);
    assert_eq!(status(&world, "openai/gpt", r#"{"user": 7.0}"#).await, 429);

    let team = filter(&["red", "7", "true"]);
    let rule = SpendRule { metadata: vec![("team".into(), team)], ..cents("0000000t", 40) };
    let world = priced(World::playing([Script::completion("x")])).spend([rule]);
    for (metadata, expected) in [
        (r#"{"team": "red"}"#, 200),
        (r#"{"team": "red"}"#, 429),
        // One bucket for all values; a filter's texts match numbers and booleans too.
        (r#"{"team": 7}"#, 429),
        (r#"{"team": true}"#, 429),
        // A missing or another value: the rule is not for it.
        ("{}", 200),
        (r#"{"team": "blue"}"#, 200),
        (r#"{"team": false}"#, 200),
    ] {
        assert_eq!(status(&world, "openai/gpt", metadata).await, expected, "{metadata}");
    }
}

#[tokio::test(start_paused = true)]
async fn models_and_providers_are_filtered_and_partitioned() {
    let world = |rule: SpendRule| world([Script::completion("x")]).spend([rule]);
    let each = world(SpendRule { model: Some(Dimension::Partition), ..cents("0000000a", 40) });
    for (name, expected) in
        [("openai/gpt", 200), ("openai/mini", 200), ("openai/gpt", 429), ("openai/mini", 429)]
    {
        assert_eq!(status(&each, name, "{}").await, expected, "{name}");
    }
    let other = SpendRule { provider: Some(filter(&["groq"])), ..cents("0000000b", 1) };
    assert_eq!(status(&world(other), "openai/gpt", "{}").await, 200);
    let this = SpendRule {
        provider: Some(filter(&["groq", "openai"])),
        model: Some(filter(&["openai/gpt"])),
        ..cents("0000000c", 1)
    };
    let this = world(this);
    assert_eq!(status(&this, "openai/gpt", "{}").await, 429);
    assert_eq!(status(&this, "openai/mini", "{}").await, 200);
}

#[tokio::test(start_paused = true)]
async fn all_of_a_gateways_limits_decide_together() {
    let world = world([Script::completion("x")])
        .deploy("r", &with_spare("openai/gpt", "openai/mini"))
        .limit(|id| GatewayLimits {
            rate: Some(requests(id, 2, 60)),
            spend: vec![Arc::new(by_user(100)), Arc::new(for_model("0000000a", 20, "gpt"))],
        });
    let ask = |model: &str| world.chat(model).with(json!({"max_tokens": 10}));
    // Refused by the second rule: neither the count nor the first rule's hold is taken.
    for _ in 0..3 {
        assert_eq!(ask("openai/gpt").send().await.error().1, 2045);
    }
    // The count is taken with the model that may be called, once.
    assert_eq!(ask("dynamic/r").send().await.header("cf-aig-model"), "mini");
    assert_eq!(ask("openai/mini").send().await.status, 200);
    assert_eq!(ask("openai/mini").send().await.error().1, 2003);
    assert_eq!(bucket_of_nobody(&world), (2 * CALL, 0));
}

/// The bucket of the first rule for requests without a user.
fn bucket_of_nobody(world: &World) -> (u64, u64) {
    let plan = world.proxy.catalog().gateways["default"].plan("openai", "mini").expect("a plan");
    let spend = &plan.spend[0];
    let used = world.limiter.usage(&spend.bucket(&[None]), &spend.rule.rule);
    (used.settled, used.held)
}

#[tokio::test(start_paused = true)]
async fn other_numbers_keep_the_bucket_and_another_rule_has_its_own() {
    let world = world([Script::completion("x")]).spend([cents("0000000a", 100)]);
    assert_eq!(status(&world, "openai/gpt", "{}").await, 200);
    let world = world.spend([cents("0000000a", 30)]);
    assert_eq!(status(&world, "openai/gpt", "{}").await, 429);
    let world = world.spend([cents("0000000b", 40)]);
    assert_eq!(status(&world, "openai/gpt", "{}").await, 200);
}

#[tokio::test(start_paused = true)]
async fn failed_attempts_that_were_billed_count() {
    let failing = Script::sse(&[
        r#"data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}"#,
        "\n\n",
        "data: [DONE]\n\n",
    ]);
    let world = world([failing, Script::stream(&["x"])]).spend([cents("0000000a", 100)]);
    let ask = world.chat("openai/gpt").with(json!({"max_tokens": 10})).streamed();
    let answer = ask.header("cf-aig-max-attempts", "2").send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(bucket(&world, "gpt"), (2 * CALL, 0));
}

#[tokio::test(start_paused = true)]
async fn a_custom_total_is_held_and_charged_with_the_first_call() {
    let upstream = FakeUpstream::playing([Script::completion("x")]);
    let elements = json!([
        start("first"),
        model("first", "openai/gpt", "second", ""),
        model("second", "openai/mini", "end", ""),
        end()
    ]);
    let world = World::over(upstream)
        .deploy("r", &elements)
        .spend([for_model("0000000a", 100, "gpt"), for_model("0000000b", 100, "mini")]);
    let ask = || world.chat("dynamic/r").header("cf-aig-custom-cost", r#"{"total_cost": 0.6}"#);
    assert_eq!(ask().send().await.status, 200);
    assert_eq!((bucket(&world, "gpt"), bucket(&world, "mini")), ((60 * CENT, 0), (0, 0)));
    assert_eq!(ask().send().await.error().1, 2045);
}

#[tokio::test(start_paused = true)]
async fn a_model_without_a_price_is_passed_over_unless_its_rules_allow_it() {
    let world = World::playing([Script::completion("x")])
        .deploy("r", &with_spare("openai/nobody-knows", "echo/echo"))
        .deploy("one", &one_model("openai/nobody-knows"));
    let world = world.spend([cents("0000000a", 100)]);
    assert_eq!(world.chat("dynamic/r").send().await.header("cf-aig-model"), "echo");
    assert_eq!(world.chat("dynamic/one").send().await.error().0, 502);
    assert_eq!(world.chat("openai/nobody-knows").send().await.error().0, 502);
    assert!(world.upstream.seen().is_empty());
    let allowing = SpendRule { on_unknown_price: OnUnknownPrice::Allow, ..cents("0000000a", 100) };
    let other_user =
        SpendRule { metadata: vec![("user".into(), filter(&["ada"]))], ..cents("0000000b", 100) };
    let world = world.spend([allowing, other_user]);
    assert_eq!(world.chat("openai/nobody-knows").send().await.status, 200);
    assert_eq!(status(&world, "openai/nobody-knows", r#"{"user": "ada"}"#).await, 502);
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_cannot_count_is_closed_unless_it_says_open() {
    let open = || SpendRule { on_unavailable: OnUnavailable::Open, ..cents("0000000a", 100) };
    let make: [fn() -> World; 2] = [World::without_counters, || World::with_buckets(0)];
    for make in make {
        let limited = |spend: Vec<SpendRule>| {
            let spend: Vec<_> = spend.into_iter().map(Arc::new).collect();
            priced(make())
                .limit(|id| GatewayLimits { rate: Some(requests(id, 1, 60)), spend: spend.clone() })
        };
        // A limit of requests is open.
        for _ in 0..2 {
            assert_eq!(limited(vec![]).chat("echo/echo").send().await.status, 200);
        }
        assert_eq!(limited(vec![open()]).chat("echo/echo").send().await.status, 200);
        let closed = limited(vec![open(), cents("0000000b", 100)]);
        let answer = closed.chat("echo/echo").send().await;
        assert_eq!((answer.error().0, answer.error().1), (429, 2045));
        assert!(answer.error().2.contains("`0000000b`"), "{}", answer.text());
        assert_eq!(answer.header("retry-after"), "1");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_does_not_leave_when_the_counters_are_lost_between_hold_and_call() {
    let (world, away) = World::losing_counters([]);
    let world = priced(world).spend([cents("0000000a", 100)]);
    let refused = world.chat("openai/gpt").send().await;
    assert_eq!((refused.error().0, refused.error().1), (429, 2045));
    let told = refused.json()["pointsman"]["limit"].clone();
    assert_eq!((&told["kind"], &told["rule"]), (&json!("unavailable"), &json!("0000000a")));
    assert!(world.upstream.seen().is_empty());
    assert_eq!(away.ended(), [None], "what was held is given back");

    let properties = json!({"limitType": "cost", "limit": 9, "window": 60});
    let elements = json!([
        start("quota"),
        rate("quota", properties, "main", ""),
        model("main", "openai/gpt", "end", ""),
        end()
    ]);
    let (world, _) = World::losing_counters([]);
    let refused = priced(world).deploy("r", &elements).chat("dynamic/r").send().await;
    let told = refused.json()["pointsman"]["limit"].clone();
    assert_eq!((&told["kind"], &told["element"]), (&json!("unavailable"), &json!("quota")));
    assert_eq!(refused.header("retry-after"), "1");
}

#[tokio::test(start_paused = true)]
async fn an_open_rule_lets_calls_leave_when_the_counters_are_lost() {
    let (world, away) = World::losing_counters([]);
    let rule = SpendRule { on_unavailable: OnUnavailable::Open, ..cents("0000000a", 100) };
    let world = world.spend([rule]);
    assert_eq!(world.chat("echo/echo").send().await.status, 200);
    assert_eq!(away.ended(), [Some(0)]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_left_under_an_open_rule_is_charged_in_full_when_nobody_waits_for_it() {
    let (world, away) = World::losing_counters([Script::stall()]);
    let rule = SpendRule { on_unavailable: OnUnavailable::Open, ..cents("0000000a", 100) };
    let world = priced(world).spend([rule]);
    let ask = world.chat("openai/gpt").with(json!({"max_tokens": 10}));
    assert!(tokio::time::timeout(Duration::from_secs(1), ask.begin()).await.is_err());
    assert_eq!(world.upstream.seen().len(), 1, "the call had left");
    assert!(matches!(away.ended()[..], [Some(charged)] if charged > 0), "{:?}", away.ended());
}
