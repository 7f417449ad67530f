//! `pointsman route …`: routes of a server as files, compared, pushed, deployed and rolled back.

mod file;
mod remote;
mod write;

use super::{Exit, say};
use crate::config::ConfigError;
use ::route::{Change, RouteSpec, difference};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use file::File;
use remote::{Remote, Version};

use std::path::PathBuf;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
enum Failure {
    /// The server refuses, for reasons that are told line by line; or somebody was quicker.
    Refused(Vec<String>),
    /// Wrong use, or a server that does not answer.
    Wrong(ConfigError),
}

impl From<ConfigError> for Failure {
    fn from(it: ConfigError) -> Self {
        Self::Wrong(it)
    }
}

const VERSION: &str = "Number, id or `latest`";

pub(super) fn command() -> Command {
    Command::new("route")
        .about("Routes of a server as files: list, get, pull, diff, push, deploy, roll back. The token is in POINTSMAN_TOKEN")
        .subcommand_required(true)
        .arg(arg("server", "URL").long("server").global(true).help(
            "Of the management API, without a path; default: where this configuration listens",
        ))
        .arg(
            arg("gateway", "ID")
                .long("gateway")
                .global(true)
                .default_value("default")
                .help("The gateway"),
        )
        .subcommands(looks())
        .subcommands(writes())
}

/// What changes nothing on the server.
fn looks() -> [Command; 4] {
    let dir = arg("dir", "DIR").long("dir").value_parser(value_parser!(PathBuf)).default_value(".");
    let version = |default: &str| {
        arg("version", "VERSION").long("version").help(format!("{VERSION}; default: {default}"))
    };
    [
        Command::new("list").about("List the routes").arg(json()),
        Command::new("get")
            .about("Print a route as a file")
            .arg(route())
            .arg(version("what is deployed")),
        Command::new("pull")
            .about("Write routes into files")
            .arg(arg("route", "ROUTE").num_args(0..).help("Names or ids; default: all"))
            .arg(dir.help("Where the files are"))
            .arg(check()),
        Command::new("diff")
            .about("Say what a file would change for traffic")
            .arg(arg("file", "FILE").required(true).help("A route file"))
            .arg(version("compare with what is deployed"))
            .arg(check())
            .arg(json()),
    ]
}

fn writes() -> [Command; 3] {
    let comment = || arg("comment", "TEXT").long("comment").help("Why; kept with the version");
    let files = arg("file", "FILE").required(true).num_args(1..).help("Route files");
    let version = || arg("version", "VERSION");
    [
        Command::new("push")
            .about("Make versions of files that differ from the server, and deploy them")
            .arg(files)
            .arg(comment())
            .arg(flag("no-deploy").help("Make versions only"))
            .arg(check()),
        Command::new("deploy")
            .about("Deploy a version")
            .arg(route())
            .arg(version().required(true).help(VERSION))
            .arg(comment()),
        Command::new("rollback")
            .about("Deploy what was deployed before")
            .arg(route())
            .arg(version().long("to").help(format!("{VERSION}; default: what was deployed before")))
            .arg(comment()),
    ]
}

fn arg(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).value_name(value)
}

fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

fn route() -> Arg {
    arg("route", "ROUTE").required(true).help("Its name or id")
}

fn check() -> Arg {
    flag("check").help("Change nothing; exit code 1 when file and server differ")
}

fn json() -> Arg {
    flag("json").help("Print JSON")
}

pub(super) fn run(matches: &ArgMatches) -> Result<Exit, ConfigError> {
    let config = super::configured(matches)?;
    let Some((name, matches)) = matches.subcommand() else { return Ok(Exit::WrongUse) };
    let done = super::runtime(Some(1))?.block_on(async {
        let remote = Remote::new(matches, &config)?;
        match name {
            "list" => list(matches, &remote).await,
            "get" => get(matches, &remote).await,
            "pull" => pull(matches, &remote).await,
            "diff" => diff(matches, &remote).await,
            "push" => write::push(matches, &remote).await,
            "deploy" => write::deploy(matches, &remote).await,
            _ => write::rollback(matches, &remote).await,
        }
    });
    match done {
        Ok(exit) => Ok(exit),
        Err(Failure::Wrong(error)) => Err(error),
        Err(Failure::Refused(lines)) => {
            lines.iter().for_each(|it| say(it));
            Ok(Exit::Problems)
        }
    }
}

fn text<'m>(matches: &'m ArgMatches, name: &str) -> &'m str {
    matches.get_one::<String>(name).map_or("", String::as_str)
}

