//! What survives: reopening, copying, killing the process in the middle of writes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use store::Error;

use super::*;

fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())
    };
    std::fs::read_dir(dir).unwrap().map(read).collect()
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|it| it == part.as_bytes())
}

async fn another_master_key_is_refused_and_the_right_one_still_fits(database: Database) {
    let home = Home::new(database).await;
    home.store.close().await;
    let other = MasterKey::generate();
    let refused = Store::open(&home.url, &other).await;
    assert!(matches!(refused, Err(Error::WrongMasterKey)), "{refused:?}");
    open(&home.url).await.gateways().get(&home.gateway).await.unwrap();
}

#[tokio::test]
async fn no_secret_is_in_any_file() {
    let home = Home::new(Database::Sqlite).await;
    let configs = home.store.provider_configs();
    let made = configs.create(&me(), &home.gateway, providers::key("openai", "a")).await.unwrap();
    configs
        .update(&me(), &home.gateway, &made.id, providers::secret(providers::SECRET))
        .await
        .unwrap();
    let token = access::Token { name: "canary token".into(), ..access::Token::admin() };
    let (_, secret) = home.store.tokens().create(&me(), token).await.unwrap();
    let secret = secrecy::ExposeSecret::expose_secret(&secret).to_owned();
    let check = |when: &str| {
        let files = files(home.dir.path());
        assert!(
            files.iter().any(|it| contains(&it.1, "canary token")),
            "{when}: what is not secret is found"
        );
        for (name, bytes) in files {
            for part in ["sk-canary", &secret, KEY, "\x07\x07\x07\x07\x07\x07\x07\x07"] {
                assert!(!contains(&bytes, part), "{when}: {part:?} in {name}");
            }
        }
    };
    assert!(files(home.dir.path()).iter().any(|it| it.0 == "pointsman.db-wal" && !it.1.is_empty()));
    check("while open");
    home.store.close().await;
    check("when closed");
}

/// What `kill -9` leaves is what is in the files at that moment: no connection is closed, no log folded.
#[tokio::test]
async fn what_was_acknowledged_is_in_the_files_without_a_close() {
    let home = Home::new(Database::Sqlite).await;
    let route = home.route("a", "[1]").await;
    home.store.logs().append(&[logs::record("l", 1)]).await.unwrap();
    let crashed = tempfile::tempdir().unwrap();
    for (name, bytes) in files(home.dir.path()) {
        if !name.ends_with("-shm") {
            std::fs::write(crashed.path().join(name), bytes).unwrap();
        }
    }
    let store = open(&url(crashed.path())).await;
    assert_eq!(store.routes().get(&home.gateway, &route.id).await.unwrap(), route);
    store.logs().get(&home.gateway, "l").await.unwrap();
}

/// Names the database that the other process writes to.
const WRITTEN: &str = "STORE_TEST_WRITTEN";

async fn a_killed_process_loses_nothing_it_acknowledged(database: Database) {
    let home = Home::new(database).await;
    home.store.close().await;
    let mut acknowledged = Vec::new();
    for enough in [1, 20, 60] {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "durability::writes_until_it_is_killed", "--ignored", "--nocapture"])
            .env(WRITTEN, &home.url)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(writer.stdout.take().unwrap()).lines().map(Result::unwrap);
        let ids = lines.filter_map(|it| Some(it.split_once("wrote ")?.1.to_owned()));
        acknowledged.extend(ids.take(enough));
        writer.kill().unwrap();
        writer.wait().unwrap();
    }
    let store = open(&home.url).await;
    assert_eq!(acknowledged.len(), 81);
    for id in acknowledged {
        let route = store.routes().get(&home.gateway, &id.into()).await.unwrap();
        assert_eq!(route.version.unwrap().number, 2);
    }
}

#[tokio::test]
#[ignore = "the process that `a_killed_process_loses_nothing_it_acknowledged` starts and kills"]
async fn writes_until_it_is_killed() {
    let Ok(url) = std::env::var(WRITTEN) else { return };
    let (store, id) = (open(&url).await, GatewayId::from("default"));
    loop {
        let name = jiff::Timestamp::now().as_nanosecond().to_string();
        let route = store.routes().create(&me(), &id, &name, version("[1]")).await.unwrap();
        store
            .routes()
            .update(&me(), &id, &route.id, None, Some(version("[2]")), None)
            .await
            .unwrap();
        println!("wrote {}", route.id);
    }
}

