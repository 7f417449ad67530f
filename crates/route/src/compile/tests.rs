//! The rules of properties and graphs, case by case. That each code has its problem is shown by `docs/problems.md`.

use super::*;
use crate::graph::{LimitType, OnUnavailable, OnUnknownPrice, Technique};
use crate::problem::{Code, Severity};
use crate::testing::{Gateway, route};
use serde_json::{Value, json};
use std::time::Duration;

fn compiled(elements: &Value) -> Compiled {
    compile(&RouteSpec::parse(&elements.to_string()).expect("a graph"), &Gateway)
}

/// `code pointer` of every error and warning.
fn told(elements: &Value) -> Vec<String> {
    compiled(elements)
        .problems
        .iter()
        .map(|it| format!("{} {}", it.code.as_str(), it.pointer()))
        .collect()
}

/// start, the element, a model, end; the element's outputs are filled in.
fn around(mut element: Value) -> Value {
    element["id"] = "it".into();
    element["outputs"] = match element["type"].as_str() {
        Some("conditional") => json!({"true": {"elementId": "m"}, "false": {"elementId": "m"}}),
        _ => json!({"success": {"elementId": "m"}, "fallback": {"elementId": "m"}}),
    };
    json!([
        {"id": "in", "type": "start", "outputs": {"next": {"elementId": "it"}}},
        element,
        {"id": "m", "type": "model", "properties": {"provider": "openai", "model": "gpt"},
         "outputs": {"success": {"elementId": "out"}, "fallback": {"elementId": "out"}}},
        {"id": "out", "type": "end", "outputs": {}},
    ])
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "reads better at the many places where it is called"
)]
fn rate(properties: Value) -> Value {
    around(json!({"type": "rate", "properties": properties}))
}

/// A rate element with one property changed; `null` takes it away.
fn rate_with(name: &str, value: Value) -> Value {
    let mut properties = json!({"limitType": "count", "limit": 10, "window": 60});
    match value {
        Value::Null => drop(properties.as_object_mut().and_then(|it| it.remove(name))),
        some => properties[name] = some,
    }
    rate(properties)
}

fn model_with(name: &str, value: Value) -> Value {
    let mut properties = json!({"provider": "openai", "model": "gpt"});
    match value {
        Value::Null => drop(properties.as_object_mut().and_then(|it| it.remove(name))),
        some => properties[name] = some,
    }
    around(json!({"type": "model", "properties": properties}))
}

fn percentage(names: &[&str]) -> Value {
    let outputs: serde_json::Map<_, _> =
        names.iter().map(|it| ((*it).to_owned(), json!({"elementId": "m"}))).collect();
    let mut elements = around(json!({"type": "percentage"}));
    elements[1]["outputs"] = outputs.into();
    elements
}

#[test]
fn numbers_at_their_bounds_are_taken_and_beyond_them_refused() {
    let nothing: Vec<String> = Vec::new();
    let rates = [
        ("limit", json!(1), true),
        ("limit", json!(1e12), true),
        ("limit", json!(0), false),
        ("limit", json!(-1), false),
        ("limit", json!(1.5), false),
        ("limit", json!(1_000_000_000_001_u64), false),
        ("window", json!(1), true),
        ("window", json!(60.0), true),
        ("window", json!(31_622_400), true),
        ("window", json!(31_622_401), false),
        ("window", json!(0), false),
        ("window", json!(0.5), false),
    ];
    for (name, value, good) in rates {
        let expected = if good {
            nothing.clone()
        } else {
            vec![format!("out_of_range /elements/1/properties/{name}")]
        };
        assert_eq!(told(&rate_with(name, value.clone())), expected, "{name} {value}");
    }
    let models = [
        ("retries", json!(0), true),
        ("retries", json!(6), false),
        ("retries", json!(-1), false),
        ("retries", json!(0.5), false),
        ("timeout", json!(0), true),
        ("timeout", json!(300_000), true),
        ("timeout", json!(3_600_001), false),
        ("timeout", json!(-1), false),
        ("timeout", json!(1.5), false),
    ];
    for (name, value, good) in models {
        let expected = if good {
            nothing.clone()
        } else {
            vec![format!("out_of_range /elements/1/properties/{name}")]
        };
        assert_eq!(told(&model_with(name, value.clone())), expected, "{name} {value}");
    }
}

