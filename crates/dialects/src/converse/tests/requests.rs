//! Requests for particular models, and what Converse does not take.

use crate::about::Target;
use crate::converse::write_request;
use crate::loss::Losses;
use crate::request::{
    Content, Message, Opaque, Part, Reasoning, Request, Role, Source, Thought, Tool, ToolCall,
    ToolChoice, ToolResult,
};
use chat::Format;
use serde_json::{Value, json};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const NOVA: &str = "amazon.nova-2-lite-v1:0";
const LLAMA: &str = "meta.llama3-3-70b-instruct-v1:0";

fn written(model: &str, request: &Request) -> (Value, Vec<String>) {
    let mut losses = Losses::default();
    let target = Target {
        model,
        max_output_tokens: None,
        include_usage: true,
        as_openai: None,
        given_back: chat::GivenBack::Any,
    };
    let body = write_request(request, &target, &mut losses);
    (body, losses.meaning.into_iter().map(|it| it.field).collect())
}

fn message(role: Role, at: &str, parts: Vec<Content>) -> Message {
    let parts = parts.into_iter().enumerate();
    let parts = parts.map(|(n, it)| Part::new(format!("{at}.content[{n}]"), it)).collect();
    Message { at: at.to_owned(), role, name: None, parts }
}

fn text(text: &str) -> Content {
    Content::Text(text.to_owned(), Vec::new())
}

fn call(id: &str) -> Content {
    Content::ToolCall(ToolCall {
        id: id.to_owned(),
        name: "f".to_owned(),
        arguments: r#"{"a":1}"#.to_owned(),
        opaque: None,
    })
}

fn result(id: &str) -> Content {
    Content::ToolResult(ToolResult {
        call_id: id.to_owned(),
        name: None,
        parts: vec![Part::text("r", "ok")],
        is_error: false,
    })
}

fn thought(family: &str, encrypted: bool) -> Content {
    let opaque = Opaque { family: family.to_owned(), data: "c2ln".to_owned(), encrypted };
    Content::Thought(Thought {
        text: if encrypted { String::new() } else { "hm".to_owned() },
        opaque: Some(opaque),
        ..Thought::default()
    })
}

fn tool(name: &str) -> Tool {
    Tool {
        at: "tools[0]".to_owned(),
        name: name.to_owned(),
        description: None,
        parameters: None,
        strict: None,
        cache: None,
        rest: serde_json::Map::new(),
        built_in: None,
    }
}

fn asking(messages: Vec<Message>) -> Request {
    Request { messages, ..Request::new(Format::Chat) }
}

fn hello() -> Request {
    asking(vec![message(Role::User, "messages[0]", vec![text("Hello")])])
}

#[test]
fn turns_alternate_and_results_stand_together() {
    let (body, lost) = written(
        CLAUDE,
        &asking(vec![
            message(Role::User, "messages[0]", vec![text("one")]),
            message(Role::User, "messages[1]", vec![text("two")]),
            message(Role::Assistant, "messages[2]", vec![text(""), call("a"), call("b")]),
            message(Role::Tool, "messages[3]", vec![result("a")]),
            message(Role::Tool, "messages[4]", vec![result("b")]),
            message(Role::User, "messages[5]", vec![text("and?")]),
        ]),
    );
    assert_eq!(lost, [""; 0]);
    let used =
        |id: &str| json!({ "toolUse": { "toolUseId": id, "name": "f", "input": { "a": 1 } } });
    let gave =
        |id: &str| json!({ "toolResult": { "toolUseId": id, "content": [{ "text": "ok" }] } });
    let turns = json!([
        { "role": "user", "content": [{ "text": "one" }, { "text": "two" }] },
        { "role": "assistant", "content": [used("a"), used("b")] },
        { "role": "user", "content": [gave("a"), gave("b"), { "text": "and?" }] },
    ]);
    assert_eq!(body["messages"], turns);
}

#[test]
fn instructions_in_between_keep_their_place() {
    let (body, lost) = written(
        NOVA,
        &asking(vec![
            message(Role::System, "messages[0]", vec![text("be kind")]),
            message(Role::User, "messages[1]", vec![text("hi")]),
            message(Role::Developer, "messages[2]", vec![text("be brief")]),
        ]),
    );
    assert_eq!(lost, [""; 0]);
    assert_eq!(body["system"], json!([{ "text": "be kind" }]));
    assert_eq!(
        body["messages"][1],
        json!({ "role": "system", "content": [{ "text": "be brief" }] })
    );
}

#[test]
fn a_claude_that_takes_them_only_in_front_is_not_told_of_those_in_between() {
    let conversation = asking(vec![
        message(Role::User, "messages[0]", vec![text("hi")]),
        message(Role::System, "messages[1]", vec![text("be brief")]),
    ]);
    assert_eq!(written(CLAUDE, &conversation).1, ["messages[1].role"]);
    assert_eq!(written("anthropic.claude-opus-4-8-v1", &conversation).1, [""; 0]);
}

#[test]
fn a_conversation_that_the_model_begins_is_named() {
    let first = message(Role::Assistant, "messages[0]", vec![text("Welcome")]);
    assert_eq!(written(CLAUDE, &asking(vec![first])).1, ["messages[0].role"]);
}

#[test]
fn ids_that_converse_does_not_take_are_changed_the_same_way_in_call_and_result() {
    let long = "x".repeat(65);
    let (body, _) = written(
        CLAUDE,
        &asking(vec![
            message(Role::User, "messages[0]", vec![text("hi")]),
            message(Role::Assistant, "messages[1]", vec![call("call_0"), call(&long), call("a|b")]),
            message(
                Role::Tool,
                "messages[2]",
                vec![result("a|b"), result(&long), result("call_0")],
            ),
        ]),
    );
    let ids = |message: usize, kind: &str| -> Vec<Value> {
        let blocks = body["messages"][message]["content"].as_array().expect("blocks");
        blocks.iter().map(|it| it[kind]["toolUseId"].clone()).collect()
    };
    assert_eq!(ids(1, "toolUse"), ["call_0", "call_1", "call_2"]);
    assert_eq!(ids(2, "toolResult"), ["call_2", "call_1", "call_0"]);
}

