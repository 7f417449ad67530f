//! Tests of the event splitter: the grammar, and independence of cuts.

use super::{Events, MAX_EVENT, TooLarge};
use proptest::prelude::*;

#[derive(Debug, PartialEq, Eq)]
struct Seen {
    raw: Vec<u8>,
    name: Option<String>,
    data: String,
}

/// All events of the pieces, the left-over included, and the left-over.
fn split(pieces: &[&[u8]]) -> (Vec<Seen>, Vec<u8>) {
    let mut seen = Vec::new();
    let mut each = |event: super::Event<'_>| {
        seen.push(Seen {
            raw: event.raw.to_vec(),
            name: event.name.map(str::to_owned),
            data: String::from_utf8_lossy(&event.data).into_owned(),
        });
    };
    let mut events = Events::default();
    for piece in pieces {
        events.push(piece, &mut each).expect("small events");
    }
    let rest = events.rest().to_vec();
    events.finish(&mut each);
    assert!(events.rest().is_empty());
    (seen, rest)
}

#[track_caller]
fn check(text: &str, data: &[&str], rest: &str) {
    let (seen, left) = split(&[text.as_bytes()]);
    let found: Vec<_> = seen.iter().map(|it| it.data.as_str()).collect();
    assert_eq!(found, data, "{text:?}");
    assert_eq!(String::from_utf8_lossy(&left), rest, "{text:?}");
}

#[test]
fn lines_end_in_any_of_the_three_ways() {
    check("data: a\n\ndata: b\n\n", &["a", "b"], "");
    check("data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"], "");
    check("data: a\r\rdata: b\r\r", &["a", "b"], "");
    check("data: a\r\n\ndata: b\n\r\ndata: c\n\rdata: d\n\n", &["a", "b", "c", "d"], "");
}

#[test]
fn fields_are_read_as_the_standard_says() {
    check("data:a\n\n", &["a"], "");
    check("data:  a\n\n", &[" a"], "");
    check("data\n\n", &[""], "");
    check("data: a\ndata: b\ndata:\n\n", &["a\nb\n"], "");
    check("datax: a\nid: 1\nretry: 5\n\n", &[""], "");
    check(": ping\n\n", &[""], "");
    check("\u{feff}data: a\n\ndata: b\n\n", &["a", "b"], "");
    check("data: a\n\n\u{feff}data: b\n\n", &["a", ""], "");
    check("\n\ndata: a\n\n", &["", "", "a"], "");
}

#[test]
fn names_are_found() {
    let (seen, _) = split(&[b"event: error\ndata: {}\n\nevent:ping\n\ndata: x\n\n"]);
    let names: Vec<_> = seen.iter().map(|it| it.name.as_deref()).collect();
    assert_eq!(names, [Some("error"), Some("ping"), None]);
}

#[test]
fn an_event_without_its_blank_line_is_left_over_until_the_end() {
    check("data: a\n\ndata: b", &["a", "b"], "data: b");
    check("data: a\n", &["a"], "data: a\n");
    check("", &[], "");
}

#[test]
fn a_stream_of_crs_is_not_held_up() {
    let mut count = 0;
    Events::default().push(b"data: a\r\r", &mut |_| count += 1).expect("small");
    assert_eq!(count, 1);
}

#[test]
fn an_event_beyond_the_bound_is_refused() {
    let line = vec![b'x'; MAX_EVENT];
    let mut events = Events::default();
    assert_eq!(events.push(&line, &mut |_| ()), Ok(()));
    assert_eq!(events.push(b"x", &mut |_| ()), Err(TooLarge));
    let whole = [line.as_slice(), b"\n\n"].concat();
    assert_eq!(Events::default().push(&whole, &mut |_| ()), Err(TooLarge));
}

#[test]
fn a_large_event_in_small_pieces_is_searched_and_copied_once() {
    let mut events = Events::default();
    let mut lengths = Vec::new();
    let piece = [b'x'; 1000];
    let mut moves = 0;
    let mut place = events.rest().as_ptr();
    for _ in 0..10_000 {
        events.push(&piece, &mut |_| ()).expect("small enough");
        moves += u32::from(place != events.rest().as_ptr());
        place = events.rest().as_ptr();
    }
    events.push(b"\n\ndata: y", &mut |it| lengths.push(it.raw.len())).expect("small enough");
    assert_eq!((lengths.as_slice(), events.rest().len()), ([10_000_002].as_slice(), 7));
    assert!(moves < 100, "grows by doubling, but moved {moves} times");
    assert!(events.rest.capacity() < 1_000_000, "and gives the memory back");
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    let token = prop::sample::select(vec![
        "data:",
        "data: ",
        "event: e",
        ":",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\r\n\r\n",
        "x",
        "ä漢",
        "{\"a\":1}",
        "[DONE]",
        "\u{feff}",
    ]);
    prop::collection::vec(token, 0..24).prop_map(|it| it.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn events_do_not_depend_on_the_cuts(text in stream(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let mut cuts: Vec<_> = cuts.iter().map(|it| it.index(text.len() + 1)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|it| &text[it[0]..it[1]]).collect();
        let whole = split(&[&text]);
        prop_assert_eq!(&split(&pieces), &whole);
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        prop_assert_eq!(&split(&bytes), &whole);
        let raw: Vec<u8> = whole.0.iter().flat_map(|it| it.raw.clone()).collect();
        prop_assert_eq!(raw, text);
    }
}
