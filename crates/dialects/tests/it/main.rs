//! Golden cases, coverage and properties of the translations.

#![expect(clippy::panic, clippy::indexing_slicing, reason = "a test may end so")]

mod assembled;
mod carried;
mod cases;
mod coverage;
mod defaults;
mod embeddings;
mod gemini;
mod given_back;
mod messages;
mod properties;
mod replies;
mod requests;
