//! What can be asked, and what is answered.

use std::borrow::Cow;
use std::collections::BTreeMap;

use route::ids::GatewayId;

use super::Sums;
use super::cells::{Bucket, key};
use super::views::{Part, View};

/// What requests may have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnalyticsDimension {
    /// Id of the gateway; together with any others.
    Gateway,
    /// Id of the route; none on a direct call.
    Route,
    /// Id of the version that served.
    Version,
    /// The model element that answered, or that called.
    Element,
    /// Slug of the provider that answered, or that was called.
    Provider,
    /// The model that answered, or that was called.
    Model,
    /// Id of the token used; none without one.
    Key,
    /// The value of this key of the caller's metadata.
    Metadata(String),
}

/// What is summed up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counted {
    /// Requests, each with all that it took and cost, at what answered it.
    #[default]
    Requests,
    /// Model elements of requests that called somebody, each with what its own calls took and cost; a direct call is one of no element. A
    /// request counts once for each of its elements that called. Without keys and metadata.
    Calls,
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
    /// What is summed up.
    pub of: Counted,
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
    /// These are not in the stored rows together.
    Dimensions,
    /// They are, but not by the minute.
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
    /// Requests whose combination was folded away because it was rare: they are in `rest`, and may be of groups that are shown. With a filter that
    /// has no rows of its own they are not in `total` either.
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
    /// Of those of them for which the element called a provider: how many, how many of these it could not answer, how long its calls took until
    /// they were committed or failed, and what they were charged.
    pub own: Option<Sums>,
}

impl AnalyticsDimension {
    /// The part of a key that it is; a gateway is none, but has rows of its own.
    pub(super) fn part(&self) -> Option<Part> {
        Some(match self {
            Self::Gateway => return None,
            Self::Route => Part::Route,
            Self::Version => Part::Version,
            Self::Element => Part::Element,
            Self::Provider => Part::Provider,
            Self::Model => Part::Model,
            Self::Key => Part::Token,
            Self::Metadata(_) => Part::Value,
        })
    }
}

impl AnalyticsOrder {
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Errors => "errors",
            Self::Cost => "cost",
        }
    }
}

impl AnalyticsQuery {
    /// Why this combination cannot be answered; `None` when it can.
    #[must_use]
    pub fn apart(&self) -> Option<Apart> {
        match self.keys(self.bucket) {
            Some(_) => None,
            None if self.keys(Bucket::Day).is_some() => Some(Apart::Minutes),
            None => Some(Apart::Dimensions),
        }
    }

    /// Rows that tell groups and filters apart.
    pub(super) fn keys(&self, bucket: Bucket) -> Option<Keys<'_>> {
        let filters = self.filters.iter().map(|(it, _)| it);
        self.of_dimensions(bucket, &self.groups.iter().chain(filters).collect::<Vec<_>>())
    }

    /// Rows that tell filters apart.
    pub(super) fn total_keys(&self) -> Option<Keys<'_>> {
        let filters = self.filters.iter().map(|(it, _)| it);
        self.of_dimensions(self.bucket, &filters.collect::<Vec<_>>())
    }

    fn of_dimensions<'q>(
        &'q self,
        bucket: Bucket,
        dimensions: &[&'q AnalyticsDimension],
    ) -> Option<Keys<'q>> {
        let mut names = dimensions.iter().filter_map(|it| match it {
            AnalyticsDimension::Metadata(name) => Some(name.as_str()),
            _ => None,
        });
        let name = names.next();
        if names.any(|it| Some(it) != name) {
            return None;
        }
        let parts = dimensions.iter().filter_map(|it| it.part());
        let fits =
            |it: &&View| it.is_of(bucket) && parts.clone().all(|part| it.parts().contains(&part));
        let view = match self.of {
            Counted::Requests => View::ASKED.iter().find(fits),
            Counted::Calls => View::ASKED_OF_CALLS.iter().find(fits),
        };
        Some(Keys { view: *view?, name, filters: &self.filters })
    }

    /// Whether the groups tell gateways apart.
    pub(super) fn is_by_gateway(&self) -> bool {
        self.groups.contains(&AnalyticsDimension::Gateway)
    }

    /// Whether rows of this gateway are wanted.
    pub(super) fn wants(&self, gateway: &GatewayId) -> bool {
        let of_gateways = self.filters.iter().filter(|(it, _)| *it == AnalyticsDimension::Gateway);
        of_gateways.map(|(_, value)| value).all(|it| *it == gateway.as_str())
    }
}

