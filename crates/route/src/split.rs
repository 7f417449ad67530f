//! Percentage elements: reading shares, drawing one at random, and choosing one by a key so that the same key stays where it is.
//!
//! The sticky choice is weighted rendezvous hashing. Each output *i* with share *wᵢ* gets from the key a number *uᵢ* in (0, 1] and the score
//! −log₂(*uᵢ*) / *wᵢ*; the lowest score wins. So an output wins with probability *wᵢ* / Σ*w*, and raising one share while the others fall or stay lowers that
//! score alone: nobody leaves it.
//!
//! *uᵢ* is (*h* + 1) / 2⁶⁴, where *h* is XXH3-64 (seed 0) of 32 bytes: four XXH3-64 hashes in little-endian order, of the route id, the element id,
//! the output's identity and the key value. An identity is hashed as `=` and the label, or `>` and the id of the element it leads to; a key value as in
//! `typed_hash`. The logarithm is computed in integers, so the choice is the same on every machine and in every build.

use crate::dice::Dice;
use crate::exact;
use crate::fact::{Facts, Value};
use crate::field::Field;
use std::cmp::Ordering;
use xxhash_rust::xxh3::xxh3_64;

/// All shares together, in hundredths of a percent.
pub(crate) const WHOLE: u32 = 10_000;

/// The outputs of a percentage element with their shares.
#[derive(Debug)]
pub(crate) struct Split {
    /// The field whose value decides; `None`: chance decides.
    pub(crate) key: Option<Field>,
    pub(crate) element: u64,
    pub(crate) shares: Box<[Share]>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Share {
    /// Position among the element's outputs.
    pub(crate) output: u16,
    /// In hundredths of a percent.
    pub(crate) weight: u32,
    /// Hash of what stays the same when shares change.
    pub(crate) identity: u64,
}

impl Split {
    pub(crate) fn new(key: Option<Field>, element: &str, mut shares: Vec<Share>) -> Self {
        if key.is_some() {
            shares = merge(shares);
        }
        Self { key, element: xxh3_64(element.as_bytes()), shares: shares.into() }
    }

    /// The output to take; `route` is the hash of the route's id. `None` only when every share is 0.
    pub(crate) fn pick(&self, route: u64, facts: &dyn Facts, dice: &mut Dice) -> Option<u16> {
        match self.key.as_ref().and_then(|it| facts.get(it)) {
            Some(value) => self.stick(route, typed_hash(&value)),
            None => self.draw(dice),
        }
    }

    fn draw(&self, dice: &mut Dice) -> Option<u16> {
        let total = self.shares.iter().map(|it| it.weight).sum();
        let mut left = dice.below(total);
        for share in &self.shares {
            if left < share.weight {
                return Some(share.output);
            }
            left -= share.weight;
        }
        None
    }

