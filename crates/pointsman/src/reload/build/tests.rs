use super::{Builder, Policies};
use crate::config::{Config, Input};
use access::Digest;
use proxy::Catalog;
use route::ids::{AccountId, GatewayId, RouteId};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use std::sync::Arc;
use store::{Actor, CustomProvider, MasterKey, NewGateway, NewProviderConfig, NewVersion, Store};

/// A store of its own, with the gateway `default`.
struct Bench {
    store: Store,
    folder: PathBuf,
}

impl Bench {
    async fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("pointsman-build-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let url = format!("sqlite://{}", folder.join("test.db").display());
        let store = Store::open(&url, &MasterKey::generate()).await.expect("a store");
        let gateway = NewGateway {
            id: GatewayId::from("default"),
            authentication: false,
            collect_logs: true,
            settings: r#"{"retry_max_attempts":3,"retry_delay":250,"retry_backoff":"linear"}"#
                .to_owned(),
            collectors: None,
        };
        store.gateways().ensure_default(&actor(), gateway).await.expect("a gateway");
        Self { store, folder }
    }

    fn builder(&self, env: &[(&str, &str)], close_all: bool) -> Builder {
        let env =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let config = Config::load(&Input { env, ..Input::default() }).expect("valid");
        let policies = Policies {
            breaker: config.calls.breaker,
            cooldown: config.calls.cooldown,
            breaker_off: config.calls.breaker_off,
            allow_private_upstreams: false,
            close_all,
            admin: Digest::of("admin"),
        };
        Builder::new(self.store.clone(), AccountId::from("default"), config.providers, policies)
            .expect("valid")
    }

    async fn route(&self, name: &str, elements: &str) -> RouteId {
        let version = NewVersion {
            elements: elements.to_owned(),
            is_valid: true,
            problems: "[]".to_owned(),
            comment: None,
        };
        let made =
            self.store.routes().create(&actor(), &GatewayId::from("default"), name, version).await;
        made.expect("a route").id
    }

