//! How fast analytics answer: `cargo run --release -p store --example analytics_speed [DAYS] [LOGS AN HOUR]`.
//!
//! Adds the logs of 90 days, 4 630 an hour (10 million), to a file of SQLite: a day is one tally, and what would be too old at the end
//! is left out. Then times questions over all of them, or over the last week by the hour.
#![expect(clippy::print_stdout, reason = "printing the figures is all it does")]

use std::error::Error;
use std::time::Instant;

use store::AnalyticsDimension::{Element, Key, Metadata, Model, Provider, Route, Version};
use store::{AnalyticsDimension, AnalyticsOrder, AnalyticsQuery, Bucket, MasterKey, Store, Tally};
use telemetry::Record;

/// 2026-08-28T00:00:00Z
const START: i64 = 1_787_875_200;
const ROUTES: u64 = 20;
const ELEMENTS: u64 = 4;
const MODELS: u64 = 12;
const TOKENS: u64 = 200;
const USERS: u64 = 5_000;
const WEEK: i64 = 7;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: i64| arguments.next().map_or(Ok(usual), |it| it.parse());
    let (days, logs) = (number(90)?, number(4_630)?);
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("speed.db").display());
    let store = Store::open(&url, &MasterKey::generate()).await?;
    let begun = Instant::now();
    let records = fill(&store, days, u64::try_from(logs)?).await?;
    println!("{records} logs counted in {:.1} s", begun.elapsed().as_secs_f64());
    let whole = asked(Bucket::Day, START, START + days * 86_400);
    for (groups, filters) in questions() {
        time(&store, "by the day", AnalyticsQuery { groups, filters, ..whole.clone() }).await?;
    }
    let week = asked(Bucket::Hour, START + (days - WEEK) * 86_400, START + days * 86_400);
    for (groups, filters) in questions() {
        time(&store, "a week by the hour", AnalyticsQuery { groups, filters, ..week.clone() })
            .await?;
    }
    let begun = Instant::now();
    let edges = store.analytics().edges(&"default".into(), &"route-0".into(), &whole).await?;
    println!("edges of a route by the day: {:.1} ms, {} edges", millis(begun), edges.len());
    let mut tally = Tally::default();
    let mut dice = Dice(7);
    tally.count(
        &(0..500).map(|_| record(START + days * 86_400 - 60, &mut dice)).collect::<Vec<_>>(),
    );
    let begun = Instant::now();
    store.analytics().add(&tally).await?;
    println!("adding a tally of {} records: {:.1} ms", tally.records(), millis(begun));
    store.close().await;
    Ok(())
}

/// Groups, and filters.
type Question = (Vec<AnalyticsDimension>, Vec<(AnalyticsDimension, String)>);

fn questions() -> Vec<Question> {
    let user = || Metadata("user".into());
    let team = || Metadata("team".into());
    let groups = [
        vec![],
        vec![Route],
        vec![Version],
        vec![Element],
        vec![Provider],
        vec![Model],
        vec![Key],
        vec![team()],
        vec![user()],
        vec![Provider, Model],
        vec![Route, Model],
        vec![Version, Model],
        vec![Element, Model],
        vec![Route, Provider, Model],
        vec![Version, Element, Model],
        vec![Key, Model],
        vec![Key, Route, Model],
        vec![team(), Model],
    ];
    let mut all: Vec<Question> = groups.into_iter().map(|it| (it, Vec::new())).collect();
    all.push((vec![], vec![(Provider, "provider-1".into())]));
    all.push((vec![Model], vec![(Route, "route-0".into())]));
    all.push((vec![Element], vec![(Model, "model-1".into())]));
    all.push((vec![Route], vec![(Key, "token-0".into())]));
    all.push((vec![Model], vec![(team(), "team-1".into())]));
    all
}

