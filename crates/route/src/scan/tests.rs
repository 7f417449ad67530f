//! Looking into JSON without building it, and into what is not JSON.

use super::*;
use proptest::prelude::*;

fn found(text: &str, key: &str) -> Option<String> {
    member(text.as_bytes(), key).map(|it| String::from_utf8_lossy(it).into_owned())
}

#[test]
fn a_member_is_found_behind_anything() {
    let text = r#" { "a" : "x\"}{" , "b":[1,{"k":2},"]"] , "k\u0065y" :  12.5e3 , "c":null}"#;
    assert_eq!(found(text, "a").as_deref(), Some(r#""x\"}{""#));
    assert_eq!(found(text, "b").as_deref(), Some(r#"[1,{"k":2},"]"]"#));
    assert_eq!(found(text, "key").as_deref(), Some("12.5e3"));
    assert_eq!(found(text, "c").as_deref(), Some("null"));
    assert_eq!(found(text, "k"), None);
    assert_eq!(found("{}", "k"), None);
    assert_eq!(found("[1]", "k"), None);
}

#[test]
fn of_a_member_that_stands_twice_the_last_counts() {
    assert_eq!(found(r#"{"k":1,"x":0,"k":2}"#, "k").as_deref(), Some("2"));
}

#[test]
fn items_are_counted_from_nought() {
    let text = br#" [ 1 , [2,3], {"a":[4]} ,"five" ]"#;
    assert_eq!(item(text, 0), Some(&b"1"[..]));
    assert_eq!(item(text, 1), Some(&b"[2,3]"[..]));
    assert_eq!(item(text, 3), Some(&br#""five""#[..]));
    assert_eq!(item(text, 4), None);
    assert_eq!(item(b"[]", 0), None);
    assert_eq!(item(b"{}", 0), None);
}

proptest! {
    #[test]
    fn nothing_panics_on_bytes_that_are_not_json(bytes in proptest::collection::vec(any::<u8>(), 0..64), index in 0_usize..4) {
        let _ = (member(&bytes, "a"), item(&bytes, index), unescape(&bytes));
    }

    #[test]
    fn nothing_panics_on_text_that_is_nearly_json(text in r#"[\[\]{}:,"\\a1 ]{0,40}"#, index in 0_usize..4) {
        let _ = (member(text.as_bytes(), "a"), item(text.as_bytes(), index), unescape(text.as_bytes()));
    }
}