async fn several_processes_may_open_a_new_database_at_once(database: Database) {
    let dir = tempfile::tempdir().unwrap();
    let url = match database {
        Database::Sqlite => url(dir.path()),
        Database::Postgres => new_database().await,
    };
    let opened = (0..4).map(|_| {
        let url = url.clone();
        tokio::spawn(async move { open(&url).await })
    });
    for (at, store) in opened.collect::<Vec<_>>().into_iter().enumerate() {
        let store = store.await.unwrap();
        store.gateways().create(&me(), gateway(&format!("g{at}"))).await.unwrap();
    }
    assert_eq!(open(&url).await.gateways().all().await.unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_no_database_file_is_refused() {
    let key = MasterKey::generate();
    for url in
        ["mysql://localhost/x", "sqlite::memory:", "sqlite://x?mode=memory", "", "pointsman.db"]
    {
        assert!(matches!(Store::open(url, &key).await, Err(Error::Broken(_))), "{url}");
    }
    let dir = tempfile::tempdir().unwrap();
    let nowhere = url(&dir.path().join("missing"));
    assert!(matches!(Store::open(&nowhere, &key).await, Err(Error::Away(_))));
    std::fs::write(
        dir.path().join("pointsman.db"),
        "not a database, but long enough to look like one".repeat(50),
    )
    .unwrap();
    assert!(matches!(Store::open(&url(dir.path()), &key).await, Err(Error::Broken(_))));
}

async fn a_database_of_a_newer_program_is_refused(database: Database) {
    let home = Home::new(database).await;
    home.store.close().await;
    let tables = match database {
        Database::Sqlite => &["_sqlx_migrations"][..],
        Database::Postgres => &["_sqlx_migrations", "_sqlx_logs_migrations"],
    };
    let mut raw = home.raw().await;
    for table in tables {
        let newer = format!(
            "insert into {table} (version, description, success, checksum, execution_time) \
             select 99, description, success, checksum, execution_time from {table} where version = 1"
        );
        raw.execute(&newer).await.unwrap();
        let refused = Store::open(&home.url, &MasterKey::parse(KEY).unwrap()).await;
        assert!(matches!(refused, Err(Error::Broken(_))), "{refused:?}");
        raw.execute(&format!("delete from {table} where version = 99")).await.unwrap();
    }
    open(&home.url).await;
}

/// A database as the first files of the migrations made it.
async fn first_version(database: Database, dir: &Path) -> String {
    let (url, sql) = match database {
        Database::Sqlite => {
            (url(dir), include_str!("../../migrations/sqlite/management/0001_start.sql"))
        }
        Database::Postgres => (
            new_database().await,
            include_str!("../../migrations/postgres/management/0001_start.sql"),
        ),
    };
    let first = Migration::new(
        1,
        "start".into(),
        MigrationType::Simple,
        sqlx::SqlSafeStr::into_sql_str(sql),
        false,
    );
    let migrator = Migrator::with_migrations(vec![first]);
    match database {
        Database::Sqlite => {
            let options = url.parse::<SqliteConnectOptions>().unwrap().create_if_missing(true);
            let mut raw = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
            migrator.run_direct(None, &mut raw, false).await.unwrap();
        }
        Database::Postgres => {
            let mut raw = sqlx::PgConnection::connect(&url).await.unwrap();
            migrator.run_direct(None, &mut raw, false).await.unwrap();
        }
    }
    url
}

async fn a_database_of_the_first_version_is_migrated_and_keeps_what_it_has(database: Database) {
    let dir = tempfile::tempdir().unwrap();
    let url = first_version(database, dir.path()).await;
    let mut raw = Raw::open(&url).await;
    for sql in [
        "insert into gateways values ('old', true, true, '{}', true, 1, 2)",
        "insert into routes values ('r', 'old', 'support', null, null, 3, 4)",
        "insert into versions values ('v', 'r', 1, '[]', true, '[]', 5, 'Ada', null)",
        "insert into deployments values ('d', 'r', 1, 'v', 6, 'Ada', null)",
        "update routes set deployment_id = 'd', latest_valid_id = 'v'",
        "insert into custom_providers values ('c', 'Lab', 'lab', 'https://lab.example/v1', true, null, '{}', 1, 2)",
        "insert into provider_configs values ('k', 'old', 'custom-lab', 'a', true, 'sealed', '', null, 60, 1, 2)",
        "insert into provider_configs values ('l', 'old', 'openai', 'a', true, 'sealed', '', null, 60, 2, 3)",
    ] {
        raw.execute(&match database {
            Database::Sqlite => sql.replace("'sealed'", "x'00'"),
            Database::Postgres => sql.to_owned(),
        })
        .await
        .unwrap();
    }
    let store = open(&url).await;
    let (keys, _) = store.provider_configs().list(&"old".into(), ALL).await.unwrap();
    let bound: Vec<_> = keys.iter().map(|it| (it.given_for.as_deref(), it.weight)).collect();
    assert_eq!(bound, [(Some("https://lab.example/v1"), None), (None, None)]);
    let (routes, total) = store.routes().list(&"old".into(), ALL).await.unwrap();
    let version = routes[0].version.as_ref().unwrap();
    assert_eq!((&*routes[0].name, version.id.as_str(), total), ("support", "v", 1));
    store.routes().create(&me(), &"old".into(), "new", self::version("[]")).await.unwrap();
    store.limit_totals().load(&[], 100).await.unwrap();
    store.logs().append(&[logs::record("l", 1)]).await.unwrap();
}

async fn a_closed_store_is_away(database: Database) {
    let home = Home::new(database).await;
    home.store.close().await;
    assert!(matches!(home.store.revision().await, Err(Error::Away(_))));
    assert!(matches!(home.store.gateways().create(&me(), gateway("x")).await, Err(Error::Away(_))));
}

async fn the_database_itself_keeps_history(database: Database) {
    let home = Home::new(database).await;
    let route = home.route("a", "[1]").await;
    let mut raw = home.raw().await;
    for sql in [
        "update audit set actor_name = 'nobody'",
        "delete from audit",
        "update versions set elements = '[]'",
        "delete from versions",
        "update deployments set comment = 'x'",
        "delete from deployments",
    ] {
        assert!(raw.execute(sql).await.is_err(), "{sql}");
    }
    assert_eq!(home.store.routes().get(&home.gateway, &route.id).await.unwrap(), route);
}

async fn every_management_write_is_audited_and_raises_the_revision(database: Database) {
    let home = Home::new(database).await;
    let (store, id) = (&home.store, &home.gateway);
    let start = store.revision().await.unwrap();
    let route = home.route("a", "[1]").await;
    let (_, two) =
        store.routes().create_version(&me(), id, &route.id, version("[2]"), None).await.unwrap();
    store.routes().deploy(&me(), id, &route.id, &two.id, None, None).await.unwrap();
    store.routes().put_draft(&me(), id, &route.id, "[3]", None).await.unwrap();
    store.routes().update(&me(), id, &route.id, Some("b"), None, None).await.unwrap();
    store.routes().delete(&me(), id, &route.id, None).await.unwrap();
    let key =
        store.provider_configs().create(&me(), id, providers::key("openai", "a")).await.unwrap();
    store.provider_configs().update(&me(), id, &key.id, providers::secret("x")).await.unwrap();
    store.provider_configs().delete(&me(), id, &key.id).await.unwrap();
    store.prices().put(&me(), logs::price(id)).await.unwrap();
    store.gateways().delete(&me(), id, false).await.unwrap();
    store.routes().delete(&me(), id, &route.id, None).await.unwrap_err();

    assert_eq!(store.revision().await.unwrap(), start + 11);
    let (entries, total) = store.audit().list(&of_gateway("default"), ALL).await.unwrap();
    let actions: Vec<_> = entries.iter().rev().map(|it| &*it.action).collect();
    assert_eq!(
        actions,
        [
            "gateway.create",
            "route.create",
            "version.create",
            "deployment.create",
            "draft.update",
            "route.update",
            "route.delete",
            "provider_config.create",
            "provider_config.update",
            "provider_config.delete",
            "price.put",
            "gateway.delete",
        ]
    );
    assert_eq!(total, 12);
    assert!(entries.iter().all(|it| it.actor == me() && !it.detail.contains("canary")));
    assert_eq!(store.audit().list(&of_gateway("other"), ALL).await.unwrap().1, 0);
    let (page, total) =
        store.audit().list(&AuditQuery::default(), Page { page: 3, per_page: 5 }).await.unwrap();
    assert_eq!((page.len(), total), (2, 12));
}

on_each_database![
    a_killed_process_loses_nothing_it_acknowledged,
    several_processes_may_open_a_new_database_at_once,
    another_master_key_is_refused_and_the_right_one_still_fits,
    a_database_of_a_newer_program_is_refused,
    a_database_of_the_first_version_is_migrated_and_keeps_what_it_has,
    a_closed_store_is_away,
    the_database_itself_keeps_history,
    every_management_write_is_audited_and_raises_the_revision,
];
