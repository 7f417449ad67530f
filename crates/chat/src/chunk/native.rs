//! Events of streams that are not chat completions.

use super::{Chunk, answer};
use crate::finish::FinishReason;
use crate::format::Format;
use crate::json::{Cursor, Fault, is_filled, members, whole};
use crate::usage::Reported;
use std::borrow::Cow;

/// An event of a Responses stream (<https://platform.openai.com/docs/api-reference/responses-streaming>).
pub(super) fn responses(name: &str, text: &[u8]) -> Result<Chunk, Fault> {
    let mut chunk = Chunk::default();
    let (mut kind, mut delta, mut item, mut response, mut error) =
        (None, &b"null"[..], None, None, &b"null"[..]);
    members(text, |name, raw| match name {
        b"type" => kind = Some(raw),
        b"delta" => delta = raw,
        b"item" => item = Some(raw),
        b"response" => response = Some(raw),
        b"error" => error = raw,
        b"sequence_number" => chunk.sequence = whole(raw),
        _ => {}
    })?;
    let kind = kind_of(kind, name);
    if is_filled(error) {
        chunk.error = Some(owned(error));
        return Ok(chunk);
    }
    match &*kind {
        "error" => chunk.error = Some(owned(text)),
        "response.created" => {
            let id = response.and_then(|it| member(it, b"id"));
            chunk.response_id = id.map(|it| unquoted(it).into_owned());
        }
        "response.output_item.added" => {
            // A message and a reasoning item begin empty; any other is a call of a tool.
            let item = item.and_then(|it| member(it, b"type")).map(unquoted);
            chunk.meaningful = item.is_some_and(|it| it != "message" && it != "reasoning");
        }
        "response.completed" | "response.incomplete" => {
            (chunk.finished, chunk.done, chunk.meaningful) = (true, true, true);
            chunk.finish = response.and_then(of_response);
            let usage = response.and_then(|it| member(it, b"usage"));
            chunk.usage = usage.and_then(|it| Reported::read_as(Format::Responses, it));
        }
        "response.failed" => {
            let response = response.unwrap_or(text);
            let usage = member(response, b"usage");
            chunk.usage = usage.and_then(|it| Reported::read_as(Format::Responses, it));
            let error = member(response, b"error").filter(|it| is_filled(it));
            chunk.error = Some(owned(error.unwrap_or(text)));
        }
        kind if kind.ends_with(".delta") => answer(delta, &mut chunk),
        _ => {}
    }
    Ok(chunk)
}

/// Why a Responses reply ended: its status, or, where that is not all, the reason for it.
pub(crate) fn of_response(response: &[u8]) -> Option<FinishReason> {
    let why = member(response, b"incomplete_details").and_then(|it| member(it, b"reason"));
    why.and_then(FinishReason::read)
        .or_else(|| member(response, b"status").and_then(FinishReason::read))
}

/// An event of a Messages stream (<https://docs.anthropic.com/en/docs/build-with-claude/streaming>).
pub(super) fn messages(name: &str, text: &[u8]) -> Result<Chunk, Fault> {
    let mut chunk = Chunk::default();
    let (mut kind, mut delta, mut block, mut usage, mut message, mut error) =
        (None, None, None, None, None, &b"null"[..]);
    members(text, |name, raw| match name {
        b"type" => kind = Some(raw),
        b"delta" => delta = Some(raw),
        b"content_block" => block = Some(raw),
        b"usage" => usage = Some(raw),
        b"message" => message = Some(raw),
        b"error" => error = raw,
        _ => {}
    })?;
    let kind = kind_of(kind, name);
    if kind == "error" || is_filled(error) {
        chunk.error = Some(owned(if is_filled(error) { error } else { text }));
        return Ok(chunk);
    }
    let read = |raw| Reported::read_as(Format::Messages, raw);
    match &*kind {
        "message_start" => {
            chunk.usage = message.and_then(|it| member(it, b"usage")).and_then(read);
        }
        "content_block_start" => begin(block.unwrap_or_default(), &mut chunk),
        "content_block_delta" => delta_of(delta.unwrap_or_default(), &mut chunk),
        "message_delta" => {
            chunk.usage = usage.and_then(read);
            let reason = delta.and_then(|it| member(it, b"stop_reason"));
            chunk.finish = reason.and_then(FinishReason::read);
            chunk.finished = chunk.finish.is_some();
            chunk.meaningful = chunk.finished;
        }
        "message_stop" => chunk.done = true,
        _ => {}
    }
    Ok(chunk)
}

/// The beginning of a block: text and thinking begin empty, anything else is there at once.
fn begin(block: &[u8], chunk: &mut Chunk) {
    let kind = member(block, b"type").map(unquoted).unwrap_or_default();
    match &*kind {
        "" => {}
        "text" => answer(member(block, b"text").unwrap_or(b"null"), chunk),
        "thinking" => answer(member(block, b"thinking").unwrap_or(b"null"), chunk),
        _ => answer(block, chunk),
    }
}

fn delta_of(delta: &[u8], chunk: &mut Chunk) {
    let _read = members(delta, |name, raw| {
        if matches!(name, b"text" | b"thinking" | b"partial_json" | b"citation") {
            answer(raw, chunk);
        }
    });
}

