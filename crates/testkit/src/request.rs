//! Reading a request off the wire, as much of HTTP/1.1 as a client library writes.

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;

/// A request the upstream has seen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When it was complete, on tokio's clock.
    pub at: Instant,
    /// Its method, upper case.
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// Every header as sent.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// When the client left before the script was played to its end.
    pub dropped: Option<Instant>,
}

impl Seen {
    /// A header as text; empty when absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether the body asks for `stream_options.include_usage`.
    #[must_use]
    pub fn asks_usage(&self) -> bool {
        self.json().pointer("/stream_options/include_usage") == Some(&true.into())
    }
}

/// The next request of a connection; `None` when the client has closed it.
pub(crate) async fn read<R>(from: &mut R, buffer: &mut BytesMut) -> io::Result<Option<Seen>>
where
    R: AsyncRead + Unpin,
{
    let Some(head) = upto(from, buffer, b"\r\n\r\n").await? else {
        return Ok(None);
    };
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let method = first.next().unwrap_or_default().to_owned();
    let path = first.next().unwrap_or_default().to_owned();
    let headers: HeaderMap = lines.filter_map(header).collect();
    let body = body(from, buffer, &headers).await?;
    Ok(Some(Seen { at: Instant::now(), method, path, headers, body, dropped: None }))
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    Some((name.parse().ok()?, value.trim().parse().ok()?))
}

async fn body<R>(from: &mut R, buffer: &mut BytesMut, headers: &HeaderMap) -> io::Result<Bytes>
where
    R: AsyncRead + Unpin,
{
    if headers.get("transfer-encoding").is_some_and(|it| it == "chunked") {
        return chunked(from, buffer).await;
    }
    let length = headers.get("content-length").and_then(|it| it.to_str().ok()?.parse().ok());
    exactly(from, buffer, length.unwrap_or(0)).await
}

async fn chunked<R: AsyncRead + Unpin>(from: &mut R, buffer: &mut BytesMut) -> io::Result<Bytes> {
    let mut body = BytesMut::new();
    loop {
        let line = upto(from, buffer, b"\r\n").await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let size = String::from_utf8_lossy(&line);
        let size = usize::from_str_radix(size.trim(), 16)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        body.extend_from_slice(&exactly(from, buffer, size).await?);
        exactly(from, buffer, 2).await?;
        if size == 0 {
            return Ok(body.freeze());
        }
    }
}

/// Bytes up to a mark, which is consumed; `None` at a clean end.
async fn upto<R>(from: &mut R, buffer: &mut BytesMut, mark: &[u8]) -> io::Result<Option<Bytes>>
where
    R: AsyncRead + Unpin,
{
    loop {
        if let Some(at) = buffer.windows(mark.len()).position(|it| it == mark) {
            let found = buffer.split_to(at).freeze();
            buffer.advance(mark.len());
            return Ok(Some(found));
        }
        if from.read_buf(buffer).await? == 0 {
            return if buffer.is_empty() {
                Ok(None)
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            };
        }
    }
}

async fn exactly<R>(from: &mut R, buffer: &mut BytesMut, count: usize) -> io::Result<Bytes>
where
    R: AsyncRead + Unpin,
{
    while buffer.len() < count {
        if from.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(buffer.split_to(count).freeze())
}
