//! Log records to rows and back.

use std::borrow::Cow;

use route::ids::VersionId;
use serde::{Deserialize, Serialize};
use telemetry::{Charge, Costs, Entry, Record, Times, Trace};

use super::kinds::{Kind, identity};
use crate::db::{Row, Value};
use crate::error::{Result, unreadable};

/// How far the time of creation is shifted in a log's number.
pub(super) const SHIFT: u32 = 21;

/// Columns of [`INSERT`].
pub(super) const COLUMNS: usize = 18;
/// Columns of [`INSERT_DETAILS`].
pub(super) const DETAIL_COLUMNS: usize = 10;

pub(super) const INSERT: &str = "insert into logs (n, id, gateway, kind, walk, agent, token, event_id, cost, cost_step, tokens, tokens_step, \
     tokens_in, tokens_in_step, tokens_out, tokens_out_step, duration_ms, duration_step) values ";
pub(super) const INSERT_DETAILS: &str = "insert into log_details (n, route_id, route_name, version_id, token, status, path, metadata, \
     decision, detail) values ";
pub(super) const INSERT_PAYLOADS: &str =
    "insert into log_payloads (n, request, request_complete, response, response_complete) values ";

/// Everything of a record that [`stored`] reads; `from` follows.
pub(super) const SELECT: &str = "select logs.n, logs.id, logs.kind, logs.event_id, logs.feedback, logs.score, logs.cost, logs.duration_ms, \
     gateway.name as gateway_name, kind.provider, kind.request_type, kind.success, kind.cached, kind.authentication, kind.compat, \
     kind.metadata_keys, kind.loose, \
     case kind.loose when 0 then kind.model else (select value from log_own own where own.n = logs.n and own.field = 3) end as model, \
     case kind.loose when 0 then kind.request_content_type \
     else (select value from log_own own where own.n = logs.n and own.field = 4) end as request_content_type, \
     case kind.loose when 0 then kind.response_content_type \
     else (select value from log_own own where own.n = logs.n and own.field = 5) end as response_content_type, \
     detail.route_id, detail.route_name, detail.version_id, \
     detail.token, detail.status, detail.path, detail.metadata, detail.decision, detail.detail \
     from logs join log_gateways gateway on gateway.number = logs.gateway join log_kinds kind on kind.id = logs.kind \
     join log_details detail on detail.n = logs.n";

/// A record, and what people said of it later.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredLog {
    /// As it was written, without its payload.
    pub record: Record,
    /// -1, 0 or 1.
    pub feedback: Option<i64>,
    /// 0 to 100.
    pub score: Option<i64>,
}

/// Its number, and those of what it shares with other logs.
pub(super) struct Ids {
    pub(super) n: i64,
    pub(super) gateway: i64,
    pub(super) kind: i64,
    pub(super) walk: i64,
    pub(super) agent: Option<i64>,
    pub(super) token: Option<i64>,
}

/// The values of [`INSERT`] for one record.
pub(super) fn values(it: &Record, ids: &Ids) -> [Value; COLUMNS] {
    let tokens_in = it.usage.map(|it| signed(it.tokens_in()));
    let tokens_out = it.usage.map(|it| signed(it.tokens_out()));
    let tokens = tokens_in.zip(tokens_out).map(|(one, other)| one.saturating_add(other));
    let (cost, duration) = (it.cost.map(signed), signed(it.duration_ms));
    [
        ids.n.into(),
        it.id.as_str().into(),
        ids.gateway.into(),
        ids.kind.into(),
        ids.walk.into(),
        ids.agent.into(),
        ids.token.into(),
        it.entry.event_id.as_deref().into(),
        cost.into(),
        cost.map(step).into(),
        tokens.into(),
        tokens.map(step).into(),
        tokens_in.into(),
        tokens_in.map(step).into(),
        tokens_out.into(),
        tokens_out.map(step).into(),
        duration.into(),
        step(duration).into(),
    ]
}

/// The values of [`INSERT_DETAILS`].
pub(super) fn details(it: &Record, detail: &str, n: i64) -> [Value; DETAIL_COLUMNS] {
    let (route, name) = it.route.as_ref().map(|(id, name)| (id.as_str(), &**name)).unzip();
    [
        n.into(),
        route.into(),
        name.into(),
        it.version.as_ref().map(VersionId::as_str).into(),
        it.token.as_deref().into(),
        it.status.into(),
        it.path.as_str().into(),
        it.metadata.as_deref().into(),
        it.decision.as_deref().into(),
        detail.into(),
    ]
}

/// A log's number of which all bits but the last [`SHIFT`] are its time.
pub(super) fn number(created_at_ms: u64, last: u64) -> i64 {
    let ms = created_at_ms.min((1 << (63 - SHIFT)) - 1);
    signed((ms << SHIFT) | (last & ((1 << SHIFT) - 1)))
}

