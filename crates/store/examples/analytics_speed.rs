//! How fast analytics answer: `cargo run --release -p store --example analytics_speed [DAYS] [LOGS AN HOUR]`.
//!
//! Leaves the roll-ups of 90 days of 4 630 logs an hour (10 million) in a file of SQLite, in the way that the gateway does, and times
//! every grouping over all of them.
#![expect(clippy::print_stdout, reason = "printing the figures is all it does")]

use std::error::Error;
use std::time::Instant;

use route::ids::GatewayId;
use store::AnalyticsDimension::{Element, Key, Metadata, Model, Provider, Route, Version};
use store::{AnalyticsDimension, AnalyticsOrder, AnalyticsQuery, Bucket, MasterKey, Store, Tally};
use telemetry::Record;

/// 2026-08-28T00:00:00Z
const START: i64 = 1_787_875_200;
const GATEWAYS: u64 = 3;
const ROUTES: u64 = 20;
const MODELS: u64 = 30;
const TOKENS: u64 = 1_000;
const USERS: u64 = 100_000;
/// Records of one tally.
const TALLY: u64 = 2_000;

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
    let single = [Route, Version, Element, Provider, Model, Key, Metadata("user".into())];
    let mut groupings: Vec<Vec<AnalyticsDimension>> = vec![vec![]];
    groupings.extend(single.into_iter().map(|it| vec![it]));
    groupings.push(vec![Route, Provider, Model]);
    for groups in groupings {
        time(&store, days, &groups).await?;
    }
    let query = asked(days, &[]);
    let begun = Instant::now();
    let edges = store.analytics().edges(&gateway(0), &"route-0".into(), &query).await?;
    println!("{:34}{:>8.1} ms, {} edges", "edges of a route", millis(begun), edges.len());
    store.close().await;
    Ok(())
}

async fn fill(store: &Store, days: i64, an_hour: u64) -> Outcome<u64> {
    let (mut tally, mut dice, mut records) = (Tally::default(), Dice(1), 0);
    for hour in 0..days * 24 {
        for _ in 0..an_hour {
            tally.count(&[record(START + hour * 3_600, &mut dice)]);
            records += 1;
            if records % TALLY == 0 {
                store.analytics().add(&std::mem::take(&mut tally)).await?;
            }
        }
        if hour % 24 == 0 {
            store.analytics().forget_expired(START + hour * 3_600).await?;
        }
    }
    store.analytics().add(&tally).await?;
    Ok(records)
}

async fn time(store: &Store, days: i64, groups: &[AnalyticsDimension]) -> Outcome {
    let mut times = Vec::new();
    let mut shown = 0;
    for _ in 0..5 {
        let begun = Instant::now();
        shown = store.analytics().query(&gateway(0), &asked(days, groups)).await?.groups.len();
        times.push(millis(begun));
    }
    times.sort_by(f64::total_cmp);
    let median = times.get(2).copied().unwrap_or_default();
    let name = format!("{groups:?}");
    println!("{name:34}{median:>8.1} ms, {shown} groups");
    Ok(())
}

fn asked(days: i64, groups: &[AnalyticsDimension]) -> AnalyticsQuery {
    AnalyticsQuery {
        bucket: Bucket::Day,
        start: START,
        end: START + days * 86_400,
        groups: groups.to_vec(),
        filters: Vec::new(),
        most: 10,
        order: AnalyticsOrder::Requests,
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

fn gateway(number: u64) -> GatewayId {
    format!("gateway-{number}").into()
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

fn record(hour: i64, dice: &mut Dice) -> Record {
    let (route, model) = (dice.skewed(ROUTES), dice.skewed(MODELS));
    let second = hour.unsigned_abs() + dice.any(3_600);
    let first_byte_ms = 100 + dice.skewed(3_000);
    Record {
        id: String::new(),
        gateway: gateway(dice.skewed(GATEWAYS)),
        created_at_ms: second * 1_000,
        route: Some((format!("route-{route}").into(), "name".to_owned())),
        version: Some(format!("route-{route}-v{}", second / 864_000).into()),
        token: Some(format!("token-{}", dice.skewed(TOKENS))),
        seed: None,
        path: format!(
            r#"[{{"element":"start","type":"start","outcome":"next"}},{{"element":"quota","type":"rate","outcome":"success"}},{{"element":"model-{}","type":"model","outcome":"success","attempts":[]}},{{"element":"end","type":"end","outcome":"end"}}]"#,
            model % 3
        ),
        provider: format!("provider-{}", model % 5),
        model: format!("model-{model}"),
        step: 0,
        status: 200,
        success: dice.any(50) > 0,
        streamed: model % 2 == 0,
        cause: None,
        usage: Some(chat::Usage { input: 900, output: 300, ..chat::Usage::default() }),
        cost: Some(1_000_000 + model),
        price_version: None,
        custom_cost: false,
        metadata: Some(format!(r#"{{"user":"user-{}"}}"#, dice.skewed(USERS))),
        duration_ms: first_byte_ms + dice.skewed(20_000),
        first_byte_ms: Some(first_byte_ms),
        request_size: 0,
        response_size: 0,
        user_agent: None,
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
