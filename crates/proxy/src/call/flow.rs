//! An answer's bytes under way: from the provider, past the [`Watch`], to whoever takes them; and
//! how that stops.

use super::meter::Meter;
use super::secrets::Secrets;
use super::skim::Skim;
use super::source::Source;
use super::watch::{Halt, Watch};
use bytes::Bytes;
use dialects::{Begun, StreamTranslator};
use http_body::Body as _;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// After `[DONE]` the provider has this long to end its response, so that the connection can be
/// used again. The client does not wait for it.
const LINGER: Duration = Duration::from_secs(1);

/// An answer's bytes under way.
#[derive(Debug)]
pub(super) struct Flow {
    /// `None`: nothing more comes.
    source: Option<Source>,
    reader: Reader,
    /// To be sent on.
    out: VecDeque<Bytes>,
    stop: Option<Stop>,
    /// `None` before the answer is committed: the attempt has a timeout of its own.
    idle: Option<Idle>,
    /// Kept out of what the client is told.
    secrets: Secrets,
}

/// How the bytes are read.
#[derive(Debug)]
enum Reader {
    Events(Box<Watch>),
    /// A stream of events in another format than the caller's.
    Translated(Box<StreamTranslator>),
    /// A plain body, too large to be held.
    Plain(Box<Skim>),
    /// Any body of a provider's own API: nothing is expected of it.
    Opaque(Meter),
}

/// How it stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// As it should.
    Complete,
    /// The provider said in the stream that it failed.
    Error(String),
    /// The connection broke.
    Reset(String),
    /// It stalled, or ended too early, or is not what it should be.
    Broken(String),
}

impl Flow {
    /// A stream of events, not committed yet.
    pub(super) fn stream(source: Source, watch: Watch, secrets: Secrets) -> Self {
        Self::uncommitted(source, Reader::Events(Box::new(watch)), secrets)
    }

    /// A stream in another format than the caller's, not committed yet.
    pub(super) fn translated(
        source: Source,
        translator: StreamTranslator,
        secrets: Secrets,
    ) -> Self {
        Self::uncommitted(source, Reader::Translated(Box::new(translator)), secrets)
    }

    fn uncommitted(source: Source, reader: Reader, secrets: Secrets) -> Self {
        Self { source: Some(source), reader, out: VecDeque::new(), stop: None, idle: None, secrets }
    }

    /// A plain body of which the beginning is here already, committed.
    pub(super) fn plain(
        begun: Bytes,
        source: Source,
        idle: Duration,
        (mut skim, secrets): (Skim, Secrets),
    ) -> Self {
        skim.push(&begun);
        Self {
            source: Some(source),
            reader: Reader::Plain(Box::new(skim)),
            out: VecDeque::from([begun]),
            stop: None,
            idle: Some(Idle::new(idle)),
            secrets,
        }
    }

    /// The answer of a provider's own API, committed: passed on as it comes.
    pub(super) fn opaque(
        source: Source,
        idle: Duration,
        (meter, secrets): (Meter, Secrets),
    ) -> Self {
        let mut flow = Self::uncommitted(source, Reader::Opaque(meter), secrets);
        flow.commit(idle);
        flow
    }

    /// From here on it may not be silent for longer than this.
    pub(super) fn commit(&mut self, idle: Duration) {
        let idle = if self.stop.is_some() { LINGER } else { idle };
        self.idle = Some(Idle::new(idle));
    }

    pub(super) fn stopped(&self) -> Option<&Stop> {
        self.stop.as_ref()
    }

    /// Nothing more comes, besides what [`Flow::next`] still has.
    pub(super) fn is_over(&self) -> bool {
        self.source.is_none()
    }

    pub(super) fn is_meaningful(&self) -> bool {
        match &self.reader {
            Reader::Events(watch) => watch.seen().meaningful,
            Reader::Translated(translator) => translator.facts().meaningful,
            Reader::Plain(_) | Reader::Opaque(_) => false,
        }
    }

