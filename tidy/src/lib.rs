//! House rules that a compiler does not know, as tests: see `tests/house.rs`. There is no library here.
