//! `pointsman prices`, and a server whose prices change while it runs.

use crate::server::{Folder, Server, eventually, model_route, run};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// A list that prices one model of a provider without prices, a tenth of a cent a token and twice that out.
fn list(date: &str, input: &str) -> String {
    let models = json!({"custom-lab": {"m": {"price": {"input": input, "output": "0.002"}}}});
    json!({"source": "mine", "date": date, "models": models}).to_string()
}

fn prices(folder: &Folder, args: &[&str]) -> (Option<i32>, String) {
    let output = run(folder, &[&["prices"], args].concat(), &[]);
    let text = String::from_utf8(output.stdout).expect("text");
    (output.status.code(), text + &String::from_utf8_lossy(&output.stderr))
}

/// Says what `custom-lab/m` costs by the warning that a route gets without a price.
fn has_price(server: &Server, name: &str) -> bool {
    let mut elements = model_route("custom-lab", "m");
    elements[1]["properties"]["retries"] = json!(1);
    let made = server.create_route(name, &elements);
    !made["messages"].to_string().contains("price")
}

fn lab(server: &Server) {
    let provider = json!({"name": "Lab", "slug": "lab", "base_url": "https://llm.example.com/v1"});
    server.managed("POST", "/ai-gateway/custom-providers", &provider);
}

#[test]
fn a_list_is_checked_with_every_problem_and_exit_code_1() {
    let folder = Folder::new("prices-check");
    let bad = r#"{"source": "mine", "models": {"openai": {"m": {"price": {"input": -1, "output": "x"}}}}}"#;
    let file = folder.write("bad.json", bad);
    let file = file.to_str().expect("a name");
    let (code, out) = prices(&folder, &["check", file]);
    assert_eq!(code, Some(1), "{out}");
    for place in ["/date", "/models/openai/m/price/input", "/models/openai/m/price/output"] {
        assert!(out.contains(place), "{place}: {out}");
    }
    let (code, out) = prices(&folder, &["check", file, "--json"]);
    let told: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, told["problems"].as_array().map(Vec::len)), (Some(1), Some(3)));
    let good = folder.write("good.json", &list("1", "0.001"));
    let (code, out) = prices(&folder, &["check", good.to_str().expect("a name")]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("mine (1)"), "{out}");
    assert_eq!(prices(&folder, &["check", "absent.json"]).0, Some(2));
}

#[test]
fn the_example_of_the_documentation_can_be_used() {
    let text = include_str!("../../../../docs/prices.md");
    let (_, rest) = text.split_once("```json\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    let folder = Folder::new("prices-example");
    let file = folder.write("prices.json", example);
    let (code, out) = prices(&folder, &["check", file.to_str().expect("a name")]);
    assert_eq!(code, Some(0), "{out}");
}

#[test]
fn an_imported_list_is_served_without_a_restart_and_a_jump_wants_to_be_confirmed() {
    let folder = Folder::new("prices-import");
    let server = Server::start(&folder, &[]);
    lab(&server);
    assert!(!has_price(&server, "before"));
    let first = folder.write("one.json", &list("1", "0.001"));
    let (code, out) = prices(&folder, &["import", first.to_str().expect("a name")]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("new  custom-lab/m") && out.contains("imported mine (1)"), "{out}");
    let mut tries = 0;
    eventually("the price is known", || {
        tries += 1;
        has_price(&server, &format!("after-{tries}")).then_some(())
    });
    let jump = folder.write("two.json", &list("2", "0.5"));
    let jump = jump.to_str().expect("a name");
    let (code, out) = prices(&folder, &["import", jump]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("--confirm") && out.contains("jump"), "{out}");
    let (code, out) = prices(&folder, &["import", jump, "--confirm", "--json"]);
    let told: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, &told["imported"]), (Some(0), &json!(true)));
}

#[test]
fn prices_are_listed_with_who_says_so() {
    let folder = Folder::new("prices-list");
    let server = Server::start(&folder, &[]);
    let own = json!({"provider": "openai", "model": "gpt-4o-mini", "input": "0.000001", "output": "0.000002"});
    server.managed("PUT", "/ai-gateway/prices", &own);
    let (code, out) = prices(&folder, &["list", "openai/gpt-4o-mini", "--json"]);
    let all: Value = serde_json::from_str(&out).expect("JSON");
    let lines = all.as_array().expect("lines");
    let versions: Vec<_> = lines.iter().filter_map(|it| it["version"].as_str()).collect();
    assert_eq!(code, Some(0));
    assert!(versions.iter().any(|it| it.starts_with("litellm ")), "{out}");
    assert!(
        versions.iter().any(|it| it.starts_with("override ") && it.ends_with("of account")),
        "{out}"
    );
    let (_, text) = prices(&folder, &["list", "groq/"]);
    assert!(text.lines().count() > 3 && text.lines().all(|it| it.starts_with("groq/")), "{text}");
}

