//! Request logs on a real store: appended, listed, forgotten.

use route::ids::GatewayId;
use store::{Error, LogQuery, PriceOverride};
use telemetry::Record;

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
        entry: telemetry::Entry::default(),
        cached: false,
        finish: None,
        costs: None,
        times: telemetry::Times::default(),
        decision: None,
        trace: None,
        payload: None,
    }
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
        ..record("bare", 2)
    };
    let batch = [record("full", 1), bare];
    home.store.logs().append(&batch).await.unwrap();
    home.store.logs().append(&batch).await.unwrap();
    let home = home.reopened().await;
    for it in &batch {
        let read = home.store.logs().get(&home.gateway, &it.id).await.unwrap();
        assert_eq!(format!("{read:?}"), format!("{it:?}"));
    }
    assert_eq!(
        home.store.logs().list(&home.gateway, &LogQuery::default(), ALL).await.unwrap().1,
        2
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
        (found.into_iter().map(|it| it.created_at_ms).collect::<Vec<_>>(), total)
    };
    let query = LogQuery::default;
    let three = Page { page: 2, per_page: 3 };
    assert_eq!(list(query(), three).await, (vec![2496, 2495, 2494], 2500));
    assert_eq!(list(LogQuery { ascending: true, ..query() }, three).await, (vec![3, 4, 5], 2500));
    assert_eq!(
        list(LogQuery { success: Some(false), ..query() }, three).await,
        (vec![2493, 2491, 2489], 1250)
    );
    let groq = LogQuery { provider: Some("groq".into()), success: Some(true), ..query() };
    assert_eq!(list(groq, three).await, (vec![2460, 2450, 2440], 250));
    assert_eq!(
        list(LogQuery { model: Some("none\0'".into()), ..query() }, three).await,
        (vec![], 0)
    );
    let time = LogQuery { start: Some(10_000), end: Some(12_000), ascending: true, ..query() };
    assert_eq!(list(time, ALL).await, (vec![10, 11, 12], 3));
}

#[tokio::test]
async fn the_list_of_logs_uses_its_index() {
    let home = Home::new(Database::Sqlite).await;
    let url = url(home.dir.path()).replace("pointsman.db", "pointsman-logs.db");
    let raw = sqlx::SqlitePool::connect(&url).await.unwrap();
    let plan = "explain query plan select * from logs where gateway_id = 'a' order by created_at desc, id desc limit 5";
    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(plan).fetch_all(&raw).await.unwrap();
    assert_eq!(steps.len(), 1, "no sorting: {steps:?}");
    assert!(
        steps[0].3.contains("using index logs_by_age")
            || steps[0].3.contains("USING INDEX logs_by_age"),
        "{steps:?}"
    );
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

on_each_database![
    the_newest_imported_price_list_is_found_and_older_ones_stay,
    a_provider_cost_lives_and_goes_with_its_provider,
    a_record_comes_back_as_it_went_in,
    logs_are_filtered_ordered_and_paged,
    prices_are_put_listed_and_deleted,
];
