//! Anthropic Messages there and back, and what depends on the version of Claude.

use chat::Format;
use dialects::{
    Content, File, Media, Message, OnUnsupported, Opaque, Part, Refused, Request, Role, Source,
    Target, Thought, Tool, ToolCall, ToolChoice, ToolResult, decode_request, encode_request,
    translate_request,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn to_messages(request: &Request) -> Value {
    let target = Target {
        model: "m",
        max_output_tokens: Some(8192),
        include_usage: true,
        as_openai: None,
        given_back: chat::GivenBack::Any,
    };
    let encoded = encode_request(Format::Messages, request, &target, OnUnsupported::Refuse);
    encoded.expect("everything has a place").body
}

/// Without the paths, which only a caller's body has.
fn bare(mut request: Request) -> Request {
    let clear = |parts: &mut Vec<Part>| {
        for part in parts {
            part.at.clear();
            if let Content::ToolResult(result) = &mut part.content {
                result.parts.iter_mut().for_each(|it| it.at.clear());
            }
        }
    };
    for message in &mut request.messages {
        message.at.clear();
        clear(&mut message.parts);
    }
    request.tools.iter_mut().for_each(|it| it.at.clear());
    request
}

fn part(content: Content) -> Part {
    Part::new("", content)
}

fn words() -> impl Strategy<Value = String> {
    "[a-zé]{1,8}( [a-z\"\\\\]{1,8})?"
}

fn media() -> impl Strategy<Value = Source> {
    prop_oneof![
        words().prop_map(|it| Source::Url(format!("https://x.example/{it}"))),
        Just(Source::Base64 { media_type: "image/png".to_owned(), data: "aGk=".to_owned() }),
        words().prop_map(Source::Id),
    ]
}

fn said() -> impl Strategy<Value = Part> {
    let cache = prop::option::of(Just(json!({"type": "ephemeral"})));
    let content = prop_oneof![
        words().prop_map(|it| Content::Text(it, Vec::new())),
        media().prop_map(|source| Content::Image(Media { source, detail: None })),
        (words(), prop::option::of(words()), any::<bool>()).prop_map(|(text, name, citations)| {
            Content::File(File {
                source: Source::Text(text),
                context: name.clone(),
                name,
                citations,
            })
        }),
    ];
    (content, cache).prop_map(|(content, cache)| Part { cache, ..part(content) })
}

fn thought() -> impl Strategy<Value = Part> {
    let family = "anthropic-claude-v1".to_owned();
    (words(), words(), any::<bool>()).prop_map(move |(text, data, encrypted)| {
        let text = if encrypted { String::new() } else { text };
        let opaque = Some(Opaque { family: family.clone(), data, encrypted });
        part(Content::Thought(Thought { text, opaque, ..Thought::default() }))
    })
}

/// A user, a model that thinks, speaks and calls, and the results.
fn round() -> impl Strategy<Value = Vec<Message>> {
    let calls = prop::collection::vec((words(), any::<i32>(), any::<bool>(), said()), 1..3);
    (prop::collection::vec(said(), 1..3), prop::option::of(thought()), words(), calls).prop_map(
        |(user, thought, speech, calls)| {
            let mut model: Vec<Part> = thought.into_iter().collect();
            model.push(part(Content::Text(speech, Vec::new())));
            let mut results = Vec::new();
            for (index, (key, value, is_error, result)) in calls.into_iter().enumerate() {
                let id = format!("call_{index}");
                let mut members = Map::new();
                members.insert(key, json!(value));
                model.push(part(Content::ToolCall(ToolCall {
                    id: id.clone(),
                    name: "f".to_owned(),
                    arguments: Value::Object(members).to_string(),
                    opaque: None,
                })));
                let parts = vec![result];
                results.push(part(Content::ToolResult(ToolResult {
                    call_id: id,
                    name: None,
                    parts,
                    is_error,
                })));
            }
            let of = |role, parts| Message { at: String::new(), role, name: None, parts };
            vec![of(Role::User, user), of(Role::Assistant, model), of(Role::Tool, results)]
        },
    )
}

fn requests() -> impl Strategy<Value = Request> {
    let choice = prop_oneof![
        Just(None),
        Just(Some(ToolChoice::Auto)),
        Just(Some(ToolChoice::None)),
        Just(Some(ToolChoice::Required)),
        Just(Some(ToolChoice::Named("f".to_owned()))),
    ];
    let rounds = prop::collection::vec(round(), 1..3);
    (prop::option::of(words()), rounds, choice, 1..5000_u64, any::<bool>()).prop_map(
        |(system, rounds, tool_choice, max_tokens, stream)| {
            let system = system.map(|it| Message {
                at: String::new(),
                role: Role::System,
                name: None,
                parts: vec![Part::text("", it)],
            });
            let mut request = Request::new(Format::Messages);
            request.model = "m".to_owned();
            request.stream = stream;
            request.messages = system.into_iter().chain(rounds.into_iter().flatten()).collect();
            request.tools = vec![tool()];
            request.tool_choice = tool_choice;
            request.sampling.max_tokens = Some(max_tokens);
            request.sampling.stop = vec!["END".to_owned()];
            request
        },
    )
}

fn tool() -> Tool {
    Tool {
        at: String::new(),
        name: "f".to_owned(),
        description: Some("does it".to_owned()),
        parameters: Some(json!({"type": "object", "properties": {"a": {"type": "integer"}}})),
        strict: None,
        cache: None,
        rest: Map::new(),
        built_in: None,
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(request in requests()) {
        let body = to_messages(&request);
        let read = decode_request(Format::Messages, body.to_string().as_bytes());
        let read = read.expect("our own request is read").as_ref().clone();
        prop_assert_eq!(bare(read), request);
    }
}

fn to_claude(model: &str, fields: &Value) -> Result<Value, Refused> {
    let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]});
    let both = body.as_object_mut().zip(fields.as_object());
    both.into_iter().for_each(|(body, fields)| body.extend(fields.clone()));
    let target = Target {
        model,
        max_output_tokens: Some(10_000),
        include_usage: true,
        as_openai: None,
        given_back: chat::GivenBack::Any,
    };
    let formats = (Format::Chat, Format::Messages);
    let text = body.to_string();
    translate_request(formats, text.as_bytes(), &target, OnUnsupported::Refuse).map(|it| it.body)
}

