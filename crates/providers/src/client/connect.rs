//! From a URL to a TCP connection: resolve, check, connect to what was checked.

use crate::client::address::is_public;
use crate::error::Error;
use http::Uri;
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tower::{BoxError, Service};

/// For resolving, connecting and the TLS handshake together.
const CONNECT: Duration = Duration::from_secs(10);

type Connecting<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// Makes TCP connections, with `TCP_NODELAY`.
#[derive(Clone, Debug)]
pub(super) struct Tcp {
    /// Connect to addresses of the public internet only.
    pub(super) public_only: bool,
}

impl Service<Uri> for Tcp {
    type Response = TokioIo<TcpStream>;
    type Error = Error;
    type Future = Connecting<Self::Response, Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let public_only = self.public_only;
        Box::pin(async move { connect(&uri, public_only).await.map(TokioIo::new) })
    }
}

async fn connect(uri: &Uri, public_only: bool) -> Result<TcpStream, Error> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    let found = lookup_host((host, port)).await;
    let mut addresses: Vec<SocketAddr> =
        found.map_err(|error| Error::Dns(format!("{host}: {error}")))?.collect();
    if addresses.is_empty() {
        return Err(Error::Dns(format!("{host}: no address")));
    }
    if public_only {
        addresses.retain(|it| is_public(it.ip()));
        if addresses.is_empty() {
            return Err(Error::Private);
        }
    }
    first(&addresses).await.map_err(|error| Error::Connect(format!("{host}:{port}: {error}")))
}

/// The first address that answers. Each has its part of the time, so that one that swallows
/// packets leaves some to the others.
async fn first(addresses: &[SocketAddr]) -> std::io::Result<TcpStream> {
    let share = CONNECT / u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = std::io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

/// Bounds the time a connector may take, TLS included.
#[derive(Clone, Debug)]
pub(super) struct Timed<C>(pub(super) C);

impl<C> Service<Uri> for Timed<C>
where
    C: Service<Uri, Error = BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Connecting<C::Response, BoxError>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let host = uri.authority().map_or("", |it| it.host()).to_owned();
        let connecting = self.0.call(uri);
        Box::pin(async move {
            match timeout(CONNECT, connecting).await {
                Ok(connected) => connected,
                Err(_) => Err(Error::Connect(format!("{host}: no connection within 10 s")).into()),
            }
        })
    }
}

#[cfg(test)]
mod tests;
