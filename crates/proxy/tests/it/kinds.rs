//! Every kind of refusal by a limit names the limit, its key value, its window, what is left, when it resets, and when to come again.
use crate::elements::{end, model, rate, start};
use crate::world::{Answer, World, cents, requests};
use ::limits::Technique;
use proxy::RefusalKind;
use proxy::catalog::{Dimension, GatewayLimits, RateLimit, SpendRule};
use route::OnUnavailable;
use serde_json::{Value, json};
use testkit::Script;

/// What `pointsman.limit` has, whatever refused.
const MEMBERS: [&str; 13] = [
    "kind",
    "element",
    "rule",
    "type",
    "key",
    "value",
    "provider",
    "model",
    "limit",
    "remaining",
    "window",
    "technique",
    "reset_at",
];

/// A refusal brought about, and what must be told of it.
struct Case {
    name: &'static str,
    kind: RefusalKind,
    world: World,
    /// Requests before the one that is refused.
    before: usize,
    model: &'static str,
    status: u16,
    code: u64,
    /// Members of `pointsman.limit` besides those that every kind has.
    limit: Value,
}

/// A world whose `gpt` costs a cent a token in and two cents a token out.
fn priced(world: World) -> World {
    world.price("gpt", 10_000_000_000, 20_000_000_000)
}

fn answering() -> World {
    priced(World::playing([Script::completion("x")]))
}

fn limited(properties: Value) -> Value {
    json!([
        start("quota"),
        rate("quota", properties, "main", ""),
        model("main", "openai/gpt", "end", ""),
        end()
    ])
}

/// One request a minute of each user, with these properties besides.
fn count(more: Value) -> Value {
    limited(with(
        json!({"limitType": "count", "key": "metadata.user", "limit": 1, "window": 60}),
        more,
    ))
}

fn cost() -> Value {
    limited(json!({"limitType": "cost", "limit": 0.4, "window": 60, "technique": "fixed"}))
}

/// The members of both; those of `more` win.
fn with(mut all: Value, more: Value) -> Value {
    let (Value::Object(members), Value::Object(more)) = (&mut all, more) else { panic!("objects") };
    members.extend(more);
    all
}

/// What is told of the limit that [`count`] makes.
fn of_count(more: Value) -> Value {
    let usual = json!({"element": "quota", "rule": null, "key": "metadata.user", "value": "ada", "type": "count",
        "limit": 1, "remaining": 0, "window": 60, "technique": "sliding"});
    with(usual, more)
}

/// What is told of the spend rule `0000000a` of 40 cents an hour.
fn of_rule(more: Value) -> Value {
    let usual = json!({"element": null, "rule": "0000000a", "type": "cost", "key": null, "value": null, "provider": "openai", "model": "gpt",
        "limit": "0.4", "remaining": "0.21", "window": 3600, "technique": "fixed"});
    with(usual, more)
}

/// A refusal of the second request through a route, unless the case says otherwise.
fn case(kind: RefusalKind, name: &'static str, world: World, limit: Value) -> Case {
    let (status, code) = (429, 2045);
    Case { name, kind, world, before: 1, model: "dynamic/r", status, code, limit }
}

/// One of each kind; the compiler asks for a new one.
fn cases(kind: RefusalKind) -> Vec<Case> {
    match kind {
        RefusalKind::Count => vec![route_count(kind)],
        RefusalKind::Cost => vec![route_cost(kind)],
        RefusalKind::GatewayRate => vec![gateway_rate(kind)],
        RefusalKind::Spend => spend_cases(kind),
        RefusalKind::Full => {
            let known = json!({"retry_after": 1});
            uncounted(
                kind,
                || World::with_buckets(0),
                (of_count(known), of_rule(json!({"remaining": "0"}))),
            )
        }
        RefusalKind::Unavailable => {
            let unknown = json!({"remaining": null, "reset_at": null, "retry_after": 1});
            uncounted(kind, World::without_counters, (of_count(unknown.clone()), of_rule(unknown)))
        }
        RefusalKind::PriceUnknown => unpriced(kind),
    }
}

