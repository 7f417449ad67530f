//! What reaches a collector, when, and what becomes of the rest.

use crate::collector::{Collector, Play};
use crate::rig::{Rig, record, target};
use otlp::{Encoding, Target};
use providers::{Client, ClientOptions, Http};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{Instant, advance, sleep};

const EXPORTED: &str = "pointsman_otlp_spans_exported_total";
const DROPPED: &str = "pointsman_otlp_spans_dropped_total";

fn to(encoding: Encoding) -> Arc<Target> {
    target("collector", encoding)
}

#[tokio::test(start_paused = true)]
async fn spans_reach_a_collector_over_http_as_protobuf_and_as_json() {
    for encoding in [Encoding::Protobuf, Encoding::Json] {
        let collector = Collector::default();
        let rig = Rig::new(&[("collector", &collector)], Some(to(encoding)));
        let expected = otlp::spans(&record("default"), otlp::Content::Never);
        rig.ended(record("default"));
        sleep(Duration::from_secs(1)).await;
        assert_eq!(collector.spans(0), expected, "{encoding:?}");
        collector.look(|got| {
            assert_eq!(got[0].path, "/v1/traces");
            assert_eq!(got[0].headers["x-key"], "canary");
            let resource = got[0].message.resource_spans[0].resource.as_ref().expect("one");
            assert_eq!(resource.attributes[0].key, "service.name");
        });
        assert!(rig.says(&format!("{EXPORTED} 2")));
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_rules_take_out_of_logs_is_not_in_spans_either() {
    let collector = Collector::default();
    let rig = Rig::new(&[("collector", &collector)], Some(to(Encoding::Json)));
    let request = br#"{"model":"m","messages":[{"role":"user","content":"my key is sk-hidden"}]}"#;
    let payload = telemetry::Payload {
        request: bytes::Bytes::from_static(request),
        request_complete: true,
        ..telemetry::Payload::default()
    };
    rig.ended(telemetry::Record {
        metadata: Some(r#"{"user":"sk-hidden"}"#.to_owned()),
        payload: Some(Box::new(payload)),
        ..record("default")
    });
    sleep(Duration::from_secs(1)).await;
    let told = format!("{:?}", collector.spans(0));
    assert!(told.contains("my key is") && !told.contains("sk-hidden"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn what_is_longer_than_spans_tell_is_left_out_before_rules_are_applied_to_it() {
    let collector = Collector::default();
    let rig = Rig::new(&[("collector", &collector)], Some(to(Encoding::Json)));
    let long = format!("\"sk-{}\"", "a".repeat(80 * 1024));
    let payload = telemetry::Payload {
        request: bytes::Bytes::from_static(b"\"short\""),
        response: vec![long.into()],
        ..telemetry::Payload::default()
    };
    rig.ended(telemetry::Record { payload: Some(Box::new(payload)), ..record("default") });
    sleep(Duration::from_secs(1)).await;
    let told = format!("{:?}", collector.spans(0));
    assert!(told.contains("short") && told.contains("pointsman.content_omitted"), "{told}");
    assert!(!told.contains("[redacted]"), "{told}");
}

#[tokio::test]
async fn spans_reach_a_collector_over_grpc() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let host = listener.local_addr().expect("an address").to_string();
    let collector = Collector::playing([Play::Take, Play::Grpc(3), Play::Grpc(14)]);
    let serving = collector.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serving.clone().serve(socket));
        }
    });
    let options = ClientOptions { http: Http::Two, ..ClientOptions::default() };
    let client = Client::new(&options).expect("a client");
    let rig = Rig::with_client(client, Some(target(&host, Encoding::Grpc)), |_| [].into());
    let counted = async |line: String| {
        while !rig.says(&line) {
            tokio::task::yield_now().await;
        }
    };
    rig.ended(record("default"));
    counted(format!("{EXPORTED} 2")).await;
    rig.ended(record("default"));
    counted(format!("{DROPPED}{{reason=\"refused\"}} 2")).await;
    rig.ended(record("default"));
    counted(format!("{EXPORTED} 4")).await;
    assert_eq!(collector.exports(), 4);
    collector.look(|got| {
        assert_eq!(got[0].path, "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
        assert_eq!(
            (&got[0].headers["te"], &got[0].headers["x-key"]),
            (&"trailers".parse().expect("a value"), &"canary".parse().expect("a value"))
        );
    });
}

#[tokio::test(start_paused = true)]
async fn spans_that_come_together_share_an_export() {
    let collector = Collector::default();
    let rig = Rig::new(&[("collector", &collector)], Some(to(Encoding::Protobuf)));
    for _ in 0..20 {
        rig.ended(record("default"));
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!((collector.exports(), collector.spans(0).len()), (1, 40));
}

#[tokio::test(start_paused = true)]
async fn a_busy_collector_is_asked_again_when_it_says_and_not_before() {
    let script = [Play::Status(429, Some("7")), Play::Status(503, None)];
    let collector = Collector::playing(script);
    let rig = Rig::new(&[("collector", &collector)], Some(to(Encoding::Json)));
    rig.ended(record("default"));
    sleep(Duration::from_secs(30)).await;
    let times = collector.look(|got| got.iter().map(|it| it.at).collect::<Vec<_>>());
    assert_eq!(times.len(), 3);
    assert_eq!((times[1] - times[0]).as_secs(), 7);
    assert!(times[2] - times[1] < Duration::from_secs(2));
    assert!(
        rig.says(&format!("{EXPORTED} 2")) && rig.says("pointsman_otlp_exports_failed_total 2")
    );
}

#[tokio::test(start_paused = true)]
async fn what_will_never_be_taken_is_not_sent_again() {
    let collector = Collector::playing([Play::Status(400, None), Play::Partly(1)]);
    let rig = Rig::new(&[("collector", &collector)], Some(to(Encoding::Json)));
    rig.ended(record("default"));
    sleep(Duration::from_secs(60)).await;
    assert_eq!(collector.exports(), 1);
    rig.ended(record("default"));
    sleep(Duration::from_secs(60)).await;
    assert_eq!(collector.exports(), 2);
    assert!(rig.says(&format!("{DROPPED}{{reason=\"refused\"}} 3")));
    assert!(rig.says(&format!("{EXPORTED} 1")));
}

#[tokio::test(start_paused = true)]
async fn a_collector_that_is_silent_is_given_up_and_used_again_when_it_is_back() {
    let collector = Collector::playing(std::iter::repeat_n(Play::Silence, 100));
    let rig = Rig::new(&[("collector", &collector)], Some(to(Encoding::Protobuf)));
    rig.ended(record("default"));
    sleep(Duration::from_secs(80)).await;
    assert!(rig.says(&format!("{DROPPED}{{reason=\"away\"}} 2")), "{}", rig.metrics.encode());
    collector.come_back();
    rig.ended(record("default"));
    sleep(Duration::from_secs(30)).await;
    assert!(rig.says(&format!("{EXPORTED} 2")));
}

#[tokio::test(start_paused = true)]
async fn a_dead_collector_costs_another_nothing_and_holds_no_more_than_its_buffer() {
    let collector = Collector::default();
    let rig = Rig::new(&[("own", &collector)], Some(target("dead", Encoding::Protobuf)));
    for _ in 0..40 {
        for _ in 0..80 {
            rig.ended(record("own"));
        }
        sleep(Duration::from_millis(1)).await;
    }
    sleep(Duration::from_secs(5)).await;
    let taken: usize = (0..collector.exports()).map(|it| collector.spans(it).len()).sum();
    assert_eq!(taken, 6400);
    let text = rig.metrics.encode();
    let dropped = text
        .lines()
        .find_map(|it| it.strip_prefix("pointsman_otlp_spans_dropped_total{reason=\"buffer\"} "));
    let dropped: usize = dropped.expect("some").parse().expect("a number");
    // All but what waits in the buffer, and the batch that is being tried.
    assert!((6400 - 2 * 2048 - 512..6400 - 2 * 2048).contains(&dropped), "{dropped}");
}

#[tokio::test(start_paused = true)]
async fn a_gateways_own_collector_gets_its_requests_and_no_others() {
    let (own, other) = (Collector::default(), Collector::default());
    let rig = Rig::new(&[("a", &own), ("b", &other)], None);
    rig.ended(record("a"));
    rig.ended(record("c"));
    sleep(Duration::from_secs(1)).await;
    assert_eq!((own.exports(), own.spans(0).len(), other.exports()), (1, 2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_way_that_nothing_goes_is_given_up_and_opened_again() {
    let collector = Collector::default();
    let rig = Rig::new(&[("collector", &collector)], Some(to(Encoding::Json)));
    for exports in 1..=3 {
        rig.ended(record("default"));
        sleep(Duration::from_secs(600)).await;
        assert_eq!(collector.exports(), exports);
    }
}

/// Text that says when it has been let go of.
struct Probe(Arc<AtomicBool>);

impl AsRef<[u8]> for Probe {
    fn as_ref(&self) -> &[u8] {
        b"\"text\""
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Takes the only thread there is for work that takes a while, until what is returned is dropped.
async fn taken() -> std::sync::mpsc::Sender<()> {
    let (gate, opened) = std::sync::mpsc::channel();
    let (began, begun) = tokio::sync::oneshot::channel();
    tokio::task::spawn_blocking(move || {
        began.send(()).expect("waited for");
        let _gone = opened.recv();
    });
    begun.await.expect("it begins");
    gate
}

/// Lets everything else go on for as long as it can.
async fn settle() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn spans_are_made_and_written_on_no_thread_that_serves_requests() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (collector, made) = (Collector::default(), Arc::new(AtomicBool::new(false)));
        let is_made = || made.load(Ordering::SeqCst);
        let rig = Rig::new(&[("collector", &collector)], Some(to(Encoding::Json)));
        let payload = telemetry::Payload {
            request: bytes::Bytes::from_owner(Probe(Arc::clone(&made))),
            ..telemetry::Payload::default()
        };
        let gate = taken().await;
        rig.ended(telemetry::Record { payload: Some(Box::new(payload)), ..record("default") });
        settle().await;
        assert!(!is_made(), "made by a thread that serves");
        drop(gate);
        while !is_made() {
            tokio::task::yield_now().await;
        }
        // They wait for others now, and are written when they have waited enough.
        let gate = taken().await;
        settle().await;
        advance(Duration::from_secs(1)).await;
        settle().await;
        assert_eq!(collector.exports(), 0, "written by a thread that serves");
        drop(gate);
        while collector.exports() == 0 {
            tokio::task::yield_now().await;
        }
        assert!(format!("{:?}", collector.spans(0)).contains("text"));
    });
}

#[tokio::test(start_paused = true)]
async fn what_is_left_at_the_end_is_sent_at_once() {
    let collector = Collector::default();
    let rig = Rig::new(&[("collector", &collector)], Some(to(Encoding::Json)));
    rig.ended(record("default"));
    let began = Instant::now();
    let text = rig.stop().await;
    assert!(text.contains(&format!("{EXPORTED} 2")), "{text}");
    assert!(began.elapsed() < Duration::from_millis(50));
}

#[tokio::test(start_paused = true)]
async fn a_dead_collector_does_not_keep_the_process_from_ending() {
    let rig = Rig::new(&[], Some(target("dead", Encoding::Json)));
    rig.ended(record("default"));
    let began = Instant::now();
    let text = rig.stop().await;
    assert!(text.contains(&format!("{DROPPED}{{reason=\"away\"}} 2")), "{text}");
    assert!(began.elapsed() < Duration::from_secs(1));
}
