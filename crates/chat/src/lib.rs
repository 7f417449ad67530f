//! Requests, replies and streams of models as bytes: found and spliced, never re-serialised.
//!
//! A gateway must know a few things about what passes through it (which model, is it a stream,
//! what was used) and must change next to nothing. So a request body is validated and read in one
//! scan ([`scan_as`]), changed by sharing its segments ([`splice`](splice())), and a response is
//! forwarded as it came while [`Events`], [`chunk_as`] and [`reply_as`] look at it from
//! the side, each in the [`Format`] it is written in. Everything here is pure: no I/O, no clock, no knowledge of providers or routes.

mod chunk;
mod envelope;
mod events;
mod finish;
mod format;
mod given_back;
mod glance;
mod head;
mod json;
mod prompt;
mod reply;
mod splice;
mod usage;

pub use chunk::{Chunk, chunk, chunk_as};
pub use events::{Event, Events, MAX_EVENT, TooLarge};
pub use finish::FinishReason;
pub use format::Format;
pub use given_back::GivenBack;
pub use glance::{Glance, Named, glance};
pub use head::{Head, HeadError, StreamOptions, scan, scan_as};
pub use json::scaled;
pub use prompt::{Piece, Prompt};
pub use reply::{Reply, error_message, reply, reply_as};
pub use splice::{Spliced, splice};
pub use usage::{Reported, Stated, Usage};
