//! The record of one request.

use route::ids::{GatewayId, RouteId, VersionId};

/// One finished request, without payload.
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
}

impl Record {
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
    }
}
