//! `pointsman check FILE`: compiles a route file without a server.

use super::{Exit, say};
use crate::config::{Config, ConfigError};
use crate::reload::having;
use clap::{Arg, ArgAction, ArgMatches, Command};
use route::{Problem, RouteSpec, Severity};
use serde_json::json;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::Read as _;

pub(super) fn command() -> Command {
    let file = Arg::new("file").value_name("FILE").required(true);
    let json = Arg::new("json").long("json").action(ArgAction::SetTrue);
    Command::new("check")
        .about(
            "Compile a route file and list every problem; exit code 1 when it cannot be deployed",
        )
        .arg(
            file.help("The elements array, or an object with `elements`; `-` reads standard input"),
        )
        .arg(json.help("Print JSON"))
}

pub(super) fn run(matches: &ArgMatches) -> Result<Exit, ConfigError> {
    let config = super::configured(matches)?;
    let file = matches.get_one::<String>("file").map_or("-", String::as_str);
    let text = read(file)?;
    let problems = compile(&text, &config)?;
    let errors = problems.iter().filter(|it| it.severity() == Severity::Error).count();
    if matches.get_flag("json") {
        say(&as_json(&problems, errors == 0));
    } else {
        say(&as_text(file, &problems, errors));
    }
    Ok(if errors == 0 { Exit::Fine } else { Exit::Problems })
}

pub(super) fn read(file: &str) -> Result<String, ConfigError> {
    let mut text = String::new();
    let read = if file == "-" {
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    read.map_err(|error| ConfigError::new(file, format!("cannot be read: {error}")))
}

/// What a file may be besides the bare array: the body of a request that creates a route.
#[derive(serde::Deserialize)]
struct Named {
    elements: Box<RawValue>,
}

/// The elements in the text of a file.
pub(super) fn elements(text: &str) -> Cow<'_, str> {
    match serde_json::from_str::<Named>(text) {
        Ok(named) => Cow::Owned(named.elements.get().to_owned()),
        Err(_) => Cow::Borrowed(text),
    }
}

fn compile(text: &str, config: &Config) -> Result<Vec<Problem>, ConfigError> {
    Ok(match RouteSpec::parse(&elements(text)) {
        Ok(spec) => route::compile(&spec, &having(&config.providers)?).problems,
        Err(problems) => problems,
    })
}

fn as_json(problems: &[Problem], valid: bool) -> String {
    let problems: Vec<_> = problems
        .iter()
        .map(|it| {
            json!({
                "severity": it.severity().as_str(),
                "code": it.code.as_str(),
                "element": it.element,
                "pointer": it.pointer(),
                "message": it.message,
            })
        })
        .collect();
    json!({ "valid": valid, "problems": problems }).to_string()
}

pub(super) fn as_text(file: &str, problems: &[Problem], errors: usize) -> String {
    let line = |it: &Problem| {
        let element = it.element.as_ref().map(|id| format!(" element `{id}`")).unwrap_or_default();
        let (severity, pointer) = (it.severity().as_str(), it.pointer());
        format!("{severity}:{element} {pointer}: {} [{}]\n", it.message, it.code.as_str())
    };
    let lines: String = problems.iter().map(line).collect();
    let warnings = problems.len() - errors;
    let verdict = if errors == 0 { "can be deployed" } else { "cannot be deployed" };
    format!("{lines}{file} {verdict}: {errors} errors, {warnings} warnings")
}
