//! A route whose providers speak something else than the caller.
use crate::elements::{one_model, with_spare};
use crate::world::{Answer, Ask, World};
use serde_json::{Value, json};
use testkit::Script;

const CHAT: &str = "/v1/acc/default/compat/chat/completions";
const MESSAGES: &str = "/v1/acc/default/compat/messages";
const RESPONSES: &str = "/v1/acc/default/compat/responses";

/// A route to Claude, with a model of OpenAI behind it.
fn claude_then_gpt(scripts: impl IntoIterator<Item = Script>) -> World {
    World::playing(scripts).deploy("r", &with_spare("anthropic/claude", "openai/gpt"))
}

fn claude(scripts: impl IntoIterator<Item = Script>) -> World {
    World::playing(scripts).deploy("r", &one_model("anthropic/claude"))
}

fn gpt(scripts: impl IntoIterator<Item = Script>) -> World {
    World::playing(scripts).deploy("r", &one_model("openai/gpt"))
}

/// What the provider got.
fn sent(world: &World) -> Value {
    serde_json::from_slice(&world.upstream.seen().last().expect("a request").body).expect("JSON")
}

/// The data of every event, and whether an event has a name.
fn events(answer: &Answer) -> Vec<Value> {
    let text = answer.text();
    let data = text.lines().filter_map(|it| it.strip_prefix("data: "));
    data.map(|it| serde_json::from_str(it).unwrap_or_else(|_| json!(it))).collect()
}

fn ask<'w>(world: &'w World, path: &str) -> Ask<'w> {
    let body = match path {
        RESPONSES => json!({"model": "dynamic/r", "input": "hi"}),
        _ => json!({"model": "dynamic/r", "max_tokens": 100,
            "messages": [{"role": "user", "content": "hi"}]}),
    };
    Ask::new(world, body.to_string()).path(path)
}

#[tokio::test(start_paused = true)]
async fn a_chat_caller_is_answered_by_a_model_that_speaks_messages() {
    let world = claude([Script::message("hello")]);
    let answer = ask(&world, CHAT).send().await;
    assert_eq!(answer.said(), "hello");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.json()["usage"]["prompt_tokens"], 5);
    assert_eq!(answer.json()["usage"]["completion_tokens"], 7);
    let sent = sent(&world);
    assert_eq!((&sent["model"], &sent["max_tokens"]), (&json!("claude"), &json!(100)));
    let record = world.record();
    let usage = record.usage.expect("usage");
    assert_eq!((usage.input, usage.output), (5, 7));
    assert_eq!((record.provider.as_str(), record.success), ("anthropic", true));
}

#[tokio::test(start_paused = true)]
async fn a_chat_caller_gets_a_stream_of_a_model_that_speaks_messages() {
    for script in [
        Script::messages(&["Hel", "lo"]),
        Script::messages(&["Hel", "lo"]).byte_by_byte(),
        Script::messages(&["Hel", "lo"]).crlf(),
    ] {
        let world = claude([script]);
        let answer = ask(&world, CHAT).streamed().send().await;
        assert_eq!(answer.header("content-type"), "text/event-stream");
        let events = events(&answer);
        let said: String =
            events.iter().filter_map(|it| it["choices"][0]["delta"]["content"].as_str()).collect();
        assert_eq!(said, "Hello");
        assert_eq!(events.last(), Some(&json!("[DONE]")));
        assert!(events.iter().all(|it| it["usage"].is_null()), "usage nobody asked for");
        let usage = world.record().usage.expect("usage");
        assert_eq!((usage.input, usage.output), (5, 7));
    }
}

#[tokio::test(start_paused = true)]
async fn usage_is_in_a_translated_stream_when_the_caller_asks_for_it() {
    let world = claude([Script::messages(&["hi"])]);
    let options = json!({"stream_options": {"include_usage": true}});
    let answer = ask(&world, CHAT).streamed().with(options).send().await;
    let usage = events(&answer).into_iter().find(|it| !it["usage"].is_null()).expect("usage");
    assert_eq!((&usage["usage"]["prompt_tokens"], &usage["choices"]), (&json!(5), &json!([])));
}

