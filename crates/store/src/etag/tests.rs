use super::matches;

#[test]
fn if_match_follows_the_rfc() {
    for (condition, expected) in [
        ("*", true),
        (" * ", true),
        (r#""a1""#, true),
        (r#""b2", "a1""#, true),
        (r#""b2","a1""#, true),
        (r#""b,2" , "a1""#, true),
        (r#"W/"a1", "a1""#, true),
        (r#"W/"a1""#, false),
        (r#""a""#, false),
        (r#""A1""#, false),
        ("a1", false),
        (r#""a1"#, false),
        ("", false),
        (",", false),
        (r#"w/"a1""#, false),
        ("\0\u{1f600}", false),
    ] {
        assert_eq!(matches(condition, r#""a1""#), expected, "{condition}");
    }
}
