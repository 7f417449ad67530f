//! `pointsman prices list|check|import`: the prices in force, and price lists of the operator's own.

use super::check::read;
use super::{Exit, say};
use crate::config::{Config, ConfigError};
use crate::first_start::Home;
use crate::reload::PriceLists;
use crate::wire::{local, open_store};
use clap::{Arg, ArgAction, ArgMatches, Command};
use providers::{Catalogue, Change, Changed, Mode, Model, Price};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Store;

pub(super) fn command() -> Command {
    let json = || Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print JSON");
    let file = || Arg::new("file").value_name("FILE").required(true);
    let filter = Arg::new("filter")
        .value_name("TEXT")
        .help("Only lines whose provider/model has this in it; default: all");
    let confirm = Arg::new("confirm")
        .long("confirm")
        .action(ArgAction::SetTrue)
        .help("Take prices that change by more than 20 times, too");
    Command::new("prices")
        .about("List prices; check and import price lists")
        .subcommand_required(true)
        .subcommand(
            Command::new("list")
                .about(
                    "The prices in force, in dollars per token, what is known of the models, and who says so",
                )
                .arg(filter)
                .arg(json()),
        )
        .subcommand(
            Command::new("check")
                .about(
                    "Read a price list and tell every problem; exit code 1 when it cannot be used",
                )
                .arg(file().help("A price list; `-` reads standard input"))
                .arg(json()),
        )
        .subcommand(
            Command::new("import")
                .about("Lay a price list over the shipped one, for every server on this database")
                .arg(file().help("A price list; `-` reads standard input"))
                .arg(confirm)
                .arg(json()),
        )
}

pub(super) fn run(matches: &ArgMatches) -> Result<Exit, ConfigError> {
    let config = super::configured(matches)?;
    match matches.subcommand() {
        Some(("check", matches)) => check(matches),
        Some(("import", matches)) => {
            with_store(&config, async |store| import(matches, store).await)
        }
        Some((_, matches)) => with_store(&config, async |store| list(matches, store).await),
        None => Ok(Exit::Fine),
    }
}

fn with_store(
    config: &Config,
    work: impl AsyncFnOnce(&Store) -> Result<Exit, ConfigError>,
) -> Result<Exit, ConfigError> {
    super::runtime(Some(1))?.block_on(async {
        let store = open_store(config, &Home::open(&config.data)?).await?;
        let done = work(&store).await;
        store.close().await;
        done
    })
}

/// One price, who says so, and what the lists say of the model.
struct Line {
    provider: String,
    model: String,
    price: Price,
    version: Arc<str>,
    known: Model,
}

async fn list(matches: &ArgMatches, store: &Store) -> Result<Exit, ConfigError> {
    let filter = matches.get_one::<String>("filter").map_or("", String::as_str);
    let mut lines = in_force(store).await.map_err(failed)?;
    lines.retain(|it| format!("{}/{}", it.provider, it.model).contains(filter));
    if matches.get_flag("json") {
        let all: Vec<_> = lines.iter().map(line_as_json).collect();
        say(&json!(all).to_string());
    } else {
        for it in &lines {
            let known = abilities(&it.known).map(|it| format!("  {it}")).unwrap_or_default();
            let price = classes(&it.price);
            say(&format!("{}/{}  {price}{known}  [{}]", it.provider, it.model, it.version));
        }
    }
    Ok(Exit::Fine)
}

/// The catalogue in layers, then every override: each before what it overrides in the order of their names.
async fn in_force(store: &Store) -> store::Result<Vec<Line>> {
    let lists = PriceLists::default();
    let catalogue = lists.below(store).await?;
    let mut lines = Vec::new();
    for provider in providers::table() {
        for model in catalogue.models(provider.slug) {
            let Some((known, version)) = catalogue.find(provider.slug, model) else { continue };
            let Some(price) = known.price else { continue };
            let (provider, model) = (provider.slug.to_owned(), model.to_owned());
            lines.push(Line { provider, model, price, version: Arc::clone(version), known });
        }
    }
    let book = lists.shared(store).await?;
    let mut overrides: Vec<_> =
        book.account.iter().map(|(key, it)| (key.clone(), it.clone())).collect();
    for gateway in store.gateways().all().await? {
        overrides.extend(crate::reload::overrides(store, Some(&gateway.id)).await?);
    }
    let own = overrides.into_iter().map(|((provider, model), it)| Line {
        known: catalogue.model(&provider, &model).unwrap_or_default(),
        provider,
        model,
        price: it.price,
        version: it.version,
    });
    lines.extend(own);
    lines.extend(book.custom.iter().map(|it| Line {
        provider: it.provider.to_string(),
        model: it.model.to_string(),
        price: it.price.price,
        version: Arc::clone(&it.price.version),
        known: catalogue.model(&it.provider, &it.model).unwrap_or_default(),
    }));
    lines.sort_by(|a, b| (&a.provider, &a.model).cmp(&(&b.provider, &b.model)));
    Ok(lines)
}

fn line_as_json(it: &Line) -> Value {
    let (can, cannot) = it.known.capabilities.names();
    json!({
        "provider": it.provider,
        "model": it.model,
        "price": price_as_json(&it.price),
        "version": &*it.version,
        "mode": it.known.mode.map(Mode::as_str),
        "context": it.known.context,
        "max_output_tokens": it.known.max_output_tokens,
        "can": can,
        "cannot": cannot,
    })
}

