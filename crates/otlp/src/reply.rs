//! What an export is made of, and what a collector's answer means.

use crate::pipe::Batch;
use crate::target::{Encoding, Signal, Target};
use crate::values::Resource;
use bytes::{BufMut as _, Bytes, BytesMut};
use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER, TE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Limited};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans};
use prost::Message as _;
use providers::{Client, Spliced};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// Most of an answer that is read.
const LONGEST_REPLY: usize = 64 * 1024;

/// What became of an export.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Taken but for so many spans, or points of metrics.
    Taken { refused: u64 },
    /// It may go better another time, not before the collector says.
    Later { why: String, after: Option<Duration> },
    /// It will never be taken.
    Refused { why: String },
}

impl Outcome {
    /// No answer came in time.
    pub(crate) fn late() -> Self {
        Self::Later { why: "it did not answer in time".to_owned(), after: None }
    }
}

/// The message of these spans.
pub(crate) fn message(batch: Batch, resource: &Resource) -> ExportTraceServiceRequest {
    // Other collectors may have them to send, too.
    let spans = batch.made.into_iter().flat_map(|it| Arc::unwrap_or_clone(it.spans)).collect();
    let scope_spans = vec![ScopeSpans { scope: Some(scope()), spans, ..ScopeSpans::default() }];
    let resource = Some(resource.message());
    let resource_spans = vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }
}

/// Who made them.
pub(crate) fn scope() -> InstrumentationScope {
    InstrumentationScope {
        name: "pointsman".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    }
}

/// Written as the target wants it.
pub(crate) fn written(message: &(impl prost::Message + Serialize), encoding: Encoding) -> Bytes {
    match encoding {
        Encoding::Protobuf => message.encode_to_vec().into(),
        Encoding::Json => serde_json::to_vec(message).unwrap_or_default().into(),
        Encoding::Grpc => {
            let len = message.encoded_len();
            let mut framed = BytesMut::with_capacity(len + 5);
            // Not compressed, and how long it is.
            framed.put_u8(0);
            framed.put_u32(u32::try_from(len).unwrap_or(u32::MAX));
            framed.put_slice(&message.encode_to_vec());
            framed.freeze()
        }
    }
}

/// Sends once, and says what came of it.
pub(crate) async fn send(client: &Client, target: &Target, signal: Signal, body: Bytes) -> Outcome {
    let request = match request(target, signal, body) {
        Ok(request) => request,
        Err(error) => return Outcome::Refused { why: error.to_string() },
    };
    let response = match client.send(request, target.public_only).await {
        Ok(response) => response,
        Err(error @ providers::Error::Private) => {
            return Outcome::Refused { why: error.to_string() };
        }
        Err(error) => return Outcome::Later { why: error.to_string(), after: None },
    };
    let (head, body) = response.into_parts();
    let Ok(collected) = Limited::new(body, LONGEST_REPLY).collect().await else {
        return later("its answer broke or is too long", None);
    };
    let trailers = collected.trailers().cloned().unwrap_or_default();
    let body = collected.to_bytes();
    match target.encoding {
        Encoding::Grpc => grpc(head.status, &head.headers, &trailers, &body),
        encoding => over_http(head.status, &head.headers, &body, encoding),
    }
}

fn request(target: &Target, signal: Signal, body: Bytes) -> Result<Request<Spliced>, http::Error> {
    let mut parts = target.url.clone().into_parts();
    if target.encoding == Encoding::Grpc {
        parts.path_and_query = Some(http::uri::PathAndQuery::from_static(signal.grpc_path()));
    }
    let mut request = Request::new(Spliced::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::from_parts(parts)?;
    let headers = request.headers_mut();
    let agent = concat!("pointsman/", env!("CARGO_PKG_VERSION"));
    headers.insert(USER_AGENT, HeaderValue::from_static(agent));
    for (name, value) in &target.headers {
        headers.insert(name, value.clone());
    }
    let kind = match target.encoding {
        Encoding::Protobuf => "application/x-protobuf",
        Encoding::Json => "application/json",
        Encoding::Grpc => "application/grpc",
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if target.encoding == Encoding::Grpc {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    Ok(request)
}

fn later(why: &str, after: Option<Duration>) -> Outcome {
    Outcome::Later { why: why.to_owned(), after }
}

/// <https://opentelemetry.io/docs/specs/otlp/#otlphttp-response>: what may be tried again are 429, 502, 503 and 504.
fn over_http(status: StatusCode, headers: &HeaderMap, body: &[u8], encoding: Encoding) -> Outcome {
    if status.is_success() {
        return Outcome::Taken { refused: refused(body, encoding) };
    }
    let why = format!("it answered {status}");
    match status.as_u16() {
        429 | 502 | 503 | 504 => Outcome::Later { why, after: retry_after(headers) },
        _ => Outcome::Refused { why },
    }
}

/// <https://opentelemetry.io/docs/specs/otlp/#failures>: what may be tried again, by gRPC's numbers.
fn grpc(status: StatusCode, head: &HeaderMap, trailers: &HeaderMap, body: &[u8]) -> Outcome {
    const AGAIN: [u16; 6] = [1, 4, 10, 11, 14, 15];
    if status != StatusCode::OK {
        return over_http(status, head, body, Encoding::Grpc);
    }
    // An answer without a message has its status in the head.
    let code = trailers.get("grpc-status").or_else(|| head.get("grpc-status"));
    match code.and_then(|it| it.to_str().ok()).and_then(|it| it.parse::<u16>().ok()) {
        Some(0) => {
            Outcome::Taken { refused: refused(body.get(5..).unwrap_or(&[]), Encoding::Grpc) }
        }
        Some(code) if AGAIN.contains(&code) => {
            later(&format!("it answered gRPC status {code}"), None)
        }
        Some(code) => Outcome::Refused { why: format!("it answered gRPC status {code}") },
        None => later("its answer has no gRPC status", None),
    }
}

/// Spans or points that a collector did not want of what it took otherwise. In protobuf the answers of both services have the same members.
fn refused(body: &[u8], encoding: Encoding) -> u64 {
    const OF_JSON: [&str; 2] =
        ["/partialSuccess/rejectedSpans", "/partialSuccess/rejectedDataPoints"];
    let items = match encoding {
        // 64-bit numbers are text in JSON of protobuf, and collectors write either.
        Encoding::Json => {
            let reply: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            let items = OF_JSON.iter().find_map(|it| reply.pointer(it));
            items.and_then(|it| it.as_i64().or_else(|| it.as_str()?.parse().ok()))
        }
        Encoding::Protobuf | Encoding::Grpc => {
            let reply = ExportTraceServiceResponse::decode(body).unwrap_or_default();
            reply.partial_success.map(|it| it.rejected_spans)
        }
    };
    items.and_then(|it| u64::try_from(it).ok()).unwrap_or_default()
}

/// Seconds, or a date, which counts from the answer's own.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let now = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    httpdate::parse_http_date(text).ok()?.duration_since(now).ok()
}

#[cfg(test)]
mod tests;
