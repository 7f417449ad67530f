//! `GET …/models`, `GET …/models/{name}`: what a caller may write as `model`, in OpenAI's shapes.
use crate::caller::Caller;
use crate::catalog::Gateway;
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
}

/// Every deployed route the caller may run, then every model those routes use, when the caller may call models directly.
pub(crate) fn list(gateway: &Gateway, caller: &Caller<'_>, arrival: &Arrival) -> Response<Body> {
    let (routes, models) = names(gateway, caller);
    let data = routes.iter().chain(&models).map(|(id, owner)| Model::new(id, owner)).collect();
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
    let (id, owner) = found.ok_or_else(|| {
        let message = format!(
            "`{name}` is not among the callable names of the gateway `{}`; the list is at models",
            gateway.id
        );
        Reject::new(reject::NO_ROUTE, message).at("model")
    })?;
    Ok(json(&Model::new(id, owner), arrival))
}

type Names<'g> = BTreeMap<String, &'g str>;

/// Routes, and models, each with its owner.
fn names<'g>(gateway: &'g Gateway, caller: &Caller<'_>) -> (Names<'g>, Names<'g>) {
    let mut routes = BTreeMap::new();
    let mut models = BTreeMap::new();
    for live in gateway.routes.values().filter(|it| caller.sees(it)) {
        let Some(version) = &live.deployed else { continue };
        routes.insert(format!("dynamic/{}", live.name), "pointsman");
        if caller.calls_models() {
            let targets = version.route.targets().iter();
            let callable = targets.filter(|it| gateway.providers.contains_key(&it.provider));
            models.extend(
                callable.map(|it| (format!("{}/{}", it.provider, it.model), &*it.provider)),
            );
        }
    }
    (routes, models)
}

impl<'a> Model<'a> {
    fn new(id: &'a str, owned_by: &'a str) -> Self {
        Self { id, object: "model", created: 0, owned_by }
    }
}

fn json(value: &impl Serialize, arrival: &Arrival) -> Response<Body> {
    let json = serde_json::to_vec(value).unwrap_or_default();
    respond::json(Bytes::from(json), arrival)
}
