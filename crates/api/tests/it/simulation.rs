//! Checking a graph and simulating a route: what is asked of the process, and what is refused before.

use crate::world::{World, broken, hello};
use api::{Amount, Chosen, Dollars, LimitAsked, ModelAsked, Passed, Read, Simulated, Unsound};
use serde_json::{Value, json};

const ROUTES: &str = "gateways/default/routes";

fn body() -> Value {
    json!({"messages": [{"role": "user", "content": "hi"}], "temperature": 1.0})
}

/// A simulation with one of everything.
fn simulated() -> Simulated {
    let step = |element: &str, kind, outcome: &str, decided_by| Passed {
        element: element.into(),
        kind,
        outcome: outcome.into(),
        to: (outcome != "end").then(|| "c".into()),
        decided_by,
        reads: Vec::new(),
        limit: None,
        model: None,
    };
    let model = ModelAsked {
        provider: "echo".into(),
        model: "echo".into(),
        format: Some("chat"),
        input_tokens: 12,
        output_tokens: 4096,
        estimated_cost: Some(Dollars(1_500_000)),
        failure: None,
    };
    let limit = LimitAsked {
        counts: "cost",
        limit: Amount::Cost(Dollars(2_000_000_000)),
        window: 60,
        takes: Amount::Cost(Dollars(1_500_000)),
    };
    Simulated {
        version_id: None,
        seed: "18446744073709551615".into(),
        answer: Some(Chosen { element: "b".into(), provider: "echo".into(), model: "echo".into() }),
        status: 200,
        failure: None,
        path: vec![
            step("a", "start", "next", "graph"),
            Passed {
                limit: Some(limit),
                reads: vec!["metadata.user".into()],
                ..step("q", "rate", "success", "default")
            },
            Passed { model: Some(model), ..step("b", "model", "success", "default") },
            step("c", "end", "end", "graph"),
        ],
        reads: vec![Read { field: "metadata.user".into(), present: true, value: json!("ann") }],
        estimated_cost: Some(Dollars(1_500_000)),
        distribution: None,
    }
}

#[tokio::test]
async fn a_check_lists_every_problem_and_saves_nothing() {
    let world = World::new().await;
    let check = format!("{ROUTES}/check");
    let reply = world.post(&check, &json!({"elements": hello()})).ok().await;
    assert_eq!(reply.body["result"], json!({"is_valid": true, "problems": []}));
    let reply = world.post(&check, &json!({"elements": broken()})).ok().await;
    let result = &reply.body["result"];
    assert_eq!(result["is_valid"], false);
    assert_eq!(result["problems"][0]["problem"]["element"], "b");
    assert_eq!(result["problems"][0]["source"]["pointer"], "/elements/1/properties/provider");
    let mut nowhere = hello();
    nowhere[0] = json!({"id": "a"});
    let reply = world.post(&check, &json!({"elements": nowhere})).ok().await;
    assert_eq!(reply.body["result"]["is_valid"], false, "not a graph at all");
    assert!(reply.body["result"]["problems"][0]["message"].is_string());
    world.post(&check, &json!({})).refused(400, 7001).await;
    assert_eq!(world.get(ROUTES).ok().await.body["data"]["routes"], json!([]));
    assert!(world.live.published().is_empty());
}

#[tokio::test]
async fn a_simulation_is_told_as_it_went() {
    let world = World::new().await;
    let id = world.route("hello").await;
    *world.live.simulated.lock().unwrap() = Ok(simulated());
    let asked = json!({"request": {"body": body()}});
    let reply = world.post(&format!("{ROUTES}/{id}/simulate"), &asked).ok().await;
    let mut told = reply.redacted();
    told["result"]["version_id"] = json!("[version_id]");
    insta::assert_json_snapshot!(told);
    assert!(reply.body["result"]["version_id"].is_string(), "what is deployed");
}

