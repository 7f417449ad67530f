//! Analytics as JSON.

use super::query::{counted_name, dimension_name, name};
use crate::money::dollars_from_nano;
use crate::times;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use store::{AnalyticsAnswer, AnalyticsQuery, Edge, Histogram, PERCENTILE_ERROR, Series, Sums};
use utoipa::ToSchema;

/// Requests summed up by time and group.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AnalyticsView {
    #[serde(flatten)]
    range: RangeView,
    /// What is summed up: `requests`, or `calls`.
    of: &'static str,
    /// Dimensions that groups are told apart by.
    group: Vec<String>,
    /// Everything that the filters let through.
    total: SeriesView,
    /// The largest groups; empty without `group`.
    groups: Vec<GroupView>,
    /// `total` without `groups`: smaller groups, requests without the key of metadata, and values that were folded. Only with `group`.
    #[serde(skip_serializing_if = "Option::is_none")]
    rest: Option<SeriesView>,
    /// Requests whose value of metadata, or combination with a key or a value, is no longer known because there were too many: the sums of groups
    /// lack them, if they were theirs, and so does `total` when it is filtered by such a combination.
    folded_requests: u64,
}

/// Traffic of a route by edge.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RouteAnalyticsView {
    #[serde(flatten)]
    range: RangeView,
    /// Of all requests to the route.
    total: SumsView,
    /// By version, element and output.
    edges: Vec<EdgeView>,
}

/// Which time.
#[derive(Debug, Serialize, ToSchema)]
struct RangeView {
    /// The beginning of the first bucket.
    #[schema(format = DateTime)]
    start: String,
    /// The end of the last bucket.
    #[schema(format = DateTime)]
    end: String,
    /// `minute`, `hour` or `day`.
    bucket: &'static str,
    /// What is estimated.
    percentiles: Estimate,
}

/// Percentiles come from histograms; everything else is exact.
#[derive(Debug, Serialize, ToSchema)]
struct Estimate {
    /// `histogram`
    method: &'static str,
    /// A percentile is at most this part of it too large or too small.
    #[schema(value_type = f64)]
    relative_error: Box<RawValue>,
}

/// Sums of a time, and of its buckets.
#[derive(Debug, Serialize, ToSchema)]
struct SeriesView {
    #[serde(flatten)]
    sums: SumsView,
    /// In the order of time, without buckets that have no request.
    points: Vec<PointView>,
}

/// Sums of one group.
#[derive(Debug, Serialize, ToSchema)]
struct GroupView {
    /// A value for each dimension; null where requests have none.
    group: BTreeMap<String, Option<String>>,
    #[serde(flatten)]
    series: SeriesView,
}

/// Sums of one bucket.
#[derive(Debug, Serialize, ToSchema)]
struct PointView {
    /// The beginning of the bucket.
    #[schema(format = DateTime)]
    time: String,
    #[serde(flatten)]
    sums: SumsView,
}

/// Traffic through one output of an element.
#[derive(Debug, Serialize, ToSchema)]
struct EdgeView {
    version: String,
    element: String,
    /// The output taken; `end`, `failed`, `left` or `refused` where none was.
    output: String,
    /// Of the requests that came through, each as a whole.
    #[serde(flatten)]
    sums: SumsView,
    /// The element's own part; only of an element that called a provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<TakenView>,
}

/// What requests took and were charged; or calls, of which each is the part of one model element in one request.
#[derive(Debug, Serialize, ToSchema)]
struct TakenView {
    /// Of calls: those for which the element called a provider.
    requests: u64,
    /// Requests that no model answered to the end; or calls that the element could not answer, or not to the end.
    errors: u64,
    /// Dollars, without `unpriced_requests`.
    #[schema(value_type = f64)]
    cost: Option<Box<RawValue>>,
    /// Those that used tokens whose price is unknown.
    unpriced_requests: u64,
    tokens_in: u64,
    tokens_out: u64,
    /// Of `tokens_in`, those read from a provider's cache.
    tokens_cache_read: u64,
    /// Of `tokens_in`, those written to a provider's cache.
    tokens_cache_write: u64,
    /// Milliseconds from admission to the last byte; of calls, all those for a request, each until it was committed or failed.
    duration: Option<PercentilesView>,
}