/// The first number of a millisecond.
pub(super) fn first(ms: i64) -> i64 {
    ms.clamp(0, (1 << (63 - SHIFT)) - 1) << SHIFT
}

/// The order of magnitude of a number: 16 × its hexadecimal digits + the first of them, 16 for 0. As in the migration.
pub(super) fn step(number: i64) -> i64 {
    let number = number.max(0);
    let digits = (i64::from(64 - number.leading_zeros()) + 3) / 4;
    let digits = digits.max(1);
    digits * 16 + (number >> (4 * (digits - 1)))
}

/// A value of metadata and its key, or a user agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) id: i64,
    pub(super) key: Option<String>,
    pub(super) value: String,
}

impl Text {
    pub(super) fn new(gateway: i64, key: Option<&str>, value: &str) -> Self {
        let texts = [key.unwrap_or_default(), value];
        let id = identity(gateway, &[key.is_some().into()], &texts);
        Self { id, key: key.map(str::to_owned), value: value.to_owned() }
    }
}

/// The flat entries of metadata, in the order of their keys.
pub(super) fn entries(metadata: Option<&str>) -> Vec<(String, String)> {
    use serde_json::Value as Json;
    let Some(Ok(Json::Object(map))) = metadata.map(serde_json::from_str) else {
        return Vec::new();
    };
    let text = |(key, value): (String, Json)| match value {
        Json::String(it) => Some((key, it)),
        Json::Number(_) | Json::Bool(_) => Some((key, value.to_string())),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    };
    let mut entries: Vec<_> = map.into_iter().filter_map(text).collect();
    entries.sort();
    entries
}

/// Amounts and times beyond 2^63 do not occur; should one, it stays the largest there is.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// What nobody filters or sums by: one column of JSON.
#[derive(Serialize, Deserialize)]
struct Detail<'a> {
    seed: Option<u64>,
    step: u32,
    streamed: bool,
    cause: Option<Cow<'a, str>>,
    usage: Option<chat::Usage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    price_version: Option<Cow<'a, str>>,
    custom_cost: bool,
    first_byte_ms: Option<u64>,
    request_size: u64,
    response_size: u64,
    user_agent: Option<Cow<'a, str>>,
    #[serde(default = "compat_path")]
    path: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finish: Option<Cow<'a, str>>,
    /// In the order of [`Costs`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    costs: Option<[u64; 5]>,
    #[serde(default, skip_serializing_if = "Charged::is_nothing")]
    charged: Charged<'a>,
    /// In the order of [`Times`].
    #[serde(default)]
    times: [u64; 3],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<Place<'a>>,
}

/// What model elements were charged.
#[derive(Default, Serialize, Deserialize)]
#[serde(untagged)]
enum Charged<'a> {
    /// Nothing, or nobody had written it down yet.
    #[default]
    Nothing,
    /// Nearly always there is one, and the record says all of it.
    Alike(AsRecord),
    Each(Vec<One<'a>>),
}

/// The one that answered was charged what the record says.
#[derive(Serialize, Deserialize)]
enum AsRecord {
    #[serde(rename = "whole")]
    Whole,
}

/// A [`Charge`].
#[derive(Serialize, Deserialize)]
struct One<'a> {
    step: u32,
    provider: Cow<'a, str>,
    model: Cow<'a, str>,
    usage: chat::Usage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost: Option<u64>,
}

impl<'a> Charged<'a> {
    fn of(it: &'a Record) -> Self {
        match it.charges.as_slice() {
            [] => Self::Nothing,
            [one] if whole(it).as_ref() == Some(one) => Self::Alike(AsRecord::Whole),
            all => Self::Each(all.iter().map(One::of).collect()),
        }
    }

    const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    fn read(self, record: &Record) -> Vec<Charge> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Alike(AsRecord::Whole) => whole(record).into_iter().collect(),
            Self::Each(all) => all.into_iter().map(One::read).collect(),
        }
    }
}

impl<'a> One<'a> {
    fn of(it: &'a Charge) -> Self {
        let (provider, model) = ((&*it.provider).into(), (&*it.model).into());
        Self { step: it.step, provider, model, usage: it.usage, cost: it.cost }
    }

    fn read(self) -> Charge {
        let (provider, model) = (self.provider.into(), self.model.into());
        Charge { step: self.step, provider, model, usage: self.usage, cost: self.cost }
    }
}

/// A charge of all that a record tells of, at the element that answered.
fn whole(it: &Record) -> Option<Charge> {
    let (provider, model) = (it.provider.as_str().into(), it.model.as_str().into());
    Some(Charge { step: it.step, provider, model, usage: it.usage?, cost: it.cost })
}

/// A [`Trace`].
#[derive(Serialize, Deserialize)]
struct Place<'a> {
    /// As in a `traceparent`.
    at: Cow<'a, str>,
    /// The caller's span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<Cow<'a, str>>,
}

