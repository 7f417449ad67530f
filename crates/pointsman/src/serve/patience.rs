//! How long a connection may take to send the head of a request.
//!
//! hyper has one timer for that, and it runs from the moment a connection is idle; so a bound that is right for a head
//! under way would cut kept connections off while a load balancer still counts on them. The timer here has two bounds:
//! a long one while nothing has come, a short one from the first byte.

use hyper::rt::{Read, ReadBufCursor, Sleep, Timer, Write};
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// From the first byte of a head to its end.
pub(super) const HEAD: Duration = Duration::from_secs(10);
/// A kept connection without a request; longer than the minute that load balancers keep theirs.
pub(super) const IDLE: Duration = Duration::from_secs(75);

/// A connection that counts its reads.
#[derive(Debug)]
pub(super) struct Watched {
    io: TokioIo<TcpStream>,
    reads: Arc<AtomicU64>,
}

/// Makes the timer of that connection.
#[derive(Clone, Debug)]
pub(super) struct Patience {
    reads: Arc<AtomicU64>,
}

/// The connection, and the timer to give to hyper with it.
pub(super) fn watch(stream: TcpStream) -> (Watched, Patience) {
    let reads = Arc::new(AtomicU64::new(0));
    (Watched { io: TokioIo::new(stream), reads: Arc::clone(&reads) }, Patience { reads })
}

impl Timer for Patience {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    /// hyper counts the deadline from now with [`HEAD`]; while nothing comes it is put off to [`IDLE`].
    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let idle = deadline + (IDLE - HEAD);
        Box::pin(Wait {
            sleep: Box::pin(tokio::time::sleep_until(idle.into())),
            reads: Arc::clone(&self.reads),
            before: Some(self.reads.load(Ordering::Relaxed)),
        })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into()
    }
}

struct Wait {
    sleep: Pin<Box<tokio::time::Sleep>>,
    reads: Arc<AtomicU64>,
    /// Reads when the wait began; `None` once the short bound runs.
    before: Option<u64>,
}

impl Sleep for Wait {}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.before.is_some_and(|it| it != self.reads.load(Ordering::Relaxed)) {
            self.before = None;
            self.sleep.as_mut().reset(tokio::time::Instant::now() + HEAD);
        }
        self.sleep.as_mut().poll(cx)
    }
}

impl Read for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        if read.is_ready() {
            self.reads.fetch_add(1, Ordering::Relaxed);
        }
        read
    }
}

impl Write for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }
}

#[cfg(test)]
mod tests;
