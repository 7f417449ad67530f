//! Small pieces of responses.
use http::HeaderValue;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a header value may not hold as it is.
const UNSAFE: &AsciiSet = &CONTROLS.add(b'%');

/// A header value of any text; what a header cannot hold is percent-encoded.
pub(crate) fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).ok().filter(|_| value.is_ascii()).unwrap_or_else(|| {
        let encoded = utf8_percent_encode(value, UNSAFE).to_string();
        HeaderValue::from_str(&encoded).unwrap_or(HeaderValue::from_static("-"))
    })
}