#[tokio::test]
async fn the_sample_reaches_the_process_to_the_letter() {
    let world = World::new().await;
    let id = world.route("hello").await;
    world.live.published();
    let token = world
        .post(
            "/client/v4/accounts/acme/tokens",
            &json!({"name": "t", "permissions": ["AI Gateway Run"]}),
        )
        .ok()
        .await
        .result("id");
    world.live.published();
    let asked = format!(
        r#"{{"request": {{"format": "messages", "headers": {{"X-Tier": "gold"}}, "metadata": {{"user":
            "é"}}, "body": {{"n": 1.50}}, "token_id": "{token}", "at": "2027-01-31T12:00:00Z"}},
            "outcomes": {{"b": "fallback"}}, "down": ["echo"], "seed": "18446744073709551615", "distribution": 10000}}"#
    );
    let path = format!("{ROUTES}/{id}/simulate");
    world.call(http::Method::POST, &path).text(&asked).refused(400, 7001).await;
    let wish = world.live.simulations.lock().unwrap().remove(0);
    assert_eq!((wish.route.as_str(), &*wish.name, wish.graph.len()), (&*id, "hello", 3));
    assert_eq!(
        (wish.sample.format, wish.sample.at_ms),
        (chat::Format::Messages, 1_801_396_800_000)
    );
    assert_eq!(wish.sample.body, r#"{"n": 1.50}"#);
    assert_eq!(wish.sample.headers["x-tier"], "gold");
    let metadata = std::str::from_utf8(wish.sample.headers["cf-aig-metadata"].as_bytes()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(metadata).unwrap(), json!({"user": "é"}));
    assert_eq!(wish.sample.token.map(|it| it.id.clone()), Some(token));
    assert_eq!((wish.assumed.seed, wish.assumed.draws), (u64::MAX, 10_000));
    assert_eq!(wish.assumed.outcomes, [("b".to_owned(), "fallback".to_owned())]);
    assert_eq!(wish.assumed.down, ["echo"]);
    assert!(world.live.published().is_empty());
}

#[tokio::test]
async fn what_is_deployed_a_version_the_draft_or_given_elements_are_walked() {
    let world = World::new().await;
    let id = world.route("hello").await;
    *world.live.simulated.lock().unwrap() = Ok(simulated());
    let path = format!("{ROUTES}/{id}/simulate");
    let longer = |more: usize| {
        let mut elements = hello();
        let ends =
            (0..more).map(|it| json!({"id": format!("e{it}"), "type": "end", "outputs": {}}));
        elements.as_array_mut().unwrap().extend(ends);
        elements
    };
    let version = json!({"elements": longer(1)});
    let version = world.post(&format!("{ROUTES}/{id}/versions"), &version).ok().await;
    let version = version.result("version_id");
    world.put(&format!("{ROUTES}/{id}/draft"), &json!({"elements": longer(2)})).ok().await;
    for (more, size, stored) in [
        (json!({}), 3, true),
        (json!({"version_id": version}), 4, true),
        (json!({"draft": true}), 5, false),
        (json!({"elements": longer(3)}), 6, false),
    ] {
        let mut asked = json!({"request": {"body": body()}});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let reply = world.post(&path, &asked).ok().await;
        assert_eq!(reply.body["result"]["version_id"].is_string(), stored);
        assert_eq!(world.live.simulations.lock().unwrap().pop().unwrap().graph.len(), size);
        let warned = reply.body["messages"].as_array().unwrap().len();
        assert_eq!(warned, size - 3, "an end that nothing leads to is warned of");
    }
    let both = json!({"request": {"body": body()}, "draft": true, "version_id": version});
    world.post(&path, &both).refused(400, 7001).await;
}

#[tokio::test]
async fn a_stored_version_is_walked_although_its_provider_has_gone_and_a_broken_graph_is_not() {
    let world = World::new().await;
    let id = world.route("hello").await;
    let path = format!("{ROUTES}/{id}/simulate");
    *world.live.simulated.lock().unwrap() = Ok(simulated());
    let given = json!({"request": {"body": body()}, "elements": broken()});
    let reply = world.post(&path, &given).refused(400, 7001).await;
    assert_eq!(reply.body["errors"][0]["problem"]["element"], "b");
    let version = world.post(&format!("{ROUTES}/{id}/versions"), &json!({"elements": broken()}));
    let version = version.ok().await.result("version_id");
    let given = json!({"request": {"body": body()}, "version_id": version});
    world.post(&path, &given).refused(400, 7001).await;
    world.live.providers.lock().unwrap().clear();
    world.post(&path, &json!({"request": {"body": body()}})).ok().await;
}

