//! Entries in memory: what is kept of an answer, for how long, and within which bound.
use crate::{HOUR, answer, kept, key_of, place};
use bytes::Bytes;
use cache::{Answer, Cache, MAX_BODY};
use chat::Usage;
use http::StatusCode;
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

const MIB: u64 = 1024 * 1024;

fn cache() -> Arc<Cache> {
    Arc::new(Cache::in_memory(64 * MIB))
}

#[tokio::test]
async fn an_answer_comes_back_as_it_was_kept() {
    let cache = cache();
    let given = Answer {
        usage: Some(Usage { input: 5, output: 7, ..Usage::default() }),
        frames: ["data: a\n\n", "data: b\n\n"].map(|it| Bytes::from_static(it.as_bytes())).into(),
        ..answer("")
    };
    assert!(place(&cache, key_of("t", "q")).await.keep(given.clone(), 0, HOUR));
    assert_eq!(kept(&cache, key_of("t", "q"), 1).await, Some(given));
}

#[tokio::test]
async fn another_caller_or_question_finds_nothing() {
    let cache = cache();
    place(&cache, key_of("t", "q")).await.keep(answer("x"), 0, HOUR);
    assert_eq!(kept(&cache, key_of("u", "q"), 1).await, None);
    assert_eq!(kept(&cache, key_of("t", "r"), 1).await, None);
}

#[tokio::test]
async fn an_entry_ends_with_its_time_and_gives_its_room_back() {
    let cache = cache();
    let key = key_of("t", "q");
    place(&cache, key).await.keep(answer("x"), 1000, Duration::from_secs(60));
    assert!(kept(&cache, key, 60_999).await.is_some());
    assert!(cache.size() > 0);
    assert_eq!(kept(&cache, key, 61_000).await, None);
    assert_eq!(kept(&cache, key, 1000).await, None, "it is gone");
}

#[tokio::test]
async fn headers_of_the_call_that_brought_it_are_not_kept() {
    let cache = cache();
    let mut given = answer("x");
    for name in
        ["set-cookie", "date", "x-ratelimit-remaining-requests", "retry-after", "x-request-id"]
    {
        given.headers.insert(name, "1".parse().expect("a value"));
    }
    given.headers.insert("pointsman-dropped", "seed".parse().expect("a value"));
    place(&cache, key_of("t", "q")).await.keep(given, 0, HOUR);
    let kept = kept(&cache, key_of("t", "q"), 1).await.expect("kept");
    let names: Vec<_> = kept.headers.keys().map(|it| it.as_str().to_owned()).collect();
    assert_eq!(names, ["content-type", "pointsman-dropped"]);
}

#[tokio::test]
async fn only_whole_successes_of_25_mib_are_kept() {
    for (status, size, expected) in [
        (200, 10, true),
        (201, 10, true),
        (202, 10, false),
        (206, 10, false),
        (304, 10, false),
        (404, 10, false),
        (200, MAX_BODY, true),
        (200, MAX_BODY + 1, false),
    ] {
        let cache = cache();
        let given = Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            frames: vec![Bytes::from(vec![b'x'; size])],
            ..answer("")
        };
        let said = place(&cache, key_of("t", "q")).await.keep(given, 0, HOUR);
        let found = kept(&cache, key_of("t", "q"), 1).await.is_some();
        assert_eq!((said, found), (expected, expected), "{status}, {size} bytes");
    }
}

/// Bytes that nothing can compress.
pub(crate) fn noise(size: usize, mut seed: u64) -> Bytes {
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()[0]
    };
    (0..size).map(|_| next()).collect::<Vec<_>>().into()
}

#[tokio::test]
async fn entries_take_no_more_than_the_bound() {
    let cache = Arc::new(Cache::in_memory(MIB));
    for number in 1..100 {
        let given = Answer { frames: vec![noise(100_000, number)], ..answer("") };
        place(&cache, key_of("t", &number.to_string())).await.keep(given, 0, HOUR);
        assert!(cache.size() <= MIB, "{} bytes after {number}", cache.size());
    }
    assert!(cache.size() > MIB / 2, "{} bytes", cache.size());
    let given = Answer { frames: vec![noise(2_000_000, 5)], ..answer("") };
    assert!(!place(&cache, key_of("t", "large")).await.keep(given, 0, HOUR));
}

#[tokio::test]
async fn an_answer_in_many_events_takes_less_than_its_bytes() {
    let cache = cache();
    let event =
        "data: {\"id\":\"chatcmpl-1\",\"choices\":[{\"delta\":{\"content\":\"word\"}}]}\n\n";
    let given = Answer { frames: vec![Bytes::from(event); 1000], ..answer("") };
    let bytes = given.size();
    place(&cache, key_of("t", "q")).await.keep(given, 0, HOUR);
    assert!(cache.size() < u64::try_from(bytes / 10).expect("small"), "{}", cache.size());
    let kept = kept(&cache, key_of("t", "q"), 1).await.expect("kept");
    assert_eq!(kept.size(), bytes);
    assert!((2..=64).contains(&kept.frames.len()), "{}", kept.frames.len());
    assert!(kept.frames.iter().all(|it| it.starts_with(b"data: ") && it.ends_with(b"\n\n")));
}

proptest! {
    #[test]
    fn any_body_comes_back_byte_by_byte(
        frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..600), 0..80),
        repeated in 1..4_usize,
    ) {
        let frames: Vec<_> = frames.iter().map(|it| Bytes::from(it.repeat(repeated))).collect();
        let whole = frames.concat();
        let given = Answer { frames, ..answer("") };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let found = runtime.block_on(async {
            let cache = cache();
            place(&cache, key_of("t", "q")).await.keep(given, 0, HOUR);
            kept(&cache, key_of("t", "q"), 1).await
        });
        prop_assert_eq!(found.expect("kept").frames.concat(), whole);
    }
}
