//! The form of files.

use super::canonical;
use proptest::prelude::*;

#[test]
fn what_fits_stands_on_one_line_and_nothing_is_lost() {
    let long = "x".repeat(90);
    let text = format!(
        r#"{{"name":"r","elements":[{{"id":"a","type":"start","outputs":{{"next":{{"elementId":"b"}}}},"x":[1.50,-0,1e400]}},
            {{"id":"{long}","type":"end","n":12345678901234567890123,"outputs":{{}}}}],"e":[],"é":"\u00e9\n"}}"#
    );
    let expected = format!(
        r#"{{
  "name": "r",
  "elements": [
    {{"id": "a", "type": "start", "outputs": {{"next": {{"elementId": "b"}}}}, "x": [1.50, -0, 1e400]}},
    {{
      "id": "{long}",
      "type": "end",
      "n": 12345678901234567890123,
      "outputs": {{}}
    }}
  ],
  "e": [],
  "é": "é\n"
}}
"#
    );
    assert_eq!(canonical(&text).expect("JSON"), expected);
}

#[test]
fn what_is_no_json_is_told() {
    for text in ["", "{", r#"{"a": 1, "a": 2}"#, &"[".repeat(1000)] {
        assert!(!canonical(text).expect_err("no JSON").is_empty(), "{text}");
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".{0,40}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(".{0,12}", inner, 0..6)
                .prop_map(|it| serde_json::Value::Object(it.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_form_means_the_same_and_is_its_own_form(value in any_json()) {
        let once = canonical(&value.to_string()).expect("JSON");
        prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&once).expect("JSON"), &value);
        prop_assert_eq!(&canonical(&once).expect("JSON"), &once);
        let spread = serde_json::to_string_pretty(&value).expect("JSON");
        prop_assert_eq!(&canonical(&spread).expect("JSON"), &once);
    }
}
