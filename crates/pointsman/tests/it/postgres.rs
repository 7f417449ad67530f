//! Several real servers on one real PostgreSQL: what one writes all serve, with and without announcements, and what happens while the
//! database is away.

use crate::server::{ADMIN, Folder, Server, eventually, model_route, run};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

pub(crate) const KEY: &str = "5353535353535353535353535353535353535353535353535353535353535353";
/// Within which a write is live everywhere.
const LIVE: Duration = Duration::from_secs(2);
/// Within which a management call is answered, whatever happens.
const ANSWERED: Duration = Duration::from_secs(5);
/// Within which everything works again.
const BACK: Duration = Duration::from_secs(3);

/// A database of its own on the test server.
pub(crate) struct Database {
    pub(crate) name: String,
    runtime: tokio::runtime::Runtime,
}

impl Database {
    pub(crate) fn new(test: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let name = format!("it_{}_{}", test.replace('-', "_"), std::process::id());
        let it = Self { name, runtime };
        it.on("postgres", &format!("drop database if exists {} with (force)", it.name));
        it.on("postgres", &format!("create database {}", it.name));
        it
    }

    /// `host:port` of the server.
    fn server() -> String {
        let url = test_url();
        let after_user = url.rsplit_once('@').map_or(url.as_str(), |(_, it)| it);
        after_user.split('/').next().unwrap_or_default().to_owned()
    }

    fn at(&self, server: &str) -> String {
        format!("postgres://postgres:pw-canary@{server}/{}", self.name)
    }

    pub(crate) fn url(&self) -> String {
        self.at(&Self::server())
    }

    /// Runs a statement as an administrator with a shell does; returns the number of rows.
    pub(crate) fn execute(&self, sql: &str) -> u64 {
        self.on(&self.name, sql)
    }

    /// A transaction that has run this statement and goes on until it is dropped.
    fn hold(&self, sql: &str) -> PgConnection {
        self.runtime.block_on(async {
            let mut connection = Self::connect(&self.name).await;
            let sql = sqlx::raw_sql(AssertSqlSafe(format!("begin; {sql}")));
            sql.execute(&mut connection).await.expect("a statement");
            connection
        })
    }

    async fn connect(database: &str) -> PgConnection {
        let url = test_url();
        let (server, _) = url.rsplit_once('/').expect("a URL with a database");
        PgConnection::connect(&format!("{server}/{database}")).await.expect("PostgreSQL runs")
    }

    fn on(&self, database: &str, sql: &str) -> u64 {
        self.runtime.block_on(async {
            let mut connection = Self::connect(database).await;
            let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
            let done = sql.execute(&mut connection).await.expect("a statement");
            connection.close().await.expect("closes");
            done.rows_affected()
        })
    }

    /// Ends the connections of the servers whose last statement is like this.
    fn terminate(&self, like: &str) -> u64 {
        let sql = format!(
            "select pg_terminate_backend(pid) from pg_stat_activity \
             where datname = '{}' and pid <> pg_backend_pid() and query ilike '{like}'",
            self.name
        );
        self.on("postgres", &sql)
    }
}

fn test_url() -> String {
    std::env::var("POINTSMAN_TEST_POSTGRES_URL").expect(
        "POINTSMAN_TEST_POSTGRES_URL is not set: run this through `make unit` or `scripts/with-services`",
    )
}

/// A server on the database; each has a data folder of its own.
fn node(folder: &Folder, url: &str) -> Server {
    Server::start(folder, &[("POINTSMAN_DATABASE_URL", url), ("POINTSMAN_MASTER_KEY", KEY)])
}

/// Asks until it is so, for as long as allowed; how long it took.
fn within(limit: Duration, what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    eventually(what, || is_so().then_some(()));
    let took = start.elapsed();
    assert!(took <= limit, "{what}: took {took:?}, allowed are {limit:?}");
    took
}

fn echo() -> Value {
    model_route("echo", "echo")
}

