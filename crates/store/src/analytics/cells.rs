//! Records summed up in memory: what a batch adds to which row.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

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
    /// Seven days from a Monday on. Only what has many rows is summed up by it: it finds the largest groups of many days.
    Week,
}

impl Bucket {
    /// All of them.
    pub(super) const STORED: [Self; 4] = [Self::Minute, Self::Hour, Self::Day, Self::Week];
    /// Those that everything is summed up by.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// Its length.
    #[must_use]
    pub fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Week => 604_800,
        }
    }

    /// How long its rows are kept.
    #[must_use]
    pub fn kept_seconds(self) -> i64 {
        let days = match self {
            Self::Minute => 3,
            Self::Hour => 100,
            Self::Day | Self::Week => 800,
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
            Self::Day | Self::Week => 500,
        }
    }

    /// The beginning of the one that a time in Unix seconds is in.
    #[must_use]
    pub fn start(self, seconds: i64) -> i64 {
        let first = match self {
            Self::Week => MONDAY,
            _ => 0,
        };
        let since = seconds.saturating_sub(first).div_euclid(self.seconds());
        since.saturating_mul(self.seconds()).saturating_add(first)
    }

    /// The next longer one that begins and ends with it.
    pub(super) fn longer(self) -> Option<Self> {
        Self::STORED.into_iter().find(|it| *it > self)
    }
}

/// The first one, in Unix seconds.
const MONDAY: i64 = 4 * 86_400;

/// Rows of one gateway, view and time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    cells: HashMap<Place, HashMap<String, Sums>>,
    records: usize,
    /// When its rows are old: in Unix seconds.
    now: Option<i64>,
}

/// Sums by key.
pub(super) type Cells = BTreeMap<String, Sums>;

impl Default for Tally {
    fn default() -> Self {
        Self { id: new_id(), cells: HashMap::new(), records: 0, now: None }
    }
}

impl Tally {
    /// Counts records, but not those that only counted tokens: nothing was used, and their time is not that of a model. Those that add to the
    /// same rows do so together, since many of a batch do.
    pub fn count(&mut self, records: &[Record]) {
        let (mut all, mut edges, mut calls) = (Alikes::new(), Alikes::new(), Alikes::new());
        for record in records.iter().filter(|it| !it.entry.only_counts()) {
            let sums = Sums::of(record);
            let steps = steps(record);
            for (alike, sums) in own_calls(record, &steps) {
                calls.entry(alike).or_default().add(&sums);
            }
            for step in steps.iter().filter(|_| record.route.is_some()) {
                edges.entry(Alike::edge(record, step)).or_default().add(&sums);
            }
            all.entry(Alike::whole(record, &steps)).or_default().add(&sums);
        }
        self.put_all(all, Alike::keys);
        self.put_all(edges, Alike::edge_keys);
        self.put_all(calls, Alike::call_keys);
        self.records = self.records.saturating_add(records.len());
    }

    fn put_all<'r>(&mut self, all: Alikes<'r>, keys: fn(&Alike<'r>) -> Vec<(View, String)>) {
        for (alike, sums) in all {
            for (view, key) in keys(&alike) {
                self.put(&alike, view, key, &sums);
            }
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
            for bucket in Bucket::STORED.into_iter().filter(|it| place.view.is_of(*it)) {
                let start = bucket.start(place.start);
                if self.now.is_some_and(|now| start < now.saturating_sub(bucket.kept_seconds())) {
                    continue;
                }
                let rows = all.entry(Place { bucket, start, ..place.clone() }).or_default();
                for (key, sums) in cells {
                    match rows.get_mut(key) {
                        Some(row) => row.add(sums),
                        None => drop(rows.insert(key.clone(), sums.clone())),
                    }
                }
            }
        }
        all
    }

    fn put(&mut self, alike: &Alike<'_>, view: View, key: String, sums: &Sums) {
        let Some(bucket) = Bucket::ALL.into_iter().find(|it| view.is_of(*it)) else { return };
        let gateway = alike.gateway.clone();
        let place = Place { gateway, view, bucket, start: bucket.start(alike.minute) };
        self.cells.entry(place).or_default().entry(key).or_default().add(sums);
    }
}

/// A step of a record's path.
#[derive(Deserialize)]
struct Step<'r> {
    #[serde(borrow)]
    element: Cow<'r, str>,
    #[serde(rename = "type", borrow)]
    kind: Cow<'r, str>,
    #[serde(borrow)]
    outcome: Cow<'r, str>,
    #[serde(default, borrow)]
    attempts: Vec<Attempt<'r>>,
}

/// A call of a provider, or one that was skipped.
#[derive(Deserialize)]
struct Attempt<'r> {
    #[serde(default, borrow)]
    provider: Cow<'r, str>,
    #[serde(default, borrow)]
    model: Cow<'r, str>,
    /// Until it was committed or failed.
    #[serde(default)]
    ms: u64,
    #[serde(default, borrow)]
    cause: Option<Cow<'r, str>>,
}

/// Steps of a path; that of a direct call has one, of no element.
fn steps(record: &Record) -> Vec<Step<'_>> {
    serde_json::from_str(&record.path).unwrap_or_default()
}

/// What the calls of each model element took and were charged; a direct call is one of no element. Elements that called nobody are left
/// out, unless they were charged all the same.
fn own_calls<'r>(record: &'r Record, steps: &[Step<'r>]) -> Vec<(Alike<'r>, Sums)> {
    let models: Vec<_> = steps.iter().filter(|it| it.kind == "model").collect();
    let charged = record.charges.iter().map(|it| index(it.step).saturating_add(1)).max();
    let each = 0..models.len().max(charged.unwrap_or_default());
    let own = |at: usize| own(record, at, models.get(at).copied());
    each.filter_map(own).collect()
}

