//! Catalogs change in one place and share the rest.
use crate::elements::{one_model, with_spare};
use crate::world::{Ask, World, route_id, version};
use http_body_util::BodyExt as _;
use proxy::catalog::LiveRoute;
use std::sync::Arc;
use testkit::Script;

#[tokio::test(start_paused = true)]
async fn a_request_ends_under_the_version_it_began_with() {
    let world =
        World::playing([Script::stream(&["old"]).paced(std::time::Duration::from_millis(20))])
            .deploy("r", &one_model("openai/gpt"));
    let response = world.chat("dynamic/r").streamed().begin().await;
    world.set("r", |gateway| {
        let next = Some(Arc::new(version(gateway, "r", "v2", &one_model("echo/echo"))));
        LiveRoute::new(route_id("r"), "r", next.clone(), next)
    });
    assert_eq!(response.headers()["pointsman-version"], "v1");
    response.into_body().collect().await.expect("a body");
    assert_eq!(world.record().version.map(|it| it.to_string()).as_deref(), Some("v1"));
    assert_eq!(world.chat("dynamic/r").send().await.header("pointsman-version"), "v2");
}

#[tokio::test(start_paused = true)]
async fn changing_one_route_touches_no_other() {
    let world =
        World::friendly().deploy("a", &one_model("echo/echo")).deploy("b", &one_model("echo/echo"));
    let before = world.proxy.catalog();
    let world = world.deploy("a", &with_spare("echo/echo", "echo/echo"));
    let after = world.proxy.catalog();
    let same = |name: &str| {
        Arc::ptr_eq(
            &before.gateways["default"].routes[name],
            &after.gateways["default"].routes[name],
        )
    };
    assert!(same("b") && !same("a"));
}

#[tokio::test(start_paused = true)]
async fn new_keys_reach_every_route_without_compiling_it_again() {
    let world = World::friendly().deploy("r", &one_model("groq/llama"));
    assert_eq!(world.chat("dynamic/r").send().await.status, 502);
    let before = world.proxy.catalog();
    world.change_gateways(|gateway| {
        let mut next = gateway.clone();
        let mut endpoint = (*next.providers["groq"].endpoint).clone();
        endpoint.key =
            Some(providers::Key { alias: "stored:default".into(), secret: "sk-new".into() });
        next.providers.insert(
            "groq".into(),
            Arc::new(proxy::catalog::Upstream::new(
                Arc::new(endpoint),
                Vec::new(),
                &proxy::cooldown::Cooldowns::new(None),
            )),
        );
        next.adopt_routes(gateway)
    });
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    assert_eq!(world.upstream.seen()[0].header("authorization"), "Bearer sk-new");
    let graph = |catalog: &proxy::Catalog| {
        Arc::clone(
            &catalog.gateways["default"].routes["r"].deployed.as_ref().expect("deployed").route,
        )
    };
    assert!(Arc::ptr_eq(&graph(&before), &graph(&world.proxy.catalog())));
}

#[tokio::test(start_paused = true)]
async fn concurrent_changes_both_happen() {
    let world = World::friendly();
    let proxy = Arc::clone(&world.proxy);
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let proxy = &proxy;
            scope.spawn(move || {
                for n in 0..25 {
                    let name = format!("r{worker}-{n}");
                    proxy.update(|catalog| {
                        let gateway = &catalog.gateways["default"];
                        catalog.with_gateway(gateway.with_route(LiveRoute::new(
                            route_id(&name),
                            &name,
                            None,
                            None,
                        )))
                    });
                }
            });
        }
    });
    assert_eq!(proxy.catalog().gateways["default"].routes.len(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_500_with_the_requests_id_and_nothing_else_breaks() {
    let world = World::friendly().deploy("r", &one_model("echo/echo"));
    world.shelf.panics();
    let answer = world.chat("dynamic/r@v-other").send().await;
    let (status, code, message) = answer.error();
    assert_eq!((status, code), (500, 7011));
    assert!(
        message.contains(answer.header("cf-aig-log-id")) && !message.contains("the shelf fell"),
        "{message}"
    );
    assert_eq!(world.proxy.in_flight(), 0);
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    assert_eq!(Ask::get(&world, "/v1/acc/default/compat/models").send().await.status, 200);
}
