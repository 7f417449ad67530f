//! The same over real sockets and with the real client, in real time.

use super::rig::{Endings, Rig, kinds, plain, relay};
use http_body_util::BodyExt as _;
use proxy::call::EndingKind;
use std::net::SocketAddr;
use std::time::Duration;
use testkit::{FakeUpstream, Script};

fn at(address: SocketAddr, upstream: FakeUpstream) -> Rig {
    let mut rig = Rig::of(upstream);
    let options = providers::ClientOptions::default();
    rig.cx.client = providers::Client::new(&options).expect("no extra roots");
    let (base_url, key) = (format!("http://{address}/v1"), rig.endpoint.key.take());
    rig.endpoint = providers::Endpoint::custom("custom-test", &base_url, key, false).expect("good");
    rig
}

#[tokio::test]
async fn plain_replies_and_streams_come_over_tcp() {
    let upstream = FakeUpstream::answering(|seen| match seen.json()["stream"] == true {
        true => Script::stream(&["Hel", "lo"]).crlf(),
        false => Script::completion("Hello").byte_by_byte(),
    });
    let rig = at(upstream.listen().await.expect("a port"), upstream);
    assert!(!plain(rig.call().await).is_empty());
    let (bytes, ending) = rig.streaming().relayed().await;
    assert!(bytes.ends_with(b"data: [DONE]\r\n\r\n"));
    assert_eq!(ending.kind, EndingKind::Complete);
}

#[tokio::test]
async fn a_refused_port_is_a_connect_error() {
    let address = FakeUpstream::refusing().await.expect("a port");
    let called = at(address, FakeUpstream::playing([])).call().await;
    assert_eq!(kinds(&called), ["connect"]);
}

#[tokio::test]
async fn a_connection_cut_in_a_stream_ends_with_an_error_event() {
    let upstream = FakeUpstream::playing([Script::stream(&["Hel", "lo"]).reset_after(2)]);
    let rig = at(upstream.listen().await.expect("a port"), upstream).streaming();
    let (bytes, ending) = relay(rig.live().await).await;
    assert!(String::from_utf8_lossy(&bytes).contains("stream_broken"));
    assert!(matches!(ending.kind, EndingKind::Broken(_)));
}

#[tokio::test]
async fn a_client_that_leaves_closes_the_socket() {
    let upstream = FakeUpstream::playing([Script::stream(&["Hel", "lo"]).stall_after(2)]);
    let rig = at(upstream.listen().await.expect("a port"), upstream.clone()).streaming();
    let endings = Endings::default();
    let mut body = rig.live().await.relay(endings.finish());
    body.frame().await.expect("more").expect("good");
    drop(body);
    let noticed = async {
        while upstream.seen()[0].dropped.is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), noticed).await.expect("closed");
    assert_eq!(endings.only().kind, EndingKind::ClientGone);
}
