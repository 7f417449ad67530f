use super::{LimitState, Metrics};

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
        "pointsman_limit_buckets 3",
        "pointsman_limit_overrun_nanodollars_total 1",
        "pointsman_limit_holds_lapsed_total 4",
        "pointsman_limit_counters_up 0",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