#[test]
fn dollars_become_nano_dollars_exactly() {
    let limit = |text: &str| {
        let text = rate(json!({"limitType": "cost", "limit": 7, "window": 60}))
            .to_string()
            .replace("\"limit\":7", &format!("\"limit\":{text}"));
        let compiled = compile(&RouteSpec::parse(&text).expect("a graph"), &Gateway);
        compiled.route.and_then(|it| it.quotas().first().map(|it| it.limit))
    };
    assert_eq!(limit("0.1"), Some(100_000_000));
    assert_eq!(limit("0.000000001"), Some(1));
    assert_eq!(limit("123456789.987654321"), Some(123_456_789_987_654_321));
    assert_eq!(limit("1e9"), Some(1_000_000_000_000_000_000));
    assert_eq!(limit("2.50"), Some(2_500_000_000));
    for text in ["0", "-1", "0.0000000001", "1000000000.000000001", "1e10"] {
        assert_eq!(limit(text), None, "{text}");
    }
}

#[test]
fn what_is_missing_or_ill_typed_is_told_in_the_words_of_the_original() {
    let messages = |elements: &Value| -> Vec<String> {
        compiled(elements)
            .problems
            .into_iter()
            .map(|it| format!("{}: {}", it.pointer(), it.message))
            .collect()
    };
    let place = "/elements/1/properties";
    assert_eq!(
        messages(&rate(json!({}))),
        ["limitType", "limit", "window"].map(|it| format!("{place}/{it}: Required"))
    );
    assert_eq!(
        messages(&model_with("provider", Value::Null)),
        [format!("{place}/provider: Required")]
    );
    assert_eq!(
        messages(&model_with("model", json!(5))),
        [format!("{place}/model: Expected string, received number")]
    );
    assert_eq!(
        messages(&rate_with("limit", json!("10"))),
        [format!("{place}/limit: Expected number, received string")]
    );
    assert_eq!(
        messages(&rate_with("key", json!(5))),
        [format!("{place}/key: Expected string, received number")]
    );
    let fault = "Invalid enum value. Expected 'count' | 'cost', received 'Count'";
    assert_eq!(
        messages(&rate_with("limitType", json!("Count"))),
        [format!("{place}/limitType: {fault}")]
    );
    let mut elements = rate_with("limit", json!(5));
    elements[1]["properties"] = json!([]);
    assert_eq!(
        messages(&elements).first(),
        Some(&format!("{place}: Expected object, received array"))
    );
    elements[1].as_object_mut().map(|it| it.remove("properties"));
    assert_eq!(
        messages(&elements),
        ["limitType", "limit", "window"].map(|it| format!("{place}/{it}: Required"))
    );
    for name in ["technique", "onUnknownPrice", "onUnavailable"] {
        assert_eq!(told(&rate_with(name, json!("x"))), [format!("invalid_value {place}/{name}")]);
        assert_eq!(told(&rate_with(name, json!(1))), [format!("wrong_type {place}/{name}")]);
    }
    assert_eq!(told(&model_with("model", json!(""))), [format!("invalid_value {place}/model")]);
}

