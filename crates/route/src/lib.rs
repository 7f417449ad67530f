//! The route language: `elements` JSON in, a compiled [`Route`] and every [`Problem`] out; and the [`Walk`] over it.
//!
//! Pure: values in, values out. No clock, randomness, I/O or async.
#![expect(
    clippy::todo,
    missing_docs,
    clippy::missing_errors_doc,
    unused_variables,
    reason = "skeleton"
)]
use std::borrow::Cow;
use std::time::Duration;

pub mod ids {
    //! Names of things, as opaque strings. Each is a newtype over `Arc<str>`: cheap to clone, serialised as a plain string.
    macro_rules! id { ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(std::sync::Arc<str>);
        impl $name {
            /// The text of the id.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl std::fmt::Display for $name { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) } }
        impl std::borrow::Borrow<str> for $name { fn borrow(&self) -> &str { &self.0 } }
        impl AsRef<str> for $name { fn as_ref(&self) -> &str { &self.0 } }
        impl From<&str> for $name { fn from(it: &str) -> Self { Self(it.into()) } }
        impl From<String> for $name { fn from(it: String) -> Self { Self(it.into()) } }
        impl serde::Serialize for $name { fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(&self.0) } }
        impl<'de> serde::Deserialize<'de> for $name { fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> { <String as serde::Deserialize>::deserialize(d).map(Self::from) } }
    )*} }
    id!(
        /// The account served.
        AccountId,
        /// A gateway's slug, chosen by its owner, 1–64 characters.
        GatewayId,
        /// A route; stays when the route is renamed.
        RouteId,
        /// One immutable version of a route's graph.
        VersionId,
        /// One act of making a version live.
        DeploymentId,
        /// An API token (not its secret).
        TokenId
    );
}

// ---- spec: the wire form ----
/// The client's `elements`, parsed but not yet understood. The JSON text itself is kept by whoever stores it.
#[derive(Clone, Debug)]
pub struct RouteSpec {/* private: elements with id, kind, outputs in order, properties (unknown ones kept) */}
impl RouteSpec {
    /// Refuses only what is not a graph at all (design 2, "Refused everywhere"): not an array of objects, no string `id`, unknown
    /// `type`, `outputs` not of the form `{name: {elementId}}`, duplicate JSON keys. All such problems at once.
    pub fn parse(elements: &str) -> Result<Self, Vec<Problem>> {
        todo!()
    }
}

// ---- compile ----
/// What the gateway has, as far as a route can ask.
pub trait Known {
    fn provider(&self, slug: &str) -> ProviderState;
    fn has_price(&self, provider: &str, model: &str) -> bool;
    /// Whether the price catalogue (or an operator) has ever heard of this model of this provider.
    fn has_model(&self, provider: &str, model: &str) -> bool;
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderState {
    /// Not a provider of this gateway.
    Unknown,
    /// A known provider that cannot be called yet; the text says why, as the end of a sentence.
    Unsupported(String),
    /// Usable once a key is stored or in the environment.
    NoKey,
    Ready,
}
#[derive(Debug)]
pub struct Compiled {
    pub route: Option<Route>,
    pub problems: Vec<Problem>,
}
/// Compiles; `route` is `Some` exactly when no problem has severity `Error`.
pub fn compile(spec: &RouteSpec, known: &dyn Known) -> Compiled {
    todo!()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    /// Id of the element, when the element has one.
    pub element: Option<String>,
    /// From the elements array on: `[Index(2), Key("outputs"), Key("true")]`.
    pub path: Vec<Segment>,
    /// A plain sentence: what is wrong and what to do.
    pub message: String,
}
impl Problem {
    pub fn severity(&self) -> Severity {
        todo!()
    }
    /// JSON pointer below the request body: `/elements/2/outputs/true`.
    pub fn pointer(&self) -> String {
        todo!()
    }
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    Key(String),
    Index(usize),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
}
impl Severity {
    pub fn as_str(self) -> &'static str {
        todo!()
    }
}
/// Stable codes, one per kind of problem; listed in `docs/problems.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /* e.g. NoStart, SeveralStarts, DuplicateId, … */ Placeholder,
}
impl Code {
    pub fn as_str(self) -> &'static str {
        todo!()
    }
}

