//! `pointsman simulate FILE --request REQ`: walks a route file with a sample request, without a server.

use super::check::{self, read};
use super::{Exit, say};
use crate::clock::SystemClock;
use crate::config::{Config, ConfigError};
use crate::rehearsal;
use crate::reload::having;
use api::{Assumed, Passed, Sample, SampleRequest, Simulated, Unsound};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use proxy::catalog::Version;
use proxy::simulation::{Ground, Keys, MOST_DRAWS};
use route::ids::{RouteId, VersionId};
use route::{RouteSpec, Severity};
use serde_json::Value;

pub(super) fn command() -> Command {
    let many = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).action(ArgAction::Append)
    };
    let one = |name: &'static str, value: &'static str| Arg::new(name).long(name).value_name(value);
    let number = one("draws", "N").value_parser(value_parser!(u32).range(..=i64::from(MOST_DRAWS)));
    Command::new("simulate")
        .about("Walk a route file with a sample request and tell the way; exit code 1 when no model would answer")
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .help("The elements array, or an object with `elements`; `-` reads standard input"),
        )
        .arg(one("request", "REQ").required(true).help(
            "JSON file: the body of a request, or an object with `body` and perhaps `format`, `headers`, `metadata` and `at`",
        ))
        .arg(many("outcome", "ELEMENT=OUTPUT").help(
            "Assume this output: a branch, or `success` or `fallback` of a limit or model",
        ))
        .arg(many("down", "NAME").help("Assume that this provider, or provider/model, does not answer"))
        .arg(one("seed", "N").value_parser(value_parser!(u64)).help("Of the dice; default: 0"))
        .arg(number.help("Count so many draws, by the way they take; up to 10000"))
        .arg(one("route-id", "ID").help("Id of the route, which sticky splits depend on; default: none"))
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print JSON"))
}

pub(super) fn run(matches: &ArgMatches) -> Result<Exit, ConfigError> {
    let config = super::configured(matches)?;
    let text = |name| matches.get_one::<String>(name).map_or("-", String::as_str);
    let (file, request) = (text("file"), text("request"));
    if (file, request) == ("-", "-") {
        return Err(ConfigError::new("--request", "is standard input, and so is FILE"));
    }
    let having = having(&config.providers)?;
    let elements = read(file)?;
    let compiled = match RouteSpec::parse(&check::elements(&elements)) {
        Ok(spec) => route::compile(&spec, &having),
        Err(problems) => route::Compiled { route: None, problems },
    };
    let Some(graph) = compiled.route else {
        let problems = compiled.problems;
        let errors = problems.iter().filter(|it| it.severity() == Severity::Error).count();
        say(&check::as_text(file, &problems, errors));
        return Ok(Exit::Problems);
    };
    let sample = sample(request)?;
    let route = RouteId::from(matches.get_one::<String>("route-id").map_or("", String::as_str));
    let version = Version::new(VersionId::from(""), graph, &route, having.gateway());
    let ground = Ground {
        gateway: having.gateway(),
        version: &version,
        name: "simulated",
        route: &route,
        default_output_tokens: config.calls.default_output_tokens,
        loopback: is_local(&config),
        keys: Keys::Elsewhere,
    };
    let found = rehearsal::run(&ground, sample, &assumed(matches)?);
    let found = found.map_err(|it| unsound(request, &it))?;
    if matches.get_flag("json") {
        say(&serde_json::to_string(&found).unwrap_or_default());
    } else {
        say(&told(&found));
    }
    Ok(if found.answer.is_some() { Exit::Fine } else { Exit::Problems })
}

fn is_local(config: &Config) -> bool {
    config.net.listen.ip().to_canonical().is_loopback()
}

/// A file that is no request in the long form is a body.
fn sample(request: &str) -> Result<Sample, ConfigError> {
    let text = read(request)?;
    let wrong = |error: serde_json::Error| ConfigError::new(request, error.to_string());
    let json: Value = serde_json::from_str(&text).map_err(wrong)?;
    let text = if json.get("body").is_some() { text } else { format!("{{\"body\":{text}}}") };
    let asked: SampleRequest = serde_json::from_str(&text).map_err(wrong)?;
    let read = asked.read(&access::Tokens::default(), SystemClock::now_ms());
    read.map_err(|it| unsound(request, &it))
}

