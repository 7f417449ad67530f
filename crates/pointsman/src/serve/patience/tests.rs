use super::{HEAD, IDLE, Patience};
use hyper::rt::Timer as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, advance};

fn patience() -> (Patience, Arc<AtomicU64>) {
    let reads = Arc::new(AtomicU64::new(3));
    (Patience { reads: Arc::clone(&reads) }, reads)
}

/// How long a wait takes, as hyper starts and polls it, when a byte comes after `byte_at`.
async fn waited(byte_at: Option<Duration>) -> Duration {
    let (patience, reads) = patience();
    let start = Instant::now();
    let mut wait = patience.sleep_until(patience.now() + HEAD);
    if let Some(after) = byte_at {
        assert!(futures_now(wait.as_mut()).await.is_none());
        advance(after).await;
        reads.fetch_add(1, Ordering::Relaxed);
        assert!(futures_now(wait.as_mut()).await.is_none());
    }
    wait.await;
    start.elapsed().as_secs_f64().round_to_seconds()
}

trait Rounded {
    fn round_to_seconds(self) -> Duration;
}

impl Rounded for f64 {
    fn round_to_seconds(self) -> Duration {
        Duration::from_secs_f64(self.round())
    }
}

async fn futures_now(wait: std::pin::Pin<&mut dyn hyper::rt::Sleep>) -> Option<()> {
    tokio::select! { biased; () = wait => Some(()), () = std::future::ready(()) => None }
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_kept_for_the_idle_time() {
    assert_eq!(waited(None).await, IDLE);
}

#[tokio::test(start_paused = true)]
async fn from_its_first_byte_on_a_head_has_ten_seconds() {
    assert_eq!(waited(Some(Duration::from_secs(60))).await, Duration::from_secs(60) + HEAD);
    assert_eq!(waited(Some(Duration::ZERO)).await, HEAD);
}
