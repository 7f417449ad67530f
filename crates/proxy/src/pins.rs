//! Versions that a caller pinned and the catalog does not hold: loaded once, kept in a bounded cache.
use crate::catalog::Version;
use crate::proxy::PinnedVersions;
use route::ids::{GatewayId, RouteId};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Pinned versions kept; the one loaded longest ago goes first.
const KEPT: usize = 256;

type Name = (GatewayId, RouteId, Box<str>);

#[derive(Debug)]
pub(crate) struct Pins {
    source: Arc<dyn PinnedVersions>,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    /// Grows with every change of the catalog: what was loaded before one may hold keys or prices of the past.
    generation: u64,
    versions: HashMap<Name, Arc<Version>>,
    order: VecDeque<Name>,
}

impl Pins {
    pub(crate) fn new(source: Arc<dyn PinnedVersions>) -> Self {
        Self { source, cache: Mutex::default() }
    }

    /// Forgets everything; loads under way are not kept either.
    pub(crate) fn clear(&self) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        *cache = Cache { generation: cache.generation.wrapping_add(1), ..Cache::default() };
    }

    pub(crate) async fn get(
        &self,
        gateway: &GatewayId,
        route: &RouteId,
        version: &str,
    ) -> Option<Arc<Version>> {
        let name = (gateway.clone(), route.clone(), version.into());
        let generation = match self.known(&name) {
            Ok(version) => return Some(version),
            Err(generation) => generation,
        };
        let loaded = self.source.load(gateway, route, version).await?;
        self.keep(name, &loaded, generation);
        Some(loaded)
    }

    fn known(&self, name: &Name) -> Result<Arc<Version>, u64> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.versions.get(name).cloned().ok_or(cache.generation)
    }

    fn keep(&self, name: Name, version: &Arc<Version>, generation: u64) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.generation != generation
            || cache.versions.insert(name.clone(), Arc::clone(version)).is_some()
        {
            return;
        }
        cache.order.push_back(name);
        if cache.order.len() > KEPT
            && let Some(oldest) = cache.order.pop_front()
        {
            cache.versions.remove(&oldest);
        }
    }
}
