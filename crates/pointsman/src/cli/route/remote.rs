//! The management API of a server, seen from the command line.

use super::{Failure, text};
use crate::config::{Config, ConfigError, client_token};
use crate::wire;
use bytes::Bytes;
use clap::ArgMatches;
use http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use providers::{Client, Http, Spliced};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::time::Duration;

/// For one answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most bytes of one: a page of versions with their graphs.
const MOST: usize = 512 << 20;
/// Items of a page.
const PAGE: usize = 100;
/// What stays as it is in a path.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A gateway of a server.
#[derive(Debug)]
pub(super) struct Remote {
    client: Client,
    server: String,
    gateway: String,
    /// Where its routes are.
    routes: String,
    token: SecretString,
}

/// A route as it is deployed.
#[derive(Debug, Deserialize)]
pub(super) struct Route {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) elements: Box<RawValue>,
    pub(super) version: Option<Version>,
    pub(super) modified_at: String,
}

/// One of its versions.
#[derive(Debug, Deserialize)]
pub(super) struct Version {
    pub(super) version_id: String,
    pub(super) number: i64,
    is_valid: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Deployment {
    pub(super) version_id: String,
}

/// What a write says.
#[derive(Debug, Deserialize)]
struct Envelope {
    #[serde(default)]
    errors: Vec<Entry>,
    #[serde(default)]
    messages: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    message: String,
    source: Option<Source>,
}

#[derive(Debug, Deserialize)]
struct Source {
    pointer: String,
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{}: {}", source.pointer, self.message),
            None => f.write_str(&self.message),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Of<T> {
    result: T,
}

#[derive(Debug, Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Debug, Deserialize)]
struct Routes {
    routes: Vec<Route>,
}

#[derive(Debug, Deserialize)]
struct Versions {
    versions: Vec<Version>,
}

#[derive(Debug, Deserialize)]
struct Deployments {
    deployments: Vec<Deployment>,
}

#[derive(Debug, Deserialize)]
struct Graph {
    elements: Box<RawValue>,
}

impl Route {
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name == name || self.id == name
    }
}

impl Remote {
    pub(super) fn new(matches: &ArgMatches, config: &Config) -> Result<Self, ConfigError> {
        let here = || wire::url(config.net.admin.unwrap_or(config.net.listen));
        let server = matches.get_one::<String>("server").cloned().unwrap_or_else(here);
        let server = server.trim_end_matches('/').to_owned();
        if !["http://", "https://"].iter().any(|it| server.starts_with(it)) {
            return Err(ConfigError::new("--server", "must begin with http:// or https://"));
        }
        let gateway = text(matches, "gateway").to_owned();
        let encoded = |it: &str| utf8_percent_encode(it, PLAIN).to_string();
        let routes = format!(
            "{server}/client/v4/accounts/{}/ai-gateway/gateways/{}/routes",
            encoded(&config.account),
            encoded(&gateway)
        );
        let client = wire::client(config, Http::One)?;
        Ok(Self { client, server, gateway, routes, token: client_token(config)? })
    }

    /// Every route, newest first.
    pub(super) async fn routes(&self) -> Result<Vec<Route>, Failure> {
        self.pages("", |it: Routes| it.routes).await
    }

    /// A route by name or id, and its `ETag`.
    pub(super) async fn route(&self, name: &str) -> Result<(Route, Option<HeaderValue>), Failure> {
        let found = self.find(name).await?;
        found.ok_or_else(|| self.no_route(name).into())
    }

    /// The same; `None`: there is none.
    pub(super) async fn find(
        &self,
        name: &str,
    ) -> Result<Option<(Route, Option<HeaderValue>)>, Failure> {
        let routes = self.routes().await?;
        let by_name = routes.iter().find(|it| it.name == name);
        let Some(found) = by_name.or_else(|| routes.iter().find(|it| it.id == name)) else {
            return Ok(None);
        };
        let path = format!("/{}", encoded(&found.id));
        let (etag, body) = self.call(Method::GET, &path, None, None).await?;
        Ok(Some((self.read::<Of<Route>>(&body)?.result, etag)))
    }

    pub(super) fn no_route(&self, name: &str) -> ConfigError {
        let (server, gateway) = (&self.server, &self.gateway);
        ConfigError::new(server, format!("the gateway `{gateway}` has no route `{name}`"))
    }

    /// A version by number or id, or the newest valid one.
    pub(super) async fn version(&self, route: &str, version: &str) -> Result<Version, Failure> {
        let is_it = |it: &Version| match version {
            "latest" => it.is_valid,
            _ => it.version_id == version || it.number.to_string() == version,
        };
        let found = self.versions(route).await?.into_iter().find(is_it);
        let what = || format!("the route has no version `{version}`");
        found.ok_or_else(|| ConfigError::new(&self.server, what()).into())
    }

