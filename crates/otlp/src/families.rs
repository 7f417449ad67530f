//! From the text that `/metrics` serves to messages of OTLP: the same families, all of them.
//!
//! Whoever counts something registers it for that text; read from there, nothing can be in the one and missing in the other.

use crate::names;
use crate::values::{self, text};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum,
};

#[cfg(test)]
mod tests;

/// What has been counted, and when; in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Period {
    pub(crate) since: u64,
    pub(crate) until: u64,
}

/// Every family with something in it. Sums count from the beginning of the period.
pub(crate) fn metrics(exposed: &str, period: Period) -> Vec<Metric> {
    let mut all: Vec<Family<'_>> = Vec::new();
    for line in exposed.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            describe(&mut all, comment);
        } else if let (Some(family), Some(sample)) = (all.last_mut(), sample(line)) {
            family.add(sample);
        }
    }
    all.into_iter().filter_map(|it| it.metric(period)).collect()
}

/// Takes in `HELP name text` or `TYPE name kind`.
fn describe<'t>(all: &mut Vec<Family<'t>>, comment: &'t str) {
    let mut words = comment.splitn(3, ' ');
    let (Some(what), Some(name), Some(said)) = (words.next(), words.next(), words.next()) else {
        return;
    };
    if all.last().is_none_or(|it| it.name != name) {
        all.push(Family { name, ..Family::default() });
    }
    let Some(family) = all.last_mut() else { return };
    match what {
        "HELP" => family.help = said,
        "TYPE" => family.kind = said,
        _ => {}
    }
}

#[derive(Debug, Default)]
struct Family<'t> {
    name: &'t str,
    help: &'t str,
    kind: &'t str,
    series: Vec<Series<'t>>,
}

/// The samples of one set of labels.
#[derive(Debug)]
struct Series<'t> {
    labels: Vec<(&'t str, String)>,
    /// Of a counter or gauge.
    value: &'t str,
    sum: f64,
    count: u64,
    /// Upper bounds, and how many were not above; the last is of all.
    buckets: Vec<(f64, u64)>,
}

/// A line.
#[derive(Debug)]
struct Sample<'t> {
    name: &'t str,
    labels: Vec<(&'t str, String)>,
    value: &'t str,
}

impl<'t> Family<'t> {
    fn add(&mut self, mut sample: Sample<'t>) {
        let bound = sample.labels.iter().position(|(name, _)| *name == "le");
        let bound = bound.map(|at| sample.labels.remove(at).1);
        if self.series.last().is_none_or(|it| it.labels != sample.labels) {
            let labels = sample.labels;
            self.series.push(Series { labels, value: "", sum: 0.0, count: 0, buckets: Vec::new() });
        }
        let Some(series) = self.series.last_mut() else { return };
        let value = sample.value;
        match (bound.map(|it| it.parse()), sample.name.strip_prefix(self.name)) {
            (Some(Ok(bound)), _) => series.buckets.push((bound, value.parse().unwrap_or_default())),
            (None, Some("_sum")) => series.sum = value.parse().unwrap_or_default(),
            (None, Some("_count")) => series.count = value.parse().unwrap_or_default(),
            _ => series.value = value,
        }
    }

    fn metric(self, period: Period) -> Option<Metric> {
        const CUMULATIVE: i32 = AggregationTemporality::Cumulative as i32;
        if self.series.is_empty() {
            return None;
        }
        let (name, unit) = called(self.name);
        let is_ours = name == self.name;
        let attributes = |labels: &[(&str, String)]| -> Vec<KeyValue> {
            labels.iter().flat_map(|(name, value)| attribute(name, value, is_ours)).collect()
        };
        let series = self.series.iter();
        let data = match self.kind {
            "histogram" => Data::Histogram(Histogram {
                data_points: series
                    .map(|it| it.distribution(attributes(&it.labels), period))
                    .collect(),
                aggregation_temporality: CUMULATIVE,
            }),
            "counter" => Data::Sum(Sum {
                data_points: series.map(|it| it.number(attributes(&it.labels), period)).collect(),
                aggregation_temporality: CUMULATIVE,
                is_monotonic: true,
            }),
            _ => Data::Gauge(Gauge {
                data_points: series.map(|it| it.number(attributes(&it.labels), period)).collect(),
            }),
        };
        Some(Metric {
            name: name.to_owned(),
            description: self.help.to_owned(),
            unit: unit.to_owned(),
            data: Some(data),
            ..Metric::default()
        })
    }
}