#[tokio::test(start_paused = true)]
async fn a_messages_caller_is_answered_by_a_model_that_speaks_chat() {
    let world = gpt([Script::completion("hello"), Script::stream(&["Hel", "lo"])]);
    let answer = ask(&world, MESSAGES).send().await;
    let json = answer.json();
    assert_eq!((&json["type"], &json["content"][0]["text"]), (&json!("message"), &json!("hello")));
    assert_eq!(json["usage"]["output_tokens"], 7);
    let answer = ask(&world, MESSAGES).streamed().send().await;
    let kinds: Vec<_> = events(&answer)
        .iter()
        .map(|it| it["type"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(kinds.first().map(String::as_str), Some("message_start"));
    assert_eq!(kinds.last().map(String::as_str), Some("message_stop"));
    assert!(answer.text().starts_with("event: message_start\n"), "{}", answer.text());
}

#[tokio::test(start_paused = true)]
async fn a_responses_caller_is_answered_by_a_model_that_speaks_messages() {
    let world = claude([Script::message("hello"), Script::messages(&["Hel", "lo"])]);
    let json = ask(&world, RESPONSES).send().await.json();
    assert_eq!(json["object"], "response");
    assert_eq!(json["output"][0]["content"][0]["text"], "hello");
    let answer = ask(&world, RESPONSES).streamed().send().await;
    let events = events(&answer);
    assert_eq!(events[0]["type"], "response.created");
    let last = events.last().expect("events");
    assert_eq!(last["type"], "response.completed");
    assert_eq!(last["response"]["output"][0]["content"][0]["text"], "Hello");
}

#[tokio::test(start_paused = true)]
async fn what_a_provider_cannot_be_told_falls_back_to_one_that_can() {
    let world = claude_then_gpt([Script::completion("spare")]);
    let bias = json!({"logit_bias": {"5": 1}});
    let answer = ask(&world, CHAT).with(bias).send().await;
    assert_eq!(answer.said(), "spare");
    assert_eq!(sent(&world)["logit_bias"]["5"], 1);
    let path: Value = serde_json::from_str(&world.record().path).expect("JSON");
    let attempt = path
        .as_array()
        .and_then(|it| it.iter().find(|it| it["element"] == "main"))
        .map(|it| it["attempts"][0].clone())
        .expect("the first model");
    assert_eq!(attempt["cause"], "unsupported", "{attempt}");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_can_be_told_is_a_400_that_names_the_fields() {
    let world = claude([]);
    let odd = json!({"logit_bias": {"5": 1}, "n": 2});
    for streamed in [false, true] {
        let odd = odd.clone();
        let answer = ask(&world, CHAT).with(odd).with(json!({"stream": streamed})).send().await;
        let (status, _, message) = answer.error();
        assert_eq!(status, 400, "{message}");
        assert!(message.contains("`logit_bias`") && message.contains("`n`"), "{message}");
        assert!(message.contains("pointsman-on-unsupported"), "{message}");
        assert_eq!(answer.json()["pointsman"]["path"][1]["attempts"][0]["cause"], "unsupported");
    }
    assert_eq!(world.upstream.seen().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_a_provider_weighs_more_than_a_model_that_could_not_be_asked() {
    let world = World::playing([Script::error(429, "slow down")])
        .deploy("r", &with_spare("openai/gpt", "anthropic/claude"));
    let answer = ask(&world, CHAT).with(json!({"logit_bias": {"5": 1}})).send().await;
    let (status, _, message) = answer.error();
    assert_eq!(status, 429, "{message}");
}

#[tokio::test(start_paused = true)]
async fn a_caller_may_have_dropped_what_cannot_be_told_and_is_told_so() {
    let world = claude([Script::message("hello"), Script::messages(&["hello"])]);
    let odd = json!({"logit_bias": {"5": 1}, "prompt_cache_key": "k"});
    for streamed in [false, true] {
        let ask = ask(&world, CHAT).with(odd.clone()).with(json!({"stream": streamed}));
        let answer = ask.header("pointsman-on-unsupported", "drop").send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("pointsman-dropped"), "logit_bias, prompt_cache_key");
    }
    let answer = ask(&world, CHAT).header("pointsman-on-unsupported", "guess").send().await;
    assert_eq!(answer.status, 400);
}

#[tokio::test(start_paused = true)]
async fn a_hint_that_a_provider_has_no_place_for_is_left_out_and_told() {
    let world = claude([Script::message("hello")]);
    let answer = ask(&world, CHAT).with(json!({"prompt_cache_key": "k"})).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("pointsman-dropped"), "prompt_cache_key");
    assert_eq!(sent(&world).get("prompt_cache_key"), None);
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_translated_stream_reaches_the_caller_before_it_answers() {
    let overloaded = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    for first in [
        Script::messages(&["never"]).reset_after(2),
        Script::messages(&["never"]).end_after(2),
        Script::sse(&[overloaded]),
        Script::raw(200, "text/event-stream", "event: message_start\ndata: {nonsense\n\n"),
        Script::raw(200, "application/json", "{\"type\":\"message\"}"),
        Script::html(),
    ] {
        let world = claude_then_gpt([first, Script::stream(&["spare"])]);
        let answer = ask(&world, CHAT).streamed().send().await;
        assert!(answer.text().contains("spare"), "{}", answer.text());
        assert!(!answer.text().contains("never"), "{}", answer.text());
        assert_eq!(answer.header("cf-aig-step"), "1");
    }
}

#[tokio::test(start_paused = true)]
async fn a_plain_reply_that_is_none_falls_back_before_it_is_translated() {
    for first in [
        Script::raw(200, "application/json", "{\"type\":\"message\",\"content\":[{\"type\":\"te"),
        Script::raw(200, "application/json", "[]"),
        Script::json(
            200,
            &json!({"type": "error", "error": {"type": "api_error", "message": "no"}}),
        ),
        Script::html(),
    ] {
        let world = claude_then_gpt([first, Script::completion("spare")]);
        assert_eq!(ask(&world, CHAT).send().await.said(), "spare");
    }
}

#[tokio::test(start_paused = true)]
async fn a_translated_stream_that_breaks_ends_with_an_error_in_the_callers_protocol() {
    let broken = || Script::messages(&["Hel", "lo"]).reset_after(4);
    let answer = {
        let world = claude([broken()]);
        let answer = ask(&world, CHAT).streamed().send().await;
        assert_eq!(world.record().cause.as_deref(), Some("stream_broken"));
        answer
    };
    let last = events(&answer).pop().expect("events");
    assert_eq!(last["error"]["code"], "stream_broken", "{last}");
    assert!(!answer.text().contains("[DONE]"), "{}", answer.text());

    let world = claude([broken()]);
    let answer = ask(&world, RESPONSES).streamed().send().await;
    let kinds: Vec<_> = events(&answer).iter().map(|it| it["type"].clone()).collect();
    assert!(!kinds.contains(&json!("response.completed")), "{kinds:?}");
    assert!(
        kinds.contains(&json!("response.failed")) || kinds.contains(&json!("error")),
        "{kinds:?}"
    );

    let world = gpt([Script::stream(&["Hel", "lo"]).reset_after(2)]);
    let answer = ask(&world, MESSAGES).streamed().send().await;
    assert!(answer.text().contains("event: error\n"), "{}", answer.text());
    assert!(!answer.text().contains("message_stop"), "{}", answer.text());
}

#[tokio::test(start_paused = true)]
async fn an_error_in_the_middle_of_a_translated_stream_names_what_the_provider_said_without_the_key()
 {
    let said = format!("no more for {}", crate::world::STORED_KEY);
    let mut parts = vec![
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude\",\"content\":[],\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}\n\n".to_owned(),
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n".to_owned(),
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hel\"}}\n\n".to_owned(),
    ];
    let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": said}});
    parts.push(format!("event: error\ndata: {error}\n\n"));
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let world = claude([Script::sse(&parts)]);
    let answer = ask(&world, CHAT).streamed().send().await;
    let message = events(&answer).pop().expect("events")["error"]["message"].to_string();
    assert!(message.contains("no more for [redacted]"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn a_caller_does_not_wait_for_a_provider_that_does_not_hang_up() {
    let world = claude([Script::messages(&["hello"]).stall_after(8)]);
    let began = tokio::time::Instant::now();
    let answer = ask(&world, CHAT).streamed().send().await;
    assert_eq!(events(&answer).last(), Some(&json!("[DONE]")), "{}", answer.text());
    assert!(began.elapsed() <= std::time::Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn echo_answers_every_way_in() {
    let world = World::playing([]).deploy("r", &one_model("echo/echo"));
    for (path, pointer) in [
        (CHAT, "/choices/0/message/content"),
        (MESSAGES, "/content/0/text"),
        (RESPONSES, "/output/0/content/0/text"),
    ] {
        let json = ask(&world, path).send().await.json();
        assert_eq!(json.pointer(pointer), Some(&json!("hi")), "{path}: {json}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_of_two_models_in_a_row_is_translated_and_replaced() {
    let elements = json!([
        {"id": "start", "type": "start", "outputs": {"next": {"elementId": "a"}}},
        {"id": "a", "type": "model", "properties": {"provider": "anthropic", "model": "claude", "timeout": 1000, "retries": 0},
            "outputs": {"success": {"elementId": "b"}, "fallback": {"elementId": "end"}}},
        {"id": "b", "type": "model", "properties": {"provider": "openai", "model": "gpt", "timeout": 1000, "retries": 0},
            "outputs": {"success": {"elementId": "end"}, "fallback": {"elementId": "end"}}},
        {"id": "end", "type": "end", "outputs": {}},
    ]);
    let scripts = [Script::message("first"), Script::error(500, "no")];
    let world = World::playing(scripts).deploy("r", &elements);
    assert_eq!(ask(&world, CHAT).send().await.said(), "first");
}

#[tokio::test(start_paused = true)]
async fn reasoning_of_another_provider_is_not_given_to_the_one_whose_format_carried_it() {
    let world = claude([Script::message("hello")]);
    let carried = json!({"type": "thinking", "thinking": "hm", "signature": "pointsman:google-gemini-v1:::R0VN"});
    let own = json!({"type": "thinking", "thinking": "ha", "signature": "c2ln"});
    let messages = json!([
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [carried, own, {"type": "text", "text": "hello"}]},
        {"role": "user", "content": "again"},
    ]);
    let answer = ask(&world, MESSAGES).with(json!({"messages": messages})).send().await;
    assert_eq!(answer.json()["content"][0]["text"], "hello", "{}", answer.text());
    let sent = sent(&world).to_string();
    assert!(!sent.contains("pointsman:"), "{sent}");
    assert!(sent.contains("\"hello\""), "{sent}");
}

#[tokio::test(start_paused = true)]
async fn what_the_neutral_form_does_not_know_stays_beside_reasoning_that_is_taken_out() {
    let world = gpt([Script::json(
        200,
        &json!({
            "id": "resp_1", "object": "response", "status": "completed", "output": [
                {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
                    "content": [{"type": "output_text", "text": "hello", "annotations": []}]},
            ], "usage": {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12},
        }),
    )]);
    let carried = json!({"type": "reasoning", "id": "rs_1", "summary": [],
        "encrypted_content": "pointsman:anthropic-claude-v1:::c2ln"});
    let rest = json!({
        "input": [{"role": "user", "content": "hi"}, carried, {"role": "user", "content": "again"}],
        "text": {"verbosity": "low"},
        "tools": [{"type": "web_search", "search_context_size": "low"}],
        "prompt_cache_key": "k",
    });
    let answer = ask(&world, RESPONSES).with(rest.clone()).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let sent = sent(&world);
    assert_eq!(sent["input"].as_array().map(Vec::len), Some(2), "{sent}");
    for member in ["text", "tools", "prompt_cache_key"] {
        assert_eq!(sent[member], rest[member], "{sent}");
    }
    assert_eq!(sent["model"], "gpt");
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_one_provider_keeps_is_not_left_out_on_request() {
    let world = claude([]);
    let state = json!({"previous_response_id": "resp_1"});
    let ask = ask(&world, RESPONSES).with(state).header("pointsman-on-unsupported", "drop");
    let (status, _, message) = ask.send().await.error();
    assert_eq!(status, 400);
    assert!(message.contains("`previous_response_id`"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn usage_is_asked_for_in_translation_where_the_provider_takes_that() {
    for (model, asked) in [("openai/gpt", true), ("mistral/m", false)] {
        let world = World::playing([Script::stream(&["hi"])]).deploy("r", &one_model(model));
        let answer = ask(&world, MESSAGES).streamed().send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(!sent(&world)["stream_options"].is_null(), asked, "{model}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_imitation_of_openai_gets_the_new_name_of_the_allowance_for_openais_models_only() {
    for (model, name) in
        [("openai/o4-mini", "max_completion_tokens"), ("openai/smollm2", "max_tokens")]
    {
        let world = World::playing([Script::completion("hi")]).deploy("r", &one_model(model));
        let answer = ask(&world, MESSAGES).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(sent(&world)[name], 100, "{model}");
    }
}

/// A tool loop of a chat completion that brings reasoning back, for a model by its own name.
fn brings_back(model: &str) -> Value {
    let call = json!({"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    json!({"model": model, "messages": [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "1"},
    ]})
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_refuses_reasoning_of_earlier_turns_is_not_given_it_and_the_caller_is_told()
{
    for (model, member, dropped) in [
        ("groq/m", "reasoning", None),
        ("mistral/m", "", Some("messages[1].reasoning_content")),
        ("openai/m", "reasoning_content", None),
    ] {
        let world = World::playing([Script::completion("hi")]);
        let ask = ask(&world, CHAT).with(brings_back(model));
        // For want of a stored key the caller's own goes along.
        let ask = if model == "groq/m" { ask.token("sk-caller") } else { ask };
        let answer = ask.send().await;
        assert_eq!(answer.said(), "hi", "{model}");
        let sent = sent(&world);
        let message = sent["messages"][1].as_object().expect("a message");
        let given: Vec<_> = message.keys().filter(|it| it.starts_with("reasoning")).collect();
        assert_eq!(given, Vec::from_iter([member].iter().filter(|it| !it.is_empty())), "{model}");
        assert_eq!(sent["max_tokens"], 100, "what else was said stays");
        assert_eq!(
            answer.headers.get("pointsman-dropped").map(|it| it.to_str().expect("text")),
            dropped
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_reasoning_of_earlier_turns_is_asked_for_its_usage_all_the_same() {
    let world = World::playing([Script::stream(&["hi"])]);
    let answer =
        ask(&world, CHAT).with(brings_back("groq/m")).token("sk-caller").streamed().send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(sent(&world)["stream_options"], json!({"include_usage": true}));
    assert!(!answer.text().contains("\"choices\":[]"), "{}", answer.text());
    assert!(world.record().usage.is_some());
}
