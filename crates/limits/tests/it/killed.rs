//! A process killed with SIGKILL while it spends, ticks and compacts.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use limits::{Key, Limiter, Rule, Technique};

use crate::clock::Manual;
use crate::files::Folder;

const FOLDER: &str = "LIMITS_TEST_FOLDER";
const THREADS: usize = 2;

fn rule() -> Rule {
    Rule { limit: u64::MAX, window: Duration::from_secs(3_600), technique: Technique::Sliding }
}

fn key(thread: usize) -> Key {
    Key::new(format!("thread {thread}"))
}

#[test]
fn kill_minus_nine_loses_no_settled_cost() {
    let folder = Folder::new();
    for _ in 0..3 {
        let before = settled(&folder);
        let acknowledged = run_and_kill(folder.as_ref());
        let after = settled(&folder);
        for thread in 0..THREADS {
            let spent = after[thread] - before[thread];
            assert!(spent >= acknowledged[thread], "{spent} of {}", acknowledged[thread]);
        }
    }
}

fn settled(folder: &Folder) -> Vec<u64> {
    let limiter = Limiter::open(folder.as_ref(), Manual::at(1_000_000)).expect("the child runs");
    (0..THREADS).map(|thread| limiter.usage(&key(thread), &rule()).settled).collect()
}

fn run_and_kill(folder: &Path) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().expect("the child runs"))
        .args(["--exact", "killed::spender", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child runs");
    let mut acknowledged = vec![0; THREADS];
    let mut lines =
        BufReader::new(child.stdout.take().expect("the child runs")).lines().map_while(Result::ok);
    for line in lines.by_ref().filter(|line| line.starts_with("spent ")).take(1_500) {
        note(&mut acknowledged, &line);
    }
    child.kill().expect("the child runs");
    child.wait().expect("the child runs");
    // What was already in the pipe had been settled too; the last line may be torn, and is then not read as one.
    lines.for_each(|line| note(&mut acknowledged, &line));
    assert!(acknowledged.iter().all(|spent| *spent > 0), "{acknowledged:?}");
    acknowledged
}

fn note(acknowledged: &mut [u64], line: &str) {
    let mut words = line.split(' ').skip(1).map(|word| word.parse::<u64>());
    if let (Some(Ok(thread)), Some(Ok(sum)), Some(Ok(end))) =
        (words.next(), words.next(), words.next())
        && end == sum
    {
        let thread = usize::try_from(thread).expect("a small number");
        *acknowledged.get_mut(thread).expect("one of the threads") = sum;
    }
}

/// Not a test: the process that is killed.
#[test]
#[ignore = "run by kill_minus_nine_loses_no_settled_cost"]
fn spender() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let limiter = Limiter::open(Path::new(&folder), Manual::at(1_000_000)).unwrap();
    for thread in 0..THREADS {
        let limiter = Arc::clone(&limiter);
        std::thread::spawn(move || {
            let mut sum = 0;
            loop {
                for _ in 0..50 {
                    let mut permit = limiter.hold(&key(thread), &rule(), 3).unwrap();
                    limiter.mark_sent(&mut permit);
                    permit.settle(5);
                    sum += 5;
                }
                writeln!(std::io::stdout(), "spent {thread} {sum} {sum}").unwrap();
            }
        });
    }
    loop {
        limiter.tick().unwrap();
    }
}
