//! Several stores on one database, as several nodes have them.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use store::Error;

use super::*;

/// Further stores on the database of a home.
async fn nodes(home: &Home) -> Vec<Store> {
    let mut nodes = vec![home.store.clone()];
    for _ in 1..3 {
        nodes.push(open(&home.url).await);
    }
    nodes
}

async fn a_name_is_given_once_whoever_asks(database: Database) {
    let home = Home::new(database).await;
    let mut asking = Vec::new();
    for (at, node) in nodes(&home).await.into_iter().cycle().take(12).enumerate() {
        let gateway = home.gateway.clone();
        asking.push(tokio::spawn(async move {
            node.routes().create(&me(), &gateway, &format!("r{}", at / 6), version("[]")).await
        }));
    }
    let mut made = Vec::new();
    for it in asking {
        match it.await.unwrap() {
            Ok(route) => made.push(route.name),
            Err(error) => {
                assert!(matches!(error, Error::Exists { what: "route", .. }), "{error:?}");
            }
        }
    }
    made.sort();
    assert_eq!(made, ["r0", "r1"]);
    assert_eq!(home.store.routes().list(&home.gateway, ALL).await.unwrap().1, 2);
}

async fn of_two_nodes_with_one_etag_one_wins_and_numbers_have_no_gaps(database: Database) {
    let home = Home::new(database).await;
    let made = home.route("a", "[]").await;
    let mut writing = Vec::new();
    for (at, node) in nodes(&home).await.into_iter().cycle().take(24).enumerate() {
        let (gateway, made) = (home.gateway.clone(), made.clone());
        writing.push(tokio::spawn(async move {
            let condition = (at % 2 == 0).then_some(made.etag.as_str());
            let done = node
                .routes()
                .update(&me(), &gateway, &made.id, None, Some(version("[1]")), condition)
                .await;
            (condition.is_some(), done)
        }));
    }
    let (mut conditional, mut total) = (0, 1);
    for it in writing {
        let (had_condition, done) = it.await.unwrap();
        total += i64::from(done.is_ok());
        conditional += usize::from(had_condition && done.is_ok());
        assert!(done.is_ok() || matches!(done, Err(Error::Stale { .. })), "{done:?}");
    }
    assert!(conditional <= 1 && total >= 13, "{conditional} {total}");
    let (versions, _) = home.store.routes().versions(&home.gateway, &made.id, ALL).await.unwrap();
    let numbers: BTreeSet<i64> = versions.iter().map(|it| it.number).collect();
    assert_eq!(numbers, (1..=total).collect());
}

/// Who has seen a revision and reads then has everything up to it.
async fn revisions_are_seen_in_the_order_of_their_writes(database: Database) {
    let home = Home::new(database).await;
    let base = home.store.revision().await.unwrap();
    let before = home.store.audit().list(&AuditQuery::default(), ALL).await.unwrap().1;
    let done = Arc::new(AtomicBool::new(false));
    let reader = open(&home.url).await;
    let reading = tokio::spawn({
        let done = Arc::clone(&done);
        async move {
            let mut last = base;
            while !done.load(Ordering::Relaxed) {
                let revision = reader.revision().await.unwrap();
                let (_, written) = reader
                    .audit()
                    .list(&AuditQuery::default(), Page { page: 1, per_page: 0 })
                    .await
                    .unwrap();
                let seen = i64::try_from(written - before).unwrap();
                assert!(revision >= last && seen >= revision - base, "{revision} {seen}");
                last = revision;
            }
        }
    });
    let mut writing = Vec::new();
    for (at, node) in nodes(&home).await.into_iter().enumerate() {
        let gateway = home.gateway.clone();
        writing.push(tokio::spawn(async move {
            for number in 0..20 {
                let name = format!("r{at}-{number}");
                node.routes().create(&me(), &gateway, &name, version("[]")).await.unwrap();
            }
        }));
    }
    for it in writing {
        it.await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    reading.await.unwrap();
    assert_eq!(home.store.revision().await.unwrap(), base + 60);
}

#[tokio::test]
async fn a_write_is_announced_to_every_node_and_a_lost_listener_is_replaced() {
    let home = Home::new(Database::Postgres).await;
    let other = open(&home.url).await;
    let mut changes = other.changes();
    changes.next().await;
    for round in 0..2 {
        home.route(&format!("r{round}"), "[]").await;
        changes.next().await;
    }
    let ended = home
        .raw()
        .await
        .number(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity \
             where datname = current_database() and query ilike 'listen%'",
        )
        .await;
    assert_eq!(ended, 1);
    changes.next().await;
    home.route("after", "[]").await;
    changes.next().await;
    changes.distrust();
    changes.next().await;
}

#[tokio::test]
async fn sqlite_announces_nothing() {
    let home = Home::new(Database::Sqlite).await;
    let mut changes = home.store.changes();
    let mut heard = pin!(changes.next());
    for name in ["a", "b"] {
        tokio::select! {
            biased;
            () = &mut heard => panic!("heard something"),
            _ = home.route(name, "[]") => {}
        }
    }
}

on_each_database![
    a_name_is_given_once_whoever_asks,
    of_two_nodes_with_one_etag_one_wins_and_numbers_have_no_gaps,
    revisions_are_seen_in_the_order_of_their_writes,
];
