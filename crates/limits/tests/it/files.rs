//! A directory of its own for each test, and copies of it: what a process that ends now would leave.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("limits-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder of this test");
        Self(path)
    }

    /// What would be found after a crash at this moment.
    pub(crate) fn crashed(&self) -> Self {
        let copy = Self::new();
        for (name, bytes) in self.files() {
            copy.write(&name, &bytes);
        }
        copy
    }

    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let names = self
            .0
            .read_dir()
            .expect("a folder of this test")
            .map(|entry| entry.expect("a folder of this test").file_name());
        names
            .map(|name| name.into_string().expect("a folder of this test"))
            .map(|name| (name.clone(), self.read(&name)))
            .collect()
    }

    /// The one journal there is.
    pub(crate) fn journal(&self) -> (String, Vec<u8>) {
        let mut files = self.files();
        files.retain(|(name, _)| name.starts_with("limits.journal."));
        assert_eq!(files.len(), 1);
        files.remove(0)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).expect("a folder of this test")
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(name), bytes).expect("a folder of this test");
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
