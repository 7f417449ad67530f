//! Several keys of one provider: whose turn it is, which rest, and what a caller is told when all do.
use crate::elements::{one_model, with_spare};
use crate::world::{Answer, World};
use ::limits::{Rule, Survey, Technique};
use proxy::breaker::{self, Breakers};
use proxy::catalog::{Gateway, Upstream};
use proxy::cooldown::{Cooldowns, Policy};
use proxy::keys::{KeyLimit, StoredKey};
use proxy::rulebook::{Owner, Rulebook};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use testkit::{FakeUpstream, Script, Seen};

/// A key, and how it is answered.
type Told = (&'static str, fn() -> Script);

/// A provider that answers each key as it is told, and every other one.
fn upstream(told: &[Told]) -> FakeUpstream {
    let told: HashMap<_, _> = told.iter().map(|(key, script)| (*key, *script)).collect();
    FakeUpstream::answering(move |seen| {
        told.get(&*secret(seen)).map_or_else(|| Script::completion("fine"), |it| it())
    })
}

fn secret(seen: &Seen) -> String {
    seen.header("authorization").trim_start_matches("Bearer ").to_owned()
}

fn key(alias: &str, secret: &str) -> StoredKey {
    let (alias, secret) = (alias.into(), secret.into());
    StoredKey { alias, secret, weight: None, is_default: false, limit: None }
}

fn default(alias: &str, secret: &str) -> StoredKey {
    StoredKey { is_default: true, ..key(alias, secret) }
}

fn weighing(weight: u32, alias: &str) -> StoredKey {
    StoredKey { weight: Some(weight), ..key(alias, alias) }
}

/// A world whose gateways have these keys for `openai`, and rest them.
fn world(upstream: FakeUpstream, keys: &[StoredKey]) -> World {
    let world = World::over(upstream)
        .deploy("one", &one_model("openai/gpt"))
        .deploy("spare", &with_spare("openai/gpt", "echo/echo"));
    let cooldowns = Cooldowns::new(Some(Policy::default()));
    world.change_gateways(|gateway| hold(gateway, keys, &cooldowns));
    world
}

fn hold(gateway: &Gateway, keys: &[StoredKey], cooldowns: &Cooldowns) -> Gateway {
    let mut next = gateway.clone();
    let endpoint = Arc::clone(&gateway.providers["openai"].endpoint);
    let upstream = Upstream::new(endpoint, keys.to_vec(), cooldowns);
    next.providers.insert("openai".into(), Arc::new(upstream));
    next.adopt_routes(gateway)
}

/// The keys that the provider has seen, in order.
fn tried(world: &World) -> Vec<String> {
    world.upstream.seen().iter().map(secret).collect()
}

/// Cause and key of each attempt in the only record.
fn causes(answer: &Answer) -> Vec<String> {
    let attempts = &answer.json()["pointsman"]["path"];
    let attempts = attempts.as_array().expect("a path").iter();
    let attempts = attempts.flat_map(|it| it["attempts"].as_array().cloned().unwrap_or_default());
    attempts.map(|it| it["cause"].as_str().unwrap_or("ok").to_owned()).collect()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|it| (*it).to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_default_key_is_used_and_the_next_one_at_once_when_it_is_refused() {
    for refuse in [401, 402, 403, 429] {
        let scripts: [Told; 1] = [match refuse {
            401 => ("main", || Script::status(401)),
            402 => ("main", || Script::status(402)),
            403 => ("main", || Script::status(403)),
            _ => ("main", || Script::rate_limited("30")),
        }];
        let world = world(upstream(&scripts), &[key("b", "spare"), default("a", "main")]);
        let begin = tokio::time::Instant::now();
        assert_eq!(world.chat("dynamic/one").send().await.said(), "fine");
        assert_eq!(begin.elapsed(), Duration::ZERO, "nothing was waited for");
        assert_eq!(tried(&world), ["main", "spare"], "{refuse}");

        assert_eq!(world.chat("dynamic/one").send().await.said(), "fine");
        assert_eq!(tried(&world)[2..], ["spare"], "{refuse}: it rests");
        tokio::time::advance(Duration::from_secs(61)).await;
        world.chat("dynamic/one").send().await;
        assert_eq!(tried(&world)[3..], ["main", "spare"], "{refuse}: it is tried again");
    }
}

#[tokio::test(start_paused = true)]
async fn the_record_names_the_key_of_each_attempt_and_the_caller_is_not_told() {
    let keys = [default("a", "main"), key("b", "spare")];
    let world = world(FakeUpstream::answering(|_| Script::status(401)), &keys);
    let answer = world.chat("dynamic/one").send().await;
    assert!(!answer.text().contains("stored:"), "{}", answer.text());
    let path: serde_json::Value = serde_json::from_str(&world.record().path).expect("JSON");
    let attempts = path[1]["attempts"].as_array().expect("attempts");
    let named: Vec<_> = attempts.iter().map(|it| it["key"].as_str().expect("a name")).collect();
    assert_eq!(named, ["stored:a", "stored:b"]);
}

#[tokio::test(start_paused = true)]
async fn other_failures_say_nothing_about_a_key() {
    for status in [400, 404, 408, 413, 422, 500, 529] {
        let upstream = FakeUpstream::answering(move |_| Script::status(status));
        let world = world(upstream, &[default("a", "main"), key("b", "spare")]);
        for _ in 0..2 {
            world.chat("dynamic/one").send().await;
        }
        assert_eq!(tried(&world), ["main", "main"], "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_may_not_call_one_model_may_call_others() {
    let keys = [default("a", "main"), key("b", "spare")];
    let world = world(upstream(&[("main", || Script::status(403))]), &keys);
    world.chat("openai/gpt").send().await;
    world.chat("openai/gpt").send().await;
    world.chat("openai/other").send().await;
    assert_eq!(tried(&world), ["main", "spare", "spare", "main", "spare"]);
}

#[tokio::test(start_paused = true)]
async fn a_403_of_a_provider_that_moderates_with_it_is_about_the_request() {
    let world = World::over(upstream(&[("main", || Script::status(403))]))
        .deploy("one", &one_model("openrouter/gpt"));
    let cooldowns = Cooldowns::new(Some(Policy::default()));
    world.change_gateways(|gateway| {
        let mut next = gateway.clone();
        let endpoint = Arc::clone(&gateway.providers["openrouter"].endpoint);
        let keys = vec![default("a", "main"), key("b", "spare")];
        let upstream = Upstream::new(endpoint, keys, &cooldowns);
        next.providers.insert("openrouter".into(), Arc::new(upstream));
        next.adopt_routes(gateway)
    });
    for _ in 0..2 {
        assert_eq!(world.chat("dynamic/one").send().await.status, 502);
    }
    assert_eq!(tried(&world), ["main", "main"]);
}

#[tokio::test(start_paused = true)]
async fn weights_share_the_requests_and_a_replay_draws_the_same_keys() {
    let keys = [weighing(3, "heavy"), weighing(1, "light"), weighing(0, "named")];
    let run = async || {
        let world = world(upstream(&[]), &keys);
        for _ in 0..400 {
            world.chat("openai/gpt").send().await;
        }
        tried(&world)
    };
    let first = run().await;
    let mut counts = BTreeMap::new();
    first.iter().for_each(|it| *counts.entry(it.as_str()).or_insert(0) += 1);
    assert!((260..340).contains(&counts["heavy"]) && counts.len() == 2, "{counts:?}");
    // Each test thread has its own seeded entropy, so a second run would go on with it.
    let again = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let keys = [weighing(3, "heavy"), weighing(1, "light"), weighing(0, "named")];
            let world = world(upstream(&[]), &keys);
            for _ in 0..400 {
                world.chat("openai/gpt").send().await;
            }
            tried(&world)
        })
    });
    assert_eq!(again.join().expect("it runs"), first);
}

