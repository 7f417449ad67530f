//! Secrets are looked for wherever they must not be.

use crate::server::{ADMIN, Folder, Server, model_route};
use serde_json::{Value, json};
use testkit::{FakeUpstream, Script};

/// A provider on a port of its own.
pub(crate) struct Upstream {
    fake: FakeUpstream,
    address: std::net::SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Upstream {
    pub(crate) fn start() -> Self {
        Self::answering(|_| Script::completion("hello"))
    }

    pub(crate) fn answering(
        choose: impl Fn(&testkit::Seen) -> Script + Send + Sync + 'static,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let fake = FakeUpstream::answering(choose);
        let address = runtime.block_on(fake.listen()).expect("a free port");
        Self { fake, address, _runtime: runtime }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The `authorization` of every call.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.fake.seen().iter().map(|it| it.header("authorization").to_owned()).collect()
    }

    fn everything(&self) -> String {
        format!("{:?}", self.fake.seen())
    }
}

const ENV_KEY: &str = "sk-env-canary-81c1";
const STORED_KEY: &str = "sk-stored-canary-93d2";
const PROMPT: &str = "prompt-canary-55aa";

#[test]
fn no_secret_is_in_a_log_or_a_response_and_no_token_goes_upstream() {
    // A provider that repeats the key it was given in its error, as some do.
    let upstream = Upstream::answering(|seen| {
        Script::error(401, &format!("bad key {}", seen.header("authorization")))
    });
    let base = upstream.base();
    let folder = Folder::new("canary");
    let env = [
        ("POINTSMAN_PROVIDER_OPENAI_BASE_URL", base.as_str()),
        ("OPENAI_API_KEY", ENV_KEY),
        ("POINTSMAN_PROVIDER_GROQ_BASE_URL", base.as_str()),
        ("POINTSMAN_LOG", "debug"),
        ("POINTSMAN_LOG_FORMAT", "json"),
    ];
    let server = Server::start(&folder, &env);
    let key = json!({ "provider_slug": "groq", "alias": "main", "default_config": true, "secret": STORED_KEY });
    let mut responses =
        vec![server.manage("POST", "/ai-gateway/gateways/default/provider_configs", &key)];
    responses.push(server.manage(
        "GET",
        "/ai-gateway/gateways/default/provider_configs",
        &Value::Null,
    ));
    for (name, provider) in [("a", "openai"), ("b", "groq")] {
        server.create_route(name, &model_route(provider, "m"));
        for header in ["authorization", "cf-aig-authorization", "x-api-key"] {
            let bearer = format!("Bearer {ADMIN}");
            responses.push(server.chat(&format!("dynamic/{name}"), &[(header, &bearer)]));
        }
    }
    let body = json!({ "model": "dynamic/a", "messages": [{ "role": "user", "content": PROMPT }] });
    responses.push(server.request("POST", crate::server::CHAT, &[], &body.to_string()));
    responses.push(server.manage("GET", "/ai-gateway/audit", &Value::Null));
    responses.push(server.get("/metrics"));
    assert!(
        upstream.keys().len() >= 6 && upstream.everything().contains(ENV_KEY),
        "keys went where they belong"
    );
    assert!(!upstream.everything().contains(ADMIN));
    server.signal("TERM");
    let mut server = server;
    assert_eq!(server.wait(), Some(0));

    let said = format!("{responses:?}");
    let logged = server.stdout() + &server.stderr();
    assert!(logged.contains("\"level\""), "JSON lines: {logged}");
    for secret in [ADMIN, ENV_KEY, STORED_KEY] {
        assert!(!said.contains(secret), "{secret} in a response: {said}");
        assert!(!logged.contains(secret), "{secret} in the log: {logged}");
    }
    assert!(!logged.contains(PROMPT), "a prompt in the log");
    for entry in std::fs::read_dir(folder.data()).expect("the data folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        for secret in [ADMIN, ENV_KEY, STORED_KEY, PROMPT] {
            let found = bytes.windows(secret.len()).any(|it| it == secret.as_bytes());
            assert!(!found, "{secret} in {}", path.display());
        }
    }
}
