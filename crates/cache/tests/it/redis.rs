//! Entries in Redis and in Valkey: shared, kept apart, and no trouble when the server is.
use crate::{HOUR, answer, kept, key_of, place};
use bytes::Bytes;
use cache::{Answer, Cache, Found, Remote};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const KINDS: [&str; 2] = ["REDIS", "VALKEY"];
/// For tests that are not about waiting.
const PATIENT: Duration = Duration::from_secs(10);

/// For tests that are not about room.
const ROOMY: u64 = 1 << 30;

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run this through `make unit` or `scripts/with-services`")
    })
}

fn url(kind: &str) -> String {
    variable(&format!("POINTSMAN_TEST_{kind}_URL"))
}

/// Names that no other test uses.
fn space() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    format!(
        "test-{}-{}-{}",
        std::process::id(),
        now.as_nanos(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

async fn node(url: &str, space: &str, patience: Duration) -> Arc<Cache> {
    let remote = Remote::open(url, space, patience, ROOMY).expect("a URL");
    tokio::time::timeout(PATIENT, remote.ready()).await.expect("a connection");
    Arc::new(Cache::in_redis(remote))
}

/// The server has what was given to it.
async fn taken(cache: &Arc<Cache>) {
    cache.close(PATIENT).await;
}

#[tokio::test]
async fn nodes_share_what_is_kept_and_spaces_do_not() {
    for kind in KINDS {
        let space = space();
        let one = node(&url(kind), &space, PATIENT).await;
        let two = node(&url(kind), &space, PATIENT).await;
        let other = node(&url(kind), &crate::redis::space(), PATIENT).await;
        let given = Answer { frames: vec![Bytes::from("data: x\n\n".repeat(1000))], ..answer("") };
        assert!(place(&one, key_of("t", "q")).await.keep(given.clone(), 0, HOUR));
        taken(&one).await;
        assert_eq!(kept(&two, key_of("t", "q"), 1).await, Some(given));
        assert_eq!(kept(&two, key_of("u", "q"), 1).await, None);
        assert_eq!(kept(&other, key_of("t", "q"), 1).await, None);
        assert_eq!(kept(&two, key_of("t", "q"), 3_600_000).await, None, "it has ended");
    }
}

#[tokio::test]
async fn an_entry_under_anothers_name_is_not_read() {
    let space = space();
    let cache = node(&url("REDIS"), &space, PATIENT).await;
    place(&cache, key_of("t", "q")).await.keep(answer("secret"), 0, HOUR);
    taken(&cache).await;
    let client = redis::Client::open(url("REDIS")).expect("a URL");
    let mut raw = client.get_multiplexed_async_connection().await.expect("a connection");
    let name = |token| format!("{{pointsman:{space}}}:cache:{:?}", key_of(token, "q"));
    let copied: bool = redis::cmd("COPY")
        .arg(name("t"))
        .arg(name("u"))
        .query_async(&mut raw)
        .await
        .expect("copied");
    assert!(copied);
    assert!(kept(&cache, key_of("t", "q"), 1).await.is_some());
    assert_eq!(kept(&cache, key_of("u", "q"), 1).await, None);
    let left: i64 = redis::cmd("PTTL").arg(name("t")).query_async(&mut raw).await.expect("a time");
    assert!((3_500_000..=3_600_000).contains(&left), "{left}");
}

#[tokio::test]
async fn what_somebody_else_wrote_there_is_nothing() {
    let space = space();
    let cache = node(&url("REDIS"), &space, PATIENT).await;
    let client = redis::Client::open(url("REDIS")).expect("a URL");
    let mut raw = client.get_multiplexed_async_connection().await.expect("a connection");
    let name = format!("{{pointsman:{space}}}:cache:{:?}", key_of("t", "q"));
    place(&cache, key_of("t", "q")).await.keep(answer(&"x".repeat(2000)), 0, HOUR);
    taken(&cache).await;
    let good: Vec<u8> = redis::cmd("GET").arg(&name).query_async(&mut raw).await.expect("read");
    for end in 0..good.len() {
        let set = redis::cmd("SET").arg(&name).arg(&good[..end]).to_owned();
        set.query_async::<()>(&mut raw).await.expect("written");
        assert_eq!(kept(&cache, key_of("t", "q"), 1).await, None, "cut at {end}");
    }
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        let set = redis::cmd("SET").arg(&name).arg(bad).to_owned();
        set.query_async::<()>(&mut raw).await.expect("written");
        // Whatever it is taken for, nothing breaks.
        let _any = kept(&cache, key_of("t", "q"), 1).await;
    }
    let push = redis::cmd("DEL").arg(&name).to_owned();
    push.query_async::<()>(&mut raw).await.expect("deleted");
    redis::cmd("RPUSH").arg(&name).arg("x").query_async::<()>(&mut raw).await.expect("a list");
    assert_eq!(kept(&cache, key_of("t", "q"), 1).await, None, "a list");
}

#[tokio::test]
async fn all_entries_take_no_more_than_the_bound_and_those_that_end_first_go() {
    for kind in KINDS {
        let space = space();
        // Room for three.
        let remote = Remote::open(&url(kind), &space, PATIENT, 35_000).expect("a URL");
        tokio::time::timeout(PATIENT, remote.ready()).await.expect("a connection");
        let cache = Arc::new(Cache::in_redis(remote));
        for (name, size, minutes) in [
            ("middle", 10_000, 20),
            ("first", 10_000, 10),
            ("last", 10_000, 30),
            ("new", 10_000, 40),
            ("too large", 40_000, 50),
            ("new", 10_000, 40),
        ] {
            let frames = vec![crate::memory::noise(size, minutes)];
            let ttl = Duration::from_secs(minutes * 60);
            let Found::Nothing(place) = crate::look(&cache, key_of("t", name), u64::MAX).await
            else {
                panic!("everything has ended then")
            };
            assert!(place.keep(Answer { frames, ..answer("") }, 0, ttl));
            landed(kind, &space).await;
        }
        taken(&cache).await;
        let mut found = Vec::new();
        for name in ["first", "middle", "last", "new", "too large"] {
            if kept(&cache, key_of("t", name), 1).await.is_some() {
                found.push(name);
            }
        }
        assert_eq!(found, ["middle", "last", "new"], "{kind}");
        let (total, names) = landed(kind, &space).await;
        assert_eq!(names, 3);
        assert!((30_000..=35_000).contains(&total), "{total}");
    }
}

/// What is said to be occupied and how many entries there are, once a look shows nothing else than the one before.
async fn landed(kind: &str, space: &str) -> (u64, usize) {
    let client = redis::Client::open(url(kind)).expect("a URL");
    let mut raw = client.get_multiplexed_async_connection().await.expect("a connection");
    let name = |it: &str| format!("{{pointsman:{space}}}:cache:{it}");
    let mut before = (u64::MAX, 0);
    loop {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let total = redis::cmd("HGET").arg(name("sizes")).arg("total").to_owned();
        let total = total.query_async::<Option<u64>>(&mut raw).await.expect("a number");
        let names = redis::cmd("ZCARD").arg(name("ends")).to_owned();
        let names = names.query_async::<usize>(&mut raw).await.expect("a number");
        let now = (total.unwrap_or_default(), names);
        if now == before {
            return now;
        }
        before = now;
    }
}

/// A server of a test's own, on a port that stays when it is started again.
struct Own {
    port: u16,
    child: Child,
    dir: tempfile::TempDir,
}

impl Own {
    fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let (port, dir) = (free.expect("a port").port(), tempfile::tempdir().expect("a folder"));
        let child = Self::run(port, &dir);
        Self { port, child, dir }
    }

    fn run(port: u16, dir: &tempfile::TempDir) -> Child {
        Command::new(variable("POINTSMAN_TEST_REDIS_SERVER"))
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", "no", "--dir"])
            .arg(dir.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("a server")
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_a_miss_at_once_and_is_found_again() {
    let mut own = Own::start();
    let url = format!("redis://127.0.0.1:{}", own.port);
    let cache = node(&url, "x", PATIENT).await;
    own.kill();
    assert_eq!(kept(&cache, key_of("t", "q"), 1).await, None);
    let before = Instant::now();
    assert_eq!(kept(&cache, key_of("t", "q"), 1).await, None);
    assert!(!place(&cache, key_of("t", "q")).await.keep(answer("x"), 0, HOUR));
    assert!(before.elapsed() < Duration::from_millis(100), "{:?}", before.elapsed());
    own.child = Own::run(own.port, &own.dir);
    let back = async {
        while kept(&cache, key_of("t", "q"), 1).await.is_none() {
            place(&cache, key_of("t", "q")).await.keep(answer("x"), 0, HOUR);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENT, back).await.expect("it is found again");
}

#[tokio::test]
async fn a_server_that_hangs_is_waited_for_as_long_as_patience_lasts() {
    let own = Own::start();
    let url = format!("redis://127.0.0.1:{}", own.port);
    let cache = node(&url, "x", Duration::from_millis(100)).await;
    own.signal("-STOP");
    let before = Instant::now();
    assert_eq!(kept(&cache, key_of("t", "q"), 1).await, None);
    let waited = before.elapsed();
    assert!(waited >= Duration::from_millis(100), "{waited:?}");
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    let before = Instant::now();
    assert_eq!(kept(&cache, key_of("t", "q"), 1).await, None);
    assert!(before.elapsed() < Duration::from_millis(100), "the next is not kept waiting");
    own.signal("-CONT");
}

#[tokio::test]
async fn a_url_that_is_none_is_refused_without_being_told() {
    let error = Remote::open("redis://user:hunter2@:x/", "x", PATIENT, ROOMY).expect_err("no URL");
    assert!(!error.to_string().contains("hunter2"));
}
