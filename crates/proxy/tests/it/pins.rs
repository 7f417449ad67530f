//! Callers that choose a version.
use crate::elements::one_model;
use crate::world::{World, route_id, runner, version};
use access::{Permission, Token};
use proxy::catalog::LiveRoute;
use std::sync::Arc;

/// `v1` is deployed, `v2` is the newest, `v0` is on the shelf.
fn world() -> World {
    let world = World::friendly();
    world.set("r", |gateway| {
        let make = |id| Some(Arc::new(version(gateway, "r", id, &one_model("echo/echo"))));
        LiveRoute::new(route_id("r"), "r", make("v1"), make("v2"))
    });
    let gateway = Arc::clone(&world.proxy.catalog().gateways["default"]);
    world.shelf.put(version(&gateway, "r", "v0", &one_model("echo/echo")));
    world
}

#[tokio::test(start_paused = true)]
async fn a_pin_chooses_the_version() {
    let world = world();
    for (model, expected) in [
        ("dynamic/r", "v1"),
        ("dynamic/r@v1", "v1"),
        ("dynamic/r@v2", "v2"),
        ("dynamic/r@latest", "v2"),
        ("dynamic/r@v0", "v0"),
    ] {
        assert_eq!(world.chat(model).send().await.header("pointsman-version"), expected, "{model}");
    }
    assert_eq!(world.chat("dynamic/r@v9").send().await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_version_off_the_shelf_is_loaded_once_until_the_catalog_changes() {
    let world = world();
    for _ in 0..3 {
        world.chat("dynamic/r@v0").send().await;
    }
    assert_eq!(world.shelf.asked(), 1);
    world.change_gateways(Clone::clone);
    world.chat("dynamic/r@v0").send().await;
    assert_eq!(world.shelf.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn pinning_is_a_right() {
    for (permission, status) in
        [(Permission::Run, 403), (Permission::Pin, 200), (Permission::Write, 200)]
    {
        let token = Token { permissions: [Permission::Run, permission].into(), ..runner() };
        let world = world().token("pmn_t", token);
        let answer = world.chat("dynamic/r@latest").locked().token("pmn_t").send().await;
        assert_eq!(answer.status, status, "{permission:?}: {}", answer.text());
        // On an open gateway everybody may, so a token does not take the right away.
        let answer = world.chat("dynamic/r@latest").token("pmn_t").send().await;
        assert_eq!(answer.status, 200, "{permission:?}: {}", answer.text());
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_never_deployed_is_not_found_but_can_be_pinned() {
    let world = World::friendly();
    world.set("r", |gateway| {
        let newest = Some(Arc::new(version(gateway, "r", "v1", &one_model("echo/echo"))));
        LiveRoute::new(route_id("r"), "r", None, newest)
    });
    assert_eq!(world.chat("dynamic/r").send().await.status, 404);
    assert_eq!(world.chat("dynamic/r@latest").send().await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_renamed_route_answers_to_its_new_name_only() {
    let world = world();
    world.set("renamed", |gateway| {
        let live = Some(Arc::new(version(gateway, "r", "v1", &one_model("echo/echo"))));
        LiveRoute::new(route_id("r"), "renamed", live.clone(), live)
    });
    assert_eq!(world.chat("dynamic/r").send().await.status, 404);
    assert_eq!(world.chat("dynamic/renamed").send().await.header("pointsman-route"), "renamed");
}
