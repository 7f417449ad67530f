//! Names of shares, and the logarithm.

use super::*;

#[test]
fn names_of_outputs_are_shares() {
    let share = |weight, label| Some(Named::Share { weight, label });
    assert_eq!(named("10%"), share(1_000, None));
    assert_eq!(named("12.5%"), share(1_250, None));
    assert_eq!(named("0.01%"), share(1, None));
    assert_eq!(named("100%"), share(10_000, None));
    assert_eq!(named("0%"), share(0, None));
    assert_eq!(named("33.33%:blue"), share(3_333, Some("blue")));
    assert_eq!(named("50%:50%:b"), share(5_000, Some("50%:b")));
    assert_eq!(named("else"), Some(Named::Rest));
    for text in [
        "", "%", "10", "10 %", " 10%", "1.234%", "1.%", ".5%", "-5%", "+5%", "1e1%", "100.01%",
        "101%", "1000%", "50%:", "Else", "else:a", "a%", "٥%",
    ] {
        assert_eq!(named(text), None, "{text}");
    }
}

#[test]
fn the_logarithm_is_right_to_two_millionths() {
    let one = f64::from(u32::MAX) + 1.0;
    for hash in [
        0_u64,
        1,
        2,
        3,
        9,
        255,
        256,
        1 << 31,
        (1 << 40) + 12345,
        1 << 62,
        (1 << 63) - 1,
        1 << 63,
        u64::MAX / 3,
        u64::MAX - 1,
    ] {
        // the reference is a float: exact enough for the numbers above, and only here
        let number: f64 = (u128::from(hash) + 1).to_string().parse().expect("a number");
        let expected = 64.0 - number.log2();
        let found: f64 = minus_log2(hash).to_string().parse::<f64>().expect("a number") / one;
        assert!((found - expected).abs() < 2e-6, "{hash}: {found} instead of {expected}");
    }
    assert_eq!(minus_log2(u64::MAX), 0);
    assert_eq!(minus_log2(0), 64 << 32);
    assert_eq!(minus_log2((1 << 63) - 1), 1 << 32);
}
