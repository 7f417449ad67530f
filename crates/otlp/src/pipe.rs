//! The way to one collector: a bounded buffer, batches by size and time, and tries until they are taken or given up.

use crate::reply::{self, Outcome};
use crate::target::{Encoding, Signal, Target};
use crate::values::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use providers::Client;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use telemetry::{Metrics, SpanLoss};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

/// Requests that wait for a collector, as in the SDKs.
const BUFFER: usize = 2048;
/// And how large their spans may be together.
const BUFFER_BYTES: usize = 8 * 1024 * 1024;
/// Spans of a batch, as in the SDKs.
const BATCH: usize = 512;
/// And how large they may be: gRPC servers take 4 MiB by default.
const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// The first wait before another try; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest, unless the collector asks for more: soon after it is back, it is used again.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Whatever a collector asks for.
const LONGEST_ASKED: Duration = Duration::from_secs(60);
/// How long a batch is tried; then the next one is.
const GIVE_UP: Duration = Duration::from_secs(60);
/// A way that nothing has gone for so long is given up; the next spans open it again.
const IDLE: Duration = Duration::from_secs(120);

/// The spans of one request.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) spans: Arc<Vec<Span>>,
    /// Bytes of them.
    size: usize,
}

impl From<Vec<Span>> for Made {
    fn from(spans: Vec<Span>) -> Self {
        Self { size: spans.iter().map(Span::encoded_len).sum(), spans: Arc::new(spans) }
    }
}

/// What is the same for all ways.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    /// HTTP/1.1, and HTTP/2 for gRPC.
    pub(crate) clients: [Client; 2],
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) resource: Arc<Resource>,
    /// How long spans wait for others.
    pub(crate) delay: Duration,
    /// Of one try.
    pub(crate) timeout: Duration,
    /// No more tries.
    pub(crate) stop: CancellationToken,
}

/// The sending side.
#[derive(Debug)]
pub(crate) struct Pipe {
    sender: mpsc::Sender<Made>,
    bytes: Arc<AtomicUsize>,
    metrics: Arc<Metrics>,
}

/// The receiving side.
#[derive(Debug)]
pub(crate) struct Sending {
    receiver: mpsc::Receiver<Made>,
    bytes: Arc<AtomicUsize>,
    target: Arc<Target>,
    common: Common,
    /// It has been told that the collector is away.
    told: bool,
    /// Makes waits differ.
    dice: u64,
}

/// Some requests.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) made: Vec<Made>,
    spans: usize,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, made: Made) {
        self.spans += made.spans.len();
        self.bytes += made.size;
        self.made.push(made);
    }

    fn is_full(&self) -> bool {
        self.spans >= BATCH || self.bytes >= BATCH_BYTES
    }

    fn count(&self) -> u64 {
        u64::try_from(self.spans).unwrap_or(u64::MAX)
    }
}

pub(crate) fn open(target: Arc<Target>, common: Common) -> (Pipe, Sending) {
    let (sender, receiver) = mpsc::channel(BUFFER);
    let bytes = Arc::new(AtomicUsize::new(0));
    let metrics = Arc::clone(&common.metrics);
    let dice = u64::try_from(target.host().len()).unwrap_or(1);
    let sending =
        Sending { receiver, bytes: Arc::clone(&bytes), target, common, told: false, dice };
    (Pipe { sender, bytes, metrics }, sending)
}

impl Pipe {
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Hands spans over, or drops and counts them; gives them back when the way has been given up.
    pub(crate) fn push(&self, made: Made) -> Result<(), Made> {
        let size = made.size;
        let before = self.bytes.fetch_add(size, Ordering::Relaxed);
        let sent = if before.saturating_add(size) > BUFFER_BYTES {
            Err(mpsc::error::TrySendError::Full(made))
        } else {
            self.sender.try_send(made)
        };
        let Err(error) = sent else { return Ok(()) };
        self.bytes.fetch_sub(size, Ordering::Relaxed);
        match error {
            mpsc::error::TrySendError::Closed(made) => Err(made),
            mpsc::error::TrySendError::Full(made) => {
                let spans = u64::try_from(made.spans.len()).unwrap_or(u64::MAX);
                self.metrics.spans_dropped(SpanLoss::Buffer, spans);
                Ok(())
            }
        }
    }
}

