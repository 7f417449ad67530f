//! Sums by group and time.

use std::collections::{BTreeMap, HashMap};

use route::ids::{GatewayId, RouteId};
use sqlx::AssertSqlSafe;

use super::ask::{Keys, Like};
use super::cells::{Bucket, key, parts};
use super::views::View;
use super::{Analytics, AnalyticsAnswer, AnalyticsQuery, Edge, Series, Sums, write};
use crate::db::{Connection, Row, Value, query};
use crate::error::{Result, unreadable};

/// Keys that a statement names; with more, the rows of all are read.
const NAMED: usize = 500;

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
        let (Some(keys), Some(of_total)) = (asked.keys(asked.bucket), asked.total_keys()) else {
            return Ok(AnalyticsAnswer::default());
        };
        let mut tx = self.0.log_db.read().await?;
        let range = Range::new(gateway, asked);
        let mut answer = AnalyticsAnswer {
            total: range.sum(&mut tx, &of_total).await?,
            ..AnalyticsAnswer::default()
        };
        let found = match asked.groups.is_empty() {
            true => Vec::new(),
            false => range.keys(&mut tx, &keys, asked).await?,
        };
        answer.groups = range.groups(&mut tx, &keys, asked, &found).await?;
        answer.folded = range.folded(&mut tx, &keys, &found).await?;
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
        let range = Range::new(gateway, asked);
        let all = range.edges(&mut tx, View::Edge, route).await?;
        let mut own = range.edges(&mut tx, View::Own, route).await?;
        let mut edge = |(key, sums): (String, Sums)| {
            let [Some(_), Some(version), Some(element), Some(outcome)] =
                <[_; 4]>::try_from(parts(&key)?).ok()?
            else {
                return None;
            };
            Some(Edge { version, element, outcome, sums, own: own.remove(&key) })
        };
        let edges = all.into_iter().map(|it| edge(it).ok_or_else(|| unreadable("an edge")));
        edges.collect()
    }
}

impl AnalyticsAnswer {
    /// The largest of these series, of which the total is known or the sum of all, and the rest.
    #[must_use]
    pub fn of(series: Vec<Series>, asked: &AnalyticsQuery) -> Self {
        let mut answer = Self::default();
        for (start, sums) in series.iter().flat_map(|it| &it.points) {
            answer.total.put(*start, sums);
        }
        answer.groups = series.into_iter().filter(|it| it.total.requests > 0).collect();
        answer.groups.sort_by_key(|it| std::cmp::Reverse(asked.order.of(&it.total)));
        answer.groups.truncate(asked.most);
        answer.remainder();
        answer
    }

    /// With what remains beside the groups.
    fn finished(mut self, asked: &AnalyticsQuery) -> Self {
        if !asked.groups.is_empty() {
            self.remainder();
        }
        self
    }

    fn remainder(&mut self) {
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
    }
}

impl Series {
    fn put_row(&mut self, row: &Row) -> Result<()> {
        self.put(row.get("start")?, &write::sums(row)?);
        Ok(())
    }

    fn put(&mut self, start: i64, sums: &Sums) {
        self.points.entry(start).or_default().add(sums);
        self.total.add(sums);
    }
}

/// A key that has rows.
struct Found {
    key: String,
    parts: Vec<Option<String>>,
    requests: u64,
    /// By what the largest are chosen.
    size: u64,
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

    /// Everything that is wanted.
    async fn sum(&self, tx: &mut Connection, keys: &Keys<'_>) -> Result<Series> {
        let mut known: HashMap<String, bool> = HashMap::new();
        let mut sum = Series::default();
        for row in self.rows(tx, keys.view, &keys.like()).await? {
            let is_wanted = |key: &String| parts(key).is_some_and(|it| keys.want(&it));
            if *known.entry(row.get("key")?).or_insert_with_key(is_wanted) {
                sum.put_row(&row)?;
            }
        }
        Ok(sum)
    }