async fn list(matches: &ArgMatches, remote: &Remote) -> Result<Exit, Failure> {
    let routes = remote.routes().await?;
    if matches.get_flag("json") {
        let all: Vec<_> = routes
            .iter()
            .map(|it| {
                let version = it.version.as_ref().map(|it| it.number);
                serde_json::json!({"id": it.id, "name": it.name, "version": version, "modified_at": it.modified_at})
            })
            .collect();
        say(&serde_json::json!(all).to_string());
        return Ok(Exit::Fine);
    }
    for it in routes {
        let version =
            it.version.map_or("not deployed".to_owned(), |it| format!("version {}", it.number));
        say(&format!("{}  {version}  changed {}  [{}]", it.name, it.modified_at, it.id));
    }
    Ok(Exit::Fine)
}

async fn get(matches: &ArgMatches, remote: &Remote) -> Result<Exit, Failure> {
    let route = remote.route(text(matches, "route")).await?.0;
    let elements = match matches.get_one::<String>("version") {
        None => route.elements.get().to_owned(),
        Some(version) => {
            let Version { version_id, .. } = remote.version(&route.id, version).await?;
            remote.elements(&route.id, &version_id).await?
        }
    };
    say(file::canonical(&route.name, &elements)?.trim_end());
    Ok(Exit::Fine)
}

async fn pull(matches: &ArgMatches, remote: &Remote) -> Result<Exit, Failure> {
    let mut routes = remote.routes().await?;
    if let Some(wanted) = matches.get_many::<String>("route") {
        let wanted: Vec<_> = wanted.collect();
        for name in &wanted {
            if !routes.iter().any(|it| it.is_called(name)) {
                return Err(remote.no_route(name).into());
            }
        }
        routes.retain(|it| wanted.iter().any(|name| it.is_called(name)));
    }
    let dir = matches.get_one::<PathBuf>("dir").cloned().unwrap_or_default();
    let mut differs = false;
    for route in routes {
        let wanted = file::canonical(&route.name, route.elements.get())?;
        let path = file::path(&dir, &route.name)?;
        let is = std::fs::read_to_string(&path).ok().and_then(|it| File::parse(&path, &it).ok());
        let path = path.display();
        if is.is_some_and(|it| it.canonical().is_ok_and(|it| it == wanted)) {
            say(&format!("{path} is as on the server"));
        } else if matches.get_flag("check") {
            differs = true;
            say(&format!("{path} differs from the server"));
        } else {
            let at = path.to_string();
            let written = std::fs::create_dir_all(&dir).and_then(|()| std::fs::write(&at, wanted));
            written.map_err(|it| ConfigError::new(&at, format!("cannot be written: {it}")))?;
            say(&format!("{path} written"));
        }
    }
    Ok(if differs { Exit::Problems } else { Exit::Fine })
}

async fn diff(matches: &ArgMatches, remote: &Remote) -> Result<Exit, Failure> {
    let file = File::read(text(matches, "file"))?;
    let route = remote.route(&file.name).await?.0;
    let before = match matches.get_one::<String>("version") {
        None => route.elements.get().to_owned(),
        Some(version) => {
            let found = remote.version(&route.id, version).await?;
            remote.elements(&route.id, &found.version_id).await?
        }
    };
    let same = file.is(&before)?;
    let changes = changes(&before, &file.elements)?;
    if matches.get_flag("json") {
        say(&serde_json::json!({"same": same, "changes": changes}).to_string());
    } else {
        say(&in_words(&file.name, same, &changes));
    }
    let differs = matches.get_flag("check") && !same;
    Ok(if differs { Exit::Problems } else { Exit::Fine })
}

/// What changes for traffic; an error when either is no graph.
fn changes(before: &str, after: &str) -> Result<Vec<Change>, Failure> {
    let parse = |text: &str| {
        RouteSpec::parse(text).map_err(|problems| {
            let lines =
                problems.iter().map(|it| format!("error: {}: {}", it.pointer(), it.message));
            Failure::Refused(lines.collect())
        })
    };
    Ok(difference(&parse(before)?, &parse(after)?))
}

fn in_words(name: &str, same: bool, changes: &[Change]) -> String {
    if same {
        return format!("`{name}` is as on the server");
    }
    if changes.is_empty() {
        return format!("`{name}` differs, and nothing changes for traffic");
    }
    let lines: Vec<_> = changes.iter().map(|it| format!("\n  {it}")).collect();
    format!("`{name}` changes:{}", lines.concat())
}
