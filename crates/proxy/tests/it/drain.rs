//! Admission and its end.
use crate::elements::one_model;
use crate::world::World;
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use std::time::Duration;
use testkit::{FakeUpstream, Script};

#[tokio::test(start_paused = true)]
async fn a_draining_server_takes_nothing_new_and_finishes_what_it_has() {
    let world = World::playing([Script::stream(&["a", "b"]).paced(Duration::from_millis(50))]);
    let world = world.deploy("r", &one_model("openai/gpt"));
    let body = world.chat("dynamic/r").streamed().begin().await.into_body();
    assert_eq!(world.proxy.in_flight(), 1);
    world.proxy.drain();
    let refused = world.chat("dynamic/r").send().await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, "1"));
    assert_eq!(refused.header("x-should-retry"), "");
    assert!(world.proxy.idle().now_or_never().is_none());
    let text = body.collect().await.expect("a body").to_bytes();
    assert!(text.ends_with(b"data: [DONE]\n\n"));
    world.proxy.idle().await;
    assert_eq!(world.proxy.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn more_than_the_bound_are_refused() {
    let upstream =
        FakeUpstream::playing([Script::stream(&["a", "b"]).paced(Duration::from_millis(50))]);
    let world = World::with_settings(upstream, |it| it.max_in_flight = 1)
        .deploy("r", &one_model("openai/gpt"));
    let first = world.chat("dynamic/r").streamed().begin().await;
    assert_eq!(world.chat("dynamic/r").send().await.status, 503);
    drop(first);
    assert_eq!(world.chat("dynamic/r").streamed().send().await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_plain_reply_counts_until_it_is_taken() {
    let world = World::friendly().deploy("r", &one_model("openai/gpt"));
    let response = world.chat("dynamic/r").begin().await;
    assert_eq!(world.proxy.in_flight(), 1);
    drop(response);
    assert_eq!(world.proxy.in_flight(), 0);
}
