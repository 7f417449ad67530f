//! A histogram with fixed buckets on a logarithmic scale: two of them are added by adding counts, so that it does not matter who
//! measured what, or in which order.

use std::cmp::Ordering;

/// Values below this have a bucket each.
const EXACT: u64 = 32;
/// Bits of the buckets into which each power of two is split from there on: 16 of them.
const SPLIT: u32 = 4;

/// How far a percentile may be from the exact one, as one part of so many: half the width of a bucket by its lower bound.
pub const PERCENTILE_ERROR: u64 = 32;

/// Counts of whole numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram(
    /// Buckets that have a count, in their order, without gaps in memory: thousands of these are added for one answer.
    Vec<(u16, u64)>,
);

impl Histogram {
    /// Counts a value.
    pub fn record(&mut self, value: u64) {
        self.count_in(bucket(value), 1);
    }

    fn count_in(&mut self, bucket: u16, more: u64) {
        match self.0.binary_search_by_key(&bucket, |it| it.0) {
            Ok(at) => {
                if let Some((_, count)) = self.0.get_mut(at) {
                    *count = count.saturating_add(more);
                }
            }
            Err(at) => self.0.insert(at, (bucket, more)),
        }
    }

    /// Adds what another one has counted.
    pub fn add(&mut self, other: &Self) {
        if let [(bucket, more)] = *other.0 {
            return self.count_in(bucket, more);
        }
        let mut sum = Vec::with_capacity(self.0.len().max(other.0.len()));
        let (mut mine, mut theirs) =
            (self.0.iter().copied().peekable(), other.0.iter().copied().peekable());
        while let (Some(&(a, count)), Some(&(b, more))) = (mine.peek(), theirs.peek()) {
            match a.cmp(&b) {
                Ordering::Less => sum.extend(mine.next()),
                Ordering::Greater => sum.extend(theirs.next()),
                Ordering::Equal => {
                    sum.push((a, count.saturating_add(more)));
                    mine.next();
                    theirs.next();
                }
            }
        }
        sum.extend(mine);
        sum.extend(theirs);
        self.0 = sum;
    }

    /// Takes away what a part of it has counted.
    pub fn subtract(&mut self, part: &Self) {
        for (bucket, less) in &part.0 {
            if let Ok(at) = self.0.binary_search_by_key(bucket, |it| it.0)
                && let Some((_, count)) = self.0.get_mut(at)
            {
                *count = count.saturating_sub(*less);
            }
        }
        self.0.retain(|(_, count)| *count > 0);
    }

    /// Values counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().fold(0, |sum, (_, it)| sum.saturating_add(*it))
    }

    /// The value that so many of a hundred are not above (nearest rank); at most one part in [`PERCENTILE_ERROR`] away from it.
    /// `None` when nothing was counted.
    #[must_use]
    pub fn percentile(&self, percent: u8) -> Option<u64> {
        let count = u128::from(self.count());
        let rank = (count * u128::from(percent)).div_ceil(100).max(1);
        let mut seen = 0_u128;
        for (bucket, count) in &self.0 {
            seen += u128::from(*count);
            if seen >= rank {
                return Some(middle(*bucket));
            }
        }
        None
    }

    /// Appends it as numbers of seven bits a byte: how many buckets, and for each the distance from the one before and its count.
    pub(super) fn write(&self, to: &mut Vec<u8>) {
        write_number(to, u64::try_from(self.0.len()).unwrap_or(u64::MAX));
        let mut before = 0;
        for (bucket, count) in &self.0 {
            write_number(to, u64::from(bucket - before));
            write_number(to, *count);
            before = *bucket;
        }
    }

    /// Reads what [`Self::write`] wrote, and leaves what comes after it; `None` when it is something else.
    pub(super) fn read(from: &mut &[u8]) -> Option<Self> {
        let mut all = Vec::new();
        read_buckets(from, |bucket, count| all.push((bucket, count)))?;
        Some(Self(all))
    }
}

/// Adds written histograms up: many of them faster than one by one.
#[derive(Debug, Default)]
pub(super) struct Adder(
    /// Count of each bucket.
    Vec<u64>,
);

impl Adder {
    /// Adds one, and leaves what comes after it; `None` when it is something else.
    pub(super) fn read(&mut self, from: &mut &[u8]) -> Option<()> {
        read_buckets(from, |bucket, more| {
            let at = usize::from(bucket);
            if self.0.len() <= at {
                self.0.resize(at + 1, 0);
            }
            if let Some(count) = self.0.get_mut(at) {
                *count = count.saturating_add(more);
            }
        })
    }

    /// The sum, and begins anew.
    pub(super) fn take(&mut self) -> Histogram {
        let counts = self.0.iter_mut().zip(0_u16..);
        let counts = counts.map(|(count, bucket)| (bucket, std::mem::take(count)));
        Histogram(counts.filter(|(_, count)| *count > 0).collect())
    }
}

fn bucket(value: u64) -> u16 {
    let index = if value < EXACT {
        value
    } else {
        let octave = value.ilog2();
        let part = (value >> (octave - SPLIT)) & ((1 << SPLIT) - 1);
        EXACT + (u64::from(octave - EXACT.ilog2()) << SPLIT) + part
    };
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn middle(bucket: u16) -> u64 {
    let bucket = u64::from(bucket);
    let Some(above) = bucket.checked_sub(EXACT) else { return bucket };
    let shift = u32::try_from(above >> SPLIT).unwrap_or(u32::MAX) + EXACT.ilog2() - SPLIT;
    let lower =
        ((1 << SPLIT) + (above & ((1 << SPLIT) - 1))).checked_shl(shift).unwrap_or(u64::MAX);
    lower.saturating_add(1_u64.checked_shl(shift).unwrap_or(0) / 2)
}

fn write_number(to: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        to.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return;
        }
    }
}

/// Gives each bucket of a written histogram and its count, and leaves what comes after it; `None` when it is something else.
fn read_buckets(from: &mut &[u8], mut each: impl FnMut(u16, u64)) -> Option<()> {
    let mut bucket = 0_u16;
    for _ in 0..read_number(from)? {
        bucket = bucket.checked_add(u16::try_from(read_number(from)?).ok()?)?;
        each(bucket, read_number(from)?);
    }
    Some(())
}

fn read_number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests;
