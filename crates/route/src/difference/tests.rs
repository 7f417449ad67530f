//! Changes in words.

use super::*;
use serde_json::{Value, json};

fn graph() -> Value {
    json!([
        {"id": "in", "type": "start", "outputs": {"next": {"elementId": "ab"}}},
        {"id": "ab", "type": "percentage", "outputs": {"10%": {"elementId": "new"}, "else": {"elementId": "vip"}}},
        {"id": "vip", "type": "conditional", "properties": {"conditions": {"metadata.plan": "paid", "body.n": 1}},
         "outputs": {"true": {"elementId": "cap"}, "false": {"elementId": "old"}}},
        {"id": "cap", "type": "rate", "properties": {"limitType": "count", "limit": 100, "window": 60},
         "outputs": {"success": {"elementId": "old"}, "fallback": {"elementId": "new"}}},
        {"id": "old", "type": "model", "properties": {"provider": "openai", "model": "gpt-4o"},
         "outputs": {"success": {"elementId": "out"}}},
        {"id": "new", "type": "model", "properties": {"provider": "openai", "model": "gpt-5"},
         "outputs": {"success": {"elementId": "out"}}},
        {"id": "out", "type": "end"}
    ])
}

fn spec(elements: &Value) -> RouteSpec {
    RouteSpec::parse(&elements.to_string()).expect("a graph")
}

/// The sentences after a change of the graph.
fn told(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut after = graph();
    change(&mut after);
    difference(&spec(&graph()), &spec(&after)).iter().map(ToString::to_string).collect()
}

#[test]
fn what_no_walk_depends_on_is_no_change() {
    let none = told(|it| {
        let elements = it.as_array_mut().expect("a list");
        elements.reverse();
        elements[0]["x-position"] = json!([1, 2]);
        elements[4]["properties"]["conditions"] = json!({"body.n": 1, "metadata.plan": "paid"});
    });
    assert_eq!(none, [""; 0]);
}

#[test]
fn shares_that_grow_take_from_those_that_shrink() {
    let moved = told(|it| {
        it[1]["outputs"] = json!({"20%": {"elementId": "new"}, "else": {"elementId": "vip"}});
    });
    assert_eq!(moved, ["10% of traffic moves from `vip` to `new` (openai/gpt-5)"]);
    let three = told(|it| {
        it[1]["outputs"] = json!({"2.5%": {"elementId": "old"}, "5.25%": {"elementId": "new"},
            "else": {"elementId": "vip"}});
    });
    assert_eq!(
        three,
        [
            "2.5% of traffic moves from `new` (openai/gpt-5) to `old` (openai/gpt-4o)",
            "2.25% of traffic moves from `new` (openai/gpt-5) to `vip`"
        ]
    );
}

#[test]
fn a_split_behind_something_moves_a_part_of_what_reaches_it() {
    let before = |share: &str| {
        json!([
            {"id": "in", "type": "start", "outputs": {"next": {"elementId": "vip"}}},
            {"id": "vip", "type": "conditional", "properties": {"conditions": {"body.n": 1}},
             "outputs": {"true": {"elementId": "ab"}, "false": {"elementId": "out"}}},
            {"id": "ab", "type": "percentage", "outputs": {share: {"elementId": "out"}, "else": {"elementId": "end"}}},
            {"id": "out", "type": "end"},
            {"id": "end", "type": "end"}
        ])
    };
    let changes = difference(&spec(&before("50%")), &spec(&before("0%")));
    assert_eq!(changes[0].to_string(), "50% of what reaches `ab` moves from `out` to `end`");
    assert_eq!(changes.len(), 1);
    let json = serde_json::to_value(&changes[0]).expect("JSON");
    let expected = json!({"change": "moved", "element": "ab", "share": 5000, "all": false, "from": "`out`", "to": "`end`"});
    assert_eq!(json, expected);
}

#[test]
fn labels_alone_are_told_since_keys_stick_to_them() {
    let renamed = told(|it| {
        it[1]["outputs"] = json!({"10%:b": {"elementId": "new"}, "else": {"elementId": "vip"}});
    });
    assert_eq!(renamed, ["the outputs of `ab` are `10%:b`, `else` instead of `10%`, `else`"]);
}

#[test]
fn shares_that_are_none_are_told_as_outputs() {
    let broken = told(|it| {
        it[1]["outputs"] = json!({"10%": {"elementId": "old"}, "many": {"elementId": "vip"}});
    });
    assert_eq!(
        broken,
        [
            "`10%` of `ab` leads to `old` (openai/gpt-4o) instead of `new` (openai/gpt-5)",
            "`ab` has the output `many`, which leads to `vip`",
            "`ab` has no output `else` any more; it led to `vip`"
        ]
    );
}

#[test]
fn models_outputs_properties_and_elements_are_told() {
    let all = told(|it| {
        it[2]["properties"]["conditions"] = json!({"metadata.plan": "free"});
        it[3]["properties"]["limit"] = json!(200);
        it[3]["outputs"] = json!({"success": {"elementId": "old"}});
        it[4]["properties"]["model"] = json!("gpt-5-mini");
        it[4]["properties"]["retries"] = json!(2);
        it[4]["outputs"]["fallback"] = json!({"elementId": "spare"});
        it[6] = json!({"id": "out", "type": "rate"});
        it.as_array_mut().expect("a list").push(json!({"id": "spare", "type": "model",
            "properties": {"provider": "echo", "model": "echo"}}));
    });
    assert_eq!(
        all,
        [
            r#"`conditions` of `vip` is {"metadata.plan": "free"} instead of {"metadata.plan": "paid", "body.n": 1}"#,
            "`cap` has no output `fallback` any more; it led to `new` (openai/gpt-5)",
            "`limit` of `cap` is 200 instead of 100",
            "`old` has the output `fallback`, which leads to `spare` (echo/echo)",
            "`old` calls openai/gpt-5-mini instead of openai/gpt-4o",
            "`old` has `retries`: 2",
            "`out` is another element: a limit instead of an end",
            "`spare` is new: a call of echo/echo",
        ]
    );
    let gone = told(|it| {
        it.as_array_mut().expect("a list").remove(5);
    });
    assert_eq!(gone, ["`new` is gone: a call of openai/gpt-5"]);
}
