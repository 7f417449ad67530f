//! `pointsman token create|list|revoke`: API tokens, made in the configured database. Servers that run on it notice within a second.

use super::{Exit, say};
use crate::clock::SystemClock;
use crate::config::ConfigError;
use crate::first_start::Home;
use crate::wire::{local, open_store};
use access::{Permission, Scalar, Token};
use clap::{Arg, ArgAction, ArgMatches, Command};
use route::ids::TokenId;
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::{Page, Store, StoredToken};

pub(super) fn command() -> Command {
    let json = || Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print JSON");
    let id = Arg::new("id").value_name("ID").required(true).help("As `token list` shows it");
    Command::new("token")
        .about("Make, list and revoke API tokens in the configured database")
        .subcommand_required(true)
        .subcommand(create().arg(json()))
        .subcommand(Command::new("list").about("List tokens, without their secrets").arg(json()))
        .subcommand(Command::new("revoke").about("Revoke a token").arg(id).arg(json()))
}

fn create() -> Command {
    let many = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).action(ArgAction::Append).value_delimiter(',')
    };
    Command::new("create")
        .about("Make a token; its secret is printed this once")
        .arg(Arg::new("name").long("name").required(true).help("A name for people"))
        .arg(
            many("permission", "PERMISSION")
                .help("read, write, run, pin, custom-cost; default: run"),
        )
        .arg(many("gateway", "ID").help("Gateways it is good for; default: all"))
        .arg(many("route", "NAME").help("Routes it may call; default: all, and models directly"))
        .arg(many("metadata", "KEY=VALUE").help("Fixed metadata, which callers cannot override"))
        .arg(
            Arg::new("expires-in")
                .long("expires-in")
                .value_name("TIME")
                .help("Such as 90d, 12h or 30m"),
        )
}

pub(super) fn run(matches: &ArgMatches) -> Result<Exit, ConfigError> {
    let config = super::configured(matches)?;
    super::runtime(Some(1))?.block_on(async {
        let store = open_store(&config, &Home::open(&config.data)?).await?;
        let done = on_store(matches, &store).await;
        store.close().await;
        done.map(|()| Exit::Fine)
    })
}

async fn on_store(matches: &ArgMatches, store: &Store) -> Result<(), ConfigError> {
    match matches.subcommand() {
        Some(("create", matches)) => make(matches, store).await,
        Some(("revoke", matches)) => revoke(matches, store).await,
        Some((_, matches)) => list(matches, store).await,
        None => Ok(()),
    }
}

async fn make(matches: &ArgMatches, store: &Store) -> Result<(), ConfigError> {
    let token = asked(matches)?;
    let (stored, secret) = store.tokens().create(&local(), token).await.map_err(failed)?;
    let secret = secret.expose_secret();
    if matches.get_flag("json") {
        let mut shown = as_json(&stored);
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("value".to_owned(), json!(secret));
        }
        say(&shown.to_string());
    } else {
        say(&format!(
            "{secret}\n\nToken {} ({}); the secret is shown only now.",
            stored.token.id, stored.token.name
        ));
    }
    Ok(())
}

async fn list(matches: &ArgMatches, store: &Store) -> Result<(), ConfigError> {
    let mut all: Vec<StoredToken> = Vec::new();
    for page in 1.. {
        let (part, total) =
            store.tokens().list(Page { page, per_page: 100 }).await.map_err(failed)?;
        let end = part.is_empty();
        all.extend(part);
        if end || u64::try_from(all.len()).is_ok_and(|it| it >= total) {
            break;
        }
    }
    if matches.get_flag("json") {
        say(&json!(all.iter().map(as_json).collect::<Vec<_>>()).to_string());
        return Ok(());
    }
    for it in &all {
        let permissions: Vec<_> = it.token.permissions.iter().map(|it| it.as_str()).collect();
        let expired = if it.token.expired(SystemClock::now_ms()) { "  expired" } else { "" };
        say(&format!(
            "{}  {}…  {}  {}{expired}",
            it.token.id,
            it.prefix,
            it.token.name,
            permissions.join(", ")
        ));
    }
    Ok(())
}

