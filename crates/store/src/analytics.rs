//! Analytics: requests summed up by time and by what they have in common, in the database of the logs.
//!
//! A [`Tally`] sums records up in memory; [`Analytics::add`] adds it to the stored rows, of which there is one for each minute, hour and
//! day (UTC) and each combination of what a view tells requests apart by. A question is answered from the view with the fewest rows that can
//! answer it. Sums are exact; percentiles are within one part in [`PERCENTILE_ERROR`]. Values of metadata, and combinations with them and
//! with tokens, are bounded: see [`Bucket::metadata_values`].

mod ask;
mod cells;
mod histogram;
mod read;
mod rows;
mod sizes;
mod sums;
#[cfg(test)]
mod tests;
mod views;
mod write;

pub use ask::{
    AnalyticsAnswer, AnalyticsDimension, AnalyticsOrder, AnalyticsQuery, Apart, Counted, Edge,
    Series,
};
pub use cells::{Bucket, Tally};
pub use histogram::{Histogram, PERCENTILE_ERROR};
pub use sums::Sums;

use crate::store::Store;

/// Sums over requests. No error besides [`crate::Error::Away`], [`crate::Error::Full`] and [`crate::Error::Broken`].
#[derive(Debug)]
pub struct Analytics<'s>(pub(crate) &'s Store);
