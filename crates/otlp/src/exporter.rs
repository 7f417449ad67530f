//! Takes finished requests, makes their spans, and hands them to the ways to their collectors.

use crate::pipe::{self, Common, Made, Pipe};
use crate::spans::{self, Content};
use crate::target::Target;
use crate::values::Resource;
use providers::Client;
use route::ids::GatewayId;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use telemetry::{Metrics, Record, Redaction, SpanLoss, Traced};
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Requests that spans are made of together.
const BATCH: usize = 256;
/// And how large they may be together, unless a single one is larger.
const BATCH_BYTES: usize = 1024 * 1024;
/// After a batch that was not full: what ends meanwhile wakes nobody, and shares the next one. Short, so that the queue does not fill.
const PAUSE: Duration = Duration::from_millis(5);

/// What an exporter is told once.
#[derive(Debug)]
pub struct Options {
    /// Over HTTP/1.1, and over HTTP/2 for gRPC.
    pub clients: [Client; 2],
    /// Where exports are counted.
    pub metrics: Arc<Metrics>,
    /// What the spans are of.
    pub resource: Resource,
    /// Whether spans tell what was asked and answered.
    pub content: Content,
    /// What is taken out of a request before its spans are made, as out of the log.
    pub redaction: Arc<Redaction>,
    /// The collector of every gateway's requests.
    pub everywhere: Option<Arc<Target>>,
    /// How long spans wait for others to share an export.
    pub delay: Duration,
    /// Of one try to export.
    pub timeout: Duration,
}

/// Makes spans and exports them.
#[derive(Debug)]
pub struct Exporter<F> {
    options: Options,
    /// Collectors of a gateway's own.
    of_gateway: F,
    pipes: HashMap<Arc<Target>, Pipe>,
    tasks: TaskTracker,
}

impl<F: Fn(&GatewayId) -> Arc<[Arc<Target>]>> Exporter<F> {
    /// `of_gateway` says which collectors a gateway has of its own now.
    pub fn new(options: Options, of_gateway: F) -> Self {
        Self { options, of_gateway, pipes: HashMap::new(), tasks: TaskTracker::new() }
    }

    /// Exports until `stop`; then what is left is sent once more, and not waited for longer than a try may take.
    pub async fn run(mut self, mut traced: Traced, stop: CancellationToken) {
        while let Some(Some(record)) = stop.run_until_cancelled(traced.next()).await {
            let full = self.export(record, &mut traced, &stop).await;
            if !full {
                stop.run_until_cancelled(sleep(PAUSE)).await;
            }
        }
        while let Some(record) = traced.take() {
            self.export(record, &mut traced, &stop).await;
        }
        self.pipes.clear();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Exports a request and those that are there already; says whether there may be more.
    async fn export(
        &mut self,
        first: Arc<Record>,
        traced: &mut Traced,
        stop: &CancellationToken,
    ) -> bool {
        let mut batch = Vec::new();
        let (mut next, mut weight, mut full) = (Some(first), 0, false);
        while let Some(record) = next {
            weight += record.weight();
            let targets = self.targets(&record.gateway);
            if !targets.is_empty() {
                batch.push((record, targets));
            }
            full = batch.len() >= BATCH || weight >= BATCH_BYTES;
            next = if full { None } else { traced.take() };
        }
        if batch.is_empty() {
            return full;
        }
        let requests = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let (redaction, content) = (Arc::clone(&self.options.redaction), self.options.content);
        // Rules take the processor for a while, so they are applied where nobody waits.
        let making = spawn_blocking(move || {
            let made =
                batch.into_iter().map(|(it, targets)| (make(it, &redaction, content), targets));
            made.collect::<Vec<_>>()
        });
        match making.await {
            Ok(made) => made.into_iter().for_each(|(made, targets)| {
                targets.into_iter().for_each(|it| self.push(it, made.clone(), stop));
            }),
            Err(error) => {
                self.options.metrics.spans_dropped(SpanLoss::Queue, requests);
                tracing::error!(%error, requests, "spans could not be made of requests");
            }
        }
        full
    }

    /// Where the requests of a gateway go.
    fn targets(&self, gateway: &GatewayId) -> Vec<Arc<Target>> {
        let own = (self.of_gateway)(gateway);
        self.options.everywhere.iter().chain(own.iter()).cloned().collect()
    }

    fn push(&mut self, target: Arc<Target>, made: Made, stop: &CancellationToken) {
        let made = match self.pipes.get(&target) {
            Some(pipe) => match pipe.push(made) {
                Ok(()) => return,
                Err(made) => made,
            },
            None => made,
        };
        // Ways to collectors that no gateway names any more end by themselves.
        self.pipes.retain(|_, it| !it.is_closed());
        let (pipe, sending) = pipe::open(Arc::clone(&target), self.common(stop));
        self.tasks.spawn(sending.run());
        // A new way is empty and open.
        let _ = pipe.push(made);
        self.pipes.insert(target, pipe);
    }

    fn common(&self, stop: &CancellationToken) -> Common {
        Common {
            clients: self.options.clients.clone(),
            metrics: Arc::clone(&self.options.metrics),
            resource: Arc::new(self.options.resource.clone()),
            delay: self.options.delay,
            timeout: self.options.timeout,
            stop: stop.clone(),
        }
    }
}

/// The spans of a request, without what rules take out.
fn make(record: Arc<Record>, redaction: &Redaction, content: Content) -> Made {
    if redaction.is_empty() {
        // What is redacted without rules, inputs of a decision, is not in spans.
        return spans::spans(&record, content).into();
    }
    let mut record = Arc::unwrap_or_clone(record);
    let omitted = spans::shorten(&mut record, content);
    redaction.apply(&mut record);
    spans::made(&record, content, omitted).into()
}
