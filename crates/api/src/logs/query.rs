//! What a query string asks of the logs: filters, the older parameters that say the same, order and page.

use super::values::{Scaled, decimal, filter, time};
use super::{ascending, filters};
use crate::paging::{flag, number, only, page};
use crate::problem::Problem;
use serde::Deserialize;
use store::{LogField, LogFilter, LogOperator, LogOrder, LogValue};
use utoipa::IntoParams;

/// All of the query string, in its order.
pub(super) type Pairs = Vec<(String, String)>;

/// Logs on a page.
const MOST_PER_PAGE: u32 = 50;
/// Logs deleted at once.
const MOST_DELETED: u32 = 10_000;

/// Which requests.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct LogQuery {
    /// From 1; default 1.
    #[param(value_type = Option<u32>, minimum = 1, example = 1)]
    page: Option<String>,
    /// Default 20, at most 50.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 50, example = 20)]
    per_page: Option<String>,
    /// `created_at` (default), `provider`, `model`, `model_type`, `success` or `cached`.
    order_by: Option<String>,
    /// `desc` (default) or `asc`.
    order_by_direction: Option<String>,
    /// Objects with `key`, `operator` and `value`, as one JSON array, or in the form in which SDKs send them (`filters.key=…&filters.operator=…&filters.value=…`).
    /// Beside the documented keys there are `route` (id or name), `version`, `element`, `edge` (`<element>.<output>`: the output that was taken) and `token` (its id).
    filters: Option<String>,
    /// Text in the provider, the model, or the keys and values of metadata.
    search: Option<String>,
    /// Whether `result_info` shall have the smallest and largest cost, duration and tokens of the logs that fit.
    #[param(value_type = Option<bool>)]
    meta_info: Option<String>,
    /// From this time on, RFC 3339.
    #[param(format = DateTime)]
    start_date: Option<String>,
    /// Up to this time, RFC 3339.
    #[param(format = DateTime)]
    end_date: Option<String>,
    /// Deprecated: as `order_by_direction`.
    direction: Option<String>,
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<bool>)]
    success: Option<String>,
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<bool>)]
    cached: Option<String>,
    /// Deprecated: a filter says the same.
    provider: Option<String>,
    /// Deprecated: a filter says the same.
    model: Option<String>,
    /// Deprecated: a filter says the same.
    model_type: Option<String>,
    /// Deprecated: a filter says the same.
    request_content_type: Option<String>,
    /// Deprecated: a filter says the same.
    response_content_type: Option<String>,
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<i64>)]
    feedback: Option<String>,
    /// Dollars.
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<f64>)]
    min_cost: Option<String>,
    /// Dollars.
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<f64>)]
    max_cost: Option<String>,
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<u64>)]
    min_tokens_in: Option<String>,
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<u64>)]
    max_tokens_in: Option<String>,
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<u64>)]
    min_tokens_out: Option<String>,
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<u64>)]
    max_tokens_out: Option<String>,
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<u64>)]
    min_total_tokens: Option<String>,
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<u64>)]
    max_total_tokens: Option<String>,
    /// Milliseconds.
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<u64>)]
    min_duration: Option<String>,
    /// Milliseconds.
    /// Deprecated: a filter says the same.
    #[param(value_type = Option<u64>)]
    max_duration: Option<String>,
}

impl LogQuery {
    pub(super) fn page(&self) -> Result<store::Page, Problem> {
        page(self.page.as_deref(), self.per_page.as_deref(), MOST_PER_PAGE)
    }

    pub(super) fn wants_meta(&self) -> Result<bool, Problem> {
        Ok(flag("meta_info", self.meta_info.as_deref())?.unwrap_or(false))
    }

    pub(super) fn read(self, pairs: &Pairs) -> Result<store::LogQuery, Problem> {
        let older = ascending("direction", self.direction.as_deref(), false)?;
        let direction = self.order_by_direction.as_deref();
        let ascending = ascending("order_by_direction", direction, older)?;
        const ORDERS: &[&str] =
            &["created_at", "provider", "model", "model_type", "success", "cached"];
        let order = order(self.order_by.as_deref(), ORDERS)?;
        let mut filters = filters::read(pairs)?;
        filters.extend(self.equal()?);
        filters.extend(self.between()?);
        Ok(store::LogQuery {
            filters,
            search: self.search.filter(|it| !it.is_empty()),
            start: None,
            end: None,
            order,
            ascending,
        })
    }

