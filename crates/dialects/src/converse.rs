//! Amazon Bedrock's Converse and `ConverseStream`, as the service model of today's AWS SDKs describes them.
//!
//! One format for many vendors' models: what only one vendor understands goes into `additionalModelRequestFields`, by
//! `vendor::Vendor`. Whether a stream is wanted is said by the path, not by the body. Bytes are base64 in JSON.

mod block;
mod frames;
mod invoked;
mod names;
mod options;
mod reasoning;
mod reply;
mod stream;
mod tools;
mod vendor;
mod write;

pub(crate) use frames::Frames;
pub use invoked::invoked_event;
pub(crate) use reply::read_reply;
pub(crate) use stream::Decoder;
pub(crate) use write::write_request;

use crate::reply::Finish;
use crate::request::Opaque;
use serde_json::Value;

/// What Converse itself encrypted.
const BEDROCK: &str = "amazon-bedrock-v1";
/// Signatures are Claude's: no other vendor's models sign behind Converse, and Anthropic documents that its signatures
/// hold on all platforms.
const CLAUDE: &str = "anthropic-claude-v1";

/// Why an answer ended; `fields` are `additionalModelResponseFields`, which name the stop text when asked for it.
fn finish(reason: &str, fields: Option<&Value>) -> Finish {
    match reason {
        "end_turn" => Finish::Stop,
        "stop_sequence" => Finish::StopSequence(stop_text(fields)),
        "max_tokens" => Finish::Length,
        "tool_use" => Finish::ToolCalls,
        "guardrail_intervened" | "content_filtered" => Finish::ContentFilter,
        "model_context_window_exceeded" => Finish::ContextFull,
        other => Finish::Other(other.to_owned()),
    }
}

fn stop_text(fields: Option<&Value>) -> Option<String> {
    let fields = fields?;
    let named = fields.get("stop_sequence").or_else(|| fields.pointer("/delta/stop_sequence"));
    named?.as_str().map(str::to_owned)
}

fn signature(data: impl Into<String>) -> Opaque {
    Opaque { family: CLAUDE.to_owned(), data: data.into(), encrypted: false }
}

fn redacted(data: impl Into<String>) -> Opaque {
    Opaque { family: BEDROCK.to_owned(), data: data.into(), encrypted: true }
}

#[cfg(test)]
mod tests;
