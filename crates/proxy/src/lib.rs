//! The data plane: from a chat request to the answer of the model that a route chose.
//!
//! [`Proxy::handle`] is the rim; the request path behind it is one function, `serve::complete`, read from top to bottom. It captures
//! an immutable [`Catalog`] once and never touches SQL. What a request may ask for in headers is in `directives`, what a route may
//! ask about it in `facts`, how the walk's questions are answered in `run`, which limits are asked in `admit`, which answers are kept in `recall`, how it is paid for in `bill`, and how it ends in `finish`.

mod admit;
mod asked;
mod bill;
mod body;
pub mod breaker;
mod bucket;
pub mod call;
mod caller;
pub mod catalog;
pub mod cooldown;
mod count;
mod directives;
mod entry;
mod facts;
mod finish;
mod fit;
mod job;
mod kept;
pub mod keys;
mod load;
mod metadata;
mod models;
mod native;
mod notes;
mod pins;
mod place;
mod prompt;
mod proxy;
mod recall;
mod record;
mod refusal;
mod reject;
mod respond;
pub mod rulebook;
mod run;
mod serve;
mod shape;
pub mod simulation;
mod timed;
mod trace;
mod trail;
mod trial;
mod universal;
mod unwalked;
mod verdict;
mod visit;

pub use catalog::Catalog;
pub use proxy::{Parts, PinnedVersions, Proxy, Settings};
pub use refusal::RefusalKind;
pub use trace::Tracing;

/// The body of every response.
pub type Body = http_body_util::combinators::BoxBody<bytes::Bytes, std::io::Error>;

/// Time, passed in. Unix milliseconds for records and limits; waiting uses tokio's clock (virtual in tests).
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
}