    /// It has no place for an event that says it broke.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.reader, Reader::Plain(_) | Reader::Opaque(_))
    }

    pub(super) fn usage(&self) -> Option<chat::Reported> {
        match &self.reader {
            Reader::Events(watch) => watch.seen().usage,
            Reader::Translated(translator) => translator.facts().usage,
            Reader::Plain(skim) => skim.usage(),
            Reader::Opaque(meter) => meter.usage(),
        }
    }

    /// Why the model stopped; nobody looks into a plain body that is sent on as it comes.
    pub(super) fn finish(&self) -> Option<chat::FinishReason> {
        match &self.reader {
            Reader::Events(watch) => watch.seen().finish,
            Reader::Translated(translator) => translator.facts().finish,
            Reader::Plain(_) | Reader::Opaque(_) => None,
        }
    }

    /// Bytes of content seen in a stream; `None` for a plain body, where nobody looks.
    pub(super) fn content_bytes(&self) -> Option<u64> {
        match &self.reader {
            Reader::Events(watch) => Some(watch.seen().content_bytes),
            Reader::Translated(translator) => Some(translator.facts().content_bytes),
            Reader::Plain(_) => None,
            Reader::Opaque(meter) => Some(meter.content_bytes()),
        }
    }

    /// Bytes to be sent on.
    pub(super) fn held(&self) -> usize {
        self.pieces().map(Bytes::len).sum()
    }

    /// What is to be sent on.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        self.out.iter()
    }

    /// The next bytes to send on. The last piece of a plain body stays until it is known that it is
    /// the last.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        let waits = matches!(self.reader, Reader::Plain(_));
        if waits && self.stop.is_none() && self.out.len() < 2 {
            return None;
        }
        self.out.pop_front()
    }

    /// Waits until something has happened.
    pub(super) async fn more(&mut self) {
        poll_fn(|cx| self.poll_more(cx)).await;
    }

    pub(super) fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(source) = &mut self.source else { return Poll::Ready(()) };
        match Pin::new(source).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.idle.iter_mut().for_each(Idle::restart);
                if let Ok(bytes) = frame.into_data() {
                    self.take(bytes);
                }
            }
            Poll::Ready(Some(Err(why))) => self.halt(Stop::Reset(why)),
            Poll::Ready(None) => self.end(),
            Poll::Pending => {
                let Some(idle) = &mut self.idle else { return Poll::Pending };
                ready!(idle.poll(cx));
                let silent = format!("nothing came for {} ms", idle.limit.as_millis());
                self.halt(Stop::Broken(silent));
            }
        }
        Poll::Ready(())
    }

    fn take(&mut self, bytes: Bytes) {
        match &mut self.reader {
            Reader::Plain(skim) => {
                skim.push(&bytes);
                self.out.push_back(bytes);
            }
            Reader::Events(watch) => {
                watch.push(bytes, &mut self.out);
                self.settle();
            }
            Reader::Opaque(meter) => {
                meter.push(&bytes);
                self.out.push_back(bytes);
                // With a declared length, nobody may ask for more.
                if self.source.as_ref().is_some_and(Source::is_end_stream) {
                    self.halt(Stop::Complete);
                }
            }
            Reader::Translated(translator) => {
                let mut out = Vec::new();
                translator.push(&bytes, &mut out);
                self.give(out);
                self.settle();
            }
        }
    }

    /// The provider ended its response.
    fn end(&mut self) {
        let complete = match &mut self.reader {
            Reader::Plain(skim) => skim.is_complete(),
            Reader::Opaque(_) => true,
            Reader::Events(watch) => {
                watch.finish(&mut self.out);
                watch.may_end()
            }
            Reader::Translated(translator) => {
                let mut out = Vec::new();
                translator.finish(&mut out);
                let done = translator.facts().done;
                self.give(out);
                done
            }
        };
        self.settle();
        let broken = || Stop::Broken("it ended in the middle".to_owned());
        self.halt(if complete { Stop::Complete } else { broken() });
    }

    fn give(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.out.push_back(Bytes::from(bytes));
        }
    }

    /// Draws the consequences of what has been seen.
    fn settle(&mut self) {
        let (done, stop) = match &self.reader {
            Reader::Plain(_) | Reader::Opaque(_) => return,
            Reader::Events(watch) => (watch.seen().done, self.halted(watch)),
            Reader::Translated(translator) => {
                let facts = translator.facts();
                let error = facts.error.clone().map(|it| Stop::Error(self.secrets.redact(it)));
                let broken = facts.broken.clone().map(|it| Stop::Broken(self.secrets.redact(it)));
                (facts.done, error.or(broken))
            }
        };
        match stop {
            Some(stop) => self.halt(stop),
            None if done => {
                self.stop.get_or_insert(Stop::Complete);
                self.idle.iter_mut().for_each(|it| it.limit(LINGER));
            }
            None => {}
        }
    }

    /// Why a stream that passes through cannot be read on.
    fn halted(&self, watch: &Watch) -> Option<Stop> {
        Some(match watch.seen().halt.as_ref()? {
            Halt::Error { data, .. } => {
                let said = self.secrets.message(data);
                Stop::Error(said.unwrap_or_else(|| "an error without a message".to_owned()))
            }
            Halt::Malformed => Stop::Broken("an event is not JSON".to_owned()),
            Halt::CutOff => Stop::Broken("its last event is cut off".to_owned()),
            Halt::TooLarge => Stop::Broken("an event is larger than 16 MiB".to_owned()),
        })
    }

    /// Nothing more is read: cancels what is under way. A stream that did not stop before, and does
    /// not as it should, says so to the client.
    pub(super) fn halt(&mut self, stop: Stop) {
        self.source = None;
        if self.stop.is_some() {
            return;
        }
        let complaint = stop.complaint().unwrap_or_default();
        match &mut self.reader {
            Reader::Events(watch) if stop != Stop::Complete => {
                let last = last_event(watch, &complaint, &self.secrets);
                self.out.push_back(last);
            }
            Reader::Translated(translator) if stop != Stop::Complete => {
                let mut last = Vec::new();
                translator.fail(&complaint, &mut last);
                self.out.push_back(Bytes::from(last));
            }
            _ => {}
        }
        self.stop = Some(stop);
    }
}

