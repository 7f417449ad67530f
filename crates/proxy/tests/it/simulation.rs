//! A simulation takes the way that production takes, and asks nobody.
use crate::elements::{end, model, one_model, rate, start, when, with_spare};
use crate::world::{World, cents, of_user, route_id, runner, version};
use bytes::Bytes;
use chat::Format;
use http::HeaderMap;
use proxy::simulation::{
    Assumed, By, Ground, Keys, MOST_DRAWS, Sample, Simulation, Unsound, simulate,
};
use route::ids::GatewayId;
use serde_json::{Value, json};
use std::sync::Arc;

fn hello() -> Value {
    json!({"messages": [{"role": "user", "content": "hi"}]})
}

fn sample(body: &Value) -> Sample {
    Sample {
        format: Format::Chat,
        headers: HeaderMap::new(),
        body: Bytes::from(body.to_string()),
        token: None,
        at_ms: crate::world::MONDAY_MS,
    }
}

fn said(metadata: &str) -> Sample {
    let mut sample = sample(&hello());
    sample.headers.insert("cf-aig-metadata", metadata.parse().expect("a header"));
    sample
}

fn assuming(outcomes: &[(&str, &str)]) -> Assumed {
    let owned = |it: &(&str, &str)| (it.0.to_owned(), it.1.to_owned());
    Assumed { outcomes: outcomes.iter().map(owned).collect(), ..Assumed::default() }
}

/// Simulates these elements as the route `r` of the gateway `default`.
fn on(
    world: &World,
    elements: &Value,
    sample: &Sample,
    assumed: &Assumed,
) -> Result<Simulation, Unsound> {
    let catalog = world.proxy.catalog();
    let gateway = &catalog.gateways[&GatewayId::from("default")];
    let version = version(gateway, "r", "v1", elements);
    let ground = Ground {
        gateway,
        version: &version,
        name: "r",
        route: &route_id("r"),
        default_output_tokens: 4096,
        loopback: true,
        keys: Keys::Known,
    };
    simulate(&ground, sample, assumed)
}

fn way(it: &Simulation) -> Vec<(String, String)> {
    it.steps.iter().map(|it| (it.element.clone(), it.outcome.clone())).collect()
}

/// `element:outcome`, joined.
fn told(it: &Simulation) -> String {
    let all: Vec<_> = way(it).iter().map(|(element, out)| format!("{element}:{out}")).collect();
    all.join(" ")
}

fn answer(it: &Simulation) -> Option<&str> {
    it.answer.map(|at| &*it.steps[at].element)
}

/// Every kind of element: two conditions, a split by dice, a sticky one, a limit.
fn everything() -> Value {
    let share = |id, properties: Value, tenth, rest| {
        json!({"id": id, "type": "percentage", "properties": properties,
               "outputs": {"10%": {"elementId": tenth}, "else": {"elementId": rest}}})
    };
    json!([
        start("vip"),
        when("vip", json!({"metadata.plan": "paid", "request.has_tools": false}), "dice", "sticky"),
        share("dice", json!({}), "late", "cap"),
        share("sticky", json!({"key": "metadata.user"}), "big", "small"),
        when("late", json!({"body.messages[0].content": {"$contains": "hi"}}), "big", "small"),
        rate(
            "cap",
            json!({"key": "metadata.user", "limitType": "count", "limit": 1000, "window": 60}),
            "big",
            "small"
        ),
        model("big", "openai/big", "end", "small"),
        model("small", "openai/small", "end", ""),
        end(),
    ])
}

