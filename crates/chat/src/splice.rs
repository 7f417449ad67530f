//! The outgoing body: the caller's bytes with two values changed. Nothing is parsed or copied;
//! the segments of the original are shared.

use crate::format::Format;
use crate::head::{Head, OptionsKind};
use bytes::Bytes;
use std::ops::Range;

/// The body to send: segments in order, shared with the original where nothing changed.
#[derive(Clone, Debug)]
pub struct Spliced {
    /// Segments in order; none is empty.
    pub parts: Vec<Bytes>,
    /// Sum of the lengths of the segments.
    pub len: u64,
}

impl Spliced {
    /// A body of one piece.
    #[must_use]
    pub fn whole(body: Bytes) -> Self {
        Self { len: u64::try_from(body.len()).unwrap_or(u64::MAX), parts: vec![body] }
    }
}

/// The original bytes with `model` replaced by `model_json` (a JSON string, quotes included) and,
/// when `include_usage`, with `stream_options.include_usage: true` spliced in, which only chat requests know; its other members
/// stay.
///
/// `head` must come from scanning this very `body`.
#[must_use]
pub fn splice(body: &Bytes, head: &Head<'_>, model_json: &Bytes, include_usage: bool) -> Spliced {
    let model = (head.model_span.clone(), model_json.clone());
    let usage = (include_usage && head.format == Format::Chat).then(|| ask_usage(head)).flatten();
    let (first, second) = match usage {
        Some(usage) if usage.0.start < model.0.start => (usage, Some(model)),
        usage => (model, usage),
    };
    let mut parts = Vec::with_capacity(5);
    let mut at = 0;
    for (span, replacement) in std::iter::once(first).chain(second) {
        parts.push(body.slice(at..span.start));
        parts.push(replacement);
        at = span.end;
    }
    parts.push(body.slice(at..));
    parts.retain(|it| !it.is_empty());
    let len = parts.iter().map(|it| u64::try_from(it.len()).unwrap_or(u64::MAX)).sum();
    Spliced { parts, len }
}

/// The change that asks for usage: a range of the body and what to put there. `None`: it asks already.
fn ask_usage(head: &Head<'_>) -> Option<(Range<usize>, Bytes)> {
    let Some(options) = &head.stream_options else {
        let after_model = head.model_span.end;
        let member = Bytes::from_static(br#","stream_options":{"include_usage":true}"#);
        return Some((after_model..after_model, member));
    };
    let inside = options.span.start + 1;
    match &options.kind {
        OptionsKind::Given(_) if options.include_usage == Some(true) => None,
        OptionsKind::Given(value) => Some((value.clone(), Bytes::from_static(b"true"))),
        OptionsKind::Null => {
            Some((options.span.clone(), Bytes::from_static(br#"{"include_usage":true}"#)))
        }
        OptionsKind::Empty => {
            Some((inside..inside, Bytes::from_static(br#""include_usage":true"#)))
        }
        OptionsKind::Others => {
            Some((inside..inside, Bytes::from_static(br#""include_usage":true,"#)))
        }
    }
}

#[cfg(test)]
mod tests;
