//! The journal of a limiter, and the files around it.
//!
//! `limits.journal.<generation>` gets every event as it happens; `limits.snapshot` has all buckets as they were when some generation
//! was already being written, so that snapshot and all journals from that generation on are the whole state. Events that are in
//! both are told apart by their sequence numbers. A crash between any two steps of a compaction loses nothing:
//!
//! 1. a new generation is begun (a crash here: old snapshot, two journals);
//! 2. all buckets are written to `limits.snapshot.new`, and synced (the same);
//! 3. it is renamed to `limits.snapshot` (new snapshot; the old journals are no longer asked);
//! 4. older generations are deleted.

mod restore;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use restore::{Restored, bucket as write_bucket, restore};

use crate::record::{Entry, frame};

/// A journal of this length beyond that of the last snapshot is compacted.
const COMPACT: u64 = 8 << 20;
/// Kept for encoding between two writes.
const BUFFER: usize = 1 << 20;

/// See the module.
#[derive(Debug)]
pub(crate) struct Journal {
    dir: PathBuf,
    tail: Mutex<Tail>,
    upkeep: Mutex<Upkeep>,
    /// Something could not be written: memory knows more than the files, until a snapshot.
    damaged: AtomicBool,
    errors: AtomicU64,
    /// Keeps other processes out while it is open.
    _lock: File,
}

/// The generation being written.
#[derive(Debug)]
struct Tail {
    file: Arc<File>,
    generation: u64,
    bytes: u64,
    unsynced: bool,
    buffer: Vec<u8>,
}

/// What one compaction leaves to the next; locked during upkeep.
#[derive(Debug, Default)]
pub(crate) struct Upkeep {
    /// A generation has been begun for a snapshot that did not come about; there is no need for another.
    begun: bool,
    snapshot_bytes: u64,
}

impl Journal {
    /// Begins a generation after those that were restored. The caller writes a snapshot at once.
    pub(crate) fn begin(dir: &Path, lock: File, former: u64) -> io::Result<Self> {
        Ok(Self {
            dir: dir.to_owned(),
            tail: Mutex::new(Tail::begin(dir, former)?),
            upkeep: Mutex::new(Upkeep { begun: true, snapshot_bytes: 0 }),
            damaged: AtomicBool::new(true),
            errors: AtomicU64::new(0),
            _lock: lock,
        })
    }

    /// Writes events, with one write(2). A failure is counted, and made good by the next snapshot.
    pub(crate) fn append(&self, entries: &[Entry]) {
        if entries.is_empty() {
            return;
        }
        if let Err(error) = self.tail().append(entries) {
            self.fail("journal not written", &error);
        }
    }

    /// The journal does not have everything: a snapshot is due.
    pub(crate) fn mark_damaged(&self) {
        self.damaged.store(true, Ordering::Release);
    }

    /// Failed writes so far.
    pub(crate) fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    /// Locks the upkeep: one at a time.
    pub(crate) fn upkeep(&self) -> MutexGuard<'_, Upkeep> {
        self.upkeep.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a snapshot is due: the journal has grown long, or something is missing in it.
    pub(crate) fn is_compaction_due(&self, upkeep: &Upkeep) -> bool {
        let long = self.tail().bytes > COMPACT.saturating_add(upkeep.snapshot_bytes);
        long || self.damaged.load(Ordering::Acquire)
    }

    /// Lets what was written survive a power cut. Settlements go on meanwhile.
    pub(crate) fn sync(&self) -> io::Result<()> {
        let file = {
            let mut tail = self.tail();
            if !std::mem::take(&mut tail.unsynced) {
                return Ok(());
            }
            Arc::clone(&tail.file)
        };
        file.sync_data().inspect_err(|error| self.fail("journal not synced", error))
    }

    /// Writes a snapshot, which `write` makes out of all buckets, and lets older journals go.
    pub(crate) fn compact(
        &self,
        upkeep: &mut Upkeep,
        write: impl FnOnce(&mut Snapshot) -> io::Result<()>,
    ) -> io::Result<()> {
        // Before the snapshot is taken: what fails from here on may not be in it.
        self.damaged.store(false, Ordering::Release);
        let result = self.rotate(upkeep).and_then(|generation| {
            let mut snapshot = Snapshot::create(&self.dir, generation)?;
            write(&mut snapshot)?;
            upkeep.snapshot_bytes = snapshot.finish()?;
            self.publish(upkeep)?;
            self.retire(generation)
        });
        result.inspect_err(|error| self.fail("limits not saved", error))
    }

