//! A caller's body, whatever it is, is refused or becomes a request of every format.
#![no_main]

use chat::Format;
use dialects::{OnUnsupported, Target};

const WAYS_IN: [Format; 3] = [Format::Chat, Format::Responses, Format::Messages];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let from = WAYS_IN[usize::from(*first) % WAYS_IN.len()];
    let _ = chat::scan_as(from, body);
    let Ok(request) = dialects::decode_request(from, body) else { return };
    let target = Target { model: "m", max_output_tokens: None, include_usage: true, as_openai: None, given_back: chat::GivenBack::Any };
    for to in Format::ALL {
        let refused = dialects::encode_request(to, &request, &target, OnUnsupported::Refuse);
        let dropped = dialects::encode_request(to, &request, &target, OnUnsupported::Drop);
        let dropped = dropped.expect("what is unsupported may be dropped");
        if let Ok(encoded) = refused {
            assert_eq!(encoded.body, dropped.body);
        }
    }
});
