//! What a cost limit reserves.

use crate::gateway::route;

/// A limit whose `success` leads into a graph of models that cost what their names say.
fn hold(models: &[(&str, &str, Option<&str>)]) -> u64 {
    let mut elements = vec![
        r#"{"id":"in","type":"start","outputs":{"next":{"elementId":"before"}}}"#.to_owned(),
        model("before", "limit", Some("limit")),
        r#"{"id":"limit","type":"rate","properties":{"limitType":"cost","limit":1,"window":60},
            "outputs":{"success":{"elementId":"100"},"fallback":{"elementId":"7000"}}}"#
            .to_owned(),
        model("7000", "out", None),
        r#"{"id":"out","type":"end"}"#.to_owned(),
    ];
    elements.extend(models.iter().map(|(id, success, fallback)| model(id, success, *fallback)));
    let route = route(&format!("[{}]", elements.join(",")));
    let quota = route.quotas().first().expect("a limit");
    route.hold(quota, &mut |it| it.model.parse().unwrap_or(1_000_000))
}

fn model(id: &str, success: &str, fallback: Option<&str>) -> String {
    let fallback =
        fallback.map(|it| format!(r#","fallback":{{"elementId":"{it}"}}"#)).unwrap_or_default();
    format!(
        r#"{{"id":"{id}","type":"model","properties":{{"provider":"openai","model":"{id}"}},
            "outputs":{{"success":{{"elementId":"{success}"}}{fallback}}}}}"#
    )
}

#[test]
fn one_model_is_held_once() {
    assert_eq!(hold(&[("100", "out", None)]), 100);
}

#[test]
fn a_fallback_is_held_instead_of_the_model_before_it() {
    assert_eq!(hold(&[("100", "out", Some("250")), ("250", "out", None)]), 250);
    assert_eq!(hold(&[("100", "out", Some("30")), ("30", "out", None)]), 100);
}

#[test]
fn models_that_succeed_one_after_the_other_are_held_together() {
    assert_eq!(
        hold(&[
            ("100", "20", Some("150")),
            ("20", "3", None),
            ("3", "out", None),
            ("150", "out", None)
        ]),
        150
    );
    assert_eq!(
        hold(&[
            ("100", "20", Some("22")),
            ("20", "3", None),
            ("3", "out", None),
            ("22", "3", None)
        ]),
        123
    );
}

#[test]
fn a_hold_beyond_64_bits_stays_at_the_most() {
    let most = "18446744073709551615";
    assert_eq!(hold(&[("100", most, None), (most, "out", None)]), u64::MAX);
}

#[test]
fn a_hold_takes_the_dearer_branch_of_everything_between() {
    let text = r#"[
      {"id":"in","type":"start","outputs":{"next":{"elementId":"limit"}}},
      {"id":"limit","type":"rate","properties":{"limitType":"cost","limit":1,"window":60},
       "outputs":{"success":{"elementId":"split"},"fallback":{"elementId":"out"}}},
      {"id":"split","type":"percentage","outputs":{"99%":{"elementId":"5"},"1%":{"elementId":"if"}}},
      {"id":"if","type":"conditional","properties":{"conditions":{"metadata.a":1}},
       "outputs":{"true":{"elementId":"5"},"false":{"elementId":"inner"}}},
      {"id":"inner","type":"rate","properties":{"limitType":"count","limit":1,"window":60},
       "outputs":{"success":{"elementId":"9"},"fallback":{"elementId":"5"}}},
      {"id":"5","type":"model","properties":{"provider":"openai","model":"5"},"outputs":{"success":{"elementId":"out"}}},
      {"id":"9","type":"model","properties":{"provider":"openai","model":"9"},"outputs":{"success":{"elementId":"out"}}},
      {"id":"out","type":"end"}]"#;
    let route = route(text);
    let mut cost = |it: &route::Target| it.model.parse().expect("a cost");
    let holds: Vec<_> = route.quotas().iter().map(|it| route.hold(it, &mut cost)).collect();
    assert_eq!(holds, [9, 9]);
    assert!(route.has_cost_quota());
}
