//! Filters on request logs against a naive evaluation of the same records.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use store::{LogField, LogFilter, LogOperator, LogOrder, LogQuery, LogValue, Side, StoredLog};
use telemetry::{Entry, Record};

use super::*;

const TEXTS: [&str; 7] = ["a", "ab", "B", "a%", "a_b", "ä\\", "a/b"];
/// Kept without parameters and in lower case.
const CONTENT_TYPES: [&str; 3] = ["a", "a/b", "ab"];

/// A log and what the test knows of it besides.
#[derive(Clone, Debug)]
struct Known {
    record: Record,
    metadata: Vec<(String, String)>,
    feedback: Option<i64>,
    /// Elements walked, with their outputs.
    steps: Vec<(String, String)>,
}

fn text() -> impl Strategy<Value = String> {
    select(&TEXTS[..]).prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![0_i64..4, 14_i64..20, 250_i64..260, Just(4_096), Just(1_000_000_007)]
}

fn entries() -> impl Strategy<Value = Vec<(String, String)>> {
    proptest::collection::btree_map(text(), text(), 0..3).prop_map(|it| it.into_iter().collect())
}

/// A route with its name, a version, and what was walked; nothing on a direct call.
type Way = (Option<(String, String)>, Option<String>, Vec<(String, String)>);

fn way() -> impl Strategy<Value = Way> {
    let steps = proptest::collection::vec((text(), select(vec!["success", "a", "b.a"])), 0..4);
    let steps = steps.prop_map(|it| it.into_iter().map(|(id, out)| (id, out.to_owned())).collect());
    prop_oneof![
        1 => Just((None, None, vec![])),
        4 => (text(), text(), text(), steps)
            .prop_map(|(id, name, version, steps)| (Some((id, name)), Some(version), steps)),
    ]
}

fn known(at: u64) -> impl Strategy<Value = Known> {
    let content_type = select(&CONTENT_TYPES[..]).prop_map(str::to_owned);
    let texts =
        (text(), text(), content_type, proptest::option::of(text()), proptest::option::of(text()));
    let numbers =
        (proptest::option::of(number()), proptest::option::of((number(), number())), number());
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let more = (entries(), proptest::option::of(-1_i64..2), way(), proptest::option::of(text()));
    (texts, numbers, flags, more).prop_map(
        move |(texts, (cost, tokens, duration), flags, (metadata, feedback, way, token))| {
            let (route, version, steps) = way;
            let step = |(id, out): &(String, String)| {
                serde_json::json!({"element": id, "type": "model", "outcome": out, "at_us": at})
            };
            let path = steps.iter().map(step).collect::<serde_json::Value>();
            let (provider, model, content_type, event_id, user_agent) = texts;
            let size = |it: i64| it.unsigned_abs();
            let json: serde_json::Map<_, _> =
                metadata.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
            let record = Record {
                // Times that repeat now and then, in no order.
                created_at_ms: 1_800_000_000_000 + (at * 7919) % 1000,
                route: route.map(|(id, name)| (id.into(), name)),
                version: version.map(Into::into),
                token,
                path: path.to_string(),
                provider,
                model,
                success: flags.0,
                cached: flags.1,
                cost: cost.map(size),
                usage: tokens.map(|(input, output)| chat::Usage {
                    input: size(input),
                    output: size(output),
                    ..Default::default()
                }),
                duration_ms: size(duration),
                user_agent,
                metadata: (!json.is_empty()).then(|| serde_json::Value::Object(json).to_string()),
                entry: Entry {
                    compat: flags.2,
                    authenticated: flags.3,
                    event_id,
                    request_content_type: content_type,
                    ..logs::record("", 0).entry
                },
                ..logs::record(&format!("{at:03x}"), 0)
            };
            Known { record, metadata, feedback, steps }
        },
    )
}