#[test]
fn the_names_of_the_public_docs_mean_the_same() {
    let mut elements =
        rate(json!({"limitType": "count", "limit": 10, "interval": 60, "technique": "fixed"}));
    elements[1]["type"] = "rate_limit".into();
    let compiled = compiled(&elements);
    let made = compiled.route.expect("a good graph");
    let quota = made.quotas().first().expect("a limit");
    assert_eq!((quota.window, quota.technique), (Duration::from_secs(60), Technique::Fixed));
    assert_eq!(made.element_type(1), "rate");

    let old =
        around(json!({"type": "conditional", "properties": {"condition": {"metadata.a": 1}}}));
    assert_eq!(told(&old), Vec::<String>::new());
    let both = around(
        json!({"type": "conditional", "properties": {"condition": {"metadata.a": 1}, "conditions": {"metadata.a": 1}}}),
    );
    assert_eq!(told(&both), Vec::<String>::new());
    let differing = around(
        json!({"type": "conditional", "properties": {"condition": {"metadata.a": 2}, "conditions": {"metadata.a": 1}}}),
    );
    assert_eq!(told(&differing), ["conflicting_properties /elements/1/properties/condition"]);
    let wrong = rate(json!({"limitType": "count", "limit": 10, "interval": 0}));
    assert_eq!(told(&wrong), ["out_of_range /elements/1/properties/interval"]);
    let absent = around(json!({"type": "conditional", "properties": {"position": 1}}));
    assert_eq!(told(&absent), ["empty_condition /elements/1/properties/conditions"]);
}

#[test]
fn a_limit_says_all_that_was_written() {
    let elements = rate(
        json!({"key": "metadata.user", "limitType": "cost", "limit": 1, "window": 60, "onUnknownPrice": "allow", "onUnavailable": "open"}),
    );
    let made = compiled(&elements).route.expect("a good graph");
    let quota = made.quotas().first().expect("a limit");
    assert_eq!(quota.limit_type, LimitType::Cost);
    assert_eq!(quota.technique, Technique::Sliding);
    assert_eq!(quota.on_unknown_price, OnUnknownPrice::Allow);
    assert_eq!(quota.on_unavailable, Some(OnUnavailable::Open));
    assert_eq!(made.fields().map(ToString::to_string).collect::<Vec<_>>(), ["metadata.user"]);
    assert!(made.has_cost_quota());
    let made = compiled(&rate_with("key", json!(""))).route.expect("a good graph");
    assert_eq!(made.quotas().first().and_then(|it| it.key.clone()), None);
    assert!(!made.has_cost_quota());
}

#[test]
fn a_model_says_what_was_written_and_nothing_for_0() {
    let elements = json!([
        {"id": "in", "type": "start", "outputs": {"next": {"elementId": "a"}}},
        {"id": "a", "type": "model", "properties": {"provider": "openai", "model": "gpt", "timeout": 1500, "retries": 2}, "outputs": {"success": {"elementId": "out"}, "fallback": {"elementId": "b"}}},
        {"id": "b", "type": "model", "properties": {"provider": "echo", "model": "echo", "timeout": 0, "retries": 0}, "outputs": {"success": {"elementId": "out"}}},
        {"id": "out", "type": "end"},
    ]);
    let made = compiled(&elements).route.expect("a good graph");
    let said: Vec<_> = made
        .targets()
        .iter()
        .map(|it| (it.index, it.element, &*it.provider, it.timeout, it.retries))
        .collect();
    assert_eq!(
        said,
        [(0, 1, "openai", Some(Duration::from_millis(1500)), Some(2)), (1, 2, "echo", None, None)]
    );
}

#[test]
fn only_fields_that_something_reads_are_asked_for_once_each() {
    let mut elements = rate_with("key", json!("headers.X-User"));
    elements[0]["outputs"]["next"]["elementId"] = "if".into();
    elements.as_array_mut().expect("an array").push(json!({
        "id": "if", "type": "conditional", "outputs": {"true": {"elementId": "it"}, "false": {"elementId": "split"}},
        "properties": {"conditions": {"$or": [{"body.a[0]": 1}, {"$not": {"headers.x-user": "u"}}], "request.hour": {"$gt": 5}}},
    }));
    elements.as_array_mut().expect("an array").push(json!({
        "id": "split", "type": "percentage", "properties": {"key": "metadata.u"}, "outputs": {"100%": {"elementId": "it"}},
    }));
    let made = route(&elements.to_string());
    let mut fields: Vec<_> = made.fields().map(ToString::to_string).collect();
    fields.sort();
    assert_eq!(fields, ["body.a[0]", "headers.x-user", "metadata.u", "request.hour"]);
}

