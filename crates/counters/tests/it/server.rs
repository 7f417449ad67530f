//! Servers: the ones that stand beside the tests, and ones of a test's own, to be broken.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use counters::{Options, Shared};
use limits::Clock;

/// What can keep shared limits.
pub(crate) const KINDS: [&str; 2] = ["REDIS", "VALKEY"];

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run this through `make unit` or `scripts/with-services`")
    })
}

/// The server that stands beside the tests.
pub(crate) fn url(kind: &str) -> String {
    variable(&format!("POINTSMAN_TEST_{kind}_URL"))
}

/// Keys that no other test uses.
pub(crate) fn space() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("test-{}-{}-{number}", std::process::id(), now.as_nanos())
}

/// One more node on these keys.
pub(crate) async fn node(kind: &str, space: &str, clock: Option<Arc<dyn Clock>>) -> Arc<Shared> {
    let options = Options {
        clock,
        lease: Duration::from_secs(3600),
        patience: PATIENT,
        ..Options::new(space)
    };
    connected(&url(kind), options).await
}

pub(crate) async fn connected(url: &str, options: Options) -> Arc<Shared> {
    let shared = Shared::open(url, options).unwrap();
    within("a connection", shared.ready()).await;
    shared
}

/// For tests that are not about waiting: a machine that runs many of them at once is slow.
pub(crate) const PATIENT: Duration = Duration::from_secs(10);

pub(crate) async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), work)
        .await
        .unwrap_or_else(|_| panic!("{what} took 30 s"))
}

/// A server of a test's own, on a port that stays when it is started again.
#[derive(Debug)]
pub(crate) struct Own {
    port: u16,
    child: Option<Child>,
    _dir: tempfile::TempDir,
}

impl Own {
    pub(crate) fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut own = Self { port, child: None, _dir: tempfile::tempdir().unwrap() };
        own.restart();
        own
    }

    /// Empty, as after a loss of everything.
    pub(crate) fn restart(&mut self) {
        let child = Command::new(variable("POINTSMAN_TEST_REDIS_SERVER"))
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", "no", "--dir"])
            .arg(self._dir.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.address())
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.kill();
    }
}