    /// The older parameters that name a value.
    fn equal(&self) -> Result<Vec<LogFilter>, Problem> {
        let parameters = [
            ("success", &self.success),
            ("cached", &self.cached),
            ("provider", &self.provider),
            ("model", &self.model),
            ("model_type", &self.model_type),
            ("request_content_type", &self.request_content_type),
            ("response_content_type", &self.response_content_type),
            ("feedback", &self.feedback),
        ];
        let given = parameters.into_iter().filter_map(|(name, it)| Some((name, it.as_deref()?)));
        let one = |(name, text): (&str, &str)| {
            let value = super::values::Raw::Json(text.into());
            filter(name, "eq", vec![value]).map_err(|it| Problem::invalid(&["query", name], it))
        };
        given.map(one).collect()
    }

    /// The older parameters that name a bound, which is within, and the dates.
    fn between(&self) -> Result<Vec<LogFilter>, Problem> {
        use LogField::{Cost, CreatedAt, Duration, Tokens, TokensIn, TokensOut};
        let parameters = [
            ("min_cost", &self.min_cost, Cost),
            ("max_cost", &self.max_cost, Cost),
            ("min_tokens_in", &self.min_tokens_in, TokensIn),
            ("max_tokens_in", &self.max_tokens_in, TokensIn),
            ("min_tokens_out", &self.min_tokens_out, TokensOut),
            ("max_tokens_out", &self.max_tokens_out, TokensOut),
            ("min_total_tokens", &self.min_total_tokens, Tokens),
            ("max_total_tokens", &self.max_total_tokens, Tokens),
            ("min_duration", &self.min_duration, Duration),
            ("max_duration", &self.max_duration, Duration),
            ("start_date", &self.start_date, CreatedAt),
            ("end_date", &self.end_date, CreatedAt),
        ];
        let given = parameters
            .into_iter()
            .filter_map(|(name, it, field)| Some((name, it.as_deref()?, field)));
        let one = |(name, text, field): (&str, &str, LogField)| {
            let (bound, wanted) = match field {
                CreatedAt => (time(text), "a time; write it as 2027-01-31T12:00:00Z"),
                Cost => (decimal(text, 9), "a number of dollars"),
                _ => (decimal(text, 0), "a number"),
            };
            let bound = bound.ok_or_else(|| {
                Problem::invalid(
                    &["query", name],
                    format!("`{name}` is `{text}`, which is not {wanted}"),
                )
            })?;
            let least = name.starts_with("min") || name.starts_with("start");
            Ok(within(field, bound, least))
        };
        given.map(one).collect()
    }
}

/// A filter that the bound itself fulfils, since all values are whole.
fn within(field: LogField, bound: Scaled, least: bool) -> LogFilter {
    let (operator, value) = if least {
        (LogOperator::Gt, bound.ceil().saturating_sub(1))
    } else {
        (LogOperator::Lt, bound.floor.saturating_add(1))
    };
    LogFilter { field, operator, values: vec![LogValue::Int(value)] }
}

/// Which requests to delete.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct DeleteQuery {
    /// As when listing; without filters, all requests fit.
    filters: Option<String>,
    /// As when listing, and `cost`, `tokens_in`, `tokens_out`, `duration` and `feedback`.
    order_by: Option<String>,
    /// `asc` (default) or `desc`.
    order_by_direction: Option<String>,
    /// Default and at most 10000.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 10_000, example = 10_000)]
    limit: Option<String>,
}

impl DeleteQuery {
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        number("limit", self.limit.as_deref(), MOST_DELETED, MOST_DELETED)
    }

    pub(super) fn read(self, pairs: &Pairs) -> Result<store::LogQuery, Problem> {
        const ORDERS: &[&str] = &[
            "created_at",
            "provider",
            "model",
            "model_type",
            "success",
            "cached",
            "cost",
            "tokens_in",
            "tokens_out",
            "duration",
            "feedback",
        ];
        Ok(store::LogQuery {
            filters: filters::read(pairs)?,
            order: order(self.order_by.as_deref(), ORDERS)?,
            ascending: ascending("order_by_direction", self.order_by_direction.as_deref(), true)?,
            ..store::LogQuery::default()
        })
    }
}

fn order(name: Option<&str>, allowed: &[&str]) -> Result<LogOrder, Problem> {
    only("order_by", name, allowed)?;
    Ok(match name {
        Some("provider") => LogOrder::Provider,
        Some("model") => LogOrder::Model,
        Some("success") => LogOrder::Success,
        Some("cached") => LogOrder::Cached,
        Some("cost") => LogOrder::Cost,
        Some("tokens_in") => LogOrder::TokensIn,
        Some("tokens_out") => LogOrder::TokensOut,
        Some("duration") => LogOrder::Duration,
        Some("feedback") => LogOrder::Feedback,
        // No log has a `model_type`: all of them are equal in it.
        _ => LogOrder::CreatedAt,
    })
}
