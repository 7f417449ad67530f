//! Sockets: bound, accepted from, and closed in good order.

use super::Site;
use super::patience::{HEAD, watch};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use rustix::process::{Resource, getrlimit, setrlimit};
use socket2::{Domain, Protocol, Socket, Type};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const BACKLOG: i32 = 4096;
/// Prompts are large: with the default a body of 100 KB arrives in several wake-ups.
const RECEIVE_BUFFER: usize = 256 * 1024;
/// All headers of a request together.
const MAX_HEAD: usize = 64 * 1024;
const MAX_HEAD_H2: u32 = 64 * 1024;
/// Read at once; more is read in several steps. A body that comes in pieces is put together in a buffer of its own size, so a larger one here
/// would only be memory, once a connection.
const MAX_BUFFER: usize = 64 * 1024;

/// A listening socket for this address, with options that accepted connections inherit.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Lets the process have as many sockets as the system allows it: a stream takes two, and many systems start with 1024.
pub(crate) fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}

/// Everything that accepts, and every connection accepted.
#[derive(Debug)]
pub(crate) struct Listeners {
    tasks: TaskTracker,
    connections: Arc<Semaphore>,
    /// No new connections, no new requests.
    stop: CancellationToken,
    /// Not even what is under way.
    cut: CancellationToken,
}

impl Listeners {
    /// At most so many connections at a time; further ones wait in the backlog.
    pub(crate) fn new(max_connections: usize) -> Self {
        Self {
            tasks: TaskTracker::new(),
            connections: Arc::new(Semaphore::new(max_connections)),
            stop: CancellationToken::new(),
            cut: CancellationToken::new(),
        }
    }

    /// Accepts from `listener` until the end.
    pub(crate) fn serve(&self, listener: TcpListener, site: Site) {
        let accepting = Accepting {
            listener,
            site: Arc::new(site),
            tasks: self.tasks.clone(),
            connections: Arc::clone(&self.connections),
            stop: self.stop.clone(),
            cut: self.cut.clone(),
        };
        self.tasks.spawn(accepting.run());
    }

    /// Closes the listeners and the idle connections at once, the others after their request, and what is left at the limit
    /// then; its permits are settled and its records written like those of a client that left. False: something was left.
    pub(crate) async fn drain(self, limit: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        let in_time = tokio::time::timeout(limit, self.tasks.wait()).await.is_ok();
        self.cut.cancel();
        self.tasks.wait().await;
        in_time
    }
}

struct Accepting {
    listener: TcpListener,
    site: Arc<Site>,
    tasks: TaskTracker,
    connections: Arc<Semaphore>,
    stop: CancellationToken,
    cut: CancellationToken,
}

impl Accepting {
    async fn run(self) {
        self.stop.run_until_cancelled(self.accept()).await;
    }

    async fn accept(&self) {
        loop {
            let Ok(place) = Arc::clone(&self.connections).acquire_owned().await else { return };
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            };
            // Tokens of its own: a token is locked when it is looked at, which connections on other cores should not wait for.
            let served = connection(stream, Arc::clone(&self.site), self.stop.child_token());
            let cut = self.cut.child_token();
            self.tasks.spawn(async move {
                let _place = place;
                cut.run_until_cancelled(served).await;
            });
        }
    }
}

/// A connection that failed before it was accepted concerns nobody; being out of file handles passes only with time.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        return;
    }
    tracing::error!(%error, "connections cannot be accepted");
    tokio::time::sleep(Duration::from_millis(100)).await;
}

async fn connection(stream: TcpStream, site: Arc<Site>, stop: CancellationToken) {
    // Only costs latency when it fails.
    let _ = stream.set_nodelay(true);
    let spoken = tokio::time::timeout(HEAD, protocol(&stream));
    let Some(Ok(Ok(protocol))) = stop.run_until_cancelled(spoken).await else { return };
    let service = service_fn(move |request: Request<Incoming>| {
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(site.answer(request).await) }
    });
    let (io, patience) = watch(stream);
    let ended = match protocol {
        Protocols::Http1 => {
            let mut http = http1::Builder::new();
            http.timer(patience).header_read_timeout(HEAD);
            http.max_header_size(MAX_HEAD).max_buf_size(MAX_BUFFER);
            until_ended(http.serve_connection(io, service), &stop).await
        }
        Protocols::Http2 => {
            let mut http = http2::Builder::new(TokioExecutor::new());
            http.timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
            http.max_header_list_size(MAX_HEAD_H2).max_concurrent_streams(1024);
            until_ended(http.serve_connection(io, service), &stop).await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// To its end; after `stop`, to the end of the request under way.
async fn until_ended<C: GracefulConnection>(
    connection: C,
    stop: &CancellationToken,
) -> Result<(), C::Error> {
    let mut connection = pin!(connection);
    if let Some(ended) = stop.run_until_cancelled(connection.as_mut()).await {
        return ended.map(drop);
    }
    connection.as_mut().graceful_shutdown();
    connection.await.map(drop)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocols {
    Http1,
    Http2,
}

/// HTTP/2 without TLS begins with `PRI`, and no HTTP/1 method does. Nothing is taken from the stream.
async fn protocol(stream: &TcpStream) -> io::Result<Protocols> {
    const PREFACE: &[u8; 3] = b"PRI";
    let mut start = [0; 3];
    loop {
        let seen = stream.peek(&mut start).await?;
        let (seen, wanted) =
            (start.get(..seen).unwrap_or_default(), PREFACE.get(..seen).unwrap_or_default());
        match seen.len() {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            3 if seen == wanted => return Ok(Protocols::Http2),
            _ if seen != wanted => return Ok(Protocols::Http1),
            // A part of the preface: a rare sight, so looking again is enough.
            _ => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}