#[test]
fn what_models_can_do_is_listed_beside_their_prices() {
    let folder = Folder::new("prices-abilities");
    let model = json!({
        "price": {"input": 0.001, "output": 0.002}, "mode": "responses", "context": 9000, "max_output_tokens": 700,
        "can": ["tools", "images"], "cannot": ["audio_input"]
    });
    let bare = json!({"price": {"input": 0.001, "output": 0.002}});
    let models = json!({"groq": {"able-1": model, "bare-1": bare}});
    let list = json!({"source": "own", "date": "1", "models": models}).to_string();
    let file = folder.write("own.json", &list);
    let (code, out) = prices(&folder, &["import", file.to_str().expect("a name")]);
    assert_eq!(code, Some(0), "{out}");

    let (_, text) = prices(&folder, &["list", "groq/able-1"]);
    let line = "groq/able-1  input 0.001, output 0.002  responses, context 9000, max_output_tokens 700, can tools images, cannot audio_input  [own (1)]";
    assert_eq!(text.trim_end(), line);
    let (_, text) = prices(&folder, &["list", "groq/bare-1"]);
    assert_eq!(text.trim_end(), "groq/bare-1  input 0.001, output 0.002  [own (1)]");

    let told = |name: &str| -> Value {
        let (_, out) = prices(&folder, &["list", name, "--json"]);
        serde_json::from_str::<Value>(&out).expect("JSON")[0].clone()
    };
    let able = told("groq/able-1");
    for name in ["mode", "context", "max_output_tokens", "can", "cannot"] {
        assert_eq!(able[name], models["groq"]["able-1"][name], "{name}");
    }
    let bare = told("groq/bare-1");
    assert_eq!((&bare["mode"], &bare["context"]), (&Value::Null, &Value::Null));
    assert_eq!((&bare["can"], &bare["cannot"]), (&json!([]), &json!([])));
}

#[test]
fn a_price_file_is_read_again_and_the_last_good_one_stays() {
    let folder = Folder::new("prices-file");
    let file = folder.write("prices.json", "{}");
    let name = file.to_str().expect("a name");
    let env = [("POINTSMAN_PRICES_FILE", name), ("POINTSMAN_PRICES_REFRESH_MS", "1000")];
    let server = Server::start(&folder, &env);
    lab(&server);
    eventually("the bad file is complained about", || {
        server.stderr().contains("was not refreshed").then_some(())
    });
    folder.write("prices.json", &list("1", "0.001"));
    let mut tries = 0;
    eventually("the price is known", || {
        tries += 1;
        has_price(&server, &format!("r-{tries}")).then_some(())
    });
    folder.write("prices.json", &list("2", "0.9"));
    eventually("the jump is refused", || {
        server.stderr().contains("more than 20 times").then_some(())
    });
    assert!(has_price(&server, "still"));
}

/// Serves a list over HTTP with an `ETag`; remembers what was asked.
fn serve(list: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url =
        format!("http://{}/prices.json?key=secret", listener.local_addr().expect("an address"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let remembered = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut head = [0; 4096];
            let read = stream.read(&mut head).unwrap_or_default();
            let head = String::from_utf8_lossy(&head[..read]).to_lowercase();
            let known = head.contains("if-none-match: \"one\"");
            remembered.lock().expect("not poisoned").push(head);
            let answer = if known {
                "HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".to_owned()
            } else {
                format!(
                    "HTTP/1.1 200 OK\r\netag: \"one\"\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{list}",
                    list.len()
                )
            };
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, asked)
}

#[test]
fn a_price_url_is_asked_again_with_its_etag() {
    let folder = Folder::new("prices-url");
    let (url, asked) = serve(list("1", "0.001"));
    let env = [("POINTSMAN_PRICES_URL", &*url), ("POINTSMAN_PRICES_REFRESH_MS", "1000")];
    let server = Server::start(&folder, &env);
    lab(&server);
    let mut tries = 0;
    eventually("the price is known", || {
        tries += 1;
        has_price(&server, &format!("r-{tries}")).then_some(())
    });
    eventually("it is asked whether it has changed", || {
        asked
            .lock()
            .expect("not poisoned")
            .iter()
            .any(|it| it.contains("if-none-match"))
            .then_some(())
    });
    assert!(!server.stderr().contains("secret"), "{}", server.stderr());
}

#[test]
fn a_url_beside_a_file_is_not_used_and_that_is_said() {
    let folder = Folder::new("prices-both");
    let file = folder.write("prices.json", &list("1", "0.001"));
    let (url, asked) = serve(list("2", "0.001"));
    let env = [
        ("POINTSMAN_PRICES_FILE", file.to_str().expect("a name")),
        ("POINTSMAN_PRICES_URL", &*url),
    ];
    let server = Server::start(&folder, &env);
    eventually("the list is read", || {
        server.stderr().contains("the price list was refreshed").then_some(())
    });
    assert!(server.stderr().contains("`prices_url` is not used"), "{}", server.stderr());
    assert!(asked.lock().expect("not poisoned").is_empty());
}
