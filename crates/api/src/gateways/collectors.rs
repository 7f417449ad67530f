//! `otel`: where the spans of a gateway go. What is sent along may be secret: it is sealed at rest, and shown as `***`.

use crate::problem::{Entry, Place, Problem};
use crate::upstream;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use utoipa::ToSchema;

/// Most collectors of a gateway.
const MOST: usize = 5;
const LONGEST_URL: usize = 2048;
const LONGEST_VALUE: usize = 4096;
const LONGEST_AUTHORIZATION: usize = 256;
/// Instead of a value.
const HIDDEN: &str = "***";
/// Headers that are the exporter's own.
const OURS: [&str; 7] = [
    "content-type",
    "content-length",
    "host",
    "connection",
    "transfer-encoding",
    "te",
    "user-agent",
];

/// A collector. Values of headers are never returned; `***` keeps the one that was given for the same server.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Collector {
    /// The whole URL that spans are posted to.
    #[schema(max_length = 2048, example = "https://otel.example.com/v1/traces")]
    url: String,
    /// Sent with every export; a value has at most 4096 bytes.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Value of the `authorization` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    authorization: Option<String>,
    /// Default: `json`.
    #[serde(default)]
    content_type: ContentType,
}

/// How spans are written.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ContentType {
    #[default]
    Json,
    Protobuf,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector")
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

/// What is there before, and which addresses may be named.
pub(super) struct Rules {
    pub(super) before: Option<SecretString>,
    pub(super) allow_private: bool,
}

impl Rules {
    /// The collectors as they are shown, and as they are kept; `None` of none. Tells everything that is wrong.
    pub(super) fn check(
        &self,
        mut collectors: Vec<Collector>,
    ) -> Result<(Vec<Collector>, Option<SecretString>), Problem> {
        if collectors.is_empty() {
            return Ok((collectors, None));
        }
        let mut problems = Vec::new();
        if collectors.len() > MOST {
            let message = format!("a gateway has at most {MOST} collectors");
            problems.push(Entry::invalid(vec![key("body"), key("otel")], message));
        }
        for (index, it) in collectors.iter_mut().enumerate() {
            let said = self.one(it).into_iter().map(|(name, message)| {
                let place = vec![key("body"), key("otel"), Place::Index(index), key(name)];
                Entry::invalid(place, message)
            });
            problems.extend(said);
        }
        if !problems.is_empty() {
            return Err(Problem::all(problems));
        }
        let kept = serde_json::to_string(&collectors).map_err(Problem::internal)?;
        Ok((collectors.into_iter().map(Collector::hidden).collect(), Some(kept.into())))
    }

    /// Fills in what is hidden; what is wrong, by field.
    fn one(&self, it: &mut Collector) -> Vec<(&'static str, String)> {
        let mut wrong = Vec::new();
        if it.url.len() > LONGEST_URL {
            wrong.push(("url", format!("a URL has at most {LONGEST_URL} bytes")));
        } else if let Err(message) = upstream::address(&it.url, self.allow_private) {
            wrong.push(("url", message));
        }
        let before = self.before(&it.url);
        for (name, value) in &mut it.headers {
            let known = before.iter().find_map(|it| it.headers.get(name));
            if let Err(message) = fill(value, known).and_then(|()| header(name, value)) {
                wrong.push(("headers", message));
            }
        }
        if let Some(value) = &mut it.authorization {
            let known = before.iter().find_map(|it| it.authorization.as_ref());
            let checked = fill(value, known).and_then(|()| header("authorization", value));
            if let Err(message) = checked {
                wrong.push(("authorization", message));
            } else if value.len() > LONGEST_AUTHORIZATION {
                let message = format!("`authorization` has at most {LONGEST_AUTHORIZATION} bytes");
                wrong.push(("authorization", message));
            }
        }
        wrong
    }

    /// Those that were there on the same server: a secret does not follow to another.
    fn before(&self, url: &str) -> Vec<Collector> {
        let all = self.before.as_ref().and_then(|it| serde_json::from_str(it.expose_secret()).ok());
        let all: Vec<Collector> = all.unwrap_or_default();
        let same_url = |it: &Collector| it.url != url;
        let mut all: Vec<_> =
            all.into_iter().filter(|it| providers::same_origin(&it.url, url)).collect();
        all.sort_by_key(same_url);
        all
    }
}

impl Collector {
    fn hidden(mut self) -> Self {
        for value in self.headers.values_mut().chain(&mut self.authorization) {
            HIDDEN.clone_into(value);
        }
        self
    }
}

fn fill(value: &mut String, known: Option<&String>) -> Result<(), String> {
    if value == HIDDEN {
        const UNKNOWN: &str = "`***` keeps a value that was given for the same server, and there is none; send the value itself";
        value.clone_from(known.ok_or(UNKNOWN)?);
    }
    Ok(())
}

fn header(name: &str, value: &str) -> Result<(), String> {
    let usable = http::HeaderName::try_from(name).is_ok_and(|it| !OURS.contains(&it.as_str()));
    let name = name.escape_debug();
    if !usable {
        return Err(format!("`{name}` is not a header that can be given"));
    }
    if value.len() > LONGEST_VALUE || http::HeaderValue::try_from(value).is_err() {
        return Err(format!(
            "the value of `{name}` must be text without line breaks of at most {LONGEST_VALUE} bytes"
        ));
    }
    Ok(())
}

fn key(name: &str) -> Place {
    Place::Key(name.to_owned())
}