// ---- fields: what a condition, key or limit may read ----
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// `metadata.<key>`; everything after the first dot is one key.
    Metadata(Box<str>),
    /// `headers.<name>`, lower case.
    Header(Box<str>),
    /// `body.<path>`: dots and `[i]`.
    Body(BodyPath),
    Request(RequestField),
}
impl Field {
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        todo!()
    }
}
impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        todo!()
    }
}
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FieldError(pub String);
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BodyPath {/* private: segments */}
impl BodyPath {
    /// Finds the value in raw JSON without building a tree; strings without escapes are borrowed.
    pub fn find<'b>(&self, body: &'b [u8]) -> Option<Value<'b>> {
        todo!()
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestField {
    InputTokens,
    MaxOutputTokens,
    Stream,
    HasTools,
    HasImages,
    MessageCount,
    Hour,
    Weekday,
    Key,
}
/// A value read from a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(Cow<'a, str>),
    /// An array or object.
    Other(serde_json::Value),
}
/// What a request offers; asked only for fields that some condition, key or limit mentions. `None`: missing.
pub trait Facts {
    fn get(&self, field: &Field) -> Option<Value<'_>>;
}

// ---- the compiled route ----
#[derive(Debug)]
pub struct Route {/* private: dense elements */}
pub type ElementIx = u16;
impl Route {
    pub fn element_id(&self, ix: ElementIx) -> &str {
        todo!()
    }
    pub fn element_type(&self, ix: ElementIx) -> &'static str {
        todo!()
    }
    pub fn len(&self) -> usize {
        todo!()
    }
    pub fn is_empty(&self) -> bool {
        todo!()
    }
    /// Every model element; `Target::index` is the position here.
    pub fn targets(&self) -> &[Target] {
        todo!()
    }
    /// Every rate element; `Quota::index` is the position here.
    pub fn quotas(&self) -> &[Quota] {
        todo!()
    }
    /// Every field some condition, key or limit reads.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        std::iter::empty()
    }
    /// The hold of a cost limit: the largest sum of `cost` over the billable (successful) calls on any path from the quota's `success`.
    /// Saturating. The closure says what one call of a target may cost, in nano-dollars (0 when unknown and allowed).
    pub fn hold(&self, quota: &Quota, cost: &mut dyn FnMut(&Target) -> u64) -> u64 {
        todo!()
    }
}
#[derive(Debug)]
pub struct Target {
    pub index: usize,
    pub element: ElementIx,
    pub provider: Box<str>,
    pub model: Box<str>,
    /// `None` when absent or 0: a header or the gateway's default fills it.
    pub timeout: Option<Duration>,
    /// Retries besides the first attempt; `None` when absent or 0.
    pub retries: Option<u32>,
}
#[derive(Debug)]
pub struct Quota {
    pub index: usize,
    pub element: ElementIx,
    /// `None`: one bucket for all.
    pub key: Option<Field>,
    pub limit_type: LimitType,
    /// Requests, or nano-dollars.
    pub limit: u64,
    pub window: Duration,
    pub technique: Technique,
    pub on_unknown_price: OnUnknownPrice,
    /// `None`: the default of design 5 (open for count, closed for cost).
    pub on_unavailable: Option<OnUnavailable>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitType {
    Count,
    Cost,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Technique {
    Sliding,
    Fixed,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnknownPrice {
    Refuse,
    Allow,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnavailable {
    Open,
    Closed,
}

// ---- the walk ----
/// A seeded generator (SplitMix64): the same seed gives the same draws, on every machine.
#[derive(Clone, Debug)]
pub struct Dice(u64);
impl Dice {
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }
    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        todo!()
    }
}
/// A position in a route. Allocates once, when made.
#[derive(Debug)]
pub struct Walk<'r> {
    route: &'r Route,
}
impl<'r> Walk<'r> {
    /// `route_id` salts sticky splits.
    pub fn new(route: &'r Route, route_id: &str) -> Self {
        todo!()
    }
    /// Follows start, conditional and percentage elements by itself and stops at the next question. Asked again without an answer, it gives
    /// the same question.
    pub fn ask(&mut self, facts: &dyn Facts, dice: &mut Dice) -> Ask<'r> {
        todo!()
    }
    /// Answers the pending question; without one it does nothing.
    pub fn answer(&mut self, answer: Answer) {
        todo!()
    }
    /// The elements walked so far, in order.
    pub fn steps(&self) -> &[Step] {
        todo!()
    }
}
#[derive(Debug)]
pub enum Ask<'r> {
    Admit(&'r Quota),
    Call(&'r Target),
    Done(Done),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Success,
    Fallback,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// An end element was reached.
    End,
    /// A limit refused and has no `fallback`.
    Limited,
    /// A model failed and has no `fallback`.
    Failed,
}
/// One element walked; `output` is `None` for end elements and for a question that ended the walk or is still open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub element: ElementIx,
    pub output: Option<u16>,
}
impl Step {
    pub fn output_name<'r>(&self, route: &'r Route) -> Option<&'r str> {
        todo!()
    }
}
