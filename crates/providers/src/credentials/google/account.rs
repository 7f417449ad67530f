//! JSON of credentials, as Google's console and `gcloud` give it.

use crate::Error;
use http::Uri;
use secrecy::SecretString;
use serde::Deserialize;

/// Where tokens are given out.
pub(super) const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
/// The same by older names, which older keys have.
const OLDER: [&str; 2] =
    ["https://accounts.google.com/o/oauth2/token", "https://www.googleapis.com/oauth2/v4/token"];

/// Somebody who can be given an access token.
#[derive(Debug)]
pub(super) enum Account {
    Service(Service),
    User(User),
}

/// A service account, with its private key.
#[derive(Debug, Deserialize)]
pub(super) struct Service {
    pub(super) client_email: String,
    pub(super) private_key: SecretString,
    pub(super) private_key_id: Option<String>,
    #[serde(default = "token_uri")]
    pub(super) token_uri: String,
}

/// A user, with the token that `gcloud auth application-default login` left.
#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
    pub(super) refresh_token: SecretString,
    pub(super) quota_project_id: Option<String>,
    #[serde(default = "token_uri")]
    pub(super) token_uri: String,
}

#[derive(Deserialize)]
struct Kind {
    r#type: Option<String>,
}

#[derive(Deserialize)]
struct Projects {
    project_id: Option<String>,
    quota_project_id: Option<String>,
}

/// The project that credentials name: of a service account the one it is in, of a user the one that pays.
pub(super) fn project(text: &str) -> Option<String> {
    let named: Projects = serde_json::from_str(text).ok()?;
    named.project_id.or(named.quota_project_id)
}

fn token_uri() -> String {
    TOKEN_URI.to_owned()
}

impl Account {
    /// Reads credentials; `whose` begins the message of an error, which never quotes them.
    pub(super) fn read(text: &str, whose: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::Credentials(format!("{whose} {what}"));
        let kind: Kind = serde_json::from_str(text).map_err(|_| wrong("is not JSON of Google"))?;
        match kind.r#type.as_deref() {
            Some("service_account") => {
                let service = serde_json::from_str(text).map_err(|_| {
                    wrong("is a service account without `client_email` or `private_key`")
                })?;
                Ok(Self::Service(service))
            }
            Some("authorized_user") => {
                let user = serde_json::from_str(text).map_err(|_| {
                    wrong("is a user without `client_id`, `client_secret` or `refresh_token`")
                })?;
                Ok(Self::User(user))
            }
            Some(other) => Err(wrong(&format!(
                "is of type `{other}`, which is not spoken here; `service_account` and `authorized_user` are"
            ))),
            None => Err(wrong(
                "does not say its `type`; `service_account` and `authorized_user` are spoken",
            )),
        }
    }

    pub(super) fn token_uri(&self) -> &str {
        match self {
            Self::Service(it) => &it.token_uri,
            Self::User(it) => &it.token_uri,
        }
    }

    /// Whoever stores a key must not choose whom this process calls, or where a signature goes.
    pub(super) fn is_of_google(&self) -> Result<(), Error> {
        let uri = self.token_uri();
        if uri == TOKEN_URI || OLDER.contains(&uri) {
            return Ok(());
        }
        Err(Error::Credentials(format!(
            "the key's `token_uri` is not {TOKEN_URI}, where Google gives out tokens; a file named by \
             GOOGLE_APPLICATION_CREDENTIALS may have another one"
        )))
    }

    /// The operator's own file may name another place: with TLS, or on this machine.
    pub(super) fn is_safe(&self) -> Result<(), Error> {
        let uri: Option<Uri> = self.token_uri().parse().ok();
        let is_safe = uri.is_some_and(|it| match it.scheme_str() {
            Some("https") => true,
            Some("http") => matches!(it.host(), Some("127.0.0.1" | "localhost" | "[::1]")),
            _ => false,
        });
        if is_safe {
            return Ok(());
        }
        let why = "the `token_uri` of the Google credentials is not an https URL";
        Err(Error::Credentials(why.to_owned()))
    }
}
