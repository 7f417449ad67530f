use super::{MARK, from_stored, to_stored};

#[test]
fn every_text_comes_back_and_none_is_stored_with_a_nul() {
    let high = "\u{10fffe}\u{100000}";
    for text in ["", "plain é😀", "\0", "a\0\0b", "\u{10ffff}", "\u{10ffff}0\0\u{10ffff}1", high]
    {
        let stored = to_stored(text.to_owned());
        assert!(!stored.contains('\0'), "{text:?}");
        assert_eq!(from_stored(&stored), text);
    }
    assert_eq!(to_stored("plain é😀".to_owned()), "plain é😀");
    assert_ne!(to_stored("\0".to_owned()), to_stored(format!("{MARK}0")));
}