impl Sending {
    /// Sends until nothing has come for a while, or nothing will.
    pub(crate) async fn run(mut self) {
        while let Some(batch) = self.next().await {
            self.export(batch).await;
        }
    }

    /// What came together, once there is enough of it or it has waited long enough.
    async fn next(&mut self) -> Option<Batch> {
        let first = if let Ok(first) = timeout(IDLE, self.receiver.recv()).await {
            first?
        } else {
            self.receiver.close();
            self.receiver.recv().await?
        };
        let mut batch = Batch::default();
        self.take(&mut batch, first);
        let until = Instant::now() + self.common.delay;
        while !batch.is_full() {
            let stop = self.common.stop.clone();
            let waiting = stop.run_until_cancelled(timeout_at(until, self.receiver.recv()));
            match waiting.await {
                Some(Ok(Some(more))) => self.take(&mut batch, more),
                Some(Ok(None) | Err(_)) => break,
                None => match self.receiver.try_recv() {
                    Ok(more) => self.take(&mut batch, more),
                    Err(_) => break,
                },
            }
        }
        Some(batch)
    }

    fn take(&self, batch: &mut Batch, more: Made) {
        self.bytes.fetch_sub(more.size, Ordering::Relaxed);
        batch.add(more);
    }

    async fn export(&mut self, batch: Batch) {
        let spans = batch.count();
        let (resource, encoding) = (Arc::clone(&self.common.resource), self.target.encoding);
        // A batch takes the processor for a while, so it is written where nobody waits.
        let writing =
            spawn_blocking(move || reply::written(&reply::message(batch, &resource), encoding));
        let body = match writing.await {
            Ok(body) => body,
            Err(error) => return self.lost(spans, SpanLoss::Refused, &error.to_string()),
        };
        let began = Instant::now();
        let mut wait = FIRST_WAIT;
        loop {
            let (why, after) = match self.once(body.clone()).await {
                Outcome::Taken { refused } => return self.taken(spans, refused),
                Outcome::Refused { why } => return self.lost(spans, SpanLoss::Refused, &why),
                Outcome::Later { why, after } => (why, after),
            };
            self.common.metrics.span_export_failed();
            let pause = after.unwrap_or_else(|| self.varied(wait)).min(LONGEST_ASKED);
            let over = self.common.stop.is_cancelled() || began.elapsed() + pause > GIVE_UP;
            if over {
                return self.lost(spans, SpanLoss::Away, &why);
            }
            self.tell(&why);
            self.common.stop.run_until_cancelled(sleep(pause)).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn once(&self, body: bytes::Bytes) -> Outcome {
        let [one, two] = &self.common.clients;
        let client = if self.target.encoding == Encoding::Grpc { two } else { one };
        let sending = reply::send(client, &self.target, Signal::Traces, body);
        timeout(self.common.timeout, sending).await.unwrap_or_else(|_| Outcome::late())
    }

    fn taken(&mut self, spans: u64, refused: u64) {
        let metrics = &self.common.metrics;
        metrics.spans_exported(spans.saturating_sub(refused));
        if refused > 0 {
            metrics.spans_dropped(SpanLoss::Refused, refused);
            self.tell_refused(refused);
        }
        if std::mem::take(&mut self.told) {
            tracing::info!(collector = self.target.host(), "a collector takes spans again");
        }
    }

    fn tell_refused(&self, refused: u64) {
        tracing::warn!(collector = self.target.host(), refused, "a collector refused some spans");
    }

    fn lost(&mut self, spans: u64, loss: SpanLoss, why: &str) {
        if loss == SpanLoss::Refused {
            self.common.metrics.span_export_failed();
        }
        self.common.metrics.spans_dropped(loss, spans);
        self.tell(why);
    }

    /// Once, until spans are taken again.
    fn tell(&mut self, why: &str) {
        if !std::mem::replace(&mut self.told, true) {
            tracing::warn!(collector = self.target.host(), why, "a collector does not take spans");
        }
    }

    /// Between a half and all of it, so that many servers do not come back at once.
    fn varied(&mut self, wait: Duration) -> Duration {
        self.dice =
            self.dice.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(std::process::id().into());
        let part = u32::try_from(self.dice >> 40).unwrap_or_default() % 512;
        wait / 2 + wait / 1024 * part
    }
}
