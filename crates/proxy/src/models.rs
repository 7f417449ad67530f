//! `GET …/models`: what a caller may write as `model`, in OpenAI's list shape.
use crate::caller::Caller;
use crate::catalog::Gateway;
use crate::serve::Arrival;
use crate::{Body, respond};
use bytes::Bytes;
use http::{HeaderValue, Response, header};
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
    let named = routes.iter().chain(&models);
    let data = named
        .map(|(id, owner)| Model { id, object: "model", created: 0, owned_by: owner })
        .collect();
    let json = serde_json::to_vec(&List { object: "list", data }).unwrap_or_default();
    let mut response = Response::new(respond::whole(Bytes::from(json), Some(arrival.slot.clone())));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("cf-aig-log-id", respond::text(&arrival.id));
    response
}
