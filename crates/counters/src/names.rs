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

    /// The name of a state whose bucket was exported under these bytes.
    pub(crate) fn exported(&self, key: &[u8]) -> Vec<u8> {
        self.name(b"b:", key)
    }

    /// State, holds, leases.
    pub(crate) fn all(&self, key: &Key) -> [Vec<u8>; 3] {
        self.all_stored(&key.bounded().0)
    }

    /// The same of a key in the form in which it is stored.
    pub(crate) fn all_stored(&self, key: &[u8]) -> [Vec<u8>; 3] {
        [self.name(b"b:", key), self.name(b"h:", key), self.name(b"l:", key)]
    }

    /// What `SCAN` is to match: every state whose key begins so.
    pub(crate) fn pattern(&self, prefix: &[u8]) -> Vec<u8> {
        let mut pattern = Vec::new();
        for byte in self.exported(prefix) {
            if b"*?[]\\^-".contains(&byte) {
                pattern.push(b'\\');
            }
            pattern.push(byte);
        }
        pattern.push(b'*');
        pattern
    }

    /// The key, as it is stored, that a state is called after.
    pub(crate) fn key_of<'n>(&self, state: &'n [u8]) -> Option<&'n [u8]> {
        state.strip_prefix(self.prefix.as_bytes())?.strip_prefix(b"b:")
    }

    pub(crate) fn holds(&self, key: &Key) -> Vec<u8> {
        self.name(b"h:", &key.bounded().0)
    }

    fn name(&self, kind: &[u8], key: &[u8]) -> Vec<u8> {
        [self.prefix.as_bytes(), kind, key].concat()
    }
}
