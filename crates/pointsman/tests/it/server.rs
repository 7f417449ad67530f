//! Starting the binary, and talking to it.

use crate::http::{Connection, Reply, request};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub(crate) const ADMIN: &str = "admin-canary-3f9b1c7d5e2a4860";

/// A folder of its own for each test, gone with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pointsman-it-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Where the data goes; made by the server.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file can be written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The binary with an empty environment, this folder as the current one, and a data folder in it.
pub(crate) fn command(folder: &Folder, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pointsman"));
    command.args(args).env_clear().current_dir(folder.path()).stdin(Stdio::null());
    command.env("POINTSMAN_DATA_DIR", folder.data()).env("POINTSMAN_LISTEN", "127.0.0.1:0");
    command
}

/// Runs to the end.
pub(crate) fn run(folder: &Folder, args: &[&str], env: &[(&str, &str)]) -> Output {
    command(folder, args).envs(env.iter().copied()).output().expect("the binary runs")
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
    /// `127.0.0.1:port` of the data plane.
    pub(crate) address: String,
}

impl Server {
    /// With the admin token [`ADMIN`].
    pub(crate) fn start(folder: &Folder, env: &[(&str, &str)]) -> Self {
        let mut all = vec![("POINTSMAN_ADMIN_TOKEN", ADMIN)];
        all.extend(env);
        Self::start_with(folder, &[], &all)
    }

    pub(crate) fn start_with(folder: &Folder, args: &[&str], env: &[(&str, &str)]) -> Self {
        let mut command = command(folder, &[&["serve"], args].concat());
        command.envs(env.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let stdout = gather(child.stdout.take().expect("piped"));
        let stderr = gather(child.stderr.take().expect("piped"));
        let mut server = Self { child, stdout, stderr, address: String::new() };
        server.address = eventually("the server listens", || {
            let text = server.stdout();
            let line = text.lines().find_map(|it| it.strip_prefix("listening on http://"));
            line.map(str::to_owned).filter(|_| text.ends_with('\n'))
        });
        server
    }

    pub(crate) fn stdout(&self) -> String {
        self.stdout.lock().expect("not poisoned").clone()
    }

    pub(crate) fn stderr(&self) -> String {
        self.stderr.lock().expect("not poisoned").clone()
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::open(&self.address).expect("the server listens")
    }

    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        request(&self.address, method, path, headers, body)
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.request("GET", path, &[], "")
    }

    /// A management request below the account, as the administrator.
    pub(crate) fn manage(&self, method: &str, path: &str, body: &Value) -> Reply {
        let authorization = format!("Bearer {ADMIN}");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let path = format!("/client/v4/accounts/default{path}");
        self.request(method, &path, &[("authorization", &authorization)], &body)
    }

    /// As [`Server::manage`]; must succeed.
    pub(crate) fn managed(&self, method: &str, path: &str, body: &Value) -> Value {
        let reply = self.manage(method, path, body);
        assert_eq!(reply.status, 200, "{method} {path}: {}", reply.body);
        reply.json()
    }

    pub(crate) fn create_route(&self, name: &str, elements: &Value) -> Value {
        self.managed(
            "POST",
            "/ai-gateway/gateways/default/routes",
            &json!({ "name": name, "elements": elements }),
        )
    }

    pub(crate) fn chat(&self, model: &str, headers: &[(&str, &str)]) -> Reply {
        let body = json!({ "model": model, "max_tokens": 10, "messages": [{ "role": "user", "content": "Hello there" }] });
        self.request("POST", CHAT, headers, &body.to_string())
    }

    /// A stream of `words` words, 100 ms each; returns after the first content.
    pub(crate) fn slow_stream(&self, words: usize) -> Connection {
        let mut connection = self.connect();
        let content = vec!["word"; words].join(" ");
        let body = json!({ "model": "echo/echo-slow", "stream": true, "messages": [{ "role": "user", "content": content }] });
        connection.request("POST", CHAT, &[], &body.to_string());
        let (status, _) = connection.head();
        assert_eq!(status, 200);
        while !connection.line().expect("the stream goes on").contains("word") {}
        connection
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent =
            Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for the end; the exit code.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        eventually("the server ends", || self.child.try_wait().expect("it can be waited for"))
            .code()
    }

    /// SIGTERM and the end; the exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        self.wait()
    }

    /// SIGKILL and the end.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it can be waited for");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("the server at {} said:\n{}", self.address, self.stderr());
        }
    }
}

pub(crate) const CHAT: &str = "/v1/default/default/compat/chat/completions";

/// start → model → end.
pub(crate) fn model_route(provider: &str, model: &str) -> Value {
    json!([
        { "id": "start", "type": "start", "outputs": { "next": { "elementId": "m" } } },
        { "id": "m", "type": "model", "outputs": { "success": { "elementId": "end" } },
          "properties": { "provider": provider, "model": model, "timeout": 5000, "retries": 0 } },
        { "id": "end", "type": "end", "outputs": {} }
    ])
}

fn gather(pipe: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let gathered = Arc::clone(&text);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        loop {
            let Ok(bytes) = reader.fill_buf() else { return };
            if bytes.is_empty() {
                return;
            }
            gathered.lock().expect("not poisoned").push_str(&String::from_utf8_lossy(bytes));
            let length = bytes.len();
            reader.consume(length);
        }
    });
    text
}

/// Asks again and again for up to 30 s: another process cannot be waited for in any other way.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(Instant::now() < end, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
