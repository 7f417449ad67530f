//! The record of one request.

use bytes::Bytes;
use route::ids::{GatewayId, RouteId, VersionId};

/// One finished request.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of the log: each is a column of its own")]
pub struct Record {
    /// UUIDv7, lower case; the response's `cf-aig-log-id`.
    pub id: String,
    /// The gateway called.
    pub gateway: GatewayId,
    /// Admission, in Unix milliseconds.
    pub created_at_ms: u64,
    /// Id and name of the route; `None` for a model called directly.
    pub route: Option<(RouteId, String)>,
    /// The version that served.
    pub version: Option<VersionId>,
    /// Id of the token used.
    pub token: Option<String>,
    /// Seed of the request's dice.
    pub seed: Option<u64>,
    /// The path as JSON, `[{"element", "type", "outcome", "attempts": […]}]`, as in errors.
    pub path: String,
    /// Slug of the provider that answered; `unknown` when none did.
    pub provider: String,
    /// The model that answered; the name asked for when none did.
    pub model: String,
    /// Index of the model element that answered.
    pub step: u32,
    /// Status sent to the caller.
    pub status: u16,
    /// Whether a model answered, to the end.
    pub success: bool,
    /// Whether a stream was asked for.
    pub streamed: bool,
    /// Why not, for people; no secrets.
    pub cause: Option<String>,
    /// Tokens of all billed calls.
    pub usage: Option<chat::Usage>,
    /// Nano-dollars; `None`: the price is unknown.
    pub cost: Option<u64>,
    /// Who said what it costs, and in which version; `None`: nothing was billed, or nobody knows.
    pub price_version: Option<String>,
    /// The cost is the caller's own (`cf-aig-custom-cost`).
    pub custom_cost: bool,
    /// The caller's metadata as a JSON object.
    pub metadata: Option<String>,
    /// From admission to the last byte.
    pub duration_ms: u64,
    /// From admission to the first byte sent.
    pub first_byte_ms: Option<u64>,
    /// Bytes of the request body.
    pub request_size: u64,
    /// Bytes of the response body.
    pub response_size: u64,
    /// As the caller sent it, bounded.
    pub user_agent: Option<String>,
    /// How the caller came in.
    pub entry: Entry,
    /// The answer came from the cache: it cost nothing, and nobody was called for it.
    pub cached: bool,
    /// Why the model stopped, a word of [`chat::FinishReason`]; `None` when it did not say.
    pub finish: Option<String>,
    /// The parts of `cost`; `None` when it is not the sum of priced tokens.
    pub costs: Option<Costs>,
    /// What each model element called was billed for, a direct call being one; in the order in which that became known. They sum to `cost`, and to
    /// `usage` unless an answer that was kept is a part of that. Empty in records of the log that were written before it kept them.
    pub charges: Vec<Charge>,
    /// Where the time went.
    pub times: Times,
    /// What was decided on, as JSON of `route::Decision`: enough to take the same path again. `None` on a direct call.
    pub decision: Option<String>,
    /// The caller's trace, and this request's place in it; `None` when nobody traces.
    pub trace: Option<Trace>,
    /// What was asked and answered; `None` when payloads are not kept.
    pub payload: Option<Box<Payload>>,
}

/// Causes of attempts that left for a provider, or tried to.
const CALLED: [&str; 9] = [
    "timeout",
    "dns",
    "connect",
    "tls",
    "private",
    "reset",
    "status",
    "broken_body",
    "error_in_200",
];

/// Whether an attempt of a record's path with this cause called somebody. One without a cause
/// answered; those that were skipped, by a breaker or a limit say, have other causes.
#[must_use]
pub fn was_called(cause: Option<&str>) -> bool {
    cause.is_none_or(|it| CALLED.contains(&it))
}

/// How the caller came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The path called, without what names account and gateway: `chat/completions`, `messages`, or a path of a provider's own API.
    pub path: String,
    /// `chat`, `responses`, `messages`, `embeddings`; `count_tokens` where tokens are counted and nothing is asked; `native` on a provider's own
    /// API; `universal` of a list of steps that is refused as a whole; `unknown` of what is called where nothing is.
    pub kind: String,
    /// In the OpenAI-compatible face, not at a provider's own API.
    pub compat: bool,
    /// With a token of ours.
    pub authenticated: bool,
    /// The caller's own name for this request (`cf-aig-event-id`).
    pub event_id: Option<String>,
    /// `content-type` of the request.
    pub request_content_type: String,
    /// `content-type` of the response.
    pub response_content_type: String,
}

/// What the calls of one model element are billed for, of a request that may have called several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Its index among the model elements of the path.
    pub step: u32,
    /// Slug of the provider called.
    pub provider: Box<str>,
    /// The model called.
    pub model: Box<str>,
    /// Tokens of its billed calls.
    pub usage: chat::Usage,
    /// Nano-dollars; `None`: the price of a part of it is unknown.
    pub cost: Option<u64>,
}

