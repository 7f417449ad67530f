//! Tests of what is let through: any stream, cut anywhere.

use super::{Halt, MAX_HELD, Watch};
use bytes::Bytes;
use dialects::Begun;
use proptest::prelude::*;
use std::collections::VecDeque;

const TEXT: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hé\"}}]}\n\n";
const USAGE: &str =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n";

/// Feeds the parts and ends the stream; what was let through, by part, and at the end.
fn run(withhold_usage: bool, parts: &[&[u8]]) -> (Watch, Vec<VecDeque<Bytes>>) {
    let mut watch = Watch::new(chat::Format::Chat, withhold_usage);
    let mut released = Vec::new();
    for part in parts {
        let mut out = VecDeque::new();
        watch.push(Bytes::copy_from_slice(part), &mut out);
        released.push(out);
    }
    let mut out = VecDeque::new();
    watch.finish(&mut out);
    released.push(out);
    (watch, released)
}

fn joined(released: &[VecDeque<Bytes>]) -> Vec<u8> {
    released.iter().flatten().flat_map(|it| it.iter().copied()).collect()
}

#[test]
fn chunks_of_whole_events_are_passed_on_themselves() {
    let mut watch = Watch::new(chat::Format::Chat, true);
    let mut out = VecDeque::new();
    let chunk = Bytes::from(TEXT.repeat(3));
    watch.push(chunk.clone(), &mut out);
    let passed = out.pop_front().expect("passed on");
    assert_eq!((passed.as_ptr(), passed.len()), (chunk.as_ptr(), chunk.len()));
    assert!(out.is_empty());
}

#[test]
fn only_the_usage_event_is_cut_out_of_a_chunk() {
    let chunk = [TEXT, USAGE, TEXT, "data: [DONE]\n\n"].concat();
    let (watch, released) = run(true, &[chunk.as_bytes()]);
    assert_eq!(joined(&released), chunk.replace(USAGE, "").into_bytes());
    assert!(watch.seen().done);
    assert_eq!(watch.seen().usage.map(|it| it.usage.tokens_out()), Some(4));
}

#[test]
fn a_last_usage_of_zeros_is_not_what_the_stream_used() {
    let zeros = USAGE.replace(":3", ":0").replace(":4", ":0");
    for (events, tokens) in
        [([USAGE, &zeros], (3, 4)), ([&zeros, USAGE], (3, 4)), ([&zeros, &zeros], (0, 0))]
    {
        let (watch, _) = run(false, &[events.concat().as_bytes()]);
        let used = watch.seen().usage.map(|it| (it.usage.tokens_in(), it.usage.tokens_out()));
        assert_eq!(used, Some(tokens), "{events:?}");
    }
}

#[test]
fn an_incomplete_event_waits_but_not_beyond_64_kib() {
    let start = "data: {\"choices\":[{\"delta\":{\"content\":\"".to_owned();
    let long = start.clone() + &"x".repeat(70_000);
    let (watch, released) = run(true, &[TEXT.as_bytes(), start.as_bytes()]);
    assert_eq!(joined(&released), TEXT.as_bytes());
    assert_eq!(watch.seen().halt, Some(Halt::CutOff));
    assert!(!watch.is_mid_event());
    let (watch, released) = run(true, &[TEXT.as_bytes(), long.as_bytes()]);
    assert_eq!(joined(&released), [TEXT, &long].concat().as_bytes());
    assert!(watch.is_mid_event());
}

#[test]
fn a_usage_event_too_long_to_be_held_goes_on_whole() {
    let long = USAGE.replace('}', &format!("{}}}", " ".repeat(40_000)));
    let (first, second) = long.split_at(70_000);
    let (watch, released) =
        run(true, &[TEXT.as_bytes(), first.as_bytes(), second.as_bytes(), TEXT.as_bytes()]);
    assert!(joined(&released) == [TEXT, &long, TEXT].concat().as_bytes());
    assert!(watch.seen().usage.is_some());
}

#[test]
fn what_follows_done_is_let_through_unread() {
    let all = [TEXT, "data: [DONE]\n\n", "data: {\"error\":\"late\"}\n\n"].concat();
    let (watch, released) = run(true, &[all.as_bytes()]);
    assert_eq!(joined(&released), all.as_bytes());
    assert_eq!(watch.seen().halt, None);
}

#[test]
fn nothing_after_an_error_is_let_through() {
    let error = "data: {\"error\":{\"message\":\"no\"}}\n\n";
    let (watch, released) = run(true, &[[TEXT, error, TEXT].concat().as_bytes(), TEXT.as_bytes()]);
    assert_eq!(joined(&released), TEXT.as_bytes());
    let data = Bytes::from_static(b"{\"error\":{\"message\":\"no\"}}");
    let raw = Bytes::copy_from_slice(error.as_bytes());
    assert_eq!(watch.seen().halt, Some(Halt::Error { raw, data }));
}

