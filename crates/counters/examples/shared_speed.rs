//! What a decision costs: in memory, and in the server whose URL is given.
//! `cargo run --release -p counters --example shared_speed -- redis://127.0.0.1:6379`
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement prints, spawns what it measures and divides"
)]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use counters::{Options, Shared};
use limits::{
    Ask, Clock, Counters, Key, Limiter, Limits, Millis, Rule, Take, Technique, mark_sent,
};
use tokio::task::JoinSet;

#[derive(Debug)]
struct Running;

impl Clock for Running {
    fn now(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}

fn rule() -> Rule {
    Rule { limit: 1 << 52, window: Duration::from_secs(60), technique: Technique::Sliding }
}

#[derive(Clone, Copy)]
enum What {
    Count,
    Money,
    Together,
}

/// One request's decisions.
async fn decide(limits: &Limits, what: What, number: usize) {
    let ask = |name: &str, take| Ask {
        key: Key::new(format!("default/{name}/metadata.user/{}", number % 1_000)),
        rule: rule(),
        take,
    };
    let asks = match what {
        What::Count => vec![ask("count", Take::One)],
        What::Money => vec![ask("money", Take::Hold(10))],
        What::Together => vec![
            ask("count", Take::One),
            ask("a", Take::Hold(10)),
            ask("b", Take::Hold(10)),
            ask("c", Take::Hold(10)),
        ],
    };
    let Ok(mut permits) = limits.admit(&asks).await else { return };
    if mark_sent(&mut permits).await.is_ok() {
        permits.into_iter().for_each(|permit| permit.settle(7));
    }
}

/// Microseconds of one request, and requests a second with so many at once.
async fn measure(limits: &Limits, what: What, at_once: usize, rounds: usize) -> (f64, f64) {
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for task in 0..at_once {
        let limits = limits.clone();
        tasks.spawn(async move {
            for round in 0..rounds / at_once {
                decide(&limits, what, task * 7_919 + round).await;
            }
        });
    }
    tasks.join_all().await;
    let seconds = start.elapsed().as_secs_f64();
    (seconds * 1e6 * at_once as f64 / rounds as f64, rounds as f64 / seconds)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("the URL of a Redis or Valkey server is missing")?;
    let memory = Limits::from(Limiter::in_memory(Arc::new(Running)));
    let shared = Shared::open(&url, Options::new("speed"))?;
    tokio::time::timeout(Duration::from_secs(5), shared.ready()).await?;
    let server = Limits::shared(Arc::clone(&shared) as Arc<dyn Counters>);
    println!("{:34}{:>14}{:>14}{:>14}", "", "memory, µs", "server, µs", "server, 64 /s");
    for (name, what) in [
        ("count", What::Count),
        ("hold, departure, settlement", What::Money),
        ("count and three holds together", What::Together),
    ] {
        let (in_memory, _) = measure(&memory, what, 1, 200_000).await;
        let (alone, _) = measure(&server, what, 1, 10_000).await;
        let (_, rate) = measure(&server, what, 64, 64_000).await;
        println!("{name:34}{in_memory:>14.2}{alone:>14.1}{rate:>14.0}");
    }
    shared.close(Duration::from_secs(5)).await?;
    Ok(())
}
