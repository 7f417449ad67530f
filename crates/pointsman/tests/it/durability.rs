//! What survives: `kill -9` in the middle of writes, and restarts.

use crate::http::Connection;
use crate::server::{ADMIN, Folder, Server, model_route};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Creates routes until the server is gone; the names of those that were acknowledged.
fn write_until_killed(address: &str, prefix: &str, some: &AtomicBool) -> Vec<String> {
    let authorization = format!("Bearer {ADMIN}");
    let mut acknowledged = Vec::new();
    for n in 0.. {
        let name = format!("{prefix}-{n}");
        let body = json!({ "name": name, "elements": model_route("echo", "echo") }).to_string();
        let Ok(mut connection) = Connection::open(address) else { break };
        let head = format!(
            "POST /client/v4/accounts/default/ai-gateway/gateways/default/routes HTTP/1.1\r\nhost: localhost\r\n\
             authorization: {authorization}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        use std::io::Write as _;
        if connection.0.get_mut().write_all(format!("{head}{body}").as_bytes()).is_err() {
            break;
        }
        let Some(status) = connection.line() else { break };
        assert!(status.contains(" 200 "), "{status}");
        acknowledged.push(name);
        some.store(acknowledged.len() >= 5, Ordering::Relaxed);
    }
    acknowledged
}

fn names(server: &Server) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for page in 1.. {
        let path = format!("/ai-gateway/gateways/default/routes?per_page=50&page={page}");
        let listed = server.managed("GET", &path, &Value::Null);
        let routes = listed["data"]["routes"].as_array().expect("routes").clone();
        if routes.is_empty() {
            break;
        }
        names.extend(routes.iter().map(|it| it["name"].as_str().expect("a name").to_owned()));
    }
    names
}

#[test]
fn nothing_acknowledged_is_lost_to_kill_9() {
    let folder = Folder::new("kill-9");
    let mut acknowledged = Vec::new();
    for round in 0..4_u64 {
        let server = Server::start(&folder, &[]);
        let address = server.address.clone();
        let some = AtomicBool::new(false);
        acknowledged.extend(std::thread::scope(|scope| {
            let writers: Vec<_> = (0..2)
                .map(|writer| {
                    let (address, some) = (&address, &some);
                    scope.spawn(move || {
                        write_until_killed(address, &format!("r{round}-{writer}"), some)
                    })
                })
                .collect();
            while !some.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            // Somewhere else in a write each time.
            std::thread::sleep(Duration::from_micros(700 * (round + 1)));
            server.kill();
            writers.into_iter().flat_map(|it| it.join().expect("no panic")).collect::<Vec<_>>()
        }));
    }
    assert!(acknowledged.len() >= 20);
    let server = Server::start(&folder, &[]);
    let kept = names(&server);
    for name in &acknowledged {
        assert!(kept.contains(name), "{name} was acknowledged and is gone");
        let status = server.chat(&format!("dynamic/{name}"), &[]).status;
        assert_eq!(status, 200, "{name} was deployed and is not served");
    }
}

/// One dollar-limited model; `max_tokens` 10 and a price of a hundredth of a cent a token keep holds small.
fn budget() -> Value {
    let mut elements = model_route("echo", "echo");
    elements[0]["outputs"]["next"]["elementId"] = json!("limit");
    elements.as_array_mut().expect("elements").push(json!({
        "id": "limit", "type": "rate", "outputs": { "success": { "elementId": "m" } },
        "properties": { "limitType": "cost", "key": "", "limit": 0.01, "window": 86400 }
    }));
    elements
}

#[test]
fn routes_keys_and_settled_cost_survive_kill_9_and_a_stop() {
    let folder = Folder::new("restart");
    let server = Server::start(&folder, &[]);
    let price =
        json!({ "provider": "echo", "model": "echo", "input": "0.0001", "output": "0.0001" });
    server.managed("PUT", "/ai-gateway/gateways/default/prices", &price);
    server.create_route("budget", &budget());
    let key = json!({ "provider_slug": "openai", "alias": "main", "default_config": true, "secret": "sk-stored-canary" });
    server.managed("POST", "/ai-gateway/gateways/default/provider_configs", &key);
    let mut admitted = 0;
    while server.chat("dynamic/budget", &[]).status == 200 {
        admitted += 1;
        assert!(admitted < 100, "the budget is never used up");
    }
    assert!(admitted > 0);
    server.kill();

    for _ in 0..2 {
        let server = Server::start(&folder, &[]);
        let refused = server.chat("dynamic/budget", &[]);
        assert_eq!(refused.status, 429, "{}", refused.body);
        let keys =
            server.managed("GET", "/ai-gateway/gateways/default/provider_configs", &Value::Null);
        assert_eq!(keys["result"][0]["alias"], "main");
        assert_eq!(server.stop(), Some(0));
    }
}