#[test]
fn reasoning_goes_back_where_its_signature_is_understood() {
    let conversation = |it: Content, finished: bool| {
        let mut messages = vec![
            message(Role::User, "messages[0]", vec![text("hi")]),
            message(Role::Assistant, "messages[1]", vec![it, call("a")]),
            message(Role::Tool, "messages[2]", vec![result("a")]),
        ];
        if finished {
            messages.push(message(Role::User, "messages[3]", vec![text("thanks")]));
        }
        asking(messages)
    };
    let at = "messages[1].content[0]";
    for (model, family, encrypted, goes_back) in [
        (CLAUDE, "anthropic-claude-v1", false, true),
        (CLAUDE, "anthropic-claude-v1", true, false),
        (CLAUDE, "amazon-bedrock-v1", true, true),
        (CLAUDE, "google-gemini-v1", false, false),
        (NOVA, "anthropic-claude-v1", false, false),
    ] {
        for finished in [false, true] {
            let (body, lost) = written(model, &conversation(thought(family, encrypted), finished));
            let first = &body["messages"][1]["content"][0];
            assert_eq!(first.get("reasoningContent").is_some(), goes_back, "{family} to {model}");
            let expected: &[&str] = if goes_back || finished { &[] } else { &[at] };
            assert_eq!(lost, expected, "{family} to {model}");
        }
    }
}

#[test]
fn each_vendor_is_told_of_reasoning_in_its_own_words() {
    let asked = |effort: Option<&str>, budget: Option<u64>| {
        let effort = effort.map(str::to_owned);
        let at = "reasoning".to_owned();
        Request {
            reasoning: Some(Reasoning { at, effort, budget, ..Reasoning::default() }),
            ..hello()
        }
    };
    let additional = |model, request: &Request| {
        written(model, request).0["additionalModelRequestFields"].clone()
    };
    let thinking = |budget| json!({ "thinking": { "type": "enabled", "budget_tokens": budget } });
    assert_eq!(additional(CLAUDE, &asked(None, Some(2048))), thinking(2048));
    assert_eq!(additional(CLAUDE, &asked(Some("medium"), None)), thinking(2048));
    let adaptive = asked(Some("high"), None);
    let (body, _) = written("global.anthropic.claude-opus-4-6-v1", &adaptive);
    assert_eq!(body["outputConfig"], json!({ "effort": "high" }));
    assert_eq!(body["additionalModelRequestFields"], json!({ "thinking": { "type": "adaptive" } }));
    let newest = "anthropic.claude-opus-4-8-v1";
    assert_eq!(written(newest, &asked(None, Some(2048))).1, ["reasoning.max_tokens"]);
    let nova = json!({ "reasoningConfig": { "type": "enabled", "maxReasoningEffort": "low" } });
    assert_eq!(additional(NOVA, &asked(Some("low"), None)), nova);
    assert_eq!(written(LLAMA, &asked(None, Some(2048))).1, ["reasoning.max_tokens"]);
    assert_eq!(written(NOVA, &asked(Some("minimal"), None)).1, ["reasoning.effort"]);
}

#[test]
fn one_call_at_a_time_is_said_to_claude_and_refused_for_others() {
    let request = Request {
        tools: vec![tool("f")],
        tool_choice: Some(ToolChoice::Required),
        parallel_tool_calls: Some(false),
        ..hello()
    };
    let (body, lost) = written(CLAUDE, &request);
    assert_eq!(lost, [""; 0]);
    assert_eq!(
        body["additionalModelRequestFields"],
        json!({ "tool_choice": { "type": "any", "disable_parallel_tool_use": true } })
    );
    assert_eq!(body["toolConfig"].get("toolChoice"), None);
    assert_eq!(written(LLAMA, &request).1, ["parallel_tool_calls"]);
}

#[test]
fn a_model_that_shall_call_nothing_is_shown_no_tools_unless_it_has_called_some() {
    let none = |request: Request| Request {
        tools: vec![tool("f")],
        tool_choice: Some(ToolChoice::None),
        ..request
    };
    let (body, lost) = written(CLAUDE, &none(hello()));
    assert_eq!((body.get("toolConfig"), lost), (None, vec![]));
    let called = asking(vec![
        message(Role::User, "messages[0]", vec![text("hi")]),
        message(Role::Assistant, "messages[1]", vec![call("a")]),
        message(Role::Tool, "messages[2]", vec![result("a")]),
    ]);
    assert_eq!(written(CLAUDE, &none(called)).1, ["tool_choice"]);
}

#[test]
fn documents_have_names_that_converse_takes_each_once() {
    let file = |name: Option<&str>| {
        Content::File(crate::request::File {
            source: Source::Base64 {
                media_type: "application/pdf".to_owned(),
                data: "JVBERi0=".to_owned(),
            },
            name: name.map(str::to_owned),
            context: None,
            citations: false,
        })
    };
    let files = vec![file(Some("a_b  c.pdf")), file(None), file(None), file(Some("plan.pdf"))];
    let (body, _) = written(CLAUDE, &asking(vec![message(Role::User, "messages[0]", files)]));
    let blocks = body["messages"][0]["content"].as_array().expect("blocks");
    let names: Vec<&Value> = blocks.iter().map(|it| &it["document"]["name"]).collect();
    assert_eq!(names, ["a-b c", "document", "document (2)", "plan"]);
}
