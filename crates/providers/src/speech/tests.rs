//! Tests of paths: a model name stays one segment, whatever is in it.

use super::{Speech, Ways};
use chat::Format;

const CONVERSE: Speech = Speech {
    format: Format::Converse,
    path: "/model/{model}/converse",
    stream_path: Some("/model/{model}/converse-stream"),
    include_usage: false,
    as_openai: None,
    given_back: chat::GivenBack::Any,
};

#[test]
fn a_model_is_one_segment_of_the_path() {
    for (model, segment) in [
        ("amazon.nova-lite-v1:0", "amazon.nova-lite-v1%3A0"),
        ("arn:aws:bedrock:x/y", "arn%3Aaws%3Abedrock%3Ax%2Fy"),
        ("a b?c#d%2F..", "a%20b%3Fc%23d%252F.."),
        ("é", "%C3%A9"),
        ("{model}", "%7Bmodel%7D"),
    ] {
        let way = CONVERSE.way("https://h.test/base", model).expect("a URL");
        assert_eq!(way.plain, *format!("https://h.test/base/model/{segment}/converse"));
        assert_eq!(way.stream, *format!("https://h.test/base/model/{segment}/converse-stream"));
    }
}

#[test]
fn urls_without_the_model_are_made_once_for_all_models() {
    let base = "https://h.test/v1";
    let ways = Ways::new(base, &[Speech::CHAT]);
    let [a, b] = ["a", "b"].map(|model| ways.of(base, &[Speech::CHAT], model));
    assert!(std::sync::Arc::ptr_eq(&a, &b));
    assert_eq!(a[0].plain, "https://h.test/v1/chat/completions");
    assert_eq!(a[0].stream, a[0].plain);
    let speaks = [CONVERSE, Speech::CHAT];
    let ways = Ways::new(base, &speaks).of(base, &speaks, "m");
    let formats: Vec<_> = ways.iter().map(|it| it.format).collect();
    assert_eq!(formats, [Format::Converse, Format::Chat]);
}

proptest::proptest! {
    #[test]
    fn no_model_name_reaches_another_path(model in ".*") {
        let way = CONVERSE.way("https://h.test", &model).expect("a URL");
        let segments: Vec<_> = way.plain.path().split('/').collect();
        proptest::prop_assert_eq!(segments.len(), 4);
        proptest::prop_assert_eq!((segments[1], segments[3]), ("model", "converse"));
        proptest::prop_assert_eq!(way.plain.query(), None);
    }
}
