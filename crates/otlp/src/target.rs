//! Where spans and metrics are sent, and how.

use http::{HeaderName, HeaderValue, Uri};

/// A collector.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// The whole URL that is posted to; of gRPC, the server.
    pub url: Uri,
    /// Sent with every export; they may be secret.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// How messages are written.
    pub encoding: Encoding,
    /// It was named over the API and may not be on a private address.
    pub public_only: bool,
}

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Protobuf over HTTP/1.1.
    Protobuf,
    /// JSON over HTTP/1.1.
    Json,
    /// Protobuf in a unary call over HTTP/2.
    Grpc,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    Traces,
    Metrics,
}

impl Signal {
    /// The method of the service that takes it.
    pub(crate) const fn grpc_path(self) -> &'static str {
        match self {
            Self::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            Self::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        }
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Target").field(&self.host()).field(&self.encoding).finish()
    }
}

impl Target {
    /// For messages: the rest of the URL may be secret.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.authority().map_or("", http::uri::Authority::as_str)
    }
}
