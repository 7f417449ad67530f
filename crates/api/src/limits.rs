//! Limits in use (ours): who is near theirs, and a bucket begun anew. The counters are the process's; it is asked through [`Live`](crate::Live).

mod view;

pub use view::{BucketInUse, BucketKey, LimitOwner};

use crate::body::Input;
use crate::caller::{AtGateway, Holder};
use crate::live::Api;
use crate::paging::{self, Asked};
use crate::problem::{Entry, Problem};
use crate::reply::{Answer, Reply, Success};
use access::Permission;
use axum::extract::State;
use route::ids::GatewayId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use view::BucketView;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(reset))
}

/// So many of the nearest can be paged through; a narrower question finds the others.
const MOST: usize = 10_000;

/// Which buckets are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsAsked {
    /// Whose limits.
    pub gateway: GatewayId,
    /// Only limits of this kind: `element`, `gateway`, `spend_rule`, `provider_key`.
    pub kind: Option<String>,
    /// Only rate elements of the route of this name or id.
    pub route: Option<String>,
    /// Only rate elements of this id.
    pub element: Option<String>,
    /// Only buckets whose key has this in a field's name or in a value, in whatever case.
    pub text: Option<String>,
    /// Tokens are told by their names too, and found by them: whoever asks may know them.
    pub names_tokens: bool,
    /// Only buckets of which at least so much is used, in thousandths of the limit.
    pub least: u64,
    /// So many at most, the nearest to their limits.
    pub most: usize,
}

/// What there is of them.
#[derive(Clone, Debug)]
pub struct LimitsInUse {
    /// The nearest to its limit first.
    pub nearest: Vec<BucketInUse>,
    /// How many there are, with those that are not told of.
    pub found: u64,
    /// Every bucket was looked at.
    pub complete: bool,
    /// They are counted for all nodes together, not for this one.
    pub shared: bool,
}

/// The counters cannot be asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountersAway;

impl From<CountersAway> for Problem {
    fn from(CountersAway: CountersAway) -> Self {
        Self::counters_away()
    }
}

/// Which buckets.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LimitsQuery {
    /// From 1; default 1. The first 10,000 buckets can be paged through.
    #[param(value_type = Option<u32>, minimum = 1, example = 1)]
    page: Option<String>,
    /// Default 20, at most 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, example = 20)]
    per_page: Option<String>,
    /// Only limits of this kind: `element`, `gateway`, `spend_rule` or `provider_key`.
    kind: Option<String>,
    /// Only rate elements of the route of this name or id.
    route: Option<String>,
    /// Only rate elements of this id.
    element: Option<String>,
    /// Only buckets whose key has this in it: in a field's name, in a value or, for administrators, in the name of a token.
    search: Option<String>,
    /// Only buckets of which at least this share of the limit is used: `0.8`.
    #[param(value_type = Option<f64>, minimum = 0, example = 0.8)]
    min_share: Option<String>,
}

impl LimitsQuery {
    fn read(self, at: &AtGateway) -> Result<(LimitsAsked, store::Page), Problem> {
        const KINDS: [&str; 4] = ["element", "gateway", "spend_rule", "provider_key"];
        paging::only("kind", self.kind.as_deref(), &KINDS)?;
        let page = paging::page(self.page.as_deref(), self.per_page.as_deref(), 100)?;
        let end = u64::from(page.page) * u64::from(page.per_page);
        let most = usize::try_from(end).unwrap_or(usize::MAX);
        if most > MOST {
            let message = format!(
                "only the {MOST} buckets that are nearest to their limits can be paged through; narrow the question with `route`, `element`, `kind` or `search`"
            );
            return Err(Problem::invalid(&["query", "page"], message));
        }
        let least = match self.min_share.as_deref() {
            None => 0,
            Some(text) => chat::scaled(text, 3).ok_or_else(|| {
                let message =
                    format!("`min_share` is `{text}`; it must be a number from 0 on, such as 0.8");
                Problem::invalid(&["query", "min_share"], message)
            })?,
        };
        let Self { kind, route, element, search: text, .. } = self;
        let text = text.filter(|it| !it.is_empty());
        let (gateway, names_tokens) = (at.gateway.clone(), may_know_tokens(&at.by));
        Ok((LimitsAsked { gateway, kind, route, element, text, names_tokens, least, most }, page))
    }
}

