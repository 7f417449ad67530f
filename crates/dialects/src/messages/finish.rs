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

/// `stop_reason` and `stop_sequence`. Anthropic has one word for what a filter stopped and what the model declined.
pub(super) fn write(finish: &Finish) -> (&str, Option<&str>) {
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
