//! The dependency direction of `ARCHITECTURE.md`, file budgets and module docs, checked over the checkout itself.

#![expect(clippy::indexing_slicing, reason = "a missing key of cargo's own output may end a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Who may depend on whom inside the workspace. A crate absent from a list must not be reached by that edge.
const EDGES: &[(&str, &[&str])] = &[
    ("route", &[]),
    ("chat", &[]),
    ("dialects", &["chat"]),
    ("limits", &[]),
    ("counters", &["limits"]),
    ("cache", &["chat"]),
    ("tokens", &[]),
    ("access", &[]),
    ("providers", &["chat"]),
    ("telemetry", &["chat", "route"]),
    ("otlp", &["providers", "route", "telemetry"]),
    ("store", &["access", "chat", "route", "telemetry"]),
    ("api", &["access", "chat", "providers", "route", "store", "telemetry"]),
    (
        "proxy",
        &[
            "access",
            "cache",
            "chat",
            "dialects",
            "limits",
            "providers",
            "route",
            "telemetry",
            "tokens",
        ],
    ),
    ("testkit", &[]),
    (
        "pointsman",
        &[
            "access",
            "api",
            "cache",
            "chat",
            "counters",
            "limits",
            "otlp",
            "providers",
            "proxy",
            "route",
            "store",
            "telemetry",
            "tokens",
        ],
    ),
    ("tidy", &[]),
];

/// What a crate must not know, as direct dependencies: the invariants of `ARCHITECTURE.md`.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("route", &["tokio", "axum", "hyper", "sqlx", "getrandom", "uuid", "jiff", "tracing"]),
    ("chat", &["tokio", "axum", "hyper", "sqlx", "getrandom", "uuid", "jiff", "tracing"]),
    (
        "dialects",
        &["tokio", "axum", "hyper", "http", "sqlx", "getrandom", "uuid", "jiff", "tracing"],
    ),
    ("tokens", &["tokio", "axum", "hyper", "http", "sqlx", "serde_json", "tracing"]),
    ("limits", &["axum", "hyper", "http", "sqlx", "serde_json", "tokio"]),
    ("counters", &["axum", "hyper", "http", "sqlx", "serde_json"]),
    ("cache", &["axum", "hyper", "sqlx"]),
    ("access", &["axum", "hyper", "sqlx", "tokio"]),
    ("providers", &["axum", "sqlx"]),
    ("telemetry", &["axum", "hyper", "sqlx"]),
    ("otlp", &["axum", "hyper", "sqlx"]),
    ("store", &["axum", "hyper", "http"]),
    ("api", &["sqlx"]),
    ("proxy", &["axum", "sqlx"]),
];

/// Replaced by the language.
const OBSOLETE: &[&str] = &["async-trait", "lazy_static", "once_cell"];

/// Lines of code (blank lines and comments aside) a source file may have.
const FILE_BUDGET: usize = 500;

/// Files over the budget, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tidy is a folder of the workspace")
        .to_path_buf()
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// Direct dependencies of each package: (normal and build, dev).
fn dependencies() -> BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> {
    let mut all = BTreeMap::new();
    for package in packages() {
        let (mut normal, mut dev) = (BTreeSet::new(), BTreeSet::new());
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let name = dependency["name"].as_str().expect("name").to_owned();
            let kind = dependency["kind"].as_str();
            if kind == Some("dev") {
                dev.insert(name)
            } else {
                normal.insert(name)
            };
        }
        all.insert(package["name"].as_str().expect("name").to_owned(), (normal, dev));
    }
    all
}

#[test]
fn dependencies_point_one_way() {
    let all = dependencies();
    let members: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    for (name, (normal, _)) in &all {
        let Some((_, allowed)) = EDGES.iter().find(|(it, _)| it == name) else {
            panic!(
                "crate `{name}` has no row in EDGES (tidy/tests/house.rs): say what it may know"
            );
        };
        for dependency in normal.iter().filter(|it| members.contains(it.as_str())) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "`{name}` must not depend on `{dependency}`; if the boundary is wrong, move it first (docs/decisions)"
            );
        }
    }
}

#[test]
fn only_tests_use_the_test_kit() {
    for (name, (normal, _)) in dependencies() {
        assert!(!normal.contains("testkit"), "`{name}` uses testkit outside its tests");
    }
}

#[test]
fn crates_do_not_know_what_they_must_not() {
    let all = dependencies();
    for (name, forbidden) in FORBIDDEN {
        let (normal, _) = &all[*name];
        for dependency in *forbidden {
            assert!(!normal.contains(*dependency), "`{name}` must not know `{dependency}`");
        }
    }
    for (name, (normal, dev)) in &all {
        for dependency in OBSOLETE {
            let found = normal.contains(*dependency) || dev.contains(*dependency);
            assert!(!found, "`{name}` uses `{dependency}`, which the language has replaced");
        }
    }
}

#[test]
fn every_crate_takes_the_workspace_lints() {
    for package in packages() {
        let manifest = package["manifest_path"].as_str().expect("manifest_path");
        let text = std::fs::read_to_string(manifest).expect("a manifest can be read");
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "{manifest} lacks `[lints] workspace = true`"
        );
    }
}

/// Every Rust file that is ours.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![root().join("crates"), root().join("tidy")];
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the checkout") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn is_test(path: &Path) -> bool {
    path.file_name().is_some_and(|it| it == "tests.rs")
        || path
            .components()
            .any(|it| matches!(it.as_os_str().to_str(), Some("tests" | "benches" | "examples")))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned()
}

#[test]
fn files_stay_within_their_budget() {
    for path in sources().iter().filter(|it| !is_test(it)) {
        let name = relative(path);
        let text = std::fs::read_to_string(path).expect("a source can be read");
        let code = text
            .lines()
            .map(str::trim)
            .take_while(|it| *it != "#[cfg(test)]")
            .filter(|it| !it.is_empty() && !it.starts_with("//"))
            .count();
        let exempt = LONG_FILES.iter().any(|(it, _)| *it == name);
        assert!(
            exempt || code <= FILE_BUDGET,
            "{name} has {code} lines of code, the budget is {FILE_BUDGET}"
        );
        assert!(
            !exempt || code > FILE_BUDGET,
            "{name} is within the budget: take it off LONG_FILES"
        );
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for path in sources() {
        let name = relative(&path);
        if name.ends_with("/tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source can be read");
        assert!(text.starts_with("//!"), "{name} does not begin with a `//!` line");
    }
}

#[test]
fn a_todo_carries_an_issue_number() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    for path in sources() {
        let text = std::fs::read_to_string(&path).expect("a source can be read");
        for (number, line) in text.lines().enumerate() {
            let marked = marks.iter().any(|it| line.contains(it));
            let named = line.contains(&format!("{}(#", concat!("TO", "DO")));
            assert!(
                !marked || named,
                "{}:{}: a mark without an issue number",
                relative(&path),
                number + 1
            );
        }
    }
}
