//! What changes a server: push, deploy, rollback. Each tells what changes for traffic, and changes only the state it has looked at.

use super::file::File;
use super::remote::{Remote, Route, Version, encoded};
use super::{Failure, changes, in_words, text};
use crate::cli::{Exit, say};
use crate::config::ConfigError;
use clap::ArgMatches;
use http::{HeaderValue, Method};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Created {
    result: Made,
}

#[derive(Deserialize)]
struct Updated {
    route: Made,
}

#[derive(Deserialize)]
struct Made {
    version: Option<Version>,
}

/// Any reply.
#[derive(Deserialize)]
struct Done {}

pub(super) async fn push(matches: &ArgMatches, remote: &Remote) -> Result<Exit, Failure> {
    let files = matches.get_many::<String>("file").into_iter().flatten();
    // All are read first, so that one that is none stops all.
    let files = files.map(|it| File::read(it)).collect::<Result<Vec<_>, _>>()?;
    let mut differs = false;
    for file in &files {
        differs |= push_one(matches, remote, file).await?;
    }
    let failed = differs && matches.get_flag("check");
    Ok(if failed { Exit::Problems } else { Exit::Fine })
}

/// Whether the server differed.
async fn push_one(matches: &ArgMatches, remote: &Remote, file: &File) -> Result<bool, Failure> {
    let (check, no_deploy) = (matches.get_flag("check"), matches.get_flag("no-deploy"));
    let name = &file.name;
    let Some((route, etag)) = remote.find(name).await? else {
        if check {
            say(&format!("`{name}` is not on the server"));
        } else if no_deploy {
            let what = format!("`{name}` is new, and a new route is deployed at once");
            return Err(ConfigError::new("--no-deploy", what).into());
        } else {
            create(matches, remote, file).await?;
        }
        return Ok(true);
    };
    let before = match no_deploy.then_some(remote.versions(&route.id)) {
        None => route.elements.get().to_owned(),
        Some(versions) => match versions.await?.first() {
            Some(newest) => remote.elements(&route.id, &newest.version_id).await?,
            None => "[]".to_owned(),
        },
    };
    let same = file.is(&before)?;
    say(&in_words(name, same, &changes(&before, &file.elements)?));
    if same || check {
        return Ok(!same);
    }
    if no_deploy {
        keep(matches, remote, (file, &route), etag).await?;
    } else {
        update(matches, remote, (file, &route), etag).await?;
    }
    Ok(true)
}

/// A body with the elements of a file, to the letter.
fn body(matches: &ArgMatches, name: Option<&str>, file: &File) -> String {
    let mut parts: Vec<String> =
        name.map(|it| format!("\"name\":{}", Value::from(it))).into_iter().collect();
    parts.extend(comment(matches).map(|it| format!("\"comment\":{}", Value::from(it))));
    parts.push(format!("\"elements\":{}", file.elements));
    format!("{{{}}}", parts.join(","))
}

fn comment(matches: &ArgMatches) -> Option<&str> {
    matches.get_one::<String>("comment").map(String::as_str)
}

async fn create(matches: &ArgMatches, remote: &Remote, file: &File) -> Result<(), Failure> {
    let body = body(matches, Some(&file.name), file);
    let (made, warnings) = remote.write::<Created>(Method::POST, "", body, None).await?;
    warnings.iter().for_each(|it| say(it));
    say(&format!("`{}` is new{}", file.name, deployed(made.result.version.as_ref())));
    Ok(())
}

async fn update(
    matches: &ArgMatches,
    remote: &Remote,
    (file, route): (&File, &Route),
    etag: Option<HeaderValue>,
) -> Result<(), Failure> {
    let path = format!("/{}", encoded(&route.id));
    let body = body(matches, None, file);
    let (made, warnings) = remote.write::<Updated>(Method::PATCH, &path, body, etag).await?;
    warnings.iter().for_each(|it| say(it));
    say(&format!("`{}` is pushed{}", file.name, deployed(made.route.version.as_ref())));
    Ok(())
}

async fn keep(
    matches: &ArgMatches,
    remote: &Remote,
    (file, route): (&File, &Route),
    etag: Option<HeaderValue>,
) -> Result<(), Failure> {
    let path = format!("/{}/versions", encoded(&route.id));
    let body = body(matches, None, file);
    let (_, warnings) = remote.write::<Done>(Method::POST, &path, body, etag).await?;
    warnings.iter().for_each(|it| say(it));
    let newest = remote.versions(&route.id).await?;
    let number = newest.first().map_or(0, |it| it.number);
    say(&format!("`{}` has a new version, {number}, which is not deployed", file.name));
    Ok(())
}

fn deployed(version: Option<&Version>) -> String {
    version.map_or_else(String::new, |it| format!(": version {} is deployed", it.number))
}

pub(super) async fn deploy(matches: &ArgMatches, remote: &Remote) -> Result<Exit, Failure> {
    let (route, etag) = remote.route(text(matches, "route")).await?;
    let version = remote.version(&route.id, text(matches, "version")).await?;
    put_live(matches, remote, (&route, etag), &version).await
}

pub(super) async fn rollback(matches: &ArgMatches, remote: &Remote) -> Result<Exit, Failure> {
    let (route, etag) = remote.route(text(matches, "route")).await?;
    let version = match matches.get_one::<String>("version") {
        Some(version) => remote.version(&route.id, version).await?,
        None => before(remote, &route).await?,
    };
    put_live(matches, remote, (&route, etag), &version).await
}

/// The version that was deployed before the one that is now.
async fn before(remote: &Remote, route: &Route) -> Result<Version, Failure> {
    let now = route.version.as_ref().map(|it| it.version_id.as_str());
    let deployments = remote.deployments(&route.id).await?;
    let before = deployments.iter().find(|it| Some(it.version_id.as_str()) != now);
    let Some(before) = before.filter(|_| now.is_some()) else {
        let what = format!("nothing was deployed before what `{}` runs now", route.name);
        return Err(ConfigError::new("rollback", what).into());
    };
    remote.version(&route.id, &before.version_id).await
}

async fn put_live(
    matches: &ArgMatches,
    remote: &Remote,
    (route, etag): (&Route, Option<HeaderValue>),
    version: &Version,
) -> Result<Exit, Failure> {
    let (name, number) = (&route.name, version.number);
    if route.version.as_ref().is_some_and(|it| it.version_id == version.version_id) {
        say(&format!("`{name}` runs version {number} already"));
        return Ok(Exit::Fine);
    }
    let after = remote.elements(&route.id, &version.version_id).await?;
    say(&in_words(name, false, &changes(route.elements.get(), &after)?));
    let mut body = json!({"version_id": version.version_id});
    if let (Some(comment), Some(body)) = (comment(matches), body.as_object_mut()) {
        body.insert("comment".to_owned(), comment.into());
    }
    let path = format!("/{}/deployments", encoded(&route.id));
    let (_, warnings) = remote.write::<Done>(Method::POST, &path, body.to_string(), etag).await?;
    warnings.iter().for_each(|it| say(it));
    say(&format!("`{name}` runs version {number}"));
    Ok(Exit::Fine)
}