fn unsound(request: &str, it: &Unsound) -> ConfigError {
    let place: Vec<_> = it.place.iter().map(String::as_str).collect();
    match place.split_first() {
        Some((&"request", rest)) if !rest.is_empty() => {
            ConfigError::new(request, format!("{}: {}", rest.join("."), it.message))
        }
        Some((&"outcomes", _)) => ConfigError::new("--outcome", it.message.clone()),
        Some((&"down", _)) => ConfigError::new("--down", it.message.clone()),
        _ => ConfigError::new(request, it.message.clone()),
    }
}

fn assumed(matches: &ArgMatches) -> Result<Assumed, ConfigError> {
    let many = |name| matches.get_many::<String>(name).into_iter().flatten();
    let outcome = |text: &String| {
        let pair = text.split_once('=');
        let (element, output) =
            pair.ok_or_else(|| ConfigError::new("--outcome", "must be ELEMENT=OUTPUT"))?;
        Ok((element.to_owned(), output.to_owned()))
    };
    Ok(Assumed {
        seed: matches.get_one("seed").copied().unwrap_or_default(),
        outcomes: many("outcome").map(outcome).collect::<Result<_, ConfigError>>()?,
        down: many("down").cloned().collect(),
        draws: matches.get_one("draws").copied().unwrap_or_default(),
    })
}

/// The way as a tree, element by element, and what many draws gave.
fn told(it: &Simulated) -> String {
    let mut lines = Vec::new();
    for (at, step) in it.path.iter().enumerate() {
        let last = at + 1 == it.path.len();
        lines.push(format!("{} {} ({})", if last { "└─" } else { "├─" }, step.element, step.kind));
        let margin = if last { "   " } else { "│  " };
        lines.extend(details(step, it).into_iter().map(|it| format!("{margin}  {it}")));
    }
    lines.push(String::new());
    lines.push(verdict(it));
    lines.extend(it.distribution.iter().flat_map(distribution));
    lines.join("\n")
}

fn details(step: &Passed, all: &Simulated) -> Vec<String> {
    let mut lines: Vec<String> = step
        .reads
        .iter()
        .filter_map(|name| all.reads.iter().find(|it| it.field == *name))
        .map(|it| match it.present {
            true => format!("reads {} = {}", it.field, it.value),
            false => format!("reads {}, which is missing", it.field),
        })
        .collect();
    if let Some(limit) = &step.limit {
        lines.push(format!("would take {} of {} in {} s", limit.takes, limit.limit, limit.window));
    }
    if let Some(model) = &step.model {
        let cost = model
            .estimated_cost
            .map_or("its price is unknown".to_owned(), |it| format!("at most ${it}"));
        let (input, output) = (model.input_tokens, model.output_tokens);
        lines.push(format!(
            "{}/{}: about {input} tokens in, up to {output} out, {cost}",
            model.provider, model.model
        ));
        lines.extend(model.failure.iter().map(|it| format!("does not answer: {it}")));
    }
    let why = match step.decided_by {
        "request" => ", as the request says",
        "draw" => ", as the dice fall",
        "assumption" => ", as assumed",
        "default" => ", as nothing else is assumed",
        _ => "",
    };
    if let Some(to) = &step.to {
        lines.push(format!("{} → {to}{why}", step.outcome));
    } else if step.kind != "end" {
        lines.push(format!("{}{why}: the walk ends here", step.outcome));
    }
    lines
}

fn verdict(it: &Simulated) -> String {
    let cost = it
        .estimated_cost
        .map_or("at an unknown price".to_owned(), |it| format!("for at most ${it}"));
    let Some(by) = &it.answer else {
        let why = it.failure.as_deref().unwrap_or_default();
        return format!("no model answers: {why}; the caller sees a {}", it.status);
    };
    let (provider, model, element) = (&by.provider, &by.model, &by.element);
    format!("{provider}/{model} answers (element `{element}`), {cost}")
}

fn distribution(it: &api::Distribution) -> Vec<String> {
    let mut lines = vec![String::new(), format!("of {} draws:", it.draws)];
    let mut of = None;
    for edge in it.edges.iter().filter(|it| it.count > 0) {
        if of.replace(&edge.element) != Some(&edge.element) {
            lines.push(format!("  {}", edge.element));
        }
        lines.push(format!("    {} → {}: {}", edge.output, edge.to, edge.count));
    }
    lines.push("  answered by".to_owned());
    for share in it.models.iter().filter(|it| it.count > 0) {
        let (element, provider, model) = (&share.element, &share.provider, &share.model);
        lines.push(format!("    {provider}/{model} ({element}): {}", share.count));
    }
    if it.unanswered > 0 {
        lines.push(format!("    nobody: {}", it.unanswered));
    }
    lines
}
