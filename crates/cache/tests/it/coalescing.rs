//! The same question asked while it is being asked.
use crate::{HOUR, answer, key_of, look, place};
use cache::{Cache, Found, Key, Place};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

fn cache() -> Arc<Cache> {
    Arc::new(Cache::in_memory(1 << 20).coalescing())
}

fn asking(cache: &Arc<Cache>, key: Key, wait: Duration) -> JoinHandle<Found> {
    let cache = Arc::clone(cache);
    tokio::spawn(async move { cache.look(key, 0, wait).await })
}

/// Lets everything run that can.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

fn lead(found: Found) -> Place {
    match found {
        Found::Nothing(place) => place,
        found => panic!("{found:?}"),
    }
}

fn joined(found: &Found) -> bool {
    matches!(found, Found::Joined(it) if it.frames == answer("x").frames)
}

#[tokio::test(start_paused = true)]
async fn followers_get_the_answer_of_the_first() {
    let cache = cache();
    let first = place(&cache, key_of("t", "q")).await;
    let others: Vec<_> = (0..50).map(|_| asking(&cache, key_of("t", "q"), HOUR)).collect();
    settle().await;
    assert!(first.keep(answer("x"), 0, HOUR));
    for other in others {
        assert!(joined(&other.await.expect("no panic")));
    }
    assert!(matches!(look(&cache, key_of("t", "q"), 0).await, Found::Kept(_)));
}

#[tokio::test(start_paused = true)]
async fn other_questions_and_callers_do_not_wait() {
    let cache = cache();
    let _first = place(&cache, key_of("t", "q")).await;
    lead(look(&cache, key_of("u", "q"), 0).await);
    lead(look(&cache, key_of("t", "r"), 0).await);
}

#[tokio::test(start_paused = true)]
async fn when_a_leader_goes_one_of_the_others_leads() {
    let cache = cache();
    let first = place(&cache, key_of("t", "q")).await;
    let mut others: Vec<_> = (0..5).map(|_| asking(&cache, key_of("t", "q"), HOUR)).collect();
    settle().await;
    drop(first);
    settle().await;
    let done = others.iter().position(JoinHandle::is_finished).expect("one leads");
    assert_eq!(others.iter().filter(|it| it.is_finished()).count(), 1);
    lead(others.remove(done).await.expect("no panic")).keep(answer("x"), 0, HOUR);
    for other in others {
        assert!(joined(&other.await.expect("no panic")));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_kept_is_not_waited_for() {
    let cache = cache();
    let first = place(&cache, key_of("t", "q")).await;
    let other = asking(&cache, key_of("t", "q"), HOUR);
    settle().await;
    let broken = cache::Answer { status: http::StatusCode::BAD_GATEWAY, ..answer("x") };
    assert!(!first.keep(broken, 0, HOUR));
    lead(other.await.expect("no panic"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_for_which_there_is_no_room_is_given_to_followers_all_the_same() {
    let cache = Arc::new(Cache::in_memory(10).coalescing());
    let first = place(&cache, key_of("t", "q")).await;
    let other = asking(&cache, key_of("t", "q"), HOUR);
    settle().await;
    assert!(!first.keep(answer("x"), 0, HOUR));
    assert!(joined(&other.await.expect("no panic")));
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever() {
    let cache = cache();
    let _first = place(&cache, key_of("t", "q")).await;
    let before = tokio::time::Instant::now();
    lead(cache.look(key_of("t", "q"), 0, Duration::from_secs(5)).await);
    assert_eq!(before.elapsed(), Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn leaders_that_fail_one_after_another_do_not_keep_the_rest_in_line() {
    let cache = cache();
    let mut first = place(&cache, key_of("t", "q")).await;
    let mut others: Vec<_> = (0..10).map(|_| asking(&cache, key_of("t", "q"), HOUR)).collect();
    let mut rounds = 0;
    while !others.is_empty() {
        settle().await;
        drop(first);
        settle().await;
        rounds += 1;
        let (done, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(JoinHandle::is_finished);
        others = rest;
        let mut places = Vec::new();
        for one in done {
            places.push(lead(one.await.expect("no panic")));
        }
        first = places.pop().expect("somebody asks");
    }
    assert_eq!(rounds, 3);
}

#[tokio::test(start_paused = true)]
async fn a_follower_that_leaves_leaves_nothing_behind() {
    let cache = cache();
    let first = place(&cache, key_of("t", "q")).await;
    for _ in 0..5000 {
        let other = asking(&cache, key_of("t", "q"), HOUR);
        tokio::task::yield_now().await;
        other.abort();
        let _gone = other.await;
    }
    let other = asking(&cache, key_of("t", "q"), HOUR);
    settle().await;
    first.keep(answer("x"), 0, HOUR);
    assert!(joined(&other.await.expect("no panic")));
}

#[tokio::test(start_paused = true)]
async fn whoever_finds_too_many_waiting_asks_for_itself() {
    let cache = cache();
    let _first = place(&cache, key_of("t", "q")).await;
    let others: Vec<_> = (0..1024).map(|_| asking(&cache, key_of("t", "q"), HOUR)).collect();
    settle().await;
    lead(look(&cache, key_of("t", "q"), 0).await);
    others.iter().for_each(JoinHandle::abort);
}
