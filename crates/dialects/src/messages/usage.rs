//! What was used, for callers. Read by `chat`.

use chat::{Format, Reported, Usage};
use serde_json::{Value, json};

/// Reads a `usage` object.
pub(super) fn read(usage: Option<&Value>) -> Option<Reported> {
    Reported::read_as(Format::Messages, usage?.to_string().as_bytes())
}

/// A `usage` object. The format demands one, so a provider that tells nothing gives zeros.
pub(super) fn write(reported: Option<&Reported>) -> Value {
    let usage = reported.map(|it| it.usage).unwrap_or_default();
    let Usage { input, audio_input, image_input, cache_read, cache_write, cache_write_1h, .. } =
        usage;
    let mut value = json!({
        "input_tokens": input.saturating_add(audio_input).saturating_add(image_input),
        "cache_creation_input_tokens": cache_write.saturating_add(cache_write_1h),
        "cache_read_input_tokens": cache_read,
        "output_tokens": usage.tokens_out(),
    });
    if let Some(members) = value.as_object_mut() {
        if cache_write_1h > 0 {
            let split = json!({
                "ephemeral_5m_input_tokens": cache_write,
                "ephemeral_1h_input_tokens": cache_write_1h,
            });
            members.insert("cache_creation".to_owned(), split);
        }
        if usage.reasoning > 0 {
            let details = json!({"thinking_tokens": usage.reasoning});
            members.insert("output_tokens_details".to_owned(), details);
        }
    }
    value
}
