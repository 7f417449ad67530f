//! What a request asks for in `cf-aig-*` headers. A value that cannot be meant is refused, never ignored.
mod recall;

pub(crate) use recall::RecallWishes;

use crate::caller::Caller;
use crate::catalog::Backoff;
use crate::reject::Reject;
use access::Permission;
use dialects::OnUnsupported;
use http::HeaderMap;
use providers::CustomCost;
use std::ops::RangeInclusive;
use std::time::Duration;

const REQUEST_TIMEOUT: &str = "cf-aig-request-timeout";
const MAX_ATTEMPTS: &str = "cf-aig-max-attempts";
const RETRY_DELAY: &str = "cf-aig-retry-delay";
const BACKOFF: &str = "cf-aig-backoff";
const COLLECT_PAYLOAD: &str = "cf-aig-collect-log-payload";
const COLLECT_LOG: &str = "cf-aig-collect-log";
const ON_UNSUPPORTED: &str = "pointsman-on-unsupported";
const KEY_ALIAS: &str = "cf-aig-byok-alias";
/// Asks for the way of the request in the response.
pub(crate) const TRACE: &str = "pointsman-trace";
pub(crate) const CUSTOM_COST: &str = "cf-aig-custom-cost";

/// The headers, read. They fill what a model element leaves absent or 0.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent wishes, each a header of its own")]
pub(crate) struct Directives {
    /// Until the first meaningful byte, an attempt.
    pub(crate) timeout: Option<Duration>,
    /// Attempts in all, 1 to 5.
    pub(crate) max_attempts: Option<u32>,
    /// Before the first retry, up to 5 s.
    pub(crate) delay: Option<Duration>,
    pub(crate) backoff: Option<Backoff>,
    pub(crate) collect_log: Option<bool>,
    /// Whether what is asked and answered is kept with it.
    pub(crate) collect_payload: Option<bool>,
    /// What to do about a model whose provider cannot be told all of the request.
    pub(crate) on_unsupported: OnUnsupported,
    /// The alias of the stored key to use, of whichever provider is called.
    pub(crate) key_alias: Option<Box<str>>,
    pub(crate) custom_cost: Option<CustomCost>,
    /// A custom cost was given without the right to; the response says so.
    pub(crate) ignored_cost: bool,
    /// The response tells the way of the request and where its time went.
    pub(crate) trace: bool,
    /// That was asked for without the right to; the response says so.
    pub(crate) ignored_trace: bool,
    /// About answers that are kept.
    pub(crate) recall: RecallWishes,
}

impl Directives {
    /// Reads them; `trusted` says whether every caller may set its own prices and see the way of its request.
    pub(crate) fn read(
        headers: &HeaderMap,
        caller: &Caller<'_>,
        trusted: bool,
    ) -> Result<Self, Reject> {
        let may_price = trusted || caller.token_may(Permission::CustomCost);
        let custom_cost = single(headers, CUSTOM_COST)?.map(CustomCost::parse).transpose();
        let custom_cost =
            custom_cost.map_err(|it| Reject::malformed(it.to_string(), Some(CUSTOM_COST)))?;
        let wants_trace = word(headers, TRACE, &[("1", true), ("0", false)])?.unwrap_or_default();
        let may_trace = trusted || caller.token_may(Permission::Read);
        Ok(Self {
            timeout: whole(headers, REQUEST_TIMEOUT, 1..=u32::MAX, "milliseconds")?.map(millis),
            max_attempts: whole(headers, MAX_ATTEMPTS, 1..=5, "attempts")?,
            delay: whole(headers, RETRY_DELAY, 0..=5000, "milliseconds")?.map(millis),
            backoff: word(
                headers,
                BACKOFF,
                &[
                    ("constant", Backoff::Constant),
                    ("linear", Backoff::Linear),
                    ("exponential", Backoff::Exponential),
                ],
            )?,
            collect_log: word(headers, COLLECT_LOG, &[("true", true), ("false", false)])?,
            collect_payload: word(headers, COLLECT_PAYLOAD, &[("true", true), ("false", false)])?,
            on_unsupported: word(
                headers,
                ON_UNSUPPORTED,
                &[("refuse", OnUnsupported::Refuse), ("drop", OnUnsupported::Drop)],
            )?
            .unwrap_or_default(),
            key_alias: alias(headers)?,
            recall: RecallWishes::read(headers)?,
            ignored_cost: custom_cost.is_some() && !may_price,
            trace: wants_trace && may_trace,
            ignored_trace: wants_trace && !may_trace,
            custom_cost: custom_cost.filter(|_| may_price),
        })
    }
}

impl Directives {
    /// Whether a request that is refused is recorded and its payload kept, as far as its headers can be meant: one that cannot keeps nothing
    /// of a payload.
    pub(crate) fn collecting(headers: &HeaderMap) -> (Option<bool>, Option<bool>) {
        let said = |name| word(headers, name, &[("true", true), ("false", false)]);
        (said(COLLECT_LOG).unwrap_or_default(), said(COLLECT_PAYLOAD).unwrap_or(Some(false)))
    }
}

fn alias(headers: &HeaderMap) -> Result<Option<Box<str>>, Reject> {
    let Some(text) = single(headers, KEY_ALIAS)? else { return Ok(None) };
    let fits = (1..=64).contains(&text.len());
    if fits && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it)) {
        return Ok(Some(text.into()));
    }
    Err(bad(KEY_ALIAS, "must be an alias: 1 to 64 letters, digits, `-` and `_`"))
}

fn millis(it: u32) -> Duration {
    Duration::from_millis(it.into())
}

/// A header that may stand once.
pub(crate) fn single<'h>(
    headers: &'h HeaderMap,
    name: &'static str,
) -> Result<Option<&'h str>, Reject> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Reject::malformed(
            format!("the header {name} is given more than once"),
            Some(name),
        ));
    }
    // HTTP allows any byte here; ours are JSON or ASCII words.
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| bad(name, "is not UTF-8"))?;
    Ok(Some(text.trim()))
}

/// A refusal that names the header.
pub(crate) fn bad(name: &'static str, why: impl std::fmt::Display) -> Reject {
    Reject::malformed(format!("the header {name} {why}"), Some(name))
}

fn whole(
    headers: &HeaderMap,
    name: &'static str,
    range: RangeInclusive<u32>,
    unit: &str,
) -> Result<Option<u32>, Reject> {
    let Some(text) = single(headers, name)? else { return Ok(None) };
    let number = text.parse().ok().filter(|it| range.contains(it));
    let (low, high) = range.into_inner();
    number
        .map(Some)
        .ok_or_else(|| bad(name, format!("must be a whole number of {unit} from {low} to {high}")))
}

fn word<T: Copy>(
    headers: &HeaderMap,
    name: &'static str,
    words: &[(&str, T)],
) -> Result<Option<T>, Reject> {
    let Some(text) = single(headers, name)? else { return Ok(None) };
    let found = words.iter().find(|(it, _)| it.eq_ignore_ascii_case(text));
    found.map(|(_, it)| Some(*it)).ok_or_else(|| {
        let known: Vec<_> = words.iter().map(|(it, _)| format!("`{it}`")).collect();
        bad(name, format!("must be {}", known.join(" or ")))
    })
}
