//! How fast analytics answer: `cargo run --release -p store --example analytics_speed [DAYS] [LOGS AN HOUR] [FOLDER]`.
//!
//! Adds the logs of 90 days, 4 630 an hour (10 million), of one gateway to a file of SQLite, and a fiftieth as many of ten others: a day is
//! one tally, and what would be too old at the end is left out. Then times questions about the one gateway and about all of them, over the
//! whole time or over the last week by the hour. A folder keeps the database; one that is in it is asked as it is.
#![expect(clippy::print_stdout, reason = "printing the figures is all it does")]

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use route::ids::GatewayId;
use store::AnalyticsDimension::{Element, Gateway, Key, Metadata, Model, Provider, Route, Version};
use store::{
    AnalyticsDimension, AnalyticsOrder, AnalyticsQuery, Bucket, Counted, MasterKey, Store, Tally,
};
use telemetry::{Charge, Record};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 2026-08-28T00:00:00Z
const START: i64 = 1_787_875_200;
const ROUTES: u64 = 20;
const ELEMENTS: u64 = 4;
const MODELS: u64 = 12;
const TOKENS: u64 = 200;
const USERS: u64 = 5_000;
const WEEK: i64 = 7;
/// Gateways beside the one that has most logs, which have one of so many of them.
const OTHERS: u64 = 10;
const PART: u64 = 50;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: i64| arguments.next().map_or(Ok(usual), |it| it.parse());
    let (days, logs) = (number(90)?, number(4_630)?);
    let passing = tempfile::tempdir()?;
    let folder = arguments.next().map_or_else(|| passing.path().to_owned(), PathBuf::from);
    let file = folder.join("speed.db");
    let is_filled = folder.join("speed-logs.db").exists();
    let key = MasterKey::parse(&"0".repeat(64)).ok_or("no key")?;
    let store = Store::open(&format!("sqlite://{}", file.display()), &key).await?;
    if !is_filled {
        let begun = Instant::now();
        let records = fill(&store, days, u64::try_from(logs)?).await?;
        println!("{records} logs counted in {:.1} s", begun.elapsed().as_secs_f64());
    }
    let whole = asked(Bucket::Day, START, START + days * 86_400);
    let week = asked(Bucket::Hour, START + (days - WEEK) * 86_400, START + days * 86_400);
    let (one, all) = ([gateway(0)], (0..=OTHERS).map(gateway).collect::<Vec<_>>());
    for (time, asked) in [("by the day", &whole), ("a week by the hour", &week)] {
        for question in questions() {
            ask(&store, &one, time, question.of(asked)).await?;
        }
        for question in of_all_gateways() {
            ask(&store, &all, &format!("all gateways {time}"), question.of(asked)).await?;
        }
    }
    let begun = Instant::now();
    let edges = store.analytics().edges(&gateway(0), &"route-0".into(), &whole).await?;
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

/// The one that has most logs is 0.
fn gateway(number: u64) -> GatewayId {
    GatewayId::from(if number == 0 { "default".to_owned() } else { format!("gateway-{number}") })
}

/// What is summed up, by which groups, with which filters.
#[derive(Default)]
struct Question {
    of: Counted,
    groups: Vec<AnalyticsDimension>,
    filters: Vec<(AnalyticsDimension, String)>,
}

impl Question {
    fn by(groups: &[AnalyticsDimension]) -> Self {
        Self { groups: groups.to_vec(), ..Self::default() }
    }

    fn only(self, by: AnalyticsDimension, value: &str) -> Self {
        Self { filters: vec![(by, value.to_owned())], ..self }
    }

    fn calls(self) -> Self {
        Self { of: Counted::Calls, ..self }
    }

    fn of(self, time: &AnalyticsQuery) -> AnalyticsQuery {
        let Self { of, groups, filters } = self;
        AnalyticsQuery { of, groups, filters, ..time.clone() }
    }
}

fn of_all_gateways() -> Vec<Question> {
    let mut all: Vec<_> = [
        &[][..],
        &[Gateway],
        &[Gateway, Model],
        &[Route],
        &[Element],
        &[Provider, Model],
        &[Version, Model],
        &[Key],
        &[Key, Model],
        &[Metadata("team".into())],
    ]
    .map(Question::by)
    .into();
    all.push(Question::by(&[Model]).only(Gateway, "gateway-1"));
    all.push(Question::by(&[Gateway]).calls());
    all.push(Question::by(&[Element]).calls());
    all
}

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
    let mut all: Vec<_> = groups.iter().map(|it| Question::by(it)).collect();
    all.push(Question::by(&[]).only(Provider, "provider-1"));
    all.push(Question::by(&[Model]).only(Route, "route-0"));
    all.push(Question::by(&[Element]).only(Model, "model-1"));
    all.push(Question::by(&[Route]).only(Key, "token-0"));
    all.push(Question::by(&[Model]).only(team(), "team-1"));
    let calls = [&[][..], &[Provider, Model], &[Element], &[Version, Element], &[Route, Model]];
    all.extend(calls.map(|it| Question::by(it).calls()));
    all.push(Question::by(&[]).only(Element, "route-0-model-0").calls());
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
                for number in 0..an_hour / PART {
                    let gateway = gateway(1 + number % OTHERS);
                    tally.count(&[Record { gateway, ..record(hour, &mut dice) }]);
                }
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
async fn ask(store: &Store, gateways: &[GatewayId], name: &str, query: AnalyticsQuery) -> Outcome {
    let mut times = Vec::new();
    let mut shown = 0;
    for _ in 0..6 {
        let begun = Instant::now();
        shown = store.analytics().query_all(gateways, &query).await?.groups.len();
        times.push(millis(begun));
    }
    let first = times.remove(0);
    times.sort_by(f64::total_cmp);
    let median = times.get(2).copied().unwrap_or_default();
    let calls = if query.of == Counted::Calls { " of calls" } else { "" };
    let name = format!("{name}{calls} {:?} {:?}", query.groups, query.filters);
    println!("{name:72}{median:>8.1} ms, the first {first:.1} ms, {shown} groups");
    Ok(())
}

fn asked(bucket: Bucket, start: i64, end: i64) -> AnalyticsQuery {
    AnalyticsQuery {
        of: Counted::Requests,
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
    let (provider, name) = (format!("provider-{}", model % 5), format!("model-{model}"));
    let (usage, cost) =
        (chat::Usage { input: 900, output: 300, ..chat::Usage::default() }, 1_000_000 + model);
    let charge = Charge {
        step: 0,
        provider: provider.as_str().into(),
        model: name.as_str().into(),
        usage,
        cost: Some(cost),
    };
    let first_byte_ms = 100 + dice.skewed(3_000);
    let duration_ms = first_byte_ms + dice.skewed(20_000);
    Record {
        status: 200,
        route: Some((format!("route-{route}").into(), "name".to_owned())),
        version: Some(format!("route-{route}-v{}", week + version).into()),
        token: Some(format!("token-{token}")),
        path: format!(
            r#"[{{"element":"start","type":"start","outcome":"next"}},{{"element":"quota","type":"rate","outcome":"success"}},{{"element":"route-{route}-model-{element}","type":"model","outcome":"success","attempts":[{{"provider":"{provider}","model":"{name}","ms":{first_byte_ms}}}]}},{{"element":"end","type":"end","outcome":"end"}}]"#
        ),
        provider,
        model: name,
        success: dice.any(50) > 0,
        streamed: model % 2 == 0,
        usage: Some(usage),
        cost: Some(cost),
        charges: vec![charge],
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
