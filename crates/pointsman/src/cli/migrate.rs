//! `pointsman migrate`: brings the configured database up to date before a roll-out, and copies a file of SQLite into PostgreSQL.
//!
//! Exit codes: 0 done, 1 the target is not empty, 2 wrong use, 3 the server cannot be reached.

use super::{Exit, complain, say};
use crate::config::{Config, ConfigError};
use crate::first_start::Home;
use crate::wire::{database_url, not_opened};
use clap::{Arg, ArgMatches, Command};
use secrecy::{ExposeSecret as _, SecretString};
use store::CopyError;

pub(super) fn command() -> Command {
    Command::new("migrate")
        .about("Bring the configured database up to date, as a start of the server does; or copy one into it")
        .arg(Arg::new("from").long("from").value_name("URL").help(
            "Copy everything but request logs from sqlite://<file> into the configured PostgreSQL database, which must be empty; \
             stop the servers on both first",
        ))
}

pub(super) fn run(matches: &ArgMatches) -> Result<Exit, ConfigError> {
    let config = super::configured(matches)?;
    let home = Home::open(&config.data)?;
    let url = database_url(&config, &home);
    super::runtime(Some(1))?.block_on(async {
        match matches.get_one::<String>("from") {
            Some(from) => copy(from, &url, &config, &home).await,
            None => migrate(&url).await,
        }
    })
}

async fn migrate(url: &SecretString) -> Result<Exit, ConfigError> {
    let applied = store::migrate(url.expose_secret()).await;
    let applied = applied.map_err(|error| not_opened(url, &error))?;
    for it in &applied {
        say(&format!("{} {}: {}", it.set, it.version, it.description));
    }
    say(if applied.is_empty() { "the database is up to date" } else { "done" });
    Ok(Exit::Fine)
}

async fn copy(
    from: &str,
    url: &SecretString,
    config: &Config,
    home: &Home,
) -> Result<Exit, ConfigError> {
    let key = home.master_key(&config.data)?;
    let error = match store::copy(from, url.expose_secret(), &key.key).await {
        Ok(copied) => {
            for it in &copied {
                say(&format!("{} {}", it.rows, it.table));
            }
            say("done; request logs stay where they are");
            return Ok(Exit::Fine);
        }
        Err(error) => error,
    };
    key.forget();
    match error {
        CopyError::NotEmpty(_) => {
            complain(&error);
            Ok(Exit::Problems)
        }
        CopyError::Source(store::Error::WrongMasterKey) => Err(ConfigError::new(
            "master_key",
            "does not fit the database to be copied; give the content of its master.key",
        )),
        CopyError::Target(store::Error::WrongMasterKey) => Err(ConfigError::new(
            "master_key",
            "does not fit the database to copy into, which another key has sealed",
        )),
        CopyError::Target(error) => Err(not_opened(url, &error)),
        CopyError::Source(error) => {
            let cause = std::error::Error::source(&error);
            let cause = cause.map(|it| format!(": {it}")).unwrap_or_default();
            Err(ConfigError::new("--from", format!("cannot be used: {error}{cause}")))
        }
        error => Err(ConfigError::new("--from", error.to_string())),
    }
}
