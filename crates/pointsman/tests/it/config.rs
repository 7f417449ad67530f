//! A configuration that cannot be used: one line, exit code 2.

use crate::server::{Folder, Server, run};

fn refused(folder: &Folder, args: &[&str], env: &[(&str, &str)]) -> String {
    let output = run(folder, &[&["serve"], args].concat(), env);
    let stderr = String::from_utf8(output.stderr).expect("text");
    let told: Vec<_> = stderr.lines().filter(|it| !it.contains(" INFO ")).collect();
    assert_eq!(output.status.code(), Some(2), "{args:?} {env:?}: {stderr}");
    assert_eq!(told.len(), 1, "{args:?} {env:?}: {stderr}");
    assert!(output.stdout.is_empty());
    told[0].to_owned()
}

#[test]
fn a_bad_value_is_one_line_that_says_where_it_stands() {
    let folder = Folder::new("bad-values");
    let check = |args: &[&str], env: &[(&str, &str)], wanted: &[&str]| {
        let line = refused(&folder, args, env);
        assert!(wanted.iter().all(|it| line.contains(it)), "{line}");
    };
    check(&["--listen", "nowhere"], &[], &["--listen", "`nowhere`", "127.0.0.1:8787"]);
    check(&[], &[("POINTSMAN_LISTEN", "1.2.3.4")], &["POINTSMAN_LISTEN", "`1.2.3.4`"]);
    check(
        &[],
        &[("POINTSMAN_ALLOW_UNAUTHENTICATED", "perhaps")],
        &["POINTSMAN_ALLOW_UNAUTHENTICATED", "true or false"],
    );
    check(&[], &[("POINTSMAN_DRAIN_MS", "-1")], &["POINTSMAN_DRAIN_MS", "whole number"]);
    check(&["--workers", "0"], &[], &["--workers"]);
    check(&[], &[("POINTSMAN_API_DIALECT", "klingon")], &["POINTSMAN_API_DIALECT", "reference"]);
    check(&[], &[("POINTSMAN_ACCOUNT_ID", "a/b")], &["POINTSMAN_ACCOUNT_ID"]);
    check(&[], &[("POINTSMAN_LOG_FORMAT", "xml")], &["POINTSMAN_LOG_FORMAT", "json"]);
    check(&[], &[("POINTSMAN_REDIS_URL", "http://h")], &["POINTSMAN_REDIS_URL", "redis://"]);
    check(&[], &[("POINTSMAN_LIMIT_LEASE_MS", "1")], &["POINTSMAN_LIMIT_LEASE_MS", "100"]);
    check(
        &[],
        &[("POINTSMAN_OTLP_ENDPOINT", "ftp://h")],
        &["POINTSMAN_OTLP_ENDPOINT", "http(s) URL"],
    );
    check(&[], &[("POINTSMAN_TRACES_SAMPLER", "some")], &["POINTSMAN_TRACES_SAMPLER", "always_on"]);
    check(
        &[],
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://h"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "soap")],
        &["OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"],
    );
    check(
        &[],
        &[("POINTSMAN_PROVIDER_OPENAI_BASE_URL", "ftp://h")],
        &["POINTSMAN_PROVIDER_OPENAI_BASE_URL", "http"],
    );
    check(&[], &[("POINTSMAN_EXTRA_ROOTS", "/no/such/file")], &["extra_roots", "/no/such/file"]);
    for (name, rules, told) in [
        ("POINTSMAN_LOG_REDACT_PATHS", "messages[*].content\nuser..name", "`user..name`"),
        ("POINTSMAN_LOG_REDACT_PATTERNS", "[0-9]{4,8}\n(ab", "`(ab`"),
        ("POINTSMAN_LOG_REDACT_PATTERNS", "a*", "everywhere"),
        ("POINTSMAN_LOG_RETENTION_DAYS", "-1", "36500"),
    ] {
        check(&[], &[(name, rules)], &[name, told]);
    }
    check(&["--config", "absent.toml"], &[], &["absent.toml", "cannot be read"]);
}

