//! The client leaves: the provider's connection is dropped at once, and nothing is retried.

use super::rig::{Endings, Rig};
use http_body_util::BodyExt as _;
use proxy::call::EndingKind;
use std::time::Duration;
use testkit::Script;
use tokio::time::{Instant, sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(3);
const AT_ONCE: Duration = Duration::from_millis(100);

#[tokio::test(start_paused = true)]
async fn leaving_before_the_answer_cancels_the_call() {
    for (script, stream) in [
        (Script::stall(), false),
        (Script::stall(), true),
        (Script::completion("Hello").stall_after(1), false),
        (Script::stream(&["a"]).stall_after(1), true),
        (Script::pings(), true),
    ] {
        let mut rig = Rig::playing([script]).retries(5);
        if stream {
            rig = rig.streaming();
        }
        assert!(timeout(PATIENCE, rig.call()).await.is_err(), "it has not answered");
        let left = Instant::now();
        sleep(AT_ONCE).await;
        let seen = rig.upstream.seen();
        assert!(seen[0].dropped.expect("noticed") - left <= AT_ONCE);
        sleep(Duration::from_secs(3600)).await;
        assert_eq!(rig.upstream.seen().len(), 1, "no retry");
    }
}

#[tokio::test(start_paused = true)]
async fn leaving_during_the_backoff_ends_the_retries() {
    let rig = Rig::playing([Script::rate_limited("8")]).retries(5);
    assert!(timeout(PATIENCE, rig.call()).await.is_err());
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(rig.upstream.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn leaving_a_stream_cancels_it_and_says_what_came() {
    let script = Script::stream(&["one", "two", "three"]).paced(Duration::from_secs(1));
    let rig = Rig::playing([script]).streaming();
    let endings = Endings::default();
    let mut body = rig.live().await.relay(endings.finish());
    let mut given = 0;
    for _ in 0..3 {
        let frame = body.frame().await.expect("more").expect("good");
        given += u64::try_from(frame.into_data().expect("data").len()).expect("small");
    }
    assert_eq!(endings.count(), 0);
    let left = Instant::now();
    drop(body);
    let ending = endings.only();
    assert_eq!(ending.kind, EndingKind::ClientGone);
    assert_eq!(ending.bytes, given);
    assert_eq!(ending.usage, None);
    assert_eq!(ending.content_bytes, 10, "\"one\" and \"two\", with quotes");
    sleep(AT_ONCE).await;
    assert!(rig.upstream.seen()[0].dropped.expect("noticed") - left <= AT_ONCE);
}

#[tokio::test(start_paused = true)]
async fn leaving_a_collection_cancels_it() {
    let rig = Rig::playing([Script::stream(&["one", "two"]).stall_after(2)]).streaming();
    assert!(timeout(PATIENCE, rig.live().await.collect()).await.is_err());
    sleep(AT_ONCE).await;
    assert!(rig.upstream.seen()[0].dropped.is_some());
}
