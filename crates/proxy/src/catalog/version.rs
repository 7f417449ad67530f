//! A route that can be called, and its versions.
use super::{Gateway, Plan};
use crate::bucket::Bucket;
use http::HeaderValue;
use route::ids::{RouteId, VersionId};
use route::{Quota, Value};
use std::sync::Arc;

/// A route: what its name calls.
#[derive(Clone, Debug)]
pub struct LiveRoute {
    /// Stays when the route is renamed.
    pub id: RouteId,
    /// What callers write after `dynamic/`.
    pub name: Arc<str>,
    /// What `dynamic/<name>` runs; `None`: never deployed.
    pub deployed: Option<Arc<Version>>,
    /// The newest valid version, what `@latest` runs.
    pub latest: Option<Arc<Version>>,
    name_header: HeaderValue,
}

impl LiveRoute {
    /// A route with its deployed and its newest valid version (often the same `Arc`).
    pub fn new(
        id: RouteId,
        name: &str,
        deployed: Option<Arc<Version>>,
        latest: Option<Arc<Version>>,
    ) -> Self {
        Self { id, name: name.into(), deployed, latest, name_header: crate::respond::text(name) }
    }

    /// `pointsman-route`.
    pub(crate) fn name_header(&self) -> HeaderValue {
        self.name_header.clone()
    }

    /// The same route, planned with the keys and prices `gateway` has now.
    pub(crate) fn replan(&self, gateway: &Gateway) -> Self {
        let deployed = self.deployed.as_ref().map(|it| Arc::new(it.replan(gateway)));
        let latest = match (&self.latest, &self.deployed) {
            (Some(latest), Some(live)) if Arc::ptr_eq(latest, live) => deployed.clone(),
            (latest, _) => latest.as_ref().map(|it| Arc::new(it.replan(gateway))),
        };
        Self { deployed, latest, ..self.clone() }
    }
}

/// One version, compiled and planned.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// The compiled graph.
    pub route: Arc<route::Route>,
    /// By `Target::index`. `None`: the provider has been deleted since; the element falls back.
    pub plans: Vec<Option<Arc<Plan>>>,
    /// By `Quota::index`.
    buckets: Vec<Bucket>,
    id_header: HeaderValue,
}

impl Version {
    /// Plans a compiled graph with what `gateway` has. `route_id` names the buckets of its limits, so that they outlive this version.
    pub fn new(id: VersionId, route: route::Route, route_id: &RouteId, gateway: &Gateway) -> Self {
        let buckets = route
            .quotas()
            .iter()
            .map(|it| Bucket::new(&gateway.id, route_id, route.element_id(it.element), it));
        let buckets = buckets.collect();
        let plans = plans(&route, gateway);
        Self {
            id_header: crate::respond::text(id.as_str()),
            id,
            route: Arc::new(route),
            plans,
            buckets,
        }
    }

    /// The same version with the keys, providers and prices `gateway` has now; not compiled again.
    #[must_use]
    pub fn replan(&self, gateway: &Gateway) -> Self {
        Self { plans: plans(&self.route, gateway), ..self.clone() }
    }

    /// The bucket that one of this route's limits counts a request in, by the value of the limit's key field (`None`: missing).
    pub fn bucket(&self, quota: &Quota, value: Option<&Value<'_>>) -> Option<limits::Key> {
        let bucket = self.buckets.get(quota.index)?;
        Some(if quota.key.is_some() { bucket.of(value) } else { bucket.shared() })
    }

    /// Every limit of this route, and what its buckets are called before the value of the key.
    pub(crate) fn limits(&self) -> impl Iterator<Item = (&Quota, limits::Key)> {
        self.route.quotas().iter().zip(self.buckets.iter().map(Bucket::shared))
    }

    /// `pointsman-version`.
    pub(crate) fn id_header(&self) -> HeaderValue {
        self.id_header.clone()
    }
}

fn plans(route: &route::Route, gateway: &Gateway) -> Vec<Option<Arc<Plan>>> {
    route.targets().iter().map(|it| gateway.plan(&it.provider, &it.model).map(Arc::new)).collect()
}
