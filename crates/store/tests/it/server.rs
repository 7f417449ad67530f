//! A PostgreSQL server of the test's own: encrypted, stopped and started.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use store::Error;

use super::*;

/// Stopped when dropped.
struct Server {
    dir: TempDir,
    port: u16,
}

impl Server {
    /// Makes a database cluster and writes `settings` into its configuration; not started.
    fn new(settings: &str) -> Self {
        let dir = tempfile::Builder::new().tempdir_in("/tmp").unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let it = Self { dir, port };
        give_away(it.dir.path());
        let data = it.data().display().to_string();
        it.run(
            "initdb",
            &["-D", &data, "-A", "trust", "-E", "UTF8", "--locale=C", "-U", "postgres"],
        );
        let general = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nshared_buffers = '16MB'\n{settings}\n"
        );
        it.write("postgresql.auto.conf", &general);
        it
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Writes a file that the server alone may read.
    fn write(&self, name: &str, text: &str) {
        let path = self.data().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        give_away(&path);
    }

    fn run(&self, program: &str, args: &[&str]) {
        let programs = std::env::var("POINTSMAN_TEST_POSTGRES_BIN").expect(
            "POINTSMAN_TEST_POSTGRES_BIN is not set: run this through `make unit` or `scripts/with-services`",
        );
        let program = Path::new(&programs).join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let log = std::fs::File::create(self.dir.path().join("out")).unwrap();
        let status = command
            .args(args)
            .current_dir("/")
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .status();
        let told = || std::fs::read_to_string(self.dir.path().join("out"));
        assert!(status.unwrap().success(), "{args:?}: {:?}", told());
    }

    fn start(&self) {
        let (data, log) = (self.data().display().to_string(), self.data().join("log"));
        self.run("pg_ctl", &["-w", "-D", &data, "-l", &log.display().to_string(), "start"]);
    }

    fn stop(&self, how: &str) {
        let data = self.data().display().to_string();
        self.run("pg_ctl", &["-w", "-D", &data, "-m", how, "stop"]);
    }

    fn url(&self, host: &str, parameters: &str) -> String {
        format!("postgres://postgres@{host}:{}/postgres?{parameters}", self.port)
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// PostgreSQL does not run as root.
fn give_away(path: &Path) {
    if is_root() {
        assert!(Command::new("chown").arg("postgres").arg(path).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            self.stop("immediate");
        }
    }
}

#[tokio::test]
async fn a_server_that_stops_is_away_and_works_again_when_it_is_back() {
    let server = Server::new("");
    server.start();
    let store = open(&server.url("127.0.0.1", "")).await;
    let id = store.gateways().ensure_default(&me(), gateway("default")).await.unwrap().id;
    for (round, how) in ["immediate", "fast"].into_iter().enumerate() {
        let name = format!("r{round}");
        let route = store.routes().create(&me(), &id, &name, version("[1]")).await.unwrap();
        server.stop(how);
        for _ in 0..2 {
            let asked = Instant::now();
            let refused = store.gateways().create(&me(), gateway("lost")).await;
            assert!(matches!(refused, Err(Error::Away(_))), "{refused:?}");
            assert!(matches!(
                store.logs().append(&[logs::record("l", 1)]).await,
                Err(Error::Away(_))
            ));
            assert!(asked.elapsed() < Duration::from_secs(2 * 5));
        }
        server.start();
        let back = Instant::now();
        while store.revision().await.is_err() {
            assert!(back.elapsed() < Duration::from_secs(3));
        }
        let read = store.routes().get(&id, &route.id).await.unwrap();
        assert_eq!(read, route, "what was acknowledged is there");
        store.logs().append(&[logs::record("l", 1)]).await.unwrap();
    }
}

#[tokio::test]
async fn a_standby_is_read_but_away_for_writes_until_it_leads() {
    let server = Server::new("");
    server.start();
    let url = server.url("127.0.0.1", "");
    let store = open(&url).await;
    let id = store.gateways().ensure_default(&me(), gateway("default")).await.unwrap().id;
    server.stop("fast");
    server.write("standby.signal", "");
    server.start();
    store.gateways().get(&id).await.unwrap();
    for _ in 0..2 {
        let refused = store.gateways().create(&me(), gateway("lost")).await;
        assert!(matches!(refused, Err(Error::Away(_))), "{refused:?}");
    }
    let refused = Store::open(&url, &MasterKey::parse(KEY).unwrap()).await;
    assert!(matches!(refused, Err(Error::Away(_))), "{refused:?}");
    server.run("pg_ctl", &["-w", "-D", &server.data().display().to_string(), "promote"]);
    let back = Instant::now();
    while store.gateways().create(&me(), gateway("new")).await.is_err() {
        assert!(back.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn tls_is_spoken_and_the_certificate_is_checked_when_asked_for() {
    let server = Server::new("ssl = on\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    server.write("server.pem", &made.cert.pem());
    server.write("server.key", &made.signing_key.serialize_pem());
    server.write("pg_hba.conf", "hostssl all all 127.0.0.1/32 trust\n");
    server.start();
    let roots = tempfile::tempdir().unwrap();
    let root = |name: &str, pem: String| {
        let path = roots.path().join(name);
        std::fs::write(&path, pem).unwrap();
        path.display().to_string()
    };
    let (right, wrong) = (root("right", made.cert.pem()), root("wrong", other.cert.pem()));
    let key = MasterKey::parse(KEY).unwrap();
    for (host, parameters, fits) in [
        ("127.0.0.1", "sslmode=disable".to_owned(), false),
        ("127.0.0.1", String::new(), true),
        ("127.0.0.1", "sslmode=require".to_owned(), true),
        ("localhost", format!("sslmode=verify-full&sslrootcert={right}"), true),
        ("localhost", format!("sslmode=verify-full&sslrootcert={wrong}"), false),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={right}"), false),
        ("localhost", "sslmode=verify-full".to_owned(), false),
    ] {
        let opened = Store::open(&server.url(host, &parameters), &key).await;
        assert_eq!(opened.is_ok(), fits, "{host} {parameters}: {opened:?}");
        if let Ok(store) = opened {
            store.revision().await.unwrap();
        }
    }
}
