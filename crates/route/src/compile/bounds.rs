//! How large things may be. `docs/problems.md` tells them to users.

use std::time::Duration;

/// Elements of a route.
pub const ELEMENTS: usize = 200;
/// Bytes of an element's id.
pub const ID_BYTES: usize = 64;
/// Outputs of a percentage element, `else` not counted.
pub const SHARES: usize = 5;
/// Levels of groups, fields and `$not` in one condition.
pub const CONDITION_DEPTH: usize = 16;
/// Operators and groups in one condition.
pub const CONDITION_TESTS: usize = 200;
/// Values in all lists of one condition.
pub const CONDITION_VALUES: usize = 1_000;
/// Patterns in all conditions of a route. Each may take [`PATTERN_PROGRAM_BYTES`], so this bounds what a route takes.
pub const PATTERNS: usize = 200;
/// Bytes of a `$regex` pattern.
pub const PATTERN_BYTES: usize = 1_000;
/// Bytes that a compiled pattern and its cache may each take.
pub const PATTERN_PROGRAM_BYTES: usize = 256 * 1024;
/// Requests that a limit may admit in a window.
pub const LIMIT_REQUESTS: u64 = 1_000_000_000_000;
/// Nano-dollars that a limit may admit in a window: a billion dollars.
pub const LIMIT_NANO_DOLLARS: u64 = 1_000_000_000 * 1_000_000_000;
/// Seconds of a limit's window: 366 days.
pub const WINDOW_SECONDS: u64 = 366 * 24 * 60 * 60;
/// Milliseconds of a model's timeout: an hour.
pub const TIMEOUT_MS: u64 = 60 * 60 * 1_000;
/// Retries of a model besides the first attempt.
pub const RETRIES: u64 = 5;
/// The timeout of a model that has none, as far as the compiler counts it.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);
/// What the worst path may take before the compiler warns.
pub const WORST_PATH: Duration = Duration::from_secs(10 * 60);
