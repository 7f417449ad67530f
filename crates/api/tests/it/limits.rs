//! What is told of limits, and who may reset them.

use crate::world::World;
use api::{BucketInUse, BucketKey, LimitOwner, LimitsAsked, LimitsInUse};
use route::{LimitType, Technique};
use serde_json::{Value, json};

const LIMITS: &str = "gateways/default/limits";
const RESET: &str = "gateways/default/limits/reset";

fn bucket(id: &str, owner: LimitOwner, counts: LimitType) -> BucketInUse {
    BucketInUse {
        id: id.into(),
        owner,
        key: Vec::new(),
        counts,
        limit: 10_000_000_000,
        settled: 9_500_000_000,
        held: 250_000_000,
        window: 86_400,
        technique: Technique::Sliding,
        refills_at: Some(1_800_000_100_000),
        resets_at: Some(1_800_000_200_000),
    }
}

fn buckets() -> Vec<BucketInUse> {
    let part = |field: &str, value: Value| BucketKey {
        field: field.into(),
        value,
        name: None,
        cut: false,
    };
    let element = LimitOwner::Element {
        route_id: "0190".into(),
        route: "support".into(),
        element: "quota".into(),
        version_id: None,
    };
    let spend = LimitOwner::SpendRule { rule_id: "0a1b2c3d".into() };
    let stored = LimitOwner::ProviderKey { provider: "openai".into(), alias: "main".into() };
    let key = vec![part("model", json!("gpt-5")), part("metadata.user", json!(7))];
    let token = BucketKey { name: Some("ci".into()), ..part("request.key", json!("0191")) };
    let counted = BucketInUse {
        limit: 100,
        settled: 93,
        held: 0,
        window: 60,
        ..bucket("b2", element, LimitType::Count)
    };
    vec![
        BucketInUse { key, ..bucket("b1", spend, LimitType::Cost) },
        BucketInUse {
            key: vec![token, BucketKey { cut: true, ..part("x", json!("long")) }],
            technique: Technique::Fixed,
            ..counted
        },
        BucketInUse {
            refills_at: None,
            resets_at: None,
            ..bucket("b3", LimitOwner::Gateway, LimitType::Count)
        },
        bucket("b4", stored, LimitType::Count),
    ]
}

async fn world() -> World {
    let world = World::new().await;
    *world.live.in_use.lock().unwrap() =
        Some(LimitsInUse { nearest: buckets(), found: 4, complete: true, shared: false });
    world
}

#[tokio::test]
async fn buckets_are_told_with_their_limit_what_chose_them_and_when_room_returns() {
    let world = world().await;
    let reply = world.get(LIMITS).ok().await;
    insta::assert_json_snapshot!("limits", reply.body);
    let asked = LimitsAsked {
        gateway: "default".into(),
        kind: None,
        route: None,
        element: None,
        text: None,
        names_tokens: true,
        least: 0,
        most: 20,
    };
    assert_eq!(*world.live.asked.lock().unwrap(), [asked]);
}

#[tokio::test]
async fn a_page_is_the_end_of_the_nearest_ones_and_every_filter_is_asked_for() {
    let world = world().await;
    let query =
        "?page=2&per_page=3&kind=element&route=support&element=quota&search=ada&min_share=0.8";
    let reply = world.get(&format!("{LIMITS}{query}")).ok().await;
    assert_eq!(reply.body["result"][0]["bucket"], "b4");
    assert_eq!(
        reply.body["result_info"],
        json!({"page": 2, "per_page": 3, "count": 1, "total_count": 4, "total_pages": 2, "complete": true, "counted_by": "node"})
    );
    let asked = world.live.asked.lock().unwrap().pop().unwrap();
    let some = |it: &str| Some(it.to_owned());
    assert_eq!(
        (asked.kind, asked.route, asked.element),
        (some("element"), some("support"), some("quota"))
    );
    assert_eq!((asked.text, asked.least, asked.most), (some("ada"), 800, 6));
}

