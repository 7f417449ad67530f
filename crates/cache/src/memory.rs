//! Entries in this process, bounded in bytes.

use crate::key::Key;
use bytes::Bytes;
use moka::sync::Cache;

/// What an entry occupies beside its bytes, roughly: its key twice, its places in the tables and queues.
const OVERHEAD: usize = 384;

/// Which entries go when there is no room is decided by how often they are asked for.
#[derive(Debug)]
pub(crate) struct Memory {
    entries: Cache<Key, Bytes>,
    bytes: u64,
}

impl Memory {
    /// So many bytes at most, what entries occupy beside their own counted.
    pub(crate) fn new(bytes: u64) -> Self {
        let entries = Cache::builder().weigher(|_, entry| weight(entry)).max_capacity(bytes);
        Self { entries: entries.build(), bytes }
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Bytes> {
        self.entries.get(key)
    }

    pub(crate) fn forget(&self, key: &Key) {
        self.entries.invalidate(key);
    }

    /// Whether there is room for an entry of this size at all, it is put there.
    pub(crate) fn put(&self, key: Key, entry: Bytes) -> bool {
        if u64::from(weight(&entry)) > self.bytes {
            return false;
        }
        self.entries.insert(key, entry);
        // Else the bound would be overrun by what waits to be weighed.
        self.entries.run_pending_tasks();
        true
    }

    pub(crate) fn size(&self) -> u64 {
        self.entries.weighted_size()
    }
}

fn weight(entry: &Bytes) -> u32 {
    u32::try_from(entry.len().saturating_add(OVERHEAD)).unwrap_or(u32::MAX)
}