fn lost(model: &str, fields: &Value) -> Vec<String> {
    let refused = to_claude(model, fields).expect_err("something has no place");
    refused.losses.into_iter().map(|it| it.field).collect()
}

#[test]
fn an_effort_is_a_budget_for_older_claudes_and_an_effort_for_newer_ones() {
    let effort = json!({"reasoning_effort": "medium"});
    let old = to_claude("claude-sonnet-4-5", &effort).expect("a budget");
    assert_eq!(old["thinking"], json!({"type": "enabled", "budget_tokens": 5000}));
    let new = to_claude("claude-opus-5-5", &effort).expect("an effort");
    assert_eq!(new["thinking"], json!({"type": "adaptive"}));
    assert_eq!(new["output_config"], json!({"effort": "medium"}));
    assert_eq!(
        lost("claude-opus-5-5", &json!({"reasoning_effort": "minimal"})),
        ["reasoning_effort"]
    );
    let budget = json!({"reasoning": {"max_tokens": 2000}});
    assert_eq!(lost("claude-opus-5-5", &budget), ["reasoning.max_tokens"]);
}

#[test]
fn thinking_forbids_temperatures_and_forced_calls() {
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    let fields = json!({"reasoning_effort": "high", "temperature": 0.5, "top_p": 0.5,
        "tools": tools, "tool_choice": "required"});
    assert_eq!(lost("claude-sonnet-4-5", &fields), ["tool_choice", "temperature", "top_p"]);
    let plain = json!({"reasoning_effort": "high", "temperature": 1, "top_p": 0.97});
    let body = to_claude("claude-sonnet-4-5", &plain).expect("these say nothing or are taken");
    assert_eq!((body.get("temperature"), &body["top_p"]), (None, &json!(0.97)));
}

#[test]
fn newer_claudes_take_no_temperature_and_say_so() {
    let fields = json!({"temperature": 0.2, "top_p": 0.5});
    assert_eq!(lost("claude-opus-4-7", &fields), ["temperature", "top_p"]);
    assert_eq!(lost("claude-opus-4-5", &fields), ["top_p"]);
    let body = to_claude("claude-sonnet-4-0", &fields).expect("it takes both");
    assert_eq!((&body["temperature"], &body["top_p"]), (&json!(0.2), &json!(0.5)));
    let defaults = json!({"temperature": 1, "top_p": 1});
    let body = to_claude("claude-opus-4-7", &defaults).expect("defaults say nothing");
    assert_eq!((body.get("temperature"), body.get("top_p")), (None, None));
}

#[test]
fn a_schema_keeps_what_is_taken_and_names_what_is_not() {
    let schema = json!({"type": "object", "properties": {
        "age": {"type": "integer", "minimum": 0},
        "tags": {"type": "array", "minItems": 2, "items": {"type": "object", "properties": {}, "additionalProperties": true}},
    }});
    let format = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": schema}});
    let at = "response_format.json_schema.schema.properties";
    assert_eq!(
        lost("claude-opus-4-6", &json!({"response_format": format})),
        [
            format!("{at}.age.minimum"),
            format!("{at}.tags.minItems"),
            format!("{at}.tags.items.additionalProperties"),
        ]
    );
}

#[test]
fn instructions_within_the_conversation_reach_claudes_that_take_them() {
    let messages = json!({"messages": [
        {"role": "user", "content": "Hi"}, {"role": "system", "content": "Rhyme."},
    ]});
    let body = to_claude("claude-opus-4-8", &messages).expect("it is taken");
    assert_eq!(body["messages"][1], json!({"role": "system", "content": "Rhyme."}));
    assert_eq!(lost("claude-opus-4-7", &messages), ["messages[1].role"]);
    let before = json!({"messages": [
        {"role": "user", "content": "Hi"}, {"role": "system", "content": "Rhyme."}, {"role": "user", "content": "?"},
    ]});
    assert_eq!(lost("claude-opus-4-8", &before), ["messages[1].role"]);
}