fn route_count(kind: RefusalKind) -> Case {
    let world = answering().deploy("r", &count(json!({})));
    let told = of_count(json!({"reset_at": 1_795_392_060_000_u64, "retry_after": 60}));
    Case { code: 2003, ..case(kind, "route count", world, told) }
}

fn route_cost(kind: RefusalKind) -> Case {
    let told = json!({"element": "quota", "rule": null, "key": null, "value": null, "type": "cost", "limit": "0.4",
        "remaining": "0.21", "window": 60, "technique": "fixed", "reset_at": 1_795_392_060_000_u64, "retry_after": 60});
    case(kind, "route cost", answering().deploy("r", &cost()), told)
}

fn gateway_rate(kind: RefusalKind) -> Case {
    let world = answering()
        .limit(|id| GatewayLimits { rate: Some(requests(id, 1, 60)), spend: Vec::new() });
    let told = json!({"element": null, "rule": null, "key": null, "value": null, "type": "count", "limit": 1, "remaining": 0,
        "window": 60, "technique": "fixed", "reset_at": 1_795_392_060_000_u64, "retry_after": 60});
    Case { code: 2003, model: "openai/gpt", ..case(kind, "gateway rate", world, told) }
}

/// Closed limits of requests, an element's and the gateway's, and a spend rule, none of which can count.
fn uncounted(kind: RefusalKind, make: fn() -> World, (element, rule): (Value, Value)) -> Vec<Case> {
    let route = priced(make()).deploy("r", &count(json!({"onUnavailable": "closed"})));
    let ruled = priced(make()).spend([cents("0000000a", 40)]);
    let closed = make().limit(|id| {
        let rate = RateLimit::new(id, requests(id, 1, 60).rule, OnUnavailable::Closed);
        GatewayLimits { rate: Some(rate), spend: Vec::new() }
    });
    let gateway = with(
        element.clone(),
        json!({"element": null, "key": null, "value": null, "technique": "fixed"}),
    );
    vec![
        Case {
            before: 0,
            code: 2003,
            model: "openai/gpt",
            ..case(kind, "uncounted gateway", closed, gateway)
        },
        Case { before: 0, code: 2003, ..case(kind, "uncounted element", route, element) },
        Case { before: 0, model: "openai/gpt", ..case(kind, "uncounted rule", ruled, rule) },
    ]
}

fn unpriced(kind: RefusalKind) -> Vec<Case> {
    let unknown = json!({"remaining": null, "reset_at": null, "retry_after": 60});
    let element = json!({"element": "quota", "rule": null, "limit": "0.4", "type": "cost"});
    let route = World::friendly().deploy("r", &cost());
    let ruled = World::friendly().spend([cents("0000000a", 40)]);
    let failed = |case: Case| Case { before: 0, status: 502, code: 2005, ..case };
    vec![
        failed(case(kind, "unpriced element", route, with(element, unknown.clone()))),
        failed(Case {
            model: "openai/gpt",
            ..case(kind, "unpriced rule", ruled, of_rule(unknown))
        }),
    ]
}