    pub(crate) fn stick(&self, route: u64, key: u64) -> Option<u16> {
        let entries = self.shares.iter().filter(|it| it.weight > 0);
        let scored = entries.map(|it| (cost(route, self.element, it.identity, key), it));
        scored.min_by(|(a, x), (b, y)| compare(*a, x, *b, y)).map(|(_, it)| it.output)
    }
}

/// Whether `a / weight of x` is below `b / weight of y`, without dividing; a tie, which two of 2⁶⁴ keys may see, goes by identity.
fn compare(a: u64, x: &Share, b: u64, y: &Share) -> Ordering {
    let (left, right) =
        (u128::from(a) * u128::from(y.weight), u128::from(b) * u128::from(x.weight));
    left.cmp(&right).then(x.identity.cmp(&y.identity))
}

/// Outputs of one identity are one choice with their shares together; it keeps the first output's name.
fn merge(shares: Vec<Share>) -> Vec<Share> {
    let mut merged: Vec<Share> = Vec::with_capacity(shares.len());
    for share in shares {
        match merged.iter_mut().find(|it| it.identity == share.identity) {
            Some(twin) => twin.weight += share.weight,
            None => merged.push(share),
        }
    }
    merged
}

/// What an output is called in the hash: its label, else where it leads.
pub(crate) fn identity(label: Option<&str>, target: &str) -> u64 {
    let (mark, name) = label.map_or((b'>', target), |it| (b'=', it));
    let mut text = Vec::with_capacity(name.len() + 1);
    text.push(mark);
    text.extend_from_slice(name.as_bytes());
    xxh3_64(&text)
}

/// The hash of a value that tells types apart: the seed is 1 for null, 2 for booleans (one byte, 0 or 1), 3 for numbers (16 bytes, equal for equal values),
/// 4 for texts (their UTF-8), 5 for arrays and objects (their JSON without white space, members in order of name).
fn typed_hash(value: &Value<'_>) -> u64 {
    use xxhash_rust::xxh3::xxh3_64_with_seed as seeded;
    match value {
        Value::Null => seeded(b"", 1),
        Value::Bool(it) => seeded(&[u8::from(*it)], 2),
        Value::Number(it) => seeded(&exact::canonical(it), 3),
        Value::Text(it) => seeded(it.as_bytes(), 4),
        Value::Other(it) => seeded(it.to_string().as_bytes(), 5),
    }
}

fn cost(route: u64, element: u64, identity: u64, key: u64) -> u64 {
    let mut bytes = [0_u8; 32];
    for (to, from) in bytes.chunks_exact_mut(8).zip([route, element, identity, key]) {
        to.copy_from_slice(&from.to_le_bytes());
    }
    minus_log2(xxh3_64(&bytes))
}

/// −log₂((hash + 1) / 2⁶⁴) with 32 bits after the point: 0 for the largest hash, 64 × 2³² for 0. Off by less than 2 · 10⁻⁶, and so are shares.
fn minus_log2(hash: u64) -> u64 {
    let Some(number) = hash.checked_add(1) else {
        return 0;
    };
    let zeros = number.leading_zeros();
    // 1.0 ≤ mantissa < 2.0 with 63 bits after the point; squaring it gives the logarithm bit by bit, and for the last 16 bits a straight line will do
    let mut mantissa = number << zeros;
    let mut fraction = 0_u64;
    for _ in 0..16 {
        let square = (u128::from(mantissa) * u128::from(mantissa)) >> 63;
        let carry = square >> 64;
        fraction = (fraction << 1) | u64::from(carry == 1);
        mantissa = u64::try_from(square >> carry).unwrap_or(u64::MAX);
    }
    let whole = u64::from(63 - zeros);
    let line = (mantissa << 1) >> 48;
    (64 << 32) - ((whole << 32) | (fraction << 16) | line)
}

/// An output's name as a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    /// `else`: what the others leave.
    Rest,
    /// `"12.5%"` or `"50%:b"`.
    Share {
        /// In hundredths of a percent.
        weight: u32,
        /// What stands after the colon.
        label: Option<&'a str>,
    },
}

/// Reads the name of an output. `None`: it is no share.
pub(crate) fn named(name: &str) -> Option<Named<'_>> {
    if name == "else" {
        return Some(Named::Rest);
    }
    let (share, label) = match name.split_once(':') {
        Some((_, "")) => return None,
        Some((share, label)) => (share, Some(label)),
        None => (name, None),
    };
    let (whole, decimals) = match share.strip_suffix('%')?.split_once('.') {
        Some((_, "")) => return None,
        Some((whole, decimals)) => (whole, decimals),
        None => (share.strip_suffix('%')?, ""),
    };
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 3
        || decimals.len() > 2
        || !digits(whole)
        || !digits(decimals)
    {
        return None;
    }
    let hundredths: u32 = format!("{decimals:0<2}").parse().ok()?;
    let weight = whole.parse::<u32>().ok()? * 100 + hundredths;
    (weight <= WHOLE).then_some(Named::Share { weight, label })
}

#[cfg(test)]
mod tests;
