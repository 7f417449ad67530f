//! One logged request, in the shape of the live service, with ours under `pointsman`.

use crate::money::Dollars;
use crate::{money, times};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use store::{LogRanges, StoredLog};
use telemetry::{Charge, Payload, Record};
use utoipa::ToSchema;

/// A finished request.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the documented object has them")]
pub(super) struct LogView {
    id: String,
    #[schema(format = DateTime)]
    created_at: String,
    provider: String,
    model: String,
    /// Always `null`: models are told apart by their names only.
    model_type: Option<String>,
    /// The path called, without what names account and gateway.
    path: String,
    /// Milliseconds.
    duration: u64,
    /// `chat`, `responses`, `messages`, `embeddings`; `count_tokens` where tokens are counted; `native` on a provider's own API; `universal` of a list of steps that is refused as a whole; `unknown` where nothing is.
    request_type: String,
    request_content_type: String,
    response_content_type: String,
    status_code: u16,
    success: bool,
    cached: bool,
    tokens_in: Option<u64>,
    tokens_out: Option<u64>,
    usage_metadata: Option<UsageView>,
    /// `null` when the caller gave none.
    #[schema(value_type = Option<Object>)]
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
    /// The caller's name for the request; `null` when it gave none.
    event_id: Option<String>,
    user_agent: Option<String>,
    /// -1, 0 or 1, as given later.
    feedback: Option<i64>,
    /// 0 to 100, as given later.
    score: Option<i64>,
    /// Whether the caller had a token of this server.
    authentication: bool,
    /// Whether the provider was called with a key that is stored here.
    byok: bool,
    /// Always `false`: nobody but the operator pays providers.
    wholesale: bool,
    timings: Timings,
    pointsman: Ours,
}

/// A finished request with the beginnings of its bodies.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LogDetailView {
    #[serde(flatten)]
    log: LogView,
    /// Up to 10000 bytes; `null` when the body was not kept.
    request_head: Option<String>,
    /// `request_head` is all of it.
    request_head_complete: bool,
    /// Up to 10000 bytes; `null` when the body was not kept.
    response_head: Option<String>,
    /// `response_head` is all of it.
    response_head_complete: bool,
}

/// Bytes of a head.
const HEAD: usize = 10_000;

impl LogDetailView {
    pub(super) fn new(log: StoredLog, payload: Option<&Payload>) -> Self {
        let response = payload.map(|it| it.response.concat());
        let request = payload.map(|it| head(&it.request, it.request_complete));
        let response =
            response.zip(payload).map(|(body, payload)| head(&body, payload.response_complete));
        let (request_head, request_head_complete) = request.unwrap_or_default();
        let (response_head, response_head_complete) = response.unwrap_or_default();
        Self {
            log: log.into(),
            request_head,
            request_head_complete,
            response_head,
            response_head_complete,
        }
    }
}

/// The first bytes as text, and whether they are all. What is no text is shown as far as it is.
fn head(body: &[u8], complete: bool) -> (Option<String>, bool) {
    if body.is_empty() && !complete {
        return (None, false);
    }
    let mut cut = body.get(..HEAD).unwrap_or(body);
    let whole = cut.len() == body.len();
    // Not in the midst of a character.
    if !whole
        && let Err(error) = std::str::from_utf8(cut)
        && error.error_len().is_none()
    {
        cut = cut.get(..error.valid_up_to()).unwrap_or(cut);
    }
    (Some(String::from_utf8_lossy(cut).into_owned()), whole && complete)
}

/// What `meta_info` adds to `result_info`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MetaView {
    /// Dollars.
    #[schema(value_type = Option<f64>)]
    min_cost: Option<Box<RawValue>>,
    /// Dollars.
    #[schema(value_type = Option<f64>)]
    max_cost: Option<Box<RawValue>>,
    /// Milliseconds.
    min_duration: Option<i64>,
    /// Milliseconds.
    max_duration: Option<i64>,
    min_tokens_in: Option<i64>,
    max_tokens_in: Option<i64>,
    min_tokens_out: Option<i64>,
    max_tokens_out: Option<i64>,
    min_total_tokens: Option<i64>,
    max_total_tokens: Option<i64>,
}

