//! Times in answers of AWS.

use crate::Error;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// Unix milliseconds of `2026-01-31T12:00:00Z`.
pub(super) fn unix_ms(text: &str) -> Result<u64, Error> {
    let time = DateTime::from_str(text, Format::DateTimeWithOffset).ok();
    let ms = time.and_then(|it| it.to_millis().ok()).and_then(|it| u64::try_from(it).ok());
    ms.ok_or_else(|| {
        Error::Credentials("AWS says no time at which its credentials expire".to_owned())
    })
}
