//! How fast request logs are written and found on SQLite, or on PostgreSQL, on this machine.
//!
//! ```text
//! cargo run --release -p store --example log_speed -- levels           # what compressing costs and saves
//! cargo run --release -p store --example log_speed -- write            # with payloads of about 1 KB on both sides
//! cargo run --release -p store --example log_speed -- fill DIR 1000000 # then:
//! cargo run --release -p store --example log_speed -- list DIR
//! cargo run --release -p store --example log_speed -- flood DIR 100000 # each with a model of its own
//! ```
//!
//! `postgres://…`, a database of its own, may stand for `DIR`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "a program that measures may end by panicking, prints, and has a list of what it measures"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use store::{
    Batch, LogField, LogFilter, LogOperator, LogOrder, LogQuery, LogValue, MasterKey, Page, Stops,
    Store,
};
use telemetry::{Costs, Entry, Payload, Record, Times};

/// Records of one transaction, as the server writes them.
const BATCH: usize = 1024;
/// Between two records of the filled database.
const STEP_MS: u64 = 500;
const START_MS: u64 = 1_800_000_000_000;

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["levels"] => levels(),
        ["write"] => {
            let dir = tempfile::tempdir().unwrap();
            write(dir.path(), 100_000, true).await;
        }
        ["fill", dir, logs] => write(Path::new(dir), logs.parse().unwrap(), false).await,
        ["flood", dir, logs] => flood(Path::new(dir), logs.parse().unwrap()).await,
        ["list", dir] => list(Path::new(dir)).await,
        _ => println!("levels | write | fill DIR LOGS | flood DIR LOGS | list DIR"),
    }
}

async fn open(dir: &Path) -> Store {
    let url = if is_server(dir) {
        dir.to_str().unwrap().to_owned()
    } else {
        std::fs::create_dir_all(dir).unwrap();
        format!("sqlite://{}", dir.join("speed.db").display())
    };
    Store::open(&url, &MasterKey::parse(&"07".repeat(32)).unwrap()).await.unwrap()
}

fn is_server(dir: &Path) -> bool {
    dir.starts_with("postgres:")
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }

    /// Between 2^`least` and 2^`most`, each power of two as likely.
    fn spread(&mut self, least: u64, most: u64) -> u64 {
        let low = 1 << (least + self.next(most - least));
        low + self.next(low)
    }
}

const WORDS: &str = "the gateway decides for each request which model shall answer it and what that may cost so that nobody has to wait longer than needed";

fn prose(dice: &mut Dice, bytes: usize) -> String {
    let words: Vec<&str> = WORDS.split(' ').collect();
    let mut text = String::new();
    while text.len() < bytes {
        text.push_str(words[usize::try_from(dice.next(words.len() as u64)).unwrap()]);
        text.push_str(&format!(" {:x} ", dice.next(4096)));
    }
    text
}

fn payload(dice: &mut Dice) -> Payload {
    let request = format!(
        r#"{{"model":"dynamic/support","messages":[{{"role":"user","content":"{}"}}],"temperature":0.2}}"#,
        prose(dice, 900)
    );
    let response = format!(
        r#"{{"id":"chatcmpl-{:x}","object":"chat.completion","choices":[{{"index":0,"message":{{"role":"assistant","content":"{}"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":200,"completion_tokens":180}}}}"#,
        dice.next(u64::MAX),
        prose(dice, 850)
    );
    Payload {
        request: request.into(),
        response: vec![response.into()],
        request_complete: true,
        response_complete: true,
    }
}

/// Through a condition, a split and a model, and one time of ten through another model.
struct Way {
    paid: bool,
    split: u64,
    falls: bool,
}

impl Way {
    fn of(dice: &mut Dice) -> Self {
        Self {
            paid: dice.next(4) == 0,
            split: dice.next(100).saturating_sub(95),
            falls: dice.next(10) == 0,
        }
    }

