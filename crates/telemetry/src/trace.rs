//! A request's place in a distributed trace: continued from the caller (W3C Trace Context), or begun here.
//!
//! Nothing random is drawn: a trace that begins here has the id of its request, and spans are numbered from it. So whoever has a log
//! has the trace, and the exporter finds the ids that went to the providers in the record alone.

use crate::hex;
use crate::record::Trace;

#[cfg(test)]
mod tests;

/// Longest `tracestate` that is kept, bytes, as the standard asks for at least.
const LONGEST_STATE: usize = 512;

/// What the caller says of the trace that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Not all zero.
    pub trace_id: [u8; 16],
    /// The caller's span, not all zero; `None` when it names the trace only.
    pub span: Option<[u8; 8]>,
    /// Whether the caller records its part; `None` when it does not say.
    pub sampled: Option<bool>,
}

impl Parent {
    /// Reads a `traceparent`. `None`: it is not one, and the standard says to begin anew then.
    ///
    /// Source: <https://www.w3.org/TR/trace-context-2/#traceparent-header>. A version to come is read as far as this one goes.
    #[must_use]
    pub fn of_w3c(header: &str) -> Option<Self> {
        let mut parts = header.trim().splitn(5, '-');
        let [version, trace_id, span, flags] =
            [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
        let lower = |it: &str| !it.bytes().any(|it| it.is_ascii_uppercase());
        if ![version, trace_id, span, flags].into_iter().all(lower) {
            return None;
        }
        let [version] = hex::read::<1>(version)?;
        if version == u8::MAX || (version == 0 && parts.next().is_some()) {
            return None;
        }
        let [flags] = hex::read::<1>(flags)?;
        Some(Self {
            trace_id: hex::read(trace_id).filter(|it| *it != [0; 16])?,
            span: Some(hex::read(span).filter(|it| *it != [0; 8])?),
            sampled: Some(flags & 1 == 1),
        })
    }

    /// Reads ids that are given one by one: 32 and 16 hex digits of either case. What is malformed is as good as absent.
    #[must_use]
    pub fn of_ids(trace_id: &str, span: Option<&str>) -> Option<Self> {
        let span = span.and_then(|it| hex::read(it.trim()));
        Some(Self {
            trace_id: hex::read(trace_id.trim()).filter(|it| *it != [0; 16])?,
            span: span.filter(|it| *it != [0; 8]),
            sampled: None,
        })
    }
}

/// Which traces are exported: the samplers of OpenTelemetry's SDKs, by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// A caller that says whether it records its part decides for ours.
    parent_decides: bool,
    /// Of 2^63 traces that begin here, how many are taken.
    share: u64,
}

/// Every trace.
const ALL: u64 = 1 << 63;

impl Sampling {
    /// The default of the standard, `parentbased_always_on`.
    pub const DEFAULT: Self = Self { parent_decides: true, share: ALL };

    /// Reads `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`, a share from 0 to 1. `None`: there is no such sampler, or no such share.
    #[must_use]
    pub fn parse(sampler: &str, share: Option<&str>) -> Option<Self> {
        let (parent_decides, kind) = match sampler.strip_prefix("parentbased_") {
            Some(kind) => (true, kind),
            None => (false, sampler),
        };
        let share = match kind {
            "always_on" => ALL,
            "always_off" => 0,
            "traceidratio" => share.map_or(Some(ALL), parse_share)?,
            _ => return None,
        };
        Some(Self { parent_decides, share })
    }

    /// Whether a trace is taken. The share goes by the last bytes of the id, as in the SDKs, so that all services on the way of a trace
    /// decide alike.
    fn takes(self, trace_id: [u8; 16], caller: Option<bool>) -> bool {
        if let Some(caller) = caller.filter(|_| self.parent_decides) {
            return caller;
        }
        let [.., a, b, c, d, e, f, g, h] = trace_id;
        (u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 1) < self.share
    }
}

/// A decimal from 0 to 1, as parts of 2^63. Digits beyond the ninth make no difference.
fn parse_share(text: &str) -> Option<u64> {
    const NINTH: u32 = 9;
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let kept: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let billionths = whole.checked_mul(10_u64.pow(NINTH))?.checked_add(kept.parse().ok()?)?;
    let share = u128::from(billionths) * u128::from(ALL) / 10_u128.pow(NINTH);
    u64::try_from(share).ok().filter(|it| *it <= ALL)
}

impl Trace {
    /// The place of the request with this id (a UUID) and seed, after what its caller said.
    #[must_use]
    pub fn of(id: &str, seed: u64, parent: Option<Parent>, sampling: Sampling) -> Self {
        let own = own_id(id, seed);
        let trace_id = parent.map_or(own, |it| it.trace_id);
        let (high, low) = own.split_at(8);
        let halves = [high, low].map(|it| it.iter().fold(0, |sum, it| sum << 8 | u64::from(*it)));
        Self {
            trace_id,
            parent: parent.and_then(|it| it.span),
            span: numbered(halves.into_iter().fold(seed, |sum, it| mixed(sum ^ it)), 0),
            sampled: sampling.takes(trace_id, parent.and_then(|it| it.sampled)),
            state: None,
        }
    }

    /// The same with the caller's `tracestate`, if it is not too long to be handed on.
    #[must_use]
    pub fn in_state(self, state: Option<&str>) -> Self {
        let state = state.map(str::trim).filter(|it| (1..=LONGEST_STATE).contains(&it.len()));
        Self { state: state.map(Into::into), ..self }
    }

    /// The span of an attempt: the `nth` of the `step`th model element called, both from 0.
    #[must_use]
    pub fn attempt(&self, step: usize, nth: usize) -> [u8; 8] {
        let count = |it: usize| u64::try_from(it).unwrap_or(u64::MAX);
        numbered(u64::from_be_bytes(self.span), (count(step) << 32 | count(nth)).wrapping_add(1))
    }

    /// The `traceparent` for whoever is called from this span.
    #[must_use]
    pub fn header(&self, span: [u8; 8]) -> String {
        let flags = if self.sampled { "01" } else { "00" };
        format!("00-{}-{}-{flags}", self.trace_id(), hex::write(&span))
    }

    /// The id of the trace as 32 hex digits.
    #[must_use]
    pub fn trace_id(&self) -> String {
        hex::write(&self.trace_id)
    }
}

/// The bytes of a UUID; of anything else, some that are made of the seed.
fn own_id(id: &str, seed: u64) -> [u8; 16] {
    let digits: String = id.chars().filter(|it| *it != '-').collect();
    hex::read(&digits).filter(|it| *it != [0; 16]).unwrap_or_else(|| {
        let (high, low) = (mixed(seed), mixed(seed.wrapping_add(1)) | 1);
        (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
    })
}

/// A span id, never zero.
fn numbered(base: u64, number: u64) -> [u8; 8] {
    let span = mixed(base ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    span.max(1).to_be_bytes()
}

/// The finaliser of `SplitMix64`: one to one, and no pattern of its input shows.
fn mixed(value: u64) -> u64 {
    let value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}