    /// Newest first.
    pub(super) async fn versions(&self, route: &str) -> Result<Vec<Version>, Failure> {
        self.pages(&format!("/{}/versions", encoded(route)), |it: Versions| it.versions).await
    }

    /// Newest first.
    pub(super) async fn deployments(&self, route: &str) -> Result<Vec<Deployment>, Failure> {
        let path = format!("/{}/deployments", encoded(route));
        self.pages(&path, |it: Deployments| it.deployments).await
    }

    /// The graph of a version.
    pub(super) async fn elements(&self, route: &str, version: &str) -> Result<String, Failure> {
        let path = format!("/{}/versions/{}", encoded(route), encoded(version));
        let (_, body) = self.call(Method::GET, &path, None, None).await?;
        Ok(self.read::<Of<Graph>>(&body)?.result.elements.get().to_owned())
    }

    /// Writes, unless somebody else did meanwhile; the reply and its warnings.
    pub(super) async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: String,
        etag: Option<HeaderValue>,
    ) -> Result<(T, Vec<String>), Failure> {
        let (_, reply) = self.call(method, path, Some(body), etag).await?;
        let warnings = self.read::<Envelope>(&reply)?.messages;
        let warnings = warnings.iter().map(|it| format!("warning: {it}")).collect();
        Ok((self.read(&reply)?, warnings))
    }

    async fn pages<T: DeserializeOwned, Item>(
        &self,
        path: &str,
        items: impl Fn(T) -> Vec<Item>,
    ) -> Result<Vec<Item>, Failure> {
        let mut all = Vec::new();
        for page in 1.. {
            let path = format!("{path}?page={page}&per_page={PAGE}");
            let (_, body) = self.call(Method::GET, &path, None, None).await?;
            let some = items(self.read::<Data<T>>(&body)?.data);
            let is_last = some.len() < PAGE;
            all.extend(some);
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    fn read<T: DeserializeOwned>(&self, body: &Bytes) -> Result<T, ConfigError> {
        serde_json::from_slice(body).map_err(|error| {
            let what = format!("its answer is not that of a Pointsman management API: {error}");
            ConfigError::new(&self.server, what)
        })
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        etag: Option<HeaderValue>,
    ) -> Result<(Option<HeaderValue>, Bytes), Failure> {
        let wrong = |what: String| ConfigError::new(&self.server, what);
        let away = |what: String| ConfigError::unreachable(&self.server, what);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.routes))
            .header(AUTHORIZATION, format!("Bearer {}", self.token.expose_secret()))
            .header(CONTENT_TYPE, "application/json");
        if let Some(etag) = etag {
            request = request.header(IF_MATCH, etag);
        }
        let request = request.body(Spliced::from(Bytes::from(body.unwrap_or_default())));
        let request = request.map_err(|error| wrong(format!("cannot be asked: {error}")))?;
        let asked = async {
            let response = self.client.send(request, false).await.map_err(|it| it.to_string())?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, MOST).collect().await.map_err(|it| it.to_string())?;
            Ok::<_, String>((head, body.to_bytes()))
        };
        let answer = tokio::time::timeout(PATIENCE, asked).await;
        let answer = answer.map_err(|_| away("no answer within 30 s".to_owned()))?;
        let (head, body) = answer.map_err(away)?;
        if head.status.is_success() {
            return Ok((head.headers.get(ETAG).cloned(), body));
        }
        Err(self.refusal(head.status, &body))
    }

    fn refusal(&self, status: StatusCode, body: &Bytes) -> Failure {
        let errors =
            serde_json::from_slice::<Envelope>(body).map(|it| it.errors).unwrap_or_default();
        let lines: Vec<_> = errors.iter().map(|it| format!("error: {it}")).collect();
        let told = || {
            let all: Vec<_> = errors.iter().map(ToString::to_string).collect();
            format!("it answers {status}: {}", all.join("; "))
        };
        match status {
            StatusCode::PRECONDITION_FAILED => Failure::Refused(vec![
                "somebody else has changed the route meanwhile; look at the difference and try again"
                    .to_owned(),
            ]),
            StatusCode::BAD_REQUEST if !lines.is_empty() => Failure::Refused(lines),
            it if it.is_server_error() => ConfigError::unreachable(&self.server, told()).into(),
            _ => ConfigError::new(&self.server, told()).into(),
        }
    }
}

pub(super) fn encoded(part: &str) -> String {
    utf8_percent_encode(part, PLAIN).to_string()
}
