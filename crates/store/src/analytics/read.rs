//! Sums by group and time.

use std::collections::{BTreeMap, HashMap};

use route::ids::{GatewayId, RouteId};
use sqlx::AssertSqlSafe;

use super::ask::{Keys, Like};
use super::cells::{Bucket, key, parts};
use super::sums::Summing;
use super::views::View;
use super::{Analytics, AnalyticsAnswer, AnalyticsQuery, Edge, Series, Sums, write};
use crate::db::{Connection, Row, Value, query};
use crate::error::{Result, unreadable};

/// Keys that a statement names; with more, the rows of all are read.
const NAMED: usize = 500;
/// Rows that are sought one by one, by time and key; if there may be more, all rows of the time are looked through.
const SOUGHT: usize = 20_000;

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
            true => HashMap::new(),
            false => range.keys(&mut tx, &keys, asked).await?,
        };
        answer.groups = range.groups(&mut tx, &keys, asked, &found).await?;
        answer.folded = range.folded(&mut tx, &keys, &found).await?;
        if !asked.groups.is_empty() {
            answer.remainder();
        }
        Ok(answer)
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
    /// What remains beside the groups.
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
    fn put(&mut self, start: i64, sums: &Sums) {
        self.points.entry(start).or_default().add(sums);
        self.total.add(sums);
    }
}

/// Rows added up by place and time, a place being one of so many series.
fn added(mut rows: Vec<(usize, i64, Row)>, series: &mut [Series]) -> Result<()> {
    rows.sort_unstable_by_key(|(at, start, _)| (*at, *start));
    let mut sum = Summing::default();
    for same in rows.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        for (_, _, row) in same {
            write::add_row(&mut sum, row)?;
        }
        if let Some((at, start, _)) = same.first()
            && let Some(one) = series.get_mut(*at)
        {
            one.put(*start, &sum.take());
        }
    }
    Ok(())
}

/// What is known of a key that has rows.
#[derive(Default)]
struct Found {
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
        let bucket = asked.bucket;
        let end = bucket.start(asked.end.saturating_sub(1)).saturating_add(bucket.seconds());
        Self { gateway, bucket, start: bucket.start(asked.start), end }
    }

    /// The same time in as few pieces of whole buckets as there are rows for.
    fn pieces(&self, view: View) -> Vec<Self> {
        let piece = |bucket, start, end| Range { gateway: self.gateway, bucket, start, end };
        let whole = piece(self.bucket, self.start, self.end);
        // What is folded differs by the length of time.
        let longer = self.bucket.longer().filter(|it| view.is_of(*it) && !view.is_bounded());
        let Some(longer) = longer else { return vec![whole] };
        let from = longer.start(self.start.saturating_add(longer.seconds()).saturating_sub(1));
        let to = longer.start(self.end);
        if from >= to {
            return vec![whole];
        }
        let mut pieces = piece(longer, from, to).pieces(view);
        pieces.push(piece(self.bucket, self.start, from));
        pieces.push(piece(self.bucket, to, self.end));
        pieces.retain(|it| it.start < it.end);
        pieces
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
        let mut wanted = Vec::new();
        for row in self.rows(tx, keys.view, &keys.like()).await? {
            let is_wanted = |key: &String| parts(key).is_some_and(|it| keys.want(&it));
            if *known.entry(row.get("key")?).or_insert_with_key(is_wanted) {
                wanted.push((0, row.get("start")?, row));
            }
        }
        let mut sum = [Series::default()];
        added(wanted, &mut sum)?;
        let [sum] = sum;
        Ok(sum)
    }

    /// All keys that are wanted, and rests among them.
    async fn keys(
        &self,
        tx: &mut Connection,
        keys: &Keys<'_>,
        asked: &AnalyticsQuery,
    ) -> Result<HashMap<String, Found>> {
        let (condition, values) = condition(&keys.like());
        let sql = format!(
            "select key, cast(sum(requests) as bigint) as requests, cast(sum({}) as bigint) as size from log_rollups \
             where {IN_RANGE}{condition} group by key",
            asked.order.column()
        );
        let mut found: HashMap<String, Found> = HashMap::new();
        for piece in self.pieces(keys.view) {
            let rows = query(AssertSqlSafe(sql.clone()));
            let rows = rows.bind_all(piece.values(keys.view)).bind_all(values.iter().cloned());
            for row in rows.fetch_all(tx).await? {
                let it = found.entry(row.get("key")?).or_default();
                it.requests =
                    it.requests.saturating_add(row.get::<i64>("requests")?.unsigned_abs());
                it.size = it.size.saturating_add(row.get::<i64>("size")?.unsigned_abs());
            }
        }
        for (key, it) in &mut found {
            it.parts = parts(key).ok_or_else(|| unreadable("the key of a roll-up"))?;
        }
        found.retain(|_, it| keys.want(&it.parts) || keys.is_rest(&it.parts));
        Ok(found)
    }

    /// The groups to be shown, largest first.
    async fn groups(
        &self,
        tx: &mut Connection,
        keys: &Keys<'_>,
        asked: &AnalyticsQuery,
        found: &HashMap<String, Found>,
    ) -> Result<Vec<Series>> {
        let mut sizes: BTreeMap<Vec<Option<String>>, u64> = BTreeMap::new();
        let of = |it: &Found| keys.group(&it.parts, &asked.groups);
        for it in found.values().filter(|it| keys.want(&it.parts)) {
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
        let wanted = found.iter().filter(|(_, it)| keys.want(&it.parts));
        let chosen: HashMap<&str, usize> =
            wanted.filter_map(|(key, it)| Some((key.as_str(), *places.get(&of(it))?))).collect();
        let mut rows = Vec::new();
        for row in self.named(tx, keys, &chosen).await? {
            if let Some(at) = chosen.get(row.get::<String>("key")?.as_str()) {
                rows.push((*at, row.get("start")?, row));
            }
        }
        added(rows, &mut series)?;
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
        let mut condition = format!(" and key in ({})", places.join(","));
        let starts =
            (self.start..self.end).step_by(usize::try_from(self.bucket.seconds()).unwrap_or(1));
        if starts.clone().count().saturating_mul(chosen.len()) <= SOUGHT {
            let starts: Vec<_> = starts.map(|it| it.to_string()).collect();
            condition.push_str(&format!(" and start in ({})", starts.join(",")));
        }
        self.fetch(tx, keys.view, condition, chosen.keys().map(|it| (*it).into()).collect()).await
    }

    /// Requests whose combination is no longer known.
    async fn folded(
        &self,
        tx: &mut Connection,
        keys: &Keys<'_>,
        found: &HashMap<String, Found>,
    ) -> Result<u64> {
        if !keys.view.is_bounded() {
            return Ok(0);
        }
        let Some(rests) = keys.rests() else {
            let rests = found.values().filter(|it| keys.is_rest(&it.parts));
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
        let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for row in self.rows(tx, view, &like).await? {
            rows.entry(row.get("key")?).or_default().push(row);
        }
        let mut sum = Summing::default();
        let mut all = BTreeMap::new();
        for (key, rows) in rows {
            rows.iter().try_for_each(|it| write::add_row(&mut sum, it))?;
            all.insert(key, sum.take());
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
