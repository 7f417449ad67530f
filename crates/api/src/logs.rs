//! Request logs: list and get. They hold no payload.

mod view;

use crate::caller::{AtGateway, Named};
use crate::live::Api;
use crate::paging::{Asked, LogPaging, PageQuery, flag};
use crate::problem::Problem;
use crate::reply::{Answer, Listing, Reply, Success};
use crate::times;
use axum::extract::State;
use serde::Deserialize;
use std::collections::HashMap;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use view::LogView;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LogQuery {
    #[param(value_type = Option<bool>)]
    success: Option<String>,
    /// The provider that answered.
    provider: Option<String>,
    /// The model that answered.
    model: Option<String>,
    /// From this time on, RFC 3339.
    #[param(format = DateTime)]
    start_date: Option<String>,
    /// Up to this time, RFC 3339.
    #[param(format = DateTime)]
    end_date: Option<String>,
}

/// Documented filters that are not here yet. A filter that was passed over would show the wrong logs, so it is refused.
const NOT_YET: &[&str] = &[
    "search",
    "filters",
    "meta_info",
    "feedback",
    "cached",
    "model_type",
    "request_content_type",
    "response_content_type",
    "min_cost",
    "max_cost",
    "min_tokens_in",
    "max_tokens_in",
    "min_tokens_out",
    "max_tokens_out",
    "min_total_tokens",
    "max_total_tokens",
    "min_duration",
    "max_duration",
];

impl LogQuery {
    fn read(self, ascending: bool) -> Result<store::LogQuery, Problem> {
        Ok(store::LogQuery {
            ascending,
            success: flag("success", self.success.as_deref())?,
            provider: self.provider,
            model: self.model,
            start: time("start_date", self.start_date.as_deref())?,
            end: time("end_date", self.end_date.as_deref())?,
        })
    }
}

fn time(name: &str, text: Option<&str>) -> Result<Option<store::Micros>, Problem> {
    let stamp = text.map(|it| times::parse(it, &["query", name])).transpose()?;
    Ok(stamp.map(|it| it.as_microsecond()))
}

/// List the requests of a gateway, newest first unless asked otherwise.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs", tag = "logs",
    operation_id = "aig-config-list-gateway-logs", params(PageQuery, LogQuery), responses((status = 200, body = Listing<LogView>)))]
async fn list(
    State(api): State<Api>,
    at: AtGateway,
    paging: LogPaging,
    Asked(all): Asked<HashMap<String, String>>,
    Asked(query): Asked<LogQuery>,
) -> Answer<Listing<LogView>> {
    if let Some(name) =
        all.keys().find(|it| NOT_YET.contains(&it.split(['[', '.']).next().unwrap_or_default()))
    {
        return Err(Problem::invalid(
            &["query", name],
            format!("this server cannot filter logs by `{name}` yet"),
        ));
    }
    let query = query.read(paging.ascending)?;
    let (records, total) = api.store.logs().list(&at.gateway, &query, paging.page).await?;
    Ok(Reply::list(records.into_iter().map(LogView::from).collect(), paging.page, total))
}

/// Get one request with the path it took.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{id}", tag = "logs",
    operation_id = "aig-config-get-gateway-log-detail", responses((status = 200, body = Success<LogView>)))]
async fn get(State(api): State<Api>, at: AtGateway, Named(id): Named) -> Answer<Success<LogView>> {
    let record = api.store.logs().get(&at.gateway, &id).await?;
    Ok(Reply::result(record.into()))
}
