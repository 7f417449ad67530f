//! A provider's own API below `/v1/{account}/{gateway}/{provider}/…`: which URL that is, and whether
//! the gateway's key may go there.

use crate::credentials::google;
use crate::endpoint::{Endpoint, Key};
use crate::hosts;
use crate::speech::{Said, invoked};
use chat::Format;
use http::Uri;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// How a provider's own paths are put below its base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NativePaths {
    /// As they are; what they repeat of the end of the base URL's path (`v1/…`) is said once.
    Below,
    /// The same for what it speaks and what begins like the base URL's path ends; anything else below
    /// this path beside it.
    Else(&'static str),
    /// `{resource}/{deployment}/…`: the caller names the Azure resource.
    Azure,
    /// `bedrock-runtime/{region}/…`.
    Bedrock,
    /// `v1/projects/{project}/locations/{location}/…`.
    Vertex,
}

impl NativePaths {
    /// Whether the path alone says which host it is for.
    pub(crate) fn names_host(self) -> bool {
        matches!(self, Self::Azure | Self::Bedrock | Self::Vertex)
    }
}

/// Where a call of a provider's own API goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Native {
    /// The absolute URL, query included.
    pub uri: Uri,
    /// The format spoken there, when it is one we know. `None` with a model: the model's own.
    pub speech: Option<Format>,
    /// The model, when the path names it; decoded.
    pub model: Option<Box<str>>,
    /// The path is one of streams only.
    pub stream: bool,
    /// Which of the gateway's keys may go there.
    pub keys: KeyUse,
}

/// Which keys of a gateway may go where a caller's path leads; a caller's own key may always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// All, and what the surroundings of the process have: it is where the operator said.
    Any,
    /// Those that were given for this provider; the operator has not said that this process is to
    /// sign in there with what its surroundings have.
    Given,
    /// Those that name this project of Google themselves, and API keys. `None`: the path has no
    /// project.
    OfProject(Option<Box<str>>),
    /// None: the host or project was the caller's choice.
    CallersOnly,
}

impl KeyUse {
    /// Whether this key may be used; without a key, what the surroundings have.
    #[must_use]
    pub fn admits(&self, key: Option<&Key>) -> bool {
        match (self, key) {
            (Self::Any, _) | (Self::Given, Some(_)) => true,
            (Self::OfProject(project), Some(key)) => google::is_for(key, project.as_deref()),
            (Self::Given | Self::OfProject(_), None) | (Self::CallersOnly, _) => false,
        }
    }

    /// All, where the operator chose the place that is meant.
    fn of_operators(is_meant: bool) -> Self {
        if is_meant { Self::Any } else { Self::CallersOnly }
    }
}

