//! Sums by time and group.

use std::collections::{BTreeMap, HashMap};

use route::ids::{GatewayId, RouteId};
use sqlx::AssertSqlSafe;

use super::cells::{Bucket, View, key, parts};
use super::{Analytics, Sums, write};
use crate::db::{Connection, Row, Value, query};
use crate::error::{Result, unreadable};

/// What requests may have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnalyticsDimension {
    /// Id of the route; none on a direct call.
    Route,
    /// Id of the version that served.
    Version,
    /// The model element that answered.
    Element,
    /// Slug of the provider that answered.
    Provider,
    /// The model that answered.
    Model,
    /// Id of the token used; none without one.
    Key,
    /// The value of this key of the caller's metadata.
    Metadata(String),
}

/// By what the groups that are shown are chosen: those with most of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnalyticsOrder {
    /// Requests.
    #[default]
    Requests,
    /// Failed requests.
    Errors,
    /// Cost.
    Cost,
}

/// What is asked. Groups and filters must be [together](Self::apart) in the stored rows.
#[derive(Clone, Debug)]
pub struct AnalyticsQuery {
    /// The length of a point.
    pub bucket: Bucket,
    /// Unix seconds; the bucket that it is in is the first.
    pub start: i64,
    /// Unix seconds; the last bucket begins before it.
    pub end: i64,
    /// What tells groups apart; empty: one series of everything.
    pub groups: Vec<AnalyticsDimension>,
    /// Only requests with these values.
    pub filters: Vec<(AnalyticsDimension, String)>,
    /// Groups that are shown.
    pub most: usize,
    /// Which.
    pub order: AnalyticsOrder,
}

/// Why a combination of dimensions cannot be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// Keys and each key of metadata are summed up for themselves.
    Dimensions,
    /// Metadata is not summed up by the minute.
    Minutes,
}

/// Sums of a group, by time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// One value for each dimension asked for.
    pub group: Vec<Option<String>>,
    /// Of the whole time.
    pub total: Sums,
    /// By the beginning of each bucket in Unix seconds; without those that have no request.
    pub points: BTreeMap<i64, Sums>,
}

/// Sums by group and time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnalyticsAnswer {
    /// Everything that the filters let through.
    pub total: Series,
    /// The groups shown, largest first.
    pub groups: Vec<Series>,
    /// `total` without `groups`.
    pub rest: Series,
    /// Requests of `rest` whose value of metadata was folded away: it may be one that is shown.
    pub folded: u64,
}

/// Traffic through one output of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Id of the version.
    pub version: String,
    /// Id of the element.
    pub element: String,
    /// The output taken; `end`, or what happened instead of one.
    pub outcome: String,
    /// Of the requests that came through.
    pub sums: Sums,
}

impl AnalyticsQuery {
    /// Why this combination cannot be answered; `None` when it can.
    #[must_use]
    pub fn apart(&self) -> Option<Apart> {
        let mut views = self.dimensions().map(view);
        let first = views.next();
        if views.any(|it| Some(it) != first) {
            return Some(Apart::Dimensions);
        }
        let metadata = first.is_some_and(|(view, _)| view == View::Metadata);
        (metadata && self.bucket == Bucket::Minute).then_some(Apart::Minutes)
    }

    fn dimensions(&self) -> impl Iterator<Item = &AnalyticsDimension> {
        self.groups.iter().chain(self.filters.iter().map(|(it, _)| it))
    }

    fn view(&self) -> (View, Option<&str>) {
        self.dimensions().next().map_or((View::Model, None), view)
    }

    /// The key that the filters leave, where a key is one value.
    fn only_key(&self) -> Option<String> {
        let (dimension, value) = self.filters.first()?;
        match dimension {
            AnalyticsDimension::Key => Some(key(&[Some(value)])),
            AnalyticsDimension::Metadata(name) => Some(key(&[Some(name), Some(value)])),
            _ => None,
        }
    }
}

fn view(dimension: &AnalyticsDimension) -> (View, Option<&str>) {
    match dimension {
        AnalyticsDimension::Key => (View::Token, None),
        AnalyticsDimension::Metadata(name) => (View::Metadata, Some(name)),
        _ => (View::Model, None),
    }
}

/// Where in a key a dimension is.
fn index(dimension: &AnalyticsDimension) -> usize {
    match dimension {
        AnalyticsDimension::Route | AnalyticsDimension::Key => 0,
        AnalyticsDimension::Version | AnalyticsDimension::Metadata(_) => 1,
        AnalyticsDimension::Element => 2,
        AnalyticsDimension::Provider => 3,
        AnalyticsDimension::Model => 4,
    }
}

