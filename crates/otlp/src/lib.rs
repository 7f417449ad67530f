//! Spans of finished requests and the process's metrics, and their export to OpenTelemetry collectors: off the path of requests, batched,
//! bounded, tried again.
//!
//! The path of a request has no tracer on it. It ends with a record; here spans are made of records, and sent as OTLP over HTTP (protobuf
//! or JSON) or gRPC. The messages are those of the official crate; the official SDK is not used, because its pipeline is one a process and
//! gateways have collectors of their own that come and go.

mod exporter;
mod families;
mod meter;
mod names;
mod path;
mod pipe;
mod reply;
mod spans;
mod target;
mod values;

pub use exporter::{Exporter, Options};
pub use meter::{Meter, Metering};
pub use spans::{Content, spans};
pub use target::{Encoding, Target};
pub use values::Resource;
