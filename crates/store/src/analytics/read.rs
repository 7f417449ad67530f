//! Sums by group and time.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use route::ids::{GatewayId, RouteId};

use super::ask::{Keys, Like, group};
use super::cells::{key, parts};
use super::rows::{By, Range, among, holding, like};
use super::sizes::{Has, Sizes, Stored};
use super::views::View;
use super::{Analytics, AnalyticsAnswer, AnalyticsQuery, Edge, Series, Sums};
use crate::db::{Clause, Connection};
use crate::error::{Result, unreadable};

/// What tells edges apart: those of calls have more parts.
const OF_EDGE: [usize; 4] = [0, 1, 2, 3];

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
        let stored = match asked.groups.is_empty() {
            true => Stored::default(),
            false => range.stored(&mut tx, &keys, Sizes::of(asked)).await?,
        };
        let found = Found::of(&stored, &keys)?;
        answer.folded = range.folded(&mut tx, &keys, found.folded).await?;
        if !asked.groups.is_empty() {
            answer.groups = range.groups(&mut tx, &keys, asked, found).await?;
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
                <[_; OF_EDGE.len()]>::try_from(key).ok()?
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
    fn put(&mut self, start: i64, sums: Sums) {
        self.total.add(&sums);
        match self.points.entry(start) {
            Entry::Vacant(it) => drop(it.insert(sums)),
            Entry::Occupied(it) => it.into_mut().add(&sums),
        }
    }
}

/// A key that is wanted.
struct Known<'s> {
    gateway: &'s str,
    key: &'s str,
    parts: Vec<Option<Cow<'s, str>>>,
    size: u64,
}

/// What is wanted of what is stored.
#[derive(Default)]
struct Found<'s> {
    wanted: Vec<Known<'s>>,
    /// Requests of rests.
    folded: u64,
}

impl<'s> Found<'s> {
    fn of(stored: &'s Stored, keys: &Keys<'_>) -> Result<Self> {
        let mut found = Self::default();
        for (gateway, key, Has { requests, size }) in stored.iter() {
            let parts = parts(key).ok_or_else(|| unreadable("the key of a roll-up"))?;
            if keys.want(&parts) {
                found.wanted.push(Known { gateway, key, parts, size });
            } else if keys.is_rest(&parts) {
                found.folded = found.folded.saturating_add(requests);
            }
        }
        Ok(found)
    }

    fn names(&self) -> BTreeSet<&'s str> {
        self.wanted.iter().map(|it| it.key).collect()
    }

    /// Only the largest groups remain; they are returned, the largest first. Those of one size are in the order of their values.
    fn largest(&mut self, keys: &Keys<'_>, asked: &AnalyticsQuery) -> Vec<Vec<Option<String>>> {
        let places = keys.places(&asked.groups);
        let of = |it: &Known<'s>| {
            let part = |at: &usize| it.parts.get(*at).cloned().flatten();
            group(&asked.groups, Some(it.gateway.into()), places.iter().map(part))
        };
        let mut sizes: HashMap<Vec<Option<Cow<'s, str>>>, u64> = HashMap::new();
        for it in &self.wanted {
            let size = sizes.entry(of(it)).or_default();
            *size = size.saturating_add(it.size);
        }
        let mut largest: Vec<_> =
            sizes.into_iter().map(|(group, it)| (Reverse(it), group)).collect();
        largest.sort_unstable();
        largest.truncate(asked.most);
        let shown: HashSet<_> = largest.iter().map(|(_, group)| group).collect();
        self.wanted.retain(|it| shown.contains(&of(it)));
        let owned = |it: Option<Cow<'_, str>>| it.map(Cow::into_owned);
        largest.into_iter().map(|(_, it)| it.into_iter().map(owned).collect()).collect()
    }
}

impl Range<'_> {
    /// Everything that is wanted.
    async fn sum(&self, tx: &mut Connection, keys: &Keys<'_>) -> Result<Series> {
        let condition = match (keys.is_whole(), keys.like()) {
            (true, Like::Any) => Clause::new(tx),
            (true, it) => self.sought(like(tx, &it), 1),
            (false, _) => {
                let stored = self.stored(tx, keys, Sizes::default()).await?;
                self.named(tx, &Found::of(&stored, keys)?.names())
            }
        };
        let mut sum = Series::default();
        let by = By { start: true, ..By::default() };
        for one in self.sums(tx, keys.view, &condition, by).await? {
            sum.put(one.start, one.sums);
        }
        Ok(sum)
    }

    /// All keys that may be wanted, and rests among them.
    async fn stored(&self, tx: &mut Connection, keys: &Keys<'_>, sizes: Sizes) -> Result<Stored> {
        let condition = holding(like(tx, &keys.like()), keys.texts());
        let mut stored = Stored::default();
        for piece in self.pieces(keys.view) {
            piece.sizes(tx, (keys.view, &condition), sizes, &mut stored).await?;
        }
        Ok(stored)
    }

    /// The groups to be shown, largest first.
    async fn groups(
        &self,
        tx: &mut Connection,
        keys: &Keys<'_>,
        asked: &AnalyticsQuery,
        mut found: Found<'_>,
    ) -> Result<Vec<Series>> {
        let largest = found.largest(keys, asked);
        let by_gateway = asked.is_by_gateway();
        let gateways: HashSet<_> = found.wanted.iter().map(|it| it.gateway).collect();
        let range = self.only(|it| !by_gateway || gateways.contains(it.as_str()));
        let condition = range.named(tx, &found.names());
        let by = By { gateway: by_gateway, start: true, parts: &keys.places(&asked.groups) };
        let mut series: HashMap<_, _> =
            largest.iter().map(|it| (it.clone(), Series::default())).collect();
        for one in range.sums(tx, keys.view, &condition, by).await? {
            let group = group(&asked.groups, one.gateway, one.parts.into_iter());
            if let Some(series) = series.get_mut(&group) {
                series.put(one.start, one.sums);
            }
        }
        let series = |group| series.remove(&group).map(|it| Series { group, ..it });
        Ok(largest.into_iter().filter_map(series).collect())
    }

    /// One of these keys.
    fn named(&self, tx: &Connection, names: &BTreeSet<&str>) -> Clause {
        let condition = among(tx, &names.iter().copied().collect::<Vec<_>>());
        self.sought(condition, names.len())
    }

    /// Requests whose combination is no longer known; those of the rests that were found, or of the rests that only these keys may be in.
    async fn folded(&self, tx: &mut Connection, keys: &Keys<'_>, found: u64) -> Result<u64> {
        let Some(rests) = keys.rests() else { return Ok(found) };
        let condition = among(tx, &rests.each_ref().map(String::as_str));
        let mut stored = Stored::default();
        self.sizes(tx, (keys.view, &condition), Sizes::default(), &mut stored).await?;
        Ok(stored.iter().fold(0, |sum, (.., it)| sum.saturating_add(it.requests)))
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
        let edges = Like::Between(format!("{prefix},"), format!("{prefix}-"));
        let condition = self.sought(like(tx, &edges), 1);
        let by = By { parts: &OF_EDGE, ..By::default() };
        let edges = self.sums(tx, view, &condition, by).await?;
        Ok(edges.into_iter().map(|it| (it.parts, it.sums)).collect())
    }
}
