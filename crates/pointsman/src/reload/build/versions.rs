//! Versions of a route beside those that the catalog has.

use super::{Builder, compile};
use proxy::catalog::{Gateway, Version};
use route::ids::RouteId;
use std::sync::Arc;

impl Builder {
    /// A page of a route's versions, newest first: those of them that can run. `None`: there is no such page, or no such route.
    pub(crate) async fn versions(
        &self,
        gateway: &Arc<Gateway>,
        route: &RouteId,
        page: store::Page,
    ) -> store::Result<Option<Vec<Arc<Version>>>> {
        let rows = match self.store.routes().versions(&gateway.id, route, page).await {
            Ok((rows, _)) if !rows.is_empty() => rows,
            Ok(_) | Err(store::Error::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (gateway, route) = (Arc::clone(gateway), route.clone());
        // Large graphs take a millisecond each: no thread that serves traffic compiles a page of them.
        let compiling = tokio::task::spawn_blocking(move || {
            let valid = rows.into_iter().filter(|it| it.is_valid);
            valid.filter_map(|it| compile(&gateway, &route, it.id, &it.elements)).collect()
        });
        match compiling.await {
            Ok(versions) => Ok(Some(versions)),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}
