//! Which deployed routes call a provider, so that nothing they need is deleted unasked.

use serde::Deserialize;

use crate::db::{Connection, query};
use crate::error::{Error, Result};

#[cfg(test)]
mod tests;

/// Refuses with [`Error::InUse`] when a deployed version in the gateway calls the provider by one of its slugs.
pub(crate) async fn refuse_in_gateway(
    tx: &mut Connection,
    gateway: &str,
    slugs: &[&str],
) -> Result<()> {
    let callers = callers(tx, Some(gateway), slugs).await?;
    refuse(callers.into_iter().map(|(_, name)| name).collect())
}

/// As [`refuse_in_gateway`], in all gateways.
pub(crate) async fn refuse_anywhere(tx: &mut Connection, slugs: &[&str]) -> Result<()> {
    let callers = callers(tx, None, slugs).await?;
    refuse(callers.into_iter().map(|(gateway, name)| format!("{gateway}/{name}")).collect())
}

/// Refuses when there is any.
pub(crate) fn refuse(routes: Vec<String>) -> Result<()> {
    if routes.is_empty() { Ok(()) } else { Err(Error::InUse { routes }) }
}

/// Gateway and name of the routes, by name.
async fn callers(
    tx: &mut Connection,
    gateway: Option<&str>,
    slugs: &[&str],
) -> Result<Vec<(String, String)>> {
    let rows = query(
        "select r.gateway_id, r.name, v.elements from routes r \
         join deployments d on d.id = r.deployment_id join versions v on v.id = d.version_id \
         where $1 is null or r.gateway_id = $1 order by r.gateway_id, r.name",
    )
    .bind(gateway)
    .fetch_all(tx)
    .await?;
    let mut calling = Vec::new();
    for row in &rows {
        if calls(&row.get::<String>("elements")?, slugs) {
            calling.push((row.get("gateway_id")?, row.get("name")?));
        }
    }
    Ok(calling)
}

/// Just enough of an element to see whom it calls; anything may be wrong with the rest.
#[derive(Deserialize)]
struct Element {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    properties: serde_json::Value,
}

fn calls(elements: &str, slugs: &[&str]) -> bool {
    let elements: Vec<Element> = serde_json::from_str(elements).unwrap_or_default();
    elements.iter().filter(|it| it.kind == "model").any(|it| {
        let provider = it.properties.get("provider").and_then(serde_json::Value::as_str);
        provider.is_some_and(|it| slugs.contains(&it))
    })
}