#[test]
fn shares_are_checked() {
    let good: Vec<&[&str]> = vec![
        &["100%"],
        &["50%", "50%:b"],
        &["10%", "else"],
        &["12.5%", "87.50%"],
        &["20%:a", "20%:b", "20%:c", "20%:d", "20%", "else"],
        &["33.33%:a", "33.33%:b", "33.34%"],
    ];
    for names in good {
        let told = told(&percentage(names));
        assert!(told.iter().all(|it| it.starts_with("never_taken")), "{names:?}: {told:?}");
    }
    let outputs = "/elements/1/outputs";
    assert_eq!(told(&percentage(&["else"])), Vec::<String>::new());
    assert_eq!(told(&percentage(&["99.99%"])), [format!("shares_total {outputs}")]);
    assert_eq!(told(&percentage(&["60%", "50%"])), [format!("shares_total {outputs}")]);
    assert_eq!(told(&percentage(&["60%", "50%", "else"])), [format!("shares_total {outputs}")]);
    assert_eq!(told(&percentage(&["100%", "else"])), [format!("never_taken {outputs}/else")]);
    assert_eq!(told(&percentage(&["100%", "0%"])), [format!("never_taken {outputs}/0%")]);
    assert_eq!(told(&percentage(&["12.345%", "else"])), [format!("bad_share {outputs}/12.345%")]);
    assert!(told(&percentage(&[])).contains(&format!("missing_output {outputs}")));
    let mut sticky = percentage(&["50%", "50%:b"]);
    sticky[1]["properties"] = json!({"key": "headers.authorization"});
    assert_eq!(told(&sticky), ["credential_field /elements/1/properties/key"]);
}

#[test]
fn everything_wrong_is_told_at_once_in_the_order_of_elements() {
    let elements = json!([
        {"id": "a", "type": "start", "outputs": {"next": {"elementId": "b"}, "x": {"elementId": "b"}}},
        {"id": "b", "type": "conditional", "properties": {"conditions": {"plan": {"$x": 1}}}, "outputs": {"true": {"elementId": "c"}}},
        {"id": "c", "type": "rate", "properties": {"limit": 0, "limitType": "cost", "window": "1"}, "outputs": {"success": {"elementId": "d"}}},
        {"id": "d", "type": "model", "properties": {"provider": "nobody", "retries": 9}, "outputs": {"success": {"elementId": "c"}, "fallback": {"elementId": "zzz"}}},
        {"id": "d", "type": "start"},
    ]);
    assert_eq!(
        told(&elements),
        [
            "no_end /elements",
            "unknown_output /elements/0/outputs/x",
            "missing_output /elements/1/outputs/false",
            "bad_field /elements/1/properties/conditions/plan",
            "unknown_operator /elements/1/properties/conditions/plan/$x",
            "out_of_range /elements/2/properties/limit",
            "wrong_type /elements/2/properties/window",
            "dangling_output /elements/3/outputs/fallback",
            "cycle /elements/3/outputs/success",
            "required /elements/3/properties/model",
            "out_of_range /elements/3/properties/retries",
            "unknown_provider /elements/3/properties/provider",
            "several_starts /elements/4/type",
            "duplicate_id /elements/4/id",
            "missing_output /elements/4/outputs/next",
            "unreachable /elements/4",
        ]
    );
}

#[test]
fn a_circle_is_written_out() {
    let model = |id: &str, to: &str| json!({"id": id, "type": "model", "properties": {"provider": "openai", "model": "gpt"}, "outputs": {"success": {"elementId": "out"}, "fallback": {"elementId": to}}});
    let elements = json!([
        {"id": "in", "type": "start", "outputs": {"next": {"elementId": "a"}}},
        model("a", "b"), model("b", "c"), model("c", "a"),
        {"id": "out", "type": "end"},
    ]);
    let problem = compiled(&elements)
        .problems
        .into_iter()
        .find(|it| it.code == Code::Cycle)
        .expect("a circle");
    assert!(problem.message.contains("a → b → c → a"), "{}", problem.message);
    assert_eq!(problem.element.as_deref(), Some("c"));
}

