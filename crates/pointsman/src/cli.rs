//! The command line. Exit codes: 0 fine, 1 what was checked has problems, 2 wrong use or a configuration that cannot be used,
//! 3 a server cannot be reached.

mod check;
mod migrate;
mod prices;
mod route;
mod simulate;
mod token;

use crate::config::{Config, ConfigError, Input, Kind, SETTINGS};
use crate::wire::Server;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// As wished.
    Fine,
    /// The check found problems, the target of a copy is not empty, or the server was made to stop at once.
    Problems,
    /// Wrong use: arguments or configuration.
    WrongUse,
    /// A server that is needed does not answer.
    Unreachable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Problems => 1,
            Exit::WrongUse => 2,
            Exit::Unreachable => 3,
        })
    }
}

/// Runs the command that the arguments name.
pub(crate) fn run() -> Exit {
    let matches = match command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::WrongUse } else { Exit::Fine };
            // There is nowhere left to say that it cannot be said.
            let _ = error.print();
            return exit;
        }
    };
    let ran = match matches.subcommand() {
        Some(("serve", matches)) => serve(matches),
        Some(("check", matches)) => check::run(matches),
        Some(("simulate", matches)) => simulate::run(matches),
        Some(("route", matches)) => route::run(matches),
        Some(("prices", matches)) => prices::run(matches),
        Some(("token", matches)) => token::run(matches),
        Some(("migrate", matches)) => migrate::run(matches),
        _ => {
            say(&version());
            Ok(Exit::Fine)
        }
    };
    ran.unwrap_or_else(|error| {
        complain(&error);
        if error.unreachable { Exit::Unreachable } else { Exit::WrongUse }
    })
}

fn command() -> Command {
    Command::new("pointsman")
        .about("A self-hosted AI gateway with dynamic routes")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args(settings())
        .subcommand(Command::new("serve").about("Serve the data plane and the management API").arg(
            Arg::new("sample").long("sample").action(ArgAction::SetTrue).help(
                "Add the route dynamic/hello, which answers without any key, if it is missing",
            ),
        ))
        .subcommand(check::command())
        .subcommand(simulate::command())
        .subcommand(route::command())
        .subcommand(prices::command())
        .subcommand(token::command())
        .subcommand(migrate::command())
        .subcommand(
            Command::new("version").about("Print the version and that of the price catalogue"),
        )
}

/// `--config` and one flag a setting; each is also an environment variable and a key of the file.
fn settings() -> Vec<Arg> {
    let file = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .global(true)
        .help("Configuration file; default: pointsman.toml, if there is one");
    let flags = SETTINGS.iter().map(|setting| {
        let arg = Arg::new(setting.key).long(setting.flag()).global(true).help_heading("Settings");
        let arg =
            arg.value_name("VALUE").help(format!("{} [{}]", setting.help, setting.variable()));
        if setting.kind == Kind::Switch {
            arg.num_args(0..=1).require_equals(true).default_missing_value("true")
        } else {
            arg
        }
    });
    std::iter::once(file).chain(flags).collect()
}

/// The configuration that the arguments, the environment and the file make together.
fn configured(matches: &ArgMatches) -> Result<Config, ConfigError> {
    let flags: BTreeMap<_, _> = SETTINGS
        .iter()
        .filter_map(|it| Some((it.key, matches.get_one::<String>(it.key)?.clone())))
        .collect();
    let file = matches.get_one::<PathBuf>("config");
    Config::load(&Input::gather(flags, file.map(PathBuf::as_path))?)
}

fn serve(matches: &ArgMatches) -> Result<Exit, ConfigError> {
    let config = configured(matches)?;
    config.can_serve()?;
    log_to_stderr(&config);
    crate::serve::raise_file_limit();
    let runtime = runtime(config.bounds.workers)?;
    let exit = runtime.block_on(until_stopped(config, matches.get_flag("sample")));
    runtime.shutdown_background();
    exit
}

/// Serves until the first SIGTERM or SIGINT, then stops in order; the second one does not wait for that.
async fn until_stopped(config: Config, sample: bool) -> Result<Exit, ConfigError> {
    let unsupported = |error| ConfigError::new("signals", format!("cannot be received: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(unsupported)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unsupported)?;
    let mut signalled = async || {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    };
    let server = tokio::select! {
        started = Box::pin(Server::start(config, sample)) => started?,
        () = signalled() => return Ok(Exit::Fine),
    };
    signalled().await;
    Ok(tokio::select! {
        () = Box::pin(server.stop()) => Exit::Fine,
        () = signalled() => Exit::Problems,
    })
}

fn runtime(workers: Option<usize>) -> Result<tokio::runtime::Runtime, ConfigError> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all();
    if let Some(workers) = workers {
        builder.worker_threads(workers);
    }
    builder
        .build()
        .map_err(|error| ConfigError::new("workers", format!("cannot be started: {error}")))
}

fn log_to_stderr(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log.filter);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log.json {
        log.json().flatten_event(true).with_current_span(false).with_span_list(false).init();
    } else {
        use std::io::IsTerminal as _;
        log.with_ansi(std::io::stderr().is_terminal()).init();
    }
}

fn version() -> String {
    let catalogue = providers::Catalogue::shipped();
    let prices = catalogue.version();
    format!("pointsman {}\nprice catalogue {prices}", env!("CARGO_PKG_VERSION"))
}

/// A line on standard output; a closed one is the reader's business.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A line on standard error.
fn complain(error: &dyn std::error::Error) {
    let _ = writeln!(std::io::stderr(), "pointsman: {error}");
}