impl From<LogRanges> for MetaView {
    fn from(it: LogRanges) -> Self {
        let dollars = |it: i64| money::dollars_from_nano(it.unsigned_abs());
        Self {
            min_cost: it.cost.and_then(|it| dollars(it.0)),
            max_cost: it.cost.and_then(|it| dollars(it.1)),
            min_duration: it.duration.map(|it| it.0),
            max_duration: it.duration.map(|it| it.1),
            min_tokens_in: it.tokens_in.map(|it| it.0),
            max_tokens_in: it.tokens_in.map(|it| it.1),
            min_tokens_out: it.tokens_out.map(|it| it.0),
            max_tokens_out: it.tokens_out.map(|it| it.1),
            min_total_tokens: it.tokens.map(|it| it.0),
            max_total_tokens: it.tokens.map(|it| it.1),
        }
    }
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
    /// Whether the request came in at the OpenAI-compatible face, and not at a provider's own API.
    compatibility: bool,
    cause: Option<String>,
    /// Why the model stopped: `stop`, `length`, `tool_calls`, `content_filter`, `refusal` or `other`.
    finish: Option<String>,
    /// Who said what it costs, and in which version.
    price_version: Option<String>,
    /// Parts of `cost`; `null` when it is not the sum of priced tokens.
    costs: Option<CostsView>,
    /// What each model element that was called was charged; they sum to `cost`. Empty when nothing was billed, and in logs written before
    /// this was kept.
    charges: Vec<ChargeView>,
    /// Where the time to the first byte went.
    times: TimesView,
    /// `traceparent` of this request; `null` when nobody traces.
    trace: Option<String>,
    /// The elements walked, with every attempt.
    #[schema(value_type = Vec<Object>)]
    path: Option<Box<RawValue>>,
    /// What was decided on: enough to take the same path again. `null` on a direct call.
    #[schema(value_type = Option<Object>)]
    decision: Option<Box<RawValue>>,
}

/// Dollars by class of token.
#[derive(Debug, Serialize, ToSchema)]
struct CostsView {
    #[schema(value_type = f64)]
    input: Option<Box<RawValue>>,
    #[schema(value_type = f64)]
    cache_read: Option<Box<RawValue>>,
    #[schema(value_type = f64)]
    cache_write: Option<Box<RawValue>>,
    #[schema(value_type = f64)]
    output: Option<Box<RawValue>>,
    #[schema(value_type = f64)]
    other: Option<Box<RawValue>>,
}

/// What the attempts of one model element were charged together.
#[derive(Debug, Serialize, ToSchema)]
struct ChargeView {
    /// Index among the elements of `path` that have `attempts`.
    step: u32,
    /// Id of that element; `null` on a direct call.
    element: Option<String>,
    provider: String,
    model: String,
    usage: UsageView,
    /// Dollars; `null` when the price of a part of it is not known.
    cost: Option<Dollars>,
}

/// Microseconds; `gateway_us` and `upstream_us` sum to the time to the first byte.
#[derive(Debug, Serialize, ToSchema)]
struct TimesView {
    gateway_us: u64,
    /// Of `gateway_us`.
    route_us: u64,
    upstream_us: u64,
}

