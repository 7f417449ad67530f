//! Files that cannot be written. (What crashes leave is tested from outside, in `tests/it/restart.rs`.)

use super::*;

impl Journal {
    /// From now on every write fails, as on a full disk.
    pub(crate) fn fill_disk(&self) {
        let full = File::options().append(true).open("/dev/full").expect("Linux has it");
        self.tail().file = Arc::new(full);
    }
}

#[test]
fn a_generation_is_newer_than_the_one_before_and_cannot_be_guessed() {
    let dir = std::env::temp_dir().join(format!("limits-generation-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let mut former = 0;
    let mut random = Vec::new();
    for _ in 0..20 {
        let generation = Tail::begin(&dir, former).unwrap().generation;
        assert_eq!(generation >> 32, (former >> 32) + 1);
        random.push(generation & 0xffff_ffff);
        former = generation;
    }
    random.sort_unstable();
    random.dedup();
    assert!(random.len() > 15);
    std::fs::remove_dir_all(dir).unwrap();
}
