//! Request logs on a real store: appended, listed, forgotten.

use route::ids::GatewayId;
use store::{
    Error, Keep, LogChange, LogField, LogFilter, LogOperator, LogQuery, LogValue, PriceOverride,
    Set, Side,
};
use telemetry::{Costs, Payload, Record, Times, Trace};

use super::*;

pub(crate) fn record(id: &str, at_ms: u64) -> Record {
    Record {
        id: id.into(),
        gateway: "default".into(),
        created_at_ms: at_ms,
        route: Some(("r1".into(), "support".into())),
        version: Some("v1".into()),
        token: Some("t1".into()),
        seed: Some(u64::MAX),
        path: r#"[{"element":"m"}]"#.into(),
        provider: "openai".into(),
        model: "gpt".into(),
        step: 1,
        status: 200,
        success: true,
        streamed: true,
        cause: None,
        usage: Some(chat::Usage { input: 3, output: 4, ..Default::default() }),
        cost: Some(12_345),
        price_version: Some("litellm 1.109.1 (2026-11-22)".to_owned()),
        custom_cost: false,
        metadata: Some(r#"{"user":"u"}"#.into()),
        duration_ms: 7,
        first_byte_ms: Some(5),
        request_size: 100,
        response_size: 200,
        user_agent: Some("curl \0 😀".into()),
        entry: telemetry::Entry {
            path: "messages".into(),
            kind: "messages".into(),
            compat: true,
            authenticated: true,
            event_id: Some("e 1".into()),
            request_content_type: "application/json".into(),
            response_content_type: "text/event-stream".into(),
        },
        cached: true,
        finish: Some("stop".into()),
        costs: Some(Costs { input: 1, cache_read: 2, cache_write: 3, output: 4, other: 5 }),
        charges: Vec::new(),
        times: Times { gateway_us: 7, route_us: 5, upstream_us: 9 },
        decision: Some(r#"{"seed": 1}"#.into()),
        trace: Some(Trace {
            trace_id: [1; 16],
            parent: Some([2; 8]),
            span: [3; 8],
            sampled: true,
            state: Some("a=1".into()),
        }),
        payload: None,
    }
}

/// Logs of which all these fields have these values.
pub(crate) fn only(wanted: &[(LogField, LogValue)]) -> LogQuery {
    let filter = |(field, value): &(LogField, LogValue)| LogFilter {
        field: *field,
        operator: LogOperator::Eq,
        values: vec![value.clone()],
    };
    LogQuery { filters: wanted.iter().map(filter).collect(), ..LogQuery::default() }
}

pub(crate) fn cost(provider_id: &str) -> store::ProviderCost {
    store::ProviderCost {
        id: String::new(),
        provider_id: provider_id.into(),
        model: "m".into(),
        model_rule: "equals".into(),
        pricing: "{}".into(),
        enable: true,
        created_at: 0,
        modified_at: 0,
    }
}

pub(crate) fn price(gateway: &GatewayId) -> PriceOverride {
    PriceOverride {
        gateway: Some(gateway.clone()),
        provider: "openai".into(),
        model: "gpt/4 😀".into(),
        price: "{\"input\":1}".into(),
        version: String::new(),
        effective_from: 0,
    }
}

async fn a_record_comes_back_as_it_went_in(database: Database) {
    let home = Home::new(database).await;
    let bare = Record {
        route: None,
        version: None,
        token: None,
        seed: None,
        cause: Some("timeout".into()),
        usage: None,
        cost: None,
        metadata: None,
        first_byte_ms: None,
        user_agent: None,
        success: false,
        status: 504,
        entry: telemetry::Entry::default(),
        cached: false,
        finish: None,
        costs: None,
        charges: Vec::new(),
        times: Times::default(),
        decision: None,
        trace: None,
        ..record("bare", 2)
    };
    let full = record("full", 1);
    let charge = |step, usage: u64, cost| telemetry::Charge {
        step,
        provider: "openai".into(),
        model: "gpt".into(),
        usage: chat::Usage { input: usage, output: 4, ..Default::default() },
        cost,
    };
    // One that says what the record says, one that does not, and several.
    let charged = [
        vec![charge(1, 3, Some(12_345))],
        vec![charge(1, 3, None)],
        vec![charge(0, 3, Some(12_345))],
        vec![charge(0, u64::MAX, None), charge(1, 2, Some(0))],
    ];
    let charged = charged
        .into_iter()
        .zip(3..)
        .map(|(charges, at_ms)| Record { charges, ..record(&format!("charged {at_ms}"), at_ms) });
    let batch: Vec<_> = [full, bare].into_iter().chain(charged).collect();
    home.store.logs().append(&batch).await.unwrap();
    home.store.logs().append(&batch).await.unwrap();
    let home = home.reopened().await;
    for it in &batch {
        let read = home.store.logs().get(&home.gateway, &it.id).await.unwrap();
        assert_eq!(read, store::StoredLog { record: it.clone(), feedback: None, score: None });
    }
    assert_eq!(
        home.store.logs().list(&home.gateway, &LogQuery::default(), ALL).await.unwrap().1,
        6
    );
    assert!(matches!(
        home.store.logs().get(&"other".into(), "full").await,
        Err(Error::NotFound("log"))
    ));
}

async fn logs_are_filtered_ordered_and_paged(database: Database) {
    let home = Home::new(database).await;
    let logs = home.store.logs();
    let batch: Vec<_> = (0..2500)
        .map(|at| Record {
            success: at % 2 == 0,
            provider: if at % 5 == 0 { "groq".into() } else { "openai".into() },
            ..record(&format!("{at:04}"), at)
        })
        .collect();
    let start = std::time::Instant::now();
    logs.append(&batch).await.unwrap();
    println!("append() of {} records: {:?}", batch.len(), start.elapsed());
    logs.append(&[Record { gateway: "other".into(), ..record("other", 0) }]).await.unwrap();
    logs.append(&[]).await.unwrap();

    let list = async |query: LogQuery, page| {
        let (found, total) = logs.list(&home.gateway, &query, page).await.unwrap();
        (found.into_iter().map(|it| it.record.created_at_ms).collect::<Vec<_>>(), total)
    };
    let query = LogQuery::default;
    let three = Page { page: 2, per_page: 3 };
    assert_eq!(list(query(), three).await, (vec![2496, 2495, 2494], 2500));
    assert_eq!(list(LogQuery { ascending: true, ..query() }, three).await, (vec![3, 4, 5], 2500));
    assert_eq!(
        list(only(&[(LogField::Success, false.into())]), three).await,
        (vec![2493, 2491, 2489], 1250)
    );
    let groq = only(&[(LogField::Provider, "groq".into()), (LogField::Success, true.into())]);
    assert_eq!(list(groq, three).await, (vec![2460, 2450, 2440], 250));
    assert_eq!(list(only(&[(LogField::Model, "none\0'".into())]), three).await, (vec![], 0));
    let time = LogQuery { start: Some(10_000), end: Some(12_000), ascending: true, ..query() };
    assert_eq!(list(time, ALL).await, (vec![10, 11, 12], 3));
}

/// A number that no count would give, put where the kept one is.
async fn the_total_of_all_logs_is_kept_and_not_counted(database: Database) {
    let home = Home::new(database).await;
    let logs = home.store.logs();
    logs.append(&[record("a", 1), record("b", 2)]).await.unwrap();
    home.log_raw().await.execute("update log_gateways set logs = 77").await.unwrap();
    let total = async |query: &LogQuery| logs.list(&home.gateway, query, ALL).await.unwrap().1;
    assert_eq!(total(&LogQuery::default()).await, 77);
    assert_eq!(total(&LogQuery { start: Some(2_000), ..LogQuery::default() }).await, 1);
    assert_eq!(total(&only(&[(LogField::Id, "a".into())])).await, 1);
}

async fn a_payload_comes_back_as_it_went_in_and_is_compressed(database: Database) {
    let home = Home::new(database).await;
    let logs = home.store.logs();
    let request = bytes::Bytes::from("{\"messages\": []}".repeat(500));
    let payload = Payload {
        request: request.clone(),
        response: vec!["data: 1\n\n".into(), "data: 2\n\n".into()],
        request_complete: true,
        response_complete: false,
    };
    let with =
        |id: &str, payload: Payload| Record { payload: Some(payload.into()), ..record(id, 1) };
    logs.append(&[with("full", payload), with("empty", Payload::default()), record("none", 1)])
        .await
        .unwrap();
    let read = logs.payload(&home.gateway, "full").await.unwrap().unwrap();
    assert_eq!((&read.request, read.request_complete), (&request, true));
    assert_eq!(
        (read.response.concat(), read.response_complete),
        (b"data: 1\n\ndata: 2\n\n".to_vec(), false)
    );
    let body = async |id, side| logs.body(&home.gateway, id, side).await.unwrap();
    let asked = body("full", Side::Request).await;
    assert_eq!((asked.bytes, asked.complete), (Some(read.request), true));
    assert_eq!(asked.content_type, "application/json");
    let answered = body("full", Side::Response).await;
    assert_eq!(answered.bytes.as_deref(), Some(&b"data: 1\n\ndata: 2\n\n"[..]));
    assert_eq!((answered.complete, &*answered.content_type), (false, "text/event-stream"));
    assert_eq!(body("empty", Side::Response).await.bytes.as_deref(), Some(&b""[..]));
    assert_eq!(body("none", Side::Request).await.bytes, None);
    let elsewhere = logs.body(&"other".into(), "full", Side::Request).await;
    assert!(matches!(elsewhere, Err(Error::NotFound("log"))));
    assert_eq!(logs.payload(&home.gateway, "empty").await.unwrap(), Some(Payload::default()));
    assert_eq!(logs.payload(&home.gateway, "none").await.unwrap(), None);
    assert!(matches!(logs.payload(&"other".into(), "full").await, Err(Error::NotFound("log"))));
    let stored = home
        .log_raw()
        .await
        .number("select cast(sum(length(request)) as bigint) from log_payloads")
        .await;
    assert!((1..200).contains(&stored), "{stored} bytes");
}

async fn a_gateway_that_stops_takes_as_many_logs_as_it_may(database: Database) {
    let home = Home::new(database).await;
    let logs = home.store.logs();
    let stops = [(home.gateway.clone(), 3)].into();
    let append = async |ids: &[&str]| {
        let batch: Vec<_> = ids.iter().map(|id| record(id, 1)).collect();
        let batch = store::Batch::of(batch).unwrap();
        let done = logs.append_batch(&batch, &stops).await.unwrap();
        (done.written, done.refused)
    };
    assert_eq!(append(&["a", "b"]).await, (2, 0));
    assert_eq!(append(&["b", "c", "d"]).await, (1, 1), "`b` is there already");
    assert_eq!(append(&["c", "e"]).await, (0, 1));
    assert_eq!(logs.held(&home.gateway).await.unwrap(), 3);
    logs.delete(&me(), &home.gateway, &LogQuery { ascending: true, ..LogQuery::default() }, 1)
        .await
        .unwrap();
    assert_eq!(append(&["e", "f"]).await, (1, 1));
    assert_eq!(logs.get(&home.gateway, "e").await.unwrap().record.id, "e");
}

async fn the_oldest_logs_go_with_everything_of_them(database: Database) {
    let home = Home::new(database).await;
    let logs = home.store.logs();
    let payload = || Some(Box::new(Payload { request: "x".into(), ..Payload::default() }));
    let batch: Vec<_> = (1..=1200)
        .map(|it| Record { payload: payload(), ..record(&format!("{it:04}"), it * 86_400_000) })
        .collect();
    logs.append(&batch).await.unwrap();
    logs.settle().await.unwrap();
    let other = Record { gateway: "other".into(), payload: payload(), ..record("other", 1) };
    logs.append(&[other]).await.unwrap();
    let all = async |keep: Keep| {
        let mut deleted = 0;
        loop {
            match logs.keep(&home.gateway, &keep).await.unwrap() {
                0 => break deleted,
                some => deleted += some,
            }
        }
    };
    assert_eq!(all(Keep::default()).await, 0);
    assert_eq!(all(Keep { most: Some(500), since_ms: None }).await, 700);
    assert_eq!(all(Keep { most: Some(500), since_ms: Some(1191 * 86_400_000) }).await, 490);
    assert_eq!(all(Keep { most: Some(9), since_ms: Some(0) }).await, 1);
    let (left, total) = logs.list(&home.gateway, &LogQuery::default(), ALL).await.unwrap();
    assert_eq!((left.last().unwrap().record.id.as_str(), total), ("1192", 9));
    assert_eq!(logs.held(&home.gateway).await.unwrap(), 9);
    let mut raw = home.log_raw().await;
    for (table, rows) in [
        ("logs", 10),
        ("log_details", 10),
        ("log_payloads", 10),
        ("log_tags", 9),
        ("log_tags_latest", 1),
    ] {
        assert_eq!(raw.number(&format!("select count(*) from {table}")).await, rows, "{table}");
    }
    logs.append(&[Record { model: "old".into(), ..record("1500", 1500 * 86_400_000) }])
        .await
        .unwrap();
    all(Keep { most: Some(1), since_ms: None }).await;
    while logs.sweep().await.unwrap() {}
    let found = only(&[(LogField::Model, "old".into()), (LogField::MetadataValue, "u".into())]);
    assert_eq!(
        logs.list(&home.gateway, &found, ALL).await.unwrap().1,
        1,
        "what is in use is not swept"
    );
    assert_eq!(raw.number("select count(*) from log_kinds").await, 2);
}

async fn a_log_is_changed_and_the_audit_log_says_so(database: Database) {
    let home = Home::new(database).await;
    let logs = home.store.logs();
    logs.append(&[record("a", 1), record("b", 2)]).await.unwrap();
    let before = home.store.revision().await.unwrap();
    let change =
        LogChange { feedback: Some(Set::To(-1)), score: Some(Set::To(90)), metadata: None };
    let changed = logs.change(&me(), &home.gateway, "a", &change).await.unwrap();
    assert_eq!((changed.feedback, changed.score), (Some(-1), Some(90)));
    let change = LogChange {
        feedback: None,
        score: Some(Set::Away),
        metadata: Some(Set::To(r#"{"team": "x", "n": 5}"#.into())),
    };
    let changed = logs.change(&me(), &home.gateway, "a", &change).await.unwrap();
    assert_eq!((changed.feedback, changed.score), (Some(-1), None));
    assert_eq!(changed.record.metadata.as_deref(), Some(r#"{"team": "x", "n": 5}"#));
    assert_eq!(logs.get(&home.gateway, "a").await.unwrap(), changed);
    for (field, value, wanted) in [
        (LogField::MetadataKey, "user".into(), &["b"][..]),
        (LogField::MetadataKey, "team".into(), &["a"]),
        (LogField::MetadataValue, "u".into(), &["b"]),
        (LogField::MetadataValue, "5".into(), &["a"]),
        (LogField::Feedback, LogValue::Int(-1), &["a"]),
        (LogField::Feedback, LogValue::Null, &["b"]),
    ] {
        let (found, total) = logs.list(&home.gateway, &only(&[(field, value)]), ALL).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|it| it.record.id).collect();
        assert_eq!(
            (found, total),
            (wanted.iter().map(|it| (*it).to_owned()).collect(), 1),
            "{field:?}"
        );
    }
    let gone = logs.change(&me(), &home.gateway, "none", &change).await;
    assert!(matches!(gone, Err(Error::NotFound("log"))));
    logs.delete(&me(), &home.gateway, &LogQuery::default(), 1).await.unwrap();
    assert!(logs.get(&home.gateway, "b").await.is_err(), "the newest first");
    let (entries, _) = home.store.audit().list(&of_gateway("default"), ALL).await.unwrap();
    let told: Vec<_> =
        entries.iter().map(|it| (it.action.as_str(), it.resource.as_str())).collect();
    assert_eq!(told[..3], [("log.delete", "default"), ("log.update", "a"), ("log.update", "a")]);
    assert_eq!(home.store.revision().await.unwrap(), before, "no node has to load anything");
}

/// Logs in the tables of before the second migration.
const BEFORE: &str = r#"insert into logs values
    ('a', 'default', 1800000000000000, 'r1', 'support', 'v1', 't1', 'openai', 'gpt', 200, TRUE, 12345, 7, '[{"element":"is-paid","outcome":"true","attempts":[{"model":"\u0000"}]},{"element":"m","outcome":"success"}]', '{"user": "u", "n": 5, "b": true}',
     '{"seed":1,"step":1,"streamed":true,"cause":null,"usage":{"input":3,"output":4},"custom_cost":false,"first_byte_ms":5,"request_size":1,"response_size":2,"user_agent":"curl"}'),
    ('b', 'default', 1800000000000000, null, null, null, null, 'echo', 'echo', 502, FALSE, null, 0, '[]', null,
     '{"seed":null,"step":0,"streamed":false,"cause":"broken","usage":null,"custom_cost":false,"first_byte_ms":null,"request_size":1,"response_size":2,"user_agent":null}'),
    ('c', 'other', 1800000000001000, null, null, null, null, 'echo', 'echo', 200, TRUE, 0, 70000, '[]', '{"user": "u"}',
     '{"seed":null,"step":0,"streamed":false,"cause":null,"usage":{"input":0,"cache_read":20,"output":4,"reasoning":1},"custom_cost":false,"first_byte_ms":null,"request_size":1,"response_size":2,"user_agent":"curl"}')"#;

async fn logs_of_before_they_could_be_searched_are_found(database: Database) {
    let home = Home::new(database).await;
    home.store.close().await;
    let folder = if database == Database::Sqlite { "sqlite" } else { "postgres" };
    let migrations =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder).join("logs");
    let mut raw = home.log_raw().await;
    for table in [
        "logs",
        "log_gateways",
        "log_kinds",
        "log_details",
        "log_payloads",
        "log_texts",
        "log_tags",
        "log_walks",
        "log_tokens",
        "log_own",
    ] {
        raw.execute(&format!("drop table {table}")).await.unwrap();
    }
    for file in ["0001_start.sql", "", "0002_search.sql", "0006_walks.sql", "0007_loose_kinds.sql"]
    {
        let sql = if file.is_empty() {
            BEFORE.to_owned()
        } else {
            std::fs::read_to_string(migrations.join(file)).unwrap()
        };
        raw.execute(&sql).await.unwrap();
    }
    let home = home.reopened().await;
    let logs = home.store.logs();
    let a = logs.get(&home.gateway, "a").await.unwrap().record;
    assert_eq!(
        (a.created_at_ms, a.cost, a.token.as_deref()),
        (1_800_000_000_000, Some(12_345), Some("t1"))
    );
    assert_eq!(a.usage, Some(chat::Usage { input: 3, output: 4, ..Default::default() }));
    assert_eq!(
        (a.entry.path.as_str(), a.entry.response_content_type.as_str()),
        ("chat/completions", "text/event-stream")
    );
    let found = async |gateway: &str, field, operator, value: LogValue| {
        let filters = vec![LogFilter { field, operator, values: vec![value] }];
        let asked = LogQuery { filters, ascending: true, ..LogQuery::default() };
        let (found, total) = logs.list(&gateway.into(), &asked, ALL).await.unwrap();
        assert_eq!(u64::try_from(found.len()).unwrap(), total);
        found.into_iter().map(|it| it.record.id).collect::<String>()
    };
    use LogOperator::{Eq, Gt, Lt, Neq};
    for (field, operator, value, wanted) in [
        (LogField::MetadataKey, Eq, "user".into(), "a"),
        (LogField::MetadataValue, Eq, "true".into(), "a"),
        (LogField::MetadataValue, Eq, "5".into(), "a"),
        (LogField::MetadataValue, Neq, "u".into(), "b"),
        (LogField::UserAgent, Eq, "curl".into(), "a"),
        (LogField::UserAgent, Eq, LogValue::Null, "b"),
        (LogField::Cost, Gt, LogValue::Int(12_344), "a"),
        (LogField::Cost, Lt, LogValue::Int(12_345), ""),
        (LogField::Tokens, Eq, LogValue::Int(7), "a"),
        (LogField::TokensIn, Eq, LogValue::Null, "b"),
        (LogField::Duration, Lt, LogValue::Int(1), "b"),
        (LogField::Success, Neq, true.into(), "b"),
        (LogField::CreatedAt, Gt, LogValue::Int(0), "ab"),
        (LogField::Route, Eq, "r1".into(), "a"),
        (LogField::Route, Eq, "support".into(), "a"),
        (LogField::Route, Eq, LogValue::Null, "b"),
        (LogField::Version, Neq, "v1".into(), "b"),
        (LogField::Element, Eq, "m".into(), "a"),
        (LogField::Edge, Eq, "is-paid.true".into(), "a"),
        (LogField::Edge, Eq, "is-paid.false".into(), ""),
        (LogField::Token, Eq, "t1".into(), "a"),
        (LogField::Token, Eq, LogValue::Null, "b"),
    ] {
        assert_eq!(
            found("default", field, operator, value).await,
            wanted,
            "{field:?} {operator:?}"
        );
    }
    assert_eq!(found("other", LogField::TokensIn, Eq, LogValue::Int(20)).await, "c");
    assert_eq!(found("other", LogField::Duration, Gt, LogValue::Int(69_999)).await, "c");
    logs.append(&[record("a", 1), record("d", 1)]).await.unwrap();
    assert_eq!(found("default", LogField::MetadataValue, Eq, "u".into()).await, "da");
    assert_eq!(found("default", LogField::Token, Eq, "t1".into()).await, "da");
    assert_eq!(found("default", LogField::Edge, Lt, "n".into()).await, "da");
    assert_eq!(logs.held(&home.gateway).await.unwrap(), 3);
}

async fn prices_are_put_listed_and_deleted(database: Database) {
    let home = Home::new(database).await;
    let prices = home.store.prices();
    let it = price(&home.gateway);
    for gateway in [Some(&home.gateway), None] {
        let it = PriceOverride { gateway: gateway.cloned(), ..it.clone() };
        let first = prices.put(&me(), it.clone()).await.unwrap();
        let second =
            prices.put(&me(), PriceOverride { price: "{}".into(), ..it.clone() }).await.unwrap();
        assert!(second.version > first.version && second.effective_from >= first.effective_from);
        assert_eq!(prices.list(gateway).await.unwrap(), [second]);
        prices.delete(&me(), gateway, &it.provider, &it.model).await.unwrap();
        let gone = prices.delete(&me(), gateway, &it.provider, &it.model).await;
        assert!(matches!(gone, Err(Error::NotFound("price"))));
        assert_eq!(prices.list(gateway).await.unwrap(), []);
    }
    let nowhere = PriceOverride { gateway: Some("none".into()), ..it.clone() };
    assert!(matches!(prices.put(&me(), nowhere).await, Err(Error::NotFound("gateway"))));
    let (history, total) = prices.history(ALL).await.unwrap();
    let told: Vec<_> =
        history.iter().map(|it| (it.gateway.is_some(), it.price.as_deref())).collect();
    let each = |here| [(here, None), (here, Some("{}")), (here, Some(&*it.price))];
    assert_eq!((told, total), ([each(false), each(true)].concat(), 6));
}

async fn the_newest_imported_price_list_is_found_and_older_ones_stay(database: Database) {
    let home = Home::new(database).await;
    let prices = home.store.prices();
    assert_eq!(prices.imported().await.unwrap(), None);
    let before = home.store.revision().await.unwrap();
    prices.import(&me(), "mine (1)", "{}").await.unwrap();
    prices.import(&me(), "mine (2)", "{\"a\": 1}").await.unwrap();
    assert_eq!(home.store.revision().await.unwrap(), before + 2);
    let newest = prices.imported().await.unwrap().unwrap();
    assert_eq!((&*newest.version, &*newest.body), ("mine (2)", "{\"a\": 1}"));
    assert_eq!(prices.newest_import().await.unwrap(), Some(newest.id));
}

async fn a_provider_cost_lives_and_goes_with_its_provider(database: Database) {
    let home = Home::new(database).await;
    let costs = home.store.provider_costs();
    let provider =
        home.store.custom_providers().create(&me(), providers::custom("lab")).await.unwrap();
    let new = cost(&provider.id);
    let nowhere = store::ProviderCost { provider_id: "none".into(), ..new.clone() };
    assert!(matches!(costs.create(&me(), nowhere).await, Err(Error::NotFound("custom provider"))));
    let made = costs.create(&me(), new.clone()).await.unwrap();
    let change = |it: &mut store::ProviderCost| {
        (it.enable, it.model) = (false, "n".into());
        Ok::<_, Error>(())
    };
    let changed = costs.update(&me(), &made.id, change).await.unwrap();
    assert!(changed.modified_at > made.modified_at && !changed.enable);
    assert_eq!(costs.get(&made.id).await.unwrap(), changed);
    let other = costs.create(&me(), new).await.unwrap();
    assert_eq!(costs.list(ALL).await.unwrap(), (vec![changed.clone(), other.clone()], 2));
    assert_eq!(costs.delete(&me(), &other.id).await.unwrap(), other);
    assert!(matches!(costs.get(&other.id).await, Err(Error::NotFound("provider cost"))));
    home.store.custom_providers().delete(&me(), &provider.id).await.unwrap();
    assert_eq!(costs.all().await.unwrap(), []);
}

/// PostgreSQL says so by a state of its own; it is made to say it.
#[tokio::test]
async fn a_server_whose_disk_is_full_is_told_from_one_that_is_away() {
    let home = Home::new(Database::Postgres).await;
    let mut raw = home.log_raw().await;
    raw.execute(
        "create function no_room() returns trigger language plpgsql as \
         $$ begin raise exception using errcode = '53100', message = 'could not extend file'; end $$; \
         create trigger no_room before insert on logs execute function no_room()",
    )
    .await
    .unwrap();
    let refused = home.store.logs().append(&[record("l", 1)]).await;
    assert!(matches!(&refused, Err(it @ Error::Full(_)) if it.is_temporary()), "{refused:?}");
    raw.execute("drop trigger no_room on logs").await.unwrap();
    home.store.logs().append(&[record("l", 1)]).await.unwrap();
}

on_each_database![
    the_newest_imported_price_list_is_found_and_older_ones_stay,
    a_provider_cost_lives_and_goes_with_its_provider,
    a_record_comes_back_as_it_went_in,
    the_total_of_all_logs_is_kept_and_not_counted,
    a_payload_comes_back_as_it_went_in_and_is_compressed,
    a_gateway_that_stops_takes_as_many_logs_as_it_may,
    the_oldest_logs_go_with_everything_of_them,
    a_log_is_changed_and_the_audit_log_says_so,
    logs_of_before_they_could_be_searched_are_found,
    logs_are_filtered_ordered_and_paged,
    prices_are_put_listed_and_deleted,
];
