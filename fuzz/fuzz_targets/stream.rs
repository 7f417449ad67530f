//! A provider's stream, whatever it is and however it is cut, means the same to every caller.
#![no_main]

use chat::Format;
use dialects::{About, Request, StreamTranslator};
use std::sync::Arc;

const WAYS_IN: [Format; 3] = [Format::Chat, Format::Responses, Format::Messages];

fn translated(formats: (Format, Format), pieces: &[&[u8]]) -> (Vec<u8>, dialects::Facts) {
    let request = Request { stream: true, stream_usage: true, ..Request::new(formats.1) };
    let about = About {
        id: "x".to_owned(),
        created: 0,
        model: "m".to_owned(),
        request: Arc::new(request),
    };
    let mut translator = StreamTranslator::new(formats, about);
    let mut out = Vec::new();
    for piece in pieces {
        translator.push(piece, &mut out);
    }
    translator.finish(&mut out);
    (out, translator.facts().clone())
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [first, cut, stream @ ..] = data else { return };
    let from = Format::ALL[usize::from(*first) % Format::ALL.len()];
    let (head, tail) = stream.split_at(usize::from(*cut).min(stream.len()));
    for to in WAYS_IN {
        assert_eq!(translated((from, to), &[stream]), translated((from, to), &[head, tail]));
    }
});
