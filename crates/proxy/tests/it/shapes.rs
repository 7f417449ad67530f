//! Errors as the clients of each way in read them.
use crate::elements::one_model;
use crate::world::{Ask, World};
use http::Method;
use serde_json::{Value, json};
use testkit::Script;

async fn error(world: &World, path: &str, body: Value) -> Value {
    let answer = Ask::new(world, body.to_string()).path(path).send().await;
    let json = answer.json();
    assert_eq!(json["success"], false, "{path}");
    assert_eq!(json["errors"][0]["message"].as_str().map(str::is_empty), Some(false), "{path}");
    assert!(json["pointsman"]["path"].is_array(), "{path}");
    json
}

#[tokio::test(start_paused = true)]
async fn messages_errors_are_anthropics() {
    let world = World::friendly();
    let body = json!({"model": "dynamic/nope", "messages": []});
    let json = error(&world, "/v1/acc/default/compat/messages", body).await;
    assert_eq!(
        (&json["type"], &json["error"]["type"]),
        (&"error".into(), &"not_found_error".into())
    );
    assert!(json["request_id"].as_str().is_some_and(|it| it.len() == 36));
    assert_eq!(json["errors"][0]["code"], 7005);
}

#[tokio::test(start_paused = true)]
async fn responses_and_embeddings_errors_are_openais() {
    let world = World::friendly();
    for (path, body) in [
        ("/v1/acc/default/compat/responses", json!({"model": "dynamic/nope", "input": "hi"})),
        ("/v1/acc/default/compat/v1/embeddings", json!({"model": "dynamic/nope", "input": "hi"})),
    ] {
        let json = error(&world, path, body).await;
        assert_eq!(
            (&json["error"]["code"], &json["error"]["param"]),
            (&"route_not_found".into(), &"model".into())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_route_is_told_in_the_shape_of_the_way_in() {
    let world =
        World::playing([Script::error(429, "slow down")]).deploy("r", &one_model("openai/gpt"));
    let answer =
        world.chat("dynamic/r").path("/v1/acc/default/compat/v1/chat/completions").send().await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]["type"]),
        (429, &"rate_limit_error".into())
    );
    assert_eq!(answer.header("x-should-retry"), "false");
}

#[tokio::test(start_paused = true)]
async fn a_socket_is_refused_with_what_to_do_instead() {
    let world = World::friendly();
    for path in ["/v1/acc/default", "/v1/acc/default/openai/realtime"] {
        let answer = Ask::get(&world, path)
            .method(Method::GET)
            .header("upgrade", "websocket")
            .header("connection", "upgrade")
            .send()
            .await;
        assert_eq!(answer.status, 501, "{path}");
        assert_eq!(answer.json()["errors"][0]["code"], 7012);
        assert!(answer.text().contains("send an HTTP request"), "{}", answer.text());
    }
}

#[tokio::test(start_paused = true)]
async fn errors_at_googles_and_amazons_own_paths_are_theirs() {
    let world = World::friendly();
    let json = error(&world, "/v1/acc/default/google-ai-studio/v1beta/../x", json!({})).await;
    assert_eq!(
        (&json["error"]["code"], &json["error"]["status"]),
        (&400.into(), &"INVALID_ARGUMENT".into())
    );
    let answer =
        Ask::new(&world, "{}").path("/v1/acc/default/aws-bedrock/model/m/converse").send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("x-amzn-errortype")),
        (400, "ValidationException")
    );
    assert!(answer.json()["message"].as_str().is_some_and(|it| it.contains("aws-bedrock")));
    let answer =
        Ask::new(&world, "{}").path("/v1/acc/locked/bedrock/model/m/converse").send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("x-amzn-errortype")),
        (401, "AccessDeniedException")
    );
}