fn spend_cases(kind: RefusalKind) -> Vec<Case> {
    let filter = |it: &str| Some(Dimension::Filter(vec![it.into()]));
    let part = || Some(Dimension::Partition);
    let rule = || cents("0000000a", 40);
    let spend = |name, rule: SpendRule, told: Value| {
        let usual = json!({"reset_at": 1_795_395_600_000_u64, "retry_after": 3600});
        let case = case(kind, name, answering().spend([rule]), of_rule(with(usual, told)));
        Case { model: "openai/gpt", ..case }
    };
    let key = |key: &str, value: &str| json!({"key": key, "value": value});
    let mut sliding = rule();
    sliding.rule.technique = Technique::Sliding;
    vec![
        spend("plain", rule(), json!({})),
        spend("sliding", sliding, json!({"technique": "sliding"})),
        spend("filtered by model", SpendRule { model: filter("gpt"), ..rule() }, json!({})),
        spend(
            "filtered by provider",
            SpendRule { provider: filter("openai"), ..rule() },
            json!({}),
        ),
        spend(
            "filtered by metadata",
            SpendRule {
                metadata: vec![("user".into(), filter("ada").expect("a filter"))],
                ..rule()
            },
            json!({}),
        ),
        spend("partitioned by model", SpendRule { model: part(), ..rule() }, key("model", "gpt")),
        spend(
            "partitioned by provider",
            SpendRule { provider: part(), ..rule() },
            key("provider", "openai"),
        ),
        spend(
            "partitioned by metadata",
            SpendRule { metadata: vec![("user".into(), Dimension::Partition)], ..rule() },
            key("metadata.user", "ada"),
        ),
        spend(
            "partitioned by a missing value",
            SpendRule { metadata: vec![("team".into(), Dimension::Partition)], ..rule() },
            json!({"key": "metadata.team", "value": null}),
        ),
        spend(
            "partitioned by everything",
            SpendRule {
                model: part(),
                provider: part(),
                metadata: vec![("user".into(), Dimension::Partition)],
                ..rule()
            },
            key("model, provider, metadata.user", "gpt, openai, ada"),
        ),
    ]
}

async fn ask(world: &World, model: &str) -> Answer {
    let ask = world.chat(model).with(json!({"max_tokens": 10}));
    ask.header("cf-aig-metadata", r#"{"user": "ada"}"#).send().await
}

async fn check(case: &Case) {
    let Case { name, world, model, .. } = case;
    for _ in 0..case.before {
        assert_eq!(ask(world, model).await.status, 200, "{name}");
    }
    world.records();
    let sent = world.upstream.seen().len();
    let refused = ask(world, model).await;
    assert_eq!(world.upstream.seen().len(), sent, "{name}: nothing is sent");
    is_told(case, &refused);
    is_counted(case);
}

/// In the response: status, code, headers, message, members.
fn is_told(case: &Case, refused: &Answer) {
    let Case { name, kind, status, code, limit, .. } = case;
    let (found, number, message) = refused.error();
    assert_eq!((found, number), (*status, *code), "{name}: {}", refused.text());
    assert_eq!(refused.json()["errors"][0]["message"], message);
    assert_eq!(refused.header("x-should-retry"), "false", "{name}");
    let told = refused.json()["pointsman"]["limit"].clone();
    assert_eq!(told["kind"], kind.as_str(), "{name}");
    for (member, value) in limit.as_object().expect("an object") {
        assert_eq!(told[member], *value, "{name}: {member} of {told}");
    }
    for member in MEMBERS {
        assert!(told.get(member).is_some(), "{name}: {member} of {told}");
    }
    assert_eq!(refused.header("retry-after"), told["retry_after"].to_string(), "{name}");
    assert_ne!(refused.header("retry-after"), "0", "{name}");
    let who = told["rule"].as_str().or(told["element"].as_str()).unwrap_or("default");
    assert!(message.contains(who), "{name}: {message}");
}

/// In the log and among the metrics.
fn is_counted(Case { name, kind, world, .. }: &Case) {
    let cause = world.record().cause.expect("a cause");
    assert!(cause.ends_with(kind.as_str()), "{name}: {cause}");
    let counted = format!("pointsman_limit_refusals_total{{kind=\"{}\"}} 1", kind.as_str());
    assert!(world.metrics.encode().contains(&counted), "{name}");
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_refusal_names_everything_and_says_when_to_come_again() {
    for kind in RefusalKind::ALL {
        let cases = cases(kind);
        assert!(!cases.is_empty(), "{kind:?}");
        for case in cases {
            check(&case).await;
        }
    }
}

#[test]
fn kinds_have_different_names() {
    let names: std::collections::BTreeSet<_> = RefusalKind::ALL.map(RefusalKind::as_str).into();
    assert_eq!(names.len(), RefusalKind::ALL.len());
}
