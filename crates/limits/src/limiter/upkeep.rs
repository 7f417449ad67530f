//! Everything that happens beside the requests: opening, the tick, the last words.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Bounds, Limiter};
use crate::Clock;
use crate::journal::{Journal, Restored, Snapshot, Upkeep, restore, write_bucket};
use crate::record::Entry;
use crate::shards::Shard;

impl Limiter {
    /// With a journal in `dir` (`limits.journal.*`, `limits.snapshot`, `limits.lock`); restores what is there.
    ///
    /// # Errors
    /// When another process uses the directory, files cannot be read or written, or the snapshot is damaged. A torn or damaged
    /// journal is no error: every whole record of it is restored.
    pub fn open(dir: &Path, clock: Arc<dyn Clock>) -> io::Result<Arc<Self>> {
        Self::open_within(dir, clock, Bounds::default())
    }

    /// The same, with bounds of the caller's choice. All buckets that are there are restored, even if they are more.
    ///
    /// # Errors
    /// As [`Limiter::open`].
    pub fn open_within(dir: &Path, clock: Arc<dyn Clock>, bounds: Bounds) -> io::Result<Arc<Self>> {
        let (lock, restored) = restore(dir)?;
        let mut limiter = Self::new(clock, bounds);
        limiter.journal = Some(Journal::begin(dir, lock, restored.generation)?);
        limiter.adopt(restored);
        limiter.tick()?;
        Ok(Arc::new(limiter))
    }

    fn adopt(&self, restored: Restored) {
        let Restored { buckets, highest, orphans, .. } = restored;
        self.next.store(highest.saturating_add(1), Ordering::Relaxed);
        let now = self.time.now();
        for (key, mut bucket) in buckets {
            if !bucket.is_idle(now) {
                self.shards.restore(key, bucket);
            }
        }
        let buckets = self.shards.len();
        tracing::info!(
            buckets,
            orphans,
            "limits restored; holds of calls that were under way are charged in full"
        );
    }

    /// Once a second, by the owner, from a thread that may wait for a disk: evicts idle buckets, writes counts, makes what was
    /// written safe from a power cut, and compacts the journal when it has grown long or could not be written.
    ///
    /// # Errors
    /// When the files cannot be written; the next call tries again with a full snapshot.
    pub fn tick(&self) -> io::Result<()> {
        self.shards.sweep(self.time.now());
        let Some(journal) = &self.journal else { return Ok(()) };
        let mut upkeep = journal.upkeep();
        self.save_counts(journal);
        if journal.is_compaction_due(&upkeep) {
            self.compact(journal, &mut upkeep)?;
        }
        journal.sync()
    }

    /// At shutdown: when this returns everything counted and settled is on disk. The same as [`Limiter::tick`] by another name.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn flush(&self) -> io::Result<()> {
        self.tick()
    }

    fn save_counts(&self, journal: &Journal) {
        for mut shard in self.shards.each() {
            let entries = self.drain(&mut shard, journal);
            drop(shard);
            journal.append(&entries);
        }
    }

    fn compact(&self, journal: &Journal, upkeep: &mut Upkeep) -> io::Result<()> {
        journal.compact(upkeep, |snapshot| self.write(journal, snapshot))
    }

    /// Map by map. What the journal does not have of a map is written there too: if the snapshot does not come about it is the journal
    /// that counts, and if it does its numbers say that the buckets have it.
    pub(super) fn write(&self, journal: &Journal, snapshot: &mut Snapshot) -> io::Result<()> {
        let mut frames = Vec::new();
        for mut shard in self.shards.each() {
            frames.clear();
            let entries = self.drain(&mut shard, journal);
            for (key, bucket) in &shard.buckets {
                write_bucket(&mut frames, snapshot.generation(), key, bucket);
            }
            let buckets = shard.buckets.len();
            drop(shard);
            journal.append(&entries);
            snapshot.add(&frames, buckets)?;
        }
        Ok(())
    }

    /// Takes the unsaved counts of a map, numbered.
    fn drain(&self, shard: &mut Shard, journal: &Journal) -> Vec<Entry> {
        let unsaved = std::mem::take(&mut shard.unsaved);
        if unsaved.lost {
            journal.mark_damaged();
        }
        let kept = unsaved.keys.into_iter().filter_map(|key| {
            let (span, slot) = shard.buckets.get_mut(&key)?.take_unsaved()?;
            Some((key, span, slot))
        });
        let mut unsaved = unsaved.spilled;
        unsaved.extend(kept);
        let numbered = unsaved.into_iter().map(|(key, span, slot)| {
            let sequence =
                shard.buckets.get_mut(&key).map_or_else(|| self.number(), |it| self.number_for(it));
            Entry::counted(sequence, key, span, slot)
        });
        numbered.collect()
    }
}
