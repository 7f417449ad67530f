use super::{ALL, Parent, Sampling, parse_share};
use crate::Trace;

const W3C: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const ID: &str = "0192d3f0-7c1a-7b2e-9f00-00112233445f";

#[test]
fn a_traceparent_of_the_standard_is_read_and_written_the_same() {
    let parent = Parent::of_w3c(W3C).expect("the standard's own example");
    assert_eq!(parent.sampled, Some(true));
    let trace = Trace::of(ID, 7, Some(parent), Sampling::DEFAULT);
    assert_eq!(trace.header(parent.span.expect("a span")), W3C);
    assert_eq!(trace.parent, parent.span);
    assert_ne!(Some(trace.span), parent.span);
}

#[test]
fn a_malformed_traceparent_is_no_parent() {
    for header in [
        "",
        "00",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
        "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
        "00-0af7651916cd43dd8448eb211c80319ü-b7ad6b7169203331-01",
    ] {
        assert_eq!(Parent::of_w3c(header), None, "{header}");
    }
}

#[test]
fn a_version_to_come_may_say_more() {
    let header = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-what-will-be";
    assert_eq!(Parent::of_w3c(header).map(|it| it.sampled), Some(Some(false)));
}

#[test]
fn ids_alone_name_a_parent_and_say_nothing_of_sampling() {
    let trace = "0AF7651916CD43DD8448EB211C80319C";
    let parent = Parent::of_ids(trace, Some("b7ad6b7169203331")).expect("two ids");
    assert_eq!((parent.span.is_some(), parent.sampled), (true, None));
    assert_eq!(Parent::of_ids(trace, Some("b7")).map(|it| it.span), Some(None));
    assert_eq!(Parent::of_ids("0af7", Some("b7ad6b7169203331")), None);
}

#[test]
fn a_trace_that_begins_here_has_the_id_of_its_request() {
    let trace = Trace::of(ID, 7, None, Sampling::DEFAULT);
    assert_eq!(trace.trace_id(), ID.replace('-', ""));
    assert_eq!((trace.parent, trace.sampled), (None, true));
}

#[test]
fn spans_of_a_request_and_of_requests_differ() {
    let trace = Trace::of(ID, 7, None, Sampling::DEFAULT);
    let other = Trace::of(ID, 8, None, Sampling::DEFAULT);
    let attempts = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(step, nth)| trace.attempt(step, nth));
    let mut all = attempts.to_vec();
    all.extend([trace.span, other.span]);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 6);
}

#[test]
fn the_caller_decides_unless_the_sampler_says_otherwise() {
    let sampled = |sampler, share, header: &str| {
        let sampling = Sampling::parse(sampler, share).expect("a sampler");
        Trace::of(ID, 7, Parent::of_w3c(header), sampling).sampled
    };
    let unsampled = W3C.replace("-01", "-00");
    assert!(sampled("parentbased_always_off", None, W3C));
    assert!(!sampled("parentbased_always_on", None, &unsampled));
    assert!(!sampled("parentbased_always_off", None, "none"));
    assert!(sampled("always_on", None, &unsampled));
    assert!(!sampled("traceidratio", Some("0"), W3C));
    assert!(sampled("traceidratio", Some("1.0"), &unsampled));
}

#[test]
fn a_share_takes_about_its_part_of_traces() {
    let sampling = Sampling::parse("traceidratio", Some("0.25")).expect("a share");
    let ids = (0..4000_u64).map(|it| super::mixed(it).to_be_bytes());
    let taken = ids.filter(|low| {
        let mut id = [1; 16];
        id.iter_mut().skip(8).zip(low).for_each(|(to, from)| *to = *from);
        sampling.takes(id, None)
    });
    let taken = taken.count();
    assert!((900..1100).contains(&taken), "{taken}");
}

#[test]
fn shares_are_decimals_from_0_to_1() {
    for (text, share) in [
        ("0", Some(0)),
        ("1", Some(ALL)),
        ("1.0", Some(ALL)),
        ("0.5", Some(ALL / 2)),
        (".5", Some(ALL / 2)),
        ("0.0000000001", Some(0)),
        ("1.1", None),
        ("-1", None),
        ("5e-1", None),
        ("", None),
        (".", None),
        ("0.5x", None),
    ] {
        assert_eq!(parse_share(text), share, "{text}");
    }
}

#[test]
fn an_unknown_sampler_is_none() {
    assert_eq!(Sampling::parse("sometimes", None), None);
    assert_eq!(Sampling::parse("traceidratio", Some("2")), None);
}

#[test]
fn a_tracestate_is_kept_unless_it_is_empty_or_too_long() {
    let trace = Trace::of(ID, 7, None, Sampling::DEFAULT);
    let state = |it: &str| trace.clone().in_state(Some(it)).state;
    assert_eq!(state("congo=t61rcWkgMzE").as_deref(), Some("congo=t61rcWkgMzE"));
    assert_eq!(state(" "), None);
    assert_eq!(state(&"x".repeat(513)), None);
}
