//! Signals: what is under way ends, what is idle is closed, what is new is refused.

use crate::http::Connection;
use crate::server::{Folder, Server, eventually};
use std::time::{Duration, Instant};

#[test]
fn a_stop_lets_a_stream_end_and_closes_what_is_idle_at_once() {
    let folder = Folder::new("drain");
    let mut server = Server::start(&folder, &[]);
    let mut idle = server.connect();
    idle.request("GET", "/readyz", &[], "");
    assert_eq!(idle.reply().status, 200);
    let mut silent = server.connect();
    let mut stream = server.slow_stream(20);

    let began = Instant::now();
    server.signal("TERM");
    assert_eq!(idle.rest(), "");
    assert_eq!(silent.rest(), "");
    assert!(began.elapsed() < Duration::from_secs(1), "idle connections close at once");
    eventually("nobody listens", || Connection::open(&server.address).is_err().then_some(()));

    let rest = stream.rest();
    assert!(rest.contains("data: [DONE]"), "{rest}");
    assert_eq!(server.wait(), Some(0));
    assert!(began.elapsed() > Duration::from_secs(1), "the stream took its time");
}

#[test]
fn at_the_limit_what_is_left_is_cut_off_and_recorded() {
    let folder = Folder::new("drain-limit");
    let mut server = Server::start(&folder, &[("POINTSMAN_DRAIN_MS", "200")]);
    let mut stream = server.slow_stream(300);
    let began = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(!stream.rest().contains("[DONE]"));

    let server = Server::start(&folder, &[]);
    let logs = server.managed("GET", "/ai-gateway/gateways/default/logs", &serde_json::Value::Null);
    assert_eq!(logs["result"].as_array().map(Vec::len), Some(1), "{logs}");
}

#[test]
fn a_second_signal_does_not_wait() {
    let folder = Folder::new("second-signal");
    let mut server = Server::start(&folder, &[]);
    let _stream = server.slow_stream(300);
    let began = Instant::now();
    server.signal("INT");
    eventually("nobody listens", || Connection::open(&server.address).is_err().then_some(()));
    server.signal("INT");
    assert_eq!(server.wait(), Some(1));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn what_was_answered_just_before_the_stop_is_recorded() {
    let folder = Folder::new("last-records");
    let server = Server::start(&folder, &[]);
    for _ in 0..20 {
        assert_eq!(server.chat("echo/echo", &[]).status, 200);
    }
    assert_eq!(server.stop(), Some(0));
    let server = Server::start(&folder, &[]);
    let logs = server.managed(
        "GET",
        "/ai-gateway/gateways/default/logs?per_page=50",
        &serde_json::Value::Null,
    );
    assert_eq!(logs["result"].as_array().map(Vec::len), Some(20), "{logs}");
}
