//! Provider keys and custom providers on a real store: sealed, unique, in use or not.

use secrecy::{ExposeSecret, SecretString};
use store::{ChangedProviderConfig, CustomProvider, Error, NewProviderConfig, NewSecret};

use super::*;

pub(crate) const SECRET: &str = "sk-canary-4f9a1c7e2b8d-Zq9X";

pub(crate) fn key(provider: &str, alias: &str) -> NewProviderConfig {
    NewProviderConfig {
        provider_slug: provider.into(),
        alias: alias.into(),
        default_config: false,
        weight: None,
        given_for: None,
        secret: SECRET.into(),
        rate_limit: None,
        rate_limit_period: 60,
    }
}

/// Another secret, and nothing else.
pub(crate) fn secret(secret: impl Into<SecretString>) -> ChangedProviderConfig {
    let secret = Some(NewSecret { secret: secret.into(), given_for: None });
    ChangedProviderConfig { secret, ..Default::default() }
}

pub(crate) fn custom(slug: &str) -> CustomProvider {
    CustomProvider {
        id: String::new(),
        name: "Mine".into(),
        slug: slug.into(),
        base_url: "https://example.com/v1".into(),
        dialect: "openai".into(),
        enable: true,
        headers: Some(format!(r#"{{"x-key":"{SECRET}"}}"#).into()),
        rest: r#"{"beta":1.0}"#.into(),
        created_at: 0,
        modified_at: 0,
    }
}

async fn a_stored_key_is_opened_for_the_catalog_only(database: Database) {
    let home = Home::new(database).await;
    let made = home
        .store
        .provider_configs()
        .create(&me(), &home.gateway, key("openai", ""))
        .await
        .unwrap();
    assert_eq!((&*made.alias, &*made.secret_preview), ("default", "Zq9X"));
    assert!(!format!("{made:?}").contains("canary"));
    let home = home.reopened().await;
    let configs = home.store.provider_configs();
    let opened = configs.open_all(&home.gateway).await.unwrap();
    assert_eq!((&opened[0].0, opened[0].1.expose_secret()), (&made, SECRET));

    let short = SecretString::from("nineteen characters");
    let replaced = configs.update(&me(), &home.gateway, &made.id, secret(short)).await.unwrap();
    assert_eq!(replaced.secret_preview, "");
    assert!(replaced.modified_at > made.modified_at);
    let odd = SecretString::from("é\0😀".repeat(10));
    let replaced =
        configs.update(&me(), &home.gateway, &made.id, secret(odd.clone())).await.unwrap();
    assert_eq!(replaced.secret_preview.chars().count(), 4);
    let opened = configs.open_all(&home.gateway).await.unwrap();
    assert_eq!(opened[0].1.expose_secret(), odd.expose_secret());
    let missing = configs.update(&me(), &home.gateway, "none", secret(odd)).await;
    assert!(matches!(missing, Err(Error::NotFound("provider config"))));
}

async fn aliases_are_unique_and_one_key_is_the_default(database: Database) {
    let home = Home::new(database).await;
    let (configs, id) = (home.store.provider_configs(), &home.gateway);
    let default = |alias| NewProviderConfig { default_config: true, ..key("openai", alias) };
    configs.create(&me(), id, default("a")).await.unwrap();
    configs.create(&me(), id, default("b")).await.unwrap();
    configs.create(&me(), id, key("openai", "c")).await.unwrap();
    configs.create(&me(), id, default_of("groq")).await.unwrap();
    let taken = configs.create(&me(), id, key("openai", "a")).await;
    assert!(matches!(taken, Err(Error::Exists { what: "provider config", name }) if name == "a"));
    let nowhere = configs.create(&me(), &"none".into(), key("openai", "a")).await;
    assert!(matches!(nowhere, Err(Error::NotFound("gateway"))));
    let refused = configs.create(&me(), id, default("b")).await;
    assert!(matches!(refused, Err(Error::Exists { .. })));

    let (all, total) = configs.list(id, ALL).await.unwrap();
    let seen: Vec<_> = all.iter().map(|it| (&*it.alias, it.default_config)).collect();
    assert_eq!(seen, [("a", false), ("b", true), ("c", false), ("default", true)]);
    assert_eq!(total, 4);
    let order: Vec<_> =
        configs.open_all(id).await.unwrap().into_iter().map(|it| it.0.alias).collect();
    assert_eq!(order, ["default", "b", "a", "c"], "by provider, the default first");
    assert!(matches!(configs.list(&"none".into(), ALL).await, Err(Error::NotFound("gateway"))));
}

fn default_of(provider: &str) -> NewProviderConfig {
    NewProviderConfig { default_config: true, ..key(provider, "default") }
}

async fn weight_limit_and_secret_change_each_without_the_others(database: Database) {
    let home = Home::new(database).await;
    let (configs, id) = (home.store.provider_configs(), &home.gateway);
    let given_for = Some("https://old.example/v1".to_owned());
    let new = NewProviderConfig { weight: Some(3), given_for, ..key("custom-mine", "a") };
    let made = configs.create(&me(), id, new).await.unwrap();
    assert_eq!((made.weight, made.given_for.as_deref()), (Some(3), Some("https://old.example/v1")));

    let weight = |it| ChangedProviderConfig { weight: Some(it), ..Default::default() };
    let changed = configs.update(&me(), id, &made.id, weight(Some(0))).await.unwrap();
    assert_eq!((changed.weight, &changed.given_for), (Some(0), &made.given_for));
    assert!(changed.modified_at > made.modified_at);
    let opened = configs.open_all(id).await.unwrap();
    assert_eq!((&opened[0].0, opened[0].1.expose_secret()), (&changed, SECRET));

    let given_for = Some("https://new.example/v1".to_owned());
    let other = Some(NewSecret { secret: "another".into(), given_for: given_for.clone() });
    let other = ChangedProviderConfig { secret: other, ..Default::default() };
    let changed = configs.update(&me(), id, &made.id, other).await.unwrap();
    assert_eq!((changed.weight, &changed.given_for), (Some(0), &given_for));
    let opened = configs.open_all(id).await.unwrap();
    assert_eq!(opened[0].1.expose_secret(), "another");
    assert_eq!(configs.update(&me(), id, &made.id, weight(None)).await.unwrap().weight, None);

    let limit = |rate_limit, rate_limit_period| ChangedProviderConfig {
        rate_limit,
        rate_limit_period,
        ..Default::default()
    };
    for (change, is) in [
        (limit(Some(Some(9)), Some(30)), (Some(9), 30)),
        (limit(None, Some(40)), (Some(9), 40)),
        (limit(Some(None), None), (None, 40)),
        (weight(Some(1)), (None, 40)),
    ] {
        let it = configs.update(&me(), id, &made.id, change).await.unwrap();
        assert_eq!((it.rate_limit, it.rate_limit_period), is);
        assert_eq!(configs.get(id, &made.id).await.unwrap(), it);
    }
}

async fn the_last_key_of_a_called_provider_is_kept(database: Database) {
    let home = Home::new(database).await;
    let (configs, id) = (home.store.provider_configs(), &home.gateway);
    let first = configs.create(&me(), id, key("google-ai-studio", "a")).await.unwrap();
    let second = configs.create(&me(), id, key("google-ai-studio", "b")).await.unwrap();
    home.route("z", &calling("google-ai-studio")).await;
    let route = home.route("by-alias", &calling("google")).await;
    home.route("other", &calling("groq")).await;

    configs.delete_unused(&me(), id, &first.id, &["google"]).await.unwrap();
    let refused = configs.delete_unused(&me(), id, &second.id, &["google"]).await;
    assert!(matches!(refused, Err(Error::InUse { routes }) if routes == ["by-alias", "z"]));

    home.store
        .routes()
        .update(&me(), id, &route.id, None, Some(version("[]")), None)
        .await
        .unwrap();
    let refused = configs.delete_unused(&me(), id, &second.id, &["google"]).await;
    assert!(
        matches!(refused, Err(Error::InUse { routes }) if routes == ["z"]),
        "an undeployed version does not count"
    );
    configs.delete(&me(), id, &second.id).await.unwrap();
    assert!(matches!(configs.get(id, &second.id).await, Err(Error::NotFound("provider config"))));
}

async fn custom_providers_live_and_are_kept_while_called(database: Database) {
    let home = Home::new(database).await;
    let providers = home.store.custom_providers();
    let made = providers.create(&me(), custom("mine")).await.unwrap();
    assert!(matches!(
        providers.create(&me(), custom("mine")).await,
        Err(Error::Exists { what: "custom provider", .. })
    ));
    assert_eq!(
        made.headers.as_ref().unwrap().expose_secret(),
        format!(r#"{{"x-key":"{SECRET}"}}"#)
    );
    assert!(!format!("{made:?}").contains("canary"));
    let change = |it: &mut CustomProvider| {
        (it.enable, it.headers) = (false, None);
        (it.slug, it.dialect) = ("ours".into(), "gemini".into());
        Ok::<_, Error>(())
    };
    let changed = providers.update(&me(), &made.id, change).await.unwrap();
    assert!(changed.headers.is_none() && !changed.enable && changed.modified_at > made.modified_at);
    assert_eq!(changed.created_at, made.created_at);
    assert_eq!((&*made.dialect, &*changed.dialect), ("openai", "gemini"));
    assert!(matches!(
        providers.update(&me(), "nobody", |_| Ok::<_, Error>(())).await,
        Err(Error::NotFound("custom provider"))
    ));

    home.route("r", &calling("custom-ours")).await;
    let refused = providers.delete_unused(&me(), &made.id).await;
    assert!(matches!(refused, Err(Error::InUse { routes }) if routes == ["default/r"]));
    let rename = |it: &mut CustomProvider| {
        it.slug = "theirs".into();
        Ok::<_, Error>(())
    };
    let refused = providers.update(&me(), &made.id, rename).await;
    assert!(matches!(refused, Err(Error::InUse { routes }) if routes == ["default/r"]));
    assert_eq!(providers.list(ALL).await.unwrap().1, 1);
    providers.delete(&me(), &made.id).await.unwrap();
    assert!(providers.all().await.unwrap().is_empty());
    assert!(matches!(providers.get(&made.id).await, Err(Error::NotFound("custom provider"))));
}

async fn a_ciphertext_moved_to_another_record_does_not_open(database: Database) {
    let home = Home::new(database).await;
    let (configs, id) = (home.store.provider_configs(), &home.gateway);
    configs.create(&me(), id, key("openai", "a")).await.unwrap();
    let other = NewProviderConfig { secret: "another".into(), ..key("openai", "b") };
    configs.create(&me(), id, other).await.unwrap();
    let mut raw = home.raw().await;
    let moved = "update provider_configs set secret = (select secret from provider_configs where alias = 'a')";
    raw.execute(moved).await.unwrap();
    assert!(matches!(configs.open_all(id).await, Err(Error::Sealed)));
}

on_each_database![
    a_stored_key_is_opened_for_the_catalog_only,
    aliases_are_unique_and_one_key_is_the_default,
    weight_limit_and_secret_change_each_without_the_others,
    the_last_key_of_a_called_provider_is_kept,
    custom_providers_live_and_are_kept_while_called,
    a_ciphertext_moved_to_another_record_does_not_open,
];
