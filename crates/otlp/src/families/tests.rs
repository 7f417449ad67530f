use super::{Period, metrics};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use std::collections::BTreeSet;
use telemetry::{Metrics, Operation};

const PERIOD: Period = Period { since: 1, until: 2 };

fn pairs(attributes: &[KeyValue]) -> Vec<(&str, &str)> {
    fn text(it: &KeyValue) -> &str {
        match it.value.as_ref().and_then(|it| it.value.as_ref()) {
            Some(Any::StringValue(text)) => text.as_str(),
            other => panic!("{other:?}"),
        }
    }
    attributes.iter().map(|it| (it.key.as_str(), text(it))).collect()
}

fn named<'m>(all: &'m [Metric], name: &str) -> &'m Metric {
    all.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("{name} is not in {all:?}"))
}

#[test]
fn every_family_with_a_sample_is_exported() {
    let counted = Metrics::new();
    counted.request("default", 200, 0.01);
    counted.attempt("openai", "none");
    let text = counted.encode();
    let samples = text.lines().filter(|it| !it.starts_with('#'));
    let exposed: BTreeSet<_> = samples
        .map(|it| it.split(['{', ' ']).next().expect("a name"))
        .map(|it| {
            ["_total", "_sum", "_count", "_bucket"]
                .iter()
                .find_map(|end| it.strip_suffix(end))
                .unwrap_or(it)
        })
        .collect();
    let exported = metrics(&text, PERIOD);
    assert_eq!(exported.iter().map(|it| it.name.as_str()).collect::<BTreeSet<_>>(), exposed);
    assert!(exported.len() > 10 && exported.iter().all(|it| !it.description.is_empty()));
}

#[test]
fn a_counter_is_a_growing_sum_since_the_start_and_a_gauge_is_what_it_is_now() {
    let text = "# HELP a_b Some text.\n# TYPE a_b counter\na_b_total{x=\"1\",y=\"q\\\"\\\\\\n,}\"} 18\na_b_total{x=\"2\"} 1\n# HELP g_bytes G.\n# TYPE g_bytes gauge\ng_bytes -3\n# EOF\n";
    let all = metrics(text, PERIOD);
    let [counter, gauge] = &*all else { panic!("{all:?}") };
    let Some(Data::Sum(sum)) = &counter.data else { panic!("{counter:?}") };
    assert!(sum.is_monotonic && sum.aggregation_temporality == 2);
    let [one, two] = &*sum.data_points else { panic!("{sum:?}") };
    assert_eq!(pairs(&one.attributes), [("x", "1"), ("y", "q\"\\\n,}")]);
    assert_eq!((one.value, two.value), (Some(Value::AsInt(18)), Some(Value::AsInt(1))));
    assert_eq!((one.start_time_unix_nano, one.time_unix_nano), (1, 2));
    let Some(Data::Gauge(is)) = &gauge.data else { panic!("{gauge:?}") };
    assert_eq!(is.data_points[0].value, Some(Value::AsInt(-3)));
    assert_eq!((&*gauge.name, &*gauge.unit, &*gauge.description), ("g_bytes", "By", "G."));
}

#[test]
fn what_the_conventions_name_has_their_names_and_attributes() {
    let counted = Metrics::new();
    let usage = chat::Usage { input: 5, output: 70, ..chat::Usage::default() };
    let what = Operation { provider: "aws-bedrock", model: Some("m"), name: "chat", cause: None };
    counted.billed(&what, &usage, None);
    counted.billed(&what, &usage, None);
    counted.called(&what, 0.02);
    counted.called(&Operation { cause: Some("timeout"), ..what }, 0.04);
    counted.served(&what, 0.08);
    counted.first_token("openai", "chat", 0.5);
    let all = metrics(&counted.encode(), PERIOD);
    let histogram = |name: &str, unit: &str| {
        let metric = named(&all, name);
        assert_eq!(metric.unit, unit);
        match &metric.data {
            Some(Data::Histogram(it)) => it.data_points.clone(),
            other => panic!("{other:?}"),
        }
    };
    let usage = histogram("gen_ai.client.token.usage", "{token}");
    let of = |kind: &str| {
        let is = |it: &&_| pairs(it).contains(&("gen_ai.token.type", kind));
        usage.iter().find(|it| is(&&*it.attributes)).expect("it was counted")
    };
    let input = of("input");
    let who = [
        ("gen_ai.provider.name", "aws.bedrock"),
        ("gen_ai.model.provider", "aws-bedrock"),
        ("gen_ai.request.model", "m"),
        ("gen_ai.operation.name", "chat"),
    ];
    assert_eq!(pairs(&input.attributes), [&who[..], &[("gen_ai.token.type", "input")]].concat());
    assert_eq!((input.count, input.sum, of("output").sum), (2, Some(10.0), Some(140.0)));
    assert_eq!(input.explicit_bounds[..4], [1.0, 4.0, 16.0, 64.0]);
    assert_eq!(input.bucket_counts[..4], [0, 0, 2, 0]);
    assert_eq!(input.bucket_counts.len(), input.explicit_bounds.len() + 1);
    assert_eq!(input.bucket_counts.iter().sum::<u64>(), input.count);
    let durations = histogram("gen_ai.client.operation.duration", "s");
    let errors = durations.iter().flat_map(|it| pairs(&it.attributes));
    let errors: Vec<_> = errors.filter(|it| it.0 == "error.type").collect();
    assert_eq!((durations.len(), errors), (2, vec![("error.type", "timeout")]));
    let served = histogram("gen_ai.server.request.duration", "s");
    assert_eq!((served[0].sum, pairs(&served[0].attributes)), (Some(0.08), who.to_vec()));
    assert_eq!(served[0].explicit_bounds[..3], [0.01, 0.02, 0.04]);
    assert_eq!(histogram("gen_ai.server.time_to_first_token", "s")[0].sum, Some(0.5));
}
