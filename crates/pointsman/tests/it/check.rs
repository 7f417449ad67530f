//! `pointsman check`.

use crate::server::{Folder, model_route, run};
use serde_json::{Value, json};

fn check(folder: &Folder, text: &str, json: bool) -> (Option<i32>, String) {
    let file = folder.write("route.json", text);
    let file = file.to_str().expect("a name");
    let args: &[&str] = if json { &["check", file, "--json"] } else { &["check", file] };
    let output = run(folder, args, &[]);
    (output.status.code(), String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn a_sound_route_is_exit_code_0_bare_or_named() {
    let folder = Folder::new("check-sound");
    let elements = model_route("echo", "echo");
    for text in
        [elements.to_string(), json!({ "name": "support", "elements": elements }).to_string()]
    {
        let (code, out) = check(&folder, &text, false);
        assert_eq!(code, Some(0), "{out}");
        assert!(out.contains("can be deployed: 0 errors"), "{out}");
    }
}

#[test]
fn problems_are_exit_code_1_and_name_element_and_property() {
    let folder = Folder::new("check-problems");
    let mut elements = model_route("no-such-provider", "m");
    elements[0]["outputs"]["next"]["elementId"] = json!("nowhere");
    let (code, out) = check(&folder, &elements.to_string(), false);
    assert_eq!(code, Some(1), "{out}");
    assert!(
        out.contains("error: element `start`") && out.contains("/elements/0/outputs/next"),
        "{out}"
    );
    assert!(out.contains("element `m`") && out.contains("no-such-provider"), "{out}");

    let (code, out) = check(&folder, &elements.to_string(), true);
    assert_eq!(code, Some(1));
    let out: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(out["valid"], false);
    let problems = out["problems"].as_array().expect("problems");
    assert!(problems.iter().any(|it| it["element"] == "m" && it["severity"] == "error"), "{out}");
    assert!(problems.iter().all(|it| it["code"].is_string() && it["message"].is_string()), "{out}");
}

#[test]
fn warnings_alone_are_exit_code_0() {
    let folder = Folder::new("check-warnings");
    let (code, out) = check(&folder, &model_route("openai", "gpt-4o").to_string(), true);
    let out: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, &out["valid"]), (Some(0), &json!(true)), "{out}");
    assert!(!out["problems"].as_array().expect("problems").is_empty(), "no key, no fallback");
}

#[test]
fn what_the_catalogue_says_no_model_can_is_warned_of() {
    let folder = Folder::new("check-cannot");
    let (code, out) = check(&folder, &model_route("openai", "o3-deep-research").to_string(), false);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("Requests with tools will fail"), "{out}");
    assert!(out.contains("`openai/o3-deep-research`") && out.contains("[cannot_serve]"), "{out}");
    let (_, out) = check(&folder, &model_route("openai", "gpt-4o").to_string(), false);
    assert!(!out.contains("cannot_serve"), "{out}");
}

#[test]
fn what_is_no_route_at_all_is_a_problem_and_what_cannot_be_read_is_wrong_use() {
    let folder = Folder::new("check-nonsense");
    for text in ["", "{}", "[1]", "not json", "{\"elements\": {}}"] {
        assert_eq!(check(&folder, text, false).0, Some(1), "{text}");
    }
    assert_eq!(run(&folder, &["check", "absent.json"], &[]).status.code(), Some(2));
}
