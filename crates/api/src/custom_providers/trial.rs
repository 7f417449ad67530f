//! Trying a custom provider: one tiny call of a model, made by the process around the API.

use crate::body::Input;
use crate::caller::{AtAccount, Named};
use crate::live::{Api, Trial};
use crate::problem::Problem;
use crate::reply::{Answer, Reply, Success};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Longest model name, bytes; the data plane's bound.
const LONGEST: usize = 512;

pub(super) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(test))
}

/// Which model to ask, and with the key of which gateway.
#[derive(Deserialize, ToSchema)]
struct Wish {
    /// As the provider names it.
    model: String,
    /// The gateway whose stored key is used; `default` when absent.
    gateway_id: Option<String>,
}

/// How the provider answered.
#[derive(Serialize, ToSchema)]
struct TriedView {
    /// Whether the answer was a good one: routes can use this model.
    answered: bool,
    /// The provider's status; `null` when there was no response.
    status: Option<u16>,
    /// Milliseconds until the answer was complete, or the call had failed.
    latency_ms: u64,
    /// The key that was used, as logs name it: `stored:<alias>`, `env`, `none`.
    key_alias: String,
    /// What was wrong; `null` when it answered.
    cause: Option<CauseView>,
}

/// What was wrong, in the words of a request log.
#[derive(Serialize, ToSchema)]
struct CauseView {
    /// `dns`, `connect`, `tls`, `private`, `timeout`, `reset`, `status`, `broken_body`, `error_in_200`, `no_key`, `unsupported`.
    kind: &'static str,
    /// For people, with what the provider said; keys and fixed headers are taken out.
    message: String,
}

/// Call one model of a custom provider once and say how it answered. The call is real: the provider may bill it, no limit
/// counts it and no log keeps it.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/custom-providers/{id}/test", tag = "custom providers",
    operation_id = "test-custom-provider", request_body = Wish, responses((status = 200, body = Success<TriedView>)))]
async fn test(
    State(api): State<Api>,
    by: AtAccount,
    Named(id): Named,
    Input(wish): Input<Wish>,
) -> Answer<Success<TriedView>> {
    by.unlimited()?;
    let provider = api.store.custom_providers().get(&id).await?;
    if !(1..=LONGEST).contains(&wish.model.len()) {
        return Err(Problem::bad_provider("model", "a model name is 1 to 512 bytes"));
    }
    let gateway = wish.gateway_id.as_deref().unwrap_or("default").into();
    let gateway = api.store.gateways().get(&gateway).await?.id;
    let provider = format!("custom-{}", provider.slug);
    let trial = Trial { gateway, provider, model: wish.model };
    let tried = api.live.try_model(trial).await;
    let tried = tried.map_err(|why| Problem::bad_provider("id", why))?;
    Ok(Reply::result(TriedView {
        answered: tried.cause.is_none(),
        status: tried.status,
        latency_ms: tried.ms,
        key_alias: tried.key_alias,
        cause: tried.cause.map(|(kind, message)| CauseView { kind, message }),
    }))
}
