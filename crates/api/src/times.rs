//! Times on the wire: RFC 3339 in UTC with milliseconds; Unix micro- and milliseconds inside.

use crate::problem::Problem;
use jiff::Timestamp;

/// `2026-08-03T10:00:00.000Z`.
pub(crate) fn from_micros(micros: store::Micros) -> String {
    format!("{:.3}", Timestamp::from_microsecond(micros).unwrap_or_default())
}

/// The same from milliseconds.
pub(crate) fn from_millis(millis: u64) -> String {
    let stamp = i64::try_from(millis).ok().and_then(|it| Timestamp::from_millisecond(it).ok());
    format!("{:.3}", stamp.unwrap_or_default())
}

/// Reads an RFC 3339 time; `place` is where it stood in the request.
pub(crate) fn parse(text: &str, place: &[&str]) -> Result<Timestamp, Problem> {
    text.parse().map_err(|_| {
        Problem::invalid(place, format!("`{text}` is not a time; write it as 2027-01-31T12:00:00Z"))
    })
}
