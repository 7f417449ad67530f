//! What a request says about answers that are kept: `cf-aig-cache-ttl`, `cf-aig-skip-cache`, `cf-aig-cache-key`, and the older
//! `cf-cache-ttl` and `cf-skip-cache`.
use super::{bad, single, whole, word};
use crate::reject::Reject;
use http::HeaderMap;
use std::ops::RangeInclusive;
use std::time::Duration;

const TTL: [&str; 2] = ["cf-aig-cache-ttl", "cf-cache-ttl"];
const SKIP: [&str; 2] = ["cf-aig-skip-cache", "cf-skip-cache"];
const KEY: &str = "cf-aig-cache-key";
/// A minute to a month, as in the original.
const SECONDS: RangeInclusive<u32> = 60..=31 * 24 * 60 * 60;
/// Longest name of a question, bytes.
const LONGEST: usize = 1024;
/// For an answer whose question has a name, when nobody says for how long: 5 minutes, as in the original.
const NAMED: Duration = Duration::from_secs(300);

/// The headers, read.
#[derive(Debug, Default)]
pub(crate) struct RecallWishes {
    ttl: Option<Duration>,
    /// No kept answer is wanted, and none is to be kept.
    pub(crate) skip: bool,
    /// The caller's own name for what it asks.
    pub(crate) name: Option<Box<str>>,
}

impl RecallWishes {
    /// Reads them. Of an older header and a newer one the newer counts.
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Reject> {
        let (mut ttl, mut skip) = (None, None);
        for (of_ttl, of_skip) in TTL.into_iter().zip(SKIP) {
            let seconds = whole(headers, of_ttl, SECONDS, "seconds")?;
            ttl = ttl.or(seconds.map(|it| Duration::from_secs(it.into())));
            skip = skip.or(word(headers, of_skip, &[("true", true), ("false", false)])?);
        }
        Ok(Self { ttl, skip: skip.unwrap_or(false), name: name(headers)? })
    }

    /// How long an answer is to be kept, in a gateway that keeps them for so long; `None`: it is not.
    pub(crate) fn ttl(&self, gateway: Option<Duration>) -> Option<Duration> {
        self.ttl.or(gateway).or(self.name.as_ref().map(|_| NAMED))
    }

    /// The request itself, not only its gateway, asks for answers to be kept.
    pub(crate) fn is_explicit(&self) -> bool {
        self.ttl.is_some() || self.name.is_some()
    }
}

fn name(headers: &HeaderMap) -> Result<Option<Box<str>>, Reject> {
    match single(headers, KEY)? {
        None => Ok(None),
        Some(name) if (1..=LONGEST).contains(&name.len()) => Ok(Some(name.into())),
        Some(_) => Err(bad(KEY, format!("must be 1 to {LONGEST} bytes long"))),
    }
}
