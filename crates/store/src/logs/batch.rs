//! Records on their way to the log: all that can be done to them without a database.

use telemetry::Record;

use super::payload::{self, Frames};
use super::rows;
use super::walks::{self, Step};

/// Records ready to be written. Making one takes the processor a while, so it is done where nobody waits; a batch may be written again
/// and again until its fate is known.
#[derive(Debug)]
pub struct Batch(Vec<Ready>);

/// A record, and what its rows hold of it beyond its fields.
#[derive(Debug)]
pub(super) struct Ready {
    /// Without its payload.
    pub(super) record: Record,
    pub(super) frames: Option<Frames>,
    /// Of the metadata.
    pub(super) entries: Vec<(String, String)>,
    /// Of the path.
    pub(super) steps: Vec<Step>,
    pub(super) detail: String,
}

impl Batch {
    /// Of these records; their payloads are compressed, and let go.
    ///
    /// # Errors
    /// When memory for it cannot be had.
    pub fn of(records: Vec<Record>) -> std::io::Result<Self> {
        let mut compressor = payload::compressor()?;
        let ready = records.into_iter().map(|mut record| {
            let payload = record.payload.take();
            let frames = payload.map(|it| Frames::of(&it, &mut compressor)).transpose()?;
            let entries = rows::entries(record.metadata.as_deref());
            let steps = walks::steps(&record);
            Ok(Ready { detail: rows::detail(&record), record, frames, entries, steps })
        });
        ready.collect::<std::io::Result<_>>().map(Self)
    }

    /// How many they are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Ready> {
        self.0.iter()
    }
}