impl From<StoredLog> for LogView {
    fn from(StoredLog { record, feedback, score }: StoredLog) -> Self {
        let usage = record.usage.map(UsageView::from);
        let path = elements(&record.path);
        let byok = used_own_key(&path);
        let timings = Timings { latency: record.first_byte_ms, total: record.duration_ms };
        Self {
            created_at: times::from_millis(record.created_at_ms),
            model_type: None,
            duration: record.duration_ms,
            status_code: record.status,
            success: record.success,
            cached: record.cached,
            tokens_in: usage.as_ref().map(|it| it.input_tokens),
            tokens_out: usage.as_ref().map(|it| it.output_tokens),
            usage_metadata: usage,
            step: record.step,
            cost: record.cost.and_then(money::dollars_from_nano),
            custom_cost: record.custom_cost,
            request_size: record.request_size,
            response_size: record.response_size,
            feedback,
            score,
            authentication: record.entry.authenticated,
            byok,
            wholesale: false,
            timings,
            pointsman: Ours::of(&record, &path),
            id: record.id,
            provider: record.provider,
            model: record.model,
            path: record.entry.path,
            request_type: record.entry.kind,
            request_content_type: record.entry.request_content_type,
            response_content_type: record.entry.response_content_type,
            event_id: record.entry.event_id,
            metadata: record.metadata.and_then(|it| RawValue::from_string(it).ok()),
            user_agent: record.user_agent,
        }
    }
}

impl Ours {
    fn of(it: &Record, path: &[Element<'_>]) -> Self {
        let raw = |it: &str| RawValue::from_string(it.to_owned()).ok();
        let (route_id, route) = it.route.clone().map(|(id, name)| (id.to_string(), name)).unzip();
        Self {
            route_id,
            route,
            version: it.version.as_ref().map(ToString::to_string),
            token: it.token.clone(),
            seed: it.seed.map(|it| it.to_string()),
            streamed: it.streamed,
            compatibility: it.entry.compat,
            cause: it.cause.clone(),
            finish: it.finish.clone(),
            price_version: it.price_version.clone(),
            costs: it.costs.map(CostsView::from),
            charges: it.charges.iter().map(|charge| ChargeView::new(charge, it, path)).collect(),
            times: TimesView {
                gateway_us: it.times.gateway_us,
                route_us: it.times.route_us,
                upstream_us: it.times.upstream_us,
            },
            trace: it.trace.as_ref().map(|it| it.header(it.span)),
            path: raw(&it.path),
            decision: it.decision.as_deref().and_then(raw),
        }
    }
}

impl From<telemetry::Costs> for CostsView {
    fn from(it: telemetry::Costs) -> Self {
        Self {
            input: money::dollars_from_nano(it.input),
            cache_read: money::dollars_from_nano(it.cache_read),
            cache_write: money::dollars_from_nano(it.cache_write),
            output: money::dollars_from_nano(it.output),
            other: money::dollars_from_nano(it.other),
        }
    }
}

impl ChargeView {
    fn new(it: &Charge, record: &Record, path: &[Element<'_>]) -> Self {
        let mut called = path.iter().filter(|it| it.attempts.is_some());
        let element = usize::try_from(it.step).ok().and_then(|step| called.nth(step));
        Self {
            step: it.step,
            element: element.filter(|_| record.route.is_some()).map(|it| it.element.to_string()),
            provider: it.provider.to_string(),
            model: it.model.to_string(),
            usage: it.usage.into(),
            cost: it.cost.map(Dollars),
        }
    }
}

/// What is read of an element of a path.
#[derive(Deserialize)]
struct Element<'p> {
    #[serde(borrow, default)]
    element: Cow<'p, str>,
    /// Of a model element.
    attempts: Option<Vec<Attempt<'p>>>,
}

#[derive(Deserialize)]
struct Attempt<'p> {
    #[serde(borrow)]
    key: Option<Cow<'p, str>>,
}

fn elements(path: &str) -> Vec<Element<'_>> {
    serde_json::from_str(path).unwrap_or_default()
}

/// Whether the last attempt was made with another key than the caller's own.
fn used_own_key(path: &[Element<'_>]) -> bool {
    let last = path.iter().flat_map(|it| it.attempts.iter().flatten()).next_back();
    last.and_then(|it| it.key.as_ref()).is_some_and(|it| it != "caller")
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
