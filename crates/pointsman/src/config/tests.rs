use super::layers::DEFAULTS;
use super::{Cache, CachePlace, Config, ConfigError, Input, SETTINGS};
use secrecy::ExposeSecret as _;
use std::collections::BTreeMap;
use std::time::Duration;

fn input(flags: &[(&'static str, &str)], env: &[(&str, &str)], file: Option<&str>) -> Input {
    Input {
        flags: flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
        env: env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        file: file.map(|text| ("pointsman.toml".to_owned(), text.to_owned())),
    }
}

fn load(env: &[(&str, &str)], file: &str) -> Result<Config, ConfigError> {
    Config::load(&input(&[], env, Some(file)))
}

/// The keys of the default file, and whether each is only an example.
fn documented() -> BTreeMap<String, bool> {
    let key = |line: &str| {
        let (bare, example) = line.strip_prefix('#').map_or((line, false), |it| (it, true));
        let (key, _) = bare.split_once(" = ")?;
        let is_key = key.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
        is_key.then(|| (key.to_owned(), example))
    };
    DEFAULTS.lines().take_while(|it| *it != "#[providers.openai]").filter_map(key).collect()
}

#[test]
fn the_default_file_lists_every_setting_and_nothing_else() {
    let documented: Vec<_> = documented().into_keys().collect();
    let mut settings: Vec<_> = SETTINGS.iter().map(|it| it.key).collect();
    settings.sort_unstable();
    assert_eq!(documented, settings);
}

#[test]
fn every_line_of_the_default_file_could_be_used() {
    let usable = |line: &str| {
        let bare = line.strip_prefix('#').filter(|it| !it.starts_with(' ')).unwrap_or(line);
        bare.replace("at least 16 characters that nobody guesses", "guess-this-if-you-can")
    };
    let text: String = DEFAULTS.lines().map(|it| usable(it) + "\n").collect();
    let config = load(&[], &text).expect("examples are valid");
    let openai = providers::find("openai").expect("it is in the table");
    assert_eq!(config.providers.base_url(openai), Some("https://api.openai.com/v1"));
    assert_eq!(config.bounds.workers, Some(4));
    assert!(config.net.admin.is_some() && config.admin_token.is_some());
    assert!(config.tracing.target.is_some());
}

#[test]
fn without_anything_the_documented_defaults_hold() {
    let config = Config::load(&Input::default()).expect("the defaults are valid");
    assert_eq!(config.net.listen.to_string(), "127.0.0.1:8787");
    assert_eq!(config.net.admin, None);
    assert_eq!(config.data.dir.to_str(), Some("./pointsman-data"));
    assert_eq!(config.account, "default");
    assert!(!config.net.allow_unauthenticated && !config.calls.allow_private_upstreams);
    assert_eq!(config.calls.first_byte, Duration::from_secs(120));
    assert_eq!(config.calls.idle, Duration::from_secs(60));
    assert_eq!(config.bounds.drain, Duration::from_secs(20));
    assert_eq!(config.bounds.max_body, 64 << 20);
    assert_eq!(config.calls.default_output_tokens, 4096);
    assert_eq!(config.calls.breaker, Some(proxy::breaker::Policy::default()));
    assert_eq!(config.calls.cooldown, Some(proxy::cooldown::Policy::default()));
    assert!(config.admin_token.is_none() && config.data.master_key.is_none());
    assert!(config.warnings.is_empty());
}

#[test]
fn flags_beat_the_environment_and_that_the_file() {
    let account = |input: &Input| Config::load(input).expect("valid").account;
    let env = [("POINTSMAN_ACCOUNT_ID", "env")];
    let file = Some("account_id = \"file\"");
    assert_eq!(account(&input(&[], &[], file)), "file");
    assert_eq!(account(&input(&[], &env, file)), "env");
    assert_eq!(account(&input(&[("account_id", "flag")], &env, file)), "flag");
    assert_eq!(
        account(&input(&[], &[("POINTSMAN_ACCOUNT_ID", " ")], file)),
        "file",
        "an empty variable is none"
    );
}

#[test]
fn lists_are_arrays_in_the_file_and_commas_elsewhere() {
    let config =
        load(&[("POINTSMAN_CORS_ORIGINS", "https://a, https://b,")], "hosts = [\"x\", \"y:1\"]")
            .expect("valid");
    assert_eq!(config.net.hosts, ["x", "y:1"]);
    assert_eq!(config.net.cors_origins, ["https://a", "https://b"]);
}

#[test]
fn zero_failures_switch_breakers_off() {
    let config =
        load(&[("POINTSMAN_BREAKER_FAILURES", "0")], "breaker_off = [\"raw\"]").expect("valid");
    assert_eq!(config.calls.breaker, None);
    assert!(config.calls.breaker_off.contains("raw"));
}

#[test]
fn the_admin_address_is_none_when_it_is_the_same() {
    let admin = |listen: &str, admin: &str| {
        let env = [("POINTSMAN_LISTEN", listen), ("POINTSMAN_ADMIN_LISTEN", admin)];
        load(&env, "").expect("valid").net.admin.map(|it| it.to_string())
    };
    assert_eq!(admin("127.0.0.1:1", "127.0.0.1:1"), None);
    assert_eq!(admin("127.0.0.1:1", "localhost:2"), Some("127.0.0.1:2".to_owned()));
    assert_eq!(admin("[::1]:0", "[::1]:0"), Some("[::1]:0".to_owned()), "two free ports are two");
}

#[test]
fn a_provider_key_is_ours_before_the_file_s_before_the_usual() {
    let key = |env: &[(&str, &str)], file: &str| {
        let config = load(env, file).expect("valid");
        let key = config.providers.key(providers::find("openai").expect("known"));
        key.map(|it| it.secret.expose_secret().to_owned())
    };
    let file = "[providers.openai]\napi_key = \"file\"";
    let usual = ("OPENAI_API_KEY", "usual");
    let ours = ("POINTSMAN_PROVIDER_OPENAI_API_KEY", "ours");
    assert_eq!(key(&[], ""), None);
    assert_eq!(key(&[usual], ""), Some("usual".to_owned()));
    assert_eq!(key(&[usual], file), Some("file".to_owned()));
    assert_eq!(key(&[usual, ours], file), Some("ours".to_owned()));
}

#[test]
fn a_base_url_is_ours_before_what_the_providers_own_tools_would_make_of_the_environment() {
    let url = |env: &[(&str, &str)], slug: &str| {
        let config = load(env, "").expect("valid");
        config.providers.base_url(providers::find(slug).expect("known")).map(str::to_owned)
    };
    let usual = ("AWS_REGION", "eu-west-1");
    let aws = "https://bedrock-runtime.eu-west-1.amazonaws.com".to_owned();
    assert_eq!(url(&[], "aws-bedrock"), None);
    assert_eq!(url(&[usual], "aws-bedrock"), Some(aws));
    for ours in ["POINTSMAN_PROVIDER_AWS_BEDROCK_BASE_URL", "POINTSMAN_PROVIDER_BEDROCK_BASE_URL"] {
        assert_eq!(url(&[usual, (ours, "http://o")], "aws-bedrock"), Some("http://o".to_owned()));
    }
}

#[test]
fn a_slug_is_upper_case_with_underscores_in_its_variables() {
    let config = load(
        &[
            ("POINTSMAN_PROVIDER_CUSTOM_MY_LAB_API_KEY", "k"),
            ("POINTSMAN_PROVIDER_CUSTOM_MY_LAB_BASE_URL", "https://lab.example/v1"),
        ],
        "[providers.custom-other]\napi_key = \"o\"\nbase_url = \"https://lab.example\"",
    );
    let settings = config.expect("valid").providers;
    assert!(settings.custom_key("custom-my-lab", "https://lab.example/v1").is_some());
    assert!(settings.custom_key("custom-other", "https://lab.example/v1").is_some());
    assert!(settings.custom_key("custom-third", "https://lab.example/v1").is_none());
}

#[test]
fn a_key_for_a_custom_provider_goes_only_to_the_server_it_is_given_with() {
    let key = ("POINTSMAN_PROVIDER_CUSTOM_LAB_API_KEY", "k");
    let url = ("POINTSMAN_PROVIDER_CUSTOM_LAB_BASE_URL", "https://lab.example/v1");
    let has = |env: &[(&str, &str)], base_url| {
        load(env, "").expect("valid").providers.custom_key("custom-lab", base_url).is_some()
    };
    assert!(has(&[key, url], "https://lab.example:443/v2"));
    assert!(!has(&[key, url], "https://evil.example/v1"));
    assert!(!has(&[key, url], "http://lab.example/v1"));
    assert!(!has(&[key], "https://lab.example/v1"), "nothing says whom it is for");
}

#[test]
fn answers_are_kept_where_the_settings_say() {
    const URL: &str = "redis_url = \"redis://127.0.0.1:6379\"\n";
    let memory = Cache { place: Some(CachePlace::Memory), bytes: 256 << 20, coalesce: false };
    for (text, expected) in [
        (String::new(), Ok(memory)),
        ("cache = \"off\"".to_owned(), Ok(Cache { place: None, ..memory })),
        (URL.to_owned(), Ok(memory)),
        (format!("{URL}cache = \"redis\""), Ok(Cache { place: Some(CachePlace::Redis), ..memory })),
        (
            "cache_bytes = 1048576\ncache_coalesce = true".to_owned(),
            Ok(Cache { bytes: 1 << 20, coalesce: true, ..memory }),
        ),
        ("cache = \"redis\"".to_owned(), Err("redis_url")),
        ("cache = \"disk\"".to_owned(), Err("off, memory or redis")),
        ("cache_bytes = 1000".to_owned(), Err("1048576")),
        ("cache_coalesce = \"maybe\"".to_owned(), Err("cache_coalesce")),
    ] {
        match (load(&[], &text).map(|it| it.cache), expected) {
            (Ok(cache), Ok(expected)) => assert_eq!(cache, expected, "{text}"),
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{text}: {error}");
            }
            (cache, expected) => panic!("{text}: {cache:?} instead of {expected:?}"),
        }
    }
}

#[test]
fn zero_switches_the_rest_of_keys_off() {
    let config = load(&[("POINTSMAN_KEY_COOLDOWN_MS", "0")], "").expect("valid");
    assert_eq!(config.calls.cooldown, None);
}

#[test]
fn a_message_is_one_line_whatever_the_value_holds() {
    let error = load(&[("POINTSMAN_LISTEN", "a\nb\u{1b}[31m")], "")
        .expect_err("not an address")
        .to_string();
    assert!(!error.contains('\n') && !error.contains('\u{1b}'), "{error}");
}

#[test]
fn secrets_stay_out_of_debug() {
    let env = [
        ("POINTSMAN_ADMIN_TOKEN", "canary-token"),
        ("OPENAI_API_KEY", "canary-key"),
        ("POINTSMAN_MASTER_KEY", &"ab".repeat(32)),
    ];
    let shown = format!("{:?}", load(&env, "").expect("valid"));
    assert!(!shown.contains("canary") && !shown.contains("abab"), "{shown}");
}

#[test]
fn docs_config_md_has_every_setting() {
    let page = include_str!("../../../../docs/config.md");
    for setting in SETTINGS {
        let row = format!("| `{}` |", setting.key);
        assert!(page.contains(&row), "docs/config.md lacks {row}");
    }
}

const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

fn tracing(env: &[(&str, &str)]) -> super::Tracing {
    load(env, "").expect("valid").tracing
}

#[test]
fn the_standard_variables_name_a_collector_and_our_setting_comes_first() {
    let url = |env: &[(&str, &str)]| tracing(env).target.map(|it| it.url.to_string());
    let own = ("POINTSMAN_OTLP_ENDPOINT", "http://own:1/base/");
    let traces = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:1/as/is");
    assert_eq!(url(&[]), None);
    let all = [own, (COLLECTOR, "http://all:1"), traces];
    assert_eq!(url(&all).as_deref(), Some("http://own:1/base/v1/traces"));
    assert_eq!(url(&all[1..]).as_deref(), Some("http://traces:1/as/is"));
    assert_eq!(url(&all[1..2]).as_deref(), Some("http://all:1/v1/traces"));
    let off = [(COLLECTOR, "http://all:1"), ("OTEL_SDK_DISABLED", "true"), own];
    assert_eq!(url(&off[..2]), None);
    assert!(url(&off).is_some());
    let grpc = [(COLLECTOR, "http://all:4317"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
    assert_eq!(url(&grpc).as_deref(), Some("http://all:4317/"));
}

#[test]
fn metrics_go_where_spans_go_unless_the_variables_say_otherwise() {
    let url = |env: &[(&str, &str)]| tracing(env).metrics.map(|it| it.target.url.to_string());
    let own = ("POINTSMAN_OTLP_ENDPOINT", "http://own:1/base/");
    let metrics = ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://metrics:1/as/is");
    let all = [own, metrics, (COLLECTOR, "http://all:1")];
    assert_eq!(url(&all).as_deref(), Some("http://own:1/base/v1/metrics"));
    assert_eq!(url(&all[1..]).as_deref(), Some("http://metrics:1/as/is"));
    assert_eq!(url(&all[2..]).as_deref(), Some("http://all:1/v1/metrics"));
    let none = ("OTEL_METRICS_EXPORTER", "none");
    assert_eq!(url(&[none, all[2]]), None);
    assert!(url(&[none, own]).is_some() && tracing(&[none, all[2]]).target.is_some());
    let traces_alone = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:1/as/is")];
    assert_eq!(url(&traces_alone), None);
    assert!(tracing(&[metrics]).target.is_none() && url(&[metrics]).is_some());
}

#[test]
fn metrics_are_exported_once_a_minute_unless_told_otherwise() {
    let every = |env: &[(&str, &str)]| {
        let env = [env, &[("POINTSMAN_OTLP_ENDPOINT", "http://own:1")]].concat();
        tracing(&env).metrics.map(|it| it.every.as_millis())
    };
    let standard = ("OTEL_METRIC_EXPORT_INTERVAL", "2000");
    let own = |it| ("POINTSMAN_OTLP_METRICS_INTERVAL_MS", it);
    assert_eq!(every(&[]), Some(60_000));
    assert_eq!(every(&[standard]), Some(2000));
    assert_eq!(every(&[standard, own("3000")]), Some(3000));
    assert_eq!(every(&[standard, own("0")]), None);
    let error = load(&[own("soon")], "").expect_err("no number").to_string();
    assert!(error.contains("otlp_metrics_interval_ms") || error.contains(own("").0), "{error}");
}

#[test]
fn headers_for_a_collector_are_decoded_and_never_repeated() {
    let headers = "authorization=Basic%20Y2FuYXJ5, x-team = a";
    let env = [(COLLECTOR, "http://all:1"), ("OTEL_EXPORTER_OTLP_HEADERS", headers)];
    let target = tracing(&env).target.expect("a collector");
    assert_eq!(target.headers.len(), 2);
    assert_eq!(target.headers[0].1, "Basic Y2FuYXJ5");
    assert!(target.headers[0].1.is_sensitive() && !format!("{target:?}").contains("Y2FuYXJ5"));
    for name in ["OTEL_EXPORTER_OTLP_HEADERS", "POINTSMAN_OTLP_HEADERS"] {
        let env = [(COLLECTOR, "http://all:1"), (name, "canary")];
        let error = load(&env, "").expect_err("no pair").to_string();
        assert!(error.contains(name) && !error.contains("canary"), "{error}");
    }
    let url = [("POINTSMAN_OTLP_ENDPOINT", "http://user:canary@h")];
    let error = load(&url, "").expect_err("a password").to_string();
    assert!(!error.contains("canary"), "{error}");
}

#[test]
fn spans_are_of_a_service_with_the_attributes_of_the_standard() {
    let resource =
        |env: &[(&str, &str)]| -> BTreeMap<_, _> { tracing(env).resource.into_iter().collect() };
    assert_eq!(resource(&[])["service.name"], "pointsman");
    let attributes = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=a,deployment.environment=b%20c,x");
    let of = resource(&[attributes]);
    assert_eq!((of["service.name"].as_str(), of["deployment.environment"].as_str()), ("a", "b c"));
    assert_eq!(resource(&[attributes, ("OTEL_SERVICE_NAME", "n")])["service.name"], "n");
}

#[test]
fn what_sdks_do_and_this_server_does_not_is_told() {
    for (name, value, told) in [
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip", "uncompressed"),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta", "cumulative"),
    ] {
        let warnings = load(&[(name, value)], "").expect("valid").warnings;
        assert!(warnings.iter().any(|it| it.contains(told)), "{warnings:?}");
    }
}
