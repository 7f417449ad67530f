//! Replies and streams: what each caller gets of what a provider sends.

use crate::cases::{self, Case, WAYS_IN};
use chat::Format;
use dialects::{About, Facts, Request, StreamTranslator, decode_reply, encode_reply};
use std::sync::Arc;

/// A caller of this format, who asked for everything that may be asked for.
pub(crate) fn about(to: Format) -> About {
    let request = Request { stream: true, stream_usage: true, ..Request::new(to) };
    About {
        id: "id-of-ours".to_owned(),
        created: 1_700_000_000,
        model: "the-model".to_owned(),
        request: Arc::new(request),
    }
}

/// A stream, cut into pieces of this size, as a caller gets it.
pub(crate) fn streamed(case: &Case, to: Format, piece: usize) -> (String, Facts) {
    let bytes = case.stream().expect("a stream");
    let mut translator = StreamTranslator::new((case.from, to), about(to));
    let mut out = Vec::new();
    for piece in bytes.chunks(piece) {
        translator.push(piece, &mut out);
    }
    translator.finish(&mut out);
    let facts = translator.facts().clone();
    if let Some(why) = facts.error.as_ref().or(facts.broken.as_ref()) {
        translator.fail(why, &mut out);
    }
    (String::from_utf8(out).expect("UTF-8"), facts)
}

#[test]
fn every_reply_reaches_every_caller_as_its_snapshot_says() {
    for case in cases::all("replies") {
        let Some(body) = case.read("reply.json") else { continue };
        for to in WAYS_IN.into_iter().filter(|it| *it != case.from) {
            let text = match decode_reply(case.from, &body) {
                Ok(reply) => serde_json::to_string_pretty(&encode_reply(to, &reply, &about(to)))
                    .expect("JSON"),
                Err(broken) => format!("broken: {broken}"),
            };
            case.snapshot(&format!("as-{}", to.name()), &text);
        }
    }
}

#[test]
fn every_stream_reaches_every_caller_as_its_snapshot_says() {
    for case in cases::all("replies") {
        if case.stream().is_none() {
            continue;
        }
        for to in WAYS_IN.into_iter().filter(|it| *it != case.from) {
            let (text, facts) = streamed(&case, to, usize::MAX);
            let verdict = match (&facts.error, &facts.broken) {
                (Some(message), _) => format!("the provider reported: {message}"),
                (None, Some(why)) => format!("broken: {why}"),
                (None, None) => "complete".to_owned(),
            };
            case.snapshot(&format!("as-{}-stream", to.name()), &format!("{text}=> {verdict}"));
        }
    }
}

#[test]
fn a_case_has_a_reply_or_a_stream() {
    for case in cases::all("replies") {
        assert!(case.read("reply.json").is_some() || case.stream().is_some(), "{}", case.name());
    }
}

/// A stream of bytes as a caller gets it.
fn told((from, to): (Format, Format), bytes: &[u8]) -> (String, Facts) {
    let mut translator = StreamTranslator::new((from, to), about(to));
    let mut out = Vec::new();
    translator.push(bytes, &mut out);
    translator.finish(&mut out);
    (String::from_utf8(out).expect("UTF-8"), translator.facts().clone())
}

#[test]
fn a_stream_that_breaks_in_its_last_unfinished_event_has_no_regular_end() {
    let chat = br#"data: {"id":"a","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"","arguments":""}}]},"finish_reason":"tool_calls"}]}"#;
    let gemini = br#"data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"","args":{}}}]},"finishReason":"STOP"}]}"#;
    let cases = [(Format::Chat, &chat[..]), (Format::Gemini, gemini)];
    let ends = [(Format::Messages, "message_stop"), (Format::Responses, "response.completed")];
    for ((from, bytes), (to, end)) in cases.into_iter().flat_map(|it| ends.map(|end| (it, end))) {
        let (text, facts) = told((from, to), bytes);
        assert!(facts.broken.is_some() && !facts.done, "{from:?} {facts:?}");
        assert!(!text.contains(end), "{text}");
    }
}

#[test]
fn chunks_are_whole_although_the_provider_never_began() {
    let bytes = b"event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n\
        event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n";
    let (text, _) = told((Format::Messages, Format::Chat), bytes);
    assert!(text.contains("Hi"), "{text}");
    for line in text.lines().filter_map(|it| it.strip_prefix("data: ")).filter(|it| *it != "[DONE]")
    {
        let chunk: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert_eq!(chunk["object"], "chat.completion.chunk");
    }
}
