//! What was used, as callers read it.

use chat::{Format, Reported};
use serde_json::{Map, Value, json};

/// A provider's `usage`.
pub(super) fn read(value: &Value) -> Option<Reported> {
    Reported::read_as(Format::Chat, value.to_string().as_bytes())
}

/// `prompt_tokens` are all input tokens and `completion_tokens` all output tokens; the details are parts of them.
pub(super) fn write(reported: &Reported) -> Value {
    let usage = &reported.usage;
    let mut input = Map::new();
    input.insert("cached_tokens".to_owned(), json!(usage.cache_read));
    let written = usage.cache_write.saturating_add(usage.cache_write_1h);
    add(&mut input, "cache_write_tokens", written);
    if usage.cache_write_1h > 0 {
        let hour = json!({"ephemeral_1h_input_tokens": usage.cache_write_1h});
        input.insert("cache_creation".to_owned(), hour);
    }
    add(&mut input, "audio_tokens", usage.audio_input);
    add(&mut input, "image_tokens", usage.image_input);
    let mut output = Map::new();
    output.insert("reasoning_tokens".to_owned(), json!(usage.reasoning));
    add(&mut output, "audio_tokens", usage.audio_output);
    add(&mut output, "image_tokens", usage.image_output);
    let (tokens_in, tokens_out) = (usage.tokens_in(), usage.tokens_out());
    json!({
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in.saturating_add(tokens_out),
        "prompt_tokens_details": input,
        "completion_tokens_details": output,
    })
}

fn add(into: &mut Map<String, Value>, name: &str, tokens: u64) {
    if tokens > 0 {
        into.insert(name.to_owned(), json!(tokens));
    }
}
