//! Names of attributes and events.
//!
//! Those of the conventions for generative AI are from `open-telemetry/semantic-conventions-genai`, where everything is still in development; the
//! constants generated elsewhere are marked as deprecated, so they are written down here.

pub(crate) const OPERATION: &str = "gen_ai.operation.name";
pub(crate) const PROVIDER: &str = "gen_ai.provider.name";
pub(crate) const REQUEST_MODEL: &str = "gen_ai.request.model";
pub(crate) const REQUEST_STREAM: &str = "gen_ai.request.stream";
pub(crate) const RESPONSE_MODEL: &str = "gen_ai.response.model";
pub(crate) const FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
/// Seconds.
pub(crate) const FIRST_CHUNK: &str = "gen_ai.response.time_to_first_chunk";
/// Cached tokens included.
pub(crate) const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
pub(crate) const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
pub(crate) const CACHE_READ: &str = "gen_ai.usage.cache_read.input_tokens";
pub(crate) const CACHE_CREATION: &str = "gen_ai.usage.cache_creation.input_tokens";
pub(crate) const REASONING: &str = "gen_ai.usage.reasoning.output_tokens";

/// `input` or `output`.
pub(crate) const TOKEN_TYPE: &str = "gen_ai.token.type";

/// Metrics.
pub(crate) const TOKEN_USAGE: &str = "gen_ai.client.token.usage";
pub(crate) const OPERATION_DURATION: &str = "gen_ai.client.operation.duration";
pub(crate) const REQUEST_DURATION: &str = "gen_ai.server.request.duration";
pub(crate) const FIRST_TOKEN: &str = "gen_ai.server.time_to_first_token";

/// The original's, beside the conventions: <https://developers.cloudflare.com/ai-gateway/observability/otel-integration/>.
pub(crate) const MODEL_PROVIDER: &str = "gen_ai.model.provider";
/// Dollars.
pub(crate) const COST: &str = "gen_ai.usage.cost";
pub(crate) const PROMPT: &str = "gen_ai.prompt_json";
pub(crate) const COMPLETION: &str = "gen_ai.completion_json";

/// Of the conventions for HTTP and errors.
pub(crate) const STATUS: &str = "http.response.status_code";
pub(crate) const ERROR: &str = "error.type";
pub(crate) const USER_AGENT: &str = "user_agent.original";

pub(crate) const GATEWAY: &str = "pointsman.gateway";
pub(crate) const LOG_ID: &str = "pointsman.log_id";
pub(crate) const ROUTE: &str = "pointsman.route";
pub(crate) const VERSION: &str = "pointsman.version";
pub(crate) const STEP: &str = "pointsman.step";
pub(crate) const CACHED: &str = "pointsman.cached";
pub(crate) const EVENT_ID: &str = "pointsman.event_id";
pub(crate) const ELEMENT: &str = "pointsman.element";
pub(crate) const ELEMENT_TYPE: &str = "pointsman.element.type";
pub(crate) const OUTCOME: &str = "pointsman.outcome";
pub(crate) const RULE: &str = "pointsman.rule";
pub(crate) const CAUSE: &str = "pointsman.cause";
/// From 0, within a model element.
pub(crate) const ATTEMPT: &str = "pointsman.attempt";
pub(crate) const KEY: &str = "pointsman.key";
/// Content that was to be told is too long for a span.
pub(crate) const OMITTED: &str = "pointsman.content_omitted";

pub(crate) const EVENT_LIMIT: &str = "pointsman.limit";
pub(crate) const EVENT_SKIPPED: &str = "pointsman.model_skipped";
pub(crate) const EVENT_CACHE: &str = "pointsman.cache_hit";