#[tokio::test(start_paused = true)]
async fn a_request_may_name_the_key_inside_routes_too() {
    let keys = [default("a", "main"), weighing(0, "b")];
    let world = world(upstream(&[]), &keys);
    for model in ["openai/gpt", "dynamic/one"] {
        let ask = world.chat(model).header("cf-aig-byok-alias", "b");
        assert_eq!(ask.send().await.said(), "fine");
    }
    assert_eq!(tried(&world), ["b", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_no_key_has_is_told_with_those_that_there_are() {
    let world = world(upstream(&[]), &[default("a", "main"), key("b", "spare")]);
    for model in ["openai/gpt", "dynamic/one"] {
        let ask = world.chat(model).header("cf-aig-byok-alias", "c").token("sk-of-the-caller");
        let (status, _, message) = ask.send().await.error();
        assert_eq!(status, 400, "{message}");
        assert!(message.contains("no key `c` for `openai`"), "{message}");
        assert!(message.contains("stored are `a`, `b`"), "{message}");
    }
    let ask = world.chat("dynamic/spare").header("cf-aig-byok-alias", "c");
    assert_eq!(ask.send().await.said(), "hi", "a provider that needs no key has none to be named");
    let ask = world.chat("openai/gpt").header("cf-aig-byok-alias", "no such key");
    assert_eq!(ask.send().await.status, 400);
    assert_eq!(tried(&world), [""; 0], "no other key, and not the caller's, is used instead");
}

#[tokio::test(start_paused = true)]
async fn a_named_key_is_not_replaced_by_another_when_it_is_refused() {
    let keys = [default("a", "main"), key("b", "spare")];
    let world = world(upstream(&[("spare", || Script::status(401))]), &keys);
    for _ in 0..2 {
        let ask = world.chat("dynamic/one").header("cf-aig-byok-alias", "b");
        let answer = ask.send().await;
        assert_eq!((answer.status.as_u16(), causes(&answer)), (502, vec!["status".to_owned()]));
    }
    assert_eq!(tried(&world), ["spare", "spare"]);
}

#[tokio::test(start_paused = true)]
async fn an_only_key_is_called_whatever_it_was_told_before() {
    for keys in [&[default("a", "main")][..], &[key("a", "main"), key("b", "main")]] {
        let scripts = [
            Script::rate_limited("3600"),
            Script::status(401),
            Script::status(403),
            Script::completion("fine"),
        ];
        let world = world(FakeUpstream::playing(scripts), keys);
        for status in [429, 502, 502, 200] {
            assert_eq!(world.chat("dynamic/one").send().await.status, status);
        }
        assert_eq!(tried(&world), ["main"; 4]);
    }
}

#[tokio::test(start_paused = true)]
async fn when_every_key_rests_the_element_falls_back_and_the_last_word_says_how_long() {
    let limited: [Told; 2] =
        [("main", || Script::rate_limited("40")), ("spare", || Script::rate_limited("20"))];
    let world = world(upstream(&limited), &[default("a", "main"), key("b", "spare")]);
    let answer = world.chat("dynamic/one").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "20"));
    assert_eq!(causes(&answer), ["status", "status"]);

    tokio::time::advance(Duration::from_secs(5)).await;
    let answer = world.chat("dynamic/one").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "15"));
    assert_eq!(causes(&answer), ["cooldown"]);
    assert!(answer.error().2.contains("used up its quota"), "{}", answer.text());
    assert_eq!(world.chat("dynamic/spare").send().await.said(), "hi", "it falls back");
    assert_eq!(tried(&world).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_refused_are_not_the_callers_fault() {
    let refused = FakeUpstream::answering(|_| Script::status(401));
    let world = world(refused, &[default("a", "main"), key("b", "spare")]);
    for expected in [&["status", "status"][..], &["cooldown"]] {
        let answer = world.chat("dynamic/one").send().await;
        assert_eq!((answer.status.as_u16(), &*causes(&answer)), (502, &*owned(expected)));
        assert_eq!(answer.header("retry-after"), "", "waiting does not help for sure");
    }
    assert!(
        world
            .metrics
            .encode()
            .contains("pointsman_key_cooldowns_total{provider=\"openai\",reason=\"401\"} 2")
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_under_two_names_rests_once_and_is_tried_once() {
    let keys = [default("a", "main"), key("b", "main"), key("c", "spare")];
    let world = world(upstream(&[("main", || Script::status(401))]), &keys);
    assert_eq!(world.chat("dynamic/one").send().await.said(), "fine");
    assert_eq!(tried(&world), ["main", "spare"]);
    let other = world.chat("dynamic/one").locked().send().await;
    assert_eq!(other.status, 401, "that gateway asks for a token");
    world.change_gateways(|it| Gateway { authentication: false, ..it.clone() });
    assert_eq!(world.chat("dynamic/one").locked().send().await.said(), "fine");
    assert_eq!(tried(&world), ["main", "spare", "spare"], "it rests in the other gateway, too");
}

#[tokio::test(start_paused = true)]
async fn a_key_rests_through_a_change_of_the_catalog() {
    let keys = [default("a", "main"), key("b", "spare")];
    let world = World::over(upstream(&[("main", || Script::status(401))]))
        .deploy("one", &one_model("openai/gpt"));
    let cooldowns = Cooldowns::new(Some(Policy::default()));
    for _ in 0..2 {
        world.change_gateways(|gateway| hold(gateway, &keys, &cooldowns));
        assert_eq!(world.chat("dynamic/one").send().await.said(), "fine");
    }
    assert_eq!(tried(&world), ["main", "spare", "spare"]);
}

#[tokio::test(start_paused = true)]
async fn the_only_key_is_retried_by_the_request_that_waited_as_it_was_asked_to() {
    let scripts = [Script::rate_limited("4"), Script::completion("fine")];
    let world = world(FakeUpstream::playing(scripts), &[default("a", "main")]);
    let begin = tokio::time::Instant::now();
    let ask = world.chat("dynamic/one").header("cf-aig-max-attempts", "2");
    assert_eq!(ask.send().await.said(), "fine");
    assert_eq!(begin.elapsed(), Duration::from_secs(4));
    assert_eq!(tried(&world), ["main", "main"]);
}

#[tokio::test(start_paused = true)]
async fn another_key_is_no_retry_and_retries_try_every_limited_key_again() {
    let limited = || Script::rate_limited("2");
    let upstream = FakeUpstream::playing([limited(), limited(), Script::status(401), limited()]);
    let world = world(upstream, &[default("a", "main"), key("b", "spare")]);
    let ask = world.chat("dynamic/one").header("cf-aig-max-attempts", "2");
    let answer = ask.send().await;
    // Both keys, a wait of 2 s, both keys again; the one retry is used up.
    assert_eq!(tried(&world), ["main", "spare", "main", "spare"]);
    assert_eq!((answer.status.as_u16(), causes(&answer).len()), (429, 4));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_the_callers_own_key_is_not_held_against_others() {
    let world = world(upstream(&[("theirs", || Script::status(401))]), &[]);
    world.change_gateways(|gateway| {
        let mut next = gateway.clone();
        let mut endpoint = gateway.providers["openai"].endpoint.as_ref().clone();
        endpoint.key = None;
        let bare = Upstream::new(Arc::new(endpoint), Vec::new(), &Cooldowns::new(None));
        next.providers.insert("openai".into(), Arc::new(bare));
        next
    });
    assert_eq!(world.chat("openai/gpt").token("theirs").send().await.status, 502);
    assert_eq!(world.chat("openai/gpt").token("mine").send().await.said(), "fine");
    assert_eq!(world.chat("openai/gpt").token("theirs").send().await.status, 502);
    assert_eq!(tried(&world), ["theirs", "mine", "theirs"]);
}

#[tokio::test(start_paused = true)]
async fn a_reset_header_counts_where_no_retry_after_is_given() {
    let script = || {
        let limited = Script::status(429).header("x-ratelimit-remaining-requests", "0");
        limited.header("x-ratelimit-reset-requests", "1m30s")
    };
    let limited = FakeUpstream::answering(move |_| script());
    let world = world(limited, &[default("a", "main"), key("b", "spare")]);
    world.chat("dynamic/one").send().await;
    let answer = world.chat("dynamic/one").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "90"));
}

#[tokio::test(start_paused = true)]
async fn each_key_has_a_breaker_of_its_own() {
    let keys = [default("a", "main"), key("b", "spare")];
    let world = world(upstream(&[("main", || Script::status(500))]), &keys);
    let policy = breaker::Policy { failures: 2, ..breaker::Policy::default() };
    world.change_gateways(|gateway| {
        let breakers = Breakers::new(Some(policy));
        Gateway { breakers, ..gateway.clone() }.adopt_routes(gateway)
    });
    for status in [502, 502, 200] {
        assert_eq!(world.chat("dynamic/one").send().await.status, status);
    }
    assert_eq!(tried(&world), ["main", "main", "spare"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_only_passed_through_makes_no_key_rest() {
    let keys = [default("a", "main"), key("b", "spare")];
    let world = world(upstream(&[("main", || Script::status(401))]), &keys);
    let path = "/v1/acc/default/openai/organization/users";
    for _ in 0..2 {
        assert_eq!(crate::world::Ask::get(&world, path).send().await.status, 401);
    }
    assert_eq!(tried(&world), ["main", "main"], "perhaps no key of this kind may call that");
}

/// The key that is stored under its own alias as id, used so often in a minute at most.
fn at_most(times: u64, stored: StoredKey) -> StoredKey {
    let minute = Duration::from_secs(60);
    let limit = KeyLimit::new(&"default".into(), &stored.alias, times, minute);
    StoredKey { limit: Some(limit), ..stored }
}

#[tokio::test(start_paused = true)]
async fn a_key_at_its_limit_is_passed_over_until_it_has_room_again() {
    let keys = [at_most(2, default("a", "main")), key("b", "spare")];
    let world = world(upstream(&[]), &keys);
    for _ in 0..4 {
        assert_eq!(world.chat("dynamic/one").send().await.said(), "fine");
    }
    assert_eq!(tried(&world), ["main", "main", "spare", "spare"]);
    tokio::time::advance(Duration::from_secs(61)).await;
    world.chat("openai/gpt").send().await;
    assert_eq!(tried(&world)[4..], ["main"]);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_counts_and_one_that_another_key_makes_counts_there() {
    let keys = [at_most(2, default("a", "main")), at_most(2, key("b", "spare"))];
    let world = world(upstream(&[("main", || Script::status(500))]), &keys);
    let ask = world.chat("dynamic/one").header("cf-aig-max-attempts", "2");
    assert_eq!(causes(&ask.send().await), ["status", "status"]);
    for _ in 0..2 {
        assert_eq!(world.chat("dynamic/one").send().await.said(), "fine");
    }
    assert_eq!(tried(&world), ["main", "main", "spare", "spare"]);
    assert_eq!(world.chat("dynamic/one").send().await.status, 429);
}

#[tokio::test(start_paused = true)]
async fn when_every_key_is_at_its_limit_the_element_falls_back_and_the_last_word_says_how_long() {
    let keys = [at_most(1, default("a", "main")), at_most(1, key("b", "spare"))];
    let world = world(upstream(&[]), &keys);
    world.chat("dynamic/one").send().await;
    tokio::time::advance(Duration::from_secs(30)).await;
    world.chat("dynamic/one").send().await;
    let answer = world.chat("dynamic/one").send().await;
    assert_eq!((answer.status.as_u16(), causes(&answer)), (429, owned(&["cooldown"])));
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!((30..=31).contains(&wait), "that of the first key: {wait}");
    assert!(answer.error().2.contains("at its limit of requests"), "{}", answer.text());
    assert_eq!(world.chat("dynamic/spare").send().await.said(), "hi", "it falls back");
    assert_eq!(tried(&world), ["main", "spare"]);
}

#[tokio::test(start_paused = true)]
async fn a_limit_holds_for_the_only_key_and_for_one_that_is_named() {
    let world = world(upstream(&[]), &[at_most(1, default("a", "main")), key("b", "spare")]);
    let named = || world.chat("openai/gpt").header("cf-aig-byok-alias", "a");
    assert_eq!(named().send().await.said(), "fine");
    assert_eq!(named().send().await.status, 429);
    let only = self::world(upstream(&[]), &[at_most(1, key("a", "main"))]);
    assert_eq!(only.chat("openai/gpt").send().await.said(), "fine");
    assert_eq!(only.chat("openai/gpt").send().await.status, 429);
    assert_eq!((tried(&world), tried(&only)), (owned(&["main"]), owned(&["main"])));
}

#[tokio::test(start_paused = true)]
async fn another_number_or_another_secret_keeps_what_a_key_has_counted() {
    let world = world(upstream(&[]), &[at_most(1, key("a", "main"))]);
    world.chat("openai/gpt").send().await;
    let cooldowns = Cooldowns::new(None);
    world.change_gateways(|it| hold(it, &[at_most(2, key("a", "other"))], &cooldowns));
    assert_eq!(world.chat("openai/gpt").send().await.status, 200);
    assert_eq!(world.chat("openai/gpt").send().await.status, 429);
    assert_eq!(tried(&world), ["main", "other"]);
}

#[tokio::test(start_paused = true)]
async fn a_trial_does_not_count_against_the_limit_of_its_key() {
    let world = world(upstream(&[]), &[at_most(1, key("a", "main"))]);
    let gateway = "default".into();
    for _ in 0..2 {
        let tried = world.proxy.try_model(&gateway, "openai", "gpt").await.expect("a provider");
        assert_eq!(tried.cause, None);
    }
    assert_eq!(world.chat("openai/gpt").send().await.said(), "fine");
    assert_eq!(world.chat("openai/gpt").send().await.status, 429);
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_limit_cannot_be_asked_is_used() {
    let world = World::without_counters();
    let cooldowns = Cooldowns::new(None);
    world.change_gateways(|it| hold(it, &[at_most(1, key("a", "main"))], &cooldowns));
    for _ in 0..2 {
        world.chat("openai/gpt").send().await;
    }
    assert_eq!(tried(&world), ["main", "main"]);
}

#[tokio::test(start_paused = true)]
async fn how_often_a_stored_key_was_used_is_told_under_its_provider_and_alias() {
    let rule = Rule { limit: 2, window: Duration::from_secs(60), technique: Technique::Sliding };
    let world = world(upstream(&[]), &[at_most(2, default("a", "main"))]);
    world.chat("dynamic/one").send().await;
    let gateway = Arc::clone(&world.proxy.catalog().gateways["default"]);
    let book = Rulebook::of(&gateway);
    let found = world.limiter.survey(&Survey {
        prefix: Rulebook::prefix(&gateway.id),
        rule_of: Arc::new(move |_| Some(rule)),
        least: 0,
        most: 10,
    });
    let [seen] = &found.nearest[..] else { panic!("{found:?}") };
    let limit = book.find(&seen.key).expect("the key's limit is in force").limit;
    let owner = Owner::Key { provider: "openai".into(), alias: "a".into() };
    assert_eq!((&limit.owner, limit.rule), (&owner, rule));
    assert_eq!(seen.state.usage.settled, 1);
}
