//! Answers that are kept: for whom, of what, for how long; what a hit is to limits, bill and log; and equal questions at the same time.
mod coalescing;
mod kinds;
mod routes;
mod tenants;

use crate::world::{Answer, World};
use std::time::Duration;
use testkit::Script;

/// `one`, then `two`, then `three`: a hit says what was said before.
fn counting() -> World {
    World::playing(["one", "two", "three"].map(Script::completion))
}

fn status(answer: &Answer) -> &str {
    answer.header("cf-aig-cache-status")
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_unless_somebody_asks() {
    let world = counting();
    for said in ["one", "two"] {
        let answer = world.chat("openai/gpt").send().await;
        assert_eq!((answer.said().as_str(), status(&answer)), (said, "MISS"));
    }
    assert!(!world.metrics.encode().contains("pointsman_cache_events_total{"));
}

#[tokio::test(start_paused = true)]
async fn the_same_question_is_answered_from_what_was_kept() {
    let world = counting().caching(60);
    let first = world.chat("openai/gpt").send().await;
    let again = world.chat("openai/gpt").send().await;
    assert_eq!((status(&first), status(&again)), ("MISS", "HIT"));
    assert_eq!(first.body, again.body);
    assert_eq!(world.upstream.seen().len(), 1);
    for name in ["cf-aig-model", "cf-aig-provider", "cf-aig-step", "content-type"] {
        assert_eq!(first.header(name), again.header(name), "{name}");
    }
    assert_ne!(first.header("cf-aig-log-id"), again.header("cf-aig-log-id"));
    let metrics = world.metrics.encode();
    for event in ["miss", "store", "hit"] {
        let line = format!("pointsman_cache_events_total{{event=\"{event}\"}} 1");
        assert!(metrics.contains(&line), "{event}: {metrics}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hit_costs_nothing_and_its_record_says_what_was_used() {
    let world = counting().price("gpt", 1_000_000, 2_000_000).caching(60);
    for _ in 0..2 {
        world.chat("openai/gpt").send().await;
    }
    let records = world.records();
    let costs: Vec<_> = records.iter().map(|it| (it.cached, it.cost)).collect();
    assert_eq!(costs, [(false, Some(19_000)), (true, Some(0))]);
    assert_eq!(records[0].usage, records[1].usage);
    assert_eq!(records[1].usage.map(|it| (it.tokens_in(), it.tokens_out())), Some((5, 7)));
    let hit = &records[1];
    assert_eq!((hit.status, hit.success, hit.cause.as_deref()), (200, true, None));
    assert_eq!((&*hit.provider, &*hit.model), ("openai", "gpt"));
    assert_eq!(hit.response_size, records[0].response_size);
    assert_eq!((records[0].finish.as_deref(), hit.finish.as_deref()), (Some("stop"), Some("stop")));
    assert_eq!(hit.price_version, None);
    assert_eq!(
        hit.path,
        r#"[{"element":"model","type":"model","outcome":"success","cached":true,"attempts":[]}]"#
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_ends_with_its_time() {
    let after = async |world: &World, seconds: u64, header: Option<&str>| {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let ask = world.chat("openai/gpt");
        let ask = match header {
            Some(value) => ask.header("cf-aig-cache-ttl", value),
            None => ask,
        };
        status(&ask.send().await).to_owned()
    };
    let world = counting().caching(100);
    assert_eq!(after(&world, 0, None).await, "MISS");
    assert_eq!(after(&world, 99, None).await, "HIT");
    assert_eq!(after(&world, 1, None).await, "MISS");
    assert_eq!(after(&world, 200, Some("3600")).await, "MISS", "the request's own time counts");
    assert_eq!(after(&world, 3599, None).await, "HIT");
    let world = counting();
    assert_eq!(after(&world, 0, Some("60")).await, "MISS", "without one of the gateway as well");
    assert_eq!(after(&world, 59, Some("60")).await, "HIT");
    assert_eq!(after(&world, 0, None).await, "MISS", "nobody asks for what was kept");
}

#[tokio::test(start_paused = true)]
async fn who_skips_neither_gets_nor_leaves_an_answer() {
    for name in ["cf-aig-skip-cache", "cf-skip-cache"] {
        let world = counting().caching(60);
        let ask = || world.chat("openai/gpt");
        let skipped = ask().header(name, "true").send().await;
        assert_eq!((skipped.said().as_str(), status(&skipped)), ("one", "BYPASS"));
        let kept = ask().send().await;
        assert_eq!((kept.said().as_str(), status(&kept)), ("two", "MISS"));
        let skipped = ask().header(name, "true").send().await;
        assert_eq!((skipped.said().as_str(), status(&skipped)), ("three", "BYPASS"));
        assert_eq!(ask().header(name, "false").send().await.said(), "two");
    }
}

#[tokio::test(start_paused = true)]
async fn the_older_names_of_headers_count_unless_the_newer_ones_are_there() {
    let world = counting();
    let ask = || world.chat("openai/gpt").header("cf-cache-ttl", "60");
    assert_eq!(status(&ask().send().await), "MISS");
    assert_eq!(status(&ask().send().await), "HIT");
    let newer = ask().header("cf-skip-cache", "true").header("cf-aig-skip-cache", "false");
    assert_eq!(status(&newer.send().await), "HIT");
}

#[tokio::test(start_paused = true)]
async fn values_that_cannot_be_meant_are_refused() {
    let world = counting();
    for (name, value, expected) in [
        ("cf-aig-cache-ttl", "60", 200),
        ("cf-aig-cache-ttl", "2678400", 200),
        ("cf-aig-cache-ttl", "59", 400),
        ("cf-aig-cache-ttl", "0", 400),
        ("cf-aig-cache-ttl", "2678401", 400),
        ("cf-aig-cache-ttl", "1h", 400),
        ("cf-cache-ttl", "-60", 400),
        ("cf-aig-skip-cache", "yes", 400),
        ("cf-skip-cache", "1", 400),
        ("cf-aig-cache-key", "", 400),
    ] {
        let answer = world.chat("openai/gpt").header(name, value).send().await;
        assert_eq!(answer.status, expected, "{name}: {value}");
        if expected == 400 {
            assert_eq!(answer.json()["error"]["param"], name);
        }
    }
    for (length, expected) in [(1024, 200), (1025, 400)] {
        let ask = world.chat("openai/gpt").header("cf-aig-cache-key", &"k".repeat(length));
        assert_eq!(ask.send().await.status, expected, "{length}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_for_the_question_stands_for_its_words_for_five_minutes() {
    let world = counting();
    let ask = |name: &str, text: &str| {
        let messages = serde_json::json!({"messages": [{"role": "user", "content": text}]});
        world.chat("openai/gpt").with(messages).header("cf-aig-cache-key", name)
    };
    assert_eq!(ask("a", "hi").send().await.said(), "one");
    tokio::time::sleep(Duration::from_secs(299)).await;
    assert_eq!(ask("a", "something else").send().await.said(), "one");
    assert_eq!(ask("b", "hi").send().await.said(), "two");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ask("a", "hi").send().await.said(), "three");
}

#[tokio::test(start_paused = true)]
async fn only_whole_good_answers_are_kept() {
    let text = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";
    for (script, streamed) in [
        (Script::status(500), false),
        (Script::error(429, "slow down"), false),
        (Script::error_in_200("no"), false),
        (Script::html(), false),
        (Script::completion("Hello").truncated(10), false),
        (Script::sse(&[text]).reset_after(1), true),
        (Script::sse(&[text]).end_after(1), true),
        (Script::sse(&[text]).stall_after(1), true),
    ] {
        let good = if streamed { Script::stream(&["good"]) } else { Script::completion("good") };
        let world = World::playing([script, good]).caching(60);
        let ask = || {
            let ask = world.chat("openai/gpt");
            if streamed { ask.streamed() } else { ask }
        };
        ask().send().await;
        let second = ask().send().await;
        assert_eq!((status(&second), second.text().contains("good")), ("MISS", true));
        assert_eq!(status(&ask().send().await), "HIT");
    }
}

#[tokio::test(start_paused = true)]
async fn headers_of_the_first_call_do_not_come_again() {
    let script = Script::completion("Hello")
        .header("x-ratelimit-remaining-requests", "7")
        .header("x-request-id", "req-1")
        .header("set-cookie", "a=b")
        .header("openai-version", "2020-10-01");
    let world = World::playing([script]).caching(60);
    let first = world.chat("openai/gpt").send().await;
    let again = world.chat("openai/gpt").send().await;
    assert_eq!(status(&again), "HIT");
    for (name, before, after) in [
        ("x-ratelimit-remaining-requests", "7", ""),
        ("x-request-id", "req-1", ""),
        ("set-cookie", "", ""),
        ("openai-version", "2020-10-01", "2020-10-01"),
    ] {
        assert_eq!((first.header(name), again.header(name)), (before, after), "{name}");
    }
}
