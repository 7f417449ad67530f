//! The append-only audit log (ours): who changed what, and when.

use crate::caller::Administrator;
use crate::live::Api;
use crate::paging::{Asked, PageQuery, Paging};
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
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(names))
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Only entries of this gateway.
    gateway_id: Option<String>,
    /// Only what was done by who has this id: a token's, `admin` or `local`.
    actor_id: Option<String>,
    /// Only what was done so: `route.create`, `deployment.create`, …
    action: Option<String>,
    /// Only what was done to what has this id.
    resource: Option<String>,
    /// Text in the actor's id or name, the action, the gateway, the resource, or the keys and values of `detail`; upper and lower case of ASCII letters are the same.
    search: Option<String>,
    /// From this time on, RFC 3339.
    #[param(format = DateTime)]
    start_date: Option<String>,
    /// Up to this time, RFC 3339.
    #[param(format = DateTime)]
    end_date: Option<String>,
}

impl AuditQuery {
    fn read(self) -> Result<store::AuditQuery, Problem> {
        let read = |name, text: Option<String>| {
            text.map(|it| times::parse(&it, &["query", name])).transpose()
        };
        // Entries are dated to the microsecond and shown to the millisecond: a time that was shown finds its entry.
        let start = read("start_date", self.start_date)?;
        let end = read("end_date", self.end_date)?;
        Ok(store::AuditQuery {
            gateway: self.gateway_id,
            actor: self.actor_id,
            action: self.action,
            resource: self.resource,
            search: self.search.filter(|it| !it.is_empty()),
            start: start.map(|it| first_of(it.as_nanosecond(), 999_999)),
            end: end.map(|it| first_of(it.as_nanosecond(), 1_000_000)),
        })
    }
}

/// The first microsecond of the millisecond in which `nanos` + `more` is.
fn first_of(nanos: i128, more: i128) -> store::Micros {
    let millis = (nanos + more).div_euclid(1_000_000);
    i64::try_from(millis * 1000).unwrap_or(i64::MAX)
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

/// What the filters can be filled with.
#[derive(Debug, Serialize, ToSchema)]
struct AuditNamesView {
    /// At most 1000, each with the name in its latest entry; by name.
    actors: Vec<ActorView>,
    /// At most 1000, in the order of their bytes.
    actions: Vec<String>,
    /// Whether these are all.
    complete: bool,
}

impl From<store::Actor> for ActorView {
    fn from(it: store::Actor) -> Self {
        Self { id: it.id, name: it.name }
    }
}

impl From<store::AuditEntry> for AuditView {
    fn from(it: store::AuditEntry) -> Self {
        Self {
            id: it.id,
            created_at: times::from_micros(it.at),
            actor: it.actor.into(),
            action: it.action,
            gateway_id: it.gateway,
            resource: it.resource,
            detail: RawValue::from_string(it.detail).ok(),
        }
    }
}

/// List management writes, newest first.
///
/// Several filters must all be fulfilled.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/audit", tag = "audit",
    operation_id = "list-audit", params(PageQuery, AuditQuery), responses((status = 200, body = Listing<AuditView>)))]
async fn list(
    State(api): State<Api>,
    _by: Administrator,
    Paging(page): Paging,
    Asked(query): Asked<AuditQuery>,
) -> Answer<Listing<AuditView>> {
    let (entries, total) = api.store.audit().list(&query.read()?, page).await?;
    Ok(Reply::list(entries.into_iter().map(AuditView::from).collect(), page, total))
}

/// List who has changed anything, and what kinds of changes there are: what the filters of the audit log can be filled with.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/audit/names", tag = "audit",
    operation_id = "list-audit-names", responses((status = 200, body = Success<AuditNamesView>)))]
async fn names(State(api): State<Api>, _by: Administrator) -> Answer<Success<AuditNamesView>> {
    let store::AuditNames { actors, actions, complete } = api.store.audit().names().await?;
    let actors = actors.into_iter().map(ActorView::from).collect();
    Ok(Reply::result(AuditNamesView { actors, actions, complete }))
}
