//! From files back to buckets.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::{Snapshot, at, generations};
use crate::Key;
use crate::bucket::Bucket;
use crate::record::{Entry, Fields, Frames, frame, put, put_key};

const FORMAT: u64 = 1;
const HEADER: u8 = 1;
const BUCKET: u8 = 2;
const END: u8 = 3;

/// What the files of a directory say.
#[derive(Debug, Default)]
pub(crate) struct Restored {
    pub(crate) buckets: HashMap<Key, Bucket>,
    /// The newest generation there is.
    pub(crate) generation: u64,
    /// The highest number used, for events and holds.
    pub(crate) highest: u64,
    /// Holds charged in full because their process died.
    pub(crate) orphans: usize,
}

/// Locks the directory and reads it.
pub(crate) fn restore(dir: &Path) -> io::Result<(File, Restored)> {
    std::fs::create_dir_all(dir).map_err(|error| at(dir, &error))?;
    let lock = lock(dir)?;
    let mut restored = Restored::default();
    let from = restored.read_snapshot(&dir.join(Snapshot::NAME))?;
    let mut entries = Vec::new();
    for (generation, path) in generations(dir)? {
        restored.generation = restored.generation.max(generation);
        if generation >= from {
            entries.extend(read_journal(generation, &path)?);
        }
    }
    entries.sort_by_key(|it: &Entry| it.sequence);
    restored.replay(&entries);
    restored.finish();
    Ok((lock, restored))
}

fn lock(dir: &Path) -> io::Result<File> {
    let path = dir.join("limits.lock");
    let file =
        File::options().create(true).append(true).open(&path).map_err(|error| at(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::Error(error)) => Err(at(&path, &error)),
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            ErrorKind::ResourceBusy,
            format!(
                "{}: locked by another process that keeps its limits here; stop it, or use another data directory",
                path.display()
            ),
        )),
    }
}

impl Restored {
    /// The generation from which on journals are to be replayed.
    fn read_snapshot(&mut self, path: &Path) -> io::Result<u64> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(at(path, &error)),
        };
        self.decode_snapshot(&bytes).ok_or_else(|| {
            let help = "damaged, or of another version of this program; to start with empty limits move it away together with \
                        the limits.journal files";
            io::Error::new(ErrorKind::InvalidData, format!("{}: {help}", path.display()))
        })
    }

    fn decode_snapshot(&mut self, bytes: &[u8]) -> Option<u64> {
        let generation = Fields(bytes).number()?;
        let mut frames = Frames::new(bytes, generation);
        let mut header = Fields(frames.next()?);
        (header.byte()? == HEADER && header.number()? == FORMAT).then_some(())?;
        let mut ended = false;
        for payload in &mut frames {
            let mut fields = Fields(payload);
            match fields.byte()? {
                BUCKET if !ended => {
                    let key = fields.key()?;
                    self.buckets.insert(key, Bucket::decode(&mut fields)?);
                }
                END if !ended => {
                    ended = fields.number()? == u64::try_from(self.buckets.len()).ok()?;
                }
                _ => return None,
            }
        }
        self.generation = generation;
        (ended && frames.damaged == 0).then_some(generation)
    }

    /// All rules first: a bucket that knows them keeps what the longest of them needs.
    fn replay(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.highest = self.highest.max(entry.sequence).max(entry.id);
            self.buckets.entry(entry.key.clone()).or_default().learn(entry.span);
        }
        for entry in entries {
            if let Some(bucket) = self.buckets.get_mut(&entry.key) {
                bucket.replay(entry);
            }
        }
    }

    fn finish(&mut self) {
        for bucket in self.buckets.values_mut() {
            self.highest = self.highest.max(bucket.highest());
            self.orphans += bucket.charge_orphans();
        }
        for bucket in self.buckets.values_mut() {
            bucket.advance(self.highest);
        }
    }
}

/// Every whole record of a journal, wherever it is torn or damaged.
fn read_journal(generation: u64, path: &Path) -> io::Result<Vec<Entry>> {
    let bytes = std::fs::read(path).map_err(|error| at(path, &error))?;
    let mut frames = Frames::new(&bytes, generation);
    let entries: Vec<_> = frames.by_ref().filter_map(Entry::decode).collect();
    if frames.damaged > 0 {
        let (path, damaged, records) = (path.display(), frames.damaged, entries.len());
        tracing::warn!(%path, damaged, records, "some bytes of a limits journal belong to no whole record; the others are restored");
    }
    Ok(entries)
}

/// The first frame of a snapshot.
pub(super) fn header(generation: u64) -> Vec<u8> {
    let mut out = Vec::new();
    frame(&mut out, generation, |out| {
        out.push(HEADER);
        put(out, FORMAT);
    });
    out
}

/// Its last one.
pub(super) fn trailer(generation: u64, buckets: u64) -> Vec<u8> {
    let mut out = Vec::new();
    frame(&mut out, generation, |out| {
        out.push(END);
        put(out, buckets);
    });
    out
}

/// One in between.
pub(crate) fn bucket(out: &mut Vec<u8>, generation: u64, key: &Key, bucket: &Bucket) {
    frame(out, generation, |out| {
        out.push(BUCKET);
        put_key(out, key);
        bucket.encode(out);
    });
}
