//! Framing, as AWS's own writer makes it.

use crate::converse::Frames;
use crate::reply::Broken;
use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use proptest::prelude::*;

/// A frame with these string headers.
pub(super) fn frame(headers: &[(&'static str, &str)], payload: &str) -> Vec<u8> {
    let message = Message::new(payload.as_bytes().to_vec());
    let message = headers.iter().fold(message, |message, (name, value)| {
        message.add_header(Header::new(*name, HeaderValue::String((*value).to_owned().into())))
    });
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes).expect("a frame");
    bytes
}

/// A frame of an event, with the headers that Bedrock sends.
pub(super) fn event(name: &str, payload: &str) -> Vec<u8> {
    let headers =
        [(":event-type", name), (":content-type", "application/json"), (":message-type", "event")];
    frame(&headers, payload)
}

/// What comes out of bytes that are cut after every `piece` of them.
fn read(bytes: &[u8], piece: usize) -> Result<Vec<(String, String)>, Broken> {
    let mut frames = Frames::default();
    let mut all = Vec::new();
    for piece in bytes.chunks(piece) {
        frames.push(piece, &mut |name, data| {
            let data = String::from_utf8_lossy(data).into_owned();
            all.push((name.unwrap_or_default().to_owned(), data));
        })?;
    }
    frames.finish()?;
    Ok(all)
}

#[test]
fn errors_and_exceptions_have_their_names_and_messages() {
    let mut bytes = event("messageStart", r#"{"role":"assistant"}"#);
    bytes.extend(frame(
        &[(":exception-type", "throttlingException"), (":message-type", "exception")],
        r#"{"message":"Too many requests"}"#,
    ));
    bytes.extend(frame(
        &[
            (":error-code", "InternalError"),
            (":error-message", "went wrong"),
            (":message-type", "error"),
        ],
        "",
    ));
    let all = read(&bytes, usize::MAX).expect("frames");
    let own = |name: &str, data: &str| (name.to_owned(), data.to_owned());
    assert_eq!(
        all,
        [
            own("messageStart", r#"{"role":"assistant"}"#),
            own("throttlingException", r#"{"message":"Too many requests"}"#),
            own("InternalError", r#"{"message":"went wrong"}"#),
        ]
    );
}

#[test]
fn a_flipped_bit_is_noticed() {
    let whole = event("messageStop", r#"{"stopReason":"end_turn"}"#);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        assert!(read(&bytes, usize::MAX).is_err(), "the byte at {at}");
    }
}

#[test]
fn a_stream_that_ends_in_a_frame_is_cut_off() {
    let whole = event("messageStop", "{}");
    let error = read(&whole[..whole.len() - 1], 5).expect_err("cut off");
    assert_eq!(error.to_string(), "the stream ends in the middle of a frame");
}

#[test]
fn a_frame_that_says_it_is_endless_is_not_waited_for() {
    let mut bytes = event("messageStop", "{}");
    bytes[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    let error = read(&bytes, usize::MAX).expect_err("too long");
    assert_eq!(error.to_string(), "a frame of 4294967295 bytes is longer than 16777216");
}

proptest! {
    #[test]
    fn where_frames_are_cut_changes_nothing(
        payloads in prop::collection::vec("[a-z{}\"]{0,40}", 0..6),
        piece in 1_usize..70,
    ) {
        let bytes: Vec<u8> = payloads.iter().flat_map(|it| event("metadata", it)).collect();
        let all = read(&bytes, piece).expect("frames");
        let read: Vec<String> = all.into_iter().map(|(_, data)| data).collect();
        prop_assert_eq!(read, payloads);
    }
}
