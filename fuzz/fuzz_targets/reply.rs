//! A provider's body, whatever it is, is broken or becomes a reply for every caller that is read again.
#![no_main]

use chat::Format;
use dialects::{About, Request};
use std::sync::Arc;

const WAYS_IN: [Format; 3] = [Format::Chat, Format::Responses, Format::Messages];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let from = Format::ALL[usize::from(*first) % Format::ALL.len()];
    let _ = chat::reply_as(from, body);
    let Ok(reply) = dialects::decode_reply(from, body) else { return };
    for to in WAYS_IN {
        let about = About {
            id: "x".to_owned(),
            created: 0,
            model: "m".to_owned(),
            request: Arc::new(Request::new(to)),
        };
        let written = dialects::encode_reply(to, &reply, &about).to_string();
        dialects::decode_reply(to, written.as_bytes()).expect("our own reply");
    }
});
