//! The thread that talks to the server.

use std::io;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread with a runtime; it ends when this is dropped, with whatever still runs on it.
#[derive(Debug)]
pub(crate) struct Thread {
    handle: Handle,
    /// Dropped, it ends the thread.
    _end: oneshot::Sender<()>,
}

impl Thread {
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        std::thread::Builder::new().name("shared-limits".to_owned()).spawn(move || {
            // Only the sender's end is waited for; that it sends nothing is no error.
            let _ended = runtime.block_on(ended);
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, _end: end })
    }

    /// Runs there, in the order of the calls up to the first wait. When whoever waits for it goes away it runs on.
    pub(crate) fn run<F>(&self, work: F) -> tokio::task::JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        self.handle.spawn(work)
    }
}

/// Parts that a wait is cut into.
const PARTS: u32 = 10;
/// So many times its patience is about the most that a wait can take.
pub(crate) const MOST: u32 = 20;

/// Waits for somebody else until nothing has been heard of him for so long; `heard` changes with every sign of life. Not for ourselves: when
/// this thread got no processor meanwhile, what arrived is looked at before the wait is given up.
pub(crate) async fn within<T>(
    patience: Duration,
    heard: impl Fn() -> u64,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = std::pin::pin!(work);
    let (mut last, mut silent) = (heard(), 0);
    for _ in 0..PARTS * MOST {
        if let Ok(done) = tokio::time::timeout(patience / PARTS, &mut work).await {
            return Some(done);
        }
        silent = if heard() == last { silent + 1 } else { 0 };
        last = heard();
        if silent == PARTS {
            break;
        }
    }
    None
}
