//! What the limiter costs: `cargo run --release -p limits --example speed [DIRECTORY FOR THE JOURNAL]`.
#![expect(clippy::print_stdout, reason = "printing the figures is all it does")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use limits::{Clock, Key, Limiter, Millis, Rule, Survey, Technique};

/// The time since the start, so that windows move as they would in service.
#[derive(Debug)]
struct Running(Instant);

impl Clock for Running {
    fn now(&self) -> Millis {
        1_700_000_000_000 + u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

const ROUNDS: u32 = 1_000_000;

fn rule(window: u64) -> Rule {
    Rule { limit: u64::MAX, window: Duration::from_secs(window), technique: Technique::Sliding }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(Running(Instant::now()))
}

fn print(what: &str, rounds: u32, mut round: impl FnMut(u32)) {
    let start = Instant::now();
    (0..rounds).for_each(&mut round);
    println!("{what:58}{:>9.0} ns", start.elapsed().as_secs_f64() * 1e9 / f64::from(rounds));
}

fn spend(limiter: &Arc<Limiter>, key: &Key) {
    if let Ok(mut permit) = limiter.hold(key, &rule(60), 10) {
        limiter.mark_sent(&mut permit);
        permit.settle(7);
    }
}

fn main() -> std::io::Result<()> {
    let temporary = std::env::temp_dir().join(format!("limits-speed-{}", std::process::id()));
    let dir = std::env::args_os().nth(1).map_or(temporary, Into::into);
    in_memory();
    looking();
    with_journal(&dir)?;
    std::fs::remove_dir_all(&dir)
}

fn in_memory() {
    let limiter = Limiter::in_memory(clock());
    let key = Key::new("default/support/per-user/count/metadata.user/ada");
    print("count, one bucket, all 64 slots of a 1 s window", ROUNDS * 3, |_| {
        let _ = limiter.count(&key, &rule(1));
    });
    let none = Rule { limit: 0, ..rule(1) };
    print("count refused", ROUNDS, |_| {
        let _ = limiter.count(&key, &none);
    });
    let keys: Vec<_> = (0..100_000)
        .map(|user| Key::new(format!("default/support/per-user/count/metadata.user/{user}")))
        .collect();
    let mut turns = keys.iter().cycle();
    print("count, 100 000 buckets in turn", ROUNDS, |_| {
        if let Some(key) = turns.next() {
            let _ = limiter.count(key, &rule(60));
        }
    });
    print("hold + mark_sent + settle, in memory", ROUNDS, |_| spend(&limiter, &key));
    print("tick with 100 000 buckets", 10, |_| {
        let _ = limiter.tick();
    });
}

/// Who is near the limit among a million, and how long somebody who counts meanwhile waits for it at most.
fn looking() {
    let limiter = Limiter::in_memory(clock());
    for user in 0..ROUNDS {
        let key = Key::new(format!("default/support/per-user/count/metadata.user/{user}"));
        for _ in 0..=user % 5 {
            let _ = limiter.count(&key, &rule(3600));
        }
    }
    let survey = Survey {
        prefix: b"default/".to_vec(),
        rule_of: Arc::new(|_| Some(Rule { limit: 1000, ..rule(3600) })),
        least: 0,
        most: 10_000,
    };
    while_counting("count meanwhile, nobody looking", &limiter, || {
        std::thread::sleep(Duration::from_secs(4));
    });
    while_counting("count meanwhile, ten surveys", &limiter, || {
        print("survey of a million buckets", 10, |_| {
            std::hint::black_box(limiter.survey(&survey));
        });
    });
}

/// How long counts take that another thread makes meanwhile, in buckets all over the maps.
fn while_counting(what: &str, limiter: &Limiter, work: impl FnOnce()) {
    let done = AtomicBool::new(false);
    let mut took = std::thread::scope(|scope| {
        let counting = scope.spawn(|| {
            let mut took = Vec::new();
            for user in (0..ROUNDS).step_by(7919).cycle() {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let key = Key::new(format!("default/support/per-user/count/metadata.user/{user}"));
                let start = Instant::now();
                let _ = limiter.count(&key, &rule(3600));
                took.push(start.elapsed());
                std::thread::sleep(Duration::from_micros(20));
            }
            took
        });
        work();
        done.store(true, Ordering::Relaxed);
        counting.join().unwrap_or_default()
    });
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 10_000).copied().unwrap_or_default();
    let longest = took.last().copied().unwrap_or_default();
    println!(
        "{what}: p50 {:?}, p99 {:?}, p99.9 {:?}, longest {longest:?} of {}",
        at(5000),
        at(9900),
        at(9990),
        took.len()
    );
}

fn with_journal(dir: &Path) -> std::io::Result<()> {
    let limiter = Limiter::open(dir, clock())?;
    let key = Key::new("default/support/budget/cost/metadata.team/red");
    print("count, with journal", ROUNDS, |_| {
        let _ = limiter.count(&key, &rule(60));
    });
    print("hold + mark_sent + settle, with journal (two write(2))", ROUNDS / 4, |_| {
        spend(&limiter, &key);
    });
    let start = Instant::now();
    limiter.tick()?;
    println!(
        "{:58}{:>9.1} ms",
        "tick that compacts this journal",
        start.elapsed().as_secs_f64() * 1e3
    );
    for _ in 0..60_000 {
        spend(&limiter, &key);
    }
    drop(limiter);
    let start = Instant::now();
    drop(Limiter::open(dir, clock())?);
    println!(
        "{:58}{:>9.1} ms",
        "open with 120 000 records in the journal",
        start.elapsed().as_secs_f64() * 1e3
    );
    Ok(())
}
