//! The append-only audit log (ours): who changed what, and when.

use crate::caller::Administrator;
use crate::live::Api;
use crate::paging::{Asked, PageQuery, Paging};
use crate::reply::{Answer, Listing, Reply};
use crate::times;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Only entries of this gateway.
    gateway_id: Option<String>,
}

/// One management write.
#[derive(Debug, Serialize, ToSchema)]
struct AuditView {
    id: String,
    #[schema(format = DateTime)]
    created_at: String,
    actor: ActorView,
    /// `route.create`, `deployment.create`, …
    action: String,
    gateway_id: Option<String>,
    /// Id of what was changed.
    resource: String,
    /// What was changed; never a secret.
    #[schema(value_type = Object)]
    detail: Option<Box<RawValue>>,
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
struct ActorView {
    /// A token's id, `admin` or `local`.
    id: String,
    name: String,
}

impl From<store::AuditEntry> for AuditView {
    fn from(it: store::AuditEntry) -> Self {
        Self {
            id: it.id,
            created_at: times::from_micros(it.at),
            actor: ActorView { id: it.actor.id, name: it.actor.name },
            action: it.action,
            gateway_id: it.gateway,
            resource: it.resource,
            detail: RawValue::from_string(it.detail).ok(),
        }
    }
}

/// List management writes, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/audit", tag = "audit",
    operation_id = "list-audit", params(PageQuery, AuditQuery), responses((status = 200, body = Listing<AuditView>)))]
async fn list(
    State(api): State<Api>,
    _by: Administrator,
    Paging(page): Paging,
    Asked(query): Asked<AuditQuery>,
) -> Answer<Listing<AuditView>> {
    let (entries, total) = api.store.audit().list(query.gateway_id.as_deref(), page).await?;
    Ok(Reply::list(entries.into_iter().map(AuditView::from).collect(), page, total))
}
