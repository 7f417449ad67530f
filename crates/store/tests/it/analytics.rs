//! Requests summed up, on a real store.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use store::AnalyticsDimension::{Element, Gateway, Key, Metadata, Model, Provider, Route, Version};
use store::{
    AnalyticsAnswer, AnalyticsDimension, AnalyticsOrder, AnalyticsQuery, Apart, Bucket, Counted,
    Sums, Tally,
};
use telemetry::Record;

use super::*;
use crate::logs::record;

mod calls;
mod gateways;

/// 2026-11-26T00:00:00Z
const DAY: i64 = 1_795_651_200;

fn request(at: i64, (route, model, token, user): (usize, usize, usize, usize)) -> Record {
    let path = r#"[{"element":"start","type":"start","outcome":"next"},{"element":"m0","type":"model","outcome":"fallback","attempts":[]},{"element":"m1","type":"model","outcome":"success","attempts":[]},{"element":"end","type":"end","outcome":"end"}]"#;
    Record {
        created_at_ms: at.unsigned_abs() * 1000 + 7,
        gateway: "default".into(),
        route: (route > 0).then(|| (format!("r{route}").into(), "name".to_owned())),
        version: (route > 0).then(|| format!("v{route}").into()),
        token: (token > 0).then(|| format!("t{token}")),
        path: if route > 0 { path.to_owned() } else { "[]".to_owned() },
        step: 1,
        provider: format!("p{}", model % 2),
        model: format!("m{model}"),
        success: model != 2,
        cached: model == 3,
        streamed: token != 1,
        cost: (model != 1).then_some(u64::try_from(model * 1_000 + 1).unwrap()),
        usage: Some(chat::Usage { input: 3, cache_read: 2, output: 5, ..chat::Usage::default() }),
        duration_ms: u64::try_from(user * user * 13 + 1).unwrap(),
        first_byte_ms: Some(u64::try_from(user * 7).unwrap()),
        metadata: (user > 0).then(|| format!(r#"{{"user":"u{user}","n":{user}}}"#)),
        ..record("id", 0)
    }
}

fn asked(bucket: Bucket, groups: &[AnalyticsDimension]) -> AnalyticsQuery {
    AnalyticsQuery {
        of: Counted::Requests,
        bucket,
        start: DAY,
        end: DAY + 86_400,
        groups: groups.to_vec(),
        filters: Vec::new(),
        most: 1_000,
        order: AnalyticsOrder::Requests,
    }
}

fn value(it: &Record, dimension: &AnalyticsDimension) -> Option<String> {
    match dimension {
        Gateway => Some(it.gateway.as_str().to_owned()),
        Route => it.route.as_ref().map(|(id, _)| id.as_str().to_owned()),
        Version => it.version.as_ref().map(|it| it.as_str().to_owned()),
        Element => (it.route.is_some() && it.success).then(|| "m1".to_owned()),
        Provider => Some(it.provider.clone()),
        Model => Some(it.model.clone()),
        Key => it.token.clone(),
        Metadata(name) => {
            let all: serde_json::Value = serde_json::from_str(it.metadata.as_deref()?).unwrap();
            let found = &all[name];
            found.as_str().map(str::to_owned).or_else(|| Some(found.to_string()))
        }
    }
}

type Naive = BTreeMap<Vec<Option<String>>, BTreeMap<i64, Sums>>;

/// Sums added up one by one from the records themselves.
fn naive(records: &[Record], asked: &AnalyticsQuery) -> Naive {
    let mut all = Naive::new();
    for it in records {
        let wanted = asked.filters.iter().all(|(by, want)| value(it, by).as_ref() == Some(want));
        let group: Vec<_> = asked.groups.iter().map(|by| value(it, by)).collect();
        let absent =
            asked.groups.iter().any(|by| matches!(by, Metadata(_)) && value(it, by).is_none());
        if !wanted || absent {
            continue;
        }
        let seconds = i64::try_from(it.created_at_ms / 1000).unwrap();
        let start = seconds - seconds % asked.bucket.seconds();
        let sums = all.entry(group).or_default().entry(start).or_default();
        let usage = it.usage.filter(|_| !it.cached);
        sums.requests += 1;
        sums.errors += u64::from(!it.success);
        sums.cached += u64::from(it.cached);
        sums.cost += it.cost.unwrap_or(0);
        sums.unpriced += u64::from(usage.is_some() && it.cost.is_none());
        sums.tokens_in += usage.map_or(0, |it| it.input + it.cache_read);
        sums.tokens_out += usage.map_or(0, |it| it.output);
        sums.cache_read += usage.map_or(0, |it| it.cache_read);
        sums.duration_ms.record(it.duration_ms);
        if it.streamed {
            sums.first_token_ms.record(it.first_byte_ms.unwrap());
        }
    }
    all
}

fn shown(answer: &AnalyticsAnswer) -> Naive {
    answer.groups.iter().map(|it| (it.group.clone(), it.points.clone())).collect()
}

fn groupings() -> Vec<Vec<AnalyticsDimension>> {
    let single = [Route, Version, Element, Provider, Model, Key];
    let mut all: Vec<_> = single.into_iter().map(|it| vec![it]).collect();
    all.push(vec![Provider, Model]);
    all.push(vec![Route, Model]);
    all.push(vec![Version, Element]);
    all.push(vec![Model, Version]);
    all.push(vec![Route, Provider, Model]);
    all.push(vec![Key, Model]);
    all.push(vec![Model, Key, Route]);
    all.push(vec![Metadata("user".into()), Provider]);
    all.push(vec![Route, Metadata("user".into()), Model]);
    all.push(vec![Metadata("user".into())]);
    all.push(vec![Metadata("n".into())]);
    all
}

/// Everything about these records, however they came in.
async fn compare(store: &Store, records: &[Record]) {
    let gateway = GatewayId::from("default");
    for bucket in Bucket::ALL {
        let whole = asked(bucket, &[]);
        let answer = store.analytics().query(&gateway, &whole).await.unwrap();
        let expected = naive(records, &whole).remove(&Vec::new()).unwrap_or_default();
        assert_eq!(answer.total.points, expected);
        for groups in groupings() {
            let query = asked(bucket, &groups);
            if query.apart().is_some() {
                continue;
            }
            let grouped = store.analytics().query(&gateway, &query).await.unwrap();
            assert_eq!(shown(&grouped), naive(records, &query), "{groups:?} {bucket:?}");
            assert_eq!(grouped.total, answer.total, "{groups:?} {bucket:?}");
            let mut sum = grouped.rest.total;
            grouped.groups.iter().for_each(|it| sum.add(&it.total));
            assert_eq!(sum, answer.total.total);
        }
    }
}

fn requests() -> impl Strategy<Value = Vec<Record>> {
    let dice = (0..3_usize, 0..4_usize, 0..4_usize, 0..9_usize);
    vec((DAY..DAY + 10_000, dice).prop_map(|(at, dice)| request(at, dice)), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn roll_ups_are_what_adding_up_the_records_gives_however_they_came_in_batches(
        records in requests(),
        batch in 1..25_usize,
        flush in select(vec![1_usize, 3, 100]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let home = Home::new(Database::Sqlite).await;
            for batches in records.chunks(batch).collect::<Vec<_>>().chunks(flush) {
                let mut tally = Tally::default();
                batches.iter().for_each(|it| tally.count(it));
                home.store.analytics().add(&tally).await.unwrap();
            }
            compare(&home.store, &records).await;
        });
    }
}

async fn the_largest_of_a_time_of_any_length_are_found(database: Database) {
    let home = Home::new(database).await;
    // One request every five hours, for 44 days; of each week another model has most.
    let records: Vec<_> = (0..210_usize)
        .map(|it| {
            let week = it * 5 / 168;
            let model = if it % 3 == 0 { it % 5 } else { week % 5 };
            request(DAY + i64::try_from(it).unwrap() * 18_000, (1 + it % 2, model, it % 4, 1))
        })
        .collect();
    let mut tally = Tally::default();
    tally.count(&records);
    home.store.analytics().add(&tally).await.unwrap();
    for bucket in [Bucket::Hour, Bucket::Day] {
        for (skipped, length) in [(0, 44), (1, 2), (3, 9), (5, 30), (13, 16), (20, 24)] {
            for groups in [vec![Model, Version], vec![Element], vec![Route, Model], vec![Key]] {
                let start = DAY + skipped * 86_400 + 7_200;
                let (start, end) = match bucket {
                    Bucket::Day => (start - 7_200, start - 7_200 + length * 86_400),
                    _ => (start, start + length * 86_400 + 3_600),
                };
                let query = AnalyticsQuery { start, end, most: 2, ..asked(bucket, &groups) };
                let of_time = |it: &&Record| {
                    let at = i64::try_from(it.created_at_ms / 1000).unwrap();
                    (start..end).contains(&at)
                };
                let records: Vec<_> = records.iter().filter(of_time).cloned().collect();
                let requests = |it: &BTreeMap<i64, Sums>| it.values().map(|it| it.requests).sum();
                let naive = naive(&records, &query);
                let mut sizes: Vec<u64> = naive.values().map(requests).collect();
                sizes.sort_unstable_by(|a, b| b.cmp(a));
                sizes.truncate(2);
                let answer = home.store.analytics().query(&home.gateway, &query).await.unwrap();
                let shown: Vec<u64> = answer.groups.iter().map(|it| it.total.requests).collect();
                assert_eq!(shown, sizes, "{query:?}");
                assert!(answer.groups.iter().all(|it| naive[&it.group] == it.points), "{query:?}");
            }
        }
    }
}

async fn nodes_add_to_the_same_rows_and_none_twice(database: Database) {
    let home = Home::new(database).await;
    let records: Vec<_> = (0..120)
        .map(|it| request(DAY + i64::try_from(it).unwrap() * 60, (it % 3, it % 4, it % 5, it % 9)))
        .collect();
    let tasks = records.chunks(30).map(|part| {
        let (store, part) = (home.store.clone(), part.to_vec());
        tokio::spawn(async move {
            for records in part.chunks(5) {
                let mut tally = Tally::default();
                tally.count(records);
                store.analytics().add(&tally).await.unwrap();
                store.analytics().add(&tally).await.unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    compare(&home.store, &records).await;
    let home = home.reopened().await;
    compare(&home.store, &records).await;
}

async fn filters_leave_what_they_name(database: Database) {
    let home = Home::new(database).await;
    let records: Vec<_> =
        (0..200).map(|it| request(DAY, (it % 3, it % 4, it % 5, it % 9))).collect();
    let mut tally = Tally::default();
    tally.count(&records);
    home.store.analytics().add(&tally).await.unwrap();
    let cases = [
        (vec![Model], vec![(Provider, "p0")]),
        (vec![], vec![(Route, "r1"), (Model, "m2")]),
        (vec![], vec![(Key, "t2")]),
        (vec![Key], vec![(Key, "t2")]),
        (vec![], vec![(Metadata("user".into()), "u3")]),
        (vec![], vec![(Model, "absent")]),
        (vec![], vec![(Key, "absent")]),
        (vec![Model], vec![(Route, "r1"), (Version, "v1")]),
        (vec![Version], vec![(Model, "m1")]),
        (vec![Route, Model], vec![(Key, "t2")]),
        (vec![Key], vec![(Model, "m2"), (Route, "r2")]),
        (vec![], vec![(Key, "t1"), (Model, "m2")]),
        (vec![Model], vec![(Metadata("user".into()), "u3")]),
        (vec![Metadata("user".into())], vec![(Provider, "p1")]),
        (vec![Provider], vec![(Metadata("n".into()), "4"), (Route, "r2")]),
    ];
    for (groups, filters) in cases {
        let filters = filters.into_iter().map(|(by, value)| (by, value.to_owned())).collect();
        let query = AnalyticsQuery { filters, ..asked(Bucket::Hour, &groups) };
        let answer = home.store.analytics().query(&home.gateway, &query).await.unwrap();
        let expected = naive(&records, &query);
        let whole = naive(&records, &AnalyticsQuery { groups: Vec::new(), ..query.clone() });
        let total: Vec<_> = whole.values().flat_map(BTreeMap::values).collect();
        assert_eq!(
            answer.total.total.requests,
            total.iter().map(|it| it.requests).sum::<u64>(),
            "{query:?}"
        );
        if !groups.is_empty() {
            assert_eq!(shown(&answer), expected, "{query:?}");
        }
    }
}

#[test]
fn what_is_not_summed_up_together_is_told_from_what_is_but_not_by_the_minute() {
    let user = || Metadata("user".into());
    for groups in [
        vec![Key, Version],
        vec![Element, Key],
        vec![Key, user()],
        vec![user(), Version],
        vec![user(), Metadata("n".into())],
    ] {
        assert_eq!(asked(Bucket::Day, &groups).apart(), Some(Apart::Dimensions), "{groups:?}");
    }
    for groups in [vec![user()], vec![Key, Model], vec![user(), Route]] {
        assert_eq!(asked(Bucket::Minute, &groups).apart(), Some(Apart::Minutes), "{groups:?}");
        assert_eq!(asked(Bucket::Hour, &groups).apart(), None, "{groups:?}");
    }
    assert_eq!(asked(Bucket::Minute, &[Version, Element, Model]).apart(), None);
}

async fn rare_combinations_are_folded_and_what_is_shown_is_never_too_much(database: Database) {
    let home = Home::new(database).await;
    let mut records = Vec::new();
    for token in 1..300_usize {
        for _ in 0..=(usize::from(token < 10) * 5) {
            records.push(request(DAY, (1, 0, token, 0)));
        }
    }
    for part in records.chunks(100) {
        let mut tally = Tally::default();
        tally.count(part);
        home.store.analytics().add(&tally).await.unwrap();
    }
    let mut query = asked(Bucket::Hour, &[Key, Model]);
    query.most = 9;
    let answer = home.store.analytics().query(&home.gateway, &query).await.unwrap();
    assert_eq!(answer.total.total.requests, 344);
    assert!(answer.groups.iter().all(|it| it.total.requests == 6), "{answer:?}");
    assert_eq!(answer.rest.total.requests, 344 - 54);
    assert!(answer.folded > 0 && answer.folded < 290, "{}", answer.folded);
    let sql = "select count(*) from log_rollups where view = 10 and bucket = 3600";
    let rows = home.log_raw().await.number(sql).await;
    assert!(rows <= 232, "{rows}");
    let one = AnalyticsQuery { filters: vec![(Key, "t3".into())], ..asked(Bucket::Hour, &[Model]) };
    let answer = home.store.analytics().query(&home.gateway, &one).await.unwrap();
    assert_eq!(answer.total.total.requests, 6);
}

async fn a_filter_takes_a_value_to_the_letter(database: Database) {
    let home = Home::new(database).await;
    let names = [
        "a%b",
        "a_b",
        "aXb",
        r"a\b",
        r"a\\b",
        r#"a"b"#,
        "A%B",
        "[a]",
        "ä",
        "a\0b",
        "a\t\u{1}b",
        "\u{10ffff}0",
        "😀",
        "null",
        "",
    ];
    let mut tally = Tally::default();
    for name in names {
        tally.count(&[Record { model: name.into(), ..request(DAY, (1, 0, 1, 1)) }]);
    }
    home.store.analytics().add(&tally).await.unwrap();
    for name in names {
        let filters = vec![(Model, name.to_owned())];
        let query = AnalyticsQuery { filters, ..asked(Bucket::Hour, &[Version, Model]) };
        let answer = home.store.analytics().query(&home.gateway, &query).await.unwrap();
        assert_eq!(answer.total.total.requests, 1, "{name}");
        assert_eq!(answer.groups.len(), 1, "{name}");
        assert_eq!(answer.groups[0].group[1].as_deref(), Some(name));
    }
}

async fn the_largest_groups_are_shown_and_the_rest_is_whole(database: Database) {
    let home = Home::new(database).await;
    let mut tally = Tally::default();
    for user in 1..600_usize {
        for _ in 0..=(usize::from(user < 10) * 5) {
            tally.count(&[request(DAY, (1, 0, user, user))]);
        }
    }
    home.store.analytics().add(&tally).await.unwrap();
    let mut query = asked(Bucket::Hour, &[Metadata("user".into())]);
    query.most = 9;
    let answer = home.store.analytics().query(&home.gateway, &query).await.unwrap();
    assert_eq!(answer.total.total.requests, 644);
    let mut names: Vec<_> = answer.groups.iter().map(|it| it.group[0].clone().unwrap()).collect();
    names.sort();
    assert_eq!(names, (1..10).map(|it| format!("u{it}")).collect::<Vec<_>>());
    assert!(answer.groups.iter().all(|it| it.total.requests == 6));
    assert_eq!(answer.rest.total.requests, 590);
    assert!(answer.folded > 300, "{}", answer.folded);
    let rows = home
        .log_raw()
        .await
        .number("select count(*) from log_rollups where view = 3 and bucket = 3600")
        .await;
    assert!(rows <= 232, "{rows}");
    let mut query = asked(Bucket::Hour, &[Key]);
    query.most = 3;
    let answer = home.store.analytics().query(&home.gateway, &query).await.unwrap();
    assert_eq!((answer.groups.len(), answer.rest.total.requests), (3, 644 - 18));
    assert_eq!(answer.folded, 0);
}

async fn a_group_has_all_of_its_keys_however_many(database: Database) {
    let home = Home::new(database).await;
    let mut tally = Tally::default();
    for version in 0..1_300 {
        let version = Some(format!("v{version}").into());
        tally.count(&[Record { version, ..request(DAY, (1, 0, 1, 1)) }]);
    }
    tally.count(&[request(DAY, (2, 2, 1, 1))]);
    home.store.analytics().add(&tally).await.unwrap();
    let answer =
        home.store.analytics().query(&home.gateway, &asked(Bucket::Hour, &[Element])).await;
    let groups = answer.unwrap().groups;
    let requests: Vec<_> =
        groups.iter().map(|it| (it.group[0].as_deref(), it.total.requests)).collect();
    assert_eq!(requests, [(Some("m1"), 1_300), (None, 1)]);
}

async fn sums_are_exact_where_one_number_of_the_database_ends(database: Database) {
    let home = Home::new(database).await;
    let largest = u64::try_from(i64::MAX).unwrap();
    for (day, cost) in [(0, largest), (1, largest), (2, 5), (3, u64::MAX)] {
        let mut tally = Tally::default();
        let at = DAY + day * 86_400;
        tally.count(&[Record { cost: Some(cost), ..request(at, (1, 0, 1, 1)) }]);
        home.store.analytics().add(&tally).await.unwrap();
    }
    for (days, cost) in [(1, largest), (2, 2 * largest), (3, u64::MAX), (4, u64::MAX)] {
        let query = AnalyticsQuery {
            end: DAY + days * 86_400,
            order: AnalyticsOrder::Cost,
            ..asked(Bucket::Day, &[Model])
        };
        let answer = home.store.analytics().query(&home.gateway, &query).await.unwrap();
        assert_eq!(answer.total.total.cost, cost, "{days}");
        assert_eq!(answer.groups[0].total.cost, cost, "{days}");
    }
}

async fn edges_count_what_came_through_each_output(database: Database) {
    let home = Home::new(database).await;
    let mut tally = Tally::default();
    let records: Vec<_> = (0..40).map(|it| request(DAY, (it % 2, it % 4, 1, 1))).collect();
    tally.count(&records);
    home.store.analytics().add(&tally).await.unwrap();
    let query = asked(Bucket::Hour, &[]);
    let edges = home.store.analytics().edges(&home.gateway, &"r1".into(), &query).await.unwrap();
    let told: Vec<_> = edges
        .iter()
        .map(|it| (&*it.version, &*it.element, &*it.outcome, it.sums.requests))
        .collect();
    assert_eq!(
        told,
        [
            ("v1", "end", "end", 20),
            ("v1", "m0", "fallback", 20),
            ("v1", "m1", "success", 20),
            ("v1", "start", "next", 20)
        ]
    );
    assert!(edges.iter().all(|it| it.own.is_none()), "no element called anybody");
    let other = home.store.analytics().edges(&home.gateway, &"r".into(), &query).await.unwrap();
    assert_eq!(other, []);
}

async fn the_own_part_of_an_element_is_how_long_its_calls_took(database: Database) {
    let home = Home::new(database).await;
    let mut tally = Tally::default();
    let path = r#"[{"element":"a","type":"model","outcome":"fallback","attempts":[{"ms":3},{"ms":4}]},{"element":"b","type":"model","outcome":"success","attempts":[{"ms":20}]}]"#;
    let called = Record { path: path.to_owned(), ..request(DAY, (1, 1, 1, 9)) };
    let cached = Record { path: path.replace("{\"ms\":20}", ""), ..called.clone() };
    let kind = telemetry::Entry::COUNT_TOKENS.to_owned();
    let counting = telemetry::Entry { kind, ..called.entry.clone() };
    // Counting tokens is no call of a model.
    let counting = Record { entry: counting, ..called.clone() };
    tally.count(&[called, cached, counting]);
    home.store.analytics().add(&tally).await.unwrap();
    let query = asked(Bucket::Day, &[]);
    let skipped = r#"[{"element":"a","type":"model","outcome":"fallback","attempts":[{"ms":0,"cause":"breaker"}]}]"#;
    let mut tally = Tally::default();
    tally.count(&[Record { path: skipped.to_owned(), ..request(DAY, (1, 1, 1, 9)) }]);
    home.store.analytics().add(&tally).await.unwrap();
    let edges = home.store.analytics().edges(&home.gateway, &"r1".into(), &query).await.unwrap();
    let told: Vec<_> = edges
        .iter()
        .map(|it| {
            let own = it.own.as_ref().unwrap();
            (&*it.element, it.sums.requests, own.requests, own.duration_ms.percentile(99))
        })
        .collect();
    assert_eq!(
        told,
        [("a", 3, 2, Some(7)), ("b", 2, 1, Some(20))],
        "nobody was called where the answer was kept, nor where the breaker was open"
    );
}

async fn what_is_old_and_what_is_of_a_deleted_gateway_is_deleted(database: Database) {
    let home = Home::new(database).await;
    let mut tally = Tally::default();
    tally.count(&[request(DAY, (1, 1, 1, 1))]);
    home.store.analytics().add(&tally).await.unwrap();
    let rows = async |bucket: i64| {
        let sql = format!("select count(*) from log_rollups where bucket = {bucket}");
        home.log_raw().await.number(&sql).await
    };
    // Of seven views without elements and metadata (four of them by the minute too) and two values of metadata in two views; and four edges.
    assert_eq!((rows(60).await, rows(3600).await, rows(86_400).await), (9, 16, 16));
    home.store.analytics().forget_expired(DAY + 4 * 86_400).await.unwrap();
    assert_eq!((rows(60).await, rows(3600).await, rows(86_400).await), (0, 16, 16));
    home.store.analytics().forget_expired(DAY + 102 * 86_400).await.unwrap();
    assert_eq!((rows(3600).await, rows(86_400).await), (0, 16));
    home.store.gateways().delete(&me(), &home.gateway, true).await.unwrap();
    assert_eq!(rows(86_400).await, 0);
}

on_each_database![
    the_largest_of_a_time_of_any_length_are_found,
    nodes_add_to_the_same_rows_and_none_twice,
    filters_leave_what_they_name,
    a_filter_takes_a_value_to_the_letter,
    a_group_has_all_of_its_keys_however_many,
    sums_are_exact_where_one_number_of_the_database_ends,
    the_largest_groups_are_shown_and_the_rest_is_whole,
    edges_count_what_came_through_each_output,
    rare_combinations_are_folded_and_what_is_shown_is_never_too_much,
    the_own_part_of_an_element_is_how_long_its_calls_took,
    what_is_old_and_what_is_of_a_deleted_gateway_is_deleted,
];
