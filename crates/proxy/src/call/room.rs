//! How much of what clients are given may be kept at the same time, of all requests.

use crate::kept;
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that are still free.
#[derive(Debug)]
pub struct Room(AtomicUsize);

impl Room {
    /// For so many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self(AtomicUsize::new(bytes)))
    }

    fn take(&self, bytes: usize) -> bool {
        let less = |free: usize| free.checked_sub(bytes);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }

    fn give(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Bytes of one answer that are kept while it is relayed. They take room until they are handed on.
#[derive(Debug)]
pub(super) struct Pieces {
    pieces: Vec<Bytes>,
    held: usize,
    most: usize,
    room: Arc<Room>,
}

impl Pieces {
    pub(super) fn new(most: usize, room: Arc<Room>) -> Self {
        Self { pieces: Vec::new(), held: 0, most, room }
    }

    /// Keeps a piece too; false: there is no room for it.
    pub(super) fn keep(&mut self, piece: &Bytes) -> bool {
        let fits = self.held + piece.len() <= self.most && self.room.take(piece.len());
        if fits {
            self.held += piece.len();
            self.pieces.push(kept::own(piece));
        }
        fits
    }

    /// Hands them on.
    pub(super) fn into_pieces(mut self) -> Vec<Bytes> {
        std::mem::take(&mut self.pieces)
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.room.give(self.held);
    }
}
