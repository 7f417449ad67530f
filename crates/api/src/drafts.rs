//! The one mutable working draft of a route, for editors (ours). It is not a version and never serves traffic.

use crate::body::Input;
use crate::caller::{AtRoute, IfAbsent, IfMatch};
use crate::graph::{self, Elements};
use crate::live::Api;
use crate::problem::Problem;
use crate::reply::{Answer, Reply, Success};
use crate::times;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get, put))
}

/// The graph as it stands on the desk.
#[derive(Debug, Deserialize, ToSchema)]
struct PutDraft {
    elements: Elements,
}

/// The draft; its own `ETag` is in the header.
#[derive(Debug, Serialize, ToSchema)]
struct DraftView {
    /// The route's id.
    id: String,
    account_tag: String,
    gateway_id: String,
    elements: Elements,
    #[schema(format = DateTime)]
    modified_at: String,
    modified_by: String,
}

impl DraftView {
    fn of(api: &Api, at: &AtRoute, draft: &store::Draft) -> Result<Self, Problem> {
        Ok(Self {
            id: at.route.to_string(),
            account_tag: api.account.to_string(),
            gateway_id: at.gateway.to_string(),
            elements: Elements::stored(&draft.elements)?,
            modified_at: times::from_micros(draft.modified_at),
            modified_by: draft.modified_by.clone(),
        })
    }
}

/// Get the draft; what the compiler says of it now is in `messages`.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/draft", tag = "dynamic routing (ours)",
    operation_id = "get-draft", responses((status = 200, body = Success<DraftView>)))]
async fn get(State(api): State<Api>, at: AtRoute) -> Answer<Success<DraftView>> {
    let draft = api.store.routes().draft(&at.gateway, &at.route).await?;
    let draft = draft.ok_or(store::Error::NotFound("draft"))?;
    let view = DraftView::of(&api, &at, &draft)?;
    let problems = graph::check(&api, &at.gateway, &view.elements)?.problems();
    Ok(Reply::noting(view, problems).etag(&draft.etag))
}

/// Replace the draft. Problems of a graph are no obstacle; they are in `messages`.
#[utoipa::path(put, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/draft", tag = "dynamic routing (ours)",
    operation_id = "put-draft", params(("if-match" = Option<String>, Header, description = "`*` or ETags; another state is a 412"),
    ("if-none-match" = Option<String>, Header, description = "`*`: only when there is no draft yet, else a 412")), request_body = PutDraft, responses((status = 200, body = Success<DraftView>)))]
async fn put(
    State(api): State<Api>,
    at: AtRoute,
    if_match: IfMatch,
    IfAbsent(first): IfAbsent,
    Input(new): Input<PutDraft>,
) -> Answer<Success<DraftView>> {
    let problems = graph::check(&api, &at.gateway, &new.elements)?.problems();
    let (actor, routes, elements) = (at.by.actor(), api.store.routes(), new.elements.text());
    let draft = if first {
        routes.create_draft(&actor, &at.gateway, &at.route, elements).await?
    } else {
        routes.put_draft(&actor, &at.gateway, &at.route, elements, if_match.as_deref()).await?
    };
    let view = DraftView::of(&api, &at, &draft)?;
    Ok(Reply::noting(view, problems).etag(&draft.etag))
}