/// Tokens are listed for administrators only, and so are their names here.
fn may_know_tokens(by: &Holder) -> bool {
    by.token.may(Permission::Write) && by.token.gateways.is_none()
}

/// The list.
#[derive(Debug, Serialize, ToSchema)]
struct LimitsListing {
    /// Always `true`.
    success: bool,
    errors: Vec<Entry>,
    /// Says so when not every bucket was looked at.
    messages: Vec<Entry>,
    result: Vec<BucketView>,
    result_info: LimitsInfo,
}

/// Where in the list one is, and what it is a list of.
#[derive(Debug, Serialize, ToSchema)]
struct LimitsInfo {
    page: u32,
    per_page: u32,
    /// Buckets on this page.
    count: usize,
    total_count: u64,
    total_pages: u64,
    /// Every bucket was looked at; else `total_count` is of those that were.
    complete: bool,
    /// `node`: this process alone has counted. `all_nodes`: all have, in the server that they share.
    counted_by: &'static str,
}

/// List the buckets in use, the nearest to its limit first: of the gateway's own limits, its stored keys, and the rate elements of deployed
/// versions.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/limits", tag = "limits (ours)",
    operation_id = "list-limits", params(LimitsQuery), responses((status = 200, body = LimitsListing)))]
async fn list(
    State(api): State<Api>,
    at: AtGateway,
    Asked(query): Asked<LimitsQuery>,
) -> Answer<LimitsListing> {
    let (asked, page) = query.read(&at)?;
    let found = api.live.limits_in_use(asked).await?;
    let mut messages = Vec::new();
    if !found.complete {
        let message = "there are more names in the server of shared limits than one look goes through: buckets may be missing here";
        messages.push(Entry::note(&["result"], message));
    }
    let (result, _) = paging::cut(found.nearest, page);
    let result: Vec<_> = result.into_iter().map(BucketView::from).collect();
    let result_info = LimitsInfo {
        page: page.page,
        per_page: page.per_page,
        count: result.len(),
        total_count: found.found,
        total_pages: found.found.div_ceil(u64::from(page.per_page)),
        complete: found.complete,
        counted_by: if found.shared { "all_nodes" } else { "node" },
    };
    Ok(Reply::of(LimitsListing {
        success: true,
        errors: Vec::new(),
        messages,
        result,
        result_info,
    }))
}

/// Which bucket.
#[derive(Debug, Deserialize, ToSchema)]
struct ResetBucket {
    /// As the list names it.
    bucket: String,
}

/// Begin a bucket anew: what it has counted and settled is forgotten, on all nodes. What calls under way hold stays held, and is charged when
/// they end. The result is the bucket as it was before.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/limits/reset", tag = "limits (ours)",
    operation_id = "reset-limit", request_body = ResetBucket, responses((status = 200, body = Success<BucketView>)))]
async fn reset(
    State(api): State<Api>,
    at: AtGateway,
    Input(wanted): Input<ResetBucket>,
) -> Answer<Success<BucketView>> {
    let before = api.live.reset_limit(&at.gateway, &wanted.bucket).await?;
    let before = before.ok_or_else(|| Problem::not_found("bucket of a limit that is in force"))?;
    let resource = before.owner.named(&at.gateway);
    let mut view = BucketView::from(before);
    let detail = serde_json::to_value(&view).map_err(Problem::internal)?;
    let noted = api.store.audit().limit_reset(&at.by.actor(), &at.gateway, &resource, detail).await;
    if let Err(error) = noted {
        let actor = at.by.actor();
        tracing::error!(%error, actor = %actor.id, gateway = %at.gateway, resource, "a limit was reset, and the audit log could not be told");
        return Err(error.into());
    }
    if !may_know_tokens(&at.by) {
        view.forget_tokens();
    }
    Ok(Reply::result(view))
}