async fn revoke(matches: &ArgMatches, store: &Store) -> Result<(), ConfigError> {
    let id = matches.get_one::<String>("id").map_or("", String::as_str);
    let revoked = store.tokens().revoke(&local(), &TokenId::from(id)).await.map_err(failed)?;
    if matches.get_flag("json") {
        say(&json!({ "id": revoked.token.id }).to_string());
    } else {
        say(&format!("revoked {} ({})", revoked.token.id, revoked.token.name));
    }
    Ok(())
}

fn failed(error: impl std::error::Error) -> ConfigError {
    ConfigError::new("token", error.to_string())
}

fn asked(matches: &ArgMatches) -> Result<Token, ConfigError> {
    let name = matches.get_one::<String>("name").cloned().unwrap_or_default();
    if name.trim().is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        return Err(ConfigError::new("--name", "must be 1 to 120 characters"));
    }
    Ok(Token {
        id: String::new(),
        name,
        permissions: permissions(matches)?,
        expires_at: matches.get_one::<String>("expires-in").map(|it| expiry(it)).transpose()?,
        gateways: set(matches, "gateway"),
        routes: set(matches, "route"),
        metadata: metadata(matches)?,
    })
}

fn permissions(matches: &ArgMatches) -> Result<BTreeSet<Permission>, ConfigError> {
    let Some(asked) = matches.get_many::<String>("permission") else {
        return Ok([Permission::Run].into());
    };
    let one = |text: &String| {
        let plain = |it: &str| it.to_ascii_lowercase().replace([' ', '_'], "-");
        let known = Permission::ALL.into_iter().find(|it| {
            let full = plain(it.as_str());
            full == plain(text) || full.strip_prefix("ai-gateway-") == Some(&plain(text))
        });
        known.ok_or_else(|| {
            let what = format!("is `{text}`, must be read, write, run, pin or custom-cost");
            ConfigError::new("--permission", what)
        })
    };
    asked.map(one).collect()
}

fn set(matches: &ArgMatches, name: &str) -> Option<BTreeSet<String>> {
    Some(matches.get_many::<String>(name)?.cloned().collect())
}

/// `key=value`; a value that is a JSON number or boolean is taken as one.
fn metadata(matches: &ArgMatches) -> Result<BTreeMap<String, Scalar>, ConfigError> {
    let given: Vec<_> = matches.get_many::<String>("metadata").into_iter().flatten().collect();
    if given.len() > 5 {
        return Err(ConfigError::new("--metadata", "at most 5 entries"));
    }
    let one = |text: &&String| {
        let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
        let (key, value) =
            pair.ok_or_else(|| ConfigError::new("--metadata", "must be KEY=VALUE"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Scalar::Text(value.to_owned()));
        Ok((key.to_owned(), value))
    };
    given.iter().map(one).collect()
}

fn expiry(text: &str) -> Result<u64, ConfigError> {
    let wrong = || ConfigError::new("--expires-in", "must be a time such as 90d, 12h or 30m");
    let (number, unit_ms) = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)]
        .into_iter()
        .find_map(|(unit, ms)| Some((text.strip_suffix(unit)?, ms)))
        .ok_or_else(wrong)?;
    let number: u64 = number.parse().ok().filter(|it| *it > 0).ok_or_else(wrong)?;
    let span = number.checked_mul(unit_ms).ok_or_else(wrong)?;
    SystemClock::now_ms().checked_add(span).ok_or_else(wrong)
}

fn as_json(it: &StoredToken) -> serde_json::Value {
    json!({
        "id": it.token.id,
        "name": it.token.name,
        "permissions": it.token.permissions,
        "expires_at_ms": it.token.expires_at,
        "gateways": it.token.gateways,
        "routes": it.token.routes,
        "metadata": it.token.metadata,
        "prefix": it.prefix,
        "created_by": it.created_by,
    })
}
