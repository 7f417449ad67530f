//! Judges complete reply bodies: is a 2xx body really an answer, and what does an error body say.

use crate::envelope::{self, Envelope};
use crate::json::Cursor;
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

/// Judges a complete 2xx reply body, without building it.
#[must_use]
pub fn reply(body: &[u8]) -> Reply {
    let text = body.trim_ascii();
    match text.first() {
        None => return Reply::Broken { why: "the body is empty" },
        Some(b'{') => {}
        Some(b'<') => return Reply::Broken { why: "the body is HTML or XML, not JSON" },
        Some(_) => return Reply::Broken { why: "the body is not a JSON object" },
    }
    let Ok(found) = envelope::read(text, Cursor::skip) else {
        return Reply::Broken { why: "the body is not valid JSON, or was cut short" };
    };
    match found {
        Envelope { error: Some(raw), .. } => Reply::Error {
            message: error_message(body).unwrap_or_else(|| "an error without a message".to_owned()),
            raw,
        },
        Envelope { choices: None | Some(0), .. } => {
            Reply::Broken { why: "the body has no `choices`" }
        }
        Envelope { usage, .. } => Reply::Good { usage },
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
