//! Numbers on both sides of what floats can tell apart.

use super::*;

fn order(a: &str, b: &str) -> Ordering {
    compare(&number(a).expect("a number"), &number(b).expect("a number"))
}

#[test]
fn numbers_compare_by_value_without_rounding() {
    // in order; between two of them stands `<`
    let ascending = [
        "-1.7976931348623157e308",
        "-18446744073709551617.5",
        "-9223372036854775808",
        "-9223372036854775807",
        "-9007199254740993",
        "-9007199254740992.0",
        "-2.5",
        "-2",
        "-1.5",
        "-5e-324",
        "0",
        "5e-324",
        "0.5",
        "1",
        "1.0000000000000002",
        "2",
        "9007199254740992",
        "9007199254740993",
        "9007199254740994.0",
        "9223372036854775807",
        "9223372036854775808.0",
        "9223372036854775809",
        "18446744073709551615",
        "18446744073709551616.0",
        "1.7976931348623157e308",
    ];
    for (at, a) in ascending.iter().enumerate() {
        for (other, b) in ascending.iter().enumerate() {
            assert_eq!(order(a, b), at.cmp(&other), "{a} against {b}");
        }
    }
}

#[test]
fn one_value_is_equal_however_it_is_written() {
    for (a, b) in [
        ("1", "1.0"),
        ("0", "-0.0"),
        ("-0", "0"),
        ("10", "1e1"),
        ("9007199254740992", "9007199254740992.0"),
        ("0.1", "1e-1"),
    ] {
        assert_eq!(order(a, b), Ordering::Equal, "{a} and {b}");
        assert_eq!(
            canonical(&number(a).expect("a number")),
            canonical(&number(b).expect("a number")),
            "{a} and {b}"
        );
    }
    for (a, b) in [
        ("1", "2"),
        ("1", "1.5"),
        ("0.1", "0.2"),
        ("-1", "1"),
        ("9007199254740993", "9007199254740992.0"),
        ("1e300", "1e301"),
    ] {
        assert_ne!(
            canonical(&number(a).expect("a number")),
            canonical(&number(b).expect("a number")),
            "{a} and {b}"
        );
    }
}

#[test]
fn only_json_numbers_are_numbers() {
    for text in ["0", "-1", "1.5", "1e5", "1E+5", "1e-5", "0.10", "123456789012345678901234567890"]
    {
        assert!(number(text).is_some(), "{text}");
    }
    for text in [
        "", "-", "+1", "01", "1.", ".5", "1e", "1e+", " 1", "1 ", "0x1", "1_0", "NaN", "inf",
        "1e999", "١",
    ] {
        assert!(number(text).is_none(), "{text}");
    }
}

#[test]
fn decimals_become_units_exactly() {
    let exact = [
        ("0.25", 9, 250_000_000),
        ("0.1", 9, 100_000_000),
        ("0.000000001", 9, 1),
        ("1e-9", 9, 1),
        ("1000000000", 9, 1_000_000_000_000_000_000),
        ("2.50", 1, 25),
        ("60.0", 0, 60),
        ("6e1", 0, 60),
        ("1000e-3", 0, 1),
        ("0e99999999999999999999", 0, 0),
        ("-0", 0, 0),
        ("18446744073709551615", 0, u64::MAX),
        ("0.00000000000000000000000000000000000000000000010e46", 0, 1),
    ];
    for (text, scale, units) in exact {
        assert_eq!(scaled(text, scale), Some(units), "{text}");
    }
    for (text, scale) in [
        ("0.0000000001", 9),
        ("2.5", 0),
        ("-1", 0),
        ("1e-1", 0),
        ("18446744073709551616", 0),
        ("1e20", 0),
        ("1e99999999999999999999", 0),
        ("1e-99999999999999999999", 0),
        ("1e9223372036854775807", 9),
        ("1.0000000000000000000000000000001", 9),
    ] {
        assert_eq!(scaled(text, scale), None, "{text}");
    }
}