/// Keys of a view: those that a question wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys<'q> {
    pub(super) view: View,
    /// Of the metadata, if it has any.
    name: Option<&'q str>,
    filters: &'q [(AnalyticsDimension, String)],
}

/// What keys are like in the database.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Like {
    Any,
    /// From the first up to the second.
    Between(String, String),
    Exactly(String),
}

impl<'q> Keys<'q> {
    /// What a part must be.
    fn wanted(&self, part: Part) -> Option<&'q str> {
        if part == Part::Name {
            return self.name;
        }
        let mut filters = self.filters.iter();
        filters.find(|(it, _)| it.part() == Some(part)).map(|(_, it)| it.as_str())
    }

    /// Bounds for all that are wanted.
    pub(super) fn like(&self) -> Like {
        let parts = self.view.parts();
        let fixed: Vec<_> = parts.iter().map_while(|it| self.wanted(*it)).map(Some).collect();
        let whole = key(&fixed);
        if fixed.len() == parts.len() {
            return Like::Exactly(whole);
        }
        match whole.strip_suffix(']').filter(|_| !fixed.is_empty()) {
            Some(start) => Like::Between(format!("{start},"), format!("{start}-")),
            None => Like::Any,
        }
    }

    /// Whether [`Self::like`] says all: nothing else is like it.
    pub(super) fn is_whole(&self) -> bool {
        let parts = self.view.parts();
        let fixed = parts.iter().take_while(|it| self.wanted(**it).is_some()).count();
        let wanted = parts.iter().filter(|it| self.wanted(**it).is_some()).count();
        // Rests have nothing behind their first part.
        wanted == fixed && (fixed > 1 || !self.view.is_bounded())
    }

    /// Texts in all keys that are wanted. Rests do not have them, so there are none where there are rests.
    pub(super) fn texts(&self) -> impl Iterator<Item = String> {
        let parts = self.view.parts().iter().filter(|_| !self.view.is_bounded());
        let wanted = parts.filter_map(|it| self.wanted(*it));
        wanted.map(|it| key(&[Some(it)]).trim_matches(['[', ']']).to_owned())
    }

    /// Whether a key, in parts, is wanted; a rest is not.
    pub(super) fn want(&self, key: &[Option<Cow<'_, str>>]) -> bool {
        let mut parts = self.view.parts().iter().zip(key);
        !self.is_rest(key)
            && parts.all(|(part, is)| self.wanted(*part).is_none_or(|it| is.as_deref() == Some(it)))
    }

    /// Whether it is of what was folded.
    pub(super) fn is_rest(&self, key: &[Option<Cow<'_, str>>]) -> bool {
        self.view.is_bounded() && key.last().is_some_and(Option::is_none)
    }

    /// The rests that may hold what is wanted; `None`: all there are, which may be none.
    pub(super) fn rests(&self) -> Option<[String; 2]> {
        let parts = Some(self.view).filter(|it| it.is_bounded())?.parts();
        let first = parts.first().and_then(|it| self.wanted(*it))?;
        let mut rest = vec![None; parts.len()];
        let of_all = key(&rest);
        if let Some(it) = rest.first_mut() {
            *it = Some(first);
        }
        Some([key(&rest), of_all])
    }

    /// Where the key has what these dimensions are; the gateway is not in it.
    pub(super) fn places(&self, of: &[AnalyticsDimension]) -> Vec<usize> {
        let place = |part: Part| self.view.parts().iter().position(|of| *of == part);
        of.iter().filter_map(|it| it.part().and_then(place)).collect()
    }
}

/// The group of a gateway and of what is at [`Keys::places`].
pub(super) fn group<T>(
    by: &[AnalyticsDimension],
    mut gateway: Option<T>,
    mut parts: impl Iterator<Item = Option<T>>,
) -> Vec<Option<T>> {
    let value = |it: &AnalyticsDimension| match it {
        AnalyticsDimension::Gateway => gateway.take(),
        _ => parts.next().flatten(),
    };
    by.iter().map(value).collect()
}
