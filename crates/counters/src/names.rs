//! What a bucket is called in the server.

use limits::Key;

/// The names of one bucket's three keys, and of the marker that says nothing was lost.
///
/// All begin with the same `{…}`, so that one script may touch several wherever keys are told apart by it.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    prefix: Box<str>,
}

impl Names {
    pub(crate) fn new(space: &str) -> Self {
        Self { prefix: format!("{{pointsman:{space}}}:").into() }
    }

    /// Exists as long as the server has not lost what it had, and says another thing after each loss.
    pub(crate) fn marker(&self) -> Vec<u8> {
        self.name(b"alive", &[])
    }

    pub(crate) fn state(&self, key: &Key) -> Vec<u8> {
        self.name(b"b:", &key.bounded().0)
    }

    /// The name of a state whose bucket was exported under these bytes.
    pub(crate) fn exported(&self, key: &[u8]) -> Vec<u8> {
        self.name(b"b:", key)
    }

    /// State, holds, leases.
    pub(crate) fn all(&self, key: &Key) -> [Vec<u8>; 3] {
        let key = &key.bounded().0;
        [self.name(b"b:", key), self.name(b"h:", key), self.name(b"l:", key)]
    }

    pub(crate) fn holds(&self, key: &Key) -> Vec<u8> {
        self.name(b"h:", &key.bounded().0)
    }

    fn name(&self, kind: &[u8], key: &[u8]) -> Vec<u8> {
        [self.prefix.as_bytes(), kind, key].concat()
    }
}
