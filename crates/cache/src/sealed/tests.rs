use super::{FIXED, open, seal};
use crate::answer::Answer;
use crate::key::Key;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use proptest::prelude::*;

const ADA: Key = Key { who: [1; 32], id: [7; 32] };
const BEN: Key = Key { who: [2; 32], id: [7; 32] };

fn entry(text: &str) -> Bytes {
    let frames = vec![Bytes::copy_from_slice(text.as_bytes())];
    let answer = Answer {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        frames,
        usage: None,
        finish: None,
    };
    seal(&ADA, &answer, 1000).expect("an entry")
}

#[test]
fn an_entry_is_opened_by_who_it_is_for_and_until_it_ends() {
    assert!(open(&ADA, entry("x"), 999).is_some());
    assert!(open(&ADA, entry("x"), 1000).is_none());
    assert!(open(&BEN, entry("x"), 999).is_none());
}

#[test]
fn an_empty_answer_is_one() {
    let answer = Answer {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        frames: Vec::new(),
        usage: None,
        finish: Some(chat::FinishReason::Length),
    };
    let entry = seal(&ADA, &answer, 1000).expect("an entry");
    assert_eq!(open(&ADA, entry, 0), Some(answer));
}

#[test]
fn a_header_that_cannot_be_written_is_not_left_out_silently() {
    let mut headers = HeaderMap::new();
    headers.insert("content-disposition", http::HeaderValue::from_bytes(b"\xff").expect("bytes"));
    let answer =
        Answer { status: StatusCode::OK, headers, frames: Vec::new(), usage: None, finish: None };
    assert_eq!(seal(&ADA, &answer, 1000), None);
}

proptest! {
    #[test]
    fn any_bytes_are_opened_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _any = open(&ADA, Bytes::from(bytes), 0);
    }

    #[test]
    fn a_good_beginning_with_any_rest_is_opened_or_refused(
        rest in proptest::collection::vec(any::<u8>(), 0..200), at in 0..FIXED, with: u8,
    ) {
        let mut bytes = entry(&"abc".repeat(300)).to_vec();
        bytes.truncate(FIXED + rest.len() / 2);
        bytes.extend(rest);
        bytes[at] = with;
        let _any = open(&ADA, Bytes::from(bytes), 0);
    }

    #[test]
    fn a_part_of_an_entry_is_none(text in "[a-z]{0,2000}", cut: prop::sample::Index) {
        let whole = entry(&text);
        let end = cut.index(whole.len());
        prop_assert_eq!(open(&ADA, whole.slice(..end), 0), None);
    }
}
