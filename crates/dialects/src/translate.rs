//! From one format to another, complete bodies.

use crate::about::{About, Target};
use crate::codec;
use crate::event::Event;
use crate::fold::Fold;
use crate::loss::{Losses, OnUnsupported, Refused};
use crate::reply::{Broken, Finish, Reply};
use crate::request::{Content, Request};
use chat::Format;
use serde_json::{Map, Value};
use std::sync::Arc;

/// No caller could read it back.
pub(crate) const NAMELESS: &str = "has a call without a name";

/// A caller's request, read once for all providers it may go to.
pub type Neutral = Result<Arc<Request>, Refused>;

/// A request for a provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// The body.
    pub body: Value,
    /// The caller's fields that are not in it, to be told to the caller: hints, and what was dropped on request.
    pub dropped: Vec<String>,
}

/// Reads a caller's body.
///
/// # Errors
/// It has something without a neutral form, or is not what its format says. Bodies that are not JSON objects are
/// refused before (`chat::scan_as`).
pub fn decode_request(from: Format, body: &[u8]) -> Neutral {
    let object = object(body).map_err(|it| Refused::one("body", it.0))?;
    codec::read_request(from, &object).map(Arc::new)
}

/// Writes a request for a provider.
///
/// # Errors
/// The format, or the request's combination of fields in it, cannot say what the caller said, and nothing may be
/// dropped.
pub fn encode_request(
    to: Format,
    request: &Request,
    target: &Target<'_>,
    on_unsupported: OnUnsupported,
) -> Result<Encoded, Refused> {
    let mut losses = Losses::default();
    let body = codec::write_request(to, request, target, &mut losses);
    Encoded::new(body, losses, on_unsupported)
}

impl Encoded {
    /// A body that says all but the losses, if that may be.
    pub(crate) fn new(
        body: Value,
        losses: Losses,
        on_unsupported: OnUnsupported,
    ) -> Result<Self, Refused> {
        if on_unsupported == OnUnsupported::Refuse && !losses.meaning.is_empty() {
            return Err(Refused { losses: losses.meaning });
        }
        Ok(Self { body, dropped: losses.fields() })
    }
}

/// [`decode_request`], then [`encode_request`].
///
/// # Errors
/// Those of both.
pub fn translate_request(
    (from, to): (Format, Format),
    body: &[u8],
    target: &Target<'_>,
    on_unsupported: OnUnsupported,
) -> Result<Encoded, Refused> {
    let request = decode_request(from, body)?;
    encode_request(to, &request, target, on_unsupported)
}

/// Reads a provider's complete 2xx reply.
///
/// # Errors
/// It is not what its format says.
pub fn decode_reply(from: Format, body: &[u8]) -> Result<Reply, Broken> {
    let reply = codec::read_reply(from, &object(body)?)?;
    let nameless = |it: &Content| matches!(it, Content::ToolCall(call) if call.name.is_empty());
    if reply.parts.iter().any(nameless) {
        return Err(Broken::new(NAMELESS));
    }
    Ok(reply)
}

/// Writes a reply for a caller.
#[must_use]
pub fn encode_reply(to: Format, reply: &Reply, about: &About) -> Value {
    codec::write_reply(to, reply, about)
}

/// [`decode_reply`], then [`encode_reply`]; what was used, and why it ended.
///
/// # Errors
/// The body is not what its format says.
pub fn translate_reply(
    (from, to): (Format, Format),
    body: &[u8],
    about: &About,
) -> Result<TranslatedReply, Broken> {
    let reply = decode_reply(from, body)?;
    let finish = reply.finish.as_ref().map(Finish::reason);
    Ok(TranslatedReply { body: encode_reply(to, &reply, about), usage: reply.usage, finish })
}

/// A reply as a caller gets it, and what a gateway wants to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct TranslatedReply {
    /// The body.
    pub body: Value,
    /// What was used, when the reply says so.
    pub usage: Option<chat::Reported>,
    /// Why the model stopped, when the reply says so.
    pub finish: Option<chat::FinishReason>,
}

/// Reads a complete stream and puts it together: the plain reply it stands for.
///
/// # Errors
/// It is not what its format says, is cut off, or holds an error.
pub fn fold_stream(from: Format, bytes: &[u8]) -> Result<Reply, Broken> {
    let mut decoder = codec::decoder(from);
    let mut fold = Fold::default();
    let mut failed = Ok(());
    let mut frame = |name: Option<&str>, data: &[u8]| {
        let mut each = |event| match event {
            Event::Error { message, .. } if failed.is_ok() => failed = Err(Broken(message)),
            event => fold.event(event),
        };
        decoder.frame(name, data, &mut each)
    };
    let mut read = Ok(());
    crate::stream::frames(from, bytes, &mut |name, data| {
        if read.is_ok() {
            read = frame(name, data);
        }
    })?;
    read?;
    decoder.finish(&mut |event| fold.event(event))?;
    failed.map(|()| fold.reply())
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Broken> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Broken::new("is not a JSON object")),
        Err(error) => Err(Broken::new(format!("is not JSON: {error}"))),
    }
}
