//! From a file of SQLite into an empty database of PostgreSQL.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use store::{CopyError, Error, LimitTotal};

use super::*;

fn key() -> MasterKey {
    MasterKey::parse(KEY).unwrap()
}

/// Something in every table.
async fn full() -> Home {
    let home = Home::new(Database::Sqlite).await;
    let (store, id) = (&home.store, &home.gateway);
    let route = home.route("a \0 é", "[1, \"\\u0000\"]").await;
    let (_, two) =
        store.routes().create_version(&me(), id, &route.id, version("[2]"), None).await.unwrap();
    store.routes().deploy(&me(), id, &route.id, &two.id, Some("why"), None).await.unwrap();
    store.routes().put_draft(&me(), id, &route.id, "[3]", None).await.unwrap();
    for at in 0..450 {
        home.route(&format!("r{at}"), "[]").await;
    }
    store.provider_configs().create(&me(), id, providers::key("openai", "x")).await.unwrap();
    store.custom_providers().create(&me(), providers::custom("mine")).await.unwrap();
    store.prices().put(&me(), logs::price(id)).await.unwrap();
    let account = store::PriceOverride { gateway: None, ..logs::price(id) };
    store.prices().put(&me(), account).await.unwrap();
    store.prices().import(&me(), "mine (1)", "{}").await.unwrap();
    let lab = store.custom_providers().create(&me(), providers::custom("lab")).await.unwrap();
    store.provider_costs().create(&me(), logs::cost(&lab.id)).await.unwrap();
    let token = access::Token { name: "t".into(), ..access::Token::admin() };
    store.tokens().create(&me(), token).await.unwrap();
    let total = LimitTotal { key: vec![0, 255], state: vec![1], expires_at: i64::MAX };
    store.limit_totals().save(&[total]).await.unwrap();
    let ended = store::Session::begin(access::Digest([1; 32]), 1_000);
    store.sessions().end(&ended, 2_000, 1_000).await.unwrap();
    home
}

#[tokio::test]
async fn everything_is_the_same_on_the_other_side() {
    let home = full().await;
    let to = new_database().await;
    let copied = store::copy(&home.url, &to, &key()).await.unwrap();
    let rows: BTreeMap<_, _> = copied.iter().map(|it| (&*it.table, it.rows)).collect();
    assert!(rows.values().all(|it| *it > 0), "something of every table: {rows:?}");
    assert_eq!((rows["routes"], rows["versions"], rows["audit"]), (451, 452, 463));

    let there = open(&to).await;
    let (here, id) = (&home.store, &home.gateway);
    assert_eq!(there.revision().await.unwrap(), here.revision().await.unwrap());
    assert_eq!(there.gateways().all().await.unwrap(), here.gateways().all().await.unwrap());
    assert_eq!(there.routes().live(id).await.unwrap(), here.routes().live(id).await.unwrap());
    let (routes, _) = here.routes().list(id, ALL).await.unwrap();
    assert_eq!(there.routes().list(id, ALL).await.unwrap().0, routes);
    let first = &routes.last().unwrap().id;
    assert_eq!(
        there.routes().deployments(id, first, ALL).await.unwrap(),
        here.routes().deployments(id, first, ALL).await.unwrap()
    );
    assert_eq!(
        there.routes().draft(id, first).await.unwrap(),
        here.routes().draft(id, first).await.unwrap()
    );
    let opened = there.provider_configs().open_all(id).await.unwrap();
    assert_eq!(opened[0].1.expose_secret(), providers::SECRET);
    let custom = there.custom_providers().all().await.unwrap();
    assert!(custom[0].headers.as_ref().unwrap().expose_secret().contains(providers::SECRET));
    assert_eq!(
        there.prices().list(Some(id)).await.unwrap(),
        here.prices().list(Some(id)).await.unwrap()
    );
    assert_eq!(there.tokens().all().await.unwrap(), here.tokens().all().await.unwrap());
    assert_eq!(
        there.limit_totals().load(&[], 100).await.unwrap(),
        here.limit_totals().load(&[], 100).await.unwrap()
    );

    let audit = async |store: &Store| {
        let (entries, _) = store.audit().list(&AuditQuery::default(), ALL).await.unwrap();
        entries.into_iter().map(|it| (it.id, it.at, it.action, it.detail)).collect::<Vec<_>>()
    };
    assert_eq!(audit(&there).await, audit(here).await);
    there.routes().create(&me(), id, "new", version("[]")).await.unwrap();
    assert_eq!(audit(&there).await[0].2, "route.create", "the numbering goes on");
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let file = Home::new(Database::Sqlite).await;
    let server = Home::new(Database::Postgres).await;
    // `1`: never null. SQLite says so of the columns of a key only where it has to be told.
    const FILE: &str = "select m.name || '.' || c.name || ' ' || (c.\"notnull\" or c.pk > 0) from sqlite_master m, pragma_table_info(m.name) c \
         where m.type = 'table' and m.name not like 'sqlite%' and m.name not like '!_sqlx%' escape '!'";
    let mut here = file.raw().await.texts(FILE).await;
    here.extend(file.log_raw().await.texts(FILE).await);
    let mut there = server
        .raw()
        .await
        .texts(
            "select table_name || '.' || column_name || ' ' || (case is_nullable when 'NO' then '1' else '0' end) \
             from information_schema.columns where table_schema = 'public' and table_name not like '!_sqlx%' escape '!'",
        )
        .await;
    here.sort();
    there.sort();
    assert_eq!(here, there);
    for it in ["logs.kind 1", "log_payloads.request 1", "log_rollups.times 1", "routes.name 1"] {
        assert!(here.iter().any(|seen| seen == it), "{it} is not in {here:?}");
    }
}