fn own<'r>(record: &'r Record, at: usize, step: Option<&Step<'r>>) -> Option<(Alike<'r>, Sums)> {
    let charge = record.charges.iter().find(|it| index(it.step) == at);
    let attempts = step.map_or(&[][..], |it| &it.attempts);
    let was_called = |it: &&Attempt<'_>| telemetry::was_called(it.cause.as_deref());
    let last = attempts.iter().rfind(was_called);
    let (provider, model) = match (charge, last) {
        (Some(it), _) => (Cow::Borrowed(&*it.provider), Cow::Borrowed(&*it.model)),
        (None, Some(it)) => (it.provider.clone(), it.model.clone()),
        (None, None) => return None,
    };
    // An answer that was being given may break off.
    let broke = record.first_byte_ms.is_some() && index(record.step) == at && !record.success;
    let failed = broke || step.is_none_or(|it| it.outcome != "success");
    let ms = attempts.iter().fold(0, |sum: u64, it| sum.saturating_add(it.ms));
    let alike = Alike {
        element: step.filter(|_| record.route.is_some()).map(|it| it.element.clone()),
        outcome: step.map(|it| it.outcome.clone()),
        provider,
        model,
        ..Alike::of(record)
    };
    Some((alike, Sums::of_calls(charge, failed, ms)))
}

fn index(step: u32) -> usize {
    usize::try_from(step).unwrap_or(usize::MAX)
}

/// Sums of what adds to the same rows.
type Alikes<'r> = HashMap<Alike<'r>, Sums>;

/// What requests, or their ways through an element, have in common that add to the same rows.
#[derive(PartialEq, Eq, Hash)]
struct Alike<'r> {
    gateway: &'r GatewayId,
    /// The beginning of the minute, in Unix seconds.
    minute: i64,
    route: Option<&'r str>,
    version: Option<&'r str>,
    /// The one that answered, or that they came through.
    element: Option<Cow<'r, str>>,
    /// Of the element, where it is one that they came through, or that called; the others have what follows.
    outcome: Option<Cow<'r, str>>,
    provider: Cow<'r, str>,
    model: Cow<'r, str>,
    token: Option<&'r str>,
    metadata: Option<&'r str>,
}

impl<'r> Alike<'r> {
    fn whole(record: &'r Record, steps: &[Step<'r>]) -> Self {
        let mut models = steps.iter().filter(|it| it.kind == "model");
        let answered =
            models.nth(index(record.step)).filter(|_| record.success && record.route.is_some());
        Self {
            element: answered.map(|it| it.element.clone()),
            provider: record.provider.as_str().into(),
            model: record.model.as_str().into(),
            token: record.token.as_deref(),
            metadata: record.metadata.as_deref(),
            ..Self::of(record)
        }
    }

    fn edge(record: &'r Record, step: &Step<'r>) -> Self {
        Self {
            element: Some(step.element.clone()),
            outcome: Some(step.outcome.clone()),
            ..Self::of(record)
        }
    }

    fn of(record: &'r Record) -> Self {
        let seconds = i64::try_from(record.created_at_ms / 1000).unwrap_or(i64::MAX);
        Self {
            gateway: &record.gateway,
            minute: Bucket::Minute.start(seconds),
            route: record.route.as_ref().map(|(id, _)| RouteId::as_str(id)),
            version: record.version.as_ref().map(VersionId::as_str),
            element: None,
            outcome: None,
            provider: Cow::Borrowed(""),
            model: Cow::Borrowed(""),
            token: None,
            metadata: None,
        }
    }

    fn edge_keys(&self) -> Vec<(View, String)> {
        let (element, outcome) = (self.element.as_deref(), self.outcome.as_deref());
        vec![(View::Edge, key(&[self.route, self.version, element, outcome]))]
    }

    fn call_keys(&self) -> Vec<(View, String)> {
        let (element, outcome) = (self.element.as_deref(), self.outcome.as_deref());
        let (provider, model) = (Some(&*self.provider), Some(&*self.model));
        vec![
            (View::CallsTotal, key(&[])),
            (View::CallsModel, key(&[provider, model])),
            (View::CallsElement, key(&[self.route, self.version, element])),
            (View::CallsRouteModel, key(&[self.route, provider, model])),
            (View::Calls, key(&[self.route, self.version, element, outcome, provider, model])),
        ]
    }

    /// The rows of requests; those of edges and of calls are apart.
    fn keys(&self) -> Vec<(View, String)> {
        let Self { route, version, token, .. } = *self;
        let (element, provider, model) =
            (self.element.as_deref(), Some(&*self.provider), Some(&*self.model));
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
        let metadata: Option<serde_json::Map<String, Value>> =
            self.metadata.and_then(|it| serde_json::from_str(it).ok());
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
}

/// A key as it is stored.
pub(super) fn key(parts: &[Option<&str>]) -> String {
    serde_json::to_string(parts).unwrap_or_default()
}

/// The parts of a stored key; `None` when it is something else.
pub(super) fn parts(key: &str) -> Option<Vec<Option<Cow<'_, str>>>> {
    let parts: Vec<Option<Text<'_>>> = serde_json::from_str(key).ok()?;
    Some(parts.into_iter().map(|it| it.map(|it| it.0)).collect())
}

/// Borrowed where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'k>(#[serde(borrow)] Cow<'k, str>);
