//! The ways that requests went: one row a way, so that filters on it are decided once a way and not once a request.

use route::ids::VersionId;
use serde::Deserialize;
use telemetry::Record;

use super::filter::{LogField, LogFilter, LogValue};
use super::kinds::identity;
use super::own::{Own, Shared};
use crate::db::{Connection, Row, Value, query};
use crate::error::{Result, unreadable};

/// Columns of [`INSERT`].
pub(super) const COLUMNS: usize = 6;

pub(super) const INSERT: &str =
    "insert into log_walks (id, gateway, route_id, route_name, version_id, path) values ";

/// An element, and the output that it took.
pub(super) type Step = (String, String);

/// A way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Walk {
    pub(super) id: i64,
    /// Id and name; nothing on a direct call.
    route: Option<(String, String)>,
    version: Option<String>,
    /// Nothing where logs have their own.
    path: Option<Vec<Step>>,
}

/// The steps of a record's path; a direct call has none.
pub(super) fn steps(record: &Record) -> Vec<Step> {
    #[derive(Deserialize)]
    struct Told {
        element: String,
        #[serde(default)]
        outcome: String,
    }
    if record.route.is_none() {
        return Vec::new();
    }
    let told: Vec<Told> = serde_json::from_str(&record.path).unwrap_or_default();
    told.into_iter().map(|it| (it.element, it.outcome)).collect()
}

impl Walk {
    /// That of a record in a gateway, by these steps.
    pub(super) fn of(gateway: i64, it: &Record, steps: Vec<Step>) -> Self {
        let route = it.route.as_ref().map(|(id, name)| (id.to_string(), name.clone()));
        let version = it.version.as_ref().map(VersionId::to_string);
        let mut walk = Self { id: 0, route, version, path: Some(steps) };
        walk.identify(gateway);
        walk
    }

    fn identify(&mut self, gateway: i64) {
        let flags = [self.route.is_some(), self.version.is_some(), self.path.is_some()];
        let route = self.route.iter().flat_map(|(id, name)| [id, name]);
        let steps = self.path.iter().flatten().flat_map(|(element, output)| [element, output]);
        let texts: Vec<_> = route.chain(&self.version).chain(steps).map(String::as_str).collect();
        self.id = identity(gateway, &flags.map(u8::from), &texts);
    }

    /// Leaves the path to the log; returns what that has of its own from now on. Without a path there is nothing to leave.
    pub(super) fn loosen(&mut self, gateway: i64) -> Vec<(Own, String)> {
        let Some(path) = self.path.take_if(|it| !it.is_empty()) else { return Vec::new() };
        self.identify(gateway);
        let edges = path.iter().map(|it| (Own::Edge, edge(it)));
        let mut own: Vec<_> = edges.collect();
        own.extend(path.into_iter().map(|(element, _)| (Own::Element, element)));
        own.sort();
        own.dedup();
        own
    }

    /// The values of [`INSERT`].
    pub(super) fn values(&self, gateway: i64) -> [Value; COLUMNS] {
        let (route, name) = self.route.as_ref().map(|(id, name)| (&**id, &**name)).unzip();
        let path = self.path.as_ref();
        let path = path.map(|it| serde_json::to_string(it).expect("texts are JSON"));
        [
            self.id.into(),
            gateway.into(),
            route.into(),
            name.into(),
            self.version.as_deref().into(),
            path.into(),
        ]
    }

    fn read(row: &Row) -> Result<Self> {
        let route = row.get::<Option<String>>("route_id")?;
        let path = row.get::<Option<String>>("path")?;
        Ok(Self {
            id: row.get("id")?,
            route: route.zip(row.get::<Option<String>>("route_name")?),
            version: row.get("version_id")?,
            path: path.map(|it| serde_json::from_str(&it)).transpose().map_err(unreadable)?,
        })
    }

    /// Whether a field is one of a way.
    pub(super) const fn has(field: LogField) -> bool {
        use LogField::{Edge, Element, Route, Version};
        matches!(field, Route | Version | Element | Edge)
    }
}

impl Shared for Walk {
    const COLUMN: &'static str = "walk";

    fn id(&self) -> i64 {
        self.id
    }

    fn takes(&self, filter: &LogFilter) -> Option<bool> {
        match filter.field {
            LogField::Route => {
                let names: Vec<_> =
                    self.route.iter().flat_map(|(id, name)| [id, name]).cloned().collect();
                Some(filter.takes_any(&names))
            }
            LogField::Version => {
                let version = self.version.clone().map(LogValue::Text);
                Some(filter.takes(version.as_ref()))
            }
            LogField::Element => {
                let elements = self.path.as_ref()?.iter().map(|(element, _)| element.clone());
                Some(filter.takes_any(&elements.collect::<Vec<_>>()))
            }
            LogField::Edge => {
                Some(filter.takes_any(&self.path.as_ref()?.iter().map(edge).collect::<Vec<_>>()))
            }
            _ => Some(false),
        }
    }
}

/// How filters name an output of an element.
fn edge((element, output): &Step) -> String {
    format!("{element}.{output}")
}

/// Every way that requests of a gateway went.
pub(super) async fn all(tx: &mut Connection, gateway: i64) -> Result<Vec<Walk>> {
    let rows = query(
        "select id, route_id, route_name, version_id, path from log_walks where gateway = $1",
    );
    rows.bind(gateway).fetch_all(tx).await?.iter().map(Walk::read).collect()
}
