//! A gateway's cache: from its settings to the data plane.

use proxy::catalog::Caching;

/// What this gateway says about answers that are kept. Settings that cannot be read keep nothing, loudly: the API stores none.
///
/// A gateway that is made anew under an old name does not find what the old one kept.
pub(super) fn of(row: &store::Gateway) -> Caching {
    let said = match api::Caching::stored(&row.settings) {
        Ok(said) => said,
        Err(error) => {
            tracing::error!(gateway = %row.id, error, "the cache settings of a gateway cannot be read and are not in force");
            api::Caching::default()
        }
    };
    let generation = if said.invalidate_on_update { row.modified_at } else { row.created_at };
    Caching { ttl: said.ttl, generation }
}
