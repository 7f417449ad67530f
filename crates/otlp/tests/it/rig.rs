//! An exporter between finished requests and collectors in memory.

use crate::collector::Collector;
use otlp::{Content, Encoding, Exporter, Options, Resource, Target};
use providers::Client;
use route::ids::GatewayId;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use telemetry::{Metrics, Record, Sampling, Trace, Tracer};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) struct Rig {
    pub(crate) metrics: Arc<Metrics>,
    tracer: Tracer,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

pub(crate) fn target(host: &str, encoding: Encoding) -> Arc<Target> {
    let url = format!("http://{host}/v1/traces").parse().expect("a URL");
    let secret = ("x-key".parse().expect("a name"), "canary".parse().expect("a value"));
    Arc::new(Target { url, headers: vec![secret], encoding, public_only: false })
}

/// Reaches these; a host that is none refuses connections.
pub(crate) fn client(hosts: &[(&str, &Collector)]) -> Client {
    let hosts: HashMap<String, Collector> =
        hosts.iter().map(|(name, it)| ((*name).to_owned(), (*it).clone())).collect();
    Client::with_connector(move |uri| {
        let collector = hosts.get(uri.host().unwrap_or_default()).cloned();
        async move {
            let collector = collector.ok_or(std::io::ErrorKind::ConnectionRefused)?;
            let (near, far) = tokio::io::duplex(64 * 1024);
            tokio::spawn(collector.serve(far));
            Ok(near)
        }
    })
}

impl Rig {
    /// Everything goes to `everywhere`; requests of a gateway to the collector of its name, too.
    pub(crate) fn new(hosts: &[(&str, &Collector)], everywhere: Option<Arc<Target>>) -> Self {
        let known: Vec<_> = hosts.iter().map(|(name, _)| (*name).to_owned()).collect();
        Self::with_client(client(hosts), everywhere, move |gateway| {
            let is_own = known.iter().any(|it| it == gateway.as_str());
            is_own.then(|| target(gateway.as_str(), Encoding::Json)).into_iter().collect()
        })
    }

    pub(crate) fn with_client(
        client: Client,
        everywhere: Option<Arc<Target>>,
        of_gateway: impl Fn(&GatewayId) -> Arc<[Arc<Target>]> + Send + 'static,
    ) -> Self {
        let metrics = Metrics::new();
        let (tracer, traced) = telemetry::spans(1000, Arc::clone(&metrics));
        let options = Options {
            clients: [client.clone(), client],
            metrics: Arc::clone(&metrics),
            resource: Resource {
                attributes: vec![("service.name".to_owned(), "tests".to_owned())],
            },
            content: Content::Logged,
            redaction: Arc::new(
                telemetry::Redaction::new(&[], &["sk-[a-z]+".to_owned()]).expect("a rule"),
            ),
            everywhere,
            delay: Duration::from_millis(100),
            timeout: Duration::from_secs(10),
        };
        let stop = CancellationToken::new();
        let running = Exporter::new(options, of_gateway).run(traced, stop.clone());
        let task = tokio::spawn(running);
        Self { metrics, tracer, stop, task }
    }

    pub(crate) fn ended(&self, record: Record) {
        self.tracer.push(Arc::new(record));
    }

    pub(crate) async fn stop(self) -> String {
        self.stop.cancel();
        self.task.await.expect("it ends");
        self.metrics.encode()
    }

    /// Whether the metrics have this line.
    pub(crate) fn says(&self, line: &str) -> bool {
        let text = self.metrics.encode();
        text.lines().any(|it| it == line)
    }
}

/// A request of this gateway that called one model.
pub(crate) fn record(gateway: &str) -> Record {
    let id = "0192d3f0-7c1a-7b2e-9f00-00112233445f";
    Record {
        status: 200,
        success: true,
        provider: "openai".to_owned(),
        model: "gpt".to_owned(),
        duration_ms: 70,
        path: r#"[{"element":"model","type":"model","outcome":"success","attempts":[
            {"provider":"openai","model":"gpt","status":200,"at_us":900,"us":50000,"cause":null}]}]"#
            .to_owned(),
        trace: Some(Trace::of(id, 7, None, Sampling::DEFAULT)),
        ..Record::new(id.to_owned(), gateway.into(), 1_700_000_000_000)
    }
}