    fn path(&self) -> String {
        let model = |id: &str, outcome: &str| {
            format!(
                r#"{{"element":"{id}","type":"model","outcome":"{outcome}","attempts":[{{"provider":"openai","model":"gpt-4o-mini","key":"default","status":200,"ms":812}}]}}"#
            )
        };
        let (paid, split) = (self.paid, self.split);
        let first = format!("m{split}");
        let models = if self.falls {
            format!("{},{}", model(&first, "fallback"), model("last", "success"))
        } else {
            model(&first, "success")
        };
        format!(
            r#"[{{"element":"is-paid","type":"conditional","outcome":"{paid}"}},{{"element":"split","type":"percentage","outcome":"to-{split}"}},{models}]"#
        )
    }
}

fn record(at: u64, dice: &mut Dice, with_payload: bool) -> Record {
    let created_at_ms = START_MS + at * STEP_MS;
    let (input, output) = (dice.spread(6, 13), dice.spread(4, 11));
    let success = dice.next(50) > 0;
    let model = dice.next(30);
    // Twenty routes, a new version of each after a hundred thousand logs, and two hundred tokens.
    let route = dice.next(20);
    let way = Way::of(dice);
    Record {
        id: format!(
            "{:08x}-{:04x}-7{:03x}-8{:03x}-{:012x}",
            created_at_ms >> 16,
            created_at_ms & 0xffff,
            dice.next(4096),
            dice.next(4096),
            at
        ),
        gateway: "default".into(),
        created_at_ms,
        route: Some((
            format!("01890000-0000-7000-8000-{route:012}").into(),
            format!("support-{route}"),
        )),
        version: Some(format!("01890000-0000-7000-8001-{:012}", at / 100_000 * 100 + route).into()),
        token: Some(format!("01890000-0000-7000-8002-{:012}", dice.next(200))),
        seed: Some(dice.next(u64::MAX)),
        path: way.path(),
        provider: ["openai", "anthropic", "google-ai-studio", "groq", "mistral"]
            [usize::try_from(model % 5).unwrap()]
        .into(),
        model: format!("model-{model}"),
        step: 0,
        status: if success { 200 } else { 502 },
        success,
        streamed: dice.next(2) > 0,
        cause: None,
        usage: success.then(|| chat::Usage { input, output, ..Default::default() }),
        cost: success.then(|| input * 150 + output * 600),
        price_version: Some("litellm 1.109.1 (2026-11-22)".into()),
        custom_cost: false,
        metadata: Some(format!(
            r#"{{"user":"user-{}","plan":"plan-{}"}}"#,
            dice.next(10_000),
            dice.next(3)
        )),
        duration_ms: dice.spread(6, 14),
        first_byte_ms: Some(300),
        request_size: 1000,
        response_size: 1000,
        user_agent: Some(format!("OpenAI/JS 5.{}.0", dice.next(40))),
        entry: Entry {
            path: "chat/completions".into(),
            kind: "chat".into(),
            compat: true,
            authenticated: true,
            event_id: (dice.next(100) == 0).then(|| format!("event-{at}")),
            request_content_type: "application/json".into(),
            response_content_type: "application/json".into(),
        },
        cached: dice.next(20) == 0,
        finish: Some("stop".into()),
        costs: Some(Costs { input: input * 150, output: output * 600, ..Costs::default() }),
        charges: Vec::new(),
        times: Times { gateway_us: 300, route_us: 20, upstream_us: 300_000 },
        decision: Some(r#"{"inputs":{"metadata.plan":"plan-1"},"seed":1,"limits":[]}"#.into()),
        trace: None,
        payload: with_payload.then(|| Box::new(payload(dice))),
    }
}

async fn write(dir: &Path, logs: u64, with_payload: bool) {
    let store = open(dir).await;
    let mut dice = Dice(0x5eed);
    let mut busy = Duration::ZERO;
    let mut at = 0;
    while at < logs {
        let until = (at + BATCH as u64).min(logs);
        let batch: Vec<_> = (at..until).map(|at| record(at, &mut dice, with_payload)).collect();
        let start = Instant::now();
        let batch = Batch::of(batch).unwrap();
        store.logs().append_batch(&batch, &Stops::new()).await.unwrap();
        busy += start.elapsed();
        at = until;
    }
    println!("{logs} logs in {:.1} s: {:.0} logs/s", busy.as_secs_f64(), rate(logs, busy));
    store.close().await;
    if is_server(dir) {
        return;
    }
    let bytes = std::fs::metadata(dir.join("speed-logs.db")).unwrap().len();
    println!("{} bytes a log", bytes / logs);
}

/// More logs in what is there already, of a caller that invents models.
async fn flood(dir: &Path, logs: u64) {
    let store = open(dir).await;
    let mut dice = Dice(0xf100d);
    let mut busy = Duration::ZERO;
    let first = 10_000_000;
    for at in (first..first + logs).step_by(BATCH) {
        let invented =
            |at| Record { model: format!("invented-{at}"), ..record(at, &mut dice, false) };
        let batch: Vec<_> = (at..(at + BATCH as u64).min(first + logs)).map(invented).collect();
        let start = Instant::now();
        store.logs().append_batch(&Batch::of(batch).unwrap(), &Stops::new()).await.unwrap();
        busy += start.elapsed();
    }
    println!("{logs} logs in {:.1} s: {:.0} logs/s", busy.as_secs_f64(), rate(logs, busy));
    store.close().await;
}

#[expect(clippy::cast_precision_loss, reason = "a rate to be read by people")]
fn rate(logs: u64, busy: Duration) -> f64 {
    logs as f64 / busy.as_secs_f64()
}

fn levels() {
    let mut dice = Dice(0x5eed);
    let payloads: Vec<_> = (0..20_000).map(|_| payload(&mut dice)).collect();
    let plain: usize = payloads.iter().map(Payload::size).sum();
    for level in [-5, -1, 1, 2, 3, 6, 9] {
        let mut compressor = zstd::bulk::Compressor::new(level).unwrap();
        let start = Instant::now();
        let mut packed = 0;
        for it in &payloads {
            packed += compressor.compress(&it.request).unwrap().len();
            packed += compressor.compress(&it.response[0]).unwrap().len();
        }
        let each = start.elapsed() / u32::try_from(payloads.len()).unwrap();
        println!("level {level:2}: {each:?} a log, {} % of the size", packed * 100 / plain);
    }
}

fn only(field: LogField, operator: LogOperator, value: LogValue) -> LogQuery {
    LogQuery {
        filters: vec![LogFilter { field, operator, values: vec![value] }],
        ..LogQuery::default()
    }
}

async fn list(dir: &Path) {
    use LogField as F;
    use LogOperator::{Contains, Eq, Gt, Lt, Neq};
    let int = LogValue::Int;
    let store = open(dir).await;
    let total = store.logs().held(&"default".into()).await.unwrap();
    println!("{total} logs");
    let middle = i64::try_from(START_MS + total * STEP_MS / 2).unwrap();
    let id = {
        let page = Page { page: 1 + u32::try_from(total / 2).unwrap(), per_page: 1 };
        store
            .logs()
            .list(&"default".into(), &LogQuery::default(), page)
            .await
            .unwrap()
            .0
            .remove(0)
            .record
            .id
    };
    let filters: Vec<(F, LogOperator, LogValue)> = vec![
        (F::Id, Eq, id.as_str().into()),
        (F::Id, Neq, id.as_str().into()),
        (F::Id, Contains, id[9..].into()),
        (F::CreatedAt, Gt, int(middle)),
        (F::CreatedAt, Lt, int(middle)),
        (F::CreatedAt, Eq, int(middle)),
        (F::CreatedAt, Neq, int(middle)),
        (F::Success, Eq, true.into()),
        (F::Success, Eq, false.into()),
        (F::Cached, Eq, true.into()),
        (F::Provider, Eq, "openai".into()),
        (F::Provider, Neq, "openai".into()),
        (F::Model, Eq, "model-7".into()),
        (F::Model, Contains, "MODEL".into()),
        (F::Model, Contains, "l-2".into()),
        (F::RequestType, Eq, "chat".into()),
        (F::RequestContentType, Contains, "json".into()),
        (F::Authentication, Eq, true.into()),
        (F::Cost, Gt, int(100_000)),
        (F::Cost, Gt, int(1_500_000)),
        (F::Cost, Lt, int(300_000)),
        (F::Cost, Neq, int(300_000)),
        (F::Tokens, Gt, int(500)),
        (F::TokensIn, Lt, int(1_000)),
        (F::TokensOut, Gt, int(0)),
        (F::TokensOut, Eq, int(100)),
        (F::Duration, Gt, int(1_000)),
        (F::Duration, Gt, int(16_000)),
        (F::Duration, Lt, int(5_000)),
        (F::Feedback, Eq, LogValue::Null),
        (F::Feedback, Eq, int(1)),
        (F::EventId, Eq, "event-500000".into()),
        (F::EventId, Contains, "event-5".into()),
        (F::EventId, Neq, LogValue::Null),
        (F::UserAgent, Eq, "OpenAI/JS 5.7.0".into()),
        (F::UserAgent, Contains, "openai".into()),
        (F::UserAgent, Neq, "OpenAI/JS 5.7.0".into()),
        (F::Route, Eq, "support-7".into()),
        (F::Route, Contains, "SUPPORT".into()),
        (F::Route, Neq, "support-7".into()),
        (F::Version, Eq, "01890000-0000-7000-8001-000000000007".into()),
        (F::Version, Contains, "-00000000090".into()),
        (F::Version, Lt, "01890000-0000-7000-8001-000000000400".into()),
        (F::Element, Eq, "m0".into()),
        (F::Element, Eq, "last".into()),
        (F::Element, Neq, "last".into()),
        (F::Edge, Eq, "is-paid.true".into()),
        (F::Edge, Eq, "split.to-4".into()),
        (F::Edge, Contains, "FALLBACK".into()),
        (F::Edge, Neq, "is-paid.true".into()),
        (F::Token, Eq, "01890000-0000-7000-8002-000000000007".into()),
        (F::Token, Contains, "-0000000001".into()),
        (F::Token, Neq, "01890000-0000-7000-8002-000000000007".into()),
        (F::Token, Eq, LogValue::Null),
        (F::MetadataKey, Eq, "user".into()),
        (F::MetadataKey, Neq, "user".into()),
        (F::MetadataValue, Eq, "user-77".into()),
        (F::MetadataValue, Eq, "plan-1".into()),
        (F::MetadataValue, Neq, "plan-1".into()),
        (F::MetadataValue, Contains, "user-77".into()),
        (F::MetadataValue, Contains, "user".into()),
    ];
    time(&store, "no filter", LogQuery::default(), 1).await;
    for (field, operator, value) in filters {
        let name = format!("{field:?} {operator:?} {value:?}");
        time(&store, &name, only(field, operator, value), 1).await;
    }
    let search = |text: &str| LogQuery { search: Some(text.to_owned()), ..LogQuery::default() };
    time(&store, "search model-2", search("model-2"), 1).await;
    time(&store, "search user-77", search("user-77"), 1).await;
    time(&store, "ordered by model", LogQuery { order: LogOrder::Model, ..LogQuery::default() }, 1)
        .await;
    time(&store, "no filter, page 10000", LogQuery::default(), 10_000).await;
    time(&store, "Success Eq true, page 10000", only(F::Success, Eq, true.into()), 10_000).await;
    let mut two = only(F::Provider, Eq, "openai".into());
    two.filters.extend(only(F::Cost, Gt, int(1_500_000)).filters);
    time(&store, "provider and cost", two, 1).await;
    let version = "01890000-0000-7000-8001-000000000307";
    let mut edge = only(F::Route, Eq, "01890000-0000-7000-8000-000000000007".into());
    edge.filters.extend(only(F::Version, Eq, version.into()).filters);
    edge.filters.extend(only(F::Edge, Eq, "is-paid.true".into()).filters);
    time(&store, "an edge of a version", edge, 1).await;
}

/// The median of five.
async fn time(store: &Store, name: &str, query: LogQuery, page: u32) {
    let mut times = Vec::new();
    let mut found = 0;
    for _ in 0..5 {
        let start = Instant::now();
        found = store
            .logs()
            .list(&"default".into(), &query, Page { page, per_page: 20 })
            .await
            .unwrap()
            .1;
        times.push(start.elapsed());
    }
    times.sort();
    println!("{:7.1} ms  {found:8} found  {name}", times[2].as_secs_f64() * 1000.0);
}
