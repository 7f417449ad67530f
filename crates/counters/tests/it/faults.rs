//! A server that answers, but not what was asked for; and nodes that are not asked anything while it changes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use counters::{Options, Shared};
use limits::{Ask, Counters, Denied, Key, Permit, Rule, Take, Technique, Unavailable, mark_sent};

use crate::server::{Own, PATIENT, connected, within};
use crate::wall::{Swallowed, Wall};

fn options() -> Options {
    Options { patience: PATIENT, ..Options::new("faults") }
}

async fn take(shared: &Arc<Shared>, key: &str, take: Take) -> Result<Vec<Permit>, Denied> {
    let rule =
        Rule { limit: 100, window: Duration::from_secs(3600), technique: Technique::Sliding };
    shared.admit(&[Ask { key: Key::new(key), rule, take }]).await
}

/// A connection of the test's own.
async fn admin(server: &Own) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(server.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

/// Connections that the server has seen.
async fn connections(admin: &mut redis::aio::MultiplexedConnection) -> u64 {
    let info: String = redis::cmd("INFO").arg("stats").query_async(admin).await.unwrap();
    let line = info.lines().find_map(|it| it.strip_prefix("total_connections_received:"));
    line.unwrap().trim().parse().unwrap()
}

async fn set(admin: &mut redis::aio::MultiplexedConnection, name: &str, value: &str) {
    redis::cmd("CONFIG").arg("SET").arg(name).arg(value).query_async::<()>(admin).await.unwrap();
}

#[tokio::test]
async fn a_server_that_takes_nothing_is_away_and_looked_for_four_times_a_second() {
    let server = Own::start();
    let shared = connected(&server.url(), options()).await;
    take(&shared, "one", Take::One).await.unwrap();
    let mut admin = admin(&server).await;
    let cases = [("maxmemory", "1", "0"), ("min-replicas-to-write", "1", "0")];
    for (name, broken, whole) in cases {
        set(&mut admin, name, broken).await;
        let (before, start) = (connections(&mut admin).await, Instant::now());
        while start.elapsed() < Duration::from_secs(1) {
            assert_eq!(take(&shared, "one", Take::One).await.unwrap_err(), Unavailable.into());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let made = connections(&mut admin).await - before;
        assert!(made <= 6, "{made} connections in a second, {name}");
        assert!(shared.stats().away, "{name}");
        set(&mut admin, name, whole).await;
        within("a new connection", shared.ready()).await;
        take(&shared, "one", Take::One).await.unwrap();
    }
}

#[tokio::test]
async fn a_bucket_that_is_damaged_harms_no_other() {
    let server = Own::start();
    let shared = connected(&server.url(), options()).await;
    let mut admin = admin(&server).await;
    for (key, command, value) in [("list", "LPUSH", "x"), ("text", "SET", "\u{93}")] {
        let name = format!("{{pointsman:faults}}:b:{key}");
        redis::cmd(command).arg(name).arg(value).query_async::<()>(&mut admin).await.unwrap();
        assert_eq!(take(&shared, key, Take::One).await.unwrap_err(), Unavailable.into());
        take(&shared, "another", Take::One).await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_that_is_missed_on_a_former_connection_does_not_end_the_new_one() {
    let server = Own::start();
    let wall = Wall::before(server.address()).await;
    let patience = Duration::from_millis(1_000);
    let shared = connected(&wall.url, Options { patience, ..options() }).await;
    let mut admin = admin(&server).await;
    wall.swallow(Swallowed::Everything);
    let before = connections(&mut admin).await;
    let ask = |key: &'static str| {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move { take(&shared, key, Take::One).await })
    };
    let first = ask("first");
    tokio::time::sleep(patience / 2).await;
    let second = ask("second");
    tokio::time::sleep(patience / 4).await;
    wall.swallow(Swallowed::Nothing);
    assert_eq!(first.await.unwrap().unwrap_err(), Unavailable.into());
    within("a new connection", shared.ready()).await;
    assert_eq!(second.await.unwrap().unwrap_err(), Unavailable.into());
    tokio::time::sleep(patience / 4).await;
    assert_eq!(connections(&mut admin).await - before, 1);
    take(&shared, "third", Take::One).await.unwrap();
}

#[tokio::test]
async fn a_node_that_is_asked_nothing_knows_that_the_server_is_away() {
    let mut server = Own::start();
    let shared = connected(&server.url(), options()).await;
    take(&shared, "one", Take::One).await.unwrap();
    server.kill();
    within("a look at the server", async {
        while !shared.stats().away {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(shared.stats().unanswered, 0, "nobody has asked");
}

#[tokio::test]
async fn open_holds_come_back_though_another_node_has_restored_the_server_first() {
    let server = Own::start();
    let (holder, other) =
        (connected(&server.url(), options()).await, connected(&server.url(), options()).await);
    let mut permit = take(&holder, "budget", Take::Hold(60)).await.unwrap().pop().unwrap();
    mark_sent([&mut permit]).await.unwrap();
    redis::cmd("FLUSHALL").query_async::<()>(&mut admin(&server).await).await.unwrap();
    assert_eq!(take(&other, "one", Take::One).await.unwrap_err(), Unavailable.into());
    within("a restoration", other.ready()).await;
    take(&other, "one", Take::One).await.unwrap();
    within("the hold", async {
        while take(&other, "budget", Take::Hold(50)).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    drop(permit);
}
