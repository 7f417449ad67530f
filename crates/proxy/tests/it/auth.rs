//! Who is let in, and to what.
use crate::elements::one_model;
use crate::world::{MONDAY_MS, World, runner};
use access::{Permission, Token};

fn world(token: Token) -> World {
    World::friendly().deploy("hello", &one_model("echo/echo")).token("pmn_known", token)
}

#[tokio::test(start_paused = true)]
async fn what_a_credential_opens() {
    let (open, locked) = ("default", "locked");
    for (gateway, header, value, status) in [
        (open, "x-other", "1", 200),
        (open, "authorization", "Bearer sk-somebody", 200),
        (open, "authorization", "Bearer pmn_known", 200),
        (open, "authorization", "Bearer pmn_revoked", 401),
        (open, "cf-aig-authorization", "Bearer whatever", 401),
        (locked, "x-other", "1", 401),
        (locked, "authorization", "Bearer sk-somebody", 401),
        (locked, "authorization", "Bearer pmn_revoked", 401),
        (locked, "authorization", "Bearer pmn_known", 200),
        (locked, "cf-aig-authorization", "Bearer pmn_known", 200),
        (locked, "cf-aig-authorization", "pmn_known", 200),
        (locked, "x-api-key", "pmn_known", 200),
        (locked, "x-goog-api-key", "pmn_known", 200),
        (locked, "api-key", "pmn_known", 200),
        (locked, "x-auth-key", "pmn_known", 200),
    ] {
        let world = world(runner());
        let path = format!("/v1/acc/{gateway}/compat/chat/completions");
        let answer = world.chat("dynamic/hello").path(&path).header(header, value).send().await;
        assert_eq!(answer.status, status, "{gateway} {header}: {value}: {}", answer.text());
        if status == 401 {
            assert_eq!(answer.error().1, 2009);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_opens_only_what_it_is_for() {
    let only = |names: &[&str]| Some(names.iter().map(|it| (*it).to_owned()).collect());
    for (what, token, model, status) in [
        ("expired", Token { expires_at: Some(MONDAY_MS), ..runner() }, "dynamic/hello", 401),
        (
            "not yet expired",
            Token { expires_at: Some(MONDAY_MS + 9), ..runner() },
            "dynamic/hello",
            200,
        ),
        (
            "read only",
            Token { permissions: [Permission::Read].into(), ..runner() },
            "dynamic/hello",
            403,
        ),
        ("other gateway", Token { gateways: only(&["default"]), ..runner() }, "dynamic/hello", 403),
        ("this gateway", Token { gateways: only(&["locked"]), ..runner() }, "dynamic/hello", 200),
        ("other route", Token { routes: only(&["bye"]), ..runner() }, "dynamic/hello", 403),
        (
            "this route by name",
            Token { routes: only(&["hello"]), ..runner() },
            "dynamic/hello",
            200,
        ),
        (
            "this route by id",
            Token { routes: only(&["id-hello"]), ..runner() },
            "dynamic/hello",
            200,
        ),
        ("a route, not models", Token { routes: only(&["hello"]), ..runner() }, "echo/echo", 403),
        ("models too", runner(), "echo/echo", 200),
        ("admin", Token::admin(), "dynamic/hello", 200),
    ] {
        let answer = world(token).chat(model).locked().token("pmn_known").send().await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
    }
}

#[tokio::test(start_paused = true)]
async fn accounts_and_gateways_that_are_not_there_are_2001() {
    let world = world(runner());
    for path in
        ["/v1/other/default/compat/chat/completions", "/v1/acc/other/compat/chat/completions"]
    {
        let answer = world.chat("dynamic/hello").path(path).send().await;
        let (status, code, _) = answer.error();
        assert_eq!((status, code), (400, 2001));
    }
}

#[tokio::test(start_paused = true)]
async fn a_web_page_of_somebody_else_is_refused_and_told_nothing() {
    let world = world(runner());
    let page = world.chat("dynamic/hello").header("origin", "https://evil.test").send().await;
    assert_eq!(page.status, 403);
    assert_eq!(page.header("access-control-allow-origin"), "");
    let rebound =
        world.chat("dynamic/hello").without("host").header("host", "evil.test").send().await;
    assert_eq!(rebound.status, 403);
    let own = world.chat("dynamic/hello").header("origin", "http://localhost").send().await;
    assert_eq!(own.status, 200);
    assert_eq!(own.header("access-control-allow-origin"), "http://localhost");
}

#[tokio::test(start_paused = true)]
async fn a_listed_origin_gets_its_preflight_answered() {
    let upstream = testkit::FakeUpstream::playing([]);
    let world = World::with_settings(upstream, |it| {
        it.guard.cors_origins = vec!["https://app.test".to_owned()];
    });
    let ask = world
        .chat("dynamic/hello")
        .method(http::Method::OPTIONS)
        .header("origin", "https://app.test");
    let answer =
        ask.header("access-control-request-headers", "authorization, content-type").send().await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), "https://app.test");
    assert_eq!(answer.header("access-control-allow-headers"), "authorization, content-type");
}
