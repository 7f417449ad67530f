//! What routes, versions, deployments and drafts do.

use crate::world::{World, broken, hello};
use api::Change;
use serde_json::{Value, json};

const ROUTES: &str = "gateways/default/routes";

#[tokio::test]
async fn a_graph_with_errors_is_refused_with_every_problem_and_nothing_is_stored() {
    let world = World::new().await;
    let mut elements = broken();
    elements[0]["outputs"]["next"]["elementId"] = json!("nowhere");
    elements.as_array_mut().unwrap().push(json!({"id": "lost", "type": "end", "outputs": {}}));
    let reply =
        world.post(ROUTES, &json!({"name": "bad", "elements": elements})).refused(400, 7001).await;
    let errors = reply.body["errors"].as_array().unwrap();
    assert!(errors.len() >= 2, "{}", reply.text);
    let all = |list: &str, severity: &str| {
        let entries = reply.body[list].as_array().unwrap();
        !entries.is_empty() && entries.iter().all(|it| it["problem"]["severity"] == severity)
    };
    assert!(all("errors", "error") && all("messages", "warning"), "{}", reply.text);
    let at_start = |it: &&Value| it["problem"]["element"] == "a";
    let dangling = errors.iter().find(at_start).expect(&reply.text);
    assert_eq!(dangling["path"], json!(["body", "elements", 0, "outputs", "next"]));
    assert_eq!(dangling["source"]["pointer"], "/elements/0/outputs/next");
    assert_eq!(dangling["problem"]["severity"], "error");
    assert!(world.get(ROUTES).ok().await.body["data"]["routes"].as_array().unwrap().is_empty());
    assert!(world.live.published().is_empty());
}

#[tokio::test]
async fn warnings_come_in_the_messages_of_a_success() {
    let world = World::new().await;
    let mut elements = hello();
    elements[1]["properties"]["model"] = json!("unheard-of");
    let reply = world.post(ROUTES, &json!({"name": "warned", "elements": elements})).ok().await;
    assert_eq!(reply.body["messages"][0]["problem"]["severity"], "warning");
    assert_eq!(reply.body["messages"][0]["problem"]["element"], "b");
}

