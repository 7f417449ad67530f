//! The server: takes connections, reads requests, plays scripts, notices who leaves.

use crate::request::{self, Seen};
use crate::script::{Delay, Piece, Script};
use bytes::BytesMut;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf,
};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// A scripted upstream. Clones share scripts and what was seen; servers stop when the last is gone.
#[derive(Clone, Debug)]
pub struct FakeUpstream(Arc<Shared>);

struct Shared {
    source: Source,
    seen: Mutex<Vec<Seen>>,
    connections: Mutex<usize>,
    tasks: Mutex<Vec<AbortHandle>>,
}

enum Source {
    /// In order; the last one is played again and again.
    Queue(Mutex<VecDeque<Script>>),
    Closure(Box<dyn Fn(&Seen) -> Script + Send + Sync>),
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FakeUpstream").field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for task in lock(&self.tasks).drain(..) {
            task.abort();
        }
    }
}

impl FakeUpstream {
    /// Plays the scripts in order, a request each, and the last one from then on.
    #[must_use]
    pub fn playing(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self::of(Source::Queue(Mutex::new(scripts.into_iter().collect())))
    }

    /// Chooses a script by the request.
    #[must_use]
    pub fn answering(choose: impl Fn(&Seen) -> Script + Send + Sync + 'static) -> Self {
        Self::of(Source::Closure(Box::new(choose)))
    }

    fn of(source: Source) -> Self {
        let shared = Shared {
            source,
            seen: Mutex::default(),
            connections: Mutex::default(),
            tasks: Mutex::default(),
        };
        Self(Arc::new(shared))
    }

    /// Every request seen so far, in order of their completion.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.0.seen).clone()
    }

    /// How many connections were made.
    #[must_use]
    pub fn connections(&self) -> usize {
        *lock(&self.0.connections)
    }

    /// A connection in memory, for a client with its own connector.
    ///
    /// # Errors
    /// Connection refused, when the next script says so.
    pub fn connect(&self) -> io::Result<DuplexStream> {
        if self.refuses() {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let (near, far) = tokio::io::duplex(64 * 1024);
        self.spawn(far);
        Ok(near)
    }

    /// Listens on a free port of the loopback address.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn listen(&self) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::downgrade(&self.0);
        let accept = async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Some(shared) = shared.upgrade() else { return };
                drop(stream.set_nodelay(true));
                Self(shared).spawn(stream);
            }
        };
        self.keep(accept);
        Ok(address)
    }

    /// An address on which nobody listens.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn refusing() -> io::Result<SocketAddr> {
        TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()
    }

    fn refuses(&self) -> bool {
        let Source::Queue(queue) = &self.0.source else { return false };
        let mut queue = lock(queue);
        let refuse = queue.front().is_some_and(|it| it.refuse);
        if refuse && queue.len() > 1 {
            queue.pop_front();
        }
        refuse
    }

    fn spawn<S: AsyncRead + AsyncWrite + Send + 'static>(&self, stream: S) {
        *lock(&self.0.connections) += 1;
        let shared = Arc::downgrade(&self.0);
        let (reader, writer) = tokio::io::split(stream);
        let mut connection = Connection { reader, writer, unread: BytesMut::new() };
        self.keep(async move {
            while let Ok(Some(seen)) =
                request::read(&mut connection.reader, &mut connection.unread).await
            {
                let Some(shared) = shared.upgrade() else { return };
                let script = shared.script(&seen);
                let asks_usage = seen.asks_usage();
                let index = shared.note(seen);
                let outcome = connection.play(&script, asks_usage).await;
                if outcome == Outcome::Left {
                    shared.left(index);
                }
                if outcome != Outcome::Played {
                    return;
                }
            }
        });
    }

    #[expect(clippy::disallowed_methods, reason = "a test server has no shutdown to wait for")]
    fn keep(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.0.tasks);
        tasks.retain(|it| !it.is_finished());
        tasks.push(tokio::spawn(task).abort_handle());
    }
}

