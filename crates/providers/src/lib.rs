//! The provider table, the price catalogue, the one HTTP client, and the built-in `echo`. Knows no routes, limits or storage.
#![expect(
    clippy::todo,
    missing_docs,
    clippy::missing_errors_doc,
    unused_variables,
    reason = "skeleton"
)]
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use secrecy::SecretString;

/// A provider is a row; what differs between providers is a named field here, never a `match` on a slug elsewhere.
#[derive(Debug)]
pub struct Provider {
    pub slug: &'static str,
    pub aliases: &'static [&'static str],
    /// What the provider's own SDK takes as its base URL; empty when it must be given (vllm: default http://localhost:8000/v1, ollama: http://localhost:11434/v1, azure…: none).
    pub base_url: &'static str,
    pub dialect: Dialect,
    pub auth: Auth,
    /// Path of chat completions below the base URL.
    pub chat_path: &'static str,
    /// `stream_options.include_usage` may be spliced in.
    pub include_usage: bool,
    /// Environment variables that may hold the key, after `POINTSMAN_PROVIDER_<SLUG>_API_KEY`.
    pub key_env: &'static [&'static str],
    /// Works without a key (echo, ollama, vllm).
    pub keyless: bool,
    /// Name of this provider in the price catalogue (LiteLLM's `litellm_provider`).
    pub price_name: &'static str,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    OpenAi,
    Echo,
    /** Known, not spoken yet; the text ends "…: ". */
    NotYet(&'static str),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    Bearer,
    Header(&'static str),
    None,
}
pub fn table() -> &'static [Provider] {
    todo!()
}
/// By slug or alias.
pub fn find(slug: &str) -> Option<&'static Provider> {
    todo!()
}

/// Pico-dollars per token, one price a class of [`chat::Usage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Price {
    pub input: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    pub audio_input: u64,
    pub output: u64,
    pub reasoning: u64,
    pub audio_output: u64,
}
impl Price {
    /// Nano-dollars, rounded up once; saturating.
    pub fn cost(&self, usage: &chat::Usage) -> u64 {
        todo!()
    }
    pub const FREE: Self = Self {
        input: 0,
        cache_read: 0,
        cache_write: 0,
        audio_input: 0,
        output: 0,
        reasoning: 0,
        audio_output: 0,
    };
}
/// Decimal dollars per token as text ("1.25e-07") to pico-dollars, rounded up.
pub fn pico(text: &str) -> Option<u64> {
    todo!()
}
/// A model in the shipped catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    pub price: Option<Price>,
    pub max_output_tokens: Option<u64>,
    pub context: Option<u64>,
}
/// The catalogue that ships with the binary: exact id, provider-qualified id, dated suffix stripped.
pub fn model(provider: &str, model: &str) -> Option<Model> {
    todo!()
}
/// Date and version of the shipped catalogue.
pub fn catalogue_version() -> &'static str {
    todo!()
}

pub type Body = BoxBody<Bytes, Error>;
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("name resolution failed: {0}")]
    Dns(String),
    #[error("connection failed: {0}")]
    Connect(String),
    #[error("TLS failed: {0}")]
    Tls(String),
    #[error("the address is private and this provider may not point there")]
    Private,
    #[error("the connection broke: {0}")]
    Broken(String),
}
/// The single sender (hyper-util legacy client; rustls; large idle pools; no redirects, cookies, decompression or proxies).
#[derive(Clone, Debug)]
pub struct Client {/* private */}
#[derive(Clone, Debug)]
pub struct ClientOptions {
    pub http1_only: bool,
    /** Extra root certificates (PEM), for tests and private CAs. */
    pub extra_roots_pem: Option<Vec<u8>>,
}
impl Client {
    pub fn new(options: &ClientOptions) -> Result<Self, Error> {
        todo!()
    }
    /// For tests: connections come from the function (an in-memory upstream under virtual time).
    pub fn with_connector<F, Fut, Io>(connect: F) -> Self
    where
        F: Fn(http::Uri) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = std::io::Result<Io>> + Send + 'static,
        Io: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        todo!()
    }
    /// Sends; resolves at the response head. Dropping the future or the body closes or cancels the upstream call.
    /// `public_only`: refuse private, loopback, link-local and metadata addresses after name resolution.
    pub fn send(
        &self,
        request: http::Request<Spliced>,
        public_only: bool,
    ) -> impl Future<Output = Result<http::Response<hyper::body::Incoming>, Error>> + Send {
        async { todo!() }
    }
}
/// A request body of a few shared segments, length known.
#[derive(Debug)]
pub struct Spliced {/* private; impl http_body::Body<Data = Bytes, Error = Infallible>; From<chat::Spliced> */}

/// A provider as one gateway uses it: row or custom provider, base URL, key.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub slug: Box<str>,
    pub dialect: Dialect,
    pub auth: Auth,
    /// Absolute URL of chat completions.
    pub chat_uri: http::Uri,
    pub include_usage: bool,
    pub key: Option<Key>,
    pub public_only: bool,
    /// Fixed extra headers of a custom provider.
    pub headers: Vec<(http::HeaderName, http::HeaderValue)>,
}
/// A provider key and the name by which logs may call it ("stored:default", "env", "caller").
#[derive(Clone, Debug)]
pub struct Key {
    pub alias: Box<str>,
    pub secret: SecretString,
}

pub mod echo {
    //! The built-in provider for trying routes out and for tests: answers from the process, no key, no network, cost 0.
    //! `echo` repeats the last user message; `echo-slow` does so with 100 ms between words; `echo-fail` answers 500.
    /// A wire-true OpenAI response (plain or SSE, usage included).
    pub fn answer(model: &str, body: &[u8], stream: bool) -> http::Response<super::Body> {
        todo!()
    }
}
