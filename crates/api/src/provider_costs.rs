//! What models of custom providers cost (`custom-providers/costs`): prices are kept as they were written, and read without a float.

use crate::body::Input;
use crate::caller::{AtAccount, Named};
use crate::live::{Api, Change};
use crate::paging::{Asked, PageQuery, Paging, cut};
use crate::problem::Problem;
use crate::reply::{Answer, Listing, Reply, Success};
use crate::times;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// What a client may send. A price is dollars per token.
#[derive(Debug, Deserialize, ToSchema)]
struct Written {
    /// Id of the custom provider. Required when creating; it stays.
    account_provider_id: Option<String>,
    /// A model's name or a part of one. Required when creating.
    model: Option<String>,
    /// `equals` (default), `starts-with` or `contains`.
    model_rule: Option<String>,
    #[schema(value_type = Option<f64>)]
    cost_in: Option<Box<RawValue>>,
    #[schema(value_type = Option<f64>)]
    cost_out: Option<Box<RawValue>>,
    /// Only `tokens`.
    cost_type: Option<String>,
    /// Prices by kind of token, before `cost_in` and `cost_out`.
    #[schema(value_type = Option<Object>)]
    token_pricing: Option<Box<RawValue>>,
    enable: Option<bool>,
}

/// The part that is a price, as it was written.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Pricing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost_in: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost_out: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_pricing: Option<Box<RawValue>>,
}

/// A cost.
#[derive(Debug, Serialize, ToSchema)]
struct CostView {
    id: String,
    account_provider_id: String,
    model: String,
    model_rule: String,
    #[schema(value_type = Option<f64>)]
    cost_in: Option<Box<RawValue>>,
    #[schema(value_type = Option<f64>)]
    cost_out: Option<Box<RawValue>>,
    cost_type: String,
    /// JSON, as text.
    token_pricing: Option<String>,
    enable: bool,
    /// Always `manual`.
    changed_by: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    modified_at: String,
}

fn view(it: &store::ProviderCost) -> Result<CostView, Problem> {
    let pricing: Pricing = serde_json::from_str(&it.pricing).map_err(Problem::internal)?;
    Ok(CostView {
        id: it.id.clone(),
        account_provider_id: it.provider_id.clone(),
        model: it.model.clone(),
        model_rule: it.model_rule.clone(),
        cost_in: pricing.cost_in,
        cost_out: pricing.cost_out,
        cost_type: pricing.cost_type.unwrap_or_else(|| "tokens".to_owned()),
        token_pricing: pricing.token_pricing.map(|it| it.get().to_owned()),
        enable: it.enable,
        changed_by: "manual",
        created_at: times::from_micros(it.created_at),
        modified_at: times::from_micros(it.modified_at),
    })
}

impl Written {
    /// Lays what was sent over what was there.
    fn over(self, it: &mut store::ProviderCost) -> Result<(), Problem> {
        if let Some(model) = self.model {
            if model.is_empty() || model.len() > 256 || model.chars().any(char::is_control) {
                let message = "a model's name is 1 to 256 bytes without control characters";
                return Err(Problem::invalid(&["body", "model"], message));
            }
            it.model = model;
        }
        if let Some(rule) = self.model_rule {
            if !["equals", "starts-with", "contains"].contains(&rule.as_str()) {
                let message = "`model_rule` must be `equals`, `starts-with` or `contains`";
                return Err(Problem::invalid(&["body", "model_rule"], message));
            }
            it.model_rule = rule;
        }
        it.enable = self.enable.unwrap_or(it.enable);
        let before: Pricing = serde_json::from_str(&it.pricing).map_err(Problem::internal)?;
        let after = Pricing {
            cost_in: self.cost_in.or(before.cost_in),
            cost_out: self.cost_out.or(before.cost_out),
            cost_type: self.cost_type.or(before.cost_type),
            token_pricing: self.token_pricing.or(before.token_pricing),
        };
        let pricing = serde_json::to_string(&after).map_err(Problem::internal)?;
        providers::provider_cost(&pricing)
            .map_err(|message| Problem::invalid(&["body"], message))?;
        it.pricing = pricing;
        Ok(())
    }
}

/// Which costs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CostQuery {
    /// `true` or `false`.
    enable: Option<String>,
    account_provider_id: Option<String>,
    model_rule: Option<String>,
    cost_type: Option<String>,
    /// A part of the model.
    search: Option<String>,
}