/// What is known of a model besides its price; `None`: nothing.
fn abilities(known: &Model) -> Option<String> {
    let (can, cannot) = known.capabilities.names();
    let features = |verb: &str, names: &[&str]| {
        (!names.is_empty()).then(|| format!("{verb} {}", names.join(" ")))
    };
    let parts = [
        known.mode.map(|it| it.as_str().to_owned()),
        known.context.map(|it| format!("context {it}")),
        known.max_output_tokens.map(|it| format!("max_output_tokens {it}")),
        features("can", &can),
        features("cannot", &cannot),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn price_as_json(price: &Price) -> Value {
    price.classes().into_iter().map(|(name, pico)| (name, json!(dollars(pico)))).collect()
}

/// The price of either side, and of every class that differs from its side.
fn classes(price: &Price) -> String {
    let side = |name: &str| match name {
        "output" | "reasoning" | "audio_output" | "image_output" => price.output,
        _ => price.input,
    };
    let told = price
        .classes()
        .into_iter()
        .filter(|(name, pico)| ["input", "output"].contains(name) || *pico != side(name));
    told.map(|(name, pico)| format!("{name} {}", dollars(pico))).collect::<Vec<_>>().join(", ")
}

/// Pico-dollars as dollars, exactly.
fn dollars(pico: u64) -> String {
    let text = format!("{pico:0>13}");
    let (whole, fraction) = text.split_at(text.len() - 12);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

fn check(matches: &ArgMatches) -> Result<Exit, ConfigError> {
    let file = file(matches);
    let (exit, problems) = match Catalogue::parse(read(file)?.as_bytes()) {
        Ok(list) => {
            if !matches.get_flag("json") {
                say(&format!("{file} can be used: {}", list.version()));
            }
            (Exit::Fine, Vec::new())
        }
        Err(problems) => (Exit::Problems, problems),
    };
    tell_problems(matches, file, &problems);
    Ok(exit)
}

fn tell_problems(matches: &ArgMatches, file: &str, problems: &[providers::PriceProblem]) {
    if matches.get_flag("json") {
        let all: Vec<_> = problems
            .iter()
            .map(|it| json!({"pointer": it.pointer, "message": it.message}))
            .collect();
        say(&json!({"valid": problems.is_empty(), "problems": all}).to_string());
        return;
    }
    for problem in problems {
        say(&format!("error: {problem}"));
    }
    if !problems.is_empty() {
        say(&format!("{file} cannot be used: {} errors", problems.len()));
    }
}

async fn import(matches: &ArgMatches, store: &Store) -> Result<Exit, ConfigError> {
    let file = file(matches);
    let text = read(file)?;
    let list = match Catalogue::parse(text.as_bytes()) {
        Ok(list) => list,
        Err(problems) => {
            tell_problems(matches, file, &problems);
            return Ok(Exit::Problems);
        }
    };
    let before = PriceLists::default().below(store).await.map_err(failed)?;
    let changes = list.changes(&before);
    let jumps = changes.iter().filter(|it| it.jumps).count();
    let taken = jumps == 0 || matches.get_flag("confirm");
    if taken {
        let imported = store.prices().import(&local(), list.version(), &text).await;
        imported.map_err(failed)?;
    }
    if matches.get_flag("json") {
        let all: Vec<_> = changes.iter().map(change_as_json).collect();
        let told = json!({"version": &**list.version(), "imported": taken, "changes": all});
        say(&told.to_string());
    } else {
        for change in &changes {
            say(&change_as_text(change));
        }
        say(&verdict(&list, changes.len(), jumps, taken));
    }
    Ok(if taken { Exit::Fine } else { Exit::Problems })
}

fn verdict(list: &Catalogue, changes: usize, jumps: usize, taken: bool) -> String {
    let version = list.version();
    if taken {
        return format!(
            "imported {version}: {changes} changes; servers on this database use it within seconds"
        );
    }
    format!(
        "not imported: {jumps} of {changes} changes are by more than 20 times; if they are meant, add --confirm"
    )
}

fn change_as_text(it: &Change) -> String {
    let mark = if it.jumps { "jump  " } else { "" };
    let name = format!("{}/{}", it.provider, it.model);
    match &it.changed {
        Changed::New(price) => format!("{mark}new  {name}  {}", classes(price)),
        Changed::Gone(price) => format!("{mark}gone  {name}  {}", classes(price)),
        Changed::Other(before, after) => {
            format!("{mark}changed  {name}  {} → {}", classes(before), classes(after))
        }
    }
}

fn change_as_json(it: &Change) -> Value {
    let (before, after) = match &it.changed {
        Changed::New(price) => (None, Some(price)),
        Changed::Gone(price) => (Some(price), None),
        Changed::Other(before, after) => (Some(before), Some(after)),
    };
    json!({
        "provider": it.provider,
        "model": it.model,
        "before": before.map(price_as_json),
        "after": after.map(price_as_json),
        "jumps": it.jumps,
    })
}

fn file(matches: &ArgMatches) -> &str {
    matches.get_one::<String>("file").map_or("-", String::as_str)
}

fn failed(error: impl std::error::Error) -> ConfigError {
    ConfigError::new("the database", error.to_string())
}
