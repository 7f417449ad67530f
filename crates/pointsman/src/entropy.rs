//! Cheap random numbers for request ids and dice: one seed from the operating system a thread, no system call a request.
//! Nothing secret is made from them.

use std::cell::Cell;

thread_local! {
    static STATE: Cell<u64> = Cell::new(seed());
}

/// The next number (`SplitMix64`).
pub(crate) fn next() -> u64 {
    STATE.with(|state| {
        let at = state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        state.set(at);
        let mixed = (at ^ (at >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

fn seed() -> u64 {
    getrandom::u64().expect("the operating system gives random bytes")
}
