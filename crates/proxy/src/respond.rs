//! Small pieces of responses: header values, bodies, and what browsers are told.
use crate::Body;
use crate::load::Slot;
use crate::serve::Arrival;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What a header value may not hold as it is.
const UNSAFE: &AsciiSet = &CONTROLS.add(b'%');

/// A header value of any text; what a header cannot hold is percent-encoded.
pub(crate) fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).ok().filter(|_| value.is_ascii()).unwrap_or_else(|| {
        let encoded = utf8_percent_encode(value, UNSAFE).to_string();
        HeaderValue::from_str(&encoded).unwrap_or(HeaderValue::from_static("-"))
    })
}

/// A complete body; its request counts as under way until it has been taken or dropped.
pub(crate) fn whole(data: Bytes, slot: Option<Slot>) -> Body {
    Whole { data: Some(data).filter(|it| !it.is_empty()), _slot: slot }.boxed()
}

/// A JSON answer of our own.
pub(crate) fn json(data: Bytes, arrival: &Arrival) -> Response<Body> {
    let mut response = Response::new(whole(data, Some(arrival.slot.clone())));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("cf-aig-log-id", text(&arrival.id));
    response
}

/// A body in pieces, of a length that is not told before, as a stream is; its request counts as under way until it has been taken or dropped.
pub(crate) fn pieces(pieces: impl Into<VecDeque<Bytes>>, slot: Slot) -> Body {
    Pieces { pieces: pieces.into(), _slot: slot }.boxed()
}

struct Pieces {
    pieces: VecDeque<Bytes>,
    _slot: Slot,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(self.pieces.pop_front().map(|it| Ok(Frame::data(it))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty()
    }
}

struct Whole {
    data: Option<Bytes>,
    _slot: Option<Slot>,
}

impl http_body::Body for Whole {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(self.data.take().map(|it| Ok(Frame::data(it))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.data.as_ref().map_or(0, Bytes::len);
        SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
    }
}

/// The answer to a browser's preflight request, from an origin that the guard has let in.
pub(crate) fn preflight(headers: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(whole(Bytes::new(), None));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let allowed = response.headers_mut();
    allowed.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"),
    );
    if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        allowed.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    response
}

/// Lets a page read the response; its origin has been let in by the guard.
pub(crate) fn allow_origin(response: &mut Response<Body>, origin: Option<HeaderValue>) {
    let Some(origin) = origin else { return };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
}

/// Asks proxies on the way not to hold back a stream.
pub(crate) fn not_buffered(headers: &mut HeaderMap) {
    if is_events(headers) {
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    }
}

/// Whether it is a stream of events.
pub(crate) fn is_events(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    kind.starts_with(b"text/event-stream")
}

/// Milliseconds as the seconds that metrics count in.
#[expect(clippy::cast_precision_loss, reason = "a duration for a histogram")]
pub(crate) fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
