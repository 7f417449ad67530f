//! The scripts, and what they are called with. Loaded into the server when it does not know them.

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Script, ScriptInvocation};

const BUCKET: &str = include_str!("scripts/bucket.lua");

/// Every script, ready to be called.
#[derive(Debug)]
pub(crate) struct Scripts {
    pub(crate) admit: Script,
    pub(crate) end: Script,
    pub(crate) sent: Script,
    pub(crate) renew: Script,
    pub(crate) usage: Script,
    pub(crate) look: Script,
    pub(crate) reset: Script,
    pub(crate) export: Script,
    pub(crate) restore: Script,
    pub(crate) reopen: Script,
}

impl Scripts {
    pub(crate) fn new() -> Self {
        let with_bucket = |code| Script::new(&[BUCKET, code].concat());
        Self {
            admit: with_bucket(include_str!("scripts/admit.lua")),
            end: with_bucket(include_str!("scripts/end.lua")),
            sent: Script::new(include_str!("scripts/sent.lua")),
            renew: with_bucket(include_str!("scripts/renew.lua")),
            usage: with_bucket(include_str!("scripts/usage.lua")),
            look: with_bucket(include_str!("scripts/look.lua")),
            reset: with_bucket(include_str!("scripts/reset.lua")),
            export: with_bucket(include_str!("scripts/export.lua")),
            restore: with_bucket(include_str!("scripts/restore.lua")),
            reopen: with_bucket(include_str!("scripts/reopen.lua")),
        }
    }

    /// Makes the server know them all before the first question, so that questions stay in order: one whose script is not known is
    /// asked twice.
    pub(crate) async fn load(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let Self { admit, end, sent, renew, usage, look, reset, export, restore, reopen } = self;
        for script in [admit, end, sent, renew, usage, look, reset, export, restore, reopen] {
            script.load_async(connection).await?;
        }
        Ok(())
    }
}

/// The largest number that Lua counts exactly. A limit above it is as good as this one, and an amount above it never fits.
pub(crate) const MOST: u64 = (1 << 53) - 1;

/// Adds a number as the scripts take it.
pub(crate) fn number(call: &mut ScriptInvocation<'_>, it: u64) {
    call.arg(it.min(MOST));
}
