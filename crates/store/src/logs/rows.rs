//! Log records to rows and back.

use std::borrow::Cow;

use route::ids::{GatewayId, VersionId};
use serde::{Deserialize, Serialize};
use telemetry::Record;

use super::LogQuery;
use crate::db::{Row, Value};
use crate::error::{Result, unreadable};

/// Columns of [`INSERT`].
pub(super) const COLUMNS: usize = 16;

pub(super) const INSERT: &str = "insert into logs (id, gateway_id, created_at, route_id, route_name, version_id, token, \
     provider, model, status, success, cost, duration_ms, path, metadata, detail) values ";

/// The values of [`INSERT`] for one record.
pub(super) fn values(it: &Record) -> [Value; COLUMNS] {
    let (route, name) = it.route.as_ref().map(|(id, name)| (id.as_str(), &**name)).unzip();
    [
        it.id.as_str().into(),
        it.gateway.as_str().into(),
        signed(it.created_at_ms).saturating_mul(1000).into(),
        route.into(),
        name.into(),
        it.version.as_ref().map(VersionId::as_str).into(),
        it.token.as_deref().into(),
        it.provider.as_str().into(),
        it.model.as_str().into(),
        it.status.into(),
        it.success.into(),
        it.cost.map(signed).into(),
        signed(it.duration_ms).into(),
        it.path.as_str().into(),
        it.metadata.as_deref().into(),
        detail(it).into(),
    ]
}

/// Amounts and times beyond 2^63 do not occur; should one, it stays the largest there is.
fn signed(value: u64) -> i64 {
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
}

fn detail(it: &Record) -> String {
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
    };
    serde_json::to_string(&detail).expect("numbers, flags and text are JSON")
}

/// What follows `where`, with its values.
pub(super) fn condition(gateway: &GatewayId, query: &LogQuery) -> (String, Vec<Value>) {
    let wanted: [(&str, Option<Value>); 6] = [
        ("gateway_id =", Some(gateway.as_str().into())),
        ("created_at >=", query.start.map(Into::into)),
        ("created_at <=", query.end.map(Into::into)),
        ("success =", query.success.map(Into::into)),
        ("provider =", query.provider.as_deref().map(Into::into)),
        ("model =", query.model.as_deref().map(Into::into)),
    ];
    let (mut terms, mut values) = (Vec::new(), Vec::new());
    for (term, value) in wanted {
        if let Some(value) = value {
            values.push(value);
            terms.push(format!("{term} ${}", values.len()));
        }
    }
    (terms.join(" and "), values)
}

pub(super) fn record(row: &Row) -> Result<Record> {
    let text: String = row.get("detail")?;
    let detail: Detail<'_> = serde_json::from_str(&text).map_err(unreadable)?;
    let route = row.get::<Option<String>>("route_id")?.map(Into::into);
    Ok(Record {
        id: row.get("id")?,
        gateway: row.get::<String>("gateway_id")?.into(),
        created_at_ms: row.get::<i64>("created_at")?.unsigned_abs() / 1000,
        route: route.zip(row.get::<Option<String>>("route_name")?),
        version: row.get::<Option<String>>("version_id")?.map(Into::into),
        token: row.get("token")?,
        provider: row.get("provider")?,
        model: row.get("model")?,
        status: row.get("status")?,
        success: row.get("success")?,
        cost: row.get::<Option<i64>>("cost")?.map(i64::unsigned_abs),
        duration_ms: row.get::<i64>("duration_ms")?.unsigned_abs(),
        path: row.get("path")?,
        metadata: row.get("metadata")?,
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
        entry: telemetry::Entry::default(),
        cached: false,
        finish: None,
        costs: None,
        times: telemetry::Times::default(),
        decision: None,
        trace: None,
        payload: None,
    })
}
