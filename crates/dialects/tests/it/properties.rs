//! Properties that hold for every case and every cut.

use crate::assembled;
use crate::cases::{self, Case, WAYS_IN};
use crate::replies::{about, streamed};
use chat::Format;
use dialects::{Content, Reply, StreamTranslator, decode_reply, encode_reply};
use proptest::prelude::*;

/// What the stream is, put together by the caller's side: translated to `to` and read again.
fn folded(case: &Case, to: Format) -> Option<Reply> {
    let (text, facts) = streamed(case, to, usize::MAX);
    if facts.error.is_some() || facts.broken.is_some() {
        return None;
    }
    if to == Format::Chat {
        let body = assembled::chat(&text).to_string();
        return Some(decode_reply(to, body.as_bytes()).expect("our own chunks make a reply"));
    }
    Some(dialects::fold_stream(to, text.as_bytes()).expect("our own stream is read"))
}

/// The same without what only one side says, and without the white space in the arguments of calls: formats that
/// carry an object have none in a plain reply, and whatever the model wrote in a stream.
fn bare(reply: Reply) -> Reply {
    let mut reply = Reply { id: None, model: None, rest: serde_json::Map::new(), ..reply };
    for part in &mut reply.parts {
        if let Content::ToolCall(call) = part
            && let Ok(arguments) = serde_json::from_str::<serde_json::Value>(&call.arguments)
        {
            call.arguments = arguments.to_string();
        }
    }
    reply
}

/// What a caller of Messages returns of reasoning: that it is a summary, and its id, travel with the signature, which
/// comes after the text of a stream.
fn as_streamed(to: Format, reply: Reply) -> Reply {
    let mut reply = bare(reply);
    for part in reply.parts.iter_mut().filter(|_| to == Format::Messages) {
        if let Content::Thought(thought) = part {
            thought.is_summary = false;
            thought.id = None;
        }
    }
    reply
}

#[test]
fn a_stream_folds_to_the_plain_reply() {
    for case in cases::all("replies") {
        let (Some(body), Some(stream)) = (case.read("reply.json"), case.stream()) else { continue };
        let plain = decode_reply(case.from, &body);
        let folded = dialects::fold_stream(case.from, &stream);
        let (Ok(plain), Ok(folded)) = (plain, folded) else { continue };
        let same = bare(plain.clone()) == bare(folded.clone());
        match &case.about.differs {
            None => assert_eq!(bare(plain), bare(folded), "{}", case.name()),
            Some(why) => assert!(!same, "{} says `{why}` and does not differ", case.name()),
        }
    }
}

#[test]
fn a_caller_that_puts_its_stream_together_has_the_plain_reply_in_its_format() {
    for case in cases::all("replies") {
        let Some(stream) = case.stream() else { continue };
        let Ok(neutral) = dialects::fold_stream(case.from, &stream) else { continue };
        for to in WAYS_IN {
            let Some(seen) = folded(&case, to) else { continue };
            let plain = encode_reply(to, &neutral, &about(to));
            let plain = decode_reply(to, plain.to_string().as_bytes()).expect("our own reply");
            let (plain, seen) = (as_streamed(to, plain), as_streamed(to, seen));
            assert_eq!(plain, seen, "{} as {}", case.name(), to.name());
        }
    }
}

#[test]
fn where_the_bytes_are_cut_changes_nothing() {
    for case in cases::all("replies") {
        if case.stream().is_none() {
            continue;
        }
        for to in WAYS_IN {
            let whole = streamed(&case, to, usize::MAX);
            for piece in [1, 2, 3, 7, 64] {
                assert_eq!(whole, streamed(&case, to, piece), "{} cut by {piece}", case.name());
            }
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_break_a_translator(
        from in prop::sample::select(cases::TARGETS.to_vec()),
        to in prop::sample::select(WAYS_IN.to_vec()),
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), 0..8),
    ) {
        let mut translator = StreamTranslator::new((from, to), about(to));
        let mut out = Vec::new();
        for piece in &pieces {
            translator.push(piece, &mut out);
        }
        translator.finish(&mut out);
    }
}
