//! How many tokens a text is for a model, before the model has said so.
//!
//! Exact for OpenAI's text models, whose vocabularies are public; by a rule on bytes for all others ([`Scale::of`]). A [`Count`] is fed
//! what a request holds, piece by piece, and costs a bounded time: of a long text a sample is counted ([`EXACT`]). Pure: no I/O, no
//! clock. Nobody else knows which library counts.

mod count;
mod rule;
mod sample;
mod scale;

pub use count::{Count, Detail};
pub use sample::EXACT;
pub use scale::{Scale, warm};