/// A cost by class of token, in nano-dollars. The parts sum to the cost of the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Input that was not cached, pictures and sound included.
    pub input: u64,
    /// Input read from the provider's cache.
    pub cache_read: u64,
    /// Input written to the provider's cache.
    pub cache_write: u64,
    /// Output, reasoning included.
    pub output: u64,
    /// What is charged by another measure, or what rounding up a response added.
    pub other: u64,
}

/// Microseconds of the time from admission to the first byte sent: `gateway` and `upstream` sum to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// In this process: reading, deciding, limits, translating, waiting between retries.
    pub gateway_us: u64,
    /// Of `gateway_us`, the route: its walk and its limits.
    pub route_us: u64,
    /// Waiting for providers, until the answer was committed.
    pub upstream_us: u64,
}

/// A place in a distributed trace (W3C Trace Context).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// 16 bytes, not all zero.
    pub trace_id: [u8; 16],
    /// The caller's span; `None` when the trace begins here.
    pub parent: Option<[u8; 8]>,
    /// The span of this request.
    pub span: [u8; 8],
    /// The caller, or our own draw, wants it exported.
    pub sampled: bool,
    /// What systems on the way say to themselves (`tracestate`), as the caller sent it.
    pub state: Option<Box<str>>,
}

/// What was asked and answered, as far as it is kept. The bytes are few pieces in memory of their own: the queue's bound counts them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// The body as the caller sent it, whatever is in it; empty when it was too large to be kept, and of a list of steps that is refused
    /// as a whole, whose headers are keys of providers.
    pub request: Bytes,
    /// The body as the caller got it, in pieces; empty when it was too large to be kept.
    pub response: Vec<Bytes>,
    /// `request` is whole.
    pub request_complete: bool,
    /// `response` is whole: it was not too large, and the client stayed to its end.
    pub response_complete: bool,
}

impl Payload {
    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> usize {
        self.request.len() + self.response.iter().map(Bytes::len).sum::<usize>()
    }
}

impl Record {
    /// A request of which nothing is known but that it came: no model, no path, no success, no status.
    #[must_use]
    pub fn new(id: String, gateway: GatewayId, created_at_ms: u64) -> Self {
        Self {
            id,
            gateway,
            created_at_ms,
            route: None,
            version: None,
            token: None,
            seed: None,
            path: "[]".to_owned(),
            provider: String::new(),
            model: String::new(),
            step: 0,
            status: 0,
            success: false,
            streamed: false,
            cause: None,
            usage: None,
            cost: None,
            price_version: None,
            custom_cost: false,
            metadata: None,
            duration_ms: 0,
            first_byte_ms: None,
            request_size: 0,
            response_size: 0,
            user_agent: None,
            entry: Entry::default(),
            cached: false,
            finish: None,
            costs: None,
            charges: Vec::new(),
            times: Times::default(),
            decision: None,
            trace: None,
            payload: None,
        }
    }

    /// What sums are made of, without anything that the caller said: no payload, no metadata, no headers.
    #[must_use]
    pub fn bare(self) -> Self {
        Self {
            payload: None,
            metadata: None,
            decision: None,
            cause: None,
            user_agent: None,
            trace: None,
            entry: Entry { kind: self.entry.kind, ..Entry::default() },
            ..self
        }
    }

    /// Roughly what it occupies in memory, for the queue's bound in bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let optional = |it: &Option<String>| it.as_ref().map_or(0, String::len);
        size_of::<Self>()
            + self.id.len()
            + self.path.len()
            + self.provider.len()
            + self.model.len()
            + optional(&self.cause)
            + optional(&self.metadata)
            + optional(&self.user_agent)
            + optional(&self.token)
            + optional(&self.price_version)
            + optional(&self.finish)
            + optional(&self.decision)
            + self.entry.weight()
            + self.charges.iter().map(Charge::weight).sum::<usize>()
            + self.trace.as_ref().and_then(|it| it.state.as_ref()).map_or(0, |it| it.len())
            + self.payload.as_ref().map_or(0, |it| it.size())
    }
}

impl Charge {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.provider.len() + self.model.len()
    }
}

impl Entry {
    /// The kind of a request that only counts tokens.
    pub const COUNT_TOKENS: &'static str = "count_tokens";

    /// Only tokens are counted: no model answers, nothing is used, and how long it takes says nothing of a model.
    #[must_use]
    pub fn only_counts(&self) -> bool {
        self.kind == Self::COUNT_TOKENS
    }

    fn weight(&self) -> usize {
        self.path.len()
            + self.kind.len()
            + self.event_id.as_ref().map_or(0, String::len)
            + self.request_content_type.len()
            + self.response_content_type.len()
    }
}