impl Shared {
    fn script(&self, seen: &Seen) -> Script {
        match &self.source {
            Source::Closure(choose) => choose(seen),
            Source::Queue(queue) => {
                let mut queue = lock(queue);
                let next = if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() };
                next.unwrap_or_else(|| Script::error(500, "the script is empty"))
            }
        }
    }

    fn note(&self, seen: Seen) -> usize {
        let mut all = lock(&self.seen);
        all.push(seen);
        all.len() - 1
    }

    fn left(&self, index: usize) {
        if let Some(seen) = lock(&self.seen).get_mut(index) {
            seen.dropped = Some(Instant::now());
        }
    }
}

/// How playing a script ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// To its end: the connection may serve another request.
    Played,
    /// The script closed the connection.
    Closed,
    /// The client did.
    Left,
}

struct Connection<S> {
    reader: ReadHalf<S>,
    writer: WriteHalf<S>,
    unread: BytesMut,
}

impl<S: AsyncRead + AsyncWrite> Connection<S> {
    async fn play(&mut self, script: &Script, asks_usage: bool) -> Outcome {
        match script.delay {
            Delay::No => {}
            Delay::Reset => return Outcome::Closed,
            Delay::Forever => return self.wait(None).await.unwrap_or(Outcome::Left),
            Delay::For(time) => {
                if let Some(left) = self.wait(Some(time)).await {
                    return left;
                }
            }
        }
        match self.respond(script, asks_usage).await {
            Ok(outcome) => outcome,
            Err(_) => Outcome::Left,
        }
    }

    async fn respond(&mut self, script: &Script, asks_usage: bool) -> io::Result<Outcome> {
        self.writer.write_all(head(script).as_bytes()).await?;
        for piece in &script.pieces {
            match piece {
                Piece::Usage(_) if !asks_usage => {}
                Piece::Data(data) | Piece::Usage(data) if script.fixed => {
                    self.writer.write_all(data).await?;
                }
                Piece::Data(data) | Piece::Usage(data) => {
                    let size = format!("{:x}\r\n", data.len());
                    self.writer.write_all(&[size.as_bytes(), data, b"\r\n"].concat()).await?;
                }
                Piece::Wait(time) => {
                    if let Some(left) = self.wait(Some(*time)).await {
                        return Ok(left);
                    }
                }
                Piece::Stall => return Ok(self.wait(None).await.unwrap_or(Outcome::Left)),
                Piece::Reset => return Ok(Outcome::Closed),
            }
            self.writer.flush().await?;
        }
        if !script.fixed {
            self.writer.write_all(b"0\r\n\r\n").await?;
            self.writer.flush().await?;
        }
        Ok(Outcome::Played)
    }

    /// Waits, and notices when the client leaves meanwhile.
    async fn wait(&mut self, time: Option<Duration>) -> Option<Outcome> {
        let forever = Duration::from_secs(365 * 86_400);
        let end = Instant::now() + time.unwrap_or(forever);
        loop {
            match tokio::time::timeout_at(end, self.reader.read_buf(&mut self.unread)).await {
                Err(_) => return None,
                Ok(Ok(0) | Err(_)) => return Some(Outcome::Left),
                Ok(Ok(_)) => {}
            }
        }
    }
}

fn head(script: &Script) -> String {
    let mut lines = vec![format!("HTTP/1.1 {} Scripted", script.status)];
    lines.extend(script.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.push(if script.fixed {
        format!("content-length: {}", declared(script))
    } else {
        "transfer-encoding: chunked".to_owned()
    });
    lines.join("\r\n") + "\r\n\r\n"
}

/// What `content-length` says: a byte too many when the script cuts the body short.
fn declared(script: &Script) -> usize {
    script
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Data(data) => data.len(),
            Piece::Stall | Piece::Reset => 1,
            Piece::Usage(_) | Piece::Wait(_) => 0,
        })
        .sum()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