#[test]
fn a_bad_secret_is_not_repeated() {
    let folder = Folder::new("bad-secrets");
    for (name, value) in [
        ("POINTSMAN_MASTER_KEY", "deadbeef-canary"),
        ("POINTSMAN_DATABASE_URL", "postgres://user:canary@db/x"),
        ("POINTSMAN_ADMIN_TOKEN", "with space canary"),
    ] {
        let line = refused(&folder, &[], &[(name, value)]);
        assert!(line.contains(name) && !line.contains("canary"), "{line}");
    }
}

#[test]
fn the_file_is_checked_to_the_key() {
    let folder = Folder::new("bad-file");
    let check = |text: &str, wanted: &[&str]| {
        folder.write("pointsman.toml", text);
        let line = refused(&folder, &[], &[]);
        assert!(wanted.iter().all(|it| line.contains(it)), "{line}");
    };
    check("listne = \"127.0.0.1:0\"", &["pointsman.toml", "`listne`"]);
    check("max_in_flight = \"many\"", &["`max_in_flight` in pointsman.toml", "`many`"]);
    check("hosts = \"one\"", &["`hosts`", "array"]);
    check("account_id = \"a\"\nlisten = ", &["pointsman.toml", "line 2"]);
    check("[providers.opneai]\napi_key = \"x\"", &["providers.opneai"]);
    check("[providers.openai]\nkey = \"x\"", &["providers.openai", "base_url and api_key"]);
}

#[test]
fn what_is_taken_already_is_said() {
    let folder = Folder::new("taken");
    let server = Server::start(&folder, &[]);
    let line = refused(&folder, &[], &[]);
    assert!(line.contains("another server is using this data folder"), "{line}");
    let other = Folder::new("taken-too");
    let line = refused(&other, &["--listen", &server.address], &[]);
    assert!(line.contains("cannot listen") && line.contains(&server.address), "{line}");
}

#[test]
fn another_master_key_is_refused_and_leaves_nothing_behind() {
    let folder = Folder::new("master-key");
    assert_eq!(Server::start(&folder, &[]).stop(), Some(0));
    let key = folder.data().join("master.key");
    let kept = std::fs::read_to_string(&key).expect("the key file");
    let line = refused(&folder, &[], &[("POINTSMAN_MASTER_KEY", &"ab".repeat(32))]);
    assert!(line.contains("master_key"), "{line}");
    std::fs::remove_file(&key).expect("it was there");
    let line = refused(&folder, &[], &[]);
    assert!(line.contains("master_key") && !key.exists(), "{line}");
    assert_eq!(Server::start(&folder, &[("POINTSMAN_MASTER_KEY", kept.trim())]).stop(), Some(0));
}

#[test]
fn wrong_use_of_the_command_line_is_exit_code_2() {
    let folder = Folder::new("usage");
    for args in [&["serve", "--no-such-flag"][..], &["fly"], &["check"], &[]] {
        assert_eq!(run(&folder, args, &[]).status.code(), Some(2), "{args:?}");
    }
    let version = run(&folder, &["version"], &[]);
    assert_eq!(version.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&version.stdout).starts_with("pointsman "));
}

#[test]
fn a_misspelt_variable_is_mentioned_and_a_right_one_not() {
    let folder = Folder::new("misspelt");
    let env = [
        ("POINTSMAN_LISTNE", "x"),
        ("POINTSMAN_PROVIDER_CUSTOM_A_API_KEY", "k"),
        ("POINTSMAN_PROVIDER_GROQ_API_KEY", "k"),
    ];
    let server = Server::start(&folder, &env);
    let stderr = server.stderr();
    assert!(stderr.contains("POINTSMAN_LISTNE") && !stderr.contains("_API_KEY"), "{stderr}");
}
