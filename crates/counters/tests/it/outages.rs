//! The server goes away, forgets, or swallows what it is told: what that costs, and what comes back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use counters::{Broken, Keeper, Options, Shared, Total};
use limits::{
    Ask, Boxed, Counters, Denied, Key, Permit, Rule, Take, Technique, Unavailable, Usage, mark_sent,
};

use crate::clock::Manual;
use crate::server::{Own, PATIENT, connected, within};
use crate::wall::{Swallowed, Wall};

fn rule() -> Rule {
    Rule { limit: 100, window: Duration::from_secs(3600), technique: Technique::Sliding }
}

fn key() -> Key {
    Key::new("budget")
}

/// Keeps totals in the test, and as the store does no older one for a newer one.
#[derive(Debug, Default)]
struct Shelf(Mutex<BTreeMap<Vec<u8>, Total>>);

impl Keeper for Shelf {
    fn save(&self, totals: Vec<Total>) -> Boxed<'_, Result<(), Broken>> {
        let mut shelf = self.0.lock().unwrap();
        for it in totals {
            if shelf.get(&it.key).is_none_or(|old| old.expires_at <= it.expires_at) {
                shelf.insert(it.key.clone(), it);
            }
        }
        Box::pin(async { Ok(()) })
    }

    fn load<'a>(&'a self, after: &'a [u8], most: usize) -> Boxed<'a, Result<Vec<Total>, Broken>> {
        let shelf = self.0.lock().unwrap();
        let found: Vec<_> =
            shelf.values().filter(|it| &*it.key > after).take(most).cloned().collect();
        Box::pin(async { Ok(found) })
    }

    fn forget(&self) -> Boxed<'_, Result<(), Broken>> {
        Box::pin(async { Ok(()) })
    }
}

fn options(shelf: &Arc<Shelf>) -> Options {
    Options {
        patience: PATIENT,
        keeper: Some(Arc::clone(shelf) as _),
        save_every: Duration::from_millis(10),
        ..Options::new("outages")
    }
}

async fn take(shared: &Arc<Shared>, take: Take) -> Result<Vec<Permit>, Denied> {
    shared.admit(&[Ask { key: key(), rule: rule(), take }]).await
}

/// A hold whose call has left.
async fn sent(shared: &Arc<Shared>, amount: u64) -> Permit {
    let mut permit = take(shared, Take::Hold(amount)).await.unwrap().pop().unwrap();
    mark_sent([&mut permit]).await.unwrap();
    permit
}

async fn used(shared: &Arc<Shared>) -> Usage {
    shared.usage(&key(), &rule()).await.unwrap()
}

