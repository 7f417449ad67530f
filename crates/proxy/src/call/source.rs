//! Where an answer's bytes come from: a provider's connection, or the built-in `echo`.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use std::error::Error;
use std::fmt::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A response body. Dropping it cancels the call.
#[derive(Debug)]
pub(super) enum Source {
    Http(Incoming),
    Echo(providers::Body),
}

impl Body for Source {
    type Data = Bytes;
    /// What broke, for people.
    type Error = String;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, String>>> {
        match self.get_mut() {
            Self::Http(body) => Pin::new(body).poll_frame(cx).map_err(|error| because(&error)),
            Self::Echo(body) => Pin::new(body).poll_frame(cx).map_err(|error| because(&error)),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Http(body) => body.is_end_stream(),
            Self::Echo(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Http(body) => body.size_hint(),
            Self::Echo(body) => body.size_hint(),
        }
    }
}

/// An error with its causes, on one line.
fn because(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a String cannot fail.
        let _ok = write!(line, ": {error}");
        cause = error.source();
    }
    line
}
