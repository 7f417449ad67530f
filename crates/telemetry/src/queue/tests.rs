use std::sync::Arc;

use super::{Capacity, queue};
use crate::{Metrics, Record};

fn record(id: &str) -> Record {
    Record {
        provider: "echo".into(),
        model: "echo".into(),
        status: 200,
        success: true,
        cost: Some(0),
        duration_ms: 1,
        request_size: 1,
        response_size: 1,
        ..Record::new(id.into(), "default".into(), 1)
    }
}

const BYTES: usize = 100_000;

fn of(records: usize) -> Capacity {
    Capacity { records, bytes: usize::MAX }
}

#[tokio::test]
async fn records_come_out_in_order_and_in_batches() {
    let (recorder, mut records) = queue(of(10), Metrics::new());
    for id in ["a", "b", "c"] {
        recorder.push(record(id));
    }
    assert_eq!(recorder.waiting(), 3);
    let ids = |batch: Vec<Record>| batch.into_iter().map(|it| it.id).collect::<Vec<_>>();
    assert_eq!(ids(records.next_batch(2).await.unwrap()), ["a", "b"]);
    assert_eq!(ids(records.next_batch(2).await.unwrap()), ["c"]);
    drop(recorder);
    assert!(records.next_batch(2).await.is_none());
}

#[tokio::test]
async fn a_full_queue_drops_and_counts() {
    let metrics = Metrics::new();
    let (recorder, mut records) = queue(of(2), Arc::clone(&metrics));
    for id in ["a", "b", "c", "d"] {
        recorder.push(record(id));
    }
    assert_eq!(metrics.logs_dropped(), 2);
    assert_eq!(records.next_batch(10).await.unwrap().len(), 2);
    recorder.push(record("e"));
    assert_eq!(metrics.logs_dropped(), 2, "room is given back");
    assert!(metrics.encode().contains("pointsman_logs_dropped_total{reason=\"records\"} 2"));
}

#[tokio::test]
async fn the_queue_is_bounded_in_bytes_too() {
    let metrics = Metrics::new();
    let (recorder, mut records) =
        queue(Capacity { bytes: BYTES, ..of(1000) }, Arc::clone(&metrics));
    let big = || Record { cause: Some("x".repeat(BYTES / 2)), ..record("big") };
    recorder.push(big());
    recorder.push(big());
    assert_eq!(metrics.logs_dropped(), 1);
    assert!(metrics.encode().contains("pointsman_logs_dropped_total{reason=\"bytes\"} 1"));
    assert!((BYTES / 2..BYTES).contains(&recorder.waiting_bytes()));
    assert_eq!(records.next_batch(10).await.unwrap().len(), 1);
    assert_eq!(recorder.waiting_bytes(), 0);
    recorder.push(big());
    assert_eq!(metrics.logs_dropped(), 1, "the bytes are given back");
}

#[tokio::test]
async fn what_is_not_logged_is_counted_without_what_its_caller_said() {
    let metrics = Metrics::new();
    let (recorder, mut records) = queue(of(1), Arc::clone(&metrics));
    let (recorder, mut unlogged) = recorder.counting(2);
    let told = |id: &str| Record {
        metadata: Some("secret".into()),
        user_agent: Some("secret".into()),
        payload: Some(Box::default()),
        ..record(id)
    };
    for id in ["a", "b"] {
        recorder.push(told(id));
    }
    recorder.count(told("c"));
    recorder.count(told("d"));
    assert_eq!(records.next_batch(10).await.unwrap(), [told("a")]);
    assert_eq!(unlogged.next_batch(10).await.unwrap(), [record("b"), record("c")]);
    assert_eq!(metrics.logs_dropped(), 1, "of those that were to be logged");
    assert!(metrics.encode().contains("pointsman_analytics_lost_total 1"));
}
