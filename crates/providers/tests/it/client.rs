//! Sending, pooling, cancelling, and every kind of failure but those of TLS.

use crate::server::{OK, answer_all, listen, read_request};
use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::BodyExt;
use providers::{Client, ClientOptions, Error, Spliced};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinSet;

fn client() -> Client {
    Client::new(&ClientOptions::default()).expect("a client")
}

fn post(uri: &str) -> Request<Spliced> {
    Request::post(uri).body(Spliced::from(Bytes::from_static(b"{}"))).expect("a request")
}

/// The error of a call that must fail.
async fn failure(uri: &str, public_only: bool) -> Error {
    client().send(post(uri), public_only).await.map(drop).expect_err("it must fail")
}

async fn text(response: http::Response<hyper::body::Incoming>) -> String {
    let body = response.into_body().collect().await.expect("a body");
    String::from_utf8_lossy(&body.to_bytes()).into_owned()
}

#[tokio::test]
async fn a_spliced_body_arrives_whole_and_with_its_length() {
    let (listener, address) = listen().await;
    let mut server = JoinSet::new();
    server.spawn(async move {
        let (io, _) = listener.accept().await.expect("a connection");
        answer_all(io, OK).await
    });
    let body = Bytes::from_static(br#"{"messages":[],"model":"dynamic/a","x":1}"#);
    let head = chat::scan(&body).expect("a chat request");
    let spliced = chat::splice(&body, &head, &Bytes::from_static(b"\"gpt-4o\""), true);
    let request = Request::post(format!("http://{address}/v1/chat/completions?a=b"))
        .body(Spliced::from(spliced))
        .expect("a request");
    let client = client();
    let response = client.send(request, false).await.expect("a response");
    assert_eq!(text(response).await, "ok");
    drop(client);
    let requests = server.join_next().await.expect("one server").expect("no panic");
    let expected =
        r#"{"messages":[],"model":"gpt-4o","stream_options":{"include_usage":true},"x":1}"#;
    let (head, sent) = requests[0].split_once("\r\n\r\n").expect("a request");
    assert_eq!(sent, expected);
    assert!(head.starts_with("POST /v1/chat/completions?a=b HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("content-length: {}", expected.len())), "{head}");
    assert!(head.contains(&format!("host: {address}")), "{head}");
    assert!(!head.contains("transfer-encoding"), "{head}");
}

#[tokio::test]
async fn a_name_without_an_address_is_a_dns_error_that_tells_only_the_host() {
    let error = failure("http://nonexistent.invalid/v1/x?key=canary", false).await;
    assert!(
        matches!(&error, Error::Dns(why) if why.starts_with("nonexistent.invalid: ")),
        "{error}"
    );
    assert!(!error.to_string().contains("canary"), "{error}");
    assert_eq!(error.kind(), "dns");
}

#[tokio::test]
async fn a_refused_port_is_a_connect_error() {
    let (listener, address) = listen().await;
    drop(listener);
    let error = failure(&format!("http://{address}/x"), false).await;
    assert!(matches!(&error, Error::Connect(why) if why.contains("refused")), "{error}");
}

#[tokio::test]
async fn a_public_only_call_does_not_reach_a_private_address_under_any_name() {
    let (listener, address) = listen().await;
    let port = address.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "169.254.169.254",
        "10.0.0.1",
        "0.0.0.0",
    ] {
        let error = failure(&format!("http://{host}:{port}/x"), true).await;
        assert!(matches!(error, Error::Private | Error::Dns(_)), "{host}: {error}");
        let https = failure(&format!("https://{host}:{port}/x"), true).await;
        // A number for a host is no name that a certificate could have.
        let expected = if host == "2130706433" { "tls" } else { error.kind() };
        assert_eq!(https.kind(), expected, "{host}: {https}");
    }
    let accepted = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(accepted.is_err(), "nothing has been connected to");
}

#[tokio::test]
async fn an_open_pooled_connection_is_not_used_for_a_public_only_call() {
    let (listener, address) = listen().await;
    let mut server = JoinSet::new();
    server.spawn(async move {
        let (io, _) = listener.accept().await.expect("a connection");
        answer_all(io, OK).await
    });
    let client = client();
    let uri = format!("http://{address}/x");
    assert_eq!(text(client.send(post(&uri), false).await.expect("a response")).await, "ok");
    assert_eq!(client.send(post(&uri), true).await.map(drop), Err(Error::Private));
}

/// A client whose connections are made in memory; `serve` gets the other end of each.
fn in_memory<Fut>(
    serve: impl Fn(DuplexStream) -> Fut + Clone + Send + Sync + 'static,
) -> (Client, Arc<AtomicUsize>)
where
    Fut: Future<Output = ()> + Send + 'static,
{
    let count = Arc::new(AtomicUsize::new(0));
    let connections = Arc::clone(&count);
    let client = Client::with_connector(move |_: Uri| {
        connections.fetch_add(1, Ordering::SeqCst);
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let serve = serve(theirs);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(serve);
        });
        std::future::ready(Ok(ours))
    });
    (client, count)
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let (client, connections) = in_memory(|io| async {
        answer_all(io, OK).await;
    });
    for _ in 0..3 {
        let response = client.send(post("https://in.memory/x"), true).await.expect("a response");
        assert_eq!(text(response).await, "ok");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_closed_by_the_provider_is_replaced() {
    let (client, connections) = in_memory(|mut io| async move {
        read_request(&mut io).await;
        let closing = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";
        io.write_all(closing.as_bytes()).await.expect("the client reads");
    });
    for _ in 0..2 {
        let response = client.send(post("http://in.memory/x"), false).await.expect("a response");
        assert_eq!(text(response).await, "ok");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_is_not_a_whole_response_is_a_broken_connection() {
    for answer in ["", "HTTP/1.1 200", "hello\r\n\r\n"] {
        let (client, _) = in_memory(move |mut io| async move {
            read_request(&mut io).await;
            io.write_all(answer.as_bytes()).await.expect("the client reads");
        });
        let error = client.send(post("http://in.memory/x"), false).await.expect_err("broken");
        assert!(matches!(error, Error::Broken(_)), "{answer:?}: {error}");
    }
}

#[tokio::test]
async fn a_connector_that_fails_is_a_connect_error() {
    let client = Client::with_connector(|_| async {
        Err::<DuplexStream, _>(std::io::Error::other("no such upstream"))
    });
    let error = client.send(post("http://in.memory/x"), false).await.expect_err("no connection");
    assert_eq!(error, Error::Connect("no such upstream".to_owned()));
}

#[tokio::test]
async fn dropping_a_body_closes_the_upstream_connection() {
    let (listener, address) = listen().await;
    let mut server = JoinSet::new();
    server.spawn(async move {
        let (mut io, _) = listener.accept().await.expect("a connection");
        read_request(&mut io).await;
        let begun = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nbegun\r\n";
        io.write_all(begun.as_bytes()).await.expect("the client reads");
        io.read(&mut [0; 16]).await.unwrap_or_default()
    });
    let client = client();
    let response = client.send(post(&format!("http://{address}/x")), false).await;
    let mut body = response.expect("a response").into_body();
    body.frame().await.expect("a frame").expect("no error");
    drop(body);
    let closed = tokio::time::timeout(Duration::from_secs(5), server.join_next()).await;
    assert_eq!(closed.expect("in time").expect("one server").expect("no panic"), 0);
}

#[tokio::test]
async fn dropping_a_call_closes_the_upstream_connection() {
    let (listener, address) = listen().await;
    let (tell, told) = tokio::sync::oneshot::channel();
    let mut server = JoinSet::new();
    server.spawn(async move {
        let (mut io, _) = listener.accept().await.expect("a connection");
        read_request(&mut io).await;
        tell.send(()).expect("somebody waits");
        io.read(&mut [0; 16]).await.unwrap_or_default()
    });
    let client = client();
    let uri = format!("http://{address}/x");
    tokio::select! {
        _ = client.send(post(&uri), false) => panic!("there is no answer"),
        told = told => told.expect("the request has arrived"),
    }
    let closed = tokio::time::timeout(Duration::from_secs(5), server.join_next()).await;
    assert_eq!(closed.expect("in time").expect("one server").expect("no panic"), 0);
}