impl Stop {
    /// For people; `None` when nothing is wrong.
    pub(super) fn complaint(&self) -> Option<String> {
        match self {
            Self::Complete => None,
            Self::Error(said) => {
                Some(format!("the provider reported an error in the stream: {said}"))
            }
            Self::Reset(why) => Some(format!("the connection to the provider broke: {why}")),
            Self::Broken(why) => Some(format!("the provider's answer is broken: {why}")),
        }
    }
}

/// The event that ends a broken stream: the provider's own, if it sent one without a secret in it.
fn last_event(watch: &Watch, complaint: &str, secrets: &Secrets) -> Bytes {
    if let Some(Halt::Error { raw, data }) = &watch.seen().halt
        && !secrets.are_in(data)
    {
        return raw.clone();
    }
    let begin = if watch.is_mid_event() { "\n\n" } else { "" };
    let begun = Begun::seen(watch.seen().sequence, watch.seen().response_id.as_deref());
    Bytes::from(format!("{begin}{}", dialects::failure(watch.format(), begun, complaint)))
}

/// How long it has been silent. The timer is not touched for each chunk: when it fires, it is looked
/// whether something came meanwhile.
#[derive(Debug)]
struct Idle {
    limit: Duration,
    since: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Idle {
    fn new(limit: Duration) -> Self {
        Self { limit, since: Instant::now(), timer: Box::pin(tokio::time::sleep(limit)) }
    }

    fn restart(&mut self) {
        self.since = Instant::now();
    }

    fn limit(&mut self, limit: Duration) {
        self.limit = limit;
        self.timer.as_mut().reset(self.since + limit);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.timer.as_mut().poll(cx));
            let end = self.since + self.limit;
            if end <= Instant::now() {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(end);
        }
    }
}