/// The values of a field, as the documentation tells them.
fn values(it: &Known, field: LogField) -> Vec<LogValue> {
    let record = &it.record;
    let text = |it: &str| vec![LogValue::Text(it.to_owned())];
    let maybe =
        |it: Option<u64>| it.map(|it| LogValue::Int(it.try_into().unwrap())).into_iter().collect();
    let usage = |tokens: fn(&chat::Usage) -> u64| maybe(record.usage.as_ref().map(tokens));
    let flag = |it: bool| vec![LogValue::Bool(it)];
    match field {
        LogField::Id => text(&record.id),
        LogField::CreatedAt => maybe(Some(record.created_at_ms)),
        LogField::RequestContentType => text(&record.entry.request_content_type),
        LogField::ResponseContentType => text(&record.entry.response_content_type),
        LogField::RequestType => text(&record.entry.kind),
        LogField::Success => flag(record.success),
        LogField::Cached => flag(record.cached),
        LogField::Provider => text(&record.provider),
        LogField::Model => text(&record.model),
        LogField::Cost => maybe(record.cost),
        LogField::Tokens => usage(|it| it.tokens_in() + it.tokens_out()),
        LogField::TokensIn => usage(chat::Usage::tokens_in),
        LogField::TokensOut => usage(chat::Usage::tokens_out),
        LogField::Duration => maybe(Some(record.duration_ms)),
        LogField::Feedback => it.feedback.map(LogValue::Int).into_iter().collect(),
        LogField::EventId => record.entry.event_id.as_deref().map_or(vec![], text),
        LogField::MetadataKey => it.metadata.iter().flat_map(|it| text(&it.0)).collect(),
        LogField::MetadataValue => it.metadata.iter().flat_map(|it| text(&it.1)).collect(),
        LogField::Authentication => flag(record.entry.authenticated),
        LogField::Compatibility => flag(record.entry.compat),
        LogField::UserAgent => record.user_agent.as_deref().map_or(vec![], text),
        LogField::Route => {
            let route = record.route.iter();
            route.flat_map(|(id, name)| [text(id.as_str()), text(name)].concat()).collect()
        }
        LogField::Version => record.version.iter().flat_map(|it| text(it.as_str())).collect(),
        LogField::Element => it.steps.iter().flat_map(|it| text(&it.0)).collect(),
        LogField::Edge => {
            it.steps.iter().flat_map(|it| text(&format!("{}.{}", it.0, it.1))).collect()
        }
        LogField::Token => record.token.as_deref().map_or(vec![], text),
        LogField::Absent => vec![],
        LogField::Never => flag(false),
    }
}

fn fits(values: &[LogValue], filter: &LogFilter) -> bool {
    let equal = |it: &LogValue| filter.values.contains(it);
    let ordered = |wanted| {
        let one = |it: &LogValue, than: &LogValue| match (it, than) {
            (LogValue::Int(it), LogValue::Int(than)) => it.cmp(than) == wanted,
            (LogValue::Text(it), LogValue::Text(than)) => {
                it.as_bytes().cmp(than.as_bytes()) == wanted
            }
            _ => false,
        };
        values.iter().any(|it| filter.values.iter().any(|than| one(it, than)))
    };
    let has = |it: &LogValue| match it {
        LogValue::Text(it) => filter.values.iter().any(|part| match part {
            LogValue::Text(part) => it.to_ascii_lowercase().contains(&part.to_ascii_lowercase()),
            _ => false,
        }),
        _ => false,
    };
    let eq = values.iter().any(equal) || (values.is_empty() && equal(&LogValue::Null));
    match filter.operator {
        LogOperator::Eq => eq,
        LogOperator::Neq => !eq,
        LogOperator::Contains => values.iter().any(has),
        LogOperator::Lt => ordered(std::cmp::Ordering::Less),
        LogOperator::Gt => ordered(std::cmp::Ordering::Greater),
    }
}

fn is_found(it: &Known, query: &LogQuery) -> bool {
    let positive = |it: &LogFilter| {
        matches!(it.operator, LogOperator::Eq | LogOperator::Contains)
            && !it.values.contains(&LogValue::Null)
    };
    let mut rest = query.filters.as_slice();
    while let [first, more @ ..] = rest {
        rest = more;
        let fit = match more {
            [second, more @ ..]
                if first.field == LogField::MetadataKey
                    && second.field == LogField::MetadataValue
                    && positive(first)
                    && positive(second) =>
            {
                rest = more;
                it.metadata.iter().any(|(key, value)| {
                    fits(&[LogValue::Text(key.clone())], first)
                        && fits(&[LogValue::Text(value.clone())], second)
                })
            }
            _ => fits(&values(it, first.field), first),
        };
        if !fit {
            return false;
        }
    }
    let micros = i64::try_from(it.record.created_at_ms).unwrap() * 1000;
    let search = query.search.as_ref().map(|it| it.to_ascii_lowercase());
    let searched = [&it.record.provider, &it.record.model]
        .into_iter()
        .chain(it.metadata.iter().flat_map(|it| [&it.0, &it.1]));
    let searched: Vec<_> = searched.map(|it| it.to_ascii_lowercase()).collect();
    query.start.is_none_or(|it| it <= micros)
        && query.end.is_none_or(|it| micros <= it)
        && search.is_none_or(|it| searched.iter().any(|text| text.contains(&it)))
}

