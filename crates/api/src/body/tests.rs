use super::parse;
use crate::problem::Problem;
use axum::response::IntoResponse;
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
struct Shape {
    name: String,
    #[serde(default)]
    tags: BTreeMap<String, Vec<u8>>,
    #[serde(default)]
    raw: Option<Box<RawValue>>,
}

fn read(text: &str) -> Result<Shape, (u16, serde_json::Value)> {
    parse(text.as_bytes()).map_err(first_error)
}

fn first_error(problem: Problem) -> (u16, serde_json::Value) {
    let response = problem.into_response();
    let status = response.status().as_u16();
    let body = body_of(response);
    (status, body["errors"][0].clone())
}

fn body_of(response: axum::response::Response) -> serde_json::Value {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let bytes = runtime.block_on(response.into_body().collect()).unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

#[track_caller]
fn refused(text: &str, path: &serde_json::Value, says: &str) {
    let (status, error) = read(text).expect_err("it should be refused");
    assert_eq!(status, 400);
    assert_eq!(error["code"], 7001);
    assert_eq!(&error["path"], path, "{error}");
    assert!(error["message"].as_str().unwrap().contains(says), "{error}");
}

#[test]
fn a_body_of_the_right_shape_is_read_and_raw_values_keep_every_letter() {
    let it = read(r#"{"name":"a", "tags":{"x":[1,2]}, "raw": [ 1.0,  {"b" :2} ], "unknown": {}}"#)
        .unwrap();
    assert_eq!(it.name, "a");
    assert_eq!(it.tags["x"], [1, 2]);
    assert_eq!(it.raw.unwrap().get(), r#"[ 1.0,  {"b" :2} ]"#);
}

#[test]
fn a_complaint_names_the_place() {
    let json = |text: &str| serde_json::from_str(text).unwrap();
    refused("{}", &json(r#"["body","name"]"#), "Required");
    refused(
        r#"{"name":1}"#,
        &json(r#"["body","name"]"#),
        "invalid type: integer `1`, expected a string",
    );
    refused(
        r#"{"name":"a","tags":{"x":[1,"2"]}}"#,
        &json(r#"["body","tags","x",1]"#),
        "expected u8",
    );
    refused("[]", &json(r#"["body"]"#), "");
}

#[test]
fn a_key_may_stand_once_in_an_object_however_it_is_spelled_and_however_deep() {
    let json = |text: &str| serde_json::from_str(text).unwrap();
    refused(r#"{"name":"a","name":"b"}"#, &json(r#"["body","name"]"#), "twice");
    refused(
        r#"{"name":"a","raw":[{},{"k":{"x":1,"\u0078":2}}]}"#,
        &json(r#"["body","raw",1,"k","x"]"#),
        "twice",
    );
}

#[test]
fn what_is_not_json_is_refused() {
    let body = serde_json::json!(["body"]);
    for text in [
        "",
        "{",
        r#"{"name":"a"} {}"#,
        r#"{"name":"a","raw":1e999}"#,
        r#"{"name":"\ud800"}"#,
        "{\"name\":\"\u{1}\"}",
        "nul",
    ] {
        refused(text, &body, "not JSON");
    }
    assert!(parse::<Shape>(b"{\"name\":\"\xff\"}").is_err());
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| {
        format!(r#"{{"name":"a","raw":{}{}}}"#, "[".repeat(depth), "]".repeat(depth))
    };
    assert!(read(&nested(126)).is_ok());
    refused(&nested(128), &serde_json::json!(["body"]), "recursion limit");
    refused(&nested(1_000_000), &serde_json::json!(["body"]), "recursion limit");
}