#[tokio::test]
async fn a_target_that_has_anything_is_left_alone() {
    let home = full().await;
    let target = Home::new(Database::Postgres).await;
    let refused = store::copy(&home.url, &target.url, &key()).await;
    let Err(CopyError::NotEmpty(found)) = refused else { panic!("{refused:?}") };
    let tables: Vec<_> = found.iter().map(|it| (&*it.table, it.rows)).collect();
    assert_eq!(tables, [("audit", 1), ("gateways", 1)]);
    let target = target.reopened().await;
    assert_eq!(target.store.gateways().all().await.unwrap().len(), 1);
    target.route("still works", "[]").await;
}

#[tokio::test]
async fn a_copy_that_fails_changes_nothing() {
    let home = full().await;
    let to = new_database().await;
    store::migrate(&to).await.unwrap();
    let mut raw = Raw::open(&to).await;
    raw.execute("alter table tokens add constraint none check (name <> 't')").await.unwrap();
    let refused = store::copy(&home.url, &to, &key()).await;
    assert!(matches!(refused, Err(CopyError::Target(Error::Broken(_)))), "{refused:?}");
    assert_eq!(raw.number("select count(*) from routes").await, 0);
    raw.execute("alter table tokens drop constraint none").await.unwrap();
    store::copy(&home.url, &to, &key()).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_copied_is_said() {
    let home = Home::new(Database::Sqlite).await;
    let to = new_database().await;
    let other = MasterKey::generate();
    let wrong = store::copy(&home.url, &to, &other).await;
    assert!(matches!(wrong, Err(CopyError::Source(Error::WrongMasterKey))), "{wrong:?}");
    let missing = home.dir.path().join("missing");
    let missing = store::copy(&url(&missing), &to, &key()).await;
    assert!(matches!(missing, Err(CopyError::NoFile(_))), "{missing:?}");
    for (from, to) in [(&to, &home.url), (&to, &to), (&home.url, &home.url)] {
        let refused = store::copy(from, to, &key()).await;
        assert!(matches!(refused, Err(CopyError::Direction)), "{refused:?}");
    }
    let away = "postgres://127.0.0.1:1/x";
    let away = store::copy(&home.url, away, &key()).await;
    assert!(matches!(away, Err(CopyError::Target(Error::Away(_)))), "{away:?}");
}

async fn migrations_are_told_once(database: Database) {
    let dir = tempfile::tempdir().unwrap();
    let url = match database {
        Database::Sqlite => url(dir.path()),
        Database::Postgres => new_database().await,
    };
    let applied = store::migrate(&url).await.unwrap();
    let told: Vec<_> = applied.iter().map(|it| (it.set, it.version)).collect();
    assert!(told.starts_with(&[("management", 1), ("management", 2)]), "{told:?}");
    assert!(told.ends_with(&[("logs", 6), ("logs", 7)]), "{told:?}");
    assert!(store::migrate(&url).await.unwrap().is_empty());
    open(&url).await;
}

on_each_database![migrations_are_told_once];
