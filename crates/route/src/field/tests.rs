//! Names of fields, and finding them in bodies.

use super::*;
use serde_json::json;

#[test]
fn fields_are_read_and_written_alike() {
    for text in [
        "metadata.user",
        "metadata.a.b[0].c d",
        "headers.x-tier",
        "body.model",
        "body.messages[0].content[12].text",
        "body.a-b.c_d",
        "request.input_tokens",
        "request.key",
    ] {
        assert_eq!(Field::parse(text).expect(text).to_string(), text);
    }
    assert_eq!(Field::parse("headers.X-Tier").expect("a field").to_string(), "headers.x-tier");
}

#[test]
fn everything_after_metadata_is_one_key() {
    assert_eq!(Field::parse("metadata.a.b").expect("a field"), Field::Metadata("a.b".into()));
}

#[test]
fn what_is_no_field_is_refused() {
    for text in [
        "",
        "plan",
        "metadata",
        "metadata.",
        "headers.",
        "headers.a b",
        "headers.ü",
        "body",
        "body.",
        "body..a",
        "body.a.",
        "body.[0]",
        "body.a[",
        "body.a[]",
        "body.a[-1]",
        "body.a[+1]",
        "body.a[1]b",
        "body.a]",
        "body.a[99999999999999999999]",
        "request.",
        "request.ip",
        "Metadata.a",
        "response.a",
    ] {
        let error = Field::parse(text).expect_err(text);
        assert_eq!(error.code(), Code::BadField, "{text}");
    }
}

#[test]
fn headers_with_credentials_are_refused_however_they_are_written() {
    for name in [
        "authorization",
        "Authorization",
        "COOKIE",
        "x-api-key",
        "cf-aig-authorization",
        "X-Goog-Api-Key",
        "api-key",
        "X-Auth-Key",
        "proxy-authorization",
    ] {
        let error = Field::parse(&format!("headers.{name}")).expect_err(name);
        assert_eq!(error.code(), Code::CredentialField, "{name}");
    }
}

fn find<'b>(path: &str, body: &'b str) -> Option<Value<'b>> {
    match Field::parse(&format!("body.{path}")).expect(path) {
        Field::Body(path) => path.find(body.as_bytes()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn values_are_found_where_the_path_says() {
    let body = r#" {"model":"m","n":7,"f":-0.5,"yes":true,"none":null,"big":18446744073709551615,
        "messages":[{"role":"user","content":"Hi \"you\""},{"content":[{"text":"x"}]}],"tools":[]}"#;
    assert_eq!(find("model", body), Some(Value::Text("m".into())));
    assert_eq!(find("n", body), Some(Value::Number(7.into())));
    assert_eq!(
        find("f", body),
        Some(Value::Number(serde_json::Number::from_f64(-0.5).expect("finite")))
    );
    assert_eq!(find("yes", body), Some(Value::Bool(true)));
    assert_eq!(find("none", body), Some(Value::Null));
    assert_eq!(find("big", body), Some(Value::Number(u64::MAX.into())));
    assert_eq!(find("messages[0].content", body), Some(Value::Text("Hi \"you\"".into())));
    assert_eq!(find("messages[1].content[0].text", body), Some(Value::Text("x".into())));
    assert_eq!(find("tools", body), Some(Value::Other(json!([]))));
    assert_eq!(find("messages[1]", body), Some(Value::Other(json!({"content": [{"text": "x"}]}))));
    for missing in [
        "nothing",
        "model.x",
        "messages.x",
        "messages[2]",
        "tools[0]",
        "n[0]",
        "messages[0].content[0]",
    ] {
        assert_eq!(find(missing, body), None, "{missing}");
    }
}

#[test]
fn a_string_without_escapes_is_borrowed() {
    assert!(matches!(
        find("a", r#"{"a":"bü"}"#),
        Some(Value::Text(std::borrow::Cow::Borrowed("bü")))
    ));
}

#[test]
fn what_is_not_json_has_no_values() {
    for body in [
        "",
        "{",
        r#"{"a""#,
        r#"{"a":"#,
        r#"{"a":}"#,
        r#"{"a":tru}"#,
        r#"{"a":1e999}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"a":[1}"#,
        r#"{"a" 1}"#,
    ] {
        assert_eq!(find("a", body), None, "{body}");
    }
}