    async fn key(&self, alias: &str, default_config: bool, secret: &str) {
        let new = NewProviderConfig {
            provider_slug: "openai".to_owned(),
            alias: alias.to_owned(),
            default_config,
            weight: None,
            given_for: None,
            secret: SecretString::from(secret),
            rate_limit: None,
            rate_limit_period: 60,
        };
        let made =
            self.store.provider_configs().create(&actor(), &GatewayId::from("default"), new).await;
        made.expect("a key");
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn custom(slug: &str, enable: bool) -> CustomProvider {
    CustomProvider {
        id: String::new(),
        name: slug.to_owned(),
        slug: slug.to_owned(),
        base_url: "https://llm.example/v1".to_owned(),
        dialect: "openai".into(),
        enable,
        headers: Some(SecretString::from(r#"{"x-team":"a"}"#)),
        rest: "{}".to_owned(),
        created_at: 0,
        modified_at: 0,
    }
}

fn actor() -> Actor {
    Actor { id: "test".to_owned(), name: "test".to_owned() }
}

fn elements(provider: &str) -> String {
    format!(
        r#"[{{"id":"s","type":"start","outputs":{{"next":{{"elementId":"m"}}}}}},
            {{"id":"m","type":"model","properties":{{"provider":"{provider}","model":"x"}},"outputs":{{"success":{{"elementId":"e"}}}}}},
            {{"id":"e","type":"end"}}]"#
    )
}

fn default(catalog: &Catalog) -> &proxy::catalog::Gateway {
    catalog.gateways.get("default").expect("the gateway")
}

#[tokio::test]
async fn a_row_that_does_not_compile_is_skipped_and_the_others_are_served() {
    let bench = Bench::new("bad-row").await;
    bench.route("broken", "not a graph").await;
    bench.route("sound", &elements("echo")).await;
    let catalog = bench.builder(&[], false).catalog(None).await.expect("it loads");
    let routes = &default(&catalog).routes;
    assert!(routes["broken"].deployed.is_none());
    assert!(routes["sound"].deployed.is_some() && routes["sound"].latest.is_some());
}

#[tokio::test]
async fn the_limits_in_a_gateways_settings_are_in_force_and_in_its_plans() {
    let bench = Bench::new("limits").await;
    bench.route("hello", &elements("echo")).await;
    let rule = |id: &str, more: &str| {
        format!(r#"{{"id":"{id}","limit":0.5,"limitType":"cost","window":60{more}}}"#)
    };
    let rules = [
        rule("0000000a", ""),
        rule("0000000b", r#","enabled":false"#),
        rule("0000000c", r#","provider":{"mode":"filter","values":["openai"]}"#),
        rule("0000000d", r#","model":{"mode":"filter","values":["echo/x"]},"technique":"fixed""#),
    ];
    let settings = format!(
        r#"{{"rate_limiting_limit":9,"rate_limiting_interval":30,"spend_limits":{{"enabled":true,"rules":[{}]}}}}"#,
        rules.join(",")
    );
    let id = GatewayId::from("default");
    let new = |settings: &str| NewGateway {
        id: id.clone(),
        authentication: false,
        collect_logs: true,
        settings: settings.to_owned(),
        collectors: None,
    };
    let gateways = bench.store.gateways();
    let keep = |_: &_| Ok::<_, store::Error>(new(&settings));
    gateways.replace(&actor(), &id, keep).await.expect("kept");
    let builder = bench.builder(&[], false);
    let catalog = builder.catalog(None).await.expect("it loads");
    let limits = &default(&catalog).limits;
    let rate = limits.rate.as_ref().expect("a limit of requests");
    assert_eq!((rate.rule.limit, rate.rule.window.as_secs()), (9, 30));
    let ids: Vec<_> = limits.spend.iter().map(|it| &*it.id).collect();
    assert_eq!(ids, ["0000000a", "0000000c", "0000000d"]);
    assert_eq!(limits.spend[0].rule.limit, 500_000_000);
    let version = default(&catalog).routes["hello"].deployed.as_ref().expect("it is served");
    let plan = version.plans[0].as_ref().expect("a plan");
    let ids: Vec<_> = plan.spend.iter().map(|it| &*it.rule.id).collect();
    assert_eq!(ids, ["0000000a", "0000000d"]);

    // Switched off, in the routes that are there too.
    let off = settings.replace(r#""enabled":true"#, r#""enabled":false"#).replace(":9", ":0");
    let keep = |_: &_| Ok::<_, store::Error>(new(&off));
    gateways.replace(&actor(), &id, keep).await.expect("kept");
    let gateway = builder.gateway_by_id(&id, &catalog).await.expect("it loads").expect("there");
    assert!(gateway.limits.rate.is_none() && gateway.limits.spend.is_empty());
    let version = gateway.routes["hello"].deployed.as_ref().expect("it is served");
    assert!(version.plans[0].as_ref().expect("a plan").spend.is_empty());
}

#[tokio::test]
async fn a_provider_that_has_gone_takes_its_plans_along_but_not_the_route() {
    let bench = Bench::new("gone").await;
    bench.route("orphan", &elements("custom-gone")).await;
    let catalog = bench.builder(&[], false).catalog(None).await.expect("it loads");
    let deployed = default(&catalog).routes["orphan"].deployed.as_ref().expect("it is served");
    assert!(deployed.plans[0].is_none());
}

#[tokio::test]
async fn what_has_not_changed_is_not_compiled_again() {
    let bench = Bench::new("again").await;
    let id = bench.route("kept", &elements("openai")).await;
    let builder = bench.builder(&[], false);
    let first = builder.catalog(None).await.expect("it loads");
    bench.key("main", true, "sk-1").await;
    let second = builder.catalog(Some(&first)).await.expect("it loads");
    let version =
        |catalog: &Catalog| default(catalog).routes["kept"].deployed.clone().expect("deployed");
    let (old, new) = (version(&first), version(&second));
    assert!(Arc::ptr_eq(&old.route, &new.route), "the graph is the same");
    let key = |it: &proxy::catalog::Version| {
        it.plans[0].as_ref().is_some_and(|it| it.seats[0].held.is_some())
    };
    assert_eq!((key(&old), key(&new)), (false, true), "its plans are new");
    assert!(Arc::ptr_eq(&default(&first).breakers, &default(&second).breakers));

    let alone = builder.route(default(&second), &id).await.expect("it loads").expect("it is there");
    assert!(Arc::ptr_eq(&alone.deployed.expect("deployed").route, &old.route));
}

#[tokio::test]
async fn the_default_key_of_the_gateway_comes_before_the_configured_one() {
    let bench = Bench::new("keys").await;
    let builder = bench.builder(&[("OPENAI_API_KEY", "sk-env")], false);
    let used = async || held(&builder, "openai").await;
    assert_eq!(used().await, ["env sk-env"]);
    bench.key("spare", false, "sk-spare").await;
    assert_eq!(used().await, ["stored:spare sk-spare"]);
    bench.key("main", true, "sk-main").await;
    assert_eq!(used().await, ["stored:main sk-main", "stored:spare sk-spare"]);
}

/// Names and secrets of the keys that the gateway has for a provider.
async fn held(builder: &Builder, provider: &str) -> Vec<String> {
    let catalog = builder.catalog(None).await.expect("it loads");
    let keys = default(&catalog).providers[provider].keys.iter();
    keys.map(|it| format!("{} {}", it.key.alias, it.key.secret.expose_secret())).collect()
}

#[tokio::test]
async fn the_same_key_rests_in_every_gateway_and_through_every_catalog() {
    let bench = Bench::new("rest").await;
    bench.key("a", false, "sk-1").await;
    bench.key("b", false, "sk-1").await;
    bench.key("c", false, "sk-2").await;
    let builder = bench.builder(&[], false);
    let (first, second) = (builder.catalog(None).await, builder.catalog(None).await);
    let (first, second) = (first.expect("it loads"), second.expect("it loads"));
    let rest = |catalog: &Catalog, key: usize| {
        Arc::clone(&default(catalog).providers["openai"].keys[key].cooldown)
    };
    assert!(Arc::ptr_eq(&rest(&first, 0), &rest(&second, 0)));
    assert!(Arc::ptr_eq(&rest(&first, 0), &rest(&first, 1)), "one key under two aliases");
    assert!(!Arc::ptr_eq(&rest(&first, 0), &rest(&first, 2)));
}

#[tokio::test]
async fn a_stored_key_does_not_follow_a_custom_provider_to_another_server() {
    let bench = Bench::new("bound").await;
    let providers = bench.store.custom_providers();
    let lab = providers.create(&actor(), custom("lab", true)).await.expect("a provider");
    let key = |slug: &str, given_for: Option<&str>| NewProviderConfig {
        provider_slug: slug.to_owned(),
        alias: "main".to_owned(),
        default_config: true,
        weight: None,
        given_for: given_for.map(str::to_owned),
        secret: SecretString::from("sk-lab"),
        rate_limit: None,
        rate_limit_period: 60,
    };
    let gateway = GatewayId::from("default");
    let new = key("custom-lab", Some("https://llm.example/v1"));
    bench.store.provider_configs().create(&actor(), &gateway, new).await.expect("a key");
    let builder = bench.builder(&[("OPENAI_API_KEY", "sk-env")], false);
    assert_eq!(held(&builder, "custom-lab").await, ["stored:main sk-lab"]);

    let moved = async |base_url: &str| {
        let change = |it: &mut CustomProvider| {
            it.base_url = base_url.to_owned();
            Ok::<_, store::Error>(())
        };
        providers.update(&actor(), &lab.id, change).await.expect("it moves");
    };
    moved("https://llm.example/v2").await;
    assert_eq!(held(&builder, "custom-lab").await, ["stored:main sk-lab"]);
    moved("https://evil.example/v1").await;
    assert_eq!(held(&builder, "custom-lab").await, [""; 0]);

    // Nor does a key of the same slug reach a provider made anew, or one that is merely called like another.
    providers.delete(&actor(), &lab.id).await.expect("deleted");
    let anew = CustomProvider { base_url: "https://evil.example".into(), ..custom("lab", true) };
    providers.create(&actor(), anew).await.expect("a provider");
    let like = CustomProvider { base_url: "https://evil.example".into(), ..custom("openai", true) };
    providers.create(&actor(), like).await.expect("a provider");
    bench.key("real", true, "sk-openai").await;
    assert_eq!(held(&builder, "custom-lab").await, [""; 0]);
    assert_eq!(held(&builder, "custom-openai").await, [""; 0]);
}

#[tokio::test]
async fn custom_providers_are_public_only_and_carry_their_headers() {
    let bench = Bench::new("custom").await;
    for (slug, enable) in [("lab", true), ("off", false)] {
        bench
            .store
            .custom_providers()
            .create(&actor(), custom(slug, enable))
            .await
            .expect("a provider");
    }
    let catalog = bench.builder(&[], false).catalog(None).await.expect("it loads");
    let providers = &default(&catalog).providers;
    let lab = &providers["custom-lab"].endpoint;
    assert!(lab.public_only && lab.auth == providers::Auth::Bearer);
    assert_eq!(lab.headers[0].0, "x-team");
    assert!(!providers.contains_key("custom-off"));
    let keyed = bench.builder(
        &[
            ("POINTSMAN_PROVIDER_CUSTOM_LAB_API_KEY", "k"),
            ("POINTSMAN_PROVIDER_CUSTOM_LAB_BASE_URL", "https://llm.example"),
        ],
        false,
    );
    let catalog = keyed.catalog(None).await.expect("it loads");
    assert_eq!(default(&catalog).providers["custom-lab"].endpoint.auth, providers::Auth::Bearer);
}

#[tokio::test]
async fn a_custom_provider_is_called_in_its_dialect_with_its_key_where_that_wants_it() {
    let bench = Bench::new("dialect").await;
    let lab = CustomProvider { dialect: "anthropic".into(), ..custom("lab", true) };
    let odd = CustomProvider { dialect: "of-tomorrow".into(), ..custom("odd", true) };
    for provider in [lab, odd] {
        bench.store.custom_providers().create(&actor(), provider).await.expect("a provider");
    }
    let keyed = bench.builder(
        &[
            ("POINTSMAN_PROVIDER_CUSTOM_LAB_API_KEY", "k"),
            ("POINTSMAN_PROVIDER_CUSTOM_LAB_BASE_URL", "https://llm.example"),
        ],
        false,
    );
    let catalog = keyed.catalog(None).await.expect("it loads");
    let gateway = default(&catalog);
    let lab = gateway.plan("custom-lab", "m").expect("a plan");
    assert_eq!(lab.endpoint.auth, providers::Auth::Header("x-api-key"));
    assert_eq!(lab.ways[0].format.name(), "messages");
    assert!(!gateway.providers.contains_key("custom-odd"), "nobody knows how to call it");
}

#[tokio::test]
async fn where_all_is_closed_an_open_gateway_asks_for_a_token() {
    let bench = Bench::new("closed").await;
    for (close_all, asks) in [(false, false), (true, true)] {
        let catalog = bench.builder(&[], close_all).catalog(None).await.expect("it loads");
        assert_eq!(default(&catalog).authentication, asks);
    }
}

#[tokio::test]
async fn a_gateways_settings_say_how_its_calls_are_retried() {
    let bench = Bench::new("retry").await;
    let catalog = bench.builder(&[], false).catalog(None).await.expect("it loads");
    let retry = default(&catalog).retry;
    assert_eq!((retry.max_attempts, retry.delay_ms), (Some(3), Some(250)));
    assert_eq!(retry.backoff, Some(proxy::catalog::Backoff::Linear));
}

#[tokio::test]
async fn the_admin_token_is_among_the_tokens() {
    let bench = Bench::new("admin").await;
    let tokens = bench.builder(&[], false).tokens().await.expect("tokens");
    assert_eq!(tokens.find("admin").map(|it| it.id.as_str()), Some("admin"));
}

/// What the only model of `priced` costs, and who says so.
fn quote(catalog: &Catalog) -> (Option<u64>, String) {
    let version = default(catalog).routes["priced"].deployed.as_ref().expect("deployed");
    let plan = version.plans[0].as_ref().expect("a plan");
    (plan.quote.price.map(|it| it.output), plan.quote.version.to_string())
}

fn price(gateway: Option<GatewayId>, pico: u64) -> store::PriceOverride {
    let price = providers::Price::flat(pico, pico);
    store::PriceOverride {
        gateway,
        provider: "custom-lab".to_owned(),
        model: "x".to_owned(),
        price: serde_json::to_string(&price).expect("numbers"),
        version: String::new(),
        effective_from: 0,
    }
}

#[tokio::test]
async fn prices_are_asked_in_their_order_and_new_ones_reach_routes_without_compiling_them() {
    let bench = Bench::new("prices").await;
    let lab = bench.store.custom_providers().create(&actor(), custom("lab", true)).await;
    let lab = lab.expect("a provider");
    bench.route("priced", &elements("custom-lab")).await;
    let builder = bench.builder(&[], false);
    let first = builder.catalog(None).await.expect("it loads");
    assert_eq!(quote(&first).0, None);

    let list = r#"{"source":"mine","date":"1","models":{"custom-lab":{"x":{"price":{"input":0,"output":"1e-12"}}}}}"#;
    bench.store.prices().import(&actor(), "mine (1)", list).await.expect("imported");
    let catalog = builder.catalog(Some(&first)).await.expect("it loads");
    assert_eq!(quote(&catalog), (Some(1), "mine (1)".to_owned()));

    let refreshed = list.replace("mine", "fresh").replace("1e-12", "2e-12");
    let refreshed = providers::Catalogue::parse(refreshed.as_bytes()).expect("a price list");
    builder.lists().refresh(refreshed);
    let catalog = builder.catalog(Some(&first)).await.expect("it loads");
    assert_eq!(quote(&catalog), (Some(2), "fresh (1)".to_owned()));

    let cost = store::ProviderCost {
        id: String::new(),
        provider_id: lab.id,
        model: "x".to_owned(),
        model_rule: "starts-with".to_owned(),
        pricing: r#"{"cost_in":0,"cost_out":3e-12}"#.to_owned(),
        enable: true,
        created_at: 0,
        modified_at: 0,
    };
    let cost = bench.store.provider_costs().create(&actor(), cost).await.expect("a cost");
    let (output, version) = quote(&builder.catalog(Some(&first)).await.expect("it loads"));
    assert_eq!(output, Some(3));
    assert!(version.starts_with(&format!("custom provider cost {} of 20", cost.id)), "{version}");

    let account = bench.store.prices().put(&actor(), price(None, 4)).await.expect("put");
    let (output, version) = quote(&builder.catalog(Some(&first)).await.expect("it loads"));
    assert_eq!((output, version), (Some(4), format!("override {} of account", account.version)));

    let gateway = GatewayId::from("default");
    let own = bench.store.prices().put(&actor(), price(Some(gateway), 5)).await.expect("put");
    let last = builder.catalog(Some(&first)).await.expect("it loads");
    assert_eq!(quote(&last), (Some(5), format!("override {} of gateway default", own.version)));
    let graph = |it: &Catalog| {
        let deployed = default(it).routes["priced"].deployed.clone();
        deployed.map(|it| Arc::clone(&it.route)).expect("deployed")
    };
    assert!(Arc::ptr_eq(&graph(&first), &graph(&last)), "planned again, not compiled again");
}

#[tokio::test]
async fn a_gateways_answers_are_found_until_an_update_only_where_it_says_so() {
    let bench = Bench::new("answers").await;
    let builder = bench.builder(&[], false);
    let id = GatewayId::from("default");
    let mut found = Vec::new();
    for settings in [
        r#"{"cache_ttl":60}"#,
        r#"{"cache_ttl":90,"cache_invalidate_on_update":false}"#,
        r#"{"cache_ttl":0,"cache_invalidate_on_update":true}"#,
        r#"{"cache_ttl":60,"cache_invalidate_on_update":true}"#,
    ] {
        let keep = |_: &_| {
            Ok::<_, store::Error>(NewGateway {
                id: id.clone(),
                authentication: false,
                collect_logs: true,
                settings: settings.to_owned(),
                collectors: None,
            })
        };
        bench.store.gateways().replace(&actor(), &id, keep).await.expect("kept");
        let catalog = builder.catalog(None).await.expect("it loads");
        found.push(default(&catalog).caching);
    }
    let ttls: Vec<_> = found.iter().map(|it| it.ttl.map(|it| it.as_secs())).collect();
    assert_eq!(ttls, [Some(60), Some(90), None, Some(60)]);
    assert_eq!(found[0].generation, found[1].generation);
    assert!(found[1].generation < found[2].generation);
    assert!(found[2].generation < found[3].generation);
}
