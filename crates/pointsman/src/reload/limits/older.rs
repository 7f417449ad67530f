//! Limits of versions that are neither deployed nor the newest: a caller who pins one is held to them.
//!
//! They are in no catalog. They are read from the store when buckets are found that no other limit leads to, and kept until the route has
//! another newest version, or is no more: versions never change, and no newer one can have the element meanwhile.

#[cfg(test)]
mod tests;

use super::super::Builder;
use limits::Key;
use proxy::catalog::{Gateway, LiveRoute};
use proxy::rulebook::{InForce, Rulebook, limits_of};
use route::ids::{RouteId, VersionId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// What the buckets of an element are called before the value of a key.
type Name = Box<[u8]>;

/// What was found in older versions, by route.
#[derive(Debug, Default)]
pub(crate) struct Older(Mutex<HashMap<RouteId, Kept>>);

#[derive(Debug)]
struct Kept {
    /// The newest valid version and the name of the route when this was read.
    latest: Option<VersionId>,
    route: Arc<str>,
    /// `None`: no version that can run has such an element.
    limits: HashMap<Name, Option<InForce>>,
}

/// Elements that have buckets and are in no version that is known.
#[derive(Debug, Default)]
pub(super) struct Strays(HashMap<RouteId, HashSet<Name>>);

/// Versions read and compiled at a time.
const AT_ONCE: u32 = 20;

impl Strays {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn note(&mut self, key: &Key) {
        let Some((route, name)) = Rulebook::element_of(key) else { return };
        let names = self.0.entry(route).or_default();
        if !names.contains(name) {
            names.insert(name.into());
        }
    }
}

impl Older {
    /// Puts in what is known.
    pub(super) fn add_to(&self, rules: &mut Rulebook, gateway: &Gateway) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for live in gateway.routes.values() {
            let Some(kept) = kept.get(&live.id).filter(|it| it.is_of(live)) else { continue };
            for (name, limit) in &kept.limits {
                if let Some(limit) = limit {
                    rules.add(name.clone(), limit.clone());
                }
            }
        }
    }

    /// Looks for elements in the versions of their routes, the newest first; whether one was found. What cannot be read now is looked for the
    /// next time.
    pub(super) async fn find(
        &self,
        builder: &Builder,
        gateway: &Arc<Gateway>,
        strays: Strays,
    ) -> bool {
        let mut any = false;
        let routes: HashMap<_, _> = gateway.routes.values().map(|it| (&it.id, it)).collect();
        for (route, mut names) in strays.0 {
            let Some(live) = routes.get(&route) else { continue };
            self.leave_unknown(live, &mut names);
            if names.is_empty() {
                continue;
            }
            match search(builder, gateway, live, names).await {
                Ok(found) => {
                    any |= found.values().any(Option::is_some);
                    self.keep(live, found);
                }
                Err(error) => {
                    tracing::warn!(%error, %route, "the limits of older versions could not be read");
                }
            }
        }
        any
    }

    /// Forgets what is of other routes than these: of those that are no more.
    pub(super) fn keep_only(&self, routes: &HashSet<&RouteId>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|route, _| routes.contains(route));
    }

    fn leave_unknown(&self, live: &LiveRoute, names: &mut HashSet<Name>) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.get(&live.id).filter(|it| it.is_of(live)) {
            names.retain(|it| !kept.limits.contains_key(it));
        }
    }

    fn keep(&self, live: &LiveRoute, found: HashMap<Name, Option<InForce>>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.get_mut(&live.id) {
            Some(kept) if kept.is_of(live) => kept.limits.extend(found),
            _ => {
                let latest = live.latest.as_ref().map(|it| it.id.clone());
                let new = Kept { latest, route: Arc::clone(&live.name), limits: found };
                kept.insert(live.id.clone(), new);
            }
        }
    }
}

impl Kept {
    fn is_of(&self, live: &LiveRoute) -> bool {
        self.latest.as_ref() == live.latest.as_ref().map(|it| &it.id) && self.route == live.name
    }
}

/// The limits of these elements, each of the newest version that has it.
async fn search(
    builder: &Builder,
    gateway: &Arc<Gateway>,
    live: &Arc<LiveRoute>,
    mut names: HashSet<Name>,
) -> store::Result<HashMap<Name, Option<InForce>>> {
    let mut found = HashMap::new();
    for page in 1.. {
        let page = store::Page { page, per_page: AT_ONCE };
        let Some(versions) = builder.versions(gateway, &live.id, page).await? else { break };
        for version in versions {
            for (name, limit) in limits_of(live, &version) {
                if names.remove(&name) {
                    found.insert(name, Some(limit));
                }
            }
        }
        if names.is_empty() {
            break;
        }
    }
    found.extend(names.into_iter().map(|it| (it, None)));
    Ok(found)
}