impl CostQuery {
    fn wants(&self, it: &store::ProviderCost) -> bool {
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|it| it == found);
        is(&self.enable, if it.enable { "true" } else { "false" })
            && is(&self.account_provider_id, &it.provider_id)
            && is(&self.model_rule, &it.model_rule)
            && is(&self.cost_type, "tokens")
            && self.search.as_deref().is_none_or(|wanted| it.model.contains(wanted))
    }
}

/// List the costs of custom providers, oldest first.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/custom-providers/costs", tag = "custom providers",
    operation_id = "aig-config-list-account-provider-cost", params(PageQuery, CostQuery), responses((status = 200, body = Listing<CostView>)))]
async fn list(
    State(api): State<Api>,
    _by: AtAccount,
    Paging(page): Paging,
    Asked(query): Asked<CostQuery>,
) -> Answer<Listing<CostView>> {
    let all = api.store.provider_costs().all().await?;
    let (costs, total) = cut(all.into_iter().filter(|it| query.wants(it)).collect(), page);
    Ok(Reply::list(costs.iter().map(view).collect::<Result<_, _>>()?, page, total))
}

/// Say what models of a custom provider cost.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/custom-providers/costs", tag = "custom providers",
    operation_id = "aig-config-create-account-provider-cost", request_body = Written, responses((status = 200, body = Success<CostView>)))]
async fn create(
    State(api): State<Api>,
    by: AtAccount,
    Input(mut new): Input<Written>,
) -> Answer<Success<CostView>> {
    let by = by.unlimited()?;
    let required =
        |name, it: Option<String>| it.ok_or_else(|| Problem::invalid(&["body", name], "Required"));
    let provider_id = required("account_provider_id", new.account_provider_id.take())?;
    let model = required("model", new.model.clone())?;
    let mut cost = store::ProviderCost {
        id: String::new(),
        provider_id,
        model,
        model_rule: "equals".to_owned(),
        pricing: "{}".to_owned(),
        enable: true,
        created_at: 0,
        modified_at: 0,
    };
    new.over(&mut cost)?;
    let cost = api.store.provider_costs().create(&by.actor(), cost).await?;
    api.publish(Change::Prices).await?;
    view(&cost).map(Reply::result)
}

/// Get a cost.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/custom-providers/costs/{id}", tag = "custom providers",
    operation_id = "aig-config-fetch-account-provider-cost", responses((status = 200, body = Success<CostView>)))]
async fn get(
    State(api): State<Api>,
    _by: AtAccount,
    Named(id): Named,
) -> Answer<Success<CostView>> {
    view(&api.store.provider_costs().get(&id).await?).map(Reply::result)
}

/// Change a cost; what is not sent stays.
#[utoipa::path(patch, path = "/accounts/{account_id}/ai-gateway/custom-providers/costs/{id}", tag = "custom providers",
    operation_id = "aig-config-update-account-provider-cost", request_body = Written, responses((status = 200, body = Success<CostView>)))]
async fn update(
    State(api): State<Api>,
    by: AtAccount,
    Named(id): Named,
    Input(changes): Input<Written>,
) -> Answer<Success<CostView>> {
    let by = by.unlimited()?;
    let change = |cost: &mut store::ProviderCost| {
        if changes.account_provider_id.as_ref().is_some_and(|it| *it != cost.provider_id) {
            let message = "a cost stays with its provider; delete it and make another one";
            return Err(Problem::invalid(&["body", "account_provider_id"], message));
        }
        changes.over(cost)
    };
    let cost = api.store.provider_costs().update(&by.actor(), &id, change).await?;
    api.publish(Change::Prices).await?;
    view(&cost).map(Reply::result)
}

/// Delete a cost.
#[utoipa::path(delete, path = "/accounts/{account_id}/ai-gateway/custom-providers/costs/{id}", tag = "custom providers",
    operation_id = "aig-config-delete-account-provider-cost", responses((status = 200, body = Success<CostView>)))]
async fn delete(
    State(api): State<Api>,
    by: AtAccount,
    Named(id): Named,
) -> Answer<Success<CostView>> {
    let by = by.unlimited()?;
    let cost = api.store.provider_costs().delete(&by.actor(), &id).await?;
    api.publish(Change::Prices).await?;
    view(&cost).map(Reply::result)
}
