//! What is served where, to whom.

use crate::http::request;
use crate::server::{ADMIN, CHAT, Folder, Server, run};
use serde_json::json;

const BODY: &str = r#"{"model":"echo/echo","messages":[{"role":"user","content":"Hello"}]}"#;

#[test]
fn health_readiness_and_the_front_page_need_no_token() {
    let folder = Folder::new("health");
    let server = Server::start(&folder, &[]);
    assert_eq!(server.get("/healthz").status, 200);
    let ready = server.get("/readyz");
    assert_eq!(
        (ready.status, ready.json()),
        (
            200,
            json!({
                "status": "ready", "store": "reachable", "logs": { "state": "written", "dropped": 0, "failed": 0 }
            })
        )
    );
    assert!(server.get("/").body.contains("<title>Pointsman</title>"));
    assert!(server.get("/metrics").body.contains("pointsman_in_flight"));
    let document = server.get("/openapi.json").json();
    assert!(document["openapi"].as_str().is_some_and(|it| it.starts_with("3.")));
    assert_eq!(server.get("/no/such/path").status, 404);
}

#[test]
fn a_public_address_asks_for_a_token_even_on_the_default_gateway() {
    let folder = Folder::new("public");
    assert_eq!(Server::start(&folder, &[]).stop(), Some(0), "the gateway was made open");
    let server = Server::start(&folder, &[("POINTSMAN_LISTEN", "0.0.0.0:0")]);
    assert_eq!(server.request("POST", CHAT, &[], BODY).status, 401);
    let token = ("cf-aig-authorization", ADMIN);
    assert_eq!(
        server.request("POST", CHAT, &[token, ("host", "gateway.example")], BODY).status,
        200
    );
    assert_eq!(server.get("/metrics").status, 401);
    assert_eq!(server.request("GET", "/metrics", &[token], "").status, 200);
    assert_eq!(server.get("/readyz").status, 200);
}

#[test]
fn an_open_gateway_is_not_served_on_a_public_address_unless_that_is_wanted() {
    let folder = Folder::new("public-open");
    let server = Server::start(&folder, &[]);
    server.managed(
        "POST",
        "/ai-gateway/gateways",
        &json!({ "id": "wide-open", "authentication": false }),
    );
    assert_eq!(server.stop(), Some(0));

    let public = ("POINTSMAN_LISTEN", "0.0.0.0:0");
    let refused = run(&folder, &["serve"], &[public]);
    let stderr = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{stderr}");
    assert!(
        stderr.contains("wide-open") && stderr.contains("POINTSMAN_ALLOW_UNAUTHENTICATED"),
        "{stderr}"
    );

    let server = Server::start(&folder, &[public, ("POINTSMAN_ALLOW_UNAUTHENTICATED", "true")]);
    let path = CHAT.replace("/default/compat", "/wide-open/compat");
    assert_eq!(server.request("POST", &path, &[], BODY).status, 200);
    let rebound = server.request("POST", &path, &[("host", "evil.example")], BODY);
    assert_eq!(rebound.status, 403, "a name made to point here is no name of ours");
}

#[test]
fn management_on_its_own_address_leaves_the_data_plane_without_it() {
    let folder = Folder::new("split");
    let server = Server::start(&folder, &[("POINTSMAN_ADMIN_LISTEN", "127.0.0.1:0")]);
    let stdout = server.stdout();
    let admin =
        stdout.lines().find_map(|it| it.strip_prefix("management on http://")).expect("it is said");
    let bearer = format!("Bearer {ADMIN}");
    let headers = [("authorization", bearer.as_str())];
    let routes = "/client/v4/accounts/default/ai-gateway/gateways/default/routes";
    let twin = "/client/v4/accounts/default/ai/v1/chat/completions";
    assert_eq!(server.request("GET", routes, &headers, "").status, 404);
    assert_eq!(server.get("/metrics").status, 404);
    assert_eq!(server.request("POST", CHAT, &[], BODY).status, 200);
    assert_eq!(server.request("POST", twin, &[], BODY).status, 200);
    let at_admin =
        |method: &str, path: &str, body: &str| request(admin, method, path, &headers, body).status;
    assert_eq!(at_admin("GET", routes, ""), 200);
    assert_eq!(at_admin("GET", "/metrics", ""), 200);
    assert_eq!(at_admin("POST", twin, BODY), 200);
    assert_eq!(at_admin("POST", CHAT, BODY), 404);
}

