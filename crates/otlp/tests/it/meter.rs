//! Metrics at a collector, and what becomes of them while it does not take them.

use crate::collector::{Collector, Play};
use crate::rig;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use otlp::{Encoding, Meter, Metering, Resource, Target};
use providers::{Client, ClientOptions, Http};
use std::sync::Arc;
use std::time::Duration;
use telemetry::Metrics;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

const MINUTE: Duration = Duration::from_secs(60);

fn metering(client: Client, target: &Arc<Target>, every: Duration) -> (Arc<Metrics>, Metering) {
    let metrics = Metrics::new();
    let metering = Metering {
        client,
        metrics: Arc::clone(&metrics),
        resource: Resource { attributes: vec![("service.name".to_owned(), "tests".to_owned())] },
        target: Target::clone(target),
        every,
        timeout: Duration::from_secs(10),
    };
    (metrics, metering)
}

fn target(host: &str, encoding: Encoding) -> Arc<Target> {
    let url = format!("http://{host}/v1/metrics").parse().expect("a URL");
    Arc::new(Target { url, ..Target::clone(&rig::target(host, encoding)) })
}

/// Exports once a minute, from 1000 s after 1970 on.
fn start(collector: &Collector, encoding: Encoding) -> (Arc<Metrics>, CancellationToken) {
    let client = rig::client(&[("collector", collector)]);
    let (metrics, metering) = metering(client, &target("collector", encoding), MINUTE);
    let (stop, began) = (CancellationToken::new(), Instant::now());
    let now_ms = move || 1_000_000 + u64::try_from(began.elapsed().as_millis()).expect("soon");
    tokio::spawn(Meter::new(metering, now_ms).run(stop.clone()));
    (metrics, stop)
}

fn says(metrics: &Metrics, outcome: &str, times: u64) -> bool {
    let line = format!("pointsman_otlp_metric_exports_total{{outcome=\"{outcome}\"}} {times}");
    metrics.encode().lines().any(|it| it == line)
}

/// How many requests an export tells of, and of which time; in seconds.
fn requests(collector: &Collector, export: usize) -> (i64, [u64; 2]) {
    collector.look(|got| {
        let found = got[export].metrics.iter().find(|it| it.name == "pointsman_requests");
        match found.and_then(|it| it.data.as_ref()) {
            Some(Data::Sum(sum)) => {
                let point = &sum.data_points[0];
                let Some(Value::AsInt(value)) = point.value else { panic!("{point:?}") };
                let [from, to] = [point.start_time_unix_nano, point.time_unix_nano];
                (value, [from / 1_000_000_000, to / 1_000_000_000])
            }
            other => panic!("{other:?}"),
        }
    })
}

#[tokio::test(start_paused = true)]
async fn metrics_reach_a_collector_over_http_as_protobuf_and_as_json() {
    for encoding in [Encoding::Protobuf, Encoding::Json] {
        let collector = Collector::default();
        let (metrics, _stop) = start(&collector, encoding);
        metrics.request("default", 200, 0.1);
        sleep(MINUTE / 2).await;
        assert_eq!(collector.exports(), 0);
        sleep(MINUTE).await;
        metrics.request("default", 200, 0.1);
        sleep(MINUTE).await;
        assert_eq!(collector.exports(), 2, "{encoding:?}");
        assert_eq!(requests(&collector, 0), (1, [1000, 1060]));
        assert_eq!(requests(&collector, 1), (2, [1000, 1120]));
        collector.look(|got| assert_eq!(got[0].headers["x-key"], "canary"));
        assert!(says(&metrics, "taken", 2));
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_collector_did_not_take_is_in_the_next_export() {
    let script = [Play::Status(503, None), Play::Silence, Play::Status(400, None), Play::Partly(3)];
    let collector = Collector::playing(script);
    let (metrics, _stop) = start(&collector, Encoding::Json);
    metrics.request("default", 200, 0.1);
    sleep(MINUTE * 6).await;
    assert!(says(&metrics, "away", 2) && says(&metrics, "refused", 1));
    assert!(says(&metrics, "partly", 1) && says(&metrics, "taken", 1));
    assert_eq!(requests(&collector, 4).0, 1);
}

#[tokio::test(start_paused = true)]
async fn when_the_server_stops_its_last_numbers_are_sent_at_once() {
    let collector = Collector::default();
    let (metrics, stop) = start(&collector, Encoding::Protobuf);
    metrics.request("default", 200, 0.1);
    sleep(Duration::from_secs(1)).await;
    stop.cancel();
    sleep(Duration::from_secs(1)).await;
    assert_eq!((collector.exports(), requests(&collector, 0)), (1, (1, [1000, 1001])));
}

#[tokio::test]
async fn metrics_reach_a_collector_over_grpc() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let host = listener.local_addr().expect("an address").to_string();
    let collector = Collector::playing([Play::Grpc(14)]);
    let serving = collector.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serving.clone().serve(socket));
        }
    });
    let options = ClientOptions { http: Http::Two, ..ClientOptions::default() };
    let client = Client::new(&options).expect("a client");
    let every = Duration::from_millis(1);
    let (metrics, metering) = metering(client, &target(&host, Encoding::Grpc), every);
    metrics.request("default", 200, 0.1);
    tokio::spawn(Meter::new(metering, || 1_000_000).run(CancellationToken::new()));
    while !says(&metrics, "taken", 1) {
        tokio::task::yield_now().await;
    }
    assert!(says(&metrics, "away", 1));
    assert_eq!(requests(&collector, 1).0, 1);
    collector.look(|got| {
        assert_eq!(got[1].path, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export");
    });
}