#[tokio::test]
async fn what_cannot_be_simulated_is_refused_with_its_place() {
    let world = World::new().await;
    let id = world.route("hello").await;
    let path = format!("{ROUTES}/{id}/simulate");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut asked = json!({"request": {"body": body()}});
        change(&mut asked);
        asked
    };
    for (asked, pointer) in [
        (json!({}), "/request"),
        (json!({"request": {}}), "/request/body"),
        (with(&|it| it["request"]["format"] = json!("gemini")), "/request/format"),
        (with(&|it| it["request"]["headers"] = json!({"a b": "c"})), "/request/headers/a b"),
        (with(&|it| it["request"]["headers"] = json!({"a": "\n"})), "/request/headers/a"),
        (with(&|it| it["request"]["token_id"] = json!("nobody")), "/request/token_id"),
        (with(&|it| it["request"]["at"] = json!("noon")), "/request/at"),
        (with(&|it| it["seed"] = json!("-1")), "/seed"),
        (with(&|it| it["distribution"] = json!(10_001)), "/distribution"),
    ] {
        let reply = world.post(&path, &asked).refused(400, 7001).await;
        assert_eq!(reply.body["errors"][0]["source"]["pointer"], pointer, "{}", reply.text);
    }
    let twice = with(&|it| {
        it["request"]["headers"] = json!({"cf-aig-metadata": "{}"});
        it["request"]["metadata"] = json!({});
    });
    world.post(&path, &twice).refused(400, 7001).await;
    assert!(world.live.simulations.lock().unwrap().is_empty());
    let place = ["outcomes", "nobody"].map(str::to_owned).into();
    *world.live.simulated.lock().unwrap() =
        Err(Unsound { place, message: "there is no such element".into() });
    let reply = world.post(&path, &with(&|_| {})).refused(400, 7001).await;
    assert_eq!(reply.body["errors"][0]["source"]["pointer"], "/outcomes/nobody");
    let absent = format!("{ROUTES}/01890000-0000-7000-8000-000000000000/simulate");
    world.post(&absent, &with(&|_| {})).refused(404, 7005).await;
}

#[tokio::test]
async fn only_who_may_write_may_check_and_simulate() {
    let world = World::new().await;
    let id = world.route("hello").await;
    *world.live.simulated.lock().unwrap() = Ok(simulated());
    let reader = world.token(json!({"name": "r", "permissions": ["AI Gateway Read"]})).await;
    let runner = world.token(json!({"name": "x", "permissions": ["AI Gateway Run"]})).await;
    let check = (format!("{ROUTES}/check"), json!({"elements": hello()}));
    let simulate = (format!("{ROUTES}/{id}/simulate"), json!({"request": {"body": body()}}));
    for (path, body) in [check, simulate] {
        world.post(&path, &body).token(&reader).refused(403, 9109).await;
        world.post(&path, &body).token(&runner).refused(403, 9109).await;
        world.post(&path, &body).without("authorization").refused(401, 10000).await;
        world.post(&path, &body).ok().await;
    }
}

#[tokio::test]
async fn who_is_limited_to_gateways_cannot_look_at_tokens_through_a_simulation() {
    let world = World::new().await;
    let id = world.route("hello").await;
    *world.live.simulated.lock().unwrap() = Ok(simulated());
    let limited =
        json!({"name": "l", "permissions": ["AI Gateway Write"], "gateways": ["default"]});
    let limited = world.token(limited).await;
    let path = format!("{ROUTES}/{id}/simulate");
    let plain = json!({"request": {"body": body()}});
    world.post(&path, &plain).token(&limited).ok().await;
    for token in ["nobody", "admin"] {
        let asked = json!({"request": {"body": body(), "token_id": token}});
        world.post(&path, &asked).token(&limited).refused(403, 9109).await;
    }
}
