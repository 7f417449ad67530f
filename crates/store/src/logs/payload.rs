//! What was asked and answered, compressed.

use bytes::Bytes;
use telemetry::{Payload, Record};

use crate::db::{Row, Value};
use crate::error::{Result, unreadable};

/// Of a chat of 1 KB on both sides, level 1 leaves 55 % in 40 µs; 3 leaves 53 % in 44 µs, 9 leaves 52 % in 66 µs, -1 leaves 72 % in 19 µs
/// (`cargo run --release -p store --example log_speed -- levels`).
const LEVEL: i32 = 1;

/// The payloads of a batch, ready to be written. Making it takes the processor a while: not a thing to do where requests are served.
#[derive(Debug)]
pub struct Packed(Vec<Option<Frames>>);

#[derive(Debug)]
struct Frames {
    request: Vec<u8>,
    response: Vec<u8>,
}

impl Packed {
    /// Those of these records.
    ///
    /// # Errors
    /// When memory for it cannot be had.
    pub fn of(batch: &[Record]) -> std::io::Result<Self> {
        let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
        let mut frame = |parts: &[Bytes]| {
            Ok::<_, std::io::Error>(match parts {
                [] => Vec::new(),
                [one] if one.is_empty() => Vec::new(),
                [one] => compressor.compress(one)?,
                parts => compressor.compress(&parts.concat())?,
            })
        };
        let mut frames = |it: &Payload| {
            let request = frame(std::slice::from_ref(&it.request))?;
            Ok(Frames { request, response: frame(&it.response)? })
        };
        let packed = batch.iter().map(|it| it.payload.as_deref().map(&mut frames).transpose());
        packed.collect::<std::io::Result<_>>().map(Self)
    }

    /// The values of a row for the record at this place of the batch, when it has a payload.
    pub(super) fn values(&self, at: usize, record: &Record, n: i64) -> Option<[Value; 5]> {
        let frames = self.0.get(at)?.as_ref()?;
        let payload = record.payload.as_deref()?;
        Some([
            n.into(),
            frames.request.as_slice().into(),
            payload.request_complete.into(),
            frames.response.as_slice().into(),
            payload.response_complete.into(),
        ])
    }
}

/// Reads a row of `log_payloads`.
pub(super) fn payload(row: &Row) -> Result<Payload> {
    let part = |column| {
        let frame: Vec<u8> = row.get(column)?;
        let bytes =
            if frame.is_empty() { frame } else { zstd::decode_all(&*frame).map_err(unreadable)? };
        Ok::<_, crate::Error>(Bytes::from(bytes))
    };
    let response = part("response")?;
    Ok(Payload {
        request: part("request")?,
        response: if response.is_empty() { Vec::new() } else { vec![response] },
        request_complete: row.get("request_complete")?,
        response_complete: row.get("response_complete")?,
    })
}
