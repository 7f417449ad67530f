//! The one mutable working copy of a route's graph, for editors.

use route::ids::RouteId;

use crate::db::{Connection, Row, query};
use crate::error::Result;
use crate::etag;
use crate::store::{Actor, Micros};
use crate::write::Write;

/// A working draft; not in the list of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// JSON text, to the letter; need not be a graph.
    pub elements: String,
    /// Strong, quoted, the draft's own.
    pub etag: String,
    /// When it was last written; grows with every write.
    pub modified_at: Micros,
    /// Name of who wrote it.
    pub modified_by: String,
}

pub(super) async fn find(tx: &mut Connection, route: &RouteId) -> Result<Option<Draft>> {
    let row = query("select elements, modified_at, modified_by from drafts where route_id = $1")
        .bind(route.as_str())
        .fetch_optional(tx)
        .await?;
    Ok(row.as_ref().map(draft).transpose()?)
}

pub(super) async fn put(
    write: &mut Write,
    actor: &Actor,
    route: &RouteId,
    elements: &str,
    before: Option<Micros>,
) -> Result<Draft> {
    let modified_at = before.map_or(write.now, |before| write.after(before));
    query(
        "insert into drafts (route_id, elements, modified_at, modified_by) values ($1, $2, $3, $4) \
         on conflict (route_id) do update set elements = excluded.elements, modified_at = excluded.modified_at, \
         modified_by = excluded.modified_by",
    )
    .bind(route.as_str())
    .bind(elements)
    .bind(modified_at)
    .bind(&*actor.name)
    .execute(write)
    .await?;
    Ok(Draft {
        elements: elements.to_owned(),
        etag: etag::of(modified_at),
        modified_at,
        modified_by: actor.name.clone(),
    })
}

fn draft(row: &Row) -> sqlx::Result<Draft> {
    let modified_at = row.get("modified_at")?;
    Ok(Draft {
        elements: row.get("elements")?,
        etag: etag::of(modified_at),
        modified_at,
        modified_by: row.get("modified_by")?,
    })
}
