use super::{Outcome, grpc, over_http, retry_after};
use crate::target::Encoding;
use http::{HeaderMap, HeaderValue, StatusCode};
use std::time::Duration;

fn headers(name: &'static str, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name.parse().expect("a name"), value.parse().expect("a value"))])
}

#[test]
fn what_may_be_tried_again_is_what_the_protocol_says() {
    for (status, again) in
        [(429, true), (502, true), (503, true), (504, true), (500, false), (401, false)]
    {
        let status = StatusCode::from_u16(status).expect("a status");
        let outcome = over_http(status, &HeaderMap::new(), b"", Encoding::Protobuf);
        assert_eq!(matches!(outcome, Outcome::Later { .. }), again, "{status}");
    }
    for (code, again) in [("14", true), ("4", true), ("8", false), ("3", false), ("16", false)] {
        let trailers = headers("grpc-status", code);
        let outcome = grpc(StatusCode::OK, &HeaderMap::new(), &trailers, b"");
        assert_eq!(matches!(outcome, Outcome::Later { .. }), again, "{code}");
    }
}

#[test]
fn an_answer_without_a_grpc_status_is_none() {
    let outcome = grpc(StatusCode::OK, &HeaderMap::new(), &HeaderMap::new(), b"");
    assert!(matches!(outcome, Outcome::Later { .. }));
    let head = headers("grpc-status", "0");
    let outcome = grpc(StatusCode::OK, &head, &HeaderMap::new(), b"");
    assert_eq!(outcome, Outcome::Taken { refused: 0 });
}

#[test]
fn a_collector_asks_to_wait_in_seconds_or_until_a_date() {
    assert_eq!(retry_after(&headers("retry-after", "3")), Some(Duration::from_secs(3)));
    assert_eq!(retry_after(&headers("retry-after", "soon")), None);
    let mut dated = headers("retry-after", "Wed, 21 Oct 2015 07:28:10 GMT");
    assert_eq!(retry_after(&dated), None);
    dated.insert("date", HeaderValue::from_static("Wed, 21 Oct 2015 07:28:00 GMT"));
    assert_eq!(retry_after(&dated), Some(Duration::from_secs(10)));
}
