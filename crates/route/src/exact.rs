//! Numbers without rounding: comparison of integers with fractions, and decimal text as a whole number of small units.

use serde_json::Number;
use std::cmp::Ordering;

/// A JSON number from its text: an exact integer where it is one and fits 64 bits, else the nearest `f64`.
/// `None`: not a JSON number, or beyond what an `f64` holds.
pub(crate) fn number(text: &str) -> Option<Number> {
    if !is_number(text.as_bytes()) {
        return None;
    }
    if let Ok(it) = text.parse::<i64>() {
        return Some(it.into());
    }
    if let Ok(it) = text.parse::<u64>() {
        return Some(it.into());
    }
    Number::from_f64(text.parse().ok()?)
}

/// Whether the whole text is a number by the grammar of RFC 8259: no plus sign, no leading zero, no white space.
fn is_number(text: &[u8]) -> bool {
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, rest) = digits(rest);
    if whole.is_empty() || (whole.len() > 1 && whole.first() == Some(&b'0')) {
        return false;
    }
    let rest = match rest.strip_prefix(b".") {
        None => rest,
        Some(rest) => match digits(rest) {
            ([], _) => return false,
            (_, rest) => rest,
        },
    };
    let Some(rest) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) else {
        return rest.is_empty();
    };
    let rest = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"+")).unwrap_or(rest);
    let (exponent, rest) = digits(rest);
    !exponent.is_empty() && rest.is_empty()
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|it| !it.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// Compares by value: `1` equals `1.0`, and 2⁵³ + 1 is more than the float 2⁵³.
pub(crate) fn compare(a: &Number, b: &Number) -> Ordering {
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => against_float(a, float(b)),
        (None, Some(b)) => against_float(b, float(a)).reverse(),
        // JSON has no NaN, so floats always have an order
        (None, None) => float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal),
    }
}

/// The value as an integer, when it is written as one.
fn integer(it: &Number) -> Option<i128> {
    it.as_i64().map(i128::from).or_else(|| it.as_u64().map(i128::from))
}

fn float(it: &Number) -> f64 {
    it.as_f64().unwrap_or(0.0)
}

/// `int`, which fits 64 bits and a sign, against a float.
fn against_float(int: i128, float: f64) -> Ordering {
    let (whole, fraction) = split(float);
    match int.cmp(&whole) {
        Ordering::Equal if fraction && float > 0.0 => Ordering::Less,
        Ordering::Equal if fraction => Ordering::Greater,
        order => order,
    }
}

/// The integer part of a float, towards zero, and whether something is left. Beyond 2⁶⁴ it stops at ±2⁶⁵, which orders the same
/// against any 64-bit integer.
fn split(float: f64) -> (i128, bool) {
    let bits = float.to_bits();
    let exponent = (bits >> 52) & 0x7ff;
    let mantissa = (bits & 0x000f_ffff_ffff_ffff) | if exponent == 0 { 0 } else { 1 << 52 };
    // |float| = mantissa × 2^(exponent − 1075)
    let (whole, fraction) = match exponent {
        0..=1011 => (0, mantissa != 0),
        1012..=1074 => {
            let shift = 1075 - exponent;
            (i128::from(mantissa >> shift), mantissa & ((1 << shift) - 1) != 0)
        }
        1075..=1087 => (i128::from(mantissa) << (exponent - 1075), false),
        _ => (1 << 65, false),
    };
    (if float.is_sign_negative() { -whole } else { whole }, fraction)
}

/// A number reduced to bytes that are equal exactly when the values are equal, for hashing.
pub(crate) fn canonical(it: &Number) -> [u8; 16] {
    let whole = integer(it).or_else(|| match split(float(it)) {
        (whole, false) if whole.unsigned_abs() < 1 << 65 => Some(whole),
        _ => None,
    });
    match whole {
        Some(whole) => whole.to_le_bytes(),
        // the top half marks what no integer below 2⁶⁵ has there
        None => (i128::from(float(it).to_bits()) | (1 << 100)).to_le_bytes(),
    }
}

/// The decimal number `text` × 10^`scale`, exactly: `("0.25", 9)` is 250 000 000. No float takes part.
/// `text` is a JSON number. `None`: negative, not whole in this unit, or beyond 64 bits.
#[must_use]
pub fn scaled(text: &str, scale: i64) -> Option<u64> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.trim_start_matches('-').bytes().chain(fraction.bytes());
    if digits().all(|it| it == b'0') {
        return Some(0);
    }
    if whole.starts_with('-') {
        return None;
    }
    // zeros at the end are left to the exponent, so that 10.00 and 1e1 are whole
    let zeros = digits().rev().take_while(|it| *it == b'0').count();
    let mut value = 0_u64;
    for digit in digits().take(digits().count() - zeros) {
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
    }
    let zeros = i64::try_from(zeros).ok()?;
    let decimals = i64::try_from(fraction.len()).ok()?;
    let shift = exponent.parse::<i64>().ok()?.checked_add(zeros + scale)?.checked_sub(decimals)?;
    value.checked_mul(10_u64.checked_pow(u32::try_from(shift).ok()?)?)
}

#[cfg(test)]
mod tests;
