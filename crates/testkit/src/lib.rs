//! For tests only: a scripted upstream that speaks the OpenAI wire format and breaks on demand.
//!
//! A [`Script`] says what one request gets: an answer, a stream, an error, or a fault of the wire
//! (stall, reset, truncation). A [`FakeUpstream`] plays scripts, in memory (for virtual time) or on
//! a TCP port of its own, and keeps what it [`Seen`]: every request, and whether the client left.
//! It writes HTTP/1.1 by hand, because a real server library refuses to be this wrong.

mod request;
mod script;
mod upstream;

pub use request::Seen;
pub use script::Script;
pub use upstream::FakeUpstream;
