//! Known answers: AWS's test suite (`post-vanilla-query`, `get-vanilla-with-session-token`), and botocore's signatures
//! for Bedrock, whose paths have encoded colons.

use super::example;
use crate::credentials::aws::{authorize, sign::sign};
use crate::{Client, ClientOptions, Error, Key, Spliced, Surroundings};
use bytes::Bytes;
use http::{Request, header};

/// 2015-08-30T12:36:00Z, as in AWS's test suite.
const THEN_MS: u64 = 1_440_938_160_000;
/// 2026-01-31T12:00:00Z.
const NOW_MS: u64 = 1_769_860_800_000;

fn request(method: &str, uri: &str, body: &'static str) -> Request<Spliced> {
    let body = Spliced::from(Bytes::from_static(body.as_bytes()));
    Request::builder().method(method).uri(uri).body(body).expect("a request")
}

fn signature(request: &Request<Spliced>) -> (&str, &str) {
    let value = request.headers()[header::AUTHORIZATION].to_str().expect("text");
    let (rest, signature) = value.rsplit_once(", Signature=").expect("a signature");
    (rest.rsplit_once("SignedHeaders=").expect("signed headers").1, signature)
}

#[test]
fn signatures_are_those_of_the_published_suite() {
    let mut post = request("POST", "https://example.amazonaws.com/?Param1=value1", "");
    sign(&mut post, &example(None), ("us-east-1", "service"), THEN_MS).expect("signed");
    let expected = "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11";
    assert_eq!(signature(&post), ("host;x-amz-date", expected));

    let token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
    let mut get = request("GET", "https://example.amazonaws.com/", "");
    sign(&mut get, &example(Some(token)), ("us-east-1", "service"), THEN_MS).expect("signed");
    let expected = "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8";
    assert_eq!(signature(&get), ("host;x-amz-date;x-amz-security-token", expected));
    assert_eq!(get.headers()["x-amz-security-token"], token);
}

#[test]
fn calls_of_bedrock_are_signed_as_botocore_signs_them() {
    let base = "https://bedrock-runtime.eu-west-1.amazonaws.com";
    let url = format!("{base}/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/converse");
    let mut plain = request("POST", &url, r#"{"messages":[]}"#);
    plain.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().expect("text"));
    sign(&mut plain, &example(None), ("eu-west-1", "bedrock"), NOW_MS).expect("signed");
    let expected = "51f1877e86f613c2cb1cc5f224dadb2ab378421f92a4977e9b15cb78cc04e735";
    assert_eq!(signature(&plain), ("content-type;host;x-amz-date", expected));

    let profile = "arn%3Aaws%3Abedrock%3Aeu-west-1%3A111122223333%3Ainference-profile%2Feu.amazon.nova-lite-v1%3A0";
    let url = format!("http://127.0.0.1:8080/model/{profile}/converse-stream");
    let mut stream = request("POST", &url, r#"{"messages":[],"x":"é"}"#);
    stream.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().expect("text"));
    let keys = example(Some("the/session+token=="));
    sign(&mut stream, &keys, ("eu-west-1", "bedrock"), NOW_MS).expect("signed");
    let expected = "5283b5e1f1470225cab4540b1b51c0a481a8386741fb387b9402019976cddd04";
    let headers = "content-type;host;x-amz-date;x-amz-security-token";
    assert_eq!(signature(&stream), (headers, expected));
}

#[test]
fn a_body_in_pieces_is_signed_as_a_whole() {
    let sent = |parts: &[&'static str]| {
        let parts: Vec<Bytes> = parts.iter().map(|it| Bytes::from_static(it.as_bytes())).collect();
        let len = parts.iter().map(|it| u64::try_from(it.len()).expect("short")).sum();
        let mut request = request("POST", "https://example.amazonaws.com/", "");
        *request.body_mut() = Spliced::from(chat::Spliced { parts, len });
        sign(&mut request, &example(None), ("us-east-1", "service"), THEN_MS).expect("signed");
        signature(&request).1.to_owned()
    };
    assert_eq!(sent(&["{\"a\"", ":1}"]), sent(&["{\"a\":1}"]));
    assert_ne!(sent(&["{\"a\":1}"]), sent(&["{\"a\":2}"]));
}

#[test]
fn parts_of_the_callers_signature_are_replaced() {
    let mut request = request("POST", "https://example.amazonaws.com/?Param1=value1", "");
    for name in ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"] {
        request.headers_mut().insert(name, "theirs".parse().expect("text"));
    }
    sign(&mut request, &example(None), ("us-east-1", "service"), THEN_MS).expect("signed");
    let expected = "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11";
    assert_eq!(signature(&request).1, expected);
    assert_eq!(request.headers().len(), 2);
    assert!(request.headers()[header::AUTHORIZATION].is_sensitive());
}

async fn with_key(secret: &str, url: &str) -> Result<Request<Spliced>, Error> {
    let key = Key { alias: "stored:default".into(), secret: secret.into() };
    let client = Client::new(&ClientOptions::default()).expect("a client");
    let client = client.within(Surroundings::new([("AWS_REGION", "us-west-2")]));
    let mut request = request("POST", url, "{}");
    authorize("bedrock", Some(&key), &mut request, &client, NOW_MS).await?;
    Ok(request)
}

fn scope(request: &Request<Spliced>) -> &str {
    let value = request.headers()[header::AUTHORIZATION].to_str().expect("text");
    value.split_once("Credential=").and_then(|(_, it)| it.split_once(',')).expect("a scope").0
}

#[tokio::test]
async fn a_stored_key_is_an_api_key_or_json_with_its_region() {
    let elsewhere = "http://127.0.0.1:1/model/m/converse";
    let request = with_key("ABSKQmVkcm9jaw==", elsewhere).await.expect("a bearer");
    assert_eq!(request.headers()[header::AUTHORIZATION], "Bearer ABSKQmVkcm9jaw==");

    let json = r#"{"accessKeyId":"AKIDEXAMPLE","secretAccessKey":"s","region":"eu-north-1"}"#;
    let request = with_key(json, elsewhere).await.expect("signed");
    assert_eq!(scope(&request), "AKIDEXAMPLE/20260131/eu-north-1/bedrock/aws4_request");
    let at_home = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/converse";
    let request = with_key(json, at_home).await.expect("signed");
    assert_eq!(scope(&request), "AKIDEXAMPLE/20260131/eu-west-1/bedrock/aws4_request");

    let json = r#"{"accessKeyId":"AKIDEXAMPLE","secretAccessKey":"s","sessionToken":"t"}"#;
    let request = with_key(json, elsewhere).await.expect("signed");
    assert_eq!(scope(&request), "AKIDEXAMPLE/20260131/us-west-2/bedrock/aws4_request");
    assert_eq!(request.headers()["x-amz-security-token"], "t");
}

#[tokio::test]
async fn json_that_is_no_credentials_is_named_and_not_repeated() {
    let error = with_key(r#"{"secret":"hush-hush"}"#, "http://h").await.expect_err("no keys");
    let text = error.to_string();
    assert!(text.contains("`stored:default`") && text.contains("accessKeyId"), "{text}");
    assert!(!text.contains("hush"), "{text}");
}
