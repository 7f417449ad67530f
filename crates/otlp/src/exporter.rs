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
use telemetry::{Metrics, Record, Redaction, Traced};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

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
            self.export(record, &stop);
        }
        while let Some(record) = traced.take() {
            self.export(record, &stop);
        }
        self.pipes.clear();
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn export(&mut self, mut record: Box<Record>, stop: &CancellationToken) {
        let own = (self.of_gateway)(&record.gateway);
        let targets: Vec<_> = self.options.everywhere.iter().chain(own.iter()).cloned().collect();
        if targets.is_empty() {
            return;
        }
        if self.options.content == Content::Never {
            record.payload = None;
        }
        self.options.redaction.apply(&mut record);
        let made: Made = spans::spans(&record, self.options.content).into();
        for target in targets {
            self.push(target, Arc::clone(&made), stop);
        }
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
