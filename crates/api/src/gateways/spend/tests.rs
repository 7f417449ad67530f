use super::{Dimension, Spend, SpendRule};
use crate::problem::Entry;
use route::{OnUnavailable, OnUnknownPrice, Technique};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::time::Duration;

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn problems(value: &Value) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    Spend::read(&raw(&value.to_string()), &mut problems);
    problems.iter().map(told).collect()
}

/// Pointer and message.
fn told(it: &Entry) -> (String, String) {
    let it = serde_json::to_value(it).unwrap();
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    (text(&it["source"]["pointer"]), text(&it["message"]))
}

fn rules(text: &str) -> Vec<SpendRule> {
    let (raw, mut problems) = (raw(text), Vec::new());
    let mut spend = Spend::read(&raw, &mut problems);
    spend.name(&[]);
    assert!(problems.is_empty(), "{problems:?}");
    spend.all()
}

/// Ids after writing `after` over `before`, both rules without their enclosing object.
fn named(before: &Value, after: &Value) -> Vec<String> {
    let before = rules(&json!({"rules": before}).to_string());
    let (raw, mut problems) = (raw(&json!({"rules": after}).to_string()), Vec::new());
    let mut spend = Spend::read(&raw, &mut problems);
    spend.name(&before);
    assert!(problems.is_empty(), "{problems:?}");
    spend.all().into_iter().map(|it| it.id).collect()
}

fn rule(id: Option<&str>, limit: u32, window: u32, more: Value) -> Value {
    let mut rule = json!({"limit": limit, "limitType": "cost", "window": window});
    if let Some(id) = id {
        rule["id"] = json!(id);
    }
    let (Value::Object(rule), Value::Object(more)) = (&mut rule, more) else { panic!("objects") };
    rule.extend(more);
    Value::Object(rule.clone())
}

#[test]
fn a_rule_means_what_it_says() {
    let text = r#"{"rules": [{"id": "0a1b2c3d", "limit": 0.000000001, "limitType": "cost", "window": 60, "technique": "fixed",
        "model": {"mode": "filter", "values": ["gpt-5", "openai/gpt-4o"]}, "provider": {"mode": "partition"},
        "metadata": {"user": {"mode": "partition"}, "team": {"mode": "filter", "values": ["red"]}}, "onUnavailable": "open", "onUnknownPrice": "allow"}]}"#;
    let filter =
        |values: &[&str]| Dimension::Filter(values.iter().map(|it| (*it).to_owned()).collect());
    let expected = SpendRule {
        id: "0a1b2c3d".to_owned(),
        limit: 1,
        window: Duration::from_secs(60),
        technique: Technique::Fixed,
        model: Some(filter(&["gpt-5", "openai/gpt-4o"])),
        provider: Some(Dimension::Partition),
        metadata: vec![
            ("team".to_owned(), filter(&["red"])),
            ("user".to_owned(), Dimension::Partition),
        ],
        on_unavailable: OnUnavailable::Open,
        on_unknown_price: OnUnknownPrice::Allow,
    };
    assert_eq!(rules(text), [expected]);
}