/// An event of a `streamGenerateContent` stream with `alt=sse`.
pub(super) fn gemini(text: &[u8]) -> Result<Chunk, Fault> {
    let mut chunk = Chunk::default();
    members(text, |name, raw| match name {
        b"candidates" => {
            let _read = Cursor::new(raw).array(|cursor| candidate(cursor.raw()?, &mut chunk));
        }
        b"usageMetadata" => chunk.usage = Reported::read_as(Format::Gemini, raw),
        b"error" if is_filled(raw) => chunk.error = Some(owned(raw)),
        b"promptFeedback" => {
            let blocked = member(raw, b"blockReason").is_some_and(is_filled);
            chunk.finish = blocked.then_some(FinishReason::ContentFilter).or(chunk.finish);
            chunk.finished |= blocked;
            chunk.meaningful |= blocked;
        }
        _ => {}
    })?;
    Ok(chunk)
}

fn candidate(raw: &[u8], chunk: &mut Chunk) -> Result<(), Fault> {
    members(raw, |name, raw| match name {
        b"finishReason" => {
            chunk.finish = chunk.finish.or(FinishReason::read(raw));
            chunk.finished |= is_filled(raw);
            chunk.meaningful |= is_filled(raw);
        }
        b"content" => {
            let parts = member(raw, b"parts").unwrap_or(b"[]");
            let _read = Cursor::new(parts).array(|cursor| {
                members(cursor.raw()?, |name, raw| {
                    if !matches!(name, b"thought" | b"thoughtSignature") {
                        answer(raw, chunk);
                    }
                })
            });
        }
        _ => {}
    })
}

/// An event of a Converse stream, its payload: the kind of event is the name of a header there.
pub(super) fn converse(name: &str, text: &[u8]) -> Result<Chunk, Fault> {
    let mut chunk = Chunk::default();
    let (mut delta, mut start, mut usage, mut reason) = (None, None, None, None);
    members(text, |name, raw| match name {
        b"delta" => delta = Some(raw),
        b"start" => start = Some(raw),
        b"usage" => usage = Some(raw),
        b"stopReason" => reason = Some(raw),
        _ => {}
    })?;
    match name {
        "contentBlockStart" => answer(start.unwrap_or(b"null"), &mut chunk),
        "contentBlockDelta" => {
            let _read = members(delta.unwrap_or_default(), |_, raw| answer(raw, &mut chunk));
        }
        "messageStop" => {
            chunk.finish = reason.and_then(FinishReason::read);
            chunk.finished = chunk.finish.is_some();
            chunk.meaningful = chunk.finished;
        }
        "metadata" => {
            chunk.usage = usage.and_then(|it| Reported::read_as(Format::Converse, it));
            chunk.done = true;
        }
        name if name.ends_with("Exception") => chunk.error = Some(owned(text)),
        _ => {}
    }
    Ok(chunk)
}

/// An event of a Cohere stream (<https://docs.cohere.com/v2/docs/streaming>).
pub(super) fn cohere(name: &str, text: &[u8]) -> Result<Chunk, Fault> {
    let mut chunk = Chunk::default();
    let (mut kind, mut delta, mut error) = (None, None, &b"null"[..]);
    members(text, |name, raw| match name {
        b"type" => kind = Some(raw),
        b"delta" => delta = Some(raw),
        b"error" => error = raw,
        _ => {}
    })?;
    let kind = kind_of(kind, name);
    let delta = delta.unwrap_or_default();
    if is_filled(error) {
        chunk.error = Some(owned(error));
    }
    match &*kind {
        "content-delta" | "content-start" => {
            let content = member(delta, b"message").and_then(|it| member(it, b"content"));
            let _read = members(content.unwrap_or_default(), |name, raw| {
                if matches!(name, b"text" | b"thinking") {
                    answer(raw, &mut chunk);
                }
            });
        }
        "tool-plan-delta" | "tool-call-start" | "tool-call-delta" | "citation-start" => {
            answer(member(delta, b"message").unwrap_or(b"null"), &mut chunk);
        }
        "message-end" => {
            (chunk.finished, chunk.done, chunk.meaningful) = (true, true, true);
            chunk.finish = member(delta, b"finish_reason").and_then(FinishReason::read);
            let usage = member(delta, b"usage");
            chunk.usage = usage.and_then(|it| Reported::read_as(Format::Cohere, it));
            if let Some(error) = member(delta, b"error").filter(|it| is_filled(it)) {
                chunk.error = Some(owned(error));
            }
        }
        _ => {}
    }
    Ok(chunk)
}

/// What an event says it is, in its data or else in its `event` field.
fn kind_of<'a>(kind: Option<&'a [u8]>, name: &'a str) -> Cow<'a, str> {
    kind.map(unquoted).filter(|it| !it.is_empty()).unwrap_or(Cow::Borrowed(name))
}

/// A member of an object; `None` when it is not there, or `raw` is no object.
pub(crate) fn member<'b>(raw: &'b [u8], wanted: &[u8]) -> Option<&'b [u8]> {
    let mut found = None;
    members(raw, |name, raw| {
        if name == wanted {
            found = Some(raw);
        }
    })
    .ok()?;
    found
}

/// What a string says, as far as it is one without escapes: kinds and ids are.
fn unquoted(raw: &[u8]) -> Cow<'_, str> {
    let inner = raw.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\""));
    String::from_utf8_lossy(inner.unwrap_or_default())
}

fn owned(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).into_owned()
}

#[cfg(test)]
mod tests;