    /// Step 1.
    fn rotate(&self, upkeep: &mut Upkeep) -> io::Result<u64> {
        let mut tail = self.tail();
        if !upkeep.begun {
            *tail = Tail::begin(&self.dir, tail.generation)?;
            upkeep.begun = true;
        }
        Ok(tail.generation)
    }

    /// Step 3.
    fn publish(&self, upkeep: &mut Upkeep) -> io::Result<()> {
        let name = self.dir.join(Snapshot::NAME);
        let renamed = std::fs::rename(self.dir.join(Snapshot::UNFINISHED), &name);
        renamed.map_err(|error| at(&name, &error))?;
        upkeep.begun = false;
        sync_dir(&self.dir)
    }

    /// Step 4.
    fn retire(&self, generation: u64) -> io::Result<()> {
        for (older, path) in generations(&self.dir)? {
            if older < generation {
                remove_if_there(&path)?;
            }
        }
        Ok(())
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, what: &str, error: &io::Error) {
        self.mark_damaged();
        if self.errors.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::error!(%error, dir = %self.dir.display(), "{what}; counted in memory, a full save is tried every second");
        }
    }
}

impl Tail {
    const PREFIX: &str = "limits.journal.";

    fn begin(dir: &Path, former: u64) -> io::Result<Self> {
        let random = RandomState::new().hash_one(former) & u64::from(u32::MAX);
        let generation = (((former >> 32) + 1) << 32) | random;
        let file = create(&dir.join(format!("{}{generation:016x}", Self::PREFIX)))?;
        sync_dir(dir)?;
        Ok(Self { file: Arc::new(file), generation, bytes: 0, unsynced: false, buffer: Vec::new() })
    }

    fn append(&mut self, entries: &[Entry]) -> io::Result<()> {
        self.buffer.clear();
        self.buffer.shrink_to(BUFFER);
        for entry in entries {
            frame(&mut self.buffer, self.generation, |out| entry.encode(out));
        }
        self.unsynced = true;
        self.bytes += u64::try_from(self.buffer.len()).unwrap_or_default();
        (&*self.file).write_all(&self.buffer)
    }
}

/// A snapshot being written.
#[derive(Debug)]
pub(crate) struct Snapshot {
    file: File,
    generation: u64,
    bytes: u64,
    buckets: u64,
}

impl Snapshot {
    const NAME: &str = "limits.snapshot";
    const UNFINISHED: &str = "limits.snapshot.new";

    fn create(dir: &Path, generation: u64) -> io::Result<Self> {
        let path = dir.join(Self::UNFINISHED);
        remove_if_there(&path)?;
        let mut snapshot = Self { file: create(&path)?, generation, bytes: 0, buckets: 0 };
        snapshot.write(&restore::header(generation))?;
        Ok(snapshot)
    }

    /// The mark of its frames.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Adds the frames of so many buckets.
    pub(crate) fn add(&mut self, frames: &[u8], buckets: usize) -> io::Result<()> {
        self.buckets += u64::try_from(buckets).unwrap_or_default();
        self.write(frames)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes += u64::try_from(bytes.len()).unwrap_or_default();
        self.file.write_all(bytes)
    }

    /// Step 2: a snapshot without its end is none.
    fn finish(mut self) -> io::Result<u64> {
        self.write(&restore::trailer(self.generation, self.buckets))?;
        self.file.sync_all()?;
        Ok(self.bytes)
    }
}

/// Journals in a directory, oldest first.
fn generations(dir: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in dir.read_dir().map_err(|error| at(dir, &error))? {
        let entry = entry?;
        let name = entry.file_name();
        let digits = name.to_str().and_then(|name| name.strip_prefix(Tail::PREFIX));
        if let Some(generation) = digits.and_then(|it| u64::from_str_radix(it, 16).ok()) {
            found.push((generation, entry.path()));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// A new file that only its owner reads: keys may name persons.
fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| at(path, &error))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(at(path, &error)),
        _ => Ok(()),
    }
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|error| at(dir, &error))
}

/// The error, with the file it is about.
fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
