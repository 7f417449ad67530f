//! Tests of the scan: every refusal, every fact, and agreement with `serde_json`.

use super::{Head, HeadError, scan, scan_as};
use crate::format::Format;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

#[track_caller]
fn head(body: &str) -> Head<'_> {
    scan(body.as_bytes()).expect("a chat request")
}

#[track_caller]
fn refused(body: &str, param: Option<&'static str>, message: &str) {
    assert_eq!(
        scan(body.as_bytes()).map(|it| it.model_span),
        Err(HeadError { param, message: message.to_owned() }),
        "{body}"
    );
}

#[test]
fn the_facts_of_a_full_request_are_found() {
    let body = r#"{"temperature":0.5,"model":"dynamic/a\u002fb","messages":[{"role":"user","content":[{"type":"text","text":"what?"},{"type":"image_url","image_url":{"url":"data:"}}]},{"role":"user","content":"x"}],"stream":true,"stream_options":{"include_usage":false},"max_tokens":5,"max_completion_tokens":7.0,"n":3,"tools":[{"type":"function"}]}"#;
    let head = head(body);
    assert_eq!(head.model, "dynamic/a/b");
    assert_eq!(body.get(head.model_span.clone()), Some(r#""dynamic/a\u002fb""#));
    assert!(head.stream && head.has_tools && head.has_images && !head.asks_usage());
    assert_eq!((head.max_output_tokens, head.choices, head.message_count), (Some(7), 3, 2));
    let value: Value = serde_json::from_str(body).expect("JSON");
    let bytes = value["messages"].to_string().len() + value["tools"].to_string().len();
    assert_eq!(head.input_bytes, u64::try_from(bytes).expect("small"));
    assert_eq!(head.input_tokens(), head.input_bytes.div_ceil(4));
}

#[test]
fn absent_and_null_members_have_their_defaults() {
    let body = r#"{"model":"m","messages":[],"stream":null,"stream_options":null,"max_tokens":null,"n":null,"tools":null}"#;
    let head = head(body);
    assert!(!head.stream && !head.has_tools && !head.has_images && !head.asks_usage());
    assert_eq!((head.max_output_tokens, head.choices, head.message_count), (None, 1, 0));
    assert_eq!(head.input_bytes, 2);
    let options = head.stream_options.expect("it is there");
    assert_eq!((body.get(options.span), options.include_usage), (Some("null"), None));
}

/// What a request with these members needs of a model.
fn needs(format: Format, members: &str) -> String {
    let read = match format {
        _ if members.contains(r#""messages":"#) => "",
        Format::Responses => r#""input":[],"#,
        _ => r#""messages":[],"#,
    };
    let body = format!(r#"{{"model":"m",{read}{members}}}"#);
    let it = scan_as(format, body.as_bytes()).expect("a request");
    let needs = [
        (it.has_functions, "functions"),
        (it.has_images, "images"),
        (it.has_audio, "audio"),
        (it.has_files, "files"),
        (it.wants_schema, "schema"),
        (it.sets_reasoning.is_some(), "reasoning"),
    ];
    let needs: Vec<_> = needs.into_iter().filter_map(|(has, it)| has.then_some(it)).collect();
    needs.join(" ")
}

#[test]
fn what_a_request_needs_of_a_model_is_found_in_every_format() {
    use Format::{Chat, Messages, Responses};
    for (format, members, expected) in [
        (Chat, r#""tools":[{"type":"function","function":{}}]"#, "functions"),
        (Chat, r#""functions":[{"name":"f"}]"#, "functions"),
        (Chat, r#""reasoning":{"effort":"high"}"#, "reasoning"),
        (Chat, r#""reasoning":{"max_tokens":100}"#, "reasoning"),
        (Chat, r#""reasoning":{"enabled":false,"exclude":true}"#, ""),
        (Chat, r#""thinking":{"type":"enabled","budget_tokens":100}"#, "reasoning"),
        (Messages, r#""output_config":{"effort":"low"}"#, "reasoning"),
        (
            Messages,
            r#""output_config":{"format":{"type":"json_schema","schema":{}},"effort":"low"}"#,
            "schema reasoning",
        ),
        (Chat, r#""tools":[],"response_format":null"#, ""),
        (Chat, r#""response_format":{"json_schema":{},"type":"json_schema"}"#, "schema"),
        (Chat, r#""response_format":{"type":"json_object"}"#, ""),
        (Chat, r#""reasoning_effort":"low""#, "reasoning"),
        (Chat, r#""reasoning_effort":"none""#, ""),
        (Chat, r#""messages":[{"content":[{"type":"file"},{"type":"document"}]}]"#, "files"),
        (Chat, r#""messages":[{"content":[{"type":"document"},{"type":"input_audio"}]}]"#, "audio"),
        (Responses, r#""tools":[{"type":"web_search"}]"#, ""),
        (Responses, r#""tools":[{"type":"web_search"},{"type":"custom"}]"#, "functions"),
        (Responses, r#""text":{"format":{"type":"json_schema"}}"#, "schema"),
        (Responses, r#""text":{"verbosity":"low"},"reasoning":{"summary":"auto"}"#, ""),
        (Responses, r#""reasoning":{"effort":"high"}"#, "reasoning"),
        (Messages, r#""tools":[{"name":"f","input_schema":{}}]"#, "functions"),
        (Messages, r#""tools":[{"type":"bash_20250124","name":"bash"}]"#, ""),
        (Messages, r#""output_config":{"format":{"type":"json_schema"}}"#, "schema"),
        (Messages, r#""thinking":{"type":"enabled","budget_tokens":1024}"#, "reasoning"),
        (Messages, r#""thinking":{"type":"disabled"}"#, ""),
        (Messages, r#""messages":[{"content":[{"type":"document"}]}]"#, "files"),
    ] {
        assert_eq!(needs(format, members), expected, "{format:?} {members}");
    }
}

#[test]
fn only_content_parts_count_as_images() {
    for (messages, expected) in [
        (r#"[{"content":[{"type":"input_image"}]}]"#, true),
        (r#"[{"content":[{"type":"image\u005furl"}]}]"#, true),
        (r#"[{"content":[{"text":"type image_url"}]}]"#, false),
        (r#"[{"content":"image_url"}]"#, false),
        (r#"[{"type":"image_url"}]"#, false),
        (r#"[{"content":[[{"type":"image_url"}],"image_url",1]},null,"x"]"#, false),
    ] {
        assert_eq!(
            head(&format!(r#"{{"model":"m","messages":{messages}}}"#)).has_images,
            expected,
            "{messages}"
        );
    }
}

#[test]
fn an_empty_list_of_tools_is_none() {
    assert!(!head(r#"{"model":"m","messages":[],"tools":[]}"#).has_tools);
    assert!(head(r#"{"model":"m","messages":[],"functions":[{}]}"#).has_tools);
}

#[test]
fn wrong_types_are_refused_by_name() {
    for (member, param, expected) in [
        (r#""model":1"#, "model", "a string"),
        (r#""model":null"#, "model", "a string"),
        (r#""model":"\ud800""#, "model", "a string"),
        (r#""messages":"hi""#, "messages", "an array"),
        (r#""messages":null"#, "messages", "an array"),
        (r#""stream":"true""#, "stream", "true or false"),
        (r#""stream":1"#, "stream", "true or false"),
        (r#""stream_options":[]"#, "stream_options", "an object"),
        (r#""max_tokens":"5""#, "max_tokens", "a whole number from 0 on"),
        (r#""max_tokens":1.5"#, "max_tokens", "a whole number from 0 on"),
        (r#""max_completion_tokens":-1"#, "max_completion_tokens", "a whole number from 0 on"),
        (r#""n":{}"#, "n", "a whole number from 0 on"),
        (r#""tools":{}"#, "tools", "an array"),
        (r#""functions":1"#, "functions", "an array"),
    ] {
        refused(&format!("{{{member}}}"), Some(param), &format!("`{param}` must be {expected}"));
    }
    let options = r#"{"stream_options":{"include_usage":1}}"#;
    refused(
        options,
        Some("stream_options.include_usage"),
        "`stream_options.include_usage` must be true or false",
    );
}

#[test]
fn a_member_given_twice_is_refused_however_it_is_spelled() {
    for &(field, _) in super::fields(Format::Chat) {
        let value = if field == "model" { r#""m""# } else { "null" };
        let value = if field == "messages" { "[]" } else { value };
        let escaped =
            format!("\\u{:04x}{}", u32::from(field.as_bytes()[0]), field.get(1..).expect("ASCII"));
        for second in [field, escaped.as_str()] {
            let body = format!(r#"{{"{field}":{value},"x":{{"{field}":1}},"{second}":{value}}}"#);
            refused(&body, Some(field), &format!("`{field}` is given more than once"));
        }
    }
    let twice = r#"{"stream_options":{"include_usage":true,"include_\u0075sage":false}}"#;
    refused(
        twice,
        Some("stream_options"),
        "`stream_options.include_usage` is given more than once",
    );
}

#[test]
fn what_is_needed_is_asked_for() {
    refused(r#"{"messages":[]}"#, Some("model"), "`model` is missing from the request body");
    refused(r#"{"model":"m"}"#, Some("messages"), "`messages` is missing from the request body");
}

#[test]
fn what_is_not_a_json_object_is_refused() {
    for body in ["", "[]", "null", "\"x\"", "x", "\u{feff}{}"] {
        refused(body, None, "the request body must be a JSON object");
    }
    refused(
        "{\"a\":1",
        None,
        "the request body is not valid JSON: unexpected end of the text at byte 6",
    );
    refused(
        "{} {}",
        None,
        "the request body is not valid JSON: unexpected text after the value at byte 3",
    );
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(128), "]".repeat(128));
    refused(
        &deep,
        None,
        "the request body is not valid JSON: nested deeper than 128 levels at byte 132",
    );
    let error = scan(b"{\"a\":\"\xff\"}").expect_err("not UTF-8");
    assert_eq!(error.message, "the request body is not UTF-8: bad byte at byte 6");
}

/// Any JSON value of moderate size.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[\"\\\\/\\x00-\\x1f\u{e4}漢a-z]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((".{0,6}", inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A chat request with members a scan reads, and others.
pub(crate) fn request() -> impl Strategy<Value = Value> {
    let options = prop_oneof![
        Just(json!(null)),
        Just(json!({})),
        Just(json!({"include_usage": true})),
        Just(json!({"include_usage": null, "x": [1]})),
        Just(json!({"a": {"b": "c"}, "include_usage": false})),
        Just(json!({"include_obfuscation": false})),
    ];
    let known = (
        ".{0,12}",
        prop::collection::vec(value(), 0..4),
        prop::option::of(any::<bool>()),
        prop::option::of(options),
        prop::option::of(any::<u64>()),
        prop::option::of(any::<u64>()),
    );
    (known, prop::collection::vec(("[a-z_]{1,8}", value()), 0..4)).prop_map(|(known, others)| {
        let (model, messages, stream, options, max, n) = known;
        let mut body: Map<String, Value> = others
            .into_iter()
            .filter(|(name, _)| super::fields(Format::Chat).iter().all(|it| it.0 != name.as_str()))
            .collect();
        body.insert("model".to_owned(), model.into());
        body.insert("messages".to_owned(), messages.into());
        let optional = [
            ("stream", stream.map(Value::from)),
            ("stream_options", options),
            ("max_tokens", max.map(Value::from)),
            ("n", n.map(Value::from)),
        ];
        body.extend(
            optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))),
        );
        Value::Object(body)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_facts_are_those_serde_json_finds(body in request(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&body) } else { serde_json::to_string(&body) }.expect("prints");
        let head = scan(text.as_bytes()).expect("a chat request");
        prop_assert_eq!(Some(&*head.model), body["model"].as_str());
        prop_assert_eq!(serde_json::from_str::<Value>(text.get(head.model_span.clone()).expect("a range")).expect("a string"), body["model"].clone());
        prop_assert_eq!(head.stream, body["stream"] == true);
        prop_assert_eq!(head.max_output_tokens, body["max_tokens"].as_u64());
        prop_assert_eq!(head.choices, body["n"].as_u64().unwrap_or(1).max(1));
        prop_assert_eq!(Some(head.message_count), body["messages"].as_array().map(|it| u64::try_from(it.len()).expect("few")));
        prop_assert_eq!(head.asks_usage(), body["stream_options"]["include_usage"] == true);
    }

    #[test]
    fn any_bytes_are_judged_without_a_panic(body in request(), cut in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = body.to_string().into_bytes();
        let at = cut.index(bytes.len());
        prop_assert!(scan(&bytes[..at]).is_err(), "a cut body is never accepted");
        bytes[at] = byte;
        if scan(&bytes).is_ok() {
            prop_assert!(serde_json::from_slice::<&serde_json::value::RawValue>(&bytes).is_ok());
        }
    }
}

#[test]
fn a_messages_request_has_the_same_facts() {
    let body = r#"{"max_tokens":1024,"model":"dynamic/a","system":[{"type":"text","text":"Be brief."}],"stream":true,
        "tools":[{"name":"f","input_schema":{}}],"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t",
        "content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]},{"role":"user","content":"x"}]}"#;
    let head = scan_as(Format::Messages, body.as_bytes()).expect("a Messages request");
    assert_eq!((&*head.model, head.format), ("dynamic/a", Format::Messages));
    assert_eq!(body.get(head.model_span.clone()), Some(r#""dynamic/a""#));
    assert!(head.stream && head.has_tools && head.has_images && !head.asks_usage());
    assert_eq!((head.max_output_tokens, head.choices, head.message_count), (Some(1024), 1, 2));
    let spans = [&head.prompt.system, &head.prompt.messages, &head.prompt.tools];
    let bytes: usize = spans.iter().map(|it| it.len()).sum();
    assert_eq!(head.input_bytes, u64::try_from(bytes).expect("small"));
    assert!(body.get(head.prompt.system.clone()).is_some_and(|it| it.contains("Be brief.")));
}

#[test]
fn a_responses_request_has_the_same_facts() {
    let body = r#"{"model":"openai/gpt","instructions":"Be brief.","input":[{"role":"user","content":[{"type":"input_text","text":"x"}]},
        {"type":"function_call_output","call_id":"c","output":[{"type":"input_image","image_url":"data:"}]}],"max_output_tokens":7,"stream":false,"tools":[]}"#;
    let head = scan_as(Format::Responses, body.as_bytes()).expect("a Responses request");
    assert!(!head.stream && !head.has_tools && head.has_images);
    assert_eq!((head.max_output_tokens, head.message_count), (Some(7), 2));
    for (body, count) in [
        (r#"{"model":"m","input":"hello"}"#, 1),
        (r#"{"model":"m","input":null,"previous_response_id":"resp_1"}"#, 0),
        (r#"{"model":"m","prompt":{"id":"pmpt_1"}}"#, 0),
    ] {
        let head = scan_as(Format::Responses, body.as_bytes()).expect(body);
        assert_eq!(head.message_count, count, "{body}");
    }
}

#[test]
fn an_embeddings_request_has_a_model_and_an_input() {
    for (input, count) in [(r#""a""#, 1), (r#"["a","b"]"#, 2), ("[1,2,3]", 3), ("[[1,2],[3]]", 2)] {
        let body = format!(r#"{{"model":"m","input":{input}}}"#);
        let head = scan_as(Format::Embeddings, body.as_bytes()).expect("an embeddings request");
        assert_eq!((head.message_count, head.stream), (count, false), "{body}");
    }
}

#[test]
fn what_is_wrong_is_named_in_every_format() {
    for (format, body, param) in [
        (Format::Messages, r#"{"model":"m"}"#, "messages"),
        (Format::Messages, r#"{"messages":[]}"#, "model"),
        (Format::Messages, r#"{"model":"m","messages":"hello"}"#, "messages"),
        (Format::Messages, r#"{"model":"m","messages":[],"system":7}"#, "system"),
        (
            Format::Messages,
            r#"{"model":"m","messages":[],"max_tokens":1,"max_tokens":2}"#,
            "max_tokens",
        ),
        (Format::Responses, r#"{"input":"x"}"#, "model"),
        (Format::Responses, r#"{"model":"m","input":{}}"#, "input"),
        (Format::Responses, r#"{"model":"m","input":"x","inp\u0075t":"y"}"#, "input"),
        (Format::Embeddings, r#"{"model":"m"}"#, "input"),
        (Format::Embeddings, r#"{"model":"m","input":null}"#, "input"),
        (Format::Gemini, r#"{"contents":[]}"#, "model"),
    ] {
        let refused = scan_as(format, body.as_bytes()).expect_err(body);
        assert_eq!(refused.param, Some(param), "{body}");
    }
}
