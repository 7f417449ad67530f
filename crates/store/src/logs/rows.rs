//! Log records to rows and back.

use std::borrow::Cow;

use route::ids::GatewayId;
use serde::{Deserialize, Serialize};
use sqlx::query_builder::Separated;
use sqlx::{QueryBuilder, Row as _, Sqlite};
use telemetry::Record;

use super::LogQuery;
use crate::db::Row;
use crate::error::{Result, unreadable};

pub(super) const INSERT: &str = "insert into logs (id, gateway_id, created_at, route_id, route_name, version_id, token, \
     provider, model, status, success, cost, duration_ms, path, metadata, detail) ";

/// The values of [`INSERT`] for one record.
pub(super) fn push(mut row: Separated<'_, Sqlite, &'static str>, it: &Record) {
    let (route, name) = it.route.as_ref().map(|(id, name)| (id.as_str(), &**name)).unzip();
    row.push_bind(it.id.clone())
        .push_bind(it.gateway.as_str().to_owned())
        .push_bind(signed(it.created_at_ms).saturating_mul(1000))
        .push_bind(route.map(str::to_owned))
        .push_bind(name.map(str::to_owned))
        .push_bind(it.version.as_ref().map(|it| it.as_str().to_owned()))
        .push_bind(it.token.clone())
        .push_bind(it.provider.clone())
        .push_bind(it.model.clone())
        .push_bind(it.status)
        .push_bind(it.success)
        .push_bind(it.cost.map(signed))
        .push_bind(signed(it.duration_ms))
        .push_bind(it.path.clone())
        .push_bind(it.metadata.clone())
        .push_bind(detail(it));
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
        custom_cost: it.custom_cost,
        first_byte_ms: it.first_byte_ms,
        request_size: it.request_size,
        response_size: it.response_size,
        user_agent: it.user_agent.as_deref().map(Cow::Borrowed),
    };
    serde_json::to_string(&detail).expect("numbers, flags and text are JSON")
}

pub(super) fn push_condition(
    sql: &mut QueryBuilder<Sqlite>,
    gateway: &GatewayId,
    query: &LogQuery,
) {
    sql.push("gateway_id = ").push_bind(gateway.as_str().to_owned());
    if let Some(start) = query.start {
        sql.push(" and created_at >= ").push_bind(start);
    }
    if let Some(end) = query.end {
        sql.push(" and created_at <= ").push_bind(end);
    }
    if let Some(success) = query.success {
        sql.push(" and success = ").push_bind(success);
    }
    if let Some(provider) = &query.provider {
        sql.push(" and provider = ").push_bind(provider.clone());
    }
    if let Some(model) = &query.model {
        sql.push(" and model = ").push_bind(model.clone());
    }
}

pub(super) fn record(row: &Row) -> Result<Record> {
    let detail: Detail<'_> = serde_json::from_str(row.try_get("detail")?).map_err(unreadable)?;
    let route = row.try_get::<Option<String>, _>("route_id")?.map(Into::into);
    Ok(Record {
        id: row.try_get("id")?,
        gateway: row.try_get::<String, _>("gateway_id")?.into(),
        created_at_ms: row.try_get::<i64, _>("created_at")?.unsigned_abs() / 1000,
        route: route.zip(row.try_get("route_name")?),
        version: row.try_get::<Option<String>, _>("version_id")?.map(Into::into),
        token: row.try_get("token")?,
        provider: row.try_get("provider")?,
        model: row.try_get("model")?,
        status: row.try_get("status")?,
        success: row.try_get("success")?,
        cost: row.try_get::<Option<i64>, _>("cost")?.map(i64::unsigned_abs),
        duration_ms: row.try_get::<i64, _>("duration_ms")?.unsigned_abs(),
        path: row.try_get("path")?,
        metadata: row.try_get("metadata")?,
        seed: detail.seed,
        step: detail.step,
        streamed: detail.streamed,
        cause: detail.cause.map(Cow::into_owned),
        usage: detail.usage,
        custom_cost: detail.custom_cost,
        first_byte_ms: detail.first_byte_ms,
        request_size: detail.request_size,
        response_size: detail.response_size,
        user_agent: detail.user_agent.map(Cow::into_owned),
    })
}
