//! Why an answer ended, both ways.

use crate::members::text;
use crate::reply::Finish;
use serde_json::Value;

/// From `stop_reason` (and `stop_sequence`) of a message or of a `message_delta`'s `delta`.
pub(super) fn read(of: &Value) -> Option<Finish> {
    let sequence = || text(of, "stop_sequence").map(str::to_owned);
    Some(match text(of, "stop_reason")? {
        "end_turn" => Finish::Stop,
        "stop_sequence" => Finish::StopSequence(sequence()),
        "max_tokens" => Finish::Length,
        "tool_use" => Finish::ToolCalls,
        "refusal" => Finish::Refusal,
        "pause_turn" => Finish::Pause,
        "model_context_window_exceeded" => Finish::ContextFull,
        other => Finish::Other(other.to_owned()),
    })
}

/// What an answer holds that its reason to end must agree with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    /// A refusal.
    pub(super) refusal: bool,
    /// A call of a tool.
    pub(super) call: bool,
}

/// `stop_reason` and `stop_sequence` of an answer. Clients run the tools of an answer that says `tool_use` and no other,
/// while other providers end one that calls with the word for any end.
pub(super) fn of_answer(finish: Option<&Finish>, held: Held) -> (Option<&str>, Option<&str>) {
    match finish {
        Some(Finish::Stop) if held.refusal => (Some("refusal"), None),
        None | Some(Finish::Stop) if held.call => (Some("tool_use"), None),
        Some(it) => {
            let (reason, sequence) = write(it);
            (Some(reason), sequence)
        }
        None => (None, None),
    }
}

/// `stop_reason` and `stop_sequence`. Anthropic has one word for what a filter stopped and what the model declined.
fn write(finish: &Finish) -> (&str, Option<&str>) {
    match finish {
        Finish::Stop => ("end_turn", None),
        Finish::StopSequence(which) => ("stop_sequence", which.as_deref()),
        Finish::Length => ("max_tokens", None),
        Finish::ToolCalls => ("tool_use", None),
        Finish::ContentFilter | Finish::Refusal => ("refusal", None),
        Finish::Pause => ("pause_turn", None),
        Finish::ContextFull => ("model_context_window_exceeded", None),
        Finish::Other(word) => (word, None),
    }
}