#[tokio::test]
async fn what_is_not_a_graph_is_refused_even_as_a_version_or_draft() {
    let world = World::new().await;
    let route = format!("{ROUTES}/{}", world.route("hello").await);
    for elements in [
        json!({}),
        json!("[]"),
        json!([1]),
        json!([{"id": 1, "type": "start"}]),
        json!([{"id": "a", "type": "loop"}]),
        json!([{"id": "a", "type": "start", "outputs": {"next": "b"}}]),
    ] {
        let body = json!({"elements": elements, "name": "x"});
        world.post(ROUTES, &body).refused(400, 7001).await;
        world.post(&format!("{route}/versions"), &body).refused(400, 7001).await;
        world.put(&format!("{route}/draft"), &body).refused(400, 7001).await;
        world.patch(&route, &body).refused(400, 7001).await;
    }
    let versions = world.get(&format!("{route}/versions")).ok().await;
    assert_eq!(versions.body["data"]["versions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_invalid_version_is_kept_and_deploying_it_is_refused_with_the_same_problems_until_it_can_run()
 {
    let world = World::new().await;
    let route = format!("{ROUTES}/{}", world.route("hello").await);
    let created =
        world.post(&format!("{route}/versions"), &json!({"elements": broken()})).ok().await;
    assert_eq!(created.body["result"]["is_valid"], false);
    let problems = created.body["messages"].clone();
    assert_eq!(problems[0]["problem"]["severity"], "error");

    let version = created.result("version_id");
    let read = world.get(&format!("{route}/versions/{version}")).ok().await;
    assert_eq!(read.body["messages"], problems);
    assert_eq!(read.body["result"]["is_valid"], false);
    let deploy = json!({"version_id": version});
    let refused = world.post(&format!("{route}/deployments"), &deploy).refused(400, 7001).await;
    assert_eq!(refused.body["errors"], problems);
    assert_eq!(world.get(&route).ok().await.body["result"]["elements"], hello());

    world.live.providers.lock().unwrap().insert("nobody".into());
    let deployed = world.post(&format!("{route}/deployments"), &deploy).ok().await;
    assert_eq!(deployed.body["result"]["elements"], broken());
}

#[tokio::test]
async fn creating_a_version_changes_no_traffic_and_deploying_an_older_one_rolls_back() {
    let world = World::new().await;
    let route = format!("{ROUTES}/{}", world.route("hello").await);
    let before = world.get(&route).ok().await;
    let first = before.body["result"]["version"]["version_id"].clone();
    let mut elements = hello();
    elements[1]["properties"]["retries"] = json!(1);
    let second = world
        .post(&format!("{route}/versions"), &json!({"elements": elements, "comment": "more tries"}))
        .ok()
        .await;
    assert_eq!(second.body["result"]["elements"], elements);
    for unchanged in ["version", "deployment", "elements"] {
        assert_eq!(
            world.get(&route).ok().await.body["result"][unchanged],
            before.body["result"][unchanged]
        );
    }

    world
        .post(&format!("{route}/deployments"), &json!({"version_id": second.result("version_id")}))
        .ok()
        .await;
    assert_eq!(world.get(&route).ok().await.body["result"]["elements"], elements);
    world
        .post(&format!("{route}/deployments"), &json!({"version_id": first, "comment": "back"}))
        .ok()
        .await;
    let after = world.get(&route).ok().await.body["result"].clone();
    assert_eq!(after["elements"], hello());
    assert_eq!(after["version"]["version_id"], first);
    assert_eq!(after["deployment"]["comment"], "back");

    let versions =
        world.get(&format!("{route}/versions")).ok().await.body["data"]["versions"].clone();
    assert_eq!(versions[0]["comment"], "more tries");
    assert_eq!((&versions[0]["active"], &versions[1]["active"]), (&json!(false), &json!(true)));
    let deployments =
        world.get(&format!("{route}/deployments")).ok().await.body["data"]["deployments"].clone();
    let deployed: Vec<&Value> =
        deployments.as_array().unwrap().iter().map(|it| &it["version_id"]).collect();
    assert_eq!(deployed, [&first, &second.body["result"]["version_id"], &first]);
}

#[tokio::test]
async fn an_update_renames_or_deploys_a_new_graph_or_both_and_the_id_stays() {
    let world = World::new().await;
    let id = world.route("hello").await;
    let route = format!("{ROUTES}/{id}");
    let renamed = world.patch(&route, &json!({"name": "hallo"})).ok().await;
    assert_eq!(renamed.body["route"]["name"], "hallo");
    assert_eq!(renamed.body["name"], "hallo");
    assert_eq!(renamed.body["id"], id);
    assert!(renamed.body.get("result").is_none());

    let mut elements = hello();
    elements[1]["properties"]["retries"] = json!(2);
    let both = world
        .patch(&route, &json!({"name": "salut", "elements": elements, "comment": "both"}))
        .ok()
        .await;
    assert_eq!(both.body["route"]["elements"], elements);
    assert_eq!(both.body["version"]["number"], 2);
    assert_eq!(both.body["version"]["comment"], "both");
    assert_eq!(both.body["deployment"]["version_id"], both.body["version"]["version_id"]);

    world.patch(&route, &json!({})).refused(400, 7001).await;
    world.patch(&route, &json!({"name": null, "comment": "no"})).refused(400, 7001).await;
    world.patch(&route, &json!({"elements": broken()})).refused(400, 7001).await;
    assert_eq!(world.get(&route).ok().await.body["result"]["elements"], elements);
}

#[tokio::test]
async fn a_name_is_unique_in_its_gateway() {
    let world = World::new().await;
    world.route("one").await;
    let two = world.route("two").await;
    let reply =
        world.post(ROUTES, &json!({"name": "one", "elements": hello()})).refused(400, 7005).await;
    assert!(reply.message().contains("already exists"));
    world.patch(&format!("{ROUTES}/{two}"), &json!({"name": "one"})).refused(400, 7005).await;
    world.post("gateways", &json!({"id": "other"})).ok().await;
    world.post("gateways/other/routes", &json!({"name": "one", "elements": hello()})).ok().await;
}

#[tokio::test]
async fn a_deleted_route_is_gone_and_its_name_is_free() {
    let world = World::new().await;
    let id = world.route("hello").await;
    let route = format!("{ROUTES}/{id}");
    let deleted = world.delete(&route).ok().await;
    assert_eq!(deleted.body["result"]["elements"], hello());
    for path in ["", "/versions", "/deployments", "/draft"] {
        let reply = world.get(&format!("{route}{path}")).refused(404, 7005).await;
        assert!(reply.message().contains("not found"));
    }
    world.delete(&route).refused(404, 7005).await;
    assert_ne!(world.route("hello").await, id);
}

#[tokio::test]
async fn the_draft_is_kept_beside_the_versions_with_its_own_etag() {
    let world = World::new().await;
    let route = format!("{ROUTES}/{}", world.route("hello").await);
    let draft = format!("{route}/draft");
    let before = world.get(&route).ok().await.etag();
    world.get(&draft).refused(404, 7005).await;

    let put = world.put(&draft, &json!({"elements": broken()})).ok().await;
    assert_eq!(put.body["messages"][0]["problem"]["severity"], "error");
    let read = world.get(&draft).ok().await;
    assert_eq!(read.body["result"]["elements"], broken());
    assert_eq!(read.etag(), put.etag());
    assert_eq!(world.get(&route).ok().await.etag(), before);

    let next =
        world.put(&draft, &json!({"elements": hello()})).header("if-match", &put.etag()).ok().await;
    assert_ne!(next.etag(), put.etag());
    let stale = world
        .put(&draft, &json!({"elements": []}))
        .header("if-match", &put.etag())
        .refused(412, 7412)
        .await;
    assert_eq!(stale.etag(), next.etag());
    assert_eq!(
        world.get(&format!("{route}/versions")).ok().await.body["data"]["versions"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn of_two_who_begin_a_draft_the_second_is_told_of_the_first() {
    let world = World::new().await;
    let draft = format!("{ROUTES}/{}/draft", world.route("hello").await);
    let begin =
        |elements| world.put(&draft, &json!({"elements": elements})).header("if-none-match", "*");
    let first = begin(hello()).ok().await;
    let second = begin(broken()).refused(412, 7412).await;
    assert_eq!(second.etag(), first.etag());
    assert_eq!(world.get(&draft).ok().await.body["result"]["elements"], hello());
    for (with, value) in [("if-none-match", "\"a1\""), ("if-match", "*")] {
        let refused = begin(broken()).header(with, value).refused(400, 7001).await;
        assert_eq!(refused.body["errors"][0]["path"], json!(["headers", "if-none-match"]));
    }
}

#[tokio::test]
async fn every_write_is_published_before_it_is_answered() {
    let world = World::new().await;
    let id = world.route("hello").await;
    let route = format!("{ROUTES}/{id}");
    let change = Change::Route("default".into(), id.as_str().into());
    assert_eq!(world.live.published(), std::slice::from_ref(&change));
    let version =
        world.post(&format!("{route}/versions"), &json!({"elements": hello()})).ok().await;
    assert_eq!(world.live.published(), std::slice::from_ref(&change));
    world
        .post(&format!("{route}/deployments"), &json!({"version_id": version.result("version_id")}))
        .ok()
        .await;
    assert_eq!(world.live.published(), std::slice::from_ref(&change));
    world.patch(&route, &json!({"name": "other"})).ok().await;
    assert_eq!(world.live.published(), std::slice::from_ref(&change));
    world.delete(&route).ok().await;
    assert_eq!(world.live.published(), [change]);
}

#[tokio::test]
async fn who_made_it_is_kept() {
    let world = World::new().await;
    let token = world.token(json!({"name": "ci", "permissions": ["AI Gateway Write"]})).await;
    let created =
        world.post(ROUTES, &json!({"name": "hello", "elements": hello()})).token(&token).ok().await;
    let maker = created.body["result"]["version"]["created_by"].as_str().unwrap();
    assert!(!maker.is_empty() && maker != "admin");
    assert_eq!(created.body["result"]["deployment"]["created_by"], maker);
    let audit = world.get("audit?gateway_id=default").ok().await;
    assert_eq!(audit.body["result"][0]["action"], "route.create");
    assert_eq!(audit.body["result"][0]["actor"]["name"], "ci");
}
