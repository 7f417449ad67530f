//! What is a graph and what is not.

use super::*;
use crate::problem::Segment;

fn refused(text: &str) -> Vec<(Code, String, String)> {
    let problems = RouteSpec::parse(text).expect_err(text);
    problems.into_iter().map(|it| (it.code, it.pointer(), it.message)).collect()
}

#[test]
fn what_makes_no_sense_is_still_a_graph() {
    for text in [
        "[]",
        r#"[{"id":"","type":"end"}]"#,
        r#"[{"id":"dynamicRoutingElementId","type":"start","outputs":{"next":{"elementId":"elementId"}}}]"#,
        r#"[{"id":"a","type":"model"},{"id":"a","type":"model","properties":7,"outputs":{"x":{"elementId":""}}}]"#,
        r#"[{"id":"a","type":"rate_limit","outputs":{},"position":{"x":1},"outputs2":null}]"#,
        r#"[{"id":"a","type":"percentage","outputs":{"200%":{"elementId":"b","label":1}}}]"#,
    ] {
        assert!(RouteSpec::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn the_words_are_those_of_the_original() {
    let of = |text: &str| {
        refused(text)
            .into_iter()
            .map(|(_, pointer, message)| format!("{pointer}: {message}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(of("{}"), ["/elements: Expected array, received object"]);
    assert_eq!(of("[1]"), ["/elements/0: Expected object, received number"]);
    assert_eq!(of("[{}]"), ["/elements/0/id: Required", "/elements/0/type: Required"]);
    let types = "'start' | 'conditional' | 'percentage' | 'rate' | 'model' | 'end'";
    assert_eq!(
        of(r#"[{"id":1,"type":"x"},{"id":"b","type":null}]"#),
        [
            "/elements/0/id: Expected string, received number".to_owned(),
            format!("/elements/0/type: Invalid enum value. Expected {types}, received 'x'"),
            format!("/elements/1/type: Expected {types}, received null"),
        ]
    );
    assert_eq!(
        of(
            r#"[{"id":"a","type":"end","outputs":null},{"id":"b","type":"end","outputs":{"x":{},"y":{"elementId":false},"z":"w"}}]"#
        ),
        [
            "/elements/0/outputs: Expected object, received null",
            "/elements/1/outputs/x/elementId: Required",
            "/elements/1/outputs/y/elementId: Expected string, received boolean",
            "/elements/1/outputs/z: Expected object, received string",
        ]
    );
}

#[test]
fn duplicate_keys_are_refused_at_any_depth_and_told_with_the_rest() {
    let told = refused(
        r#"[{"id":"a","type":"x","type":"y","properties":{"conditions":{"a":[{"b":1,"b":1}]}}}]"#,
    );
    let codes: Vec<_> = told.iter().map(|(code, pointer, _)| (*code, pointer.as_str())).collect();
    assert_eq!(
        codes,
        [
            (Code::DuplicateKey, "/elements/0/properties/conditions/a/0/b"),
            (Code::DuplicateKey, "/elements/0/type"),
            (Code::UnknownType, "/elements/0/type"),
        ]
    );
}

#[test]
fn a_duplicate_key_is_found_among_many_and_however_it_is_escaped() {
    let many: Vec<_> = (0..100).map(|it| format!(r#""k{it}":0"#)).collect();
    let text =
        format!(r#"[{{"id":"a","type":"end","properties":{{{},"k\u0035":1}}}}]"#, many.join(","));
    let problems = RouteSpec::parse(&text).expect_err("a twin");
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!(problem.code, Code::DuplicateKey);
    assert_eq!(problem.element.as_deref(), Some("a"));
    assert_eq!(problem.path.last(), Some(&Segment::Key("k5".to_owned())));
}

#[test]
fn json_is_bounded_in_depth() {
    let nested = |levels: usize| {
        format!(r#"[{{"id":"a","type":"end","x":{}{}}}]"#, "[".repeat(levels), "]".repeat(levels))
    };
    assert!(RouteSpec::parse(&nested(126)).is_ok());
    assert!(matches!(refused(&nested(127)).as_slice(), [(Code::TooDeep, _, _)]));
    assert!(matches!(refused(&nested(1_000_000)).as_slice(), [(Code::TooDeep, _, _)]));
}

#[test]
fn half_a_surrogate_pair_is_refused_and_not_replaced() {
    assert!(matches!(
        refused(r#"[{"id":"\ud800","type":"end"}]"#).as_slice(),
        [(Code::InvalidJson, _, _)]
    ));
}
