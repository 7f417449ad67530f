//! A wire to PostgreSQL that loses what is sent at the worst moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::*;

/// What asks a server for nothing but a sign of life: a message `Sync` alone.
const PING: &[u8] = b"S\0\0\0\x04";
/// More calls than the store has connections.
const CALLS: usize = 8;
/// Within which everything works again: without a limit of our own, TCP would take minutes.
const BACK: Duration = Duration::from_secs(10);

/// Carries bytes between a store and the test server. While it is armed, a connection that has been pinged so often is silent from then
/// on, for ever.
struct Wire {
    address: String,
    armed: Arc<AtomicBool>,
}

impl Wire {
    async fn new(server: String, pings: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let armed = Arc::new(AtomicBool::new(false));
        let is_armed = Arc::clone(&armed);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let to = tokio::net::TcpStream::connect(&server).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = to.into_split();
                tokio::spawn(carry(from_client, to_server, Arc::clone(&is_armed), pings));
                tokio::spawn(carry(from_server, to_client, Arc::clone(&is_armed), usize::MAX));
            }
        });
        Self { address, armed }
    }
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    armed: Arc<AtomicBool>,
    mut pings: usize,
) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        let bytes = &bytes[..length];
        if bytes == PING && armed.load(Ordering::Relaxed) {
            pings = pings.saturating_sub(1);
        }
        if pings > 0 && to.write_all(bytes).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_connection_that_falls_silent_when_it_is_given_back_takes_no_place() {
    for pings in [1, 2] {
        let url = new_database().await;
        let (user, place) = url.split_once('@').unwrap();
        let (server, database) = place.split_once('/').unwrap();
        let wire = Wire::new(server.to_owned(), pings).await;
        let store = open(&format!("{user}@{}/{database}", wire.address)).await;
        wire.armed.store(true, Ordering::Relaxed);
        for _ in 0..CALLS {
            let _known_or_away = store.revision().await;
        }
        wire.armed.store(false, Ordering::Relaxed);
        let asked = Instant::now();
        while store.revision().await.is_err() {
            assert!(asked.elapsed() < BACK, "silent from ping {pings} on");
        }
    }
}
