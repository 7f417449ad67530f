//! What a limit allows, and the geometry of its window.

use std::time::Duration;

use crate::Millis;

/// How much of a bucket may be used in which window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The most that may be settled and held in one window.
    pub limit: u64,
    /// The window's length, rounded up to whole milliseconds, at least one.
    pub window: Duration,
    /// Which windows there are.
    pub technique: Technique,
}

/// Which windows a [`Rule`] speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Technique {
    /// Every interval of the window's length. Room returns at most 1/64 of it late.
    Sliding,
    /// Intervals one after the other, aligned to the Unix epoch.
    Fixed,
}

impl Rule {
    /// Parts a sliding window is kept in.
    pub(crate) const SLOTS: u64 = 64;

    /// Its geometry, in whole milliseconds.
    #[must_use]
    pub fn span(&self) -> Span {
        let whole = u64::try_from(self.window.as_millis()).unwrap_or(u64::MAX);
        let part = u64::from(!self.window.subsec_nanos().is_multiple_of(1_000_000));
        let window = whole.saturating_add(part).max(1);
        match self.technique {
            Technique::Sliding => Span { window, cell: window.div_ceil(Self::SLOTS) },
            Technique::Fixed => Span { window, cell: window },
        }
    }
}

/// The geometry of a rule: everything but its limit. Times are whole milliseconds and intervals half open, so a window of
/// `window` at `now` is the times `now - window + 1` to `now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Length of the window, at least 1.
    pub window: Millis,
    /// Charges within one cell of the grid (aligned to the epoch) may share a slot. The whole window when it is fixed, else
    /// a 64th rounded up: a charge can then wait at most `cell - 1 < window / 64` for the last of its slot.
    pub cell: Millis,
}

impl Span {
    /// The earliest time that counts at `now`.
    pub(crate) fn since(self, now: Millis) -> Millis {
        if self.is_fixed() { now - now % self.window } else { now.saturating_sub(self.window - 1) }
    }

    /// When a slot whose newest charge is of `last` stops to count.
    pub(crate) fn leaves(self, last: Millis) -> Millis {
        let from = if self.is_fixed() { last - last % self.window } else { last };
        from.saturating_add(self.window)
    }

    /// Whether charges of both times may share a slot.
    pub(crate) fn joins(self, one: Millis, other: Millis) -> bool {
        one / self.cell == other / self.cell
    }

    /// A sliding window of 1 ms has one cell too, and is the same thing as the fixed one.
    fn is_fixed(self) -> bool {
        self.cell == self.window
    }
}
