//! What model elements used of their own.

use telemetry::Charge;

use super::*;

/// What came of one model element of a request.
#[derive(Clone, Copy)]
struct Visit {
    element: &'static str,
    provider: &'static str,
    outcome: &'static str,
    /// As JSON; `None`: it was left before any came to its end.
    attempts: Option<&'static str>,
    /// Tokens in, of which some were read from a cache, and out; and nano-dollars, if they are known.
    charged: Option<([u64; 3], Option<u64>)>,
    /// Whether it called somebody, and failed.
    failed: Option<bool>,
}

/// What came of a request.
struct Way {
    visits: Vec<Visit>,
    /// Which of them answered.
    answered: Option<usize>,
    success: bool,
    direct: bool,
}

impl Way {
    fn is_cached(&self) -> bool {
        self.visits.last().is_some_and(|it| it.attempts == KEPT.attempts)
    }
}

const ANSWERED: Visit = Visit {
    element: "b",
    provider: "groq",
    outcome: "success",
    attempts: Some(r#"[{"ms":20}]"#),
    charged: Some(([11, 4, 7], Some(1_000))),
    failed: Some(false),
};
const FAILED: Visit = Visit {
    element: "a",
    provider: "openai",
    outcome: "fallback",
    attempts: Some(r#"[{"ms":3,"cause":"status"},{"ms":4,"cause":"breaker"}]"#),
    charged: None,
    failed: Some(true),
};
const FAILED_BUT_BILLED: Visit = Visit { charged: Some(([5, 0, 1], Some(30))), ..FAILED };
const SKIPPED: Visit =
    Visit { attempts: Some(r#"[{"ms":0,"cause":"cooldown"}]"#), failed: None, ..FAILED };
const KEPT: Visit = Visit { attempts: Some("[]"), charged: None, failed: None, ..ANSWERED };
const LEFT: Visit = Visit { outcome: "left", attempts: None, failed: Some(true), ..ANSWERED };

/// All ways that differ.
fn ways() -> Vec<Way> {
    let way = |visits: &[Visit]| Way {
        visits: visits.to_vec(),
        answered: Some(visits.len() - 1),
        success: true,
        direct: false,
    };
    let failed = |visits: &[Visit]| Way { answered: None, success: false, ..way(visits) };
    let unpriced = Visit { charged: Some(([9, 0, 9], None)), ..ANSWERED };
    let broken = Visit { failed: Some(true), ..ANSWERED };
    let direct = |it: Visit| Visit { element: "model", ..it };
    vec![
        way(&[ANSWERED]),
        way(&[FAILED, ANSWERED]),
        way(&[FAILED_BUT_BILLED, ANSWERED]),
        way(&[SKIPPED, ANSWERED]),
        way(&[FAILED, unpriced]),
        way(&[KEPT]),
        way(&[FAILED_BUT_BILLED, KEPT]),
        Way { success: false, ..way(&[FAILED, broken]) },
        failed(&[FAILED, Visit { outcome: "failed", element: "b", ..FAILED_BUT_BILLED }]),
        failed(&[FAILED_BUT_BILLED, LEFT]),
        failed(&[SKIPPED]),
        Way { direct: true, ..way(&[direct(ANSWERED)]) },
        Way { direct: true, ..way(&[direct(KEPT)]) },
        Way { direct: true, ..failed(&[direct(Visit { outcome: "failed", ..FAILED })]) },
    ]
}

fn usage([input, cache_read, output]: [u64; 3]) -> chat::Usage {
    chat::Usage { input: input - cache_read, cache_read, output, ..chat::Usage::default() }
}

fn record_of(way: &Way, number: usize) -> Record {
    let step = |it: &Visit| {
        let attempts = it.attempts.map(|attempts| {
            let of = format!(r#"{{"provider":"{}","model":"{}-model","#, it.provider, it.element);
            format!(r#","attempts":{}"#, attempts.replace('{', &of))
        });
        let (element, outcome) = (it.element, it.outcome);
        let attempts = attempts.unwrap_or_default();
        format!(
            r#"{{"element":"{element}","type":"model","outcome":"{outcome}","cached":{}{attempts}}}"#,
            way.is_cached()
        )
    };
    let steps: Vec<_> = way.visits.iter().map(step).collect();
    let charge = |(at, it): (usize, &Visit)| {
        let (tokens, cost) = it.charged?;
        Some(Charge {
            step: u32::try_from(at).unwrap(),
            provider: it.provider.into(),
            model: format!("{}-model", it.element).into(),
            usage: usage(tokens),
            cost,
        })
    };
    let charges: Vec<_> = way.visits.iter().enumerate().filter_map(charge).collect();
    let billed = charges.iter().map(|it| it.usage).reduce(|sum, it| sum.plus(&it));
    let kept = way.is_cached().then(|| usage([100, 0, 100]));
    let start = r#"{"element":"start","type":"start","outcome":"next"},"#;
    let route = if way.direct { 0 } else { 1 + number % 2 };
    Record {
        path: format!("[{}{}]", if way.direct { "" } else { start }, steps.join(",")),
        step: u32::try_from(way.answered.unwrap_or(0)).unwrap(),
        success: way.success,
        cached: way.is_cached(),
        usage: billed.into_iter().chain(kept).reduce(|sum, it| sum.plus(&it)),
        cost: charges.iter().try_fold(0, |sum, it| it.cost.map(|it| it + sum)),
        charges,
        first_byte_ms: way.answered.map(|_| 5),
        ..request(DAY + i64::try_from(number).unwrap() * 700, (route, 0, 1, 0))
    }
}

/// Sums added up one by one.
fn naive(all: &[(Way, Record)], asked: &AnalyticsQuery) -> Naive {
    let mut sums = Naive::new();
    for (way, record) in all {
        for it in &way.visits {
            let Some(failed) = it.failed else { continue };
            let own = |by: &AnalyticsDimension| match by {
                Element => (!way.direct).then(|| it.element.to_owned()),
                Provider => Some(it.provider.to_owned()),
                Model => Some(format!("{}-model", it.element)),
                other => value(record, other),
            };
            if asked.filters.iter().any(|(by, want)| own(by).as_ref() != Some(want)) {
                continue;
            }
            let seconds = i64::try_from(record.created_at_ms / 1000).unwrap();
            let group: Vec<_> = asked.groups.iter().map(own).collect();
            let start = seconds - seconds % asked.bucket.seconds();
            let sums = sums.entry(group).or_default().entry(start).or_default();
            sums.requests += 1;
            sums.errors += u64::from(failed);
            sums.duration_ms.record(match it.attempts {
                None => 0,
                Some(it) if it.contains("\"ms\":20") => 20,
                Some(_) => 7,
            });
            if let Some(([input, cache_read, output], cost)) = it.charged {
                sums.tokens_in += input;
                sums.tokens_out += output;
                sums.cache_read += cache_read;
                sums.cost += cost.unwrap_or(0);
                sums.unpriced += u64::from(cost.is_none());
            }
        }
    }
    sums
}

async fn counted(home: &Home) -> Vec<(Way, Record)> {
    let ways = ways().into_iter().chain(ways());
    let all: Vec<_> = ways.enumerate().map(|(at, it)| (record_of(&it, at), it)).collect();
    let records: Vec<_> = all.iter().map(|(it, _)| it.clone()).collect();
    for part in records.chunks(5) {
        let mut tally = Tally::default();
        tally.count(part);
        home.store.analytics().add(&tally).await.unwrap();
    }
    all.into_iter().map(|(record, way)| (way, record)).collect()
}

fn of_calls(bucket: Bucket, groups: &[AnalyticsDimension]) -> AnalyticsQuery {
    AnalyticsQuery { of: Counted::Calls, ..asked(bucket, groups) }
}

async fn calls_are_summed_up_by_the_elements_that_made_them(database: Database) {
    let home = Home::new(database).await;
    let all = counted(&home).await;
    let groupings = [
        vec![Element],
        vec![Provider],
        vec![Model],
        vec![Provider, Model],
        vec![Route, Element],
        vec![Version, Element, Model],
        vec![Gateway, Element],
    ];
    for bucket in Bucket::ALL {
        let whole = of_calls(bucket, &[]);
        let answer = home.store.analytics().query(&home.gateway, &whole).await.unwrap();
        assert_eq!(answer.total.points, naive(&all, &whole)[&Vec::new()], "{bucket:?}");
        for groups in &groupings {
            let query = of_calls(bucket, groups);
            let grouped = home.store.analytics().query(&home.gateway, &query).await.unwrap();
            assert_eq!(shown(&grouped), naive(&all, &query), "{groups:?} {bucket:?}");
            assert_eq!(grouped.total, answer.total, "{groups:?} {bucket:?}");
        }
    }
    let filters = [(Element, "a"), (Element, "b"), (Provider, "groq"), (Version, "v1")];
    for (by, value) in filters {
        let filters = vec![(by, value.to_owned())];
        let query = AnalyticsQuery { filters, ..of_calls(Bucket::Hour, &[Model]) };
        let answer = home.store.analytics().query(&home.gateway, &query).await.unwrap();
        let whole = naive(&all, &AnalyticsQuery { groups: Vec::new(), ..query.clone() });
        assert_eq!(answer.total.points, whole[&Vec::new()], "{query:?}");
        assert_eq!(shown(&answer), naive(&all, &query), "{query:?}");
    }
}

async fn what_elements_and_direct_calls_were_charged_is_what_requests_cost(database: Database) {
    let home = Home::new(database).await;
    let all = counted(&home).await;
    let analytics = home.store.analytics();
    let requests = analytics.query(&home.gateway, &asked(Bucket::Day, &[])).await.unwrap();
    let by_element = of_calls(Bucket::Day, &[Element]);
    let by_element = analytics.query(&home.gateway, &by_element).await.unwrap();
    let mut calls = Sums::default();
    by_element.groups.iter().for_each(|it| calls.add(&it.total));
    let used = |it: &Sums| (it.cost, it.tokens_in, it.tokens_out, it.cache_read, it.unpriced);
    assert_eq!(used(&calls), used(&requests.total.total));
    assert!(calls.cost > 0 && calls.tokens_in > 0 && calls.unpriced == 2);
    let a = &by_element.groups.iter().find(|it| it.group == [Some("a".to_owned())]).unwrap().total;
    // Of both rounds, the three calls that failed and were billed; never a failed one that was not.
    let billed = all.iter().flat_map(|(it, _)| &it.visits);
    let billed = billed.filter(|it| it.element == "a" && it.charged.is_some()).count();
    assert_eq!((billed, a.cost, a.tokens_in, a.errors), (6, 180, 30, a.requests));
}

async fn an_edge_has_what_its_element_was_charged(database: Database) {
    let home = Home::new(database).await;
    let all = counted(&home).await;
    let query = asked(Bucket::Day, &[]);
    let edges = home.store.analytics().edges(&home.gateway, &"r1".into(), &query).await.unwrap();
    let mut seen = 0;
    for edge in edges.iter().filter(|it| it.element != "start") {
        let mut expected = (0, 0, 0, 0);
        for (way, record) in &all {
            if record.route.as_ref().is_none_or(|(id, _)| id.as_str() != "r1") {
                continue;
            }
            let same = |it: &&Visit| it.element == edge.element && it.outcome == edge.outcome;
            for it in way.visits.iter().filter(same).filter(|it| it.failed.is_some()) {
                expected.0 += 1;
                expected.1 += u64::from(it.failed == Some(true));
                expected.2 += it.charged.and_then(|it| it.1).unwrap_or(0);
                expected.3 += it.charged.map_or(0, |it| it.0[2]);
            }
        }
        let own = edge.own.clone().unwrap_or_default();
        seen += own.requests;
        assert_eq!((own.requests, own.errors, own.cost, own.tokens_out), expected, "{edge:?}");
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn keys_and_metadata_are_not_summed_up_with_calls() {
    for groups in [vec![Key], vec![Metadata("user".into())], vec![Key, Element]] {
        assert_eq!(of_calls(Bucket::Day, &groups).apart(), Some(Apart::Dimensions), "{groups:?}");
    }
    assert_eq!(of_calls(Bucket::Minute, &[Version, Element, Model]).apart(), None);
}

on_each_database![
    calls_are_summed_up_by_the_elements_that_made_them,
    what_elements_and_direct_calls_were_charged_is_what_requests_cost,
    an_edge_has_what_its_element_was_charged,
];
