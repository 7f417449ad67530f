//! Records summed up in memory: what a batch adds to which row.

use std::collections::BTreeMap;

use route::ids::{GatewayId, RouteId, VersionId};
use serde::Deserialize;
use serde_json::Value;
use telemetry::Record;

use super::Sums;
use crate::write::new_id;

/// How long a stretch of time one row is for; in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Bucket {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// Its length.
    #[must_use]
    pub fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    /// How long its rows are kept.
    #[must_use]
    pub fn kept_seconds(self) -> i64 {
        let days = match self {
            Self::Minute => 3,
            Self::Hour => 100,
            Self::Day => 800,
        };
        days * 86_400
    }

    /// Values of a gateway's metadata, of all keys together, to which the rows of one such time are cut when they have become twice as
    /// many: the rarest are folded into the rest of their key. Minutes have none.
    #[must_use]
    pub fn metadata_values(self) -> usize {
        match self {
            Self::Minute => 0,
            Self::Hour => 100,
            Self::Day => 500,
        }
    }

    /// The beginning of the one that a time in Unix seconds is in.
    #[must_use]
    pub fn start(self, seconds: i64) -> i64 {
        seconds.div_euclid(self.seconds()).saturating_mul(self.seconds())
    }
}

/// By what a row's key tells requests apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum View {
    /// `[route, version, element, provider, model]`
    Model,
    /// `[token]`
    Token,
    /// `[name, value]`; the rest of a name is `[name, null]`, that of rare names `[null, null]`.
    Metadata,
    /// `[route, version, element, outcome]`: one for each element that a request came through.
    Edge,
}

impl View {
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Model => 1,
            Self::Token => 2,
            Self::Metadata => 3,
            Self::Edge => 4,
        }
    }
}

/// Rows of one gateway, view and time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) gateway: GatewayId,
    pub(super) view: View,
    pub(super) bucket: Bucket,
    /// Unix seconds.
    pub(super) start: i64,
}

/// Sums that are to be added to the stored ones, once.
#[derive(Debug)]
pub struct Tally {
    /// Tells a second try from a second tally.
    pub(super) id: String,
    pub(super) cells: BTreeMap<Place, BTreeMap<String, Sums>>,
    records: usize,
}

impl Default for Tally {
    fn default() -> Self {
        Self { id: new_id(), cells: BTreeMap::new(), records: 0 }
    }
}

impl Tally {
    /// Counts records.
    pub fn count(&mut self, records: &[Record]) {
        for record in records {
            let sums = Sums::of(record);
            for (view, key) in keys(record) {
                self.put(record, view, &key, &sums);
            }
            self.records = self.records.saturating_add(1);
        }
    }

    /// Records counted.
    #[must_use]
    pub fn records(&self) -> usize {
        self.records
    }

    fn put(&mut self, record: &Record, view: View, key: &str, sums: &Sums) {
        let seconds = i64::try_from(record.created_at_ms / 1000).unwrap_or(i64::MAX);
        for bucket in Bucket::ALL {
            if view == View::Metadata && bucket.metadata_values() == 0 {
                continue;
            }
            let gateway = record.gateway.clone();
            let place = Place { gateway, view, bucket, start: bucket.start(seconds) };
            let cells = self.cells.entry(place).or_default();
            match cells.get_mut(key) {
                Some(cell) => cell.add(sums),
                None => drop(cells.insert(key.to_owned(), sums.clone())),
            }
        }
    }
}

/// A step of a record's path.
#[derive(Deserialize)]
struct Step {
    element: String,
    #[serde(rename = "type")]
    kind: String,
    outcome: String,
}

fn keys(record: &Record) -> Vec<(View, String)> {
    let route = record.route.as_ref().map(|(id, _)| RouteId::as_str(id));
    let version = record.version.as_ref().map(VersionId::as_str);
    let steps: Vec<Step> = match route {
        Some(_) => serde_json::from_str(&record.path).unwrap_or_default(),
        None => Vec::new(),
    };
    let index = usize::try_from(record.step).unwrap_or(usize::MAX);
    let answered = steps.iter().filter(|it| it.kind == "model").nth(index);
    let element = answered.filter(|_| record.success).map(|it| &*it.element);
    let model = [route, version, element, Some(&*record.provider), Some(&*record.model)];
    let mut keys = vec![(View::Model, key(&model)), (View::Token, key(&[record.token.as_deref()]))];
    for step in &steps {
        let edge = [route, version, Some(&*step.element), Some(&*step.outcome)];
        keys.push((View::Edge, key(&edge)));
    }
    let metadata: Option<serde_json::Map<String, Value>> =
        record.metadata.as_deref().and_then(|it| serde_json::from_str(it).ok());
    for (name, value) in metadata.into_iter().flatten() {
        let value = match value {
            Value::String(it) => it,
            other => other.to_string(),
        };
        keys.push((View::Metadata, key(&[Some(&name), Some(&value)])));
    }
    keys
}

/// A key as it is stored.
pub(super) fn key(parts: &[Option<&str>]) -> String {
    serde_json::to_string(parts).unwrap_or_default()
}

/// The parts of a stored key; `None` when it is something else.
pub(super) fn parts(key: &str) -> Option<Vec<Option<String>>> {
    serde_json::from_str(key).ok()
}
