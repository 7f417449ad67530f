//! What was used, as callers read it.

use chat::{Format, Reported};
use serde_json::{Value, json};

/// A provider's `usage`.
pub(super) fn read(value: &Value) -> Option<Reported> {
    Reported::read_as(Format::Responses, value.to_string().as_bytes())
}

/// `input_tokens` are all input tokens and `output_tokens` all output tokens; the details are parts of them.
pub(super) fn write(reported: &Reported) -> Value {
    let usage = &reported.usage;
    let (tokens_in, tokens_out) = (usage.tokens_in(), usage.tokens_out());
    let mut input = json!({"cached_tokens": usage.cache_read});
    let written = usage.cache_write.saturating_add(usage.cache_write_1h);
    if let (Some(members), true) = (input.as_object_mut(), written > 0) {
        members.insert("cache_write_tokens".to_owned(), json!(written));
    }
    json!({
        "input_tokens": tokens_in,
        "input_tokens_details": input,
        "output_tokens": tokens_out,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": tokens_in.saturating_add(tokens_out),
    })
}
