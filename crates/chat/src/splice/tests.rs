//! Tests of splicing: the meaning changes where it should and nowhere else.

use super::splice;
use crate::head::scan;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

#[track_caller]
fn spliced(body: &str, include_usage: bool) -> String {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let head = scan(&body).expect("a chat request");
    let spliced = splice(&body, &head, &Bytes::from_static(b"\"new\""), include_usage);
    let text = spliced.parts.concat();
    assert_eq!(u64::try_from(text.len()), Ok(spliced.len));
    assert!(spliced.parts.iter().all(|it| !it.is_empty()));
    String::from_utf8(text).expect("text")
}

#[test]
fn only_the_model_changes() {
    let body = r#"{ "messages" : [ ] , "model":  "old" , "x": 1.50 } "#;
    assert_eq!(spliced(body, false), r#"{ "messages" : [ ] , "model":  "new" , "x": 1.50 } "#);
}

#[test]
fn usage_is_asked_for_in_every_form_of_the_options() {
    for (before, after) in [
        (
            r#""model":"m","messages":[]"#,
            r#""model":"new","stream_options":{"include_usage":true},"messages":[]"#,
        ),
        (
            r#""messages":[],"model":"m""#,
            r#""messages":[],"model":"new","stream_options":{"include_usage":true}"#,
        ),
        (
            r#""model":"m","messages":[],"stream_options":null"#,
            r#""model":"new","messages":[],"stream_options":{"include_usage":true}"#,
        ),
        (
            r#""stream_options":{ },"model":"m","messages":[]"#,
            r#""stream_options":{"include_usage":true },"model":"new","messages":[]"#,
        ),
        (
            r#""model":"m","messages":[],"stream_options":{"a":1}"#,
            r#""model":"new","messages":[],"stream_options":{"include_usage":true,"a":1}"#,
        ),
        (
            r#""model":"m","messages":[],"stream_options":{"a":1,"include_usage": false}"#,
            r#""model":"new","messages":[],"stream_options":{"a":1,"include_usage": true}"#,
        ),
        (
            r#""model":"m","messages":[],"stream_options":{"include_usage":null,"a":1}"#,
            r#""model":"new","messages":[],"stream_options":{"include_usage":true,"a":1}"#,
        ),
        (
            r#""model":"m","messages":[],"stream_options":{"include_usage":true}"#,
            r#""model":"new","messages":[],"stream_options":{"include_usage":true}"#,
        ),
    ] {
        assert_eq!(spliced(&format!("{{{before}}}"), true), format!("{{{after}}}"));
    }
}

#[test]
fn segments_are_shared_with_the_body() {
    let body = Bytes::from_static(br#"{"messages":["a long prompt"],"model":"m"}"#);
    let head = scan(&body).expect("a chat request");
    let parts = splice(&body, &head, &Bytes::from_static(b"\"new\""), false).parts;
    assert_eq!(parts.len(), 3);
    assert_eq!(parts[0].as_ptr(), body.as_ptr(), "not a copy");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_result_means_the_same_but_for_model_and_usage(body in crate::head::tests::request(), include_usage in any::<bool>()) {
        let after: Value = serde_json::from_str(&spliced(&body.to_string(), include_usage)).expect("JSON");
        let mut expected = body;
        expected["model"] = json!("new");
        if include_usage {
            expected["stream_options"]["include_usage"] = json!(true);
        }
        // Numbers may have been read with another last digit; what counts is that they are the same text.
        prop_assert_eq!(after, serde_json::from_str::<Value>(&expected.to_string()).expect("JSON"));
    }
}