/// Why a path is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNative {
    /// The path could mean another one on the other side.
    #[error("the path is refused: {0}")]
    Path(&'static str),
    /// The provider's path must say where.
    #[error("the path must begin with {0}")]
    Place(&'static str),
    /// There is no base URL, and the path does not say where either.
    #[error("this provider needs a base URL for that path")]
    NoBaseUrl,
}

/// Base URL, path below it, and which keys may go there.
type Placed<'p> = (Cow<'p, str>, Cow<'p, str>, KeyUse);

impl Endpoint {
    /// Where `rest`, the path after the provider's name as the caller wrote it, leads.
    ///
    /// # Errors
    /// The path cannot be passed on safely, or does not say where.
    pub fn native(&self, rest: &str, query: Option<&str>) -> Result<Native, BadNative> {
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        check(rest, self.native == NativePaths::Bedrock)?;
        let (base, path, keys) = match self.native {
            NativePaths::Below => self.below(rest)?,
            NativePaths::Else(beside) => self.beside(rest, beside)?,
            NativePaths::Azure => self.azure(rest)?,
            NativePaths::Bedrock => self.bedrock(rest)?,
            NativePaths::Vertex => self.vertex(rest)?,
        };
        let said = self.said(&path);
        let (question, query) = query.map_or(("", ""), |it| ("?", it));
        let uri = format!("{base}/{path}{question}{query}").parse();
        let speech = said.as_ref().map(|it| it.format);
        let (model, stream) = match said {
            Some(it) => (it.model, it.stream),
            None => {
                self.invoked(&path).map_or((None, false), |(model, stream)| (Some(model), stream))
            }
        };
        let uri = uri.map_err(|_| BadNative::Path("it is not a URL"))?;
        Ok(Native { uri, speech, model, stream, keys })
    }

    fn said(&self, path: &str) -> Option<Said> {
        self.known().iter().find_map(|it| it.said(path))
    }

    /// A model that is called in its own format, whichever that is.
    fn invoked(&self, path: &str) -> Option<(Box<str>, bool)> {
        (self.native == NativePaths::Bedrock).then(|| invoked(path)).flatten()
    }

    fn below<'p>(&'p self, rest: &'p str) -> Result<Placed<'p>, BadNative> {
        let base = self.some_base()?;
        Ok((base.into(), once(path_of(base), rest).into(), KeyUse::Any))
    }

    fn beside<'p>(&'p self, rest: &'p str, beside: &str) -> Result<Placed<'p>, BadNative> {
        let base = self.some_base()?;
        if once(path_of(base), rest).len() < rest.len() || self.said(rest).is_some() {
            return self.below(rest);
        }
        let parent = match path_of(base) {
            "" => base,
            _ => base.rsplit_once('/').map_or(base, |(parent, _)| parent),
        };
        Ok((format!("{parent}{beside}").into(), once(beside, rest).into(), KeyUse::Any))
    }

    fn azure<'p>(&'p self, rest: &'p str) -> Result<Placed<'p>, BadNative> {
        const PLACE: BadNative = BadNative::Place("`{resource}/{deployment}/`");
        let (resource, rest) = rest.split_once('/').ok_or(PLACE)?;
        if resource == "openai" {
            return Ok((self.some_base()?.into(), format!("openai/{rest}").into(), KeyUse::Any));
        }
        let own = hosts::azure(resource).ok_or(PLACE)?;
        let path = match rest.split_once('/').ok_or(PLACE)? {
            ("openai", _) => Cow::Borrowed(rest),
            _ => Cow::Owned(format!("openai/deployments/{rest}")),
        };
        let base = self.base();
        let is_meant = match hosts::azure_resource(host_of(base)) {
            Some(named) => named.eq_ignore_ascii_case(resource),
            // A base URL elsewhere stands for whatever resource is named.
            None => !base.is_empty(),
        };
        let to: Cow<'_, str> = if is_meant { base.into() } else { own.into() };
        Ok((to, path, KeyUse::of_operators(is_meant)))
    }

    fn bedrock<'p>(&'p self, rest: &'p str) -> Result<Placed<'p>, BadNative> {
        const PLACE: BadNative = BadNative::Place("`bedrock-runtime/{region}/`");
        let Some(rest) = rest.strip_prefix("bedrock-runtime/") else { return self.below(rest) };
        let (region, path) = rest.split_once('/').ok_or(PLACE)?;
        let own = hosts::bedrock(region).ok_or(PLACE)?;
        let base = self.base();
        let home = hosts::bedrock_region(host_of(base));
        let is_aws = base.is_empty() || home.is_some();
        if !is_aws {
            return Ok((base.into(), path.into(), KeyUse::Any));
        }
        // AWS serves all of these hosts, and its keys are of an account, not of a region; but not in
        // China, where a key of elsewhere is good for nothing and is nobody's business.
        let keys = if hosts::is_china(region) != home.is_some_and(hosts::is_china) {
            KeyUse::CallersOnly
        } else if base.is_empty() {
            KeyUse::Given
        } else {
            KeyUse::Any
        };
        Ok((own.into(), path.into(), keys))
    }

    fn vertex<'p>(&'p self, rest: &'p str) -> Result<Placed<'p>, BadNative> {
        const PLACE: BadNative = BadNative::Place("`v1/projects/{project}/locations/{location}/`");
        let base = self.base();
        let home = project_of(path_of(base)).map(|(project, _)| project);
        let Some((project, location)) = project_of(rest) else {
            let (base, path, _) = self.below(rest)?;
            let keys = if home.is_some() { KeyUse::Any } else { KeyUse::OfProject(None) };
            return Ok((base, path, keys));
        };
        let own = hosts::vertex(location).ok_or(PLACE)?;
        let is_google = base.is_empty() || hosts::is_vertex(host_of(base));
        let origin = if is_google { own.into() } else { origin_of(base).into() };
        let keys = match home {
            Some(home) => KeyUse::of_operators(home == project),
            None => KeyUse::OfProject(Some(project.into())),
        };
        Ok((origin, rest.into(), keys))
    }

    fn some_base(&self) -> Result<&str, BadNative> {
        Some(self.base()).filter(|it| !it.is_empty()).ok_or(BadNative::NoBaseUrl)
    }
}

/// Project and location of a path of Vertex AI, which has them after its version.
fn project_of(path: &str) -> Option<(&str, &str)> {
    let mut segments = path.trim_start_matches('/').split('/').skip(1);
    match [segments.next()?, segments.next()?, segments.next()?, segments.next()?] {
        ["projects", project, "locations", location] => Some((project, location)),
        _ => None,
    }
}

/// Refuses what a server could read as another path than the one that was looked at here.
fn check(rest: &str, slash_in_model: bool) -> Result<(), BadNative> {
    if rest.is_empty() {
        return Err(BadNative::Path("nothing stands after the provider's name"));
    }
    let inner = rest.strip_suffix('/').unwrap_or(rest);
    for segment in inner.split('/') {
        let decoded: Vec<u8> = percent_decode_str(segment).collect();
        let name = decoded.split(|it| *it == b';').next().unwrap_or_default();
        if segment.is_empty() {
            return Err(BadNative::Path("it has an empty segment"));
        }
        if matches!(name, b"." | b"..") {
            return Err(BadNative::Path("it has a `.` or `..` segment"));
        }
        // The ARN of a model of Bedrock has a slash, which AWS's own tools encode.
        let slashed = decoded.contains(&b'/') && !slash_in_model;
        if slashed || decoded.contains(&b'\\') {
            return Err(BadNative::Path("it has an encoded slash or a backslash"));
        }
        if slash_in_model
            && decoded.split(|it| *it == b'/').any(|it| matches!(it, b"." | b".." | b""))
        {
            return Err(BadNative::Path(
                "it has a `.`, `..` or empty segment behind an encoded slash",
            ));
        }
        if decoded.iter().any(u8::is_ascii_control) {
            return Err(BadNative::Path("it has a control character"));
        }
    }
    Ok(())
}

/// The path without what it repeats of the end of the base's path.
fn once<'p>(base_path: &str, rest: &'p str) -> &'p str {
    let mut end = base_path.trim_start_matches('/');
    while !end.is_empty() {
        match rest.strip_prefix(end).map(|it| it.strip_prefix('/')) {
            Some(Some(below)) => return below,
            _ => end = end.split_once('/').map_or("", |(_, shorter)| shorter),
        }
    }
    rest
}

/// The path of a base URL, with its slash in front; empty when it has none.
fn path_of(base: &str) -> &str {
    base.get(origin_of(base).len()..).unwrap_or_default()
}

/// Scheme, host and port of a base URL.
fn origin_of(base: &str) -> &str {
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base.get(authority..).and_then(|it| it.find('/'));
    end.and_then(|it| base.get(..authority + it)).unwrap_or(base)
}

/// The host of a base URL; with its port, should it have one, so that it is not taken for the
/// provider's.
fn host_of(base: &str) -> &str {
    origin_of(base).split_once("://").map_or("", |(_, host)| host)
}

#[cfg(test)]
mod tests;
