//! Many at once: what is admitted is exact.

use std::sync::Arc;
use std::time::Duration;

use limits::{Key, Limiter, Rule, Technique};

use crate::clock::Manual;

fn rule(limit: u64) -> Rule {
    Rule { limit, window: Duration::from_secs(60), technique: Technique::Sliding }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_tasks_racing_for_a_hundred_admit_exactly_a_hundred() {
    let limiter = Limiter::in_memory(Manual::at(1_000_000));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10_000 {
        let limiter = Arc::clone(&limiter);
        tasks.spawn(async move { limiter.count(&Key::new("all"), &rule(100)).is_ok() });
    }
    let admitted = tasks.join_all().await.into_iter().filter(|admitted| *admitted).count();
    assert_eq!(admitted, 100);
    assert_eq!(limiter.usage(&Key::new("all"), &rule(100)).settled, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_holds_racing_never_hold_more_than_the_limit_together() {
    let limiter = Limiter::in_memory(Manual::at(1_000_000));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..10_000_u64 {
        let limiter = Arc::clone(&limiter);
        tasks.spawn(async move {
            let permit = limiter.hold(&Key::new("all"), &rule(1_000), 7).ok()?;
            let used = limiter.usage(&Key::new("all"), &rule(1_000));
            assert!(used.settled + used.held <= 1_000);
            tokio::task::yield_now().await;
            let real = number % 8;
            permit.settle(real);
            Some((real, real.saturating_sub(7)))
        });
    }
    let settled: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let real: u64 = settled.iter().map(|(real, _)| real).sum();
    let usage = limiter.usage(&Key::new("all"), &rule(1_000));
    assert_eq!((usage.settled, usage.held), (real, 0));
    assert!(real <= 1_000 && real > 900, "{real}");
    assert_eq!(limiter.stats().holds, 0);
}
