use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{LimitState, Metrics, Operation};
use crate::{LogLoss, SpanLoss, Times};

/// Everything has been counted at least once: families without a series are not exposed.
fn used() -> Arc<Metrics> {
    let metrics = Metrics::new();
    metrics.request("default", 200, 0.01);
    metrics.request("default", 429, 0.01);
    metrics.attempt("openai", "none");
    metrics.attempt("custom-a", "timeout");
    metrics.attempt("custom-b", "timeout");
    metrics.limit_refused("count");
    metrics.usage_inconsistent("custom-a");
    metrics.cost_stated("grok", 10, 7);
    metrics.cost_stated("grok", 10, 15);
    metrics.in_flight(1);
    metrics.times(&Times { gateway_us: 100, route_us: 10, upstream_us: 2_000_000 });
    metrics.first_token("custom-a", "chat", 0.5);
    let usage = chat::Usage { input: 3, cache_read: 4, output: 5, ..chat::Usage::default() };
    let listed = Operation { provider: "openai", model: Some("gpt-5"), name: "chat", cause: None };
    let failed =
        Operation { provider: "custom-a", model: None, name: "chat", cause: Some("timeout") };
    metrics.billed(&listed, &usage, Some(9));
    metrics.billed(&failed, &usage, None);
    metrics.served(&listed, 0.5);
    metrics.called(&failed, 2.0);
    metrics.spans_exported(3);
    metrics.spans_dropped(SpanLoss::Away, 2);
    metrics.span_export_failed();
    metrics.metric_export("taken");
    metrics.logs_written(7);
    metrics.log_dropped(LogLoss::Records);
    metrics.logs_waiting(5, 4000);
    let state = LimitState {
        buckets: 3,
        holds: 2,
        overrun: 1,
        lapsed: 4,
        away: true,
        ..LimitState::default()
    };
    metrics.limits(&state);
    metrics.key_cooldown("openai", "429");
    metrics.cache("hit");
    metrics
}

