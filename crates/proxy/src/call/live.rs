//! A committed answer that is still coming: relayed to the client, or collected for a later element.

use super::MAX_BUFFERED;
use super::flow::{Flow, Stop};
use super::room::{Pieces, Room};
use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

/// A committed answer that is still coming. It cannot be retried any more.
#[derive(Debug)]
pub struct Live {
    /// 2xx.
    pub status: http::StatusCode,
    /// Those the client may see.
    pub headers: http::HeaderMap,
    flow: Flow,
    /// Bytes of the body that are kept for [`Ending::body`] at most.
    keeps: Option<usize>,
    room: Arc<Room>,
}

/// How a committed answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Well or not.
    pub kind: EndingKind,
    /// What was used, when the provider said so.
    pub usage: Option<chat::Reported>,
    /// Why the model stopped, when the provider said so.
    pub finish: Option<chat::FinishReason>,
    /// Bytes for the client; when it left, those it was given.
    pub bytes: u64,
    /// Bytes of content seen, to estimate output when no usage came.
    pub content_bytes: u64,
    /// What the client is given, whole or as far as it came; `None` when nobody asked for it, or there was no room for it.
    pub body: Option<Vec<Bytes>>,
}

/// Well or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndingKind {
    /// To its end.
    Complete,
    /// It broke, and why. The client was told.
    Broken(String),
    /// The client left first.
    ClientGone,
}

/// Told how it ended.
pub type Finish = Box<dyn FnOnce(Ending) + Send>;

impl Live {
    pub(super) fn new(
        status: http::StatusCode,
        headers: http::HeaderMap,
        flow: Flow,
        room: &Arc<Room>,
    ) -> Self {
        Self { status, headers, flow, keeps: None, room: Arc::clone(room) }
    }

    /// Keeps what the client is given while it is relayed, up to so many bytes and as far as there is room, and tells it at the end.
    #[must_use]
    pub fn keeping(self, most: usize) -> Self {
        Self { keeps: self.keeps.max(Some(most)), ..self }
    }

    /// The body for the client. `finish` runs exactly once, before the last byte is released, or
    /// when the body is dropped.
    ///
    /// A stream that breaks ends with an in-band error event (`data: {"error": {…}}`), without
    /// `[DONE]`; then the body ends normally. A plain body that breaks is aborted.
    #[must_use]
    pub fn relay(self, finish: Finish) -> crate::Body {
        let copy = self.keeps.map(|most| Pieces::new(most, self.room));
        Relay { flow: self.flow, bytes: 0, copy, finish: Mutex::new(Some(finish)) }.boxed()
    }

    /// Reads to the end, for a success that leads to another model. At 8 MiB it is cut with an
    /// error.
    pub async fn collect(self) -> (Bytes, Ending) {
        let mut flow = self.flow;
        let mut all = BytesMut::new();
        loop {
            while let Some(bytes) = flow.next() {
                all.extend_from_slice(&bytes);
                if all.len() > MAX_BUFFERED {
                    let why = "it is larger than 8 MiB, which is too large to be kept";
                    flow.halt(Stop::Broken(why.to_owned()));
                }
            }
            if flow.is_over() {
                let ending = ending(&flow, count(all.len()));
                return (all.freeze(), ending);
            }
            flow.more().await;
        }
    }
}

/// How the flow ended, after this many bytes.
fn ending(flow: &Flow, bytes: u64) -> Ending {
    let kind = match flow.stopped().map(Stop::complaint) {
        None => EndingKind::ClientGone,
        Some(None) => EndingKind::Complete,
        Some(Some(why)) => EndingKind::Broken(why),
    };
    let content_bytes = flow.content_bytes().unwrap_or(bytes);
    Ending { kind, usage: flow.usage(), finish: flow.finish(), bytes, content_bytes, body: None }
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// Keeps a piece too, or, where there is no room for it, nothing any more.
fn keep(copy: &mut Option<Pieces>, piece: &Bytes) {
    if copy.as_mut().is_some_and(|it| !it.keep(piece)) {
        *copy = None;
    }
}

/// The body for the client.
struct Relay {
    flow: Flow,
    /// Given to the client.
    bytes: u64,
    /// The same, as far as it is to be kept.
    copy: Option<Pieces>,
    /// Never locked: the mutex makes it `Sync`.
    finish: Mutex<Option<Finish>>,
}

impl Relay {
    /// Reports how it ended, the first time.
    fn finish(&mut self) {
        let finish = self.finish.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(finish) = finish {
            let mut to_come = 0;
            if self.flow.stopped().is_some() {
                for piece in self.flow.pieces() {
                    to_come += piece.len();
                    keep(&mut self.copy, piece);
                }
            }
            let body = self.copy.take().map(Pieces::into_pieces);
            finish(Ending { body, ..ending(&self.flow, self.bytes + count(to_come)) });
        }
    }

    /// What to end with: nothing, or, where the client could not tell a broken plain body from a
    /// complete one, an error.
    fn last(&self) -> Option<io::Result<Frame<Bytes>>> {
        let complaint = self.flow.stopped().and_then(Stop::complaint)?;
        self.flow.is_plain().then(|| Err(io::Error::other(complaint)))
    }
}

impl Body for Relay {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        loop {
            if this.flow.stopped().is_some() {
                this.finish();
            }
            if let Some(bytes) = this.flow.next() {
                this.bytes += count(bytes.len());
                keep(&mut this.copy, &bytes);
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            if this.flow.is_over() {
                return Poll::Ready(this.last());
            }
            ready!(this.flow.poll_more(cx));
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.finish();
    }
}
