//! Records summed up in memory: what a batch adds to which row.

use std::collections::BTreeMap;

use route::ids::{GatewayId, RouteId, VersionId};
use serde::Deserialize;
use serde_json::Value;
use telemetry::Record;

use super::Sums;
use super::views::View;
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
    /// many: the rarest are folded into the rest of their key. So are what a token, and what a value of metadata, has in common with a
    /// route and a model. Minutes have none of these.
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
    /// By the shortest time that a view has rows for: longer ones are sums of these.
    cells: BTreeMap<Place, Cells>,
    records: usize,
    /// When its rows are old: in Unix seconds.
    now: Option<i64>,
}

/// Sums by key.
pub(super) type Cells = BTreeMap<String, Sums>;

impl Default for Tally {
    fn default() -> Self {
        Self { id: new_id(), cells: BTreeMap::new(), records: 0, now: None }
    }
}

impl Tally {
    /// Counts records.
    pub fn count(&mut self, records: &[Record]) {
        for record in records {
            let sums = Sums::of(record);
            let steps = steps(record);
            for (view, key) in keys(record, &steps) {
                self.put(record, view, key, &sums);
            }
            for step in steps.iter().filter(|it| !it.attempts.is_empty()) {
                self.put(record, View::Own, step.edge(record), &step.own());
            }
            self.records = self.records.saturating_add(1);
        }
    }

    /// Records counted.
    #[must_use]
    pub fn records(&self) -> usize {
        self.records
    }

    /// Leaves out rows that would be deleted as too old at this time (Unix seconds).
    #[must_use]
    pub fn without_expired(self, now: i64) -> Self {
        Self { now: Some(now), ..self }
    }

    /// What it adds to which rows.
    pub(super) fn rows(&self) -> BTreeMap<Place, Cells> {
        let mut all: BTreeMap<Place, Cells> = BTreeMap::new();
        for (place, cells) in &self.cells {
            for bucket in Bucket::ALL.into_iter().filter(|it| place.view.is_of(*it)) {
                let start = bucket.start(place.start);
                if self.now.is_some_and(|now| start < now.saturating_sub(bucket.kept_seconds())) {
                    continue;
                }
                let rows = all.entry(Place { bucket, start, ..place.clone() }).or_default();
                cells.iter().for_each(|(key, sums)| add(rows, key.clone(), sums));
            }
        }
        all
    }

    fn put(&mut self, record: &Record, view: View, key: String, sums: &Sums) {
        let seconds = i64::try_from(record.created_at_ms / 1000).unwrap_or(i64::MAX);
        let Some(bucket) = Bucket::ALL.into_iter().find(|it| view.is_of(*it)) else { return };
        let gateway = record.gateway.clone();
        let place = Place { gateway, view, bucket, start: bucket.start(seconds) };
        add(self.cells.entry(place).or_default(), key, sums);
    }
}

fn add(cells: &mut Cells, key: String, sums: &Sums) {
    match cells.get_mut(&key) {
        Some(cell) => cell.add(sums),
        None => drop(cells.insert(key, sums.clone())),
    }
}

/// A step of a record's path.
#[derive(Deserialize)]
struct Step {
    element: String,
    #[serde(rename = "type")]
    kind: String,
    outcome: String,
    #[serde(default)]
    attempts: Vec<Attempt>,
}

/// A call of a provider.
#[derive(Deserialize)]
struct Attempt {
    /// Until it was committed or failed.
    #[serde(default)]
    ms: u64,
}

impl Step {
    /// The key of its edge.
    fn edge(&self, record: &Record) -> String {
        let (route, version) = place(record);
        key(&[route, version, Some(&*self.element), Some(&*self.outcome)])
    }

    /// How long its calls took, of a request that made some.
    fn own(&self) -> Sums {
        let ms = self.attempts.iter().fold(0_u64, |sum, it| sum.saturating_add(it.ms));
        let mut sums = Sums { requests: 1, ..Sums::default() };
        sums.duration_ms.record(ms);
        sums
    }
}

/// Route and version.
fn place(record: &Record) -> (Option<&str>, Option<&str>) {
    let route = record.route.as_ref().map(|(id, _)| RouteId::as_str(id));
    (route, record.version.as_ref().map(VersionId::as_str))
}

/// Steps through a route; a direct call has none.
fn steps(record: &Record) -> Vec<Step> {
    match record.route {
        Some(_) => serde_json::from_str(&record.path).unwrap_or_default(),
        None => Vec::new(),
    }
}

fn keys(record: &Record, steps: &[Step]) -> Vec<(View, String)> {
    let (route, version) = place(record);
    let index = usize::try_from(record.step).unwrap_or(usize::MAX);
    let answered = steps.iter().filter(|it| it.kind == "model").nth(index);
    let element = answered.filter(|_| record.success).map(|it| &*it.element);
    let (provider, model) = (Some(&*record.provider), Some(&*record.model));
    let token = record.token.as_deref();
    let mut keys = vec![
        (View::Total, key(&[])),
        (View::Route, key(&[route])),
        (View::Model, key(&[provider, model])),
        (View::Element, key(&[route, version, element])),
        (View::RouteModel, key(&[route, provider, model])),
        (View::All, key(&[route, version, element, provider, model])),
        (View::Token, key(&[token])),
        (View::TokenModel, key(&[token, route, provider, model])),
    ];
    keys.extend(steps.iter().map(|it| (View::Edge, it.edge(record))));
    let metadata: Option<serde_json::Map<String, Value>> =
        record.metadata.as_deref().and_then(|it| serde_json::from_str(it).ok());
    for (name, value) in metadata.into_iter().flatten() {
        let value = match value {
            Value::String(it) => it,
            other => other.to_string(),
        };
        let (name, value) = (Some(&*name), Some(&*value));
        keys.push((View::Metadata, key(&[name, value])));
        keys.push((View::MetadataModel, key(&[name, value, route, provider, model])));
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
