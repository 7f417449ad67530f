//! The same question asked while it is being asked, where the operator wants it asked once.
use super::status;
use crate::elements::{end, model, start, with_spare};
use crate::world::World;
use cache::Cache;
use futures_util::future::join_all;
use http_body_util::BodyExt as _;
use serde_json::json;
use std::time::Duration;
use testkit::{FakeUpstream, Script};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

fn world(scripts: impl IntoIterator<Item = Script>) -> World {
    World::with_cache(FakeUpstream::playing(scripts), Cache::in_memory(64 << 20).coalescing())
}

#[tokio::test(start_paused = true)]
async fn it_is_asked_once_and_answered_to_all() {
    let world = world([Script::completion("Hello").after(SECOND)]);
    let answers = join_all((0..20).map(|_| world.chat("openai/gpt").send())).await;
    assert!(answers.iter().all(|it| it.said() == "Hello"));
    assert_eq!(answers.iter().filter(|it| status(it) == "MISS").count(), 1);
    assert_eq!(answers.iter().filter(|it| status(it) == "HIT").count(), 19);
    assert_eq!(world.upstream.seen().len(), 1);
    let records = world.records();
    assert_eq!(records.iter().filter(|it| it.cached && it.cost == Some(0)).count(), 19);
}

#[tokio::test(start_paused = true)]
async fn without_the_operators_wish_each_is_asked() {
    let world = World::playing([Script::completion("Hello").after(SECOND)]).caching(60);
    join_all((0..5).map(|_| world.chat("openai/gpt").send())).await;
    assert_eq!(world.upstream.seen().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn different_callers_do_not_wait_for_each_other() {
    let world = world([Script::completion("Hello").after(SECOND)]);
    let ask = |key: &str| world.chat("openai/gpt").token(key).send();
    join_all([ask("sk-1"), ask("sk-2"), ask("sk-1")]).await;
    assert_eq!(world.upstream.seen().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_stream_gets_it_whole_when_it_is() {
    let world = world([Script::stream(&["a", "b", "c"]).paced(SECOND)]);
    let answers = join_all((0..3).map(|_| world.chat("openai/gpt").streamed().send())).await;
    assert_eq!(world.upstream.seen().len(), 1);
    assert!(answers.iter().all(|it| it.body == answers[0].body));
    assert_eq!(answers.iter().filter(|it| status(it) == "HIT").count(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_hands_over() {
    let world =
        world([Script::status(500).after(SECOND), Script::completion("Hello").after(SECOND)]);
    let start = Instant::now();
    let answers = join_all((0..5).map(|_| world.chat("openai/gpt").send())).await;
    assert_eq!(answers.iter().filter(|it| it.status == 502).count(), 1);
    assert_eq!(answers.iter().filter(|it| it.status == 200).count(), 4);
    assert_eq!((world.upstream.seen().len(), start.elapsed()), (2, 2 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn one_whose_caller_leaves_hands_over() {
    for streamed in [false, true] {
        let script = |text: &str| {
            if streamed {
                Script::stream(&[text, text]).paced(SECOND)
            } else {
                Script::completion(text).after(SECOND)
            }
        };
        let world = world([script("first"), script("second")]);
        let ask = || {
            let ask = world.chat("openai/gpt");
            if streamed { ask.streamed() } else { ask }
        };
        let leader = async {
            let read = async {
                let mut body = ask().begin().await.into_body();
                while body.frame().await.is_some() {}
            };
            // In the middle of it.
            assert!(tokio::time::timeout(SECOND / 2, read).await.is_err());
        };
        let followers = join_all((0..3).map(|_| ask().send()));
        let ((), answers) = tokio::join!(leader, followers);
        assert!(answers.iter().all(|it| it.text().contains("second")));
        assert_eq!(world.upstream.seen().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_than_for_the_model() {
    let world = world([Script::stall(), Script::completion("Hello")]);
    let patient = world.chat("openai/gpt").send();
    let hurried = world.chat("openai/gpt").header("cf-aig-request-timeout", "3000").send();
    let start = Instant::now();
    let both = Box::pin(async { tokio::join!(biased; patient, hurried) });
    let answer = tokio::time::timeout(10 * SECOND, both).await;
    assert!(answer.is_err(), "the first waits for its model");
    assert_eq!(world.upstream.seen().len(), 2, "the second has asked for itself");
    assert!(start.elapsed() >= 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_request_does_not_wait_for_itself_or_in_a_circle() {
    let route = |first: &str, second: &str| {
        json!([start("a"), model("a", first, "b", ""), model("b", second, "end", ""), end()])
    };
    let world = world([Script::stream(&["a", "b"]).paced(SECOND)])
        .deploy("same", &route("openai/x", "openai/x"))
        .deploy("one", &route("openai/y", "openai/z"))
        .deploy("other", &route("openai/z", "openai/y"));
    let ask = |route: &str| world.chat(&format!("dynamic/{route}")).streamed().send();
    let start = Instant::now();
    let answer = ask("same").await;
    assert_eq!((answer.status.as_u16(), status(&answer)), (200, "HIT"));
    assert_eq!(world.upstream.seen().len(), 1);
    join_all([ask("one"), ask("other")]).await;
    assert!(start.elapsed() < 30 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_route_goes_on_from_a_model_that_fails_for_all() {
    let world =
        world([Script::status(500).after(SECOND), Script::completion("spare").after(SECOND)])
            .deploy("r", &with_spare("openai/a", "openai/b"));
    let answers = join_all((0..2).map(|_| world.chat("dynamic/r").send())).await;
    assert!(answers.iter().all(|it| it.said() == "spare"), "{}", answers[1].text());
}
