//! Profiles: `~/.aws/config` and `~/.aws/credentials`, or the files that `AWS_CONFIG_FILE` and
//! `AWS_SHARED_CREDENTIALS_FILE` name.

use super::Keys;
use crate::{Error, surroundings::Surroundings};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Profiles by name.
#[derive(Debug, Default)]
pub(super) struct Profiles(BTreeMap<String, Settings>);

type Settings = BTreeMap<String, String>;

/// Where the first credentials of a profile come from.
#[derive(Debug)]
pub(super) enum Base {
    /// From the profile itself.
    Keys(Keys),
    /// From environment variables.
    Environment,
    /// From the container.
    Container,
    /// For a token in a file, which STS takes for a role.
    WebIdentity {
        /// The role.
        role: Role,
        /// The file.
        token_file: String,
    },
}

/// A role to be assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) arn: String,
    pub(super) session: String,
    pub(super) external_id: Option<String>,
    /// Seconds.
    pub(super) duration: Option<String>,
}

/// How a profile comes to credentials: the first ones, and the roles to be assumed with them, one after the other.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) base: Base,
    pub(super) roles: Vec<Role>,
    pub(super) region: Option<String>,
}

impl Profiles {
    /// Reads both files. One that is not there is an empty one.
    pub(super) async fn read(surroundings: &Surroundings) -> Result<Self, Error> {
        let mut profiles = Self::default();
        for (variable, usual, is_config) in [
            ("AWS_CONFIG_FILE", ".aws/config", true),
            ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", false),
        ] {
            let named = surroundings.get(variable).map(PathBuf::from);
            let Some(path) = named.or_else(|| surroundings.at_home(usual)) else { continue };
            match tokio::fs::read_to_string(&path).await {
                Ok(text) => profiles.lay(&text, is_config),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    let path = path.display();
                    return Err(Error::Credentials(format!("{path} cannot be read: {error}")));
                }
            }
        }
        Ok(profiles)
    }

    /// Lays a file over what is there. In the configuration every profile but `default` is called `profile <name>`.
    pub(super) fn lay(&mut self, text: &str, is_config: bool) {
        let mut name: Option<String> = None;
        for line in text.lines() {
            if line.starts_with([' ', '\t', '#', ';']) {
                continue;
            }
            if let Some(title) =
                line.trim_end().strip_prefix('[').and_then(|it| it.strip_suffix(']'))
            {
                let title = title.trim();
                let called = title.strip_prefix("profile ").map(str::trim);
                let plain = Some(title).filter(|it| !is_config || *it == "default");
                name = called.filter(|_| is_config).or(plain).map(str::to_owned);
            } else if let (Some(name), Some((key, value))) = (&name, line.split_once('=')) {
                let settings = self.0.entry(name.clone()).or_default();
                settings.insert(key.trim().to_ascii_lowercase(), value.trim().to_owned());
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// How this profile comes to credentials; `None` when it says nothing of any.
    pub(super) fn chain(&self, first: &str) -> Result<Option<Chain>, Error> {
        let mut seen: Vec<&str> = Vec::new();
        let mut roles = Vec::new();
        let mut name = first;
        loop {
            if seen.contains(&name) {
                return Err(wrong(name, "leads back to itself by `source_profile`"));
            }
            seen.push(name);
            let settings = self.0.get(name).ok_or_else(|| wrong(name, "does not exist"))?;
            let base = match next(name, settings, &mut roles)? {
                Next::Profile(source) => {
                    name = source;
                    continue;
                }
                Next::Base(base) => base,
                Next::Nothing if roles.is_empty() => return Ok(None),
                Next::Nothing => return Err(wrong(name, "has no credentials")),
            };
            roles.reverse();
            let region = self.0.get(first).and_then(|it| it.get("region")).cloned();
            return Ok(Some(Chain { base, roles, region }));
        }
    }
}

enum Next<'p> {
    Profile(&'p str),
    Base(Base),
    Nothing,
}

/// One profile: whom to ask next.
fn next<'p>(name: &str, settings: &'p Settings, roles: &mut Vec<Role>) -> Result<Next<'p>, Error> {
    let get = |key: &str| settings.get(key).map(String::as_str);
    if let Some(role) = role(settings) {
        if get("mfa_serial").is_some() {
            return Err(wrong(name, "wants a code of a person (`mfa_serial`), who is not there"));
        }
        if let Some(file) = get("web_identity_token_file") {
            let token_file = file.to_owned();
            return Ok(Next::Base(Base::WebIdentity { role, token_file }));
        }
        roles.push(role);
        match (get("source_profile"), get("credential_source")) {
            (Some(source), None) if source != name => return Ok(Next::Profile(source)),
            (Some(_), None) => {}
            (None, Some("Environment")) => return Ok(Next::Base(Base::Environment)),
            (None, Some("EcsContainer")) => return Ok(Next::Base(Base::Container)),
            (None, Some(other)) => {
                return Err(wrong(
                    name,
                    &format!("has the `credential_source` {other}, which is not spoken here"),
                ));
            }
            _ => return Err(wrong(name, "needs either `source_profile` or `credential_source`")),
        }
    }
    if let (Some(id), Some(secret)) = (get("aws_access_key_id"), get("aws_secret_access_key")) {
        return Ok(Next::Base(Base::Keys(Keys {
            access_key_id: id.to_owned(),
            secret_access_key: secret.into(),
            session_token: get("aws_session_token").map(Into::into),
            region: get("region").map(str::to_owned),
            expires_ms: None,
        })));
    }
    let others = ["credential_process", "sso_session", "sso_start_url", "login_session"];
    match others.iter().find(|it| get(it).is_some()) {
        Some(other) => Err(wrong(name, &format!("has `{other}`, which is not spoken here"))),
        None => Ok(Next::Nothing),
    }
}

fn role(settings: &Settings) -> Option<Role> {
    let get = |key: &str| settings.get(key).cloned();
    Some(Role {
        arn: get("role_arn")?,
        session: get("role_session_name").unwrap_or_else(|| Role::SESSION.to_owned()),
        external_id: get("external_id"),
        duration: get("duration_seconds"),
    })
}

impl Role {
    /// The name of sessions, where none is given.
    pub(super) const SESSION: &'static str = "pointsman";
}

fn wrong(name: &str, what: &str) -> Error {
    Error::Credentials(format!("the AWS profile `{name}` {what}"))
}
