//! Framing of `application/vnd.amazon.eventstream`.

use crate::reply::Broken;
use aws_smithy_eventstream::frame::read_message_from;
use aws_smithy_types::event_stream::Message;
use serde_json::json;

/// Longest frame; AWS documents payloads of up to 16 MiB.
const LONGEST: usize = 16 << 20;
/// Length of the frame, length of its headers and the checksum of both.
const PRELUDE: usize = 12;

/// Frames of a stream, however its bytes are cut. Checksums are checked.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    /// What has come of frames that are not complete.
    kept: Vec<u8>,
}

impl Frames {
    /// Gives every complete frame: its event or exception type, and its payload.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        each: &mut dyn FnMut(Option<&str>, &[u8]),
    ) -> Result<(), Broken> {
        self.kept.extend_from_slice(bytes);
        let mut done = 0;
        while let Some(frame) = next(self.kept.get(done..).unwrap_or_default())? {
            done += frame.len();
            give(frame, each)?;
        }
        self.kept.drain(..done);
        Ok(())
    }

    /// The stream has ended.
    pub(crate) fn finish(&self) -> Result<(), Broken> {
        if self.kept.is_empty() {
            return Ok(());
        }
        Err(Broken::new("the stream ends in the middle of a frame"))
    }
}

/// The first frame, when all of it is there.
fn next(bytes: &[u8]) -> Result<Option<&[u8]>, Broken> {
    let Some((length, _)) = bytes.split_first_chunk::<4>().filter(|_| bytes.len() >= PRELUDE)
    else {
        return Ok(None);
    };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    if length > LONGEST {
        return Err(Broken::new(format!("a frame of {length} bytes is longer than {LONGEST}")));
    }
    Ok(bytes.get(..length))
}

fn give(frame: &[u8], each: &mut dyn FnMut(Option<&str>, &[u8])) -> Result<(), Broken> {
    let message = read_message_from(frame)
        .map_err(|it| Broken::new(format!("is no frame of an event stream: {it}")))?;
    match header(&message, ":message-type") {
        Some("error") => {
            let text = header(&message, ":error-message").unwrap_or("the stream failed");
            let error = json!({ "message": text }).to_string();
            each(Some(header(&message, ":error-code").unwrap_or("error")), error.as_bytes());
        }
        Some("exception") => each(header(&message, ":exception-type"), message.payload()),
        _ => each(header(&message, ":event-type"), message.payload()),
    }
    Ok(())
}

fn header<'m>(message: &'m Message, name: &str) -> Option<&'m str> {
    let header = message.headers().iter().find(|it| it.name().as_str() == name)?;
    header.value().as_string().ok().map(|it| it.as_str())
}