impl Analytics<'_> {
    /// Sums by group and time; an unknown gateway has none. What is [`AnalyticsQuery::apart`] has none either.
    ///
    /// # Errors
    /// None of its own.
    pub async fn query(
        &self,
        gateway: &GatewayId,
        asked: &AnalyticsQuery,
    ) -> Result<AnalyticsAnswer> {
        if asked.apart().is_some() {
            return Ok(AnalyticsAnswer::default());
        }
        let mut tx = self.0.log_db.read().await?;
        let range = Range::new(gateway, asked);
        let (view, name) = asked.view();
        if view == View::Model {
            let rows = range.rows(&mut tx, view, None).await?;
            return by_model(asked, &rows);
        }
        let mut answer = AnalyticsAnswer::default();
        let chosen = match asked.only_key() {
            Some(key) => vec![key],
            None => range.largest(&mut tx, asked).await?,
        };
        let mut series: HashMap<String, Series> = HashMap::new();
        for row in range.rows(&mut tx, view, Some(&chosen)).await? {
            series.entry(row.get("key")?).or_default().put(&row)?;
        }
        for key in &chosen {
            let Some(mut one) = series.remove(key) else { continue };
            let group = parts(key).and_then(|it| it.into_iter().next_back());
            one.group = vec![group.ok_or_else(|| unreadable("the key of a roll-up"))?];
            answer.groups.push(one);
        }
        if asked.filters.is_empty() {
            for row in range.rows(&mut tx, View::Model, None).await? {
                answer.total.put(&row)?;
            }
        } else if let Some(one) = answer.groups.first() {
            answer.total = Series { group: Vec::new(), ..one.clone() };
        }
        if let Some(name) = name.filter(|_| asked.filters.is_empty()) {
            answer.folded = range.folded(&mut tx, name).await?;
        }
        Ok(answer.finished(asked))
    }

    /// Traffic through the outputs of a route's elements, by version, element and output.
    ///
    /// # Errors
    /// None of its own.
    pub async fn edges(
        &self,
        gateway: &GatewayId,
        route: &RouteId,
        asked: &AnalyticsQuery,
    ) -> Result<Vec<Edge>> {
        let mut tx = self.0.log_db.read().await?;
        let mut all: BTreeMap<String, Sums> = BTreeMap::new();
        let prefix = key(&[Some(route.as_str())]);
        let prefix = prefix.trim_end_matches(']');
        for row in Range::new(gateway, asked).beginning(&mut tx, View::Edge, prefix).await? {
            all.entry(row.get("key")?).or_default().add(&write::sums(&row)?);
        }
        let edge = |(key, sums): (String, Sums)| {
            let [Some(_), Some(version), Some(element), Some(outcome)] =
                <[_; 4]>::try_from(parts(&key)?).ok()?
            else {
                return None;
            };
            Some(Edge { version, element, outcome, sums })
        };
        let edges = all.into_iter().map(|it| edge(it).ok_or_else(|| unreadable("an edge")));
        edges.collect()
    }
}

impl AnalyticsAnswer {
    /// With what remains beside the groups.
    fn finished(mut self, asked: &AnalyticsQuery) -> Self {
        if asked.groups.is_empty() {
            self.groups.clear();
            return self;
        }
        self.rest = self.total.clone();
        for shown in &self.groups {
            self.rest.total.subtract(&shown.total);
            for (start, sums) in &shown.points {
                if let Some(point) = self.rest.points.get_mut(start) {
                    point.subtract(sums);
                }
            }
        }
        self.rest.points.retain(|_, it| it.requests > 0);
        self
    }
}

impl Series {
    fn put(&mut self, row: &Row) -> Result<()> {
        self.put_sums(row.get("start")?, &write::sums(row)?);
        Ok(())
    }

    fn put_sums(&mut self, start: i64, sums: &Sums) {
        self.points.entry(start).or_default().add(sums);
        self.total.add(sums);
    }
}

/// Groups of rows that have all of route, version, element, provider and model.
fn by_model(asked: &AnalyticsQuery, rows: &[Row]) -> Result<AnalyticsAnswer> {
    let mut answer = AnalyticsAnswer::default();
    let mut groups: BTreeMap<Vec<Option<String>>, Series> = BTreeMap::new();
    let mut known: HashMap<String, Option<Vec<Option<String>>>> = HashMap::new();
    for row in rows {
        let key: String = row.get("key")?;
        let group = known.entry(key).or_insert_with_key(|key| group(asked, key));
        let Some(group) = group else { continue };
        let (start, sums) = (row.get("start")?, write::sums(row)?);
        answer.total.put_sums(start, &sums);
        if let Some(series) = groups.get_mut(group) {
            series.put_sums(start, &sums);
        } else if !asked.groups.is_empty() {
            groups.entry(group.clone()).or_default().put_sums(start, &sums);
        }
    }
    let mut groups: Vec<Series> =
        groups.into_iter().map(|(group, it)| Series { group, ..it }).collect();
    groups.sort_by_key(|it| std::cmp::Reverse(asked.order.of(&it.total)));
    groups.truncate(asked.most);
    answer.groups = groups;
    Ok(answer.finished(asked))
}