/// Events of every kind, with every line end.
fn events() -> impl Strategy<Value = Vec<String>> {
    let event = prop_oneof![
        4 => Just(TEXT.to_owned()),
        3 => Just(USAGE.to_owned()),
        1 => Just("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n".to_owned()),
        1 => Just(": ping\n\n".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("event: x\nid: 7\ndata: {\"choices\":[],\ndata: \"usage\":null}\n\n".to_owned()),
        1 => (60_000_usize..70_000).prop_map(|it| TEXT.replace('H', &"x".repeat(it))),
    ];
    let event = (event, prop_oneof![Just("\n"), Just("\r\n")])
        .prop_map(|(event, end)| event.replace('\n', end));
    prop::collection::vec(event, 1..12)
}

/// The bytes cut in parts of these lengths, the last one repeated.
fn cut<'a>(mut bytes: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut lengths = lengths.iter().copied().cycle();
    while let Some(length) = lengths.next().filter(|_| !bytes.is_empty()) {
        let (part, rest) = bytes.split_at(length.min(bytes.len()));
        parts.push(part);
        bytes = rest;
    }
    parts
}

fn is_usage(event: &str) -> bool {
    event.contains("prompt_tokens")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn however_it_is_cut_only_usage_events_are_missing(
        events in events(),
        lengths in prop::collection::vec(1_usize..200, 1..40),
    ) {
        let all = TEXT.to_owned() + &events.concat();
        let parts = cut(all.as_bytes(), &lengths);
        let (watch, released) = run(false, &parts);
        prop_assert!(joined(&released) == all.as_bytes());
        prop_assert_eq!(watch.seen().usage.is_some(), events.iter().any(|it| is_usage(it)));
        prop_assert_eq!(&watch.seen().halt, &None);

        let kept: Vec<_> = events.iter().filter(|it| !is_usage(it)).map(String::as_str).collect();
        let (_, released) = run(true, &parts);
        prop_assert!(joined(&released) == (TEXT.to_owned() + &kept.concat()).as_bytes());
    }

    #[test]
    fn what_is_whole_does_not_wait(events in events(), lengths in prop::collection::vec(1_usize..200, 1..40)) {
        let all = TEXT.to_owned() + &events.concat();
        let mut watch = Watch::new(chat::Format::Chat, false);
        let mut out = VecDeque::new();
        let mut fed = 0;
        for part in cut(all.as_bytes(), &lengths) {
            watch.push(Bytes::copy_from_slice(part), &mut out);
            fed += part.len();
            let passed: usize = out.iter().map(Bytes::len).sum();
            let waiting = watch.events.rest().len() - watch.released;
            prop_assert_eq!(passed + waiting, fed);
            prop_assert!(waiting <= MAX_HELD);
        }
    }
}

/// A stream of another format: what it came to, and the event that would end it if it broke there.
fn read(format: chat::Format, text: &str) -> (Watch, String) {
    let mut watch = Watch::new(format, true);
    watch.push(Bytes::copy_from_slice(text.as_bytes()), &mut VecDeque::new());
    let begun = Begun::seen(watch.seen().sequence, watch.seen().response_id.as_deref());
    let last = dialects::failure(format, begun, "it broke");
    (watch, last)
}

#[test]
fn the_two_accounts_of_a_messages_stream_are_one() {
    let start = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":25,\"output_tokens\":1}}}\n\n";
    let end = "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":15}}\n\n";
    let (watch, last) = read(chat::Format::Messages, &[start, end].concat());
    let usage = watch.seen().usage.expect("usage").usage;
    assert_eq!((usage.tokens_in(), usage.tokens_out()), (25, 15));
    assert!(watch.seen().finished && watch.seen().meaningful && !watch.seen().done);
    let expected = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"it broke\"}}\n\n";
    assert_eq!(last, expected);
}

#[test]
fn a_broken_responses_stream_ends_with_a_failed_response_of_its_id_and_the_next_numbers() {
    let text = "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_7\"}}\n\n\
        event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":6,\"delta\":\"Hi\"}\n\n";
    let (watch, last) = read(chat::Format::Responses, text);
    assert!(watch.seen().meaningful && !watch.seen().finished);
    let events: Vec<(&str, serde_json::Value)> = last
        .trim_end()
        .split("\n\n")
        .map(|it| it.strip_prefix("event: ").expect("a name").split_once("\ndata: ").expect("data"))
        .map(|(name, data)| (name, serde_json::from_str(data).expect("JSON")))
        .collect();
    let [("error", error), ("response.failed", failed)] = &events[..] else { panic!("{last}") };
    assert_eq!((&error["sequence_number"], &failed["sequence_number"]), (&7.into(), &8.into()));
    assert_eq!(error["error"]["message"], "it broke");
    assert_eq!(
        (&failed["response"]["id"], &failed["response"]["status"]),
        (&"resp_7".into(), &"failed".into())
    );
}
