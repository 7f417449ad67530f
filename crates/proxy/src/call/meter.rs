//! What an answer that is passed through says it used, looked at from beside it.

use super::skim::Skim;
use chat::{Format, Reported};
use dialects::Frames;
use http::HeaderMap;

/// Where Bedrock counts a plain call in a model's own format: input, cache read, cache written, output.
const COUNTS: [&str; 4] = [
    "x-amzn-bedrock-input-token-count",
    "x-amzn-bedrock-cache-read-input-token-count",
    "x-amzn-bedrock-cache-write-input-token-count",
    "x-amzn-bedrock-output-token-count",
];

/// How such an answer is looked at.
#[derive(Debug)]
pub(super) enum Meter {
    /// Not at all: sound, a file.
    Blind,
    /// Not at all: the headers told.
    Counted(Reported),
    /// A JSON object, or a list of them.
    Json(Box<Skim>),
    /// A binary stream of frames, as Bedrock sends it.
    Frames(Box<Framed>),
}

/// A stream of frames, as it is read.
#[derive(Debug)]
pub(super) struct Framed {
    /// `None`: they are no such frames. It goes on all the same.
    frames: Option<Frames>,
    usage: Option<Reported>,
    content_bytes: u64,
}

impl Meter {
    /// Of a binary event stream.
    pub(super) fn frames() -> Self {
        let frames = Some(Frames::of(Format::Converse));
        Self::Frames(Box::new(Framed { frames, usage: None, content_bytes: 0 }))
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Blind | Self::Counted(_) => {}
            Self::Json(skim) => skim.push(bytes),
            Self::Frames(framed) => framed.push(bytes),
        }
    }

    pub(super) fn usage(&self) -> Option<Reported> {
        match self {
            Self::Blind => None,
            Self::Counted(counted) => Some(*counted),
            Self::Json(skim) => skim.usage(),
            Self::Frames(framed) => framed.usage,
        }
    }

    /// Bytes of content seen; 0 where nobody knows what a body is made of.
    pub(super) fn content_bytes(&self) -> u64 {
        match self {
            Self::Blind | Self::Counted(_) | Self::Json(_) => 0,
            Self::Frames(framed) => framed.content_bytes,
        }
    }
}

/// What the headers of an answer say it used.
pub(super) fn counted(headers: &HeaderMap) -> Option<Reported> {
    let count = |name| headers.get(name)?.to_str().ok()?.parse().ok();
    Reported::of_counts(COUNTS.map(count))
}

impl Framed {
    fn push(&mut self, bytes: &[u8]) {
        let Self { frames, usage, content_bytes } = self;
        let Some(open) = frames else { return };
        let read = open.push(bytes, &mut |name, data| {
            let chunk = if let Some(event) = dialects::invoked_event(name, data) {
                // Claude's own events; those of other models say nothing in this format.
                let chunk = chat::chunk_as(Format::Messages, None, &event);
                let metrics = Reported::of_invocation(&event);
                *usage = [chunk.usage, metrics]
                    .into_iter()
                    .fold(*usage, |usage, it| Reported::merged(Format::Messages, usage, it));
                chunk
            } else {
                let chunk = chat::chunk_as(Format::Converse, name, data);
                *usage = chunk.usage.or(*usage);
                chunk
            };
            *content_bytes = content_bytes.saturating_add(chunk.content_bytes);
        });
        if read.is_err() {
            *frames = None;
        }
    }
}
