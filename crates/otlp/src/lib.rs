//! Spans of finished requests, and their export to OpenTelemetry collectors: off the path of requests, batched, bounded, tried again.
//!
//! The path of a request has no tracer on it. It ends with a record; here spans are made of records, and sent as OTLP over HTTP (protobuf
//! or JSON) or gRPC. The messages are those of the official crate; the official SDK is not used, because its pipeline is one a process and
//! gateways have collectors of their own that come and go.

mod exporter;
mod names;
mod path;
mod pipe;
mod reply;
mod spans;
mod target;

pub use exporter::{Exporter, Options};
pub use spans::{Content, Resource, spans};
pub use target::{Encoding, Target};