/// Creates a route on one node and waits for it on the other.
fn spread(from: &Server, to: &Server, name: &str) -> Duration {
    from.create_route(name, &echo());
    assert_eq!(from.chat(&format!("dynamic/{name}"), &[]).status, 200, "read your writes");
    within(LIVE, "the route is live on the other node", || {
        to.chat(&format!("dynamic/{name}"), &[]).status == 200
    })
}

#[test]
fn what_one_node_deploys_is_live_on_the_other_within_two_seconds() {
    let database = Database::new("spread");
    let (here, there) = (Folder::new("spread-a"), Folder::new("spread-b"));
    let (a, b) = (node(&here, &database.url()), node(&there, &database.url()));
    for at in 0..5 {
        println!("live after {:?}", spread(&a, &b, &format!("ab{at}")));
        println!("live after {:?}", spread(&b, &a, &format!("ba{at}")));
    }
    let made =
        a.managed("POST", "/tokens", &json!({ "name": "t", "permissions": ["AI Gateway Read"] }));
    let (id, secret) = (made["result"]["id"].clone(), made["result"]["value"].clone());
    let bearer = format!("Bearer {}", secret.as_str().expect("a secret"));
    let verify = || {
        let headers = [("authorization", bearer.as_str())];
        b.request("GET", "/client/v4/user/tokens/verify", &headers, "").status
    };
    within(LIVE, "the token is good on the other node", || verify() == 200);
    a.managed("DELETE", &format!("/tokens/{}", id.as_str().expect("an id")), &Value::Null);
    within(LIVE, "the revoked token is refused on the other node", || verify() == 401);
    assert!(!(a.stderr() + &b.stderr()).contains("canary"), "a password in the log");
}

#[test]
fn of_many_writes_on_every_node_none_is_missed() {
    let database = Database::new("burst");
    let folders = [Folder::new("burst-a"), Folder::new("burst-b")];
    let nodes: Vec<Server> = folders.iter().map(|it| node(it, &database.url())).collect();
    std::thread::scope(|scope| {
        for (which, node) in nodes.iter().enumerate() {
            scope.spawn(move || {
                for at in 0..30 {
                    node.create_route(&format!("n{which}-{at}"), &echo());
                }
            });
        }
    });
    let all = || {
        let mut names = (0..30).flat_map(|at| [format!("n0-{at}"), format!("n1-{at}")]);
        names.all(|name| {
            nodes.iter().all(|it| it.chat(&format!("dynamic/{name}"), &[]).status == 200)
        })
    };
    println!("live after {:?}", within(LIVE, "everything is live everywhere", all));
}

#[test]
fn a_write_that_is_committed_while_the_catalog_is_read_is_found() {
    let database = Database::new("between");
    let folder = Folder::new("between");
    let server = node(&folder, &database.url());
    server.create_route("first", &echo());
    let rename = |from: &str, to: &str| {
        database.execute(&format!(
            "begin; update routes set name = '{to}' where name = '{from}'; update revision set value = value + 1; \
             select pg_notify('pointsman', ''); commit"
        ));
    };
    // Tokens are read after the routes: with them locked, a reading stops in between.
    let tokens = database.hold("lock table tokens in access exclusive mode");
    rename("first", "second");
    let reading = format!(
        "select 1 from pg_stat_activity where datname = '{}' and wait_event_type = 'Lock'",
        database.name
    );
    eventually("the catalog is being read", || (database.execute(&reading) > 0).then_some(()));
    rename("second", "third");
    drop(tokens);
    within(LIVE, "the write in between is live", || {
        server.chat("dynamic/third", &[]).status == 200
    });
}

