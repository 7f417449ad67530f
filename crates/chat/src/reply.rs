//! Judges complete reply bodies: is a 2xx body really an answer, and what does an error body say.

use crate::chunk::of_response;
use crate::envelope;
use crate::finish::FinishReason;
use crate::format::Format;
use crate::json::{Cursor, Fault, is_filled, members};
use crate::usage::Reported;
use serde_json::Value;

/// Most bytes of an error message that are passed on.
const MAX_MESSAGE: usize = 2048;

/// What a complete 2xx reply body is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A completion.
    Good {
        /// What was used, when the reply says so.
        usage: Option<Reported>,
        /// Why the model stopped, of the first answer, when the reply says so.
        finish: Option<FinishReason>,
    },
    /// 200 with an error inside.
    Error {
        /// What it says, on one line.
        message: String,
        /// The error's JSON text.
        raw: String,
    },
    /// Not a JSON object of a completion.
    Broken {
        /// What is missing.
        why: &'static str,
    },
}

/// Judges a complete 2xx body of a chat completion, without building it.
#[must_use]
pub fn reply(body: &[u8]) -> Reply {
    reply_as(Format::Chat, body)
}

/// Judges a complete 2xx reply body of this format, without building it.
#[must_use]
pub fn reply_as(format: Format, body: &[u8]) -> Reply {
    let text = body.trim_ascii();
    match text.first() {
        None => return Reply::Broken { why: "the body is empty" },
        Some(b'{') => {}
        Some(b'<') => return Reply::Broken { why: "the body is HTML or XML, not JSON" },
        Some(_) => return Reply::Broken { why: "the body is not a JSON object" },
    }
    let found = match format {
        Format::Chat => read_chat(text),
        _ => read(format, text),
    };
    match found {
        Err(_) => Reply::Broken { why: "the body is not valid JSON, or was cut short" },
        Ok(Found { error: Some(raw), .. }) => Reply::Error {
            message: error_message(raw.as_bytes())
                .or_else(|| error_message(body))
                .unwrap_or_else(|| "an error without a message".to_owned()),
            raw,
        },
        Ok(Found { missing: Some(why), .. }) => Reply::Broken { why },
        Ok(Found { usage, finish, .. }) => Reply::Good { usage, finish },
    }
}

/// What a reply has of what it should have.
#[derive(Debug)]
struct Found {
    error: Option<String>,
    missing: Option<&'static str>,
    usage: Option<Reported>,
    finish: Option<FinishReason>,
}

fn read_chat(text: &[u8]) -> Result<Found, Fault> {
    let mut finish = None;
    let found = envelope::read(text, |cursor| match cursor.peek() {
        Some(b'{') => FinishReason::of_choice(cursor, &mut finish),
        _ => cursor.skip(),
    })?;
    let missing = matches!(found.choices, None | Some(0)).then_some("the body has no `choices`");
    Ok(Found { error: found.error, missing, usage: found.usage, finish })
}

/// A reply that is not a chat completion: the member that makes it one, its usage, its error.
fn read(format: Format, text: &[u8]) -> Result<Found, Fault> {
    let (wanted, why) = shape(format);
    let (mut error, mut usage, mut finish) = (None, None, None);
    let (mut is_there, mut is_error, mut has_failed) = (false, false, false);
    members(text, |name, raw| {
        is_there |= wanted.iter().any(|it| it.as_bytes() == name);
        match name {
            b"error" if raw != b"null" => error = Some(raw),
            b"stop_reason" | b"stopReason" | b"finish_reason" => finish = FinishReason::read(raw),
            b"candidates" => finish = first_candidate(raw),
            b"type" => is_error = raw == b"\"error\"",
            b"status" => has_failed = raw == b"\"failed\"",
            name if name == Reported::member_of(format).as_bytes() => {
                usage = Reported::read_as(format, raw);
            }
            _ => {}
        }
    })?;
    if error.is_none_or(|it| !is_filled(it))
        && (is_error || (has_failed && format == Format::Responses))
    {
        error = Some(text);
    }
    let error = error.map(|it| String::from_utf8_lossy(it).into_owned());
    if format == Format::Responses {
        finish = of_response(text);
    }
    Ok(Found { error, missing: (!is_there).then_some(why), usage, finish })
}

/// Why the first answer of Gemini ended.
fn first_candidate(raw: &[u8]) -> Option<FinishReason> {
    let mut finish = None;
    let mut is_first = true;
    let _read = Cursor::new(raw).array(|cursor| {
        let candidate = cursor.raw()?;
        if std::mem::take(&mut is_first) {
            members(candidate, |name, raw| {
                if name == b"finishReason" {
                    finish = FinishReason::read(raw);
                }
            })?;
        }
        Ok::<(), Fault>(())
    });
    finish
}

/// Members of which a reply of this format has one, and what is said when it has none.
const fn shape(format: Format) -> (&'static [&'static str], &'static str) {
    match format {
        Format::Chat => (&["choices"], "the body has no `choices`"),
        Format::Responses => (&["output"], "the body has no `output`"),
        Format::Messages => (&["content"], "the body has no `content`"),
        Format::Embeddings => (&["data"], "the body has no `data`"),
        Format::Gemini => (
            &["candidates", "promptFeedback", "embedding", "embeddings"],
            "the body has neither `candidates` nor `promptFeedback`",
        ),
        Format::GeminiEmbeddings | Format::CohereEmbeddings => {
            (&["embeddings"], "the body has no `embeddings`")
        }
        Format::Converse => (&["output"], "the body has no `output`"),
        Format::Cohere => (&["message", "embeddings"], "the body has no `message`"),
    }
}

/// The message of an error body in any of the shapes providers use: `error.message`, `error`,
/// `message`, `detail` (a text or a list), `errors`, or a list of such objects. One line, at most
/// 2 KiB; `None` when there is none.
#[must_use]
pub fn error_message(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let line = message_in(&value)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut line = line.replace(char::is_control, "");
    line.truncate(line.floor_char_boundary(MAX_MESSAGE));
    (!line.is_empty()).then_some(line)
}

/// The first text that explains, looked for where providers put it.
fn message_in(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => (!text.trim().is_empty()).then_some(text),
        Value::Array(items) => items.iter().find_map(message_in),
        Value::Object(members) => ["error", "message", "msg", "detail", "errors", "error_message"]
            .iter()
            .find_map(|name| members.get(*name).and_then(message_in)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
