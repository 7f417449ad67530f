//! The list of callable names.
use crate::elements::{one_model, with_spare};
use crate::world::{Ask, World, route_id, runner};
use access::Token;
use proxy::catalog::LiveRoute;
use serde_json::json;

fn world() -> World {
    let world = World::friendly()
        .deploy("support", &with_spare("openai/gpt", "echo/echo"))
        .deploy("hello", &one_model("echo/echo"));
    world.set("draft", |_| LiveRoute::new(route_id("draft"), "draft", None, None));
    world
}

async fn names(ask: Ask<'_>) -> Vec<String> {
    let list = ask.send().await.json();
    assert_eq!(list["object"], "list");
    let data = list["data"].as_array().expect("a list");
    assert!(
        data.iter().all(|it| it["object"] == "model"
            && it["created"].is_u64()
            && it["owned_by"].is_string())
    );
    data.iter().map(|it| it["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn deployed_routes_and_their_models_are_listed() {
    let world = world();
    let expected = ["dynamic/hello", "dynamic/support", "echo/echo", "openai/gpt"];
    assert_eq!(names(Ask::get(&world, "/v1/acc/default/compat/models")).await, expected);
    assert_eq!(names(Ask::get(&world, "/client/v4/accounts/acc/ai/v1/models")).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_token_sees_what_it_may_call() {
    let token = Token { routes: Some(["hello".to_owned()].into()), ..runner() };
    let world = world().token("pmn_t", token);
    let path = "/v1/acc/locked/compat/models";
    assert_eq!(names(Ask::get(&world, path).token("pmn_t")).await, ["dynamic/hello"]);
    assert_eq!(Ask::get(&world, path).send().await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn one_name_can_be_asked_for() {
    let world = world();
    for path in [
        "/v1/acc/default/compat/models/dynamic/support",
        "/v1/acc/default/compat/v1/models/dynamic%2Fsupport",
        "/client/v4/accounts/acc/ai/v1/models/dynamic/support",
    ] {
        let model = Ask::get(&world, path).send().await.json();
        assert_eq!((&model["id"], &model["object"]), (&"dynamic/support".into(), &"model".into()));
    }
    let (status, code, _) =
        Ask::get(&world, "/v1/acc/default/compat/models/dynamic/draft").send().await.error();
    assert_eq!((status, code), (404, 7005));
}

#[tokio::test(start_paused = true)]
async fn a_listed_model_says_what_is_known_of_it() {
    let models = json!({"gpt": {"can": ["tools"], "cannot": ["images"], "context": 1000}});
    let world = world().listing(&models);
    let list = Ask::get(&world, "/v1/acc/default/compat/models").send().await.json();
    let told: Vec<_> =
        list["data"].as_array().expect("a list").iter().map(|it| &it["pointsman"]).collect();
    let gpt = json!({"can": ["tools"], "cannot": ["images"], "context": 1000});
    let nothing = json!({"can": [], "cannot": []});
    assert_eq!(told, [&json!(null), &json!(null), &nothing, &gpt]);
}