/// Where every request of before this was written down came in.
const fn compat_path() -> Cow<'static, str> {
    Cow::Borrowed("chat/completions")
}

/// The column `detail`.
pub(super) fn detail(it: &Record) -> String {
    let costs = |it: Costs| [it.input, it.cache_read, it.cache_write, it.output, it.other];
    let detail = Detail {
        seed: it.seed,
        step: it.step,
        streamed: it.streamed,
        cause: it.cause.as_deref().map(Cow::Borrowed),
        usage: it.usage,
        price_version: it.price_version.as_deref().map(Cow::Borrowed),
        custom_cost: it.custom_cost,
        first_byte_ms: it.first_byte_ms,
        request_size: it.request_size,
        response_size: it.response_size,
        user_agent: it.user_agent.as_deref().map(Cow::Borrowed),
        path: it.entry.path.as_str().into(),
        finish: it.finish.as_deref().map(Cow::Borrowed),
        costs: it.costs.map(costs),
        charged: Charged::of(it),
        times: [it.times.gateway_us, it.times.route_us, it.times.upstream_us],
        trace: it.trace.as_ref().map(place),
    };
    serde_json::to_string(&detail).expect("numbers, flags and text are JSON")
}

fn place(it: &Trace) -> Place<'_> {
    Place {
        at: it.header(it.span).into(),
        parent: it.parent.map(|it| hex::encode(it).into()),
        state: it.state.as_deref().map(Cow::Borrowed),
    }
}

fn trace(it: Place<'_>) -> Option<Trace> {
    let mut parts = it.at.split('-').skip(1);
    let mut trace =
        Trace { trace_id: [0; 16], parent: None, span: [0; 8], sampled: false, state: None };
    hex::decode_to_slice(parts.next()?, &mut trace.trace_id).ok()?;
    hex::decode_to_slice(parts.next()?, &mut trace.span).ok()?;
    trace.sampled = parts.next()? == "01";
    trace.state = it.state.map(|it| it.into_owned().into());
    if let Some(text) = it.parent {
        let mut parent = [0; 8];
        hex::decode_to_slice(text.as_bytes(), &mut parent).ok()?;
        trace.parent = Some(parent);
    }
    Some(trace)
}

/// Reads a row of [`SELECT`].
pub(super) fn stored(row: &Row) -> Result<StoredLog> {
    let text: String = row.get("detail")?;
    let detail: Detail<'_> = serde_json::from_str(&text).map_err(unreadable)?;
    let kind = Kind::read(row)?;
    let route = row.get::<Option<String>>("route_id")?.map(Into::into);
    let mut record = Record {
        id: row.get("id")?,
        gateway: row.get::<String>("gateway_name")?.into(),
        created_at_ms: row.get::<i64>("n")?.unsigned_abs() >> SHIFT,
        route: route.zip(row.get::<Option<String>>("route_name")?),
        version: row.get::<Option<String>>("version_id")?.map(Into::into),
        token: row.get("token")?,
        provider: kind.provider,
        model: kind.model,
        status: row.get("status")?,
        success: kind.flags.success,
        cached: kind.flags.cached,
        cost: row.get::<Option<i64>>("cost")?.map(i64::unsigned_abs),
        duration_ms: row.get::<i64>("duration_ms")?.unsigned_abs(),
        path: row.get("path")?,
        metadata: row.get("metadata")?,
        decision: row.get("decision")?,
        seed: detail.seed,
        step: detail.step,
        streamed: detail.streamed,
        cause: detail.cause.map(Cow::into_owned),
        usage: detail.usage,
        price_version: detail.price_version.map(Cow::into_owned),
        custom_cost: detail.custom_cost,
        first_byte_ms: detail.first_byte_ms,
        request_size: detail.request_size,
        response_size: detail.response_size,
        user_agent: detail.user_agent.map(Cow::into_owned),
        entry: Entry {
            path: detail.path.into_owned(),
            kind: kind.request_type,
            compat: kind.flags.compat,
            authenticated: kind.flags.authentication,
            event_id: row.get("event_id")?,
            request_content_type: kind.request_content_type,
            response_content_type: kind.response_content_type,
        },
        finish: detail.finish.map(Cow::into_owned),
        costs: detail.costs.map(costs),
        charges: Vec::new(),
        times: times(detail.times),
        trace: detail.trace.and_then(trace),
        payload: None,
    };
    record.charges = detail.charged.read(&record);
    Ok(StoredLog { record, feedback: row.get("feedback")?, score: row.get("score")? })
}

const fn costs([input, cache_read, cache_write, output, other]: [u64; 5]) -> Costs {
    Costs { input, cache_read, cache_write, output, other }
}

const fn times([gateway_us, route_us, upstream_us]: [u64; 3]) -> Times {
    Times { gateway_us, route_us, upstream_us }
}