fn filter() -> impl Strategy<Value = LogFilter> {
    use LogField as F;
    let texts = select(vec![
        F::Id,
        F::RequestContentType,
        F::ResponseContentType,
        F::RequestType,
        F::Provider,
        F::Model,
        F::EventId,
        F::UserAgent,
        F::MetadataKey,
    ]);
    let ways = select(vec![F::Route, F::Version, F::Element, F::Edge, F::Token]);
    let numbers = select(vec![
        F::Cost,
        F::Tokens,
        F::TokensIn,
        F::TokensOut,
        F::Duration,
        F::Feedback,
        F::CreatedAt,
    ]);
    let flags = select(vec![F::Success, F::Cached, F::Authentication, F::Compatibility, F::Never]);
    let some = |value: BoxedStrategy<LogValue>| {
        proptest::collection::vec(prop_oneof![6 => value, 1 => Just(LogValue::Null)], 1..4)
    };
    let a_text = || {
        prop_oneof![
            text(),
            (0_u64..300).prop_map(|it| format!("{it:03x}")),
            (text(), select(vec!["success", "a", "b.a"]))
                .prop_map(|it| format!("{}.{}", it.0, it.1)),
            Just("MESS".to_owned())
        ]
        .prop_map(LogValue::Text)
    };
    let a_number = || {
        prop_oneof![number(), -1_i64..2, (0_i64..1000).prop_map(|it| 1_800_000_000_000 + it)]
            .prop_map(LogValue::Int)
    };
    use LogOperator::{Contains, Eq, Gt, Lt, Neq};
    let make = |(field, operator, values)| LogFilter { field, operator, values };
    prop_oneof![
        3 => (texts, select(vec![Eq, Neq, Contains, Lt, Gt]), some(a_text().boxed())).prop_map(make),
        3 => (ways, select(vec![Eq, Neq, Contains, Lt, Gt]), some(a_text().boxed())).prop_map(make),
        3 => (numbers, select(vec![Eq, Neq, Lt, Gt]), some(a_number().boxed())).prop_map(make),
        1 => (flags, select(vec![Eq, Neq]), some(any::<bool>().prop_map(LogValue::Bool).boxed())).prop_map(make),
        1 => (Just(F::Absent), select(vec![Eq, Neq]), some(a_text().boxed())).prop_map(make),
        2 => (Just(F::MetadataValue), select(vec![Eq, Neq, Contains]), proptest::collection::vec(a_text(), 1..3)).prop_map(make),
    ]
}

/// A filter on a key and one on a value, in this order.
fn pair() -> impl Strategy<Value = Vec<LogFilter>> {
    let one = |field| {
        let operator = select(vec![LogOperator::Eq, LogOperator::Contains, LogOperator::Neq]);
        (operator, proptest::collection::vec(text().prop_map(LogValue::Text), 1..3))
            .prop_map(move |(operator, values)| LogFilter { field, operator, values })
    };
    (one(LogField::MetadataKey), one(LogField::MetadataValue))
        .prop_map(|(key, value)| vec![key, value])
}

fn query() -> impl Strategy<Value = (LogQuery, Page)> {
    let filters = prop_oneof![
        4 => proptest::collection::vec(filter(), 0..2),
        2 => proptest::collection::vec(filter(), 2..4),
        1 => pair(),
    ];
    let time = || {
        proptest::option::weighted(0.2, (1_799_999_999_999_000_i64..1_800_000_001_001_000).boxed())
    };
    use LogOrder as O;
    let orders = vec![
        O::CreatedAt,
        O::CreatedAt,
        O::CreatedAt,
        O::Provider,
        O::Model,
        O::Success,
        O::Cached,
        O::Cost,
        O::TokensIn,
        O::TokensOut,
        O::Duration,
        O::Feedback,
    ];
    let page = (1_u32..4, select(vec![1_u32, 7, 20, 400]))
        .prop_map(|(page, per_page)| Page { page, per_page });
    (
        filters,
        proptest::option::weighted(0.15, text()),
        time(),
        time(),
        select(orders),
        any::<bool>(),
        page,
    )
        .prop_map(|(filters, search, start, end, order, ascending, page)| {
            (LogQuery { filters, search, start, end, order, ascending }, page)
        })
}

/// What records are ordered by first.
fn place(it: &Known, order: LogOrder) -> Option<LogValue> {
    let field = match order {
        LogOrder::CreatedAt => return None,
        LogOrder::Provider => LogField::Provider,
        LogOrder::Model => LogField::Model,
        LogOrder::Success => LogField::Success,
        LogOrder::Cached => LogField::Cached,
        LogOrder::Cost => LogField::Cost,
        LogOrder::TokensIn => LogField::TokensIn,
        LogOrder::TokensOut => LogField::TokensOut,
        LogOrder::Duration => LogField::Duration,
        LogOrder::Feedback => LogField::Feedback,
    };
    values(it, field).pop()
}

