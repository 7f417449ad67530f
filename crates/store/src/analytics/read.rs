//! Sums by group and time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use route::ids::{GatewayId, RouteId};

use super::ask::{Keys, Like};
use super::cells::{key, parts};
use super::rows::{Condition, Range, Sizes};
use super::sums::Summing;
use super::views::View;
use super::{Analytics, AnalyticsAnswer, AnalyticsQuery, Edge, Series, Sums, write};
use crate::db::{Connection, Row};
use crate::error::{Result, unreadable};

/// Keys that a statement names; with more, the rows of all are read.
const NAMED: usize = 500;
/// Rows that are sought one by one, by gateway, time and key; if there may be more, all rows of the time are looked through.
const SOUGHT: usize = 20_000;
/// Parts of the key of an edge.
const OF_EDGE: usize = 4;

impl Analytics<'_> {
    /// Sums of a gateway by group and time; an unknown gateway has none. What is [`AnalyticsQuery::apart`] has none either.
    ///
    /// # Errors
    /// None of its own.
    pub async fn query(
        &self,
        gateway: &GatewayId,
        asked: &AnalyticsQuery,
    ) -> Result<AnalyticsAnswer> {
        self.query_all(std::slice::from_ref(gateway), asked).await
    }

    /// Sums of these gateways together by group and time, as in [`Self::query`].
    ///
    /// # Errors
    /// None of its own.
    pub async fn query_all(
        &self,
        gateways: &[GatewayId],
        asked: &AnalyticsQuery,
    ) -> Result<AnalyticsAnswer> {
        let (Some(keys), Some(of_total)) = (asked.keys(asked.bucket), asked.total_keys()) else {
            return Ok(AnalyticsAnswer::default());
        };
        let mut tx = self.0.log_db.read().await?;
        let range = Range::new(gateways, asked);
        let mut answer = AnalyticsAnswer {
            total: range.sum(&mut tx, &of_total).await?,
            ..AnalyticsAnswer::default()
        };
        let found = match asked.groups.is_empty() {
            true => Found::new(),
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
        let range = Range::new(std::slice::from_ref(gateway), asked);
        let all = range.edges(&mut tx, View::Edge, route).await?;
        let mut own = range.edges(&mut tx, View::Calls, route).await?;
        let mut edge = |(key, sums): (Vec<Option<String>>, Sums)| {
            let own = own.remove(&key);
            let [Some(_), Some(version), Some(element), Some(outcome)] =
                <[_; OF_EDGE]>::try_from(key).ok()?
            else {
                return None;
            };
            Some(Edge { version, element, outcome, sums, own })
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
struct Known {
    parts: Vec<Option<String>>,
    requests: u64,
    /// By what the largest are chosen.
    size: u64,
}

/// Keys that have rows, by gateway; those of all gateways under none when gateways are not told apart.
type Found = BTreeMap<String, HashMap<String, Known>>;

/// Keys of which the rows are wanted, by gateway; each is of one of so many series.
type Chosen<'f> = HashMap<&'f str, HashMap<&'f str, usize>>;

fn each(found: &Found) -> impl Iterator<Item = (&str, &str, &Known)> {
    found.iter().flat_map(|(gateway, keys)| {
        keys.iter().map(move |(key, it)| (gateway.as_str(), key.as_str(), it))
    })
}

impl Range<'_> {
    /// Everything that is wanted.
    async fn sum(&self, tx: &mut Connection, keys: &Keys<'_>) -> Result<Series> {
        let mut known: HashMap<String, bool> = HashMap::new();
        let mut wanted = Vec::new();
        for row in
            self.rows(tx, keys.view, &Condition::of(&keys.like()).holding(keys.texts())).await?
        {
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
    ) -> Result<Found> {
        let condition = Condition::of(&keys.like()).holding(keys.texts());
        let mut found = Found::new();
        let sizes = Sizes { of: asked.order.column(), by_gateway: asked.is_by_gateway() };
        for piece in self.pieces(keys.view) {
            for row in piece.sizes(tx, keys.view, &condition, sizes).await? {
                let of_gateway = found.entry(row.get("gateway_id")?).or_default();
                let it = of_gateway.entry(row.get("key")?).or_default();
                it.requests =
                    it.requests.saturating_add(row.get::<i64>("requests")?.unsigned_abs());
                it.size = it.size.saturating_add(row.get::<i64>("size")?.unsigned_abs());
            }
        }
        for of_gateway in found.values_mut() {
            for (key, it) in of_gateway.iter_mut() {
                it.parts = parts(key).ok_or_else(|| unreadable("the key of a roll-up"))?;
            }
            of_gateway.retain(|_, it| keys.want(&it.parts) || keys.is_rest(&it.parts));
        }
        Ok(found)
    }

    /// The groups to be shown, largest first.
    async fn groups(
        &self,
        tx: &mut Connection,
        keys: &Keys<'_>,
        asked: &AnalyticsQuery,
        found: &Found,
    ) -> Result<Vec<Series>> {
        let mut sizes: BTreeMap<Vec<Option<String>>, u64> = BTreeMap::new();
        let of = |gateway: &str, it: &Known| keys.group(gateway, &it.parts, &asked.groups);
        let wanted = || each(found).filter(|(_, _, it)| keys.want(&it.parts));
        for (gateway, _, it) in wanted() {
            let size = sizes.entry(of(gateway, it)).or_default();
            *size = size.saturating_add(it.size);
        }
        let mut groups: Vec<_> = sizes.into_iter().collect();
        groups.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
        groups.truncate(asked.most);
        let mut series: Vec<Series> =
            groups.into_iter().map(|(group, _)| Series { group, ..Series::default() }).collect();
        let places: HashMap<_, _> =
            series.iter().enumerate().map(|(at, it)| (it.group.clone(), at)).collect();
        let mut chosen = Chosen::new();
        for (gateway, key, it) in wanted() {
            if let Some(at) = places.get(&of(gateway, it)) {
                chosen.entry(gateway).or_default().insert(key, *at);
            }
        }
        let mut rows = Vec::new();
        let by_gateway = asked.is_by_gateway();
        let named = match by_gateway {
            true => self.only(|it| chosen.contains_key(it.as_str())),
            false => self.clone(),
        };
        for row in named.named(tx, keys, &chosen).await? {
            let gateway = if by_gateway { row.get("gateway_id")? } else { String::new() };
            let key = row.get::<String>("key")?;
            if let Some(at) = chosen.get(&*gateway).and_then(|it| it.get(&*key)) {
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
        chosen: &Chosen<'_>,
    ) -> Result<Vec<Row>> {
        let names: BTreeSet<&str> = chosen.values().flat_map(HashMap::keys).copied().collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        if names.len() > NAMED {
            let condition = Condition::of(&keys.like()).holding(keys.texts());
            return self.rows(tx, keys.view, &condition).await;
        }
        let mut condition = Condition::keys(&names.iter().copied().collect::<Vec<_>>());
        let each = names.len().saturating_mul(self.gateways());
        if self.starts().count().saturating_mul(each) <= SOUGHT {
            condition.starts(self.starts());
        }
        self.rows(tx, keys.view, &condition).await
    }

    /// Requests whose combination is no longer known.
    async fn folded(&self, tx: &mut Connection, keys: &Keys<'_>, found: &Found) -> Result<u64> {
        if !keys.view.is_bounded() {
            return Ok(0);
        }
        let Some(rests) = keys.rests() else {
            let rests = each(found).filter(|(_, _, it)| keys.is_rest(&it.parts));
            return Ok(rests.fold(0, |sum, (_, _, it)| sum.saturating_add(it.requests)));
        };
        let mut folded = 0_u64;
        let condition = Condition::keys(&rests.each_ref().map(String::as_str));
        for row in self.rows(tx, keys.view, &condition).await? {
            folded = folded.saturating_add(row.get::<i64>("requests")?.unsigned_abs());
        }
        Ok(folded)
    }

    /// Sums of edges, by what their keys begin with.
    async fn edges(
        &self,
        tx: &mut Connection,
        view: View,
        route: &RouteId,
    ) -> Result<BTreeMap<Vec<Option<String>>, Sums>> {
        let prefix = key(&[Some(route.as_str())]);
        let prefix = prefix.trim_end_matches(']');
        let like = Like::Between(format!("{prefix},"), format!("{prefix}-"));
        let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for row in self.rows(tx, view, &Condition::of(&like)).await? {
            rows.entry(row.get("key")?).or_default().push(row);
        }
        let mut sum = Summing::default();
        let mut all: BTreeMap<_, Sums> = BTreeMap::new();
        for (key, rows) in rows {
            let mut edge = parts(&key).ok_or_else(|| unreadable("an edge"))?;
            edge.truncate(OF_EDGE);
            rows.iter().try_for_each(|it| write::add_row(&mut sum, it))?;
            all.entry(edge).or_default().add(&sum.take());
        }
        Ok(all)
    }
}
