//! What a graph would do: its problems without saving it, and a request that is only imagined walked through it (ours).
//!
//! The walk is the process's ([`Live::simulate`](crate::Live::simulate)), with the same code that serves traffic. Both need the right to write: a graph of
//! the caller's own is compiled and walked here.

mod request;
mod view;

pub use request::{Assumed, Sample, SampleRequest, Simulate, Unsound};
pub use view::{
    Amount, Chosen, Distribution, Edge, LimitAsked, ModelAsked, Passed, Read, Share, Simulated,
};

use crate::body::Input;
use crate::caller::{AtGateway, AtRoute};
use crate::graph::{self, Elements};
use crate::live::Api;
use crate::problem::{Entry, Problem};
use crate::reply::{Answer, Reply, Success};
use axum::extract::State;
use request::SimulateRoute;
use route::ids::VersionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(check)).routes(routes!(simulate))
}

/// A graph to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
struct CheckRoute {
    elements: Elements,
}

/// What the compiler says of it.
#[derive(Debug, Serialize, ToSchema)]
struct CheckedRoute {
    /// It could be deployed as it is.
    is_valid: bool,
    /// Errors, then warnings.
    problems: Vec<Entry>,
}

/// Compile a graph against what the gateway has, and list every problem. Nothing is saved.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/check", tag = "dynamic routing (ours)",
    operation_id = "check-route", request_body = CheckRoute, responses((status = 200, body = Success<CheckedRoute>)))]
async fn check(
    State(api): State<Api>,
    at: AtGateway,
    Input(asked): Input<CheckRoute>,
) -> Answer<Success<CheckedRoute>> {
    let (is_valid, problems) = graph::problems(&api, &at.gateway, &asked.elements);
    Ok(Reply::result(CheckedRoute { is_valid, problems }))
}

/// Walk a route with a sample request as production would, and tell the way. No provider is called, no limit is asked or counted, nothing
/// is recorded. Limits admit and models answer unless `outcomes` or `down` say otherwise.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/simulate", tag = "dynamic routing (ours)",
    operation_id = "simulate-route", request_body = SimulateRoute, responses((status = 200, body = Success<Simulated>)))]
async fn simulate(
    State(api): State<Api>,
    at: AtRoute,
    Input(asked): Input<SimulateRoute>,
) -> Answer<Success<Simulated>> {
    let route = api.store.routes().get(&at.gateway, &at.route).await?;
    let graph = asked.graph(&api, &at, route.version.as_ref()).await?;
    let (compiled, messages) = match &graph {
        Graph::Given(elements) => graph::walkable(elements, api.live.known(&at.gateway).as_ref())?,
        Graph::Stored(_, elements) => graph::walkable(elements, &route::Judged)?,
    };
    if asked.names_token() && at.by.token.gateways.is_some() {
        let message =
            "the token is limited to gateways: what another token says is not for it to see";
        return Err(Problem::forbidden(message));
    }
    let (sample, assumed) = asked.read(&api)?;
    let version = match graph {
        Graph::Stored(id, _) => Some(id),
        Graph::Given(_) => None,
    };
    let (gateway, name) = (at.gateway, route.name);
    let wish = Simulate { gateway, route: at.route, name, graph: compiled, sample, assumed };
    let mut simulated = api.live.simulate(wish).await.map_err(Problem::from)?;
    simulated.version_id = version.map(|it| it.to_string());
    Ok(Reply::noting(simulated, messages))
}

/// What is walked.
#[derive(Debug)]
enum Graph {
    /// A version, as it is served.
    Stored(VersionId, String),
    /// A draft or the caller's own.
    Given(String),
}

impl From<Unsound> for Problem {
    fn from(it: Unsound) -> Self {
        let place: Vec<_> = it.place.iter().map(String::as_str).collect();
        Self::invalid(&[&["body"], &*place].concat(), it.message)
    }
}
