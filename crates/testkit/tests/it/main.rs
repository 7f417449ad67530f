//! The scripted upstream, spoken to by hand.

use std::time::Duration;
use testkit::{FakeUpstream, Script};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ASK: &[u8] =
    b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 16\r\n\r\n{\"stream\": true}";

#[tokio::test]
async fn it_answers_over_tcp_and_keeps_what_it_saw() {
    let upstream = FakeUpstream::playing([Script::completion("Hello"), Script::reset()]);
    let mut stream =
        TcpStream::connect(upstream.listen().await.expect("a port")).await.expect("up");
    stream.write_all(ASK).await.expect("sent");
    stream.write_all(ASK).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("closed in the end");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains(&format!("content-length: {}", body.len())));
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["choices"][0]["message"]["content"], "Hello");
    let seen = upstream.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].path.as_str(), seen[0].header("host")), ("/v1/chat/completions", "x"));
    assert_eq!(seen[0].json()["stream"], true);
    assert!(seen.iter().all(|it| it.dropped.is_none()));
}

#[tokio::test]
async fn nobody_listens_on_a_refusing_address() {
    let address = FakeUpstream::refusing().await.expect("a port");
    let error = TcpStream::connect(address).await.expect_err("refused");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test(start_paused = true)]
async fn in_memory_it_can_refuse_stall_and_notice_who_leaves() {
    let upstream = FakeUpstream::playing([Script::refuse(), Script::stall()]);
    assert!(upstream.connect().is_err());
    let mut stream = upstream.connect().expect("connected");
    stream.write_all(ASK).await.expect("sent");
    let mut byte = [0];
    let silence = tokio::time::timeout(Duration::from_secs(60), stream.read(&mut byte)).await;
    assert!(silence.is_err());
    assert!(upstream.seen()[0].dropped.is_none());
    drop(stream);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(upstream.seen()[0].dropped.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_usage_only_when_asked() {
    let upstream = FakeUpstream::playing([Script::stream(&["Hello"]), Script::reset()]);
    for (body, expected) in [("{}", false), (r#"{"stream_options":{"include_usage":true}}"#, true)]
    {
        let upstream = if expected {
            FakeUpstream::playing([Script::stream(&["Hello"]), Script::reset()])
        } else {
            upstream.clone()
        };
        let mut stream = upstream.connect().expect("connected");
        let ask = format!(
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        );
        stream.write_all(ask.as_bytes()).await.expect("sent");
        stream.write_all(ASK).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("closed in the end");
        assert_eq!(answer.contains("\"usage\""), expected);
        assert!(answer.ends_with("data: [DONE]\n\n\r\n0\r\n\r\n"));
    }
}
