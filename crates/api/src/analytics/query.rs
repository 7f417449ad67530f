//! What a query string asks of the analytics; what it does not know is refused, so that nothing is summed up wrongly.

use crate::paging::number;
use crate::problem::Problem;
use crate::times;
use jiff::Timestamp;
use route::ids::RouteId;
use serde::Deserialize;
use store::{AnalyticsDimension, AnalyticsOrder, AnalyticsQuery, Apart, Bucket, Counted};
use utoipa::IntoParams;

/// All of the query string, in its order.
pub(super) type Pairs = Vec<(String, String)>;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// What is shown when nothing is said.
const USUAL: i64 = DAY;
/// Points of a series.
const MOST_POINTS: i64 = 2_400;
/// Groups, and how many there may be.
const USUAL_GROUPS: u32 = 10;
const MOST_GROUPS: u32 = 100;
/// Dimensions that groups may be told apart by at once.
const MOST_DIMENSIONS: usize = 3;

/// Which requests, and how they are summed up.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "documents what `read` takes from the pairs, since filters have names of the caller's"
)]
pub(super) struct AnalyticsParameters {
    /// From this time on, RFC 3339; rounded down to a whole bucket. Default: a day before `end`.
    #[param(format = DateTime)]
    start: Option<String>,
    /// Up to this time, RFC 3339; the bucket that it is in is whole. Default: now.
    #[param(format = DateTime)]
    end: Option<String>,
    /// `minute`, `hour` or `day`, in UTC. Default: by the length of time.
    bucket: Option<String>,
    /// What is summed up: `requests` (default), or `calls`, the model elements that called, each with what its own attempts took and cost.
    of: Option<String>,
    /// Up to three, separated by commas: of `route`, `version`, `element`, `provider` and `model`; or `key` (id of a token) with `route`,
    /// `provider` and `model`; or `metadata.<key>`, which stands last, with these three.
    group: Option<String>,
    /// How many groups are shown; the others are `rest`. Default 10.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, example = 10)]
    limit: Option<String>,
    /// Those with most `requests` (default), `errors` or `cost`.
    order_by: Option<String>,
    /// Only this route (its id). As here, so with the other dimensions and with `metadata.<key>`.
    route: Option<String>,
    /// Only this version (its id).
    version: Option<String>,
    /// Only what this model element answered; of `calls`, only what it called.
    element: Option<String>,
    /// Only this provider.
    provider: Option<String>,
    /// Only this model.
    model: Option<String>,
    /// Only this token (its id); with `route`, `provider` and `model` only.
    key: Option<String>,
}

/// Of which gateways.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents what `read` takes from the pairs")]
pub(super) struct AccountParameters {
    /// Only this gateway (its id). `gateway` may be one of `group`, too, with any others.
    gateway: Option<String>,
}

/// What is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// All gateways that a token may read: they are a dimension.
    Account,
    Gateway,
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents what `read_of_route` takes from the pairs")]
pub(super) struct EdgeParameters {
    /// From this time on, RFC 3339; rounded down to a whole bucket. Default: a day before `end`.
    #[param(format = DateTime)]
    start: Option<String>,
    /// Up to this time, RFC 3339; the bucket that it is in is whole. Default: now.
    #[param(format = DateTime)]
    end: Option<String>,
    /// What `start` and `end` are rounded to: `minute`, `hour` or `day`, in UTC. Default: by the length of time.
    bucket: Option<String>,
    /// Only this version (its id).
    version: Option<String>,
}

/// What the query string asks.
pub(super) fn read(pairs: &Pairs, scope: Scope, now: Timestamp) -> Result<AnalyticsQuery, Problem> {
    let mut asked = empty();
    let (mut start, mut end, mut bucket) = (None, None, None);
    for (name, value) in pairs {
        match name.as_str() {
            "start" => start = Some(times::parse(value, &["query", name])?),
            "end" => end = Some(times::parse(value, &["query", name])?),
            "bucket" => bucket = Some(self::bucket(value)?),
            "of" => asked.of = of(value)?,
            "group" => asked.groups = groups(value, scope)?,
            "limit" => asked.most = limit(value)?,
            "order_by" => asked.order = order(value)?,
            other => match scope.dimension(other) {
                Some(it) if asked.filters.iter().any(|(known, _)| *known == it) => {
                    let message = format!("`{name}` stands twice; a filter has one value");
                    return Err(Problem::invalid(&["query", name], message));
                }
                Some(it) => asked.filters.push((it, value.clone())),
                None => {
                    let message = format!("there is no parameter `{name}`");
                    return Err(Problem::invalid(&["query", name], message));
                }
            },
        }
    }
    place(&mut asked, (start, end), bucket, now)?;
    match asked.apart() {
        None => Ok(asked),
        Some(apart) => Err(refusal(asked.of, apart)),
    }
}

