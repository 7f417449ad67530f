//! Gemini `generateContent`, at AI Studio and Vertex AI alike: a format of providers only.
//!
//! Requests follow <https://ai.google.dev/api/generate-content>; schemas go into the members that take JSON schema
//! (`parametersJsonSchema`, `responseJsonSchema`), as the caller wrote them. The model stands in the path, and so
//! does the wish for a stream.
//!
//! **Ids of calls.** Models may leave them out. [`made_id`] makes one of the reply's id and the call's place, unique
//! in a conversation; such ids are not sent back, results then pair by name and order as Gemini documents it.
//!
//! **Thought signatures** (<https://ai.google.dev/gemini-api/docs/thought-signatures>) may stand on any part. On a
//! call they are the call's [`Opaque`](crate::Opaque); on a text they become a [`Thought`](crate::Thought) without
//! text after it, and find their way back to the text of the same message, or to its first call when that has none.
//! Models since Gemini 3 refuse an unfinished tool loop in which the first call of a step has no signature; a
//! history that comes from another model gets the placeholder that is documented for it ([`PLACEHOLDER`]).

mod config;
mod contents;
mod grounding;
mod media;
mod schema;
mod stream;
mod tools;
mod write;

pub(crate) use stream::{Decoder, read_reply};
pub(crate) use write::write_request;

/// The family of its signatures.
pub(crate) const FAMILY: &str = "google-gemini-v1";

/// Stands for the signature of a call that another model made; documented under "transferring a trace from a
/// different model".
const PLACEHOLDER: &str = "skip_thought_signature_validator";

/// What ids that were made here begin with.
const MADE: &str = "call_gemini_";

/// An id for the call at this place of a reply: of the same reply always the same one. 64 characters at most, as
/// `OpenAI` wants, of letters, digits, `_` and `-`, as Anthropic wants.
fn made_id(response: Option<&str>, place: usize) -> String {
    let plain = |it: &char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
    let response: String = response.unwrap_or_default().chars().filter(plain).take(40).collect();
    format!("{MADE}{response}_{place}")
}

/// Whether an id was made here.
fn is_made(id: &str) -> bool {
    id.starts_with(MADE)
}

/// Models before Gemini 3, which know no thinking levels, no resolution of single parts, and do not insist on
/// signatures. A name that says nothing (`gemini-flash-latest`, a tuned model) means a newer one.
fn is_before_3(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    ["gemini-1", "gemini-2", "gemma-", "learnlm-"].iter().any(|it| name.starts_with(it))
}