    /// All keys that are wanted, and rests among them.
    async fn keys(
        &self,
        tx: &mut Connection,
        keys: &Keys<'_>,
        asked: &AnalyticsQuery,
    ) -> Result<Vec<Found>> {
        let (condition, values) = condition(&keys.like());
        let sql = format!(
            "select key, cast(sum(requests) as bigint) as requests, cast(sum({}) as bigint) as size from log_rollups \
             where {IN_RANGE}{condition} group by key",
            asked.order.column()
        );
        let rows = query(AssertSqlSafe(sql));
        let rows = rows.bind_all(self.values(keys.view)).bind_all(values).fetch_all(tx).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let key: String = row.get("key")?;
            let parts = parts(&key).ok_or_else(|| unreadable("the key of a roll-up"))?;
            if keys.want(&parts) || keys.is_rest(&parts) {
                let requests = row.get::<i64>("requests")?.unsigned_abs();
                found.push(Found {
                    key,
                    parts,
                    requests,
                    size: row.get::<i64>("size")?.unsigned_abs(),
                });
            }
        }
        Ok(found)
    }

    /// The groups to be shown, largest first.
    async fn groups(
        &self,
        tx: &mut Connection,
        keys: &Keys<'_>,
        asked: &AnalyticsQuery,
        found: &[Found],
    ) -> Result<Vec<Series>> {
        let mut sizes: BTreeMap<Vec<Option<String>>, u64> = BTreeMap::new();
        let of = |it: &Found| keys.group(&it.parts, &asked.groups);
        for it in found.iter().filter(|it| keys.want(&it.parts)) {
            let size = sizes.entry(of(it)).or_default();
            *size = size.saturating_add(it.size);
        }
        let mut groups: Vec<_> = sizes.into_iter().collect();
        groups.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
        groups.truncate(asked.most);
        let mut series: Vec<Series> =
            groups.into_iter().map(|(group, _)| Series { group, ..Series::default() }).collect();
        let places: HashMap<_, _> =
            series.iter().enumerate().map(|(at, it)| (it.group.clone(), at)).collect();
        let wanted = found.iter().filter(|it| keys.want(&it.parts));
        let chosen: HashMap<&str, usize> =
            wanted.filter_map(|it| Some((it.key.as_str(), *places.get(&of(it))?))).collect();
        for row in self.named(tx, keys, &chosen).await? {
            let at = chosen.get(row.get::<String>("key")?.as_str());
            if let Some(one) = at.and_then(|at| series.get_mut(*at)) {
                one.put_row(&row)?;
            }
        }
        Ok(series)
    }

    /// Rows of these keys; and of others, when they are many.
    async fn named(
        &self,
        tx: &mut Connection,
        keys: &Keys<'_>,
        chosen: &HashMap<&str, usize>,
    ) -> Result<Vec<Row>> {
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        if chosen.len() > NAMED {
            return self.rows(tx, keys.view, &keys.like()).await;
        }
        let places: Vec<_> = (6..6 + chosen.len()).map(|it| format!("${it}")).collect();
        let condition = format!(" and key in ({})", places.join(","));
        self.fetch(tx, keys.view, condition, chosen.keys().map(|it| (*it).into()).collect()).await
    }

    /// Requests whose combination is no longer known.
    async fn folded(&self, tx: &mut Connection, keys: &Keys<'_>, found: &[Found]) -> Result<u64> {
        if !keys.view.is_bounded() {
            return Ok(0);
        }
        let Some(rests) = keys.rests() else {
            let rests = found.iter().filter(|it| keys.is_rest(&it.parts));
            return Ok(rests.fold(0, |sum, it| sum.saturating_add(it.requests)));
        };
        let values = rests.map(Value::from).into();
        let mut folded = 0_u64;
        for row in self.fetch(tx, keys.view, " and key in ($6, $7)".to_owned(), values).await? {
            folded = folded.saturating_add(row.get::<i64>("requests")?.unsigned_abs());
        }
        Ok(folded)
    }

    /// Sums of edges, by key.
    async fn edges(
        &self,
        tx: &mut Connection,
        view: View,
        route: &RouteId,
    ) -> Result<BTreeMap<String, Sums>> {
        let prefix = key(&[Some(route.as_str())]);
        let prefix = prefix.trim_end_matches(']');
        let like = Like::Between(format!("{prefix},"), format!("{prefix}-"));
        let mut all: BTreeMap<String, Sums> = BTreeMap::new();
        for row in self.rows(tx, view, &like).await? {
            all.entry(row.get("key")?).or_default().add(&write::sums(&row)?);
        }
        Ok(all)
    }

    async fn rows(&self, tx: &mut Connection, view: View, like: &Like) -> Result<Vec<Row>> {
        let (condition, values) = condition(like);
        self.fetch(tx, view, condition, values).await
    }

    async fn fetch(
        &self,
        tx: &mut Connection,
        view: View,
        condition: String,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let sql = format!("select * from log_rollups where {IN_RANGE}{condition}");
        query(AssertSqlSafe(sql))
            .persistent(values.len() <= 2)
            .bind_all(self.values(view))
            .bind_all(values)
            .fetch_all(tx)
            .await
            .map_err(Into::into)
    }
}

/// For a statement that has the values of a range.
fn condition(like: &Like) -> (String, Vec<Value>) {
    match like {
        Like::Any => (String::new(), Vec::new()),
        Like::Exactly(key) => (" and key = $6".to_owned(), vec![key.as_str().into()]),
        Like::Between(from, to) => (
            " and key >= $6 and key < $7".to_owned(),
            vec![from.as_str().into(), to.as_str().into()],
        ),
    }
}