impl Series<'_> {
    fn number(&self, attributes: Vec<KeyValue>, period: Period) -> NumberDataPoint {
        let whole = self.value.parse().map(Value::AsInt);
        NumberDataPoint {
            attributes,
            start_time_unix_nano: period.since,
            time_unix_nano: period.until,
            value: whole.or_else(|_| self.value.parse().map(Value::AsDouble)).ok(),
            ..NumberDataPoint::default()
        }
    }

    fn distribution(&self, attributes: Vec<KeyValue>, period: Period) -> HistogramDataPoint {
        let mut before = 0;
        let bucket_counts = self.buckets.iter().map(|(_, to)| {
            let within = to.saturating_sub(before);
            before = *to;
            within
        });
        HistogramDataPoint {
            attributes,
            start_time_unix_nano: period.since,
            time_unix_nano: period.until,
            count: self.count,
            sum: Some(self.sum),
            bucket_counts: bucket_counts.collect(),
            explicit_bounds: self
                .buckets
                .iter()
                .map(|it| it.0)
                .filter(|it| it.is_finite())
                .collect(),
            ..HistogramDataPoint::default()
        }
    }
}

/// By the conventions' name and unit where there is one, else by our own.
fn called(family: &str) -> (&str, &'static str) {
    match family {
        "pointsman_call_tokens" => (names::TOKEN_USAGE, "{token}"),
        "pointsman_call_duration_seconds" => (names::OPERATION_DURATION, "s"),
        "pointsman_served_duration_seconds" => (names::REQUEST_DURATION, "s"),
        "pointsman_time_to_first_token_seconds" => (names::FIRST_TOKEN, "s"),
        ours if ours.ends_with("_seconds") => (ours, "s"),
        ours if ours.ends_with("_bytes") => (ours, "By"),
        ours => (ours, ""),
    }
}

/// A label by the conventions' name, unless the metric is one of our own.
fn attribute(name: &str, value: &str, is_ours: bool) -> Vec<KeyValue> {
    match name {
        _ if is_ours => vec![text(name, value)],
        "provider" => values::provider(value).into(),
        "model" => vec![text(names::REQUEST_MODEL, value)],
        "kind" => vec![text(names::TOKEN_TYPE, value)],
        "operation" => vec![text(names::OPERATION, value)],
        "cause" if value == "ok" => Vec::new(),
        "cause" => vec![text(names::ERROR, value)],
        other => vec![text(other, value)],
    }
}

/// `name{label="value",…} value`
fn sample(line: &str) -> Option<Sample<'_>> {
    let end = line.find(['{', ' '])?;
    let (name, mut rest) = line.split_at(end);
    let mut labels = Vec::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while !rest.starts_with('}') {
            let (label, quoted) = rest.split_once("=\"")?;
            let (value, after) = unquoted(quoted)?;
            labels.push((label.trim_start_matches(','), value));
            rest = after;
        }
        rest = rest.strip_prefix('}')?;
    }
    Some(Sample { name, labels, value: rest.split_ascii_whitespace().next()? })
}

/// A text up to its quotation mark, and what follows that.
fn unquoted(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    loop {
        match chars.next()? {
            (at, '"') => return Some((text, quoted.get(at + 1..)?)),
            (_, '\\') => text.push(match chars.next()?.1 {
                'n' => '\n',
                other => other,
            }),
            (_, other) => text.push(other),
        }
    }
}
