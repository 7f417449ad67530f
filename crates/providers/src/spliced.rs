//! The request body: a few shared segments whose length is known.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A request body of a few shared segments. Sent with a `content-length`.
#[derive(Clone, Debug, Default)]
pub struct Spliced {
    parts: std::vec::IntoIter<Bytes>,
    left: u64,
}

impl Spliced {
    /// What is still to be sent.
    pub(crate) fn parts(&self) -> &[Bytes] {
        self.parts.as_slice()
    }
}

impl From<chat::Spliced> for Spliced {
    fn from(body: chat::Spliced) -> Self {
        Self { parts: body.parts.into_iter(), left: body.len }
    }
}

impl From<Bytes> for Spliced {
    fn from(bytes: Bytes) -> Self {
        let left = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { parts: vec![bytes].into_iter(), left }
    }
}

impl Body for Spliced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let part = self.parts.next();
        if let Some(part) = &part {
            self.left -= u64::try_from(part.len()).unwrap_or(u64::MAX);
        }
        Poll::Ready(part.map(|it| Ok(Frame::data(it))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
