use super::{LimitState, Metrics};
use crate::{SpanLoss, Times};

#[test]
fn what_was_counted_is_in_the_text() {
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
    metrics.first_token("custom-a", 0.5);
    let usage = chat::Usage { input: 3, cache_read: 4, output: 5, ..chat::Usage::default() };
    metrics.billed(("openai", Some("gpt-5")), &usage, Some(9));
    metrics.billed(("custom-a", None), &usage, None);
    metrics.spans_exported(3);
    metrics.spans_dropped(SpanLoss::Away, 2);
    metrics.span_export_failed();
    let state = LimitState {
        buckets: 3,
        holds: 2,
        overrun: 1,
        lapsed: 4,
        away: true,
        ..LimitState::default()
    };
    metrics.limits(&state);
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
        "pointsman_time_to_first_token_seconds_sum{provider=\"custom\"} 0.5",
        "pointsman_tokens_total{provider=\"openai\",model=\"gpt-5\",kind=\"input\"} 3",
        "pointsman_tokens_total{provider=\"openai\",model=\"gpt-5\",kind=\"cached_input\"} 4",
        "pointsman_tokens_total{provider=\"custom\",model=\"other\",kind=\"output\"} 5",
        "pointsman_cost_nanodollars_total{provider=\"openai\",model=\"gpt-5\"} 9",
        "pointsman_otlp_spans_exported_total 3",
        "pointsman_otlp_spans_dropped_total{reason=\"away\"} 2",
        "pointsman_otlp_exports_failed_total 1",
        "pointsman_limit_buckets 3",
        "pointsman_limit_overrun_nanodollars_total 1",
        "pointsman_limit_holds_lapsed_total 4",
        "pointsman_limit_counters_up 0",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
