//! An answer as it was given.

use bytes::Bytes;
use chat::{FinishReason, Usage};
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE,
};
use http::{HeaderMap, HeaderName, StatusCode};

/// Largest body that is kept, bytes: 25 MiB, as in the original.
pub const MAX_BODY: usize = 25 * 1024 * 1024;

/// Headers that belong to the answer. What belongs to the call that brought it (ids, rate limits, dates, cookies) is not kept.
pub(crate) const KEPT: [HeaderName; 7] = [
    CONTENT_TYPE,
    CACHE_CONTROL,
    CONTENT_DISPOSITION,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    HeaderName::from_static("openai-version"),
    HeaderName::from_static("pointsman-dropped"),
];

/// An answer, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 2xx.
    pub status: StatusCode,
    /// Of these only what belongs to the answer itself is kept.
    pub headers: HeaderMap,
    /// The body as the caller got it, in pieces; of many pieces neighbours are kept as one.
    pub frames: Vec<Bytes>,
    /// What the call used; for the log, since being told again costs nothing.
    pub usage: Option<Usage>,
    /// Why the model stopped, if the call said so; for the log.
    pub finish: Option<FinishReason>,
}

impl Answer {
    /// Bytes of its body.
    #[must_use]
    pub fn size(&self) -> usize {
        self.frames.iter().map(Bytes::len).sum()
    }

    /// Whether it is one to keep: a success that is neither still to come (202) nor a part (206), and not too large.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        is_fit(self.status) && self.size() <= MAX_BODY
    }
}

/// Whether an answer of this status may be kept.
fn is_fit(status: StatusCode) -> bool {
    let partial = [StatusCode::ACCEPTED, StatusCode::PARTIAL_CONTENT].contains(&status);
    status.is_success() && !partial
}