/// What the query string asks of a route, and of which version.
pub(super) fn read_of_route(
    pairs: &Pairs,
    route: &RouteId,
    now: Timestamp,
) -> Result<(AnalyticsQuery, Option<String>), Problem> {
    const KNOWN: [&str; 4] = ["start", "end", "bucket", "version"];
    if let Some((name, _)) = pairs.iter().find(|(it, _)| !KNOWN.contains(&it.as_str())) {
        let message = format!("there is no parameter `{name}` here");
        return Err(Problem::invalid(&["query", name], message));
    }
    let mut asked = read(pairs, Scope::Gateway, now)?;
    let version = asked.filters.first().map(|(_, value)| value.clone());
    asked.filters.push((AnalyticsDimension::Route, route.as_str().to_owned()));
    Ok((asked, version))
}

fn empty() -> AnalyticsQuery {
    AnalyticsQuery {
        of: Counted::Requests,
        bucket: Bucket::Day,
        start: 0,
        end: 0,
        groups: Vec::new(),
        filters: Vec::new(),
        most: usize::try_from(USUAL_GROUPS).unwrap_or(usize::MAX),
        order: AnalyticsOrder::Requests,
    }
}

/// Where in time.
fn place(
    asked: &mut AnalyticsQuery,
    (start, end): (Option<Timestamp>, Option<Timestamp>),
    bucket: Option<Bucket>,
    now: Timestamp,
) -> Result<(), Problem> {
    let end = end.unwrap_or(now).as_second();
    let start = start.map_or(end.saturating_sub(USUAL), Timestamp::as_second);
    if start >= end {
        return Err(Problem::invalid(&["query", "start"], "`start` must be before `end`"));
    }
    let length = end.saturating_sub(start);
    asked.bucket = Bucket::Minute;
    let by_minute = asked.apart().is_none();
    let kept = |it: Bucket| now.as_second().saturating_sub(start) <= it.kept_seconds();
    let bucket = bucket.unwrap_or(match length {
        ..=10_800 if by_minute && kept(Bucket::Minute) => Bucket::Minute,
        ..=691_200 if kept(Bucket::Hour) => Bucket::Hour,
        _ => Bucket::Day,
    });
    if !kept(bucket) {
        let (name, days) = (name(bucket), bucket.kept_seconds() / DAY);
        let message = format!(
            "sums by the {name} are kept for {days} days; begin later, or ask for longer buckets"
        );
        return Err(Problem::invalid(&["query", "start"], message));
    }
    if length / bucket.seconds() > MOST_POINTS {
        let message = format!(
            "that would be more than {MOST_POINTS} points of a {}; ask for a shorter time or longer buckets",
            name(bucket)
        );
        return Err(Problem::invalid(&["query", "bucket"], message));
    }
    (asked.bucket, asked.start, asked.end) = (bucket, bucket.start(start), end);
    Ok(())
}

fn refusal(of: Counted, apart: Apart) -> Problem {
    let message = match (of, apart) {
        (Counted::Calls, _) => {
            "groups and filters of `calls` can combine `route`, `version`, `element`, `provider` and `model`: keys and metadata are not summed up with calls"
        }
        (Counted::Requests, Apart::Dimensions) => {
            "groups and filters can combine `route`, `version`, `element`, `provider` and `model`; or `key` with `route`, `provider` and `model`; or one `metadata.<key>` with these three: no others are summed up together"
        }
        (Counted::Requests, Apart::Minutes) => {
            "metadata, and `key` together with others, is not summed up by the minute; ask for `bucket=hour`"
        }
    };
    Problem::invalid(&["query", "group"], message)
}

