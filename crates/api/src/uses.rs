//! Which deployed routes call a provider, so that nothing they need is deleted unasked.

use crate::live::Api;
use crate::problem::Problem;
use route::ids::GatewayId;
use serde::Deserialize;

/// The slug a provider is kept under: its own one when an alias was written.
pub(crate) fn canonical(slug: &str) -> &str {
    providers::find(slug).map_or(slug, |it| it.slug)
}

/// Names of the routes of a gateway whose deployed version calls the provider.
pub(crate) async fn routes_calling(
    api: &Api,
    gateway: &GatewayId,
    slug: &str,
) -> Result<Vec<String>, Problem> {
    let routes = api.store.routes().live(gateway).await?;
    let calling = routes
        .into_iter()
        .filter(|it| it.deployed.as_ref().is_some_and(|(_, elements)| calls(elements, slug)));
    Ok(calling.map(|it| it.name).collect())
}

/// Just enough of an element to see whom it calls.
#[derive(Deserialize)]
struct Element {
    r#type: String,
    #[serde(default)]
    properties: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(default)]
    provider: Option<serde_json::Value>,
}

fn calls(elements: &str, slug: &str) -> bool {
    let elements: Vec<Element> = serde_json::from_str(elements).unwrap_or_default();
    elements.iter().filter(|it| it.r#type == "model").any(|it| {
        let provider = it.properties.as_ref().and_then(|it| it.provider.as_ref());
        provider.and_then(serde_json::Value::as_str).is_some_and(|it| canonical(it) == slug)
    })
}