/// The group of a key; `None` when the filters do not want it.
fn group(asked: &AnalyticsQuery, key: &str) -> Option<Vec<Option<String>>> {
    let parts = parts(key)?;
    let part = |it: &AnalyticsDimension| parts.get(index(it)).cloned().flatten();
    let wanted = asked.filters.iter().all(|(it, value)| part(it).as_ref() == Some(value));
    wanted.then(|| asked.groups.iter().map(part).collect())
}

impl AnalyticsOrder {
    fn of(self, sums: &Sums) -> u64 {
        match self {
            Self::Requests => sums.requests,
            Self::Errors => sums.errors,
            Self::Cost => sums.cost,
        }
    }

    fn column(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Errors => "errors",
            Self::Cost => "cost",
        }
    }
}

/// Rows of a gateway and a time.
struct Range<'q> {
    gateway: &'q GatewayId,
    bucket: Bucket,
    start: i64,
    end: i64,
}

const IN_RANGE: &str =
    "gateway_id = $1 and view = $2 and bucket = $3 and start >= $4 and start < $5";

impl<'q> Range<'q> {
    fn new(gateway: &'q GatewayId, asked: &AnalyticsQuery) -> Self {
        let start = asked.bucket.start(asked.start);
        Self { gateway, bucket: asked.bucket, start, end: asked.end }
    }

    fn values(&self, view: View) -> [Value; 5] {
        [
            self.gateway.as_str().into(),
            view.number().into(),
            self.bucket.seconds().into(),
            self.start.into(),
            self.end.into(),
        ]
    }

    /// All rows, or those of these keys.
    async fn rows(
        &self,
        tx: &mut Connection,
        view: View,
        keys: Option<&[String]>,
    ) -> Result<Vec<Row>> {
        let keys = match keys {
            None => return self.fetch(tx, view, String::new(), &[]).await,
            Some([]) => return Ok(Vec::new()),
            Some(keys) => keys,
        };
        let places: Vec<_> = (6..6 + keys.len()).map(|it| format!("${it}")).collect();
        self.fetch(tx, view, format!(" and key in ({})", places.join(",")), keys).await
    }

    /// Rows whose key begins so.
    async fn beginning(&self, tx: &mut Connection, view: View, prefix: &str) -> Result<Vec<Row>> {
        let bounds = [format!("{prefix},"), format!("{prefix}-")];
        self.fetch(tx, view, " and key >= $6 and key < $7".to_owned(), &bounds).await
    }

    async fn fetch(
        &self,
        tx: &mut Connection,
        view: View,
        more: String,
        values: &[String],
    ) -> Result<Vec<Row>> {
        let sql = format!("select * from log_rollups where {IN_RANGE}{more}");
        let rows = query(AssertSqlSafe(sql))
            .persistent(values.len() <= 2)
            .bind_all(self.values(view))
            .bind_all(values.iter().map(|it| it.as_str().into()))
            .fetch_all(tx)
            .await?;
        Ok(rows)
    }

    /// Keys of the groups to be shown, largest first.
    async fn largest(&self, tx: &mut Connection, asked: &AnalyticsQuery) -> Result<Vec<String>> {
        let (view, name) = asked.view();
        let prefix = name.map(|it| key(&[Some(it)])).unwrap_or_default();
        let prefix = prefix.trim_end_matches(']');
        let (low, high, rest) = match name {
            Some(_) => (format!("{prefix},"), format!("{prefix}-"), format!("{prefix},null]")),
            None => (String::new(), "~".to_owned(), String::new()),
        };
        let sql = format!(
            "select key, cast(sum({}) as bigint) as size from log_rollups where {IN_RANGE} and key >= $6 and key < $7 and key <> $8 \
             group by key order by size desc, key limit $9",
            asked.order.column()
        );
        let rows = query(AssertSqlSafe(sql))
            .bind_all(self.values(view))
            .bind_all([low.into(), high.into(), rest.into()])
            .bind(i64::try_from(asked.most).unwrap_or(i64::MAX))
            .fetch_all(tx)
            .await?;
        Ok(rows.iter().map(|row| row.get("key")).collect::<sqlx::Result<_>>()?)
    }

    /// Requests with this key of metadata whose value is no longer known.
    async fn folded(&self, tx: &mut Connection, name: &str) -> Result<u64> {
        let rests = [key(&[Some(name), None]), key(&[None, None])];
        let mut folded = 0_u64;
        for row in self.rows(tx, View::Metadata, Some(&rests)).await? {
            folded = folded.saturating_add(row.get::<i64>("requests")?.unsigned_abs());
        }
        Ok(folded)
    }
}