#[test]
fn the_application_is_where_management_is_or_word_of_how_to_build_it() {
    let folder = Folder::new("application");
    let server = Server::start(&folder, &[("POINTSMAN_ADMIN_LISTEN", "127.0.0.1:0")]);
    let stdout = server.stdout();
    let admin =
        stdout.lines().find_map(|it| it.strip_prefix("management on http://")).expect("it is said");
    assert_eq!(
        (request(admin, "GET", "/session", &[], "").status, server.get("/session").status),
        (401, 404)
    );
    let application = request(admin, "GET", "/", &[], "");
    let said =
        application.body.contains("<div id=\"root\">") || application.body.contains("make ui");
    assert!(said, "the application, or how to build it: {}", application.body);
    let data = server.get("/");
    assert!(data.body.contains("/compat/chat/completions") && !data.body.contains("make ui"));
    for page in [application, data] {
        let policy = page.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.contains("frame-ancestors 'none'") && !page.body.contains("<style"),
            "{policy}"
        );
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    }
    assert_eq!(server.get("/g/default/routes").status, 404);
}

#[test]
fn a_web_page_gets_nowhere() {
    let folder = Folder::new("web");
    let server = Server::start(
        &folder,
        &[("POINTSMAN_CORS_ORIGINS", "https://app.example"), ("POINTSMAN_HOSTS", "pointsman.lan")],
    );
    let check = |headers: &[(&str, &str)], status: u16| {
        assert_eq!(server.request("POST", CHAT, headers, BODY).status, status, "{headers:?}");
    };
    check(&[("host", "evil.example")], 403);
    check(&[("origin", "https://evil.example")], 403);
    check(&[("origin", "https://app.example")], 200);
    check(&[("host", "pointsman.lan:9000")], 200);
    let bearer = format!("Bearer {ADMIN}");
    let headers = [("authorization", bearer.as_str()), ("host", "evil.example")];
    let managed =
        server.request("GET", "/client/v4/accounts/default/ai-gateway/gateways", &headers, "");
    assert_eq!(managed.status, 403);
    assert_eq!(server.request("GET", "/metrics", &[("host", "evil.example")], "").status, 403);
}

#[test]
fn http_2_is_spoken_to_who_knows_it() {
    let folder = Folder::new("h2c");
    let server = Server::start(&folder, &[]);
    let mut connection = server.connect();
    connection.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    let mut frame = [0; 9];
    std::io::Read::read_exact(&mut connection.0, &mut frame).expect("a frame");
    assert_eq!(frame[3], 4, "the server's first frame is SETTINGS");
}

#[test]
fn a_method_that_begins_like_http_2_is_no_matter_and_a_bytewise_client_neither() {
    let folder = Folder::new("bytewise");
    let server = Server::start(&folder, &[]);
    let mut connection = server.connect();
    connection.send(b"P");
    connection.send(
        format!("UT {CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n").as_bytes(),
    );
    assert!((400..500).contains(&connection.reply().status));
}

#[test]
fn a_head_that_does_not_end_in_ten_seconds_is_cut_off() {
    let folder = Folder::new("slow-head");
    let server = Server::start(&folder, &[]);
    let began = std::time::Instant::now();
    let mut half = server.connect();
    half.send(b"GET /healthz HTTP/1.1\r\nhost: loc");
    let mut silent = server.connect();
    half.rest();
    silent.rest();
    let seconds = began.elapsed().as_secs_f64();
    assert!((9.0..15.0).contains(&seconds), "{seconds} s");
}

#[test]
fn a_head_may_not_be_endless() {
    let folder = Folder::new("big-head");
    let server = Server::start(&folder, &[]);
    let padding = "x".repeat(100_000);
    let reply = server.request("GET", "/healthz", &[("x-padding", &padding)], "");
    assert_eq!(reply.status, 431);
}

#[test]
fn requests_beyond_the_bound_are_told_to_come_back() {
    let folder = Folder::new("in-flight");
    let server = Server::start(&folder, &[("POINTSMAN_MAX_IN_FLIGHT", "1")]);
    let _stream = server.slow_stream(300);
    let refused = server.request("POST", CHAT, &[], BODY);
    assert_eq!((refused.status, refused.header("retry-after").is_some()), (503, true));
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn the_configured_provider_is_called_with_the_configured_key_until_one_is_stored() {
    let folder = Folder::new("provider-env");
    let upstream = crate::canary::Upstream::start();
    let base = upstream.base();
    let env = [("POINTSMAN_PROVIDER_GROQ_BASE_URL", base.as_str()), ("GROQ_API_KEY", "gsk-env")];
    let server = Server::start(&folder, &env);
    assert_eq!(server.chat("groq/llama", &[]).status, 200);
    let key = json!({ "provider_slug": "groq", "alias": "a", "default_config": true, "secret": "gsk-stored" });
    server.managed("POST", "/ai-gateway/gateways/default/provider_configs", &key);
    assert_eq!(server.chat("groq/llama", &[]).status, 200);
    assert_eq!(upstream.keys(), ["Bearer gsk-env", "Bearer gsk-stored"]);
}
