use super::{InForce, Owner, Rulebook};
use crate::bucket::Bucket;
use crate::catalog::{Dimension, GatewayLimits, Spend, SpendRule};
use limits::{Key, Rule, Technique};
use proptest::prelude::*;
use route::ids::GatewayId;
use route::{LimitType, OnUnavailable, OnUnknownPrice, Value};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

const RULE: Rule =
    Rule { limit: 5, window: Duration::from_secs(60), technique: Technique::Sliding };

fn element(field: &str) -> (Bucket, InForce) {
    let owner = Owner::Element {
        route: "r1".into(),
        name: "chat".into(),
        element: "quota".into(),
        version: None,
    };
    let limit =
        InForce { owner, counts: LimitType::Count, rule: RULE, key: Some(field.to_owned()) };
    (Bucket::of_parts(&["support", "r1", "quota", "count", field]), limit)
}

fn spend_rule() -> SpendRule {
    let partition = || Some(Dimension::Partition);
    SpendRule {
        id: "0a1b2c3d".into(),
        rule: RULE,
        model: partition(),
        provider: partition(),
        metadata: vec![
            ("plan".into(), Dimension::Filter(vec!["pro".into()])),
            ("team".into(), Dimension::Partition),
            ("user".into(), Dimension::Partition),
        ],
        on_unavailable: OnUnavailable::Closed,
        on_unknown_price: OnUnknownPrice::Refuse,
    }
}

fn book() -> Rulebook {
    let (bucket, limit) = element("metadata.user");
    let rule = spend_rule();
    let owner = Owner::Spend { id: rule.id.clone() };
    let spend = InForce { owner, counts: LimitType::Cost, rule: RULE, key: None };
    Rulebook {
        named: HashMap::from([(Box::from(&*bucket.shared().0), limit)]),
        spend: HashMap::from([(rule.id.clone(), (spend, Arc::new(rule)))]),
    }
}

fn value() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|it| Value::Number(it.into())),
        ".{0,300}".prop_map(|it| Value::Text(Cow::Owned(it))),
    ]
}

/// As JSON, and as it begins when it is cut.
fn json(it: Option<&Value<'_>>) -> serde_json::Value {
    match it {
        None => "".into(),
        Some(Value::Null) => serde_json::Value::Null,
        Some(Value::Bool(it)) => (*it).into(),
        Some(Value::Number(it)) => it.clone().into(),
        Some(Value::Text(it)) => it.clone().into(),
        Some(Value::Other(it)) => it.to_string().into(),
    }
}

fn is_told(part: &super::Part, value: Option<&Value<'_>>) -> bool {
    let whole = json(value);
    let text = match &whole {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(it) => it.clone(),
        other => other.to_string(),
    };
    match part.value.as_str().filter(|_| part.cut) {
        Some(beginning) => text.starts_with(beginning),
        None => !part.cut && part.value == whole,
    }
}

proptest! {
    #[test]
    fn the_value_that_chose_the_bucket_of_an_element_is_read_back(value in prop::option::of(value())) {
        let key = element("metadata.user").0.of(value.as_ref());
        let book = book();
        let found = book.find(&key.bounded()).expect("its limit is in force");
        prop_assert_eq!(found.parts.len(), 1);
        prop_assert_eq!(&found.parts[0].field, "metadata.user");
        prop_assert!(is_told(&found.parts[0], value.as_ref()), "{:?}", found.parts);
        prop_assert!(found.parts[0].cut == (key.0.len() > 256));
    }

    #[test]
    fn everything_that_chose_the_bucket_of_a_spend_rule_is_read_back(
        model in ".{0,200}",
        team in prop::option::of(value()),
        user in prop::option::of(value()),
    ) {
        let limits = GatewayLimits { rate: None, spend: vec![Arc::new(spend_rule())] };
        let gateway = GatewayId::from("support");
        let spend = Spend::of(&limits, &gateway, ("openai", Some(&model)));
        let key = spend[0].bucket(&[team.clone(), user.clone()]);
        let book = book();
        let found = book.find(&key.bounded()).expect("its rule is in force");
        let fields: Vec<_> = found.parts.iter().map(|it| &*it.field).collect();
        prop_assert_eq!(fields, ["model", "provider", "metadata.team", "metadata.user"]);
        let text = |it: &'static str| Some(Value::Text(Cow::Borrowed(it)));
        let values = [Some(Value::Text(Cow::Owned(model))), text("openai"), team, user];
        for (part, value) in found.parts.iter().zip(&values) {
            prop_assert!(is_told(part, value.as_ref()), "{part:?} {value:?}");
        }
    }

    #[test]
    fn no_bytes_are_too_odd_to_be_looked_at(bytes in prop::collection::vec(any::<u8>(), 0..260)) {
        let _ = book().find(&Key::new(bytes));
    }
}

#[test]
fn a_bucket_of_a_limit_that_is_no_more_belongs_to_none() {
    let book = book();
    for parts in [
        &["support", "r1", "quota", "cost", "metadata.user"][..],
        &["support", "r1", "quota", "count", "metadata.team"],
        &["support", "r2", "quota", "count", "metadata.user"],
        &["support", "", "ffffffff", "cost"],
        &["support", "", "0a1b2c3d", "cost"],
        &["support", "", "0a1b2c3d", "cost", "provider", "openai", "metadata", "user"],
        &["support", "", "0a1b2c3d", "key"],
        &["support", "", "", "count", ""],
    ] {
        assert!(book.find(&Bucket::of_parts(parts).of(None)).is_none(), "{parts:?}");
    }
}

#[test]
fn a_field_too_long_to_be_kept_whole_still_leads_to_its_limit() {
    let field = format!("metadata.{}", "x".repeat(300));
    let (bucket, limit) = element(&field);
    let mut book = book();
    book.named.insert(Box::from(&*bucket.shared().0), limit);
    let key = bucket.of(Some(&Value::Bool(true)));
    let found = book.find(&key.bounded()).expect("no other limit has such a field");
    assert!(found.parts[0].cut && found.parts[0].field == field);
    let (like, limit) = element(&format!("metadata.{}y", "x".repeat(299)));
    book.named.insert(Box::from(&*like.shared().0), limit);
    assert!(book.find(&key.bounded()).is_none(), "it may be of either");
}
