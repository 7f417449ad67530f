//! What limits have counted, on a real store.

use store::LimitTotal;

use super::*;

const YEAR: i64 = 365 * 24 * 3600 * 1_000_000;

fn total(key: impl Into<Vec<u8>>, state: &[u8], expires_at: i64) -> LimitTotal {
    LimitTotal { key: key.into(), state: state.into(), expires_at }
}

async fn the_last_total_of_a_key_is_kept_until_it_expires(database: Database) {
    let home = Home::new(database).await;
    let totals = home.store.limit_totals();
    let later = jiff::Timestamp::now().as_microsecond() + YEAR;
    let revision = home.store.revision().await.unwrap();
    totals.save(&[]).await.unwrap();
    totals
        .save(&[
            total(*b"b", b"1", later),
            total(*b"a\0\xff", b"2", later),
            total(*b"gone", b"3", 1),
            total(*b"b", b"4", later + 1),
        ])
        .await
        .unwrap();
    let a = total(*b"a\0\xff", b"2", later);
    let b = total(*b"b", b"4", later + 1);
    assert_eq!(totals.load(b"", 9).await.unwrap(), [a.clone(), b.clone()]);
    assert_eq!(totals.load(b"", 1).await.unwrap(), std::slice::from_ref(&a));
    assert_eq!(totals.load(&a.key, 9).await.unwrap(), [b]);
    totals.save(&[total(*b"b", b"", later + 2)]).await.unwrap();
    totals.save(&[total(*b"b", b"an older reading", later)]).await.unwrap();
    totals.forget_expired().await.unwrap();
    let left = home.raw().await.number("select count(*) from limit_totals").await;
    assert_eq!(left, 2);

    let home = home.reopened().await;
    let left = home.store.limit_totals().load(b"", 9).await.unwrap();
    assert_eq!(left, [a, total(*b"b", b"", later + 2)]);
    assert_eq!(home.store.revision().await.unwrap(), revision, "totals are no management write");
}

async fn nodes_that_save_the_same_totals_in_any_order_all_succeed(database: Database) {
    let home = Home::new(database).await;
    let later = jiff::Timestamp::now().as_microsecond() + YEAR;
    let tasks = (0..8_u8).map(|node| {
        let store = home.store.clone();
        let mut batch: Vec<_> =
            (0..600_u16).map(|at| total(at.to_be_bytes(), &[node], later)).collect();
        if node % 2 == 1 {
            batch.reverse();
        }
        tokio::spawn(async move { store.limit_totals().save(&batch).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    let all = home.store.limit_totals().load(b"", 1_000).await.unwrap();
    assert_eq!(all.len(), 600);
    assert!(all.iter().all(|it| it.state == all[0].state), "one node's batch, whole");
}

on_each_database![
    the_last_total_of_a_key_is_kept_until_it_expires,
    nodes_that_save_the_same_totals_in_any_order_all_succeed,
];
