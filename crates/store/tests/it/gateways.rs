//! Gateways on a real store: made, replaced, deleted with what is in them.

use store::Error;

use super::*;

async fn the_default_gateway_is_made_once_and_left_alone(database: Database) {
    let home = Home::new(database).await;
    let gateways = home.store.gateways();
    let first = gateways.get(&home.gateway).await.unwrap();
    assert!(first.is_default);
    let mut changed = gateway("default");
    changed.authentication = true;
    changed.settings = r#"{"cache_ttl":1.0}"#.into();
    let change = |it: &store::Gateway| {
        assert_eq!(it, &first);
        Ok::<_, Error>(changed)
    };
    let replaced = gateways.replace(&me(), &home.gateway, change).await.unwrap();
    assert!(replaced.modified_at > first.modified_at);
    assert_eq!(replaced.settings, r#"{"cache_ttl":1.0}"#);
    let again = gateways.ensure_default(&me(), gateway("default")).await.unwrap();
    assert_eq!(again, replaced);
    let refused = gateways.replace(&me(), &home.gateway, |_| Err(Error::NotFound("reason"))).await;
    assert!(matches!(refused, Err(Error::NotFound("reason"))));
    assert_eq!(gateways.get(&home.gateway).await.unwrap(), replaced);
}

async fn gateways_are_searched_paged_and_unique(database: Database) {
    let home = Home::new(database).await;
    let gateways = home.store.gateways();
    for id in ["team-a", "Team-B", "other%"] {
        assert!(!gateways.create(&me(), gateway(id)).await.unwrap().is_default);
    }
    let exists = gateways.create(&me(), gateway("team-a")).await;
    assert!(matches!(exists, Err(Error::Exists { what: "gateway", name }) if name == "team-a"));
    for (search, expected) in [
        (None, 4),
        (Some(""), 4),
        (Some("team"), 2),
        (Some("TEAM-b"), 1),
        (Some("%"), 1),
        (Some("_"), 0),
        (Some("\0"), 0),
        (Some(&*"x".repeat(100_000)), 0),
    ] {
        let (found, total) = gateways.list(search, ALL).await.unwrap();
        assert_eq!((found.len(), total), (expected, expected as u64), "{search:?}");
    }
    let (page, total) = gateways.list(None, Page { page: 2, per_page: 3 }).await.unwrap();
    assert_eq!((page[0].id.as_str(), page.len(), total), ("other%", 1, 4));
    let (page, total) =
        gateways.list(None, Page { page: u32::MAX, per_page: u32::MAX }).await.unwrap();
    assert_eq!((page.len(), total), (0, 4));
    assert_eq!(gateways.all().await.unwrap().len(), 4);
    assert!(matches!(gateways.get(&"none".into()).await, Err(Error::NotFound("gateway"))));
    assert!(matches!(
        gateways.replace(&me(), &"none".into(), |_| Ok::<_, Error>(gateway("none"))).await,
        Err(Error::NotFound("gateway"))
    ));
}

async fn a_gateway_with_deployed_routes_goes_only_by_force_and_takes_all_with_it(
    database: Database,
) {
    let home = Home::new(database).await;
    let (store, id) = (&home.store, &home.gateway);
    let kept = gateway("kept");
    store.gateways().create(&me(), kept.clone()).await.unwrap();
    store.routes().create(&me(), &kept.id, "b", version("[]")).await.unwrap();
    for name in ["b", "a"] {
        let route = home.route(name, "[]").await;
        store.routes().create_version(&me(), id, &route.id, version("[1]"), None).await.unwrap();
        store.routes().put_draft(&me(), id, &route.id, "[2]", None).await.unwrap();
    }
    store.provider_configs().create(&me(), id, providers::key("openai", "default")).await.unwrap();
    store.prices().put(&me(), logs::price(id)).await.unwrap();
    store.logs().append(&[logs::record("1", 5)]).await.unwrap();

    let refused = store.gateways().delete(&me(), id, false).await;
    assert!(matches!(refused, Err(Error::InUse { routes }) if routes == ["a", "b"]));
    assert_eq!(store.routes().list(id, ALL).await.unwrap().1, 2);

    store.gateways().delete(&me(), id, true).await.unwrap();
    assert!(matches!(store.gateways().get(id).await, Err(Error::NotFound("gateway"))));
    let mut raw = home.raw().await;
    for (table, left) in [
        ("routes", 1),
        ("versions", 1),
        ("deployments", 1),
        ("drafts", 0),
        ("provider_configs", 0),
        ("prices", 0),
    ] {
        let count = raw.number(&format!("select count(*) from {table}")).await;
        assert_eq!(count, left, "{table}");
    }
    store.gateways().create(&me(), gateway("default")).await.unwrap();
    assert_eq!(store.logs().list(id, &store::LogQuery::default(), ALL).await.unwrap().1, 0);
    let empty = store.gateways().delete(&me(), id, false).await.unwrap();
    assert_eq!(empty.id, *id);
}

on_each_database![
    the_default_gateway_is_made_once_and_left_alone,
    gateways_are_searched_paged_and_unique,
    a_gateway_with_deployed_routes_goes_only_by_force_and_takes_all_with_it,
];