impl Scope {
    fn dimension(self, name: &str) -> Option<AnalyticsDimension> {
        Some(match name {
            "gateway" if self == Self::Account => AnalyticsDimension::Gateway,
            "route" => AnalyticsDimension::Route,
            "version" => AnalyticsDimension::Version,
            "element" => AnalyticsDimension::Element,
            "provider" => AnalyticsDimension::Provider,
            "model" => AnalyticsDimension::Model,
            "key" => AnalyticsDimension::Key,
            other => AnalyticsDimension::Metadata(other.strip_prefix("metadata.")?.to_owned()),
        })
    }

    /// Those that groups may be told apart by, for people.
    fn dimensions(self) -> &'static str {
        match self {
            Self::Account => {
                "`gateway`, `route`, `version`, `element`, `provider`, `model` and `key`"
            }
            Self::Gateway => "`route`, `version`, `element`, `provider`, `model` and `key`",
        }
    }
}

/// As in a query string.
pub(super) fn dimension_name(it: &AnalyticsDimension) -> String {
    match it {
        AnalyticsDimension::Gateway => "gateway".to_owned(),
        AnalyticsDimension::Route => "route".to_owned(),
        AnalyticsDimension::Version => "version".to_owned(),
        AnalyticsDimension::Element => "element".to_owned(),
        AnalyticsDimension::Provider => "provider".to_owned(),
        AnalyticsDimension::Model => "model".to_owned(),
        AnalyticsDimension::Key => "key".to_owned(),
        AnalyticsDimension::Metadata(name) => format!("metadata.{name}"),
    }
}

fn groups(text: &str, scope: Scope) -> Result<Vec<AnalyticsDimension>, Problem> {
    let mut names = Vec::new();
    let mut left = Some(text);
    while let Some(it) = left {
        // A key of metadata may have a comma in it, and stands last.
        let (name, others) = match it.split_once(',').filter(|_| !it.starts_with("metadata.")) {
            Some((name, others)) => (name, Some(others)),
            None => (it, None),
        };
        names.push(name);
        left = others;
    }
    let mut groups = Vec::new();
    for name in &names {
        match scope.dimension(name) {
            Some(it) if names.len() <= MOST_DIMENSIONS && !groups.contains(&it) => groups.push(it),
            _ => {
                let all = scope.dimensions();
                let message = format!(
                    "`group` is `{text}`; it may be up to {MOST_DIMENSIONS} different ones of {all}, and last `metadata.<key>`"
                );
                return Err(Problem::invalid(&["query", "group"], message));
            }
        }
    }
    Ok(groups)
}

fn limit(text: &str) -> Result<usize, Problem> {
    let limit = number("limit", Some(text), USUAL_GROUPS, MOST_GROUPS)?;
    Ok(usize::try_from(limit).unwrap_or(usize::MAX))
}

fn of(text: &str) -> Result<Counted, Problem> {
    match text {
        "requests" => Ok(Counted::Requests),
        "calls" => Ok(Counted::Calls),
        _ => Err(one_of("of", text, "`requests` or `calls`")),
    }
}

/// As in a query string.
pub(super) fn counted_name(it: Counted) -> &'static str {
    match it {
        Counted::Requests => "requests",
        Counted::Calls => "calls",
    }
}

fn order(text: &str) -> Result<AnalyticsOrder, Problem> {
    match text {
        "requests" => Ok(AnalyticsOrder::Requests),
        "errors" => Ok(AnalyticsOrder::Errors),
        "cost" => Ok(AnalyticsOrder::Cost),
        _ => Err(one_of("order_by", text, "`requests`, `errors` or `cost`")),
    }
}

fn bucket(text: &str) -> Result<Bucket, Problem> {
    let found = Bucket::ALL.into_iter().find(|it| name(*it) == text);
    found.ok_or_else(|| one_of("bucket", text, "`minute`, `hour` or `day`"))
}

/// As in a query string.
pub(super) fn name(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Minute => "minute",
        Bucket::Hour => "hour",
        Bucket::Day => "day",
        Bucket::Week => "week",
    }
}

fn one_of(name: &str, text: &str, all: &str) -> Problem {
    Problem::invalid(&["query", name], format!("`{name}` is `{text}`; it may be {all}"))
}