/// Sums over requests; or over calls.
#[derive(Debug, Serialize, ToSchema)]
struct SumsView {
    #[serde(flatten)]
    taken: TakenView,
    /// Requests answered from the cache, for which nobody was called.
    cached: u64,
    /// Milliseconds from admission to the first byte, of streamed answers.
    first_token: Option<PercentilesView>,
}

/// Of so many in a hundred requests it is not more.
#[derive(Debug, Serialize, ToSchema)]
struct PercentilesView {
    p50: u64,
    p90: u64,
    p95: u64,
    p99: u64,
}

impl AnalyticsView {
    pub(super) fn new(asked: &AnalyticsQuery, answer: AnalyticsAnswer) -> Self {
        let group: Vec<_> = asked.groups.iter().map(dimension_name).collect();
        let groups = answer.groups.into_iter().map(|it| GroupView {
            group: group.iter().cloned().zip(it.group.iter().cloned()).collect(),
            series: SeriesView::new(&it),
        });
        Self {
            range: RangeView::new(asked),
            of: counted_name(asked.of),
            groups: groups.collect(),
            total: SeriesView::new(&answer.total),
            rest: (!group.is_empty()).then(|| SeriesView::new(&answer.rest)),
            folded_requests: answer.folded,
            group,
        }
    }
}

impl RouteAnalyticsView {
    pub(super) fn new(asked: &AnalyticsQuery, total: &Sums, edges: Vec<Edge>) -> Self {
        let edge = |it: Edge| EdgeView {
            sums: SumsView::new(&it.sums),
            own: it.own.as_ref().map(TakenView::new),
            version: it.version,
            element: it.element,
            output: it.outcome,
        };
        Self {
            range: RangeView::new(asked),
            total: SumsView::new(total),
            edges: edges.into_iter().map(edge).collect(),
        }
    }
}

impl RangeView {
    fn new(asked: &AnalyticsQuery) -> Self {
        let last = asked.bucket.start(asked.end.saturating_sub(1));
        let error = 1_000_000 / PERCENTILE_ERROR;
        Self {
            start: time(asked.start),
            end: time(last.saturating_add(asked.bucket.seconds())),
            bucket: name(asked.bucket),
            percentiles: Estimate {
                method: "histogram",
                relative_error: RawValue::from_string(format!("0.{error:06}")).unwrap_or_default(),
            },
        }
    }
}

impl SeriesView {
    fn new(it: &Series) -> Self {
        let point = |(start, sums): (&i64, &Sums)| PointView {
            time: time(*start),
            sums: SumsView::new(sums),
        };
        Self { sums: SumsView::new(&it.total), points: it.points.iter().map(point).collect() }
    }
}

impl TakenView {
    fn new(it: &Sums) -> Self {
        Self {
            requests: it.requests,
            errors: it.errors,
            cost: dollars_from_nano(it.cost),
            unpriced_requests: it.unpriced,
            tokens_in: it.tokens_in,
            tokens_out: it.tokens_out,
            tokens_cache_read: it.cache_read,
            tokens_cache_write: it.cache_write,
            duration: PercentilesView::new(&it.duration_ms),
        }
    }
}

impl SumsView {
    fn new(it: &Sums) -> Self {
        Self {
            taken: TakenView::new(it),
            cached: it.cached,
            first_token: PercentilesView::new(&it.first_token_ms),
        }
    }
}

impl PercentilesView {
    fn new(it: &Histogram) -> Option<Self> {
        Some(Self {
            p50: it.percentile(50)?,
            p90: it.percentile(90)?,
            p95: it.percentile(95)?,
            p99: it.percentile(99)?,
        })
    }
}

fn time(seconds: i64) -> String {
    times::from_micros(seconds.saturating_mul(1_000_000))
}
