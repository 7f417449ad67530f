//! Routes, versions and deployments as clients see them: the superset of what the reference and the live service send.

use crate::dialect::Dialect;
use crate::graph::Elements;
use crate::problem::Problem;
use crate::times;
use serde::Serialize;
use utoipa::ToSchema;

/// A route without its deployment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteLite {
    pub(crate) id: String,
    account_tag: String,
    gateway_id: String,
    name: String,
    elements: Elements,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    modified_at: String,
}

/// A route with what is deployed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RouteFull {
    id: String,
    account_tag: String,
    gateway_id: String,
    name: String,
    /// The deployed graph.
    elements: Elements,
    deployment: Option<DeploymentView>,
    /// The deployed version.
    version: Option<VersionView>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    modified_at: String,
}

/// One act of making a version live.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DeploymentView {
    deployment_id: String,
    version_id: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// Who deployed it (ours).
    created_by: String,
    comment: Option<String>,
}

/// A version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    version_id: String,
    active: Active,
    data: Data,
    is_valid: bool,
    /// 1, 2, 3 … within the route (ours).
    number: i64,
    #[schema(format = DateTime)]
    created_at: String,
    /// Who made it (ours).
    created_by: String,
    comment: Option<String>,
}

/// `"true"` or `"false"` in the reference dialect, a boolean in the live one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Active {
    Reference(&'static str),
    Live(bool),
}

/// The elements as JSON text in the reference dialect, as they are in the live one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Data {
    Reference(String),
    Live(Elements),
}

impl Active {
    pub(crate) fn of(active: bool, dialect: Dialect) -> Self {
        match (dialect, active) {
            (Dialect::Live, _) => Self::Live(active),
            (Dialect::Reference, true) => Self::Reference("true"),
            (Dialect::Reference, false) => Self::Reference("false"),
        }
    }
}

impl Data {
    pub(crate) fn of(elements: &str, dialect: Dialect) -> Result<Self, Problem> {
        match dialect {
            Dialect::Live => Elements::stored(elements).map(Self::Live),
            Dialect::Reference => Ok(Self::Reference(elements.to_owned())),
        }
    }
}

impl VersionView {
    pub(crate) fn of(it: &store::Version, dialect: Dialect) -> Result<Self, Problem> {
        Ok(Self {
            version_id: it.id.to_string(),
            active: Active::of(it.active, dialect),
            data: Data::of(&it.elements, dialect)?,
            is_valid: it.is_valid,
            number: it.number,
            created_at: times::from_micros(it.created_at),
            created_by: it.created_by.clone(),
            comment: it.comment.clone(),
        })
    }
}

impl From<&store::Deployment> for DeploymentView {
    fn from(it: &store::Deployment) -> Self {
        Self {
            deployment_id: it.id.to_string(),
            version_id: it.version.to_string(),
            created_at: times::from_micros(it.created_at),
            created_by: it.created_by.clone(),
            comment: it.comment.clone(),
        }
    }
}

/// What a route shows: its deployed graph, or an empty one when nothing is deployed.
fn deployed(it: &store::Route) -> Result<Elements, Problem> {
    Elements::stored(it.version.as_ref().map_or("[]", |version| &version.elements))
}

impl RouteLite {
    /// With the deployed graph.
    pub(crate) fn of(it: &store::Route, account: &str) -> Result<Self, Problem> {
        Ok(Self::showing(it, account, deployed(it)?))
    }

    /// With the graph of a version that need not be deployed.
    pub(crate) fn showing(it: &store::Route, account: &str, elements: Elements) -> Self {
        Self {
            id: it.id.to_string(),
            account_tag: account.to_owned(),
            gateway_id: it.gateway.to_string(),
            name: it.name.clone(),
            elements,
            created_at: times::from_micros(it.created_at),
            modified_at: times::from_micros(it.modified_at),
        }
    }
}

impl RouteFull {
    pub(crate) fn of(it: &store::Route, account: &str, dialect: Dialect) -> Result<Self, Problem> {
        let version = it.version.as_ref().map(|version| VersionView::of(version, dialect));
        Ok(Self {
            id: it.id.to_string(),
            account_tag: account.to_owned(),
            gateway_id: it.gateway.to_string(),
            name: it.name.clone(),
            elements: deployed(it)?,
            deployment: it.deployment.as_ref().map(DeploymentView::from),
            version: version.transpose()?,
            created_at: times::from_micros(it.created_at),
            modified_at: times::from_micros(it.modified_at),
        })
    }
}
