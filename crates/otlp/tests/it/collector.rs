//! A collector: decodes what it gets, and answers by a script.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

/// What the collector does with an export; when the script is over, it takes everything.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    Take,
    /// A status, and `Retry-After`.
    Status(u16, Option<&'static str>),
    /// It takes all but so many spans.
    Partly(i64),
    /// gRPC status of a call that fails.
    Grpc(u16),
    /// No answer.
    Silence,
}

#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) at: Instant,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) message: ExportTraceServiceRequest,
    pub(crate) metrics: Vec<Metric>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Collector {
    got: Arc<Mutex<Vec<Got>>>,
    script: Arc<Mutex<VecDeque<Play>>>,
}

type Body = http_body_util::combinators::BoxBody<Bytes, Infallible>;

impl Collector {
    pub(crate) fn playing(script: impl IntoIterator<Item = Play>) -> Self {
        let script = Arc::new(Mutex::new(script.into_iter().collect()));
        Self { script, ..Self::default() }
    }

    /// Takes everything from now on.
    pub(crate) fn come_back(&self) {
        self.script.lock().expect("not poisoned").clear();
    }

    /// Exports so far, failed ones included.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&[Got]) -> T) -> T {
        look(&self.got.lock().expect("not poisoned"))
    }

    pub(crate) fn exports(&self) -> usize {
        self.look(<[Got]>::len)
    }

    /// Spans of one export.
    pub(crate) fn spans(&self, export: usize) -> Vec<Span> {
        self.look(|got| {
            let all = &got[export].message.resource_spans;
            all.iter().flat_map(|it| &it.scope_spans).flat_map(|it| it.spans.clone()).collect()
        })
    }

    pub(crate) async fn serve(self, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let service = service_fn(move |request| {
            let collector = self.clone();
            async move { Ok::<_, Infallible>(collector.answer(request).await) }
        });
        let _closed =
            Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(io), service).await;
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let kind = head.headers["content-type"].to_str().expect("text").to_owned();
        let path = head.uri.path().to_owned();
        let mut got = Got {
            at: Instant::now(),
            path: path.clone(),
            headers: head.headers,
            message: ExportTraceServiceRequest::default(),
            metrics: Vec::new(),
        };
        if path.to_lowercase().contains("metrics") {
            let message: ExportMetricsServiceRequest = read(&kind, &body);
            let scopes = message.resource_metrics.into_iter().flat_map(|it| it.scope_metrics);
            got.metrics = scopes.flat_map(|it| it.metrics).collect();
        } else {
            got.message = read(&kind, &body);
        }
        self.got.lock().expect("not poisoned").push(got);
        let play = self.script.lock().expect("not poisoned").pop_front().unwrap_or(Play::Take);
        reply(&play, &kind).await
    }
}

fn read<M: prost::Message + Default + DeserializeOwned>(kind: &str, body: &[u8]) -> M {
    match kind {
        "application/json" => serde_json::from_slice(body).expect("JSON of OTLP"),
        "application/x-protobuf" => M::decode(body).expect("protobuf"),
        "application/grpc" => {
            let len = u32::from_be_bytes(body[1..5].try_into().expect("four bytes"));
            assert_eq!((body[0], len as usize), (0, body.len() - 5));
            M::decode(&body[5..]).expect("protobuf")
        }
        other => panic!("{other}"),
    }
}

async fn reply(play: &Play, kind: &str) -> Response<Body> {
    match (play, kind) {
        (Play::Silence, _) => std::future::pending().await,
        (Play::Status(status, after), _) => {
            let mut response = Response::new(whole(Bytes::new()));
            *response.status_mut() = StatusCode::from_u16(*status).expect("a status");
            if let Some(after) = after {
                response.headers_mut().insert("retry-after", after.parse().expect("a value"));
            }
            response
        }
        (Play::Grpc(code), _) => trailing(Bytes::new(), *code),
        (Play::Take, "application/grpc") => trailing(Bytes::from_static(&[0; 5]), 0),
        (Play::Partly(refused), "application/json") => {
            let body = format!(r#"{{"partialSuccess":{{"rejectedSpans":"{refused}"}}}}"#);
            Response::new(whole(body.into()))
        }
        (Play::Partly(_), other) => panic!("{other} takes all or nothing in these tests"),
        (Play::Take, "application/json") => Response::new(whole(Bytes::from_static(b"{}"))),
        (Play::Take, _) => Response::new(whole(Bytes::new())),
    }
}

fn whole(body: Bytes) -> Body {
    Full::new(body).boxed()
}

fn trailing(body: Bytes, code: u16) -> Response<Body> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", code.into());
    let frames = [Ok(Frame::data(body)), Ok(Frame::trailers(trailers))];
    let body = StreamBody::new(futures_util::stream::iter(frames));
    let mut response = Response::new(body.boxed());
    response.headers_mut().insert("content-type", "application/grpc".parse().expect("a value"));
    response
}