#[test]
fn a_graph_of_200_elements_is_taken_and_of_many_more_refused_quickly() {
    let chain = |length: usize| {
        let mut elements =
            vec![json!({"id": "0", "type": "start", "outputs": {"next": {"elementId": "1"}}})];
        for at in 1..length - 1 {
            let next = json!({"elementId": (at + 1).to_string()});
            elements.push(
                json!({"id": at.to_string(), "type": "percentage", "outputs": {"100%": next}}),
            );
        }
        elements.push(json!({"id": (length - 1).to_string(), "type": "end"}));
        Value::from(elements)
    };
    let made = route(&chain(200).to_string());
    assert_eq!(made.len(), 200);
    assert_eq!(told(&chain(201)), ["too_many_elements /elements"]);
    // no recursion: this many levels would not fit a stack
    assert_eq!(told(&chain(20_000)), ["too_many_elements /elements"]);
}

#[test]
fn a_long_list_of_problems_is_cut_and_says_so() {
    let elements = Value::from(vec![
        json!({"id": "", "type": "end", "outputs": {"x": {"elementId": "y"}}});
        3_000
    ]);
    let problems = compiled(&elements).problems;
    assert_eq!(problems.len(), 2_001);
    assert_eq!(problems.last().map(|it| it.code), Some(Code::MoreProblems));
}

#[test]
fn waiting_is_summed_over_the_longest_path_only() {
    let model = |id: &str, timeout: u64, retries: u64, to: &str| {
        json!({"id": id, "type": "model", "properties": {"provider": "openai", "model": "gpt", "timeout": timeout, "retries": retries},
               "outputs": {"success": {"elementId": "out"}, "fallback": {"elementId": to}}})
    };
    let graph = |last: u64| {
        json!([
            {"id": "in", "type": "start", "outputs": {"next": {"elementId": "s"}}},
            {"id": "s", "type": "percentage", "outputs": {"50%": {"elementId": "a"}, "50%:b": {"elementId": "b"}}},
            model("a", 0, 3, "c"), model("b", 300_000, 0, "c"), model("c", last, 0, "out"),
            {"id": "out", "type": "end"},
        ])
    };
    // 4 × 120 s + 120 s are 10 minutes, and not beyond them
    assert_eq!(told(&graph(120_000)), Vec::<String>::new());
    let problems = compiled(&graph(120_001)).problems;
    assert_eq!(problems.iter().map(|it| it.code).collect::<Vec<_>>(), [Code::SlowPath]);
    assert!(problems.iter().any(|it| it.message.contains("(a → c)")), "{problems:?}");
}

#[test]
fn a_kind_of_request_is_warned_of_when_every_model_is_known_not_to_serve_it() {
    let model = |id: &str, name: &str, to: &str| {
        json!({"id": id, "type": "model", "properties": {"provider": "openai", "model": name},
               "outputs": {"success": {"elementId": "out"}, "fallback": {"elementId": to}}})
    };
    let graph = |first: &str, second: &str| {
        json!([
            {"id": "in", "type": "start", "outputs": {"next": {"elementId": "a"}}},
            model("a", first, "b"), model("b", second, "out"),
            {"id": "out", "type": "end"},
        ])
    };
    let warned = |elements: &Value| -> Vec<_> {
        let problems = compiled(elements).problems;
        assert!(problems.iter().all(|it| it.code == Code::CannotServe), "{problems:?}");
        problems.into_iter().map(|it| it.message).collect()
    };
    assert_eq!(
        warned(&graph("plain-1", "blind-1")),
        [
            "Requests with images will fail: no model of this route can serve them (`openai/blind-1`, `openai/plain-1`)."
        ]
    );
    assert_eq!(warned(&graph("plain-1", "plain-1")).len(), 4, "one for each kind");
    assert_eq!(warned(&graph("plain-1", "gpt")), Vec::<String>::new(), "the fallback may");
    let mut beside = graph("plain-1", "gpt");
    beside[1]["outputs"]["fallback"]["elementId"] = "out".into();
    let codes: Vec<_> = compiled(&beside).problems.iter().map(|it| it.code).collect();
    assert_eq!(codes.iter().filter(|it| **it == Code::CannotServe).count(), 4, "{codes:?}");
    let mut other = graph("plain-1", "plain-1");
    other[2]["properties"]["provider"] = "anthropic".into();
    let codes: Vec<_> = compiled(&other).problems.iter().map(|it| it.code).collect();
    assert_eq!(codes, [Code::UnsupportedProvider], "nobody knows what it can");
}