#[tokio::test]
async fn a_question_that_means_nothing_is_refused_with_its_place() {
    let world = world().await;
    for (query, place) in [
        ("min_share=much", "min_share"),
        ("min_share=-1", "min_share"),
        ("kind=model", "kind"),
        ("page=0", "page"),
        ("per_page=101", "per_page"),
        ("page=101&per_page=100", "page"),
    ] {
        let refused = world.get(&format!("{LIMITS}?{query}")).refused(400, 7001).await;
        assert_eq!(refused.body["errors"][0]["path"], json!(["query", place]), "{query}");
    }
    world.get(&format!("{LIMITS}?page=100&per_page=100")).ok().await;
}

#[tokio::test]
async fn what_was_not_looked_at_is_said() {
    let world = world().await;
    *world.live.in_use.lock().unwrap() =
        Some(LimitsInUse { nearest: Vec::new(), found: 0, complete: false, shared: true });
    let reply = world.get(LIMITS).ok().await;
    assert_eq!(reply.body["result_info"]["complete"], false);
    assert_eq!(reply.body["result_info"]["counted_by"], "all_nodes");
    let message = reply.body["messages"][0]["message"].as_str().unwrap();
    assert!(message.contains("may be missing"), "{message}");
}

#[tokio::test]
async fn counters_that_do_not_answer_are_a_503() {
    let world = World::new().await;
    *world.live.in_use.lock().unwrap() = None;
    world.get(LIMITS).refused(503, 7513).await;
    world.post(RESET, &json!({"bucket": "b1"})).refused(503, 7513).await;
    let audit = world.get("audit").ok().await;
    assert!(!audit.text.contains("limit.reset"), "nobody knows whether it was done");
}

#[tokio::test]
async fn a_reset_tells_what_there_was_and_is_in_the_audit_log() {
    let world = world().await;
    let reply = world.post(RESET, &json!({"bucket": "b2"})).ok().await;
    assert_eq!(reply.body["result"]["settled"], 93);
    let audit = world.get("audit?gateway_id=default").ok().await;
    let entry = &audit.body["result"][0];
    assert_eq!(
        (&entry["action"], &entry["resource"]),
        (&json!("limit.reset"), &json!("support/quota"))
    );
    assert_eq!(entry["actor"]["id"], "admin");
    assert_eq!(entry["detail"], reply.body["result"]);
    assert!(world.live.published().is_empty(), "no configuration has changed");
}

#[tokio::test]
async fn only_who_may_write_in_this_gateway_resets() {
    let world = world().await;
    world.post(RESET, &json!({"bucket": "nothing"})).refused(404, 7002).await;
    let token = |permission: &str, gateway: &str| {
        world.token(json!({"name": permission, "permissions": [permission], "gateways": [gateway]}))
    };
    let (reader, writer) =
        (token("AI Gateway Read", "default").await, token("AI Gateway Write", "default").await);
    let (elsewhere, runner) =
        (token("AI Gateway Write", "other").await, token("AI Gateway Run", "default").await);
    let reset = || world.post(RESET, &json!({"bucket": "b1"}));
    world.get(LIMITS).token(&reader).ok().await;
    assert!(!world.live.asked.lock().unwrap().pop().unwrap().names_tokens);
    reset().token(&reader).refused(403, 9109).await;
    world.get(LIMITS).token(&runner).refused(403, 9109).await;
    reset().token(&runner).refused(403, 9109).await;
    world.get(LIMITS).token(&elsewhere).refused(404, 7002).await;
    reset().token(&elsewhere).refused(404, 7002).await;
    let of_token = json!({"bucket": "b2"});
    let told = world.post(RESET, &of_token).ok().await;
    assert_eq!(told.body["result"]["key"][0]["name"], "ci");
    let told = world.post(RESET, &of_token).token(&writer).ok().await;
    assert_eq!(told.body["result"]["key"][0].get("name"), None, "who may not list tokens");
}
