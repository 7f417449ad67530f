//! One logged request, in the shape of the live service, with ours under `pointsman`.

use crate::{money, times};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A finished request. Heads and payloads are not kept.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the documented object has them")]
pub(super) struct LogView {
    id: String,
    #[schema(format = DateTime)]
    created_at: String,
    provider: String,
    model: String,
    model_type: Option<String>,
    path: &'static str,
    /// Milliseconds.
    duration: u64,
    request_type: &'static str,
    request_content_type: &'static str,
    response_content_type: &'static str,
    status_code: u16,
    success: bool,
    cached: bool,
    tokens_in: Option<u64>,
    tokens_out: Option<u64>,
    usage_metadata: Option<UsageView>,
    #[schema(value_type = Object)]
    metadata: Option<Box<RawValue>>,
    /// Index of the model element that answered.
    step: u32,
    /// Dollars; `null` when the price is not known.
    #[schema(value_type = Option<f64>)]
    cost: Option<Box<RawValue>>,
    /// Whether `cost` comes from the request and not from the catalogue.
    custom_cost: bool,
    request_size: u64,
    response_size: u64,
    event_id: String,
    user_agent: Option<String>,
    timings: Timings,
    pointsman: Ours,
}

/// Tokens in disjoint classes, summed.
#[derive(Debug, Serialize, ToSchema)]
struct UsageView {
    input_tokens: u64,
    output_tokens: u64,
    total_tokens: u64,
    cache_read_tokens: u64,
    /// Of both times that a provider keeps them.
    cache_write_tokens: u64,
    cache_write_1h_tokens: u64,
    audio_input_tokens: u64,
    image_input_tokens: u64,
    reasoning_tokens: u64,
    audio_output_tokens: u64,
    image_output_tokens: u64,
}

/// Milliseconds from the request's arrival.
#[derive(Debug, Serialize, ToSchema)]
struct Timings {
    /// Until the first meaningful byte of the answer.
    latency: Option<u64>,
    total: u64,
}

/// What only this server knows.
#[derive(Debug, Serialize, ToSchema)]
struct Ours {
    route_id: Option<String>,
    /// The route's name.
    route: Option<String>,
    version: Option<String>,
    /// Id of the token used.
    token: Option<String>,
    /// Of the random draws; the same seed takes the same path. Text, since it has 64 bits.
    seed: Option<String>,
    streamed: bool,
    cause: Option<String>,
    /// Who said what it costs, and in which version.
    price_version: Option<String>,
    /// The elements walked, with every attempt.
    #[schema(value_type = Vec<Object>)]
    path: Option<Box<RawValue>>,
}

impl From<telemetry::Record> for LogView {
    fn from(it: telemetry::Record) -> Self {
        let usage = it.usage.map(UsageView::from);
        let (route_id, route) = it.route.map(|(id, name)| (id.to_string(), name)).unzip();
        Self {
            event_id: it.id.clone(),
            id: it.id,
            created_at: times::from_millis(it.created_at_ms),
            provider: it.provider,
            model: it.model,
            model_type: None,
            path: "chat/completions",
            duration: it.duration_ms,
            request_type: "chat",
            request_content_type: "application/json",
            response_content_type: if it.streamed {
                "text/event-stream"
            } else {
                "application/json"
            },
            status_code: it.status,
            success: it.success,
            cached: false,
            tokens_in: usage.as_ref().map(|it| it.input_tokens),
            tokens_out: usage.as_ref().map(|it| it.output_tokens),
            usage_metadata: usage,
            metadata: it.metadata.and_then(|it| RawValue::from_string(it).ok()),
            step: it.step,
            cost: it.cost.and_then(money::dollars_from_nano),
            custom_cost: it.custom_cost,
            request_size: it.request_size,
            response_size: it.response_size,
            user_agent: it.user_agent,
            timings: Timings { latency: it.first_byte_ms, total: it.duration_ms },
            pointsman: Ours {
                route_id,
                route,
                version: it.version.map(|it| it.to_string()),
                token: it.token,
                seed: it.seed.map(|it| it.to_string()),
                streamed: it.streamed,
                cause: it.cause,
                price_version: it.price_version,
                path: RawValue::from_string(it.path).ok(),
            },
        }
    }
}

impl From<chat::Usage> for UsageView {
    fn from(it: chat::Usage) -> Self {
        let (input_tokens, output_tokens) = (it.tokens_in(), it.tokens_out());
        Self {
            input_tokens,
            output_tokens,
            total_tokens: input_tokens.saturating_add(output_tokens),
            cache_read_tokens: it.cache_read,
            cache_write_tokens: it.cache_write.saturating_add(it.cache_write_1h),
            cache_write_1h_tokens: it.cache_write_1h,
            audio_input_tokens: it.audio_input,
            image_input_tokens: it.image_input,
            reasoning_tokens: it.reasoning,
            audio_output_tokens: it.audio_output,
            image_output_tokens: it.image_output,
        }
    }
}