#[test]
fn a_budget_is_warned_of_models_without_price_behind_it_only() {
    let graph = |price: Option<&str>, behind: &str, beside: &str| {
        let mut elements = rate(json!({"limitType": "cost", "limit": 1, "window": 60}));
        if let Some(price) = price {
            elements[1]["properties"]["onUnknownPrice"] = price.into();
        }
        elements[2]["properties"]["model"] = behind.into();
        elements[1]["outputs"]["fallback"]["elementId"] = "n".into();
        let mut other = elements[2].clone();
        other["id"] = "n".into();
        other["properties"]["model"] = beside.into();
        elements.as_array_mut().expect("an array").push(other);
        elements
    };
    assert_eq!(told(&graph(None, "unpriced", "gpt")), ["budget_without_price /elements/1"]);
    assert_eq!(
        told(&graph(Some("allow"), "unpriced", "gpt")),
        ["budget_without_price /elements/1"]
    );
    assert_eq!(told(&graph(None, "gpt", "unpriced")), Vec::<String>::new());
}

#[test]
fn warnings_refuse_nothing() {
    let elements = json!([
        {"id": "in", "type": "start", "outputs": {"next": {"elementId": "m"}}},
        {"id": "m", "type": "model", "properties": {"provider": "keyless", "model": "unheard", "timeout": 3_600_000, "retries": 5}, "outputs": {"success": {"elementId": "out"}}},
        {"id": "alone", "type": "conditional", "properties": {"conditions": {"metadata.a": {"$in": []}}}, "outputs": {"true": {"elementId": "out"}, "false": {"elementId": "out"}}},
        {"id": "out", "type": "end"},
    ]);
    let compiled = compiled(&elements);
    assert!(compiled.route.is_some());
    assert_eq!(compiled.problems.len(), 6);
    assert!(compiled.problems.iter().all(|it| it.severity() == Severity::Warning));
}

#[test]
fn patterns_are_bounded_over_the_whole_route() {
    let graph = |each: &[usize]| {
        let mut elements = vec![
            json!({"id": "in", "type": "start", "outputs": {"next": {"elementId": "0"}}}),
            json!({"id": "m", "type": "model", "properties": {"provider": "openai", "model": "gpt"}, "outputs": {"success": {"elementId": "out"}, "fallback": {"elementId": "out"}}}),
            json!({"id": "out", "type": "end"}),
        ];
        for (at, patterns) in each.iter().enumerate() {
            let next = if at + 1 < each.len() { (at + 1).to_string() } else { "m".to_owned() };
            let any: Vec<_> = (0..*patterns)
                .map(|it| json!({"metadata.a": {"$regex": it.to_string()}}))
                .collect();
            elements.push(json!({"id": at.to_string(), "type": "conditional", "properties": {"conditions": {"$or": any}},
                "outputs": {"true": {"elementId": next}, "false": {"elementId": "m"}}}));
        }
        Value::from(elements)
    };
    assert_eq!(told(&graph(&[120, 80])), Vec::<String>::new());
    assert_eq!(
        told(&graph(&[120, 81])),
        ["large_condition /elements/4/properties/conditions/$or/80/metadata.a/$regex"]
    );
}

#[test]
fn of_a_limit_that_counts_nothing_known_only_the_type_is_told() {
    let missing = "required /elements/1/properties/limitType";
    for limit in [json!(0.5), json!(100_000_000_000_u64)] {
        assert_eq!(told(&rate(json!({"limit": limit, "window": 60}))), [missing], "{limit}");
    }
    let text = rate(json!({"limit": "5", "window": 60}));
    assert_eq!(told(&text), [missing, "wrong_type /elements/1/properties/limit"]);
}
