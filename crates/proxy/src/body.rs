//! Reads a request body: bounded, and copied only when it comes in several pieces.
use crate::proxy::Settings;
use crate::reject::{self, Reject};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, header};
use http_body_util::BodyExt as _;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::timeout;

/// Checks what the headers say about the body, before any of it is read.
pub(crate) fn check(headers: &HeaderMap, max: usize) -> Result<(), Reject> {
    check_size(headers, max)?;
    if is_json(headers) {
        return Ok(());
    }
    Err(Reject::new(reject::MEDIA_TYPE, "send the request with `content-type: application/json`"))
}

/// The same of a body that may be of any type.
pub(crate) fn check_size(headers: &HeaderMap, max: usize) -> Result<(), Reject> {
    let encoding = headers
        .get(header::CONTENT_ENCODING)
        .filter(|it| !it.as_bytes().eq_ignore_ascii_case(b"identity"));
    if encoding.is_some() {
        return Err(Reject::new(
            reject::MEDIA_TYPE,
            "compressed request bodies are not read; send it as it is",
        ));
    }
    match declared(headers) {
        Some(length) if length > max => Err(too_large(max)),
        _ => Ok(()),
    }
}

/// Reads it all; a caller that stops sending for as long as a provider may between chunks is given up.
pub(crate) async fn read<B>(
    headers: &HeaderMap,
    body: B,
    settings: &Settings,
) -> Result<Bytes, Reject>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: std::fmt::Display,
{
    let (max, idle) = (settings.max_body, settings.idle);
    let mut body = std::pin::pin!(body);
    let Some(first) = next(body.as_mut(), idle).await? else { return Ok(Bytes::new()) };
    let Some(second) = next(body.as_mut(), idle).await? else {
        return if first.len() > max { Err(too_large(max)) } else { Ok(first) };
    };
    let mut whole = BytesMut::with_capacity(declared(headers).unwrap_or_default().min(max));
    let mut piece = Some(second);
    whole.extend_from_slice(&first);
    while let Some(bytes) = piece {
        if bytes.len() > max.saturating_sub(whole.len()) {
            return Err(too_large(max));
        }
        whole.extend_from_slice(&bytes);
        piece = next(body.as_mut(), idle).await?;
    }
    Ok(whole.freeze())
}

/// The next piece of data; trailers are passed over.
async fn next<B>(mut body: Pin<&mut B>, idle: Duration) -> Result<Option<Bytes>, Reject>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: std::fmt::Display,
{
    while let Some(frame) = timeout(idle, body.frame()).await.map_err(|_| slow(idle))? {
        let frame = frame
            .map_err(|it| Reject::malformed(format!("the request body broke off: {it}"), None))?;
        if let Ok(data) = frame.into_data()
            && !data.is_empty()
        {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

fn declared(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// `application/json`, with any parameters.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let kind = value.split(|it| *it == b';').next().unwrap_or_default();
    kind.trim_ascii().eq_ignore_ascii_case(b"application/json")
}

fn slow(idle: Duration) -> Reject {
    Reject::new(reject::SLOW, format!("nothing of the request body came for {} s", idle.as_secs()))
}

fn too_large(max: usize) -> Reject {
    Reject::new(reject::TOO_LARGE, format!("the request body is larger than {max} bytes"))
}