/// Waits until this much is settled.
async fn settles(shared: &Arc<Shared>, wanted: u64) {
    within("a settlement", async {
        while shared.usage(&key(), &rule()).await.map(|it| it.settled) != Ok(wanted) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// Waits until the keeper has seen the bucket change after this.
async fn kept(shelf: &Shelf, before: Option<&Total>) {
    within("a saving", async {
        while shelf.0.lock().unwrap().get(&key().0[..]) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_away_is_not_waited_for_and_found_again_without_a_restart() {
    let mut server = Own::start();
    let shared = connected(&server.url(), options(&Arc::default())).await;
    take(&shared, Take::One).await.unwrap();
    server.kill();
    assert_eq!(take(&shared, Take::One).await.unwrap_err(), Unavailable.into());
    let start = Instant::now();
    for _ in 0..1_000 {
        assert_eq!(take(&shared, Take::One).await.unwrap_err(), Unavailable.into());
    }
    assert!(start.elapsed() < PATIENT, "no decision waits while there is no connection");
    assert!(shared.stats().away && shared.stats().unanswered >= 1_001);
    server.restart();
    within("a new connection", shared.ready()).await;
    take(&shared, Take::One).await.unwrap();
    assert!(!shared.stats().away);
}

#[tokio::test]
async fn a_server_that_swallows_everything_costs_a_decision_its_patience_and_the_next_ones_nothing()
{
    let server = Own::start();
    let wall = Wall::before(server.address()).await;
    let patience = Duration::from_millis(100);
    let options = Options { patience, ..options(&Arc::default()) };
    let shared = connected(&wall.url, options).await;
    take(&shared, Take::One).await.unwrap();
    wall.swallow(Swallowed::Everything);
    let start = Instant::now();
    assert_eq!(take(&shared, Take::One).await.unwrap_err(), Unavailable.into());
    assert!(start.elapsed() >= patience);
    let start = Instant::now();
    for _ in 0..1_000 {
        assert_eq!(take(&shared, Take::One).await.unwrap_err(), Unavailable.into());
    }
    assert!(start.elapsed() < patience * 100, "a thousand waits would be a hundred seconds");
    wall.swallow(Swallowed::Nothing);
    within("a new connection", shared.ready()).await;
    take(&shared, Take::One).await.unwrap();
}

#[tokio::test]
async fn a_server_that_answers_slowly_is_busy_and_not_away() {
    let server = Own::start();
    let wall = Wall::slow(server.address(), 256).await;
    let patience = Duration::from_millis(500);
    let shared = connected(&wall.url, Options { patience, ..options(&Arc::default()) }).await;
    let start = Instant::now();
    let asked: Vec<_> = (0..1_500)
        .map(|_| {
            let shared = Arc::clone(&shared);
            tokio::spawn(async move { take(&shared, Take::One).await })
        })
        .collect();
    let mut admitted = 0;
    for it in asked {
        match it.await.unwrap() {
            Ok(_) => admitted += 1,
            Err(Denied::Refused { .. }) => {}
            Err(Denied::Unavailable(_)) => panic!("given up after {:?}", start.elapsed()),
        }
    }
    assert_eq!(admitted, 100);
    assert!(start.elapsed() > patience * 2, "the last ones waited longer than their patience");
}

#[tokio::test]
async fn a_server_that_comes_back_empty_gets_settled_totals_and_open_holds_back() {
    let (mut server, shelf) = (Own::start(), Arc::new(Shelf::default()));
    let shared = connected(&server.url(), options(&shelf)).await;
    let mut before = None;
    for _ in 0..3 {
        sent(&shared, 20).await.settle(20);
        kept(&shelf, before.as_ref()).await;
        before = shelf.0.lock().unwrap().get(&key().0[..]).cloned();
    }
    let under_way = sent(&shared, 10).await;
    server.kill();
    server.restart();
    within("a new connection", async { while used_or_none(&shared).await.is_none() {} }).await;
    assert_eq!(used(&shared).await, Usage { settled: 60, held: 10 });
    under_way.settle(15);
    settles(&shared, 75).await;
    assert_eq!(refused_with(25), take(&shared, Take::Hold(26)).await.unwrap_err());
}

#[tokio::test]
async fn what_is_settled_last_is_kept_though_fewer_holds_are_open_then() {
    let (server, shelf) = (Own::start(), Arc::new(Shelf::default()));
    let shared = connected(&server.url(), options(&shelf)).await;
    let (first, last) = (sent(&shared, 10).await, sent(&shared, 10).await);
    first.settle(10);
    kept(&shelf, None).await;
    let before = shelf.0.lock().unwrap().get(&key().0[..]).cloned();
    last.settle(10);
    kept(&shelf, before.as_ref()).await;
}

#[tokio::test]
async fn what_a_dead_node_is_charged_is_kept_too() {
    let (server, shelf, clock) = (Own::start(), Arc::new(Shelf::default()), Manual::at(1 << 40));
    let on_clock = |it: Options| Options { clock: Some(Arc::clone(&clock) as _), ..it };
    let gone = connected(&server.url(), on_clock(options(&Arc::default()))).await;
    let other = connected(&server.url(), on_clock(options(&shelf))).await;
    std::mem::forget(sent(&gone, 60).await);
    clock.advance(60_000);
    assert_eq!(refused_with(40), take(&other, Take::Hold(50)).await.unwrap_err());
    kept(&shelf, None).await;
}

async fn used_or_none(shared: &Arc<Shared>) -> Option<Usage> {
    tokio::time::sleep(Duration::from_millis(5)).await;
    shared.usage(&key(), &rule()).await.ok()
}

/// A refusal of the first ask with so much left; times do not matter here.
fn refused_with(left: u64) -> impl PartialEq<Denied> + std::fmt::Debug {
    #[derive(Debug)]
    struct Left(u64);
    impl PartialEq<Denied> for Left {
        fn eq(&self, denied: &Denied) -> bool {
            matches!(denied, Denied::Refused { index: 0, refusal } if refusal.remaining == self.0)
        }
    }
    Left(left)
}

#[tokio::test]
async fn limits_that_somebody_has_flushed_are_restored_before_anything_is_admitted() {
    let (server, shelf) = (Own::start(), Arc::new(Shelf::default()));
    let shared = connected(&server.url(), options(&shelf)).await;
    sent(&shared, 90).await.settle(90);
    kept(&shelf, None).await;
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("FLUSHALL").query_async::<()>(&mut connection).await.unwrap();
    assert_eq!(take(&shared, Take::Hold(20)).await.unwrap_err(), Unavailable.into());
    within("a restoration", shared.ready()).await;
    assert_eq!(refused_with(10), take(&shared, Take::Hold(20)).await.unwrap_err());
}

#[tokio::test]
async fn a_settlement_is_told_when_the_server_is_back_and_charged_once() {
    let server = Own::start();
    let wall = Wall::before(server.address()).await;
    let options = Options { patience: Duration::from_millis(100), ..options(&Arc::default()) };
    let shared = connected(&wall.url, options).await;
    let (lost, unanswered) = (sent(&shared, 10).await, sent(&shared, 10).await);
    wall.swallow(Swallowed::Everything);
    lost.settle(7);
    assert!(shared.close(Duration::from_millis(300)).await.is_err(), "it cannot be told now");
    wall.swallow(Swallowed::Nothing);
    within("a new connection", shared.ready()).await;
    settles(&shared, 7).await;
    wall.swallow(Swallowed::Answers);
    unanswered.settle(8);
    assert!(shared.close(Duration::from_millis(300)).await.is_err(), "nobody confirms it");
    wall.swallow(Swallowed::Nothing);
    within("a new connection", shared.ready()).await;
    settles(&shared, 15).await;
    within("an orderly end", shared.close(PATIENT)).await.unwrap();
    assert_eq!(used(&shared).await, Usage { settled: 15, held: 0 });
}

/// Saves as often as it is let.
#[derive(Debug)]
struct Slow(Shelf, tokio::sync::Semaphore);

impl Keeper for Slow {
    fn save(&self, totals: Vec<Total>) -> Boxed<'_, Result<(), Broken>> {
        Box::pin(async {
            self.1.acquire().await.unwrap().forget();
            self.0.save(totals).await
        })
    }
    fn load<'a>(&'a self, after: &'a [u8], most: usize) -> Boxed<'a, Result<Vec<Total>, Broken>> {
        self.0.load(after, most)
    }
    fn forget(&self) -> Boxed<'_, Result<(), Broken>> {
        self.0.forget()
    }
}

#[tokio::test]
async fn an_orderly_end_waits_for_a_saving_that_is_under_way() {
    let (server, slow) =
        (Own::start(), Arc::new(Slow(Shelf::default(), tokio::sync::Semaphore::new(0))));
    let options = Options { keeper: Some(Arc::clone(&slow) as _), ..options(&Arc::default()) };
    let shared = connected(&server.url(), options).await;
    sent(&shared, 10).await.settle(10);
    // Several savings pass, if one does not wait for the other.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(shared.close(Duration::from_millis(200)).await.is_err(), "it is not saved yet");
    slow.1.add_permits(9);
    within("an orderly end", shared.close(PATIENT)).await.unwrap();
    assert!(slow.0.0.lock().unwrap().contains_key(&key().0[..]));
}

#[tokio::test]
async fn what_a_caller_that_went_away_was_given_is_given_back() {
    let server = Own::start();
    let shared = connected(&server.url(), options(&Arc::default())).await;
    take(&shared, Take::One).await.unwrap();
    drop(take(&shared, Take::Hold(50)));
    within("a release", async { while used(&shared).await != (Usage { settled: 1, held: 0 }) {} })
        .await;
}

#[test]
fn a_url_that_cannot_be_used_is_refused_without_being_repeated() {
    let error = Shared::open("redis//user:s3cret@host", Options::new("x")).unwrap_err();
    assert!(!error.to_string().contains("s3cret"), "{error}");
    assert!(error.to_string().contains("redis://"), "{error}");
}

#[tokio::test]
async fn totals_of_long_keys_are_kept_by_the_name_under_which_they_are_stored() {
    let (server, shelf) = (Own::start(), Arc::new(Shelf::default()));
    let shared = connected(&server.url(), options(&shelf)).await;
    let long = Key::new([b'x'; 600]);
    let ask = Ask { key: long.clone(), rule: rule(), take: Take::One };
    shared.admit(&[ask]).await.unwrap();
    within("a saving", async {
        while !shelf.0.lock().unwrap().contains_key(&long.bounded().0[..]) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_reset_forgot_does_not_come_back_from_where_totals_are_kept() {
    let (server, shelf) = (Own::start(), Arc::new(Shelf::default()));
    let shared = connected(&server.url(), options(&shelf)).await;
    sent(&shared, 90).await.settle(90);
    kept(&shelf, None).await;
    let before = shelf.0.lock().unwrap().get(&key().0[..]).cloned();
    assert_eq!(shared.reset(&key(), &rule()).await, Ok(Usage { settled: 90, held: 0 }));
    kept(&shelf, before.as_ref()).await;
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("FLUSHALL").query_async::<()>(&mut connection).await.unwrap();
    assert_eq!(shared.reset(&key(), &rule()).await, Err(Unavailable), "what is kept is not back");
    within("a restoration", async { while used_or_none(&shared).await.is_none() {} }).await;
    assert_eq!(used(&shared).await, Usage::default());
}
