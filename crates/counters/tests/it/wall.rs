//! A wall between a node and its server that swallows questions or answers: packets vanish, nothing is reset.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Swallowed {
    Nothing,
    Answers,
    Everything,
}

#[derive(Debug)]
pub(crate) struct Wall {
    pub(crate) url: String,
    swallowing: Arc<watch::Sender<Swallowed>>,
    task: tokio::task::JoinHandle<()>,
}

impl Wall {
    pub(crate) async fn before(server: String) -> Self {
        Self::with_pace(server, None).await
    }

    /// Answers come so many bytes at a time, a hundred times a second.
    pub(crate) async fn slow(server: String, bytes: usize) -> Self {
        Self::with_pace(server, Some(bytes)).await
    }

    async fn with_pace(server: String, pace: Option<usize>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let (swallowing, _) = watch::channel(Swallowed::Nothing);
        let swallowing = Arc::new(swallowing);
        let told = Arc::clone(&swallowing);
        let task = tokio::spawn(async move {
            let mut lines = tokio::task::JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                lines.spawn(line(near, server.clone(), told.subscribe(), pace));
            }
        });
        Self { url, swallowing, task }
    }

    /// From now on this does not pass, on old connections and new ones; what was swallowed stays lost.
    pub(crate) fn swallow(&self, what: Swallowed) {
        self.swallowing.send_replace(what);
    }
}

impl Drop for Wall {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn line(
    near: TcpStream,
    server: String,
    swallowing: watch::Receiver<Swallowed>,
    pace: Option<usize>,
) {
    let Ok(far) = TcpStream::connect(server).await else { return };
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    let questions = swallowing.clone();
    let there = pass(near_in, far_out, None, move || *questions.borrow() == Swallowed::Everything);
    let back = pass(far_in, near_out, pace, move || *swallowing.borrow() != Swallowed::Nothing);
    tokio::select! { () = there => {}, () = back => {} }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    pace: Option<usize>,
    swallows: impl Fn() -> bool,
) {
    let mut bytes = [0; 16 * 1024];
    // A line on which something was lost never speaks again: its bytes would be out of step.
    let mut broken = false;
    let most = pace.unwrap_or(bytes.len());
    while let Ok(count) = from.read(&mut bytes[..most]).await {
        if count == 0 {
            return;
        }
        broken |= swallows();
        if !broken && to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
        if pace.is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