#[tokio::test(start_paused = true)]
async fn a_simulation_takes_the_way_of_production_with_the_same_seed_and_reads_the_same() {
    let world = World::friendly().deploy("r", &everything());
    let mut ways = std::collections::BTreeSet::new();
    for user in 0..60 {
        let plan = ["paid", "free"][user % 2];
        let metadata = json!({"plan": plan, "user": format!("u{user}")}).to_string();
        world.chat("dynamic/r").header("cf-aig-metadata", &metadata).send().await;
        let record = world.record();
        let path: Vec<Value> = serde_json::from_str(&record.path).expect("JSON");
        let text = |it: &Value| it.as_str().expect("text").to_owned();
        let real: Vec<_> =
            path.iter().map(|it| (text(&it["element"]), text(&it["outcome"]))).collect();
        let decision: route::Decision =
            serde_json::from_str(record.decision.as_deref().expect("one")).expect("JSON");
        let assumed = Assumed { seed: decision.seed, ..Assumed::default() };
        let it = on(&world, &everything(), &said(&metadata), &assumed).expect("sound");
        assert_eq!(way(&it), real);
        let looks = it.reads.iter().map(|it| (it.field.to_string(), it.value.clone()));
        let inputs = decision.inputs.into_iter().map(|it| match it.seen {
            route::Seen::Value(value) => (it.field, Some(value)),
            _ => (it.field, None),
        });
        assert_eq!(looks.collect::<Vec<_>>(), inputs.collect::<Vec<_>>());
        ways.insert(told(&it));
    }
    assert!(ways.len() >= 4, "{ways:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_called_counted_or_recorded() {
    let world = World::friendly();
    let assumed = Assumed { draws: 100, ..Assumed::default() };
    let budget = json!({"limitType": "cost", "limit": 1, "window": 60});
    let elements =
        json!([start("r"), rate("r", budget, "m", ""), model("m", "echo/echo", "end", ""), end()]);
    on(&world, &elements, &sample(&hello()), &assumed).expect("sound");
    assert!(world.upstream.seen().is_empty() && world.records().is_empty());
    assert_eq!(world.limiter.stats(), ::limits::Stats::default());
}

#[tokio::test(start_paused = true)]
async fn what_is_assumed_to_fail_falls_back_and_costs_nothing() {
    let world = World::friendly().price("big", 1_000_000, 0).price("small", 0, 2_000_000);
    let elements = with_spare("openai/big", "openai/small");
    let mut body = hello();
    body["max_tokens"] = json!(10);
    let run = |assumed: &Assumed| on(&world, &elements, &sample(&body), assumed).expect("sound");
    let plain = run(&Assumed::default());
    assert_eq!(told(&plain), "start:next main:success end:end");
    let input = plain.steps[1].model.as_ref().expect("a model").input_tokens;
    assert_eq!((answer(&plain), plain.status, plain.cost), (Some("main"), 200, Some(input * 1000)));
    assert_eq!(plain.steps[1].by, By::Default);
    let down = Assumed { down: vec!["openai/big".to_owned()], ..Assumed::default() };
    for assumed in [assuming(&[("main", "fallback")]), down] {
        let it = run(&assumed);
        assert_eq!(told(&it), "start:next main:fallback spare:success end:end");
        assert_eq!((answer(&it), it.cost), (Some("spare"), Some(10 * 2000)));
        assert_eq!(it.steps[1].by, By::Assumption);
    }
    let none = run(&Assumed { down: vec!["openai".to_owned()], ..Assumed::default() });
    assert_eq!((answer(&none), none.status, none.cost), (None, 502, Some(0)));
    assert_eq!(told(&none), "start:next main:fallback spare:failed");
    assert!(none.failure.expect("why").contains("`spare` calls openai/small"));
}

#[tokio::test(start_paused = true)]
async fn a_limit_admits_unless_it_is_assumed_to_be_reached_and_says_what_it_would_take() {
    let world = World::friendly().price("big", 0, 1_000_000);
    let budget = json!({"key": "metadata.user", "limitType": "cost", "limit": 1.5, "window": 3600});
    let elements = json!([
        start("cap"),
        rate("cap", budget, "m", ""),
        model("m", "openai/big", "end", ""),
        end()
    ]);
    let it = on(&world, &elements, &said(r#"{"user":"ann"}"#), &Assumed::default()).expect("sound");
    let limit = it.steps[1].limit.expect("a limit");
    assert_eq!((limit.limit, limit.window_s, limit.takes), (1_500_000_000, 3600, 4_096_000));
    assert_eq!(it.steps[1].reads, [route::Field::parse("metadata.user").expect("a field")]);
    let it = on(&world, &elements, &said("{}"), &assuming(&[("cap", "fallback")])).expect("sound");
    assert_eq!((told(&it).as_str(), it.status), ("start:next cap:refused", 429));
    assert_eq!(it.reads[0].value, None);
}

#[tokio::test(start_paused = true)]
async fn what_the_gateway_knows_is_not_overruled_by_an_assumption() {
    let world = World::friendly().price("small", 1, 1);
    let budget = json!({"limitType": "cost", "limit": 1, "window": 60});
    let elements = json!([
        start("cap"),
        rate("cap", budget, "main", ""),
        model("main", "openai/of-unknown-price", "end", "spare"),
        model("spare", "openai/small", "end", ""),
        end(),
    ]);
    let assumed = assuming(&[("main", "success")]);
    let it = on(&world, &elements, &sample(&hello()), &assumed).expect("sound");
    assert_eq!((answer(&it), it.steps[2].by), (Some("spare"), By::Gateway));
    let why = it.steps[2].model.as_ref().and_then(|it| it.failure.as_deref());
    assert!(why.expect("why").contains("price is unknown"));
    let unlimited =
        on(&world, &one_model("openai/of-unknown-price"), &sample(&hello()), &assuming(&[]));
    assert_eq!(unlimited.expect("sound").cost, None);
    let world = world.spend([cents("rule", 1)]);
    let it = on(&world, &one_model("openai/of-unknown-price"), &sample(&hello()), &assuming(&[]));
    assert_eq!(it.expect("sound").status, 502);
}

#[tokio::test(start_paused = true)]
async fn a_model_that_cannot_serve_the_request_is_passed_over_as_in_production() {
    let world = World::friendly().listing(&json!({"embedder": {"mode": "embeddings"}}));
    let it = on(&world, &one_model("openai/embedder"), &sample(&hello()), &Assumed::default());
    let it = it.expect("sound");
    assert_eq!((it.status, it.steps[1].by), (400, By::Gateway));
    assert!(it.failure.expect("why").contains("does not chat"));
}

#[tokio::test(start_paused = true)]
async fn a_branch_may_be_forced() {
    let world = World::friendly();
    let forced = assuming(&[("vip", "true"), ("dice", "10%"), ("late", "false")]);
    let it = on(&world, &everything(), &sample(&hello()), &forced).expect("sound");
    assert_eq!(told(&it), "start:next vip:true dice:10% late:false small:success end:end");
    assert!(it.reads.is_empty() && it.steps[1..4].iter().all(|it| it.by == By::Assumption));
}

#[tokio::test(start_paused = true)]
async fn a_distribution_counts_every_draw_and_is_the_same_for_the_same_seed() {
    let world = World::friendly();
    let run = |seed, draws| {
        let assumed = Assumed { seed, draws, ..Assumed::default() };
        let it = on(&world, &everything(), &said(r#"{"plan":"paid","user":"ann"}"#), &assumed);
        it.expect("sound").distribution.expect("asked for")
    };
    let it = run(7, 10_000);
    let count = |element: &str, output: &str| {
        let edge = it.edges.iter().find(|it| it.element == element && it.output == output);
        edge.expect("an edge").count
    };
    assert_eq!(count("start", "next"), 10_000);
    assert_eq!(count("dice", "10%") + count("dice", "else"), 10_000);
    // Six standard deviations.
    assert!(count("dice", "10%").abs_diff(1000) < 180, "{}", count("dice", "10%"));
    assert_eq!(count("late", "true"), count("dice", "10%"));
    assert_eq!((count("sticky", "else"), count("cap", "fallback")), (0, 0));
    assert_eq!((it.models[0].count, it.models[1].count, it.unanswered), (10_000, 0, 0));
    assert_eq!(run(7, 10_000), it);
    assert_ne!(run(8, 10_000), it);
    assert_eq!(run(7, u32::MAX).draws, MOST_DRAWS);
}

#[tokio::test(start_paused = true)]
async fn the_first_draw_of_a_distribution_is_the_walk_that_is_told() {
    let world = World::friendly();
    for seed in 0..20 {
        let assumed = Assumed { seed, draws: 1, ..Assumed::default() };
        let it = on(&world, &everything(), &said(r#"{"plan":"paid"}"#), &assumed).expect("sound");
        let edges = it.distribution.expect("asked for").edges.into_iter();
        let mut taken: Vec<_> =
            edges.filter(|it| it.count == 1).map(|it| (it.element, it.output)).collect();
        let mut walked: Vec<_> = it
            .steps
            .into_iter()
            .filter(|it| it.to.is_some())
            .map(|it| (it.element, it.outcome))
            .collect();
        taken.sort();
        walked.sort();
        assert_eq!(taken, walked);
    }
}

#[tokio::test(start_paused = true)]
async fn a_sticky_split_draws_the_same_for_one_key_every_time() {
    let world = World::friendly();
    let assumed = Assumed { draws: 500, ..Assumed::default() };
    let it = on(&world, &everything(), &said(r#"{"user":"ann"}"#), &assumed).expect("sound");
    let edges = it.distribution.expect("asked for").edges;
    let counts: Vec<_> =
        edges.iter().filter(|it| it.element == "sticky").map(|it| it.count).collect();
    assert!(counts == [0, 500] || counts == [500, 0], "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_production_refuses_is_refused_with_its_words() {
    let world = World::friendly();
    let run = |sample: &Sample| {
        let Err(Unsound::Request { message, param }) =
            on(&world, &everything(), sample, &Assumed::default())
        else {
            panic!("a request that cannot be")
        };
        (message, param)
    };
    assert_eq!(run(&sample(&json!({"messages": 1}))).1, Some("messages"));
    assert_eq!(run(&said("[1]")).1, Some("cf-aig-metadata"));
    let mut timeout = sample(&hello());
    timeout.headers.insert("cf-aig-request-timeout", "soon".parse().expect("a header"));
    assert_eq!(run(&timeout).1, Some("cf-aig-request-timeout"));
    let mut stranger = sample(&hello());
    let other = access::Token { routes: Some(["other".to_owned()].into()), ..runner() };
    stranger.token = Some(Arc::new(other));
    assert!(run(&stranger).0.contains("may not call the route `r`"));
    let expired = access::Token { expires_at: Some(1), ..runner() };
    stranger.token = Some(Arc::new(expired));
    assert!(run(&stranger).0.contains("expired"));
}

#[tokio::test(start_paused = true)]
async fn metadata_of_the_token_overrides_that_of_the_request() {
    let world = World::friendly();
    let mut sample = said(r#"{"user":"mallory"}"#);
    sample.token = Some(Arc::new(of_user("ann")));
    let it = on(&world, &everything(), &sample, &Assumed::default()).expect("sound");
    let user = it.reads.iter().find(|it| it.field.to_string() == "metadata.user").expect("read");
    assert_eq!(user.value, Some(json!("ann")));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_in_the_route_cannot_be_assumed() {
    let world = World::friendly();
    let why = |assumed: &Assumed| {
        on(&world, &everything(), &sample(&hello()), assumed).expect_err("unsound").to_string()
    };
    for (element, output, says) in [
        ("nobody", "true", "no element `nobody`"),
        ("vip", "maybe", "it has `true`, `false`"),
        ("cap", "true", "`success` and `fallback`"),
        ("start", "next", "one way only"),
    ] {
        let why = why(&assuming(&[(element, output)]));
        assert!(why.contains(says), "{why}");
    }
    let down =
        Assumed { down: vec!["openai".to_owned(), "openai/nano".to_owned()], ..Assumed::default() };
    assert!(why(&down).contains("no model element of this route calls `openai/nano`"));
}

#[tokio::test(start_paused = true)]
async fn a_body_without_a_model_gets_the_name_of_the_route_and_any_format_is_read() {
    let world = World::friendly();
    let elements = json!([
        start("named"),
        when("named", json!({"body.model": "dynamic/r"}), "m", "end"),
        model("m", "openai/m", "end", ""),
        end(),
    ]);
    let run = |sample: &Sample| on(&world, &elements, sample, &Assumed::default()).expect("sound");
    assert_eq!(answer(&run(&sample(&hello()))), Some("m"));
    let mut named = hello();
    named["model"] = json!("dynamic/r@latest");
    assert_eq!(answer(&run(&sample(&named))), None);
    let responses = Sample { format: Format::Responses, ..sample(&json!({"input": "hi"})) };
    let it = run(&responses);
    assert_eq!(it.steps[2].model.as_ref().and_then(|it| it.format), Some(Format::Responses));
}

#[tokio::test(start_paused = true)]
async fn what_would_fail_without_asking_anybody_fails_as_in_production() {
    let elements = |name| with_spare(name, "openai/small");
    let mut alias = sample(&hello());
    alias.headers.insert("cf-aig-byok-alias", "nobody".parse().expect("a header"));
    let mut odd = hello();
    odd["logit_bias"] = json!({"1": 1});
    for (name, sample, header, body) in [
        ("groq/m", sample(&hello()), None, hello()),
        ("echo/echo-fail", sample(&hello()), None, hello()),
        ("anthropic/claude", sample(&odd), None, odd.clone()),
        ("openai/big", alias, Some(("cf-aig-byok-alias", "nobody")), hello()),
    ] {
        let world = World::friendly().deploy("r", &elements(name));
        let ask = world.chat("dynamic/r").with(body);
        let ask = header.into_iter().fold(ask, |ask, (name, value)| ask.header(name, value));
        let answer = ask.send().await;
        let it = on(&world, &elements(name), &sample, &Assumed::default()).expect("sound");
        let path: Vec<_> = it.steps.iter().map(|it| it.element.clone()).collect();
        let told = serde_json::from_str::<Vec<Value>>(&world.record().path).expect("JSON");
        let real: Vec<_> = told.iter().map(|it| it["element"].as_str().expect("text")).collect();
        assert_eq!(path, real, "{name}");
        assert_eq!((path[1].as_str(), it.steps[1].by), ("main", By::Gateway), "{name}");
        assert_eq!(it.status, answer.status.as_u16(), "{name}: {}", answer.text());
        let why = it.steps[1].model.as_ref().and_then(|it| it.failure.as_deref());
        assert!(why.is_some_and(|it| !it.is_empty()), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_elsewhere_are_not_missing() {
    let world = World::friendly();
    let catalog = world.proxy.catalog();
    let gateway = &catalog.gateways[&GatewayId::from("default")];
    let version = version(gateway, "r", "v1", &one_model("groq/m"));
    let ground = Ground {
        gateway,
        version: &version,
        name: "r",
        route: &route_id("r"),
        default_output_tokens: 4096,
        loopback: true,
        keys: Keys::Elsewhere,
    };
    let it = simulate(&ground, &sample(&hello()), &Assumed::default()).expect("sound");
    assert_eq!(answer(&it), Some("main"));
}