#[test]
fn what_is_left_out_is_sliding_closed_and_refuses_unknown_prices() {
    let it = &rules(r#"{"rules": [{"limit": 1e2, "limit_type": "cost", "window": 3600}]}"#)[0];
    assert_eq!((it.limit, it.technique), (100_000_000_000, Technique::Sliding));
    assert_eq!(
        (it.on_unavailable, it.on_unknown_price),
        (OnUnavailable::Closed, OnUnknownPrice::Refuse)
    );
    assert!(it.model.is_none() && it.provider.is_none() && it.metadata.is_empty());
}

#[test]
fn everything_wrong_is_told_with_its_place() {
    let at = problems(&json!({"enabled": 1, "budget": 3, "rules": [
        {"id": "xyz", "enabled": "yes", "limit": 0, "limitType": "tokens", "window": 1.5, "technique": "rolling"},
        {"model": "gpt", "provider": {"values": ["a"]}, "metadata": {"": {"mode": "partition"}, "u": {"mode": "partition", "values": []}}},
        {"limit": "5", "limitType": "cost", "window": 60, "models": {}, "provider": {"mode": "filter", "values": []},
         "model": {"mode": "filter", "values": ["", 7, "gpt"]}, "metadata": {"a": {"mode": "filter"}}, "onUnavailable": "ajar", "onUnknownPrice": true},
        "rule"
    ]}));
    let places: Vec<_> =
        at.iter().map(|(place, _)| place.trim_start_matches("/spend_limits")).collect();
    assert_eq!(
        places,
        [
            "/budget",
            "/enabled",
            "/rules/0/id",
            "/rules/0/enabled",
            "/rules/0/limitType",
            "/rules/0/limit",
            "/rules/0/window",
            "/rules/0/technique",
            "/rules/1/limitType",
            "/rules/1/limit",
            "/rules/1/window",
            "/rules/1/model",
            "/rules/1/provider/mode",
            "/rules/1/metadata/",
            "/rules/1/metadata/u/values",
            "/rules/2/models",
            "/rules/2/limit",
            "/rules/2/model/values/0",
            "/rules/2/model/values/1",
            "/rules/2/provider/values",
            "/rules/2/metadata/a/values",
            "/rules/2/onUnavailable",
            "/rules/2/onUnknownPrice",
            "/rules/3",
        ]
    );
    insta::assert_snapshot!(at.iter().map(|(_, it)| it.as_str()).collect::<Vec<_>>().join("\n"));
}

#[test]
fn there_are_twenty_rules_at_most_and_no_id_twice() {
    let many = |count: usize| json!({"rules": vec![rule(None, 1, 60, json!({})); count]});
    assert!(problems(&many(20)).is_empty());
    assert_eq!(problems(&many(21))[0].0, "/spend_limits/rules");
    let twice = json!({"rules": [rule(Some("00000001"), 1, 60, json!({})), rule(Some("00000001"), 2, 60, json!({}))]});
    assert_eq!(
        problems(&twice),
        [(
            "/spend_limits/rules/1/id".to_owned(),
            "the id `00000001` is given to more than one rule".to_owned()
        )]
    );
    let amounts = ["1000000000", "1e9", "1000000000.000000001", "0.0000000001", "-1", "1e400"];
    let refused = amounts.map(|it| {
        let mut problems = Vec::new();
        let text =
            format!(r#"{{"rules": [{{"limit": {it}, "limitType": "cost", "window": 60}}]}}"#);
        Spend::read(&raw(&text), &mut problems);
        problems.len()
    });
    assert_eq!(refused, [0, 0, 1, 1, 1, 1]);
}

#[test]
fn what_was_written_is_kept_to_the_letter_and_filled_up() {
    let text = r#"{"rules": [{"window":60, "limit" : 10.50,"limit_type":"cost"  }, {"id":"0000000a","enabled":false,"technique":"fixed","limit":1,"limitType":"cost","window":1}]}"#;
    let (raw, mut problems) = (raw(text), Vec::new());
    let mut spend = Spend::read(&raw, &mut problems);
    spend.name(&[]);
    let id = spend.rules[0].rule.id.clone();
    let kept = spend.json().unwrap();
    assert_eq!(
        kept.get(),
        format!(
            r#"{{"enabled":true,"rules":[{{"window":60, "limit" : 10.50,"limit_type":"cost","id":"{id}","enabled":true,"technique":"sliding"}},{{"id":"0000000a","enabled":false,"technique":"fixed","limit":1,"limitType":"cost","window":1}}]}}"#
        )
    );
    // Reading it again changes nothing.
    let mut again = Spend::read(&kept, &mut problems);
    again.name(&[]);
    assert_eq!(again.json().unwrap().get(), kept.get());
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(again.in_force().len(), 1);
}

#[test]
fn a_member_that_is_null_is_filled_up_and_stands_there_once() {
    let text =
        r#"{"rules": [{"window":60,"id":null,"limit":1.50,"enabled": null,"limitType":"cost"}]}"#;
    let (raw, mut problems) = (raw(text), Vec::new());
    let mut spend = Spend::read(&raw, &mut problems);
    spend.name(&[]);
    let kept = spend.json().unwrap();
    for name in ["\"id\"", "\"enabled\":true,\"tech", "\"limit\":1.50", "\"window\":60"] {
        assert_eq!(kept.get().matches(name).count(), 1, "{name}: {kept}");
    }
    assert!(!kept.get().contains("null"), "{kept}");
}

#[test]
fn a_rule_without_an_id_keeps_the_one_it_had() {
    let user = json!({"metadata": {"user": {"mode": "partition"}}});
    let before = json!([
        rule(Some("0000000a"), 5, 60, json!({})),
        rule(Some("0000000b"), 9, 3600, json!({})),
        rule(Some("0000000c"), 1, 60, user.clone())
    ]);
    // Another order, other limits; the same scope, told apart by the window.
    let after = json!([
        rule(None, 2, 60, user),
        rule(None, 8, 3600, json!({})),
        rule(None, 6, 60, json!({}))
    ]);
    assert_eq!(named(&before, &after), ["0000000c", "0000000b", "0000000a"]);
    // Another window of the same scope.
    assert_eq!(named(&before, &json!([rule(None, 5, 120, json!({}))])), ["0000000a"]);
    // One that is taken is not given again, whoever takes it.
    let taken = named(
        &before,
        &json!([
            rule(None, 5, 60, json!({})),
            rule(Some("0000000a"), 5, 60, json!({})),
            rule(None, 5, 60, json!({}))
        ]),
    );
    assert_eq!(taken[..2], ["0000000b", "0000000a"]);
    assert!(!["0000000a", "0000000b", "0000000c"].contains(&taken[2].as_str()));
}

#[test]
fn new_rules_get_different_ids_which_do_not_depend_on_chance() {
    let two = json!([
        rule(None, 5, 60, json!({})),
        rule(None, 7, 60, json!({})),
        rule(None, 7, 61, json!({}))
    ]);
    let ids = named(&json!([]), &two);
    assert_eq!(ids, named(&json!([]), &two));
    assert!(
        ids.iter().all(|it| it.len() == 8 && it.bytes().all(|it| it.is_ascii_hexdigit())),
        "{ids:?}"
    );
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
}