#[test]
fn what_was_counted_is_in_the_text() {
    let metrics = used();
    let text = metrics.encode();
    for line in [
        "pointsman_requests_total{gateway=\"default\",status=\"2xx\"} 1",
        "pointsman_requests_total{gateway=\"default\",status=\"4xx\"} 1",
        "pointsman_attempts_total{provider=\"openai\",cause=\"none\"} 1",
        "pointsman_attempts_total{provider=\"custom\",cause=\"timeout\"} 2",
        "pointsman_limit_refusals_total{kind=\"count\"} 1",
        "pointsman_usage_inconsistent_total{provider=\"custom\"} 1",
        "pointsman_cost_stated_total{provider=\"grok\"} 2",
        "pointsman_cost_stated_above_nanodollars_total{provider=\"grok\"} 3",
        "pointsman_cost_stated_below_nanodollars_total{provider=\"grok\"} 5",
        "pointsman_in_flight 1",
        "pointsman_gateway_overhead_seconds_bucket{le=\"0.0001\"} 1",
        "pointsman_upstream_seconds_sum 2",
        "pointsman_time_to_first_token_seconds_sum{provider=\"custom\",operation=\"chat\"} 0.5",
        "pointsman_tokens_total{provider=\"openai\",model=\"gpt-5\",kind=\"input\"} 3",
        "pointsman_tokens_total{provider=\"openai\",model=\"gpt-5\",kind=\"cached_input\"} 4",
        "pointsman_tokens_total{provider=\"custom\",model=\"other\",kind=\"output\"} 5",
        "pointsman_cost_nanodollars_total{provider=\"openai\",model=\"gpt-5\"} 9",
        "pointsman_call_tokens_sum{provider=\"openai\",model=\"gpt-5\",operation=\"chat\",kind=\"input\"} 7",
        "pointsman_call_tokens_bucket{le=\"16.0\",provider=\"custom\",model=\"other\",operation=\"chat\",kind=\"output\"} 1",
        "pointsman_served_duration_seconds_sum{provider=\"openai\",model=\"gpt-5\",operation=\"chat\",cause=\"ok\"} 0.5",
        "pointsman_call_duration_seconds_count{provider=\"custom\",model=\"other\",operation=\"chat\",cause=\"timeout\"} 1",
        "pointsman_otlp_metric_exports_total{outcome=\"taken\"} 1",
        "pointsman_otlp_spans_exported_total 3",
        "pointsman_otlp_spans_dropped_total{reason=\"away\"} 2",
        "pointsman_otlp_exports_failed_total 1",
        "pointsman_logs_written_total 7",
        "pointsman_logs_dropped_total{reason=\"records\"} 1",
        "pointsman_logs_dropped_total{reason=\"bytes\"} 0",
        "pointsman_logs_waiting 5",
        "pointsman_logs_waiting_bytes 4000",
        "pointsman_limit_buckets 3",
        "pointsman_limit_overrun_nanodollars_total 1",
        "pointsman_limit_holds_lapsed_total 4",
        "pointsman_limit_counters_up 0",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

const DASHBOARD: &str = include_str!("../../../../docs/grafana/pointsman.json");
const DOCUMENTED: &str = include_str!("../../../../docs/metrics.md");

/// Families that no panel shows, each with its reason.
const NOT_SHOWN: &[(&str, &str)] = &[
    ("pointsman_call_tokens", "there for its name in the conventions; totals are shown"),
    (
        "pointsman_served_duration_seconds",
        "there for its name in the conventions; requests are shown",
    ),
    (
        "pointsman_call_duration_seconds",
        "there for its name in the conventions; attempts are shown",
    ),
    ("pointsman_otlp_metric_exports", "who reads these metrics over OTLP sees that they stop"),
    (
        "pointsman_usage_inconsistent",
        "a fault of a provider's, to be looked up when costs look odd",
    ),
    ("pointsman_cost_stated", "for checking a price list against bills"),
    ("pointsman_cost_stated_above_nanodollars", "for checking a price list against bills"),
    ("pointsman_cost_stated_below_nanodollars", "for checking a price list against bills"),
];

/// What is exposed, and as what.
fn families() -> BTreeMap<String, String> {
    let text = used().encode();
    let types = text.lines().filter_map(|it| it.strip_prefix("# TYPE ")?.split_once(' '));
    types.map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect()
}

/// Every word of a text that looks like the name of a metric.
fn named(text: &str) -> BTreeSet<&str> {
    let is_part = |it: char| it.is_ascii_alphanumeric() || it == '_';
    text.split(|it| !is_part(it)).filter(|it| it.starts_with("pointsman_")).collect()
}

/// The family of a sample, if its name fits the kind.
fn family<'s>(sample: &'s str, families: &BTreeMap<String, String>) -> Option<&'s str> {
    let suffixes = [
        ("_total", "counter"),
        ("_bucket", "histogram"),
        ("_sum", "histogram"),
        ("_count", "histogram"),
        ("", "gauge"),
    ];
    suffixes.iter().find_map(|(suffix, kind)| {
        let name = sample.strip_suffix(suffix)?;
        families.get(name).filter(|it| it == kind).map(|_| name)
    })
}

#[test]
fn the_dashboard_shows_what_is_exposed_and_nothing_else() {
    let families = families();
    let mut shown = BTreeSet::new();
    for sample in named(DASHBOARD) {
        let family = family(sample, &families);
        assert!(family.is_some(), "the dashboard asks for `{sample}`, which is not exposed so");
        shown.extend(family);
    }
    for name in families.keys() {
        let excused = NOT_SHOWN.iter().any(|(it, _)| it == name);
        assert!(shown.contains(name.as_str()) != excused, "{name}: a panel, or a reason");
    }
}

#[test]
fn every_metric_is_documented() {
    let families = families();
    let documented: BTreeSet<_> = named(DOCUMENTED)
        .iter()
        .filter_map(|it| family(it, &families))
        .map(str::to_owned)
        .collect();
    assert_eq!(documented, families.into_keys().collect());
}

#[test]
fn the_families_of_these_tests_are_all_that_are_registered() {
    let sources =
        [include_str!("../metrics.rs"), include_str!("logs.rs"), include_str!("traffic.rs")];
    let registered: usize = sources.iter().map(|it| it.matches("registry.register(").count()).sum();
    assert_eq!(families().len(), registered, "count something of each family in `used`");
}
