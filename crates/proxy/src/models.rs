//! `GET …/models`, `GET …/models/{name}`: what a caller may write as `model`, in OpenAI's shapes; with what is known of each model, in a
//! member of ours.
use crate::caller::Caller;
use crate::catalog::{Gateway, Plan};
use crate::reject::{self, Reject};
use crate::serve::Arrival;
use crate::{Body, respond};
use bytes::Bytes;
use http::Response;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct List<'a> {
    object: &'static str,
    data: Vec<Model<'a>>,
}

#[derive(Serialize)]
struct Model<'a> {
    id: &'a str,
    object: &'static str,
    /// OpenAI's shape wants a time; what is listed here is not dated.
    created: u64,
    owned_by: &'a str,
    /// What the price catalogue knows; a route has no member of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointsman: Option<Abilities>,
}

/// What a model can do. What is not known is not there.
#[derive(Serialize)]
struct Abilities {
    can: Vec<&'static str>,
    cannot: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u64>,
}

impl Abilities {
    fn of(plan: &Plan) -> Self {
        let quote = &plan.quote;
        let (can, cannot) = quote.capabilities.names();
        let mode = quote.mode.map(providers::Mode::as_str);
        let (context, max_output_tokens) = (quote.context, quote.max_output_tokens);
        Self { can, cannot, mode, context, max_output_tokens }
    }
}

/// Every deployed route the caller may run, then every model those routes use, when the caller may call models directly.
pub(crate) fn list(gateway: &Gateway, caller: &Caller<'_>, arrival: &Arrival) -> Response<Body> {
    let (routes, models) = names(gateway, caller);
    let data = routes.iter().chain(&models).map(|(id, it)| Model::new(id, it)).collect();
    json(&List { object: "list", data }, arrival)
}

/// One of them, by its name, which may be percent-encoded.
pub(crate) fn one(
    gateway: &Gateway,
    caller: &Caller<'_>,
    arrival: &Arrival,
    name: &str,
) -> Result<Response<Body>, Reject> {
    let name = percent_decode_str(name).decode_utf8_lossy();
    let (routes, models) = names(gateway, caller);
    let found = routes.get_key_value(&*name).or_else(|| models.get_key_value(&*name));
    let (id, callable) = found.ok_or_else(|| {
        let message = format!(
            "`{name}` is not among the callable names of the gateway `{}`; the list is at models",
            gateway.id
        );
        Reject::new(reject::NO_ROUTE, message).at("model")
    })?;
    Ok(json(&Model::new(id, callable), arrival))
}

type Names<'g> = BTreeMap<String, Callable<'g>>;

/// What stands behind a name.
struct Callable<'g> {
    owner: &'g str,
    /// Of a model.
    plan: Option<&'g Plan>,
}

/// Routes, and models.
fn names<'g>(gateway: &'g Gateway, caller: &Caller<'_>) -> (Names<'g>, Names<'g>) {
    let mut routes = BTreeMap::new();
    let mut models = BTreeMap::new();
    for live in gateway.routes.values().filter(|it| caller.sees(it)) {
        let Some(version) = &live.deployed else { continue };
        let route = Callable { owner: "pointsman", plan: None };
        routes.insert(format!("dynamic/{}", live.name), route);
        if caller.calls_models() {
            let targets = version.route.targets().iter().zip(&version.plans);
            models.extend(targets.filter_map(|(it, plan)| {
                let plan = Some(&**plan.as_ref()?);
                let name = format!("{}/{}", it.provider, it.model);
                Some((name, Callable { owner: &it.provider, plan }))
            }));
        }
    }
    (routes, models)
}

impl<'a> Model<'a> {
    fn new(id: &'a str, callable: &Callable<'a>) -> Self {
        let pointsman = callable.plan.map(Abilities::of);
        Self { id, object: "model", created: 0, owned_by: callable.owner, pointsman }
    }
}

fn json(value: &impl Serialize, arrival: &Arrival) -> Response<Body> {
    let json = serde_json::to_vec(value).unwrap_or_default();
    respond::json(Bytes::from(json), arrival)
}
