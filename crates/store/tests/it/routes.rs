//! Routes, versions, deployments and drafts on a real store.

use std::time::Instant;

use store::{Error, Route};

use super::*;

/// White space, numbers, escapes, repeated keys and order of keys as no serialiser would write them.
const ODD: &str = "[ {\"z\":1.0,\t\"a\":1, \"big\":123456789012345678901234567890,\n\r\n \"e\":1E+2,\"é\\u00e9\\ud83d\\ude00😀\":null,\"id\":\"x\\u0000\",\"dup\":1,\"dup\":2 } ] ";

async fn a_route_lives_and_everything_about_it_is_told(database: Database) {
    let home = Home::new(database).await;
    let (routes, gateway) = (home.store.routes(), &home.gateway);
    let comment = |text: &str| NewVersion { comment: Some(text.into()), ..version("[2]") };

    let made = home.route("support", "[1]").await;
    let one = made.version.clone().unwrap();
    assert_eq!((one.number, &*one.elements, one.active, &*one.created_by), (1, "[1]", true, "Ada"));
    assert_eq!(made.deployment.as_ref().unwrap().version, one.id);
    assert_eq!(made.latest_valid.as_ref(), Some(&one.id));
    assert_eq!(routes.get(gateway, &made.id).await.unwrap(), made);

    let (route, two) =
        routes.create_version(&me(), gateway, &made.id, comment("try"), None).await.unwrap();
    assert_eq!((two.number, two.active, two.comment.as_deref()), (2, false, Some("try")));
    assert_eq!(route.version.as_ref().unwrap().id, one.id);
    assert_eq!(route.latest_valid.as_ref(), Some(&two.id));

    let invalid = NewVersion { is_valid: false, problems: r#"["p"]"#.into(), ..version("[3]") };
    let (route, three) =
        routes.create_version(&me(), gateway, &made.id, invalid, None).await.unwrap();
    assert_eq!((three.is_valid, &*three.problems), (false, r#"["p"]"#));
    assert_eq!(route.latest_valid.as_ref(), Some(&two.id));

    let route = routes.deploy(&me(), gateway, &made.id, &two.id, Some("go"), None).await.unwrap();
    assert_eq!(route.version.as_ref().unwrap().id, two.id);
    assert_eq!(route.deployment.as_ref().unwrap().comment.as_deref(), Some("go"));
    let route = routes.deploy(&me(), gateway, &made.id, &one.id, None, None).await.unwrap();
    assert_eq!(route.version.as_ref().unwrap().id, one.id);

    let route = routes
        .update(&me(), gateway, &made.id, Some("help"), Some(version("[4]")), None)
        .await
        .unwrap();
    assert_eq!(
        (&*route.name, route.version.as_ref().unwrap().number, &route.id),
        ("help", 4, &made.id)
    );
    assert!(route.modified_at > made.modified_at && route.created_at == made.created_at);

    let (versions, total) = routes.versions(gateway, &made.id, ALL).await.unwrap();
    assert_eq!(
        versions.iter().map(|it| (it.number, it.active)).collect::<Vec<_>>(),
        [(4, true), (3, false), (2, false), (1, false)]
    );
    assert_eq!(total, 4);
    let (page, total) =
        routes.versions(gateway, &made.id, Page { page: 2, per_page: 3 }).await.unwrap();
    assert_eq!((page.len(), page[0].number, total), (1, 1, 4));
    let (deployments, total) = routes.deployments(gateway, &made.id, ALL).await.unwrap();
    assert_eq!(
        deployments.iter().map(|it| &it.version).collect::<Vec<_>>(),
        [&versions[0].id, &one.id, &two.id, &one.id]
    );
    assert_eq!((total, &deployments[0]), (4, route.deployment.as_ref().unwrap()));

    let live = routes.live_one(gateway, &made.id).await.unwrap().unwrap();
    assert_eq!(live.deployed, Some((versions[0].id.clone(), "[4]".into())));
    assert_eq!(live.latest_valid, live.deployed);

    let home = home.reopened().await;
    let routes = home.store.routes();
    assert_eq!(routes.get(&home.gateway, &made.id).await.unwrap(), route);
    assert_eq!(routes.versions(&home.gateway, &made.id, ALL).await.unwrap().0, versions);

    assert_eq!(routes.delete(&me(), &home.gateway, &made.id, None).await.unwrap(), route);
    assert!(matches!(routes.get(&home.gateway, &made.id).await, Err(Error::NotFound("route"))));
    assert!(routes.live(&home.gateway).await.unwrap().is_empty());
    home.route("help", "[]").await;
}

async fn elements_come_back_to_the_letter(database: Database) {
    let home = Home::new(database).await;
    let routes = home.store.routes();
    let nul = format!("{ODD}\0 after a NUL");
    let route = home.route("odd \0 'name\"; drop table routes; -- 😀", &nul).await;
    routes.put_draft(&me(), &home.gateway, &route.id, ODD, None).await.unwrap();
    let home = home.reopened().await;
    let routes = home.store.routes();
    let read = routes.get(&home.gateway, &route.id).await.unwrap();
    assert_eq!(read.name, "odd \0 'name\"; drop table routes; -- 😀");
    assert_eq!(read.version.unwrap().elements, nul);
    assert_eq!(routes.live(&home.gateway).await.unwrap()[0].deployed.as_ref().unwrap().1, nul);
    assert_eq!(routes.draft(&home.gateway, &route.id).await.unwrap().unwrap().elements, ODD);
}

async fn names_are_unique_in_a_gateway_only(database: Database) {
    let home = Home::new(database).await;
    let (routes, id) = (home.store.routes(), &home.gateway);
    let other = gateway("other");
    home.store.gateways().create(&me(), other.clone()).await.unwrap();
    home.route("a", "[]").await;
    let b = home.route("b", "[]").await;
    routes.create(&me(), &other.id, "a", version("[]")).await.unwrap();
    let taken = |it: store::Result<Route>| matches!(it, Err(Error::Exists { what: "route", name }) if name == "a");
    assert!(taken(routes.create(&me(), id, "a", version("[]")).await));
    let before = routes.get(id, &b.id).await.unwrap();
    assert!(taken(routes.update(&me(), id, &b.id, Some("a"), Some(version("[1]")), None).await));
    assert_eq!(routes.get(id, &b.id).await.unwrap(), before, "nothing of a refused update is kept");
    routes.update(&me(), id, &b.id, Some("b"), None, None).await.unwrap();
    home.route("A", "[]").await;
    let (newest, total) = routes.list(id, Page { page: 1, per_page: 2 }).await.unwrap();
    assert_eq!((&*newest[0].name, &*newest[1].name, total), ("A", "b", 3));
}

async fn what_does_not_exist_is_named(database: Database) {
    let home = Home::new(database).await;
    let (routes, id) = (home.store.routes(), &home.gateway);
    let (a, b) = (home.route("a", "[]").await, home.route("b", "[]").await);
    let foreign = b.version.unwrap().id;
    macro_rules! missing {
        ($what:literal, $call:expr) => {
            let result = $call.await;
            assert!(matches!(result, Err(Error::NotFound($what))), "{result:?}");
        };
    }
    let none = "none".into();
    missing!("gateway", routes.list(&"g".into(), ALL));
    missing!("gateway", routes.get(&"g".into(), &a.id));
    missing!("gateway", routes.create(&me(), &"g".into(), "x", version("[]")));
    missing!("gateway", routes.update(&me(), &"g".into(), &a.id, Some("x"), None, None));
    missing!("route", routes.get(id, &none));
    missing!("route", routes.delete(&me(), id, &none, Some("*")));
    missing!("route", routes.versions(id, &none, ALL));
    missing!("route", routes.deployments(id, &none, ALL));
    missing!("route", routes.draft(id, &none));
    missing!("route", routes.put_draft(&me(), id, &none, "[]", None));
    missing!("route", routes.create_draft(&me(), id, &none, "[]"));
    missing!("version", routes.version(id, &a.id, &foreign));
    missing!("version", routes.deploy(&me(), id, &a.id, &foreign, None, None));
    assert!(routes.live(&"g".into()).await.unwrap().is_empty());
    assert!(routes.live_one(id, &none).await.unwrap().is_none());
}

async fn every_write_makes_a_new_etag_and_a_stale_one_changes_nothing(database: Database) {
    let home = Home::new(database).await;
    let (routes, id) = (home.store.routes(), &home.gateway);
    let made = home.route("a", "[]").await;
    let mut seen = vec![made.etag.clone()];
    let mut fresh = |route: &Route| {
        assert!(route.etag.starts_with('"') && route.etag.ends_with('"'));
        assert!(!seen.contains(&route.etag));
        seen.push(route.etag.clone());
    };
    let etag = Some(made.etag.as_str());
    let (route, two) =
        routes.create_version(&me(), id, &made.id, version("[2]"), etag).await.unwrap();
    fresh(&route);

    let is_stale = |it: Error| matches!(it, Error::Stale { etag } if etag == route.etag);
    let old = Some(made.etag.as_str());
    assert!(is_stale(routes.update(&me(), id, &made.id, Some("x"), None, old).await.unwrap_err()));
    assert!(is_stale(routes.delete(&me(), id, &made.id, old).await.unwrap_err()));
    assert!(is_stale(
        routes.create_version(&me(), id, &made.id, version("[]"), old).await.unwrap_err()
    ));
    let weak = format!("W/{}", route.etag);
    assert!(is_stale(
        routes.deploy(&me(), id, &made.id, &two.id, None, Some(&weak)).await.unwrap_err()
    ));
    assert_eq!(routes.get(id, &made.id).await.unwrap(), route);

    let list = format!("\"x\", {}", route.etag);
    let route = routes.deploy(&me(), id, &made.id, &two.id, None, Some(&list)).await.unwrap();
    fresh(&route);
    let route =
        routes.update(&me(), id, &made.id, Some("b"), None, Some(&route.etag)).await.unwrap();
    fresh(&route);
    let route = routes.update(&me(), id, &made.id, Some("a"), None, Some("*")).await.unwrap();
    fresh(&route);
    routes.put_draft(&me(), id, &made.id, "[]", None).await.unwrap();
    assert_eq!(
        routes.get(id, &made.id).await.unwrap().etag,
        route.etag,
        "a draft is not the route"
    );
    routes.delete(&me(), id, &made.id, Some(&route.etag)).await.unwrap();
}

async fn of_two_writers_with_one_etag_one_wins(database: Database) {
    let home = Home::new(database).await;
    let made = home.route("a", "[]").await;
    let tasks = (0..20).map(|at| {
        let (store, id, made) = (home.store.clone(), home.gateway.clone(), made.clone());
        tokio::spawn(async move {
            let elements = format!("[{at}]");
            store
                .routes()
                .update(&me(), &id, &made.id, None, Some(version(&elements)), Some(&made.etag))
                .await
                .is_ok()
        })
    });
    let mut won = 0;
    for task in tasks.collect::<Vec<_>>() {
        won += usize::from(task.await.unwrap());
    }
    assert_eq!(won, 1);
    assert_eq!(home.store.routes().versions(&home.gateway, &made.id, ALL).await.unwrap().1, 2);
}

async fn a_draft_has_its_own_etag(database: Database) {
    let home = Home::new(database).await;
    let (routes, id) = (home.store.routes(), &home.gateway);
    let route = home.route("a", "[]").await.id;
    assert!(routes.draft(id, &route).await.unwrap().is_none());
    let refused = routes.put_draft(&me(), id, &route, "[]", Some("*")).await;
    assert!(matches!(refused, Err(Error::Stale { etag }) if etag.is_empty()));
    let first = routes.create_draft(&me(), id, &route, "{not a graph").await.unwrap();
    let refused = routes.create_draft(&me(), id, &route, "[1]").await;
    assert!(matches!(refused, Err(Error::Stale { etag }) if etag == first.etag));
    assert_eq!(routes.draft(id, &route).await.unwrap().unwrap(), first);
    let second = routes.put_draft(&me(), id, &route, "[2]", Some(&first.etag)).await.unwrap();
    assert_ne!(first.etag, second.etag);
    let refused = routes.put_draft(&me(), id, &route, "[3]", Some(&first.etag)).await;
    assert!(matches!(refused, Err(Error::Stale { etag }) if etag == second.etag));
    let third = routes.put_draft(&me(), id, &route, "[3]", None).await.unwrap();
    assert_eq!((&*third.elements, &*third.modified_by), ("[3]", "Ada"));
}

async fn fifty_writers_at_once_all_succeed(database: Database) {
    let home = Home::new(database).await;
    let before = home.store.revision().await.unwrap();
    let tasks = (0..50).map(|at| {
        let (store, id) = (home.store.clone(), home.gateway.clone());
        tokio::spawn(async move {
            let routes = store.routes();
            let route = routes.create(&me(), &id, &format!("r{at}"), version("[1]")).await.unwrap();
            routes.update(&me(), &id, &route.id, None, Some(version("[2]")), None).await.unwrap();
            store.logs().append(&[logs::record(&at.to_string(), at)]).await.unwrap();
            assert_eq!(routes.get(&id, &route.id).await.unwrap().version.unwrap().number, 2);
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(home.store.routes().live(&home.gateway).await.unwrap().len(), 50);
    assert_eq!(home.store.revision().await.unwrap(), before + 100);
    assert_eq!(home.store.audit().list(&AuditQuery::default(), ALL).await.unwrap().1, 101);
}

async fn ten_thousand_routes_are_read_in_one_go(database: Database) {
    let home = Home::new(database).await;
    let elements = calling("openai").repeat(10);
    let (store, id) = (&home.store, &home.gateway);
    let one = home.route("one", &elements).await;
    routes_like(&home, &one, 10_000).await;
    let start = Instant::now();
    let live = store.routes().live(id).await.unwrap();
    println!("live() of {} routes: {:?}", live.len(), start.elapsed());
    assert_eq!(live.len(), 10_000);
    let all_deployed =
        live.iter().all(|it| it.deployed.as_ref().is_some_and(|it| it.1 == elements));
    assert!(all_deployed && live.iter().all(|it| it.latest_valid == it.deployed));
    let start = Instant::now();
    assert!(store.routes().live_one(id, &one.id).await.unwrap().is_some());
    println!("live_one(): {:?}", start.elapsed());
}

/// Copies past the store: 10 000 acknowledged writes would take a minute of disk.
async fn routes_like(home: &Home, one: &Route, total: u32) {
    let mut raw = home.raw().await;
    let copies = format!(
        "with recursive copies (at) as (select 1 union all select at + 1 from copies where at < {}) ",
        total - 1
    );
    raw.execute("begin").await.unwrap();
    for (table, columns) in [
        (
            "routes",
            "gateway_id, 'copy-' || at, 'copy-' || at, 'copy-' || at, created_at, modified_at",
        ),
        (
            "versions",
            "'copy-' || at, number, elements, is_valid, problems, created_at, created_by, comment",
        ),
        ("deployments", "'copy-' || at, number, 'copy-' || at, created_at, created_by, comment"),
    ] {
        let key = if table == "routes" { "id" } else { "route_id" };
        let sql = format!(
            "{copies} insert into {table} select 'copy-' || at, {columns} from {table}, copies where {key} = '{}'",
            one.id
        );
        assert_eq!(raw.execute(&sql).await.unwrap(), u64::from(total - 1));
    }
    raw.execute("commit").await.unwrap();
}

on_each_database![
    a_route_lives_and_everything_about_it_is_told,
    elements_come_back_to_the_letter,
    names_are_unique_in_a_gateway_only,
    what_does_not_exist_is_named,
    every_write_makes_a_new_etag_and_a_stale_one_changes_nothing,
    of_two_writers_with_one_etag_one_wins,
    a_draft_has_its_own_etag,
    fifty_writers_at_once_all_succeed,
    ten_thousand_routes_are_read_in_one_go,
];
