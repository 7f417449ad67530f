//! What an answer that is passed through says it used, looked at from beside it.

use super::skim::Skim;
use chat::{Format, Reported};
use dialects::Frames;

/// How such an answer is looked at.
#[derive(Debug)]
pub(super) enum Meter {
    /// Not at all: sound, a file.
    Blind,
    /// A JSON object, or a list of them.
    Json(Box<Skim>),
    /// A binary stream of frames, as Bedrock sends it.
    Frames(Box<Framed>),
}

/// A stream of frames, as it is read.
#[derive(Debug)]
pub(super) struct Framed {
    /// `None`: it is no stream of Converse. It goes on all the same.
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
            Self::Blind => {}
            Self::Json(skim) => skim.push(bytes),
            Self::Frames(framed) => framed.push(bytes),
        }
    }

    pub(super) fn usage(&self) -> Option<Reported> {
        match self {
            Self::Blind => None,
            Self::Json(skim) => skim.usage(),
            Self::Frames(framed) => framed.usage,
        }
    }

    /// Bytes of content seen; 0 where nobody knows what a body is made of.
    pub(super) fn content_bytes(&self) -> u64 {
        match self {
            Self::Blind | Self::Json(_) => 0,
            Self::Frames(framed) => framed.content_bytes,
        }
    }
}

impl Framed {
    fn push(&mut self, bytes: &[u8]) {
        let Self { frames, usage, content_bytes } = self;
        let Some(open) = frames else { return };
        let read = open.push(bytes, &mut |name, data| {
            let chunk = chat::chunk_as(Format::Converse, name, data);
            *usage = chunk.usage.or(*usage);
            *content_bytes = content_bytes.saturating_add(chunk.content_bytes);
        });
        if read.is_err() {
            *frames = None;
        }
    }
}
