//! An entry as bytes: the same in memory and in a server.
//!
//! A version, the digest of who asked, when it ends, how long the body and the head are, the head as JSON, the body; the body is
//! compressed (LZ4) where that makes it a quarter smaller or more.

use crate::answer::{Answer, KEPT, MAX_BODY};
use crate::key::Key;
use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use chat::{FinishReason, Usage};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

const VERSION: u8 = 1;
/// Version, digest, end, flag, lengths of body and head.
const FIXED: usize = 1 + 32 + 8 + 1 + 4 + 4;
/// Bodies below are not worth compressing.
const SMALL: usize = 512;
/// Bodies above are not compressed: they are pictures and sound, and it would hold up a thread.
const LARGE: usize = 4 * 1024 * 1024;
/// Pieces that a body is kept in, at most about.
const PIECES: usize = 64;

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
    usage: Option<Usage>,
    #[serde(default)]
    finish: Option<FinishReason>,
    frames: Vec<u32>,
}

/// The entry of an answer until `ends_ms`; `None`: there is something in it that cannot be written, or it is too large.
pub(crate) fn seal(key: &Key, answer: &Answer, ends_ms: u64) -> Option<Bytes> {
    let (frames, body) = pieces(answer)?;
    let headers = answer.headers.iter().filter(|(name, _)| KEPT.contains(name));
    let headers = headers
        .map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect::<Option<_>>()?;
    let Answer { usage, finish, .. } = *answer;
    let head = Head { status: answer.status.as_u16(), headers, usage, finish, frames };
    let head = serde_json::to_vec(&head).ok()?;
    let packed = packed(&body);
    let body = packed.as_ref().map_or(&body[..], |it| &it[..]);
    let mut out = BytesMut::with_capacity(FIXED + head.len() + body.len());
    out.put_u8(VERSION);
    out.put_slice(&key.who);
    out.put_u64_le(ends_ms);
    out.put_u8(u8::from(packed.is_some()));
    out.put_u32_le(u32::try_from(answer.size()).ok()?);
    out.put_u32_le(u32::try_from(head.len()).ok()?);
    out.put_slice(&head);
    out.put_slice(body);
    Some(out.freeze())
}

/// The answer in an entry, if it is one of this key that has not ended.
pub(crate) fn open(key: &Key, mut entry: Bytes, now_ms: u64) -> Option<Answer> {
    if entry.len() < FIXED || entry.get_u8() != VERSION {
        return None;
    }
    let who = entry.split_to(32);
    let ends_ms = entry.get_u64_le();
    if *who != key.who || ends_ms <= now_ms {
        return None;
    }
    let packed = entry.get_u8() == 1;
    let size = usize::try_from(entry.get_u32_le()).ok().filter(|it| *it <= MAX_BODY)?;
    let head = usize::try_from(entry.get_u32_le()).ok().filter(|it| *it <= entry.len())?;
    let head: Head = serde_json::from_slice(&entry.split_to(head)).ok()?;
    let mut body =
        if packed { Bytes::from(lz4_flex::block::decompress(&entry, size).ok()?) } else { entry };
    if body.len() != size {
        return None;
    }
    let mut frames = Vec::with_capacity(head.frames.len());
    for length in &head.frames {
        let length = usize::try_from(*length).ok().filter(|it| *it <= body.len())?;
        frames.push(body.split_to(length));
    }
    let status = StatusCode::from_u16(head.status).ok()?;
    let headers = headers(&head.headers)?;
    let Head { usage, finish, .. } = head;
    body.is_empty().then_some(Answer { status, headers, frames, usage, finish })
}

fn headers(kept: &[(String, String)]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::with_capacity(24);
    for (name, value) in kept {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_str(value).ok()?);
    }
    Some(headers)
}

/// The lengths of the pieces to keep, and the body in one.
fn pieces(answer: &Answer) -> Option<(Vec<u32>, Vec<u8>)> {
    let size = answer.size();
    if size > MAX_BODY {
        return None;
    }
    let least = size.div_ceil(PIECES);
    let (mut lengths, mut body) = (Vec::new(), Vec::with_capacity(size));
    let mut begun = 0;
    for frame in &answer.frames {
        body.extend_from_slice(frame);
        begun += frame.len();
        if begun >= least && begun > 0 {
            lengths.push(u32::try_from(begun).ok()?);
            begun = 0;
        }
    }
    if begun > 0 {
        lengths.push(u32::try_from(begun).ok()?);
    }
    Some((lengths, body))
}

/// The body compressed, where that pays.
fn packed(body: &[u8]) -> Option<Vec<u8>> {
    if !(SMALL..=LARGE).contains(&body.len()) {
        return None;
    }
    let packed = lz4_flex::block::compress(body);
    (packed.len() <= body.len() / 4 * 3).then_some(packed)
}

#[cfg(test)]
mod tests;