#[test]
fn a_lost_announcement_only_delays() {
    let database = Database::new("lost");
    let (here, there) = (Folder::new("lost-a"), Folder::new("lost-b"));
    let (a, b) = (node(&here, &database.url()), node(&there, &database.url()));
    spread(&a, &b, "first");

    let stop = Arc::new(AtomicBool::new(false));
    let killing = {
        let stop = Arc::clone(&stop);
        let database = Database { name: database.name.clone(), runtime: runtime() };
        std::thread::spawn(move || {
            let mut killed = 0;
            while !stop.load(Ordering::Relaxed) {
                killed += database.terminate("listen%");
            }
            killed
        })
    };
    for at in 0..5 {
        println!("live after {:?} without listeners", spread(&a, &b, &format!("r{at}")));
    }
    stop.store(true, Ordering::Relaxed);
    assert!(killing.join().expect("no panic") > 5, "listeners were made anew and killed");

    database.execute(
        "begin; update routes set name = 'silent' where name = 'first'; update revision set value = value + 1; commit",
    );
    for node in [&a, &b] {
        within(LIVE, "a write that nobody announced is live", || {
            node.chat("dynamic/silent", &[]).status == 200
        });
    }
    spread(&b, &a, "last");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

#[test]
fn connections_that_the_server_ends_are_made_anew() {
    let database = Database::new("ended");
    let folder = Folder::new("ended");
    let server = node(&folder, &database.url());
    for round in 0..3 {
        assert!(database.terminate("%") > 0);
        within(BACK, "management works", || {
            server.manage("GET", "/ai-gateway/gateways", &Value::Null).status == 200
        });
        server.create_route(&format!("r{round}"), &echo());
    }
}

/// Something between a server and PostgreSQL that can be broken.
struct Wire {
    address: String,
    state: Arc<AtomicU8>,
}

const WHOLE: u8 = 0;
/// Packets are swallowed, in both directions, on old connections and new ones.
const SWALLOWS: u8 = 1;
/// Connections are reset, and new ones too.
const CUT: u8 = 2;

impl Wire {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let state = Arc::new(AtomicU8::new(WHOLE));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.load(Ordering::Relaxed) == CUT {
                    continue;
                }
                let server = TcpStream::connect(Database::server()).expect("PostgreSQL runs");
                let pair = || {
                    (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"))
                };
                let (from, to) = pair();
                pump(from, to, Arc::clone(&shared));
                let (to, from) = pair();
                pump(from, to, Arc::clone(&shared));
            }
        });
        Self { address, state }
    }

    fn is(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
    }
}