/// The next day is counted while one is added.
async fn fill(store: &Store, days: i64, an_hour: u64) -> Outcome<u64> {
    let (sender, mut tallies) = tokio::sync::mpsc::channel(1);
    let counting = std::thread::spawn(move || {
        let mut dice = Dice(1);
        for day in 0..days {
            let mut tally = Tally::default();
            for hour in 0..24 {
                let hour = START + (day * 24 + hour) * 3_600;
                (0..an_hour).for_each(|_| tally.count(&[record(hour, &mut dice)]));
            }
            if sender.blocking_send(tally.without_expired(START + days * 86_400)).is_err() {
                return;
            }
        }
    });
    let mut records = 0;
    while let Some(tally) = tallies.recv().await {
        records += u64::try_from(tally.records())?;
        store.analytics().add(&tally).await?;
    }
    counting.join().map_err(|_| "counting failed")?;
    Ok(records)
}

/// The median of five, after one that is not counted.
async fn time(store: &Store, name: &str, query: AnalyticsQuery) -> Outcome {
    let mut times = Vec::new();
    let mut shown = 0;
    for _ in 0..6 {
        let begun = Instant::now();
        shown = store.analytics().query(&"default".into(), &query).await?.groups.len();
        times.push(millis(begun));
    }
    let first = times.remove(0);
    times.sort_by(f64::total_cmp);
    let median = times.get(2).copied().unwrap_or_default();
    let name = format!("{name} {:?} {:?}", query.groups, query.filters);
    println!("{name:72}{median:>8.1} ms, the first {first:.1} ms, {shown} groups");
    Ok(())
}

fn asked(bucket: Bucket, start: i64, end: i64) -> AnalyticsQuery {
    AnalyticsQuery {
        bucket,
        start,
        end,
        groups: Vec::new(),
        filters: Vec::new(),
        most: 10,
        order: AnalyticsOrder::Requests,
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

/// Numbers of which small ones are frequent.
struct Dice(u64);

impl Dice {
    fn any(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn skewed(&mut self, below: u64) -> u64 {
        let bound = 1 + self.any(below);
        self.any(bound)
    }
}

/// A request of a team: a token calls one route mostly, and an element asks one model mostly; a route has a version that is going and
/// one that is coming, besides the one that most requests take.
fn record(hour: i64, dice: &mut Dice) -> Record {
    let token = dice.skewed(TOKENS);
    let route = if dice.any(10) == 0 { dice.skewed(ROUTES) } else { token % ROUTES };
    let version: i64 = [0, 1, 1, 1, 1, 1, 1, 1, 1, 2]
        .get(usize::try_from(dice.any(10)).unwrap_or(0))
        .copied()
        .unwrap_or(0);
    let week = (hour - START) / (WEEK * 86_400);
    let element = dice.skewed(ELEMENTS);
    let model =
        if dice.any(5) == 0 { dice.skewed(MODELS) } else { (route * 7 + element * 5) % MODELS };
    let first_byte_ms = 100 + dice.skewed(3_000);
    let duration_ms = first_byte_ms + dice.skewed(20_000);
    Record {
        status: 200,
        route: Some((format!("route-{route}").into(), "name".to_owned())),
        version: Some(format!("route-{route}-v{}", week + version).into()),
        token: Some(format!("token-{token}")),
        path: format!(
            r#"[{{"element":"start","type":"start","outcome":"next"}},{{"element":"quota","type":"rate","outcome":"success"}},{{"element":"route-{route}-model-{element}","type":"model","outcome":"success","attempts":[{{"ms":{first_byte_ms}}}]}},{{"element":"end","type":"end","outcome":"end"}}]"#
        ),
        provider: format!("provider-{}", model % 5),
        model: format!("model-{model}"),
        success: dice.any(50) > 0,
        streamed: model % 2 == 0,
        usage: Some(chat::Usage { input: 900, output: 300, ..chat::Usage::default() }),
        cost: Some(1_000_000 + model),
        metadata: Some(format!(
            r#"{{"user":"user-{}","team":"team-{}","plan":"plan-{}"}}"#,
            dice.skewed(USERS),
            token % 8,
            dice.any(3)
        )),
        duration_ms,
        first_byte_ms: Some(first_byte_ms),
        ..Record::new(String::new(), "default".into(), hour.unsigned_abs() * 1_000)
    }
}
