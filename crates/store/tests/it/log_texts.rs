//! What logs have in common goes with the last log that has it.

use store::{Keep, LogChange, LogField, LogQuery, LogValue, Set};
use telemetry::Record;

use super::logs::{only, record};
use super::*;

/// A log of somebody.
fn of(user: &str, at_ms: u64) -> Record {
    Record {
        metadata: Some(format!(r#"{{"user":"{user}","key of {user}":1}}"#)),
        user_agent: Some(format!("agent of {user}")),
        model: format!("model of {user}"),
        ..record(user, at_ms)
    }
}

/// What of these people is still written down beside their logs.
async fn told(home: &Home) -> Vec<String> {
    let sql = "select value from log_texts union select key from log_texts where key is not null \
         union select model from log_kinds order by 1";
    home.log_raw().await.texts(sql).await
}

fn all_of(user: &str) -> Vec<String> {
    let mut all = vec![
        "1".to_owned(),
        user.to_owned(),
        format!("agent of {user}"),
        format!("key of {user}"),
        format!("model of {user}"),
        "user".to_owned(),
    ];
    all.sort();
    all
}

async fn sweep(home: &Home) {
    while home.store.logs().sweep().await.unwrap() {}
}

async fn texts_and_kinds_go_with_their_last_log(database: Database) {
    let home = Home::new(database).await;
    let logs = home.store.logs();
    logs.append(&[of("ada", 1), of("bob", 2)]).await.unwrap();
    logs.settle().await.unwrap();
    logs.append(&[of("eve", 3)]).await.unwrap();
    sweep(&home).await;
    assert_eq!(told(&home).await.len(), 14, "what is in use stays");
    let id = |it: &str| only(&[(LogField::Id, it.into())]);
    logs.delete(&me(), &home.gateway, &id("ada"), 1).await.unwrap();
    logs.delete(&me(), &home.gateway, &id("eve"), 1).await.unwrap();
    sweep(&home).await;
    assert_eq!(told(&home).await, all_of("bob"));
    let keep = Keep { most: Some(0), since_ms: None };
    while logs.keep(&home.gateway, &keep).await.unwrap() > 0 {}
    sweep(&home).await;
    assert_eq!(told(&home).await, Vec::<String>::new());
    assert!(!logs.sweep().await.unwrap(), "nothing was deleted since");
}

async fn a_text_goes_when_other_metadata_takes_its_place(database: Database) {
    let home = Home::new(database).await;
    let logs = home.store.logs();
    logs.append(&[of("ada", 1)]).await.unwrap();
    sweep(&home).await;
    let metadata = Some(Set::To(r#"{"user": "nobody", "key of ada": 1}"#.to_owned()));
    let change = LogChange { metadata, ..LogChange::default() };
    logs.change(&me(), &home.gateway, "ada", &change).await.unwrap();
    sweep(&home).await;
    let told = told(&home).await;
    assert!(told.contains(&"nobody".to_owned()) && !told.contains(&"ada".to_owned()), "{told:?}");
}

/// Every node remembers which texts are stored.
async fn what_was_swept_is_written_again_by_every_node(database: Database) {
    let home = Home::new(database).await;
    let nodes = match database {
        Database::Sqlite => vec![home.store.clone()],
        Database::Postgres => vec![home.store.clone(), open(&home.url).await],
    };
    for (round, node) in nodes.iter().enumerate() {
        let id = format!("first {round}");
        node.logs().append(&[Record { id, ..of("ada", 1) }]).await.unwrap();
    }
    home.store.logs().delete(&me(), &home.gateway, &LogQuery::default(), 9).await.unwrap();
    sweep(&home).await;
    assert_eq!(told(&home).await, Vec::<String>::new());
    for (round, node) in nodes.iter().enumerate() {
        let id = format!("second {round}");
        node.logs().append(&[Record { id: id.clone(), ..of("ada", 1) }]).await.unwrap();
        let wanted: [(LogField, LogValue); 5] = [
            (LogField::Id, id.as_str().into()),
            (LogField::Model, "model of ada".into()),
            (LogField::MetadataValue, "ada".into()),
            (LogField::UserAgent, "agent of ada".into()),
            (LogField::MetadataKey, "key of ada".into()),
        ];
        let found = node.logs().list(&home.gateway, &only(&wanted), ALL).await.unwrap().1;
        assert_eq!(found, 1, "node {round}");
        home.store.logs().delete(&me(), &home.gateway, &LogQuery::default(), 9).await.unwrap();
        sweep(&home).await;
    }
}

/// Beyond as many kinds and ways as a gateway may have.
async fn what_a_log_has_of_its_own_is_changed_and_goes_with_it(database: Database) {
    let home = Home::new(database).await;
    let logs = home.store.logs();
    let bare = Record { metadata: None, ..of("ada", 1) };
    logs.append(&[bare]).await.unwrap();
    logs.bound(1);
    let eve = Record { path: r#"[{"element":"e","outcome":"o"}]"#.into(), ..of("eve", 2) };
    logs.append(std::slice::from_ref(&eve)).await.unwrap();
    assert_eq!(logs.get(&home.gateway, "eve").await.unwrap().record, eve);
    let all_own = "select value from log_own where field not in (4, 5) order by 1";
    let own = async || home.log_raw().await.texts(all_own).await;
    assert_eq!(own().await, ["e", "e.o", "key of eve", "model of eve", "user"]);
    let set = async |id: &str, metadata: Set<String>| {
        let change = LogChange { metadata: Some(metadata), ..LogChange::default() };
        let changed = logs.change(&me(), &home.gateway, id, &change).await.unwrap();
        assert_eq!(changed, logs.get(&home.gateway, id).await.unwrap());
        changed.record
    };
    let changed = set("eve", Set::To(r#"{"team": 5}"#.into())).await;
    assert_eq!(changed, Record { metadata: Some(r#"{"team": 5}"#.into()), ..eve.clone() });
    assert_eq!(own().await, ["e", "e.o", "model of eve", "team"]);
    assert_eq!(set("eve", Set::Away).await, Record { metadata: None, ..eve });
    assert_eq!(own().await, ["e", "e.o", "model of eve"]);
    // One whose kind was among the first.
    assert_eq!(set("ada", Set::To(r#"{"x": 1}"#.into())).await.model, "model of ada");
    assert_eq!(own().await, ["e", "e.o", "model of ada", "model of eve", "x"]);
    let found = async |field, value: LogValue| {
        let found = logs.list(&home.gateway, &only(&[(field, value)]), ALL).await.unwrap().0;
        found.into_iter().map(|it| it.record.id).collect::<String>()
    };
    assert_eq!(found(LogField::MetadataKey, "x".into()).await, "ada");
    assert_eq!(found(LogField::MetadataKey, LogValue::Null).await, "eve");
    assert_eq!(found(LogField::Model, "model of eve".into()).await, "eve");
    logs.delete(&me(), &home.gateway, &LogQuery::default(), 9).await.unwrap();
    sweep(&home).await;
    assert_eq!(own().await, Vec::<String>::new());
    for table in ["log_kinds", "log_walks", "log_tokens", "log_texts", "log_own"] {
        let left = home.log_raw().await.number(&format!("select count(*) from {table}")).await;
        assert_eq!(left, 0, "{table}");
    }
}

async fn keys_of_metadata_are_told_up_to_a_limit(database: Database) {
    let home = Home::new(database).await;
    let logs = home.store.logs();
    let none = store::MetadataKeys { keys: vec![], complete: true };
    assert_eq!(logs.metadata_keys(&home.gateway).await.unwrap(), none);
    let with = |id: &str, metadata: String| Record { metadata: Some(metadata), ..record(id, 1) };
    let other = Record { gateway: "other".into(), ..with("o", r#"{"elsewhere":1}"#.into()) };
    let first = [with("a", r#"{"team":"x","flag":true}"#.into()), with("b", r#"{"a":1}"#.into())];
    logs.append(&first).await.unwrap();
    logs.append(&[other]).await.unwrap();
    logs.bound(2);
    logs.append(&[with("c", r#"{"late":"x","team":"y"}"#.into())]).await.unwrap();
    let told = logs.metadata_keys(&home.gateway).await.unwrap();
    assert_eq!(
        (told.keys, told.complete),
        (["a", "flag", "late", "team"].map(Into::into).to_vec(), true)
    );
    let many: Vec<_> = (0..store::MOST_KEYS)
        .map(|it| with(&format!("{it}"), format!(r#"{{"k{it:04}":1}}"#)))
        .collect();
    logs.append(&many).await.unwrap();
    let told = logs.metadata_keys(&home.gateway).await.unwrap();
    assert_eq!((told.keys.len(), told.complete), (store::MOST_KEYS, false));
    assert_eq!(told.keys[..3], ["a", "flag", "k0000"]);
}

on_each_database![
    what_a_log_has_of_its_own_is_changed_and_goes_with_it,
    keys_of_metadata_are_told_up_to_a_limit,
    texts_and_kinds_go_with_their_last_log,
    a_text_goes_when_other_metadata_takes_its_place,
    what_was_swept_is_written_again_by_every_node,
];