/// Carries bytes one way; what comes while the wire swallows is lost, and so is the connection: TCP would have sent it again.
fn pump(mut from: TcpStream, mut to: TcpStream, state: Arc<AtomicU8>) {
    from.set_read_timeout(Some(Duration::from_millis(10))).expect("a timeout");
    let mut swallowed = false;
    let mut carry = move || -> std::io::Result<()> {
        let mut bytes = [0; 4096];
        loop {
            if state.load(Ordering::Relaxed) == CUT {
                return Ok(());
            }
            let length = match from.read(&mut bytes) {
                Ok(0) => return to.shutdown(std::net::Shutdown::Both),
                Ok(length) => length,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            swallowed |= state.load(Ordering::Relaxed) == SWALLOWS;
            if !swallowed {
                to.write_all(&bytes[..length])?;
            }
        }
    };
    std::thread::spawn(move || {
        let _gone = carry();
    });
}

fn goes_on_without_its_database(name: &str, broken: u8) {
    let database = Database::new(name);
    let wire = Wire::new();
    let folder = Folder::new(name);
    let server = node(&folder, &database.at(&wire.address));
    server.create_route("r", &echo());

    for _ in 0..2 {
        wire.is(broken);
        let start = Instant::now();
        let mut answers = Vec::new();
        while start.elapsed() < Duration::from_secs(6) {
            assert_eq!(server.chat("dynamic/r", &[]).status, 200, "traffic goes on");
            let asked = Instant::now();
            let read = server.manage("GET", "/ai-gateway/gateways", &Value::Null);
            let read_after = asked.elapsed();
            let asked = Instant::now();
            let body = json!({ "name": "lost", "elements": echo() });
            let write = server.manage("POST", "/ai-gateway/gateways/default/routes", &body);
            answers.push((read.status, read_after, write.status, asked.elapsed()));
        }
        let refused = answers.iter().all(|it| (it.0, it.2) == (503, 503));
        assert!(refused, "{:?}: {}", answers.last(), server.stderr());
        let slowest = answers.iter().map(|it| it.1.max(it.3)).max().expect("one at least");
        println!("{} times 503, the slowest after {slowest:?}", 2 * answers.len());
        assert!(slowest < ANSWERED);
        let ready = server.get("/readyz");
        assert_eq!((ready.status, ready.json()["store"].as_str()), (200, Some("away")));

        wire.is(WHOLE);
        let back = within(BACK, "management works again", || {
            let reply = server.manage("GET", "/ai-gateway/gateways", &Value::Null);
            if reply.status != 200 {
                println!("{}: {}", reply.status, reply.body);
            }
            reply.status == 200
        });
        println!("back after {back:?}");
        within(BACK, "and readiness says so", || {
            server.get("/readyz").json()["store"].as_str() == Some("reachable")
        });
    }
    let after = Folder::new(&format!("{name}-other"));
    let other = node(&after, &database.url());
    spread(&other, &server, "after");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn while_connections_are_reset_traffic_goes_on_and_management_says_503() {
    goes_on_without_its_database("reset", CUT);
}

#[test]
fn while_packets_are_swallowed_traffic_goes_on_and_management_says_503() {
    goes_on_without_its_database("swallowed", SWALLOWS);
}

#[test]
fn a_start_without_its_database_is_one_line_and_exit_code_3() {
    let folder = Folder::new("away");
    let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent_address = silent.local_addr().expect("an address");
    for (address, why) in [(free, "refused"), (silent_address, "no answer in time")] {
        let url = format!("postgres://me:pw-canary@{address}/x");
        let env = [
            ("POINTSMAN_DATABASE_URL", url.as_str()),
            ("POINTSMAN_MASTER_KEY", KEY),
            ("POINTSMAN_ADMIN_TOKEN", ADMIN),
        ];
        for args in [&["serve"][..], &["token", "list"]] {
            let start = Instant::now();
            let output = run(&folder, args, &env);
            let stderr = String::from_utf8(output.stderr).expect("text");
            assert_eq!(output.status.code(), Some(3), "{stderr}");
            assert!(stderr.contains(&address.to_string()) && stderr.contains(why), "{stderr}");
            assert!(!stderr.contains("canary") && stderr.lines().count() == 1, "{stderr}");
            assert!(start.elapsed() < ANSWERED);
        }
    }
}

#[test]
fn what_nodes_must_agree_on_must_be_given() {
    let folder = Folder::new("agree");
    let url = ("POINTSMAN_DATABASE_URL", "postgres://me:pw-canary@127.0.0.1:1/x");
    let check = |env: &[(&str, &str)], args: &[&str], missing: &str| {
        let output = run(&folder, args, env);
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(missing) && stderr.contains("openssl rand -hex 32"), "{stderr}");
        assert!(!stderr.contains("canary"), "{stderr}");
    };
    check(&[url, ("POINTSMAN_ADMIN_TOKEN", ADMIN)], &["serve"], "POINTSMAN_MASTER_KEY");
    check(&[url], &["token", "list"], "POINTSMAN_MASTER_KEY");
    check(&[url, ("POINTSMAN_MASTER_KEY", KEY)], &["serve"], "POINTSMAN_ADMIN_TOKEN");
}

#[test]
fn another_master_key_than_the_databases_is_refused() {
    let database = Database::new("other-key");
    let folder = Folder::new("other-key");
    assert_eq!(node(&folder, &database.url()).stop(), Some(0));
    assert!(
        !folder.data().join("master.key").exists()
            && !folder.data().join("admin-token.sha256").exists()
    );
    let other = "ab".repeat(32);
    let url = database.url();
    let env = [
        ("POINTSMAN_DATABASE_URL", url.as_str()),
        ("POINTSMAN_MASTER_KEY", other.as_str()),
        ("POINTSMAN_ADMIN_TOKEN", ADMIN),
    ];
    let output = run(&folder, &["serve"], &env);
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("master_key: does not fit this database"), "{stderr}");
}