async fn filters_find_what_a_naive_evaluation_finds(database: Database) {
    compare(Home::new(database).await, database).await;
}

/// The logs of most of them have what they are found by of their own.
async fn filters_find_the_same_in_a_gateway_with_very_many_kinds_and_ways(database: Database) {
    let home = Home::new(database).await;
    home.store.logs().bound(9);
    let home = compare(home, database).await;
    let logs = home.store.logs();
    let page = Page { page: 1, per_page: 50 };
    let (found, _) = logs.list(&home.gateway, &LogQuery::default(), page).await.unwrap();
    for StoredLog { record, .. } in found {
        for (side, content_type) in [
            (Side::Request, &record.entry.request_content_type),
            (Side::Response, &record.entry.response_content_type),
        ] {
            let body = logs.body(&home.gateway, &record.id, side).await.unwrap();
            assert_eq!(&body.content_type, content_type, "{side:?}");
        }
    }
    let mut raw = home.log_raw().await;
    for field in 1..=6 {
        let own = format!("select count(distinct n) from log_own where field = {field}");
        let own = raw.number(&own).await;
        assert!(own > 150, "{own} logs have a field {field} of their own");
    }
    for table in ["log_kinds where loose = 0", "log_walks where path is not null and path <> '[]'"]
    {
        assert!(raw.number(&format!("select count(*) from {table}")).await <= 18, "{table}");
    }
}

async fn compare(home: Home, database: Database) -> Home {
    let mut runner = TestRunner::deterministic();
    let all: Vec<Known> =
        (0..300).map(|at| known(at).new_tree(&mut runner).unwrap().current()).collect();
    let records: Vec<_> = all.iter().map(|it| it.record.clone()).collect();
    let (settled, latest) = records.split_at(150);
    home.store.logs().append(settled).await.unwrap();
    home.store.logs().settle().await.unwrap();
    home.store.logs().append(latest).await.unwrap();
    let elsewhere: Vec<_> = records
        .iter()
        .map(|it| Record { gateway: "other".into(), id: format!("other {}", it.id), ..it.clone() })
        .collect();
    home.store.logs().append(&elsewhere).await.unwrap();
    for it in all.iter().filter(|it| it.feedback.is_some()) {
        let mut raw = home.log_raw().await;
        raw.execute(&format!(
            "update logs set feedback = {} where id = '{}'",
            it.feedback.unwrap(),
            it.record.id
        ))
        .await
        .unwrap();
    }
    let cases = if database == Database::Sqlite { 700 } else { 250 };
    let config = Config { failure_persistence: None, ..Config::with_cases(cases) };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let runtime = tokio::runtime::Handle::current();
    let checked = tokio::task::spawn_blocking(move || {
        runner
            .run(&query(), |(query, page)| runtime.block_on(check(&home, &all, &query, page)))
            .map(|()| home)
    });
    checked.await.unwrap().unwrap()
}

async fn check(
    home: &Home,
    all: &[Known],
    query: &LogQuery,
    page: Page,
) -> Result<(), TestCaseError> {
    let mut wanted: Vec<&Known> = all.iter().filter(|it| is_found(it, query)).collect();
    wanted.sort_by_key(|it| (place(it, query.order), it.record.created_at_ms));
    if !query.ascending {
        wanted.reverse();
    }
    let key = |it: &Known| (place(it, query.order), it.record.created_at_ms);
    let (found, total) = home.store.logs().list(&home.gateway, query, page).await.unwrap();
    prop_assert_eq!(total, u64::try_from(wanted.len()).unwrap());
    let skip = usize::try_from((page.page - 1) * page.per_page).unwrap();
    let wanted: Vec<&Known> =
        wanted.into_iter().skip(skip).take(usize::try_from(page.per_page).unwrap()).collect();
    prop_assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(wanted) {
        // Of one millisecond, the order is that in which they came; here it is enough that they are of it.
        let it = all.iter().find(|it| it.record.id == found.record.id).unwrap();
        prop_assert!(is_found(it, query));
        prop_assert_eq!(key(it), key(wanted));
        prop_assert_eq!((&found.record, found.feedback), (&it.record, it.feedback));
    }
    Ok(())
}

on_each_database![
    filters_find_what_a_naive_evaluation_finds,
    filters_find_the_same_in_a_gateway_with_very_many_kinds_and_ways,
];
