//! What the process stands in, as far as signing in to clouds goes: values, given by whoever reads the environment.

use crate::credentials::{aws, google};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Environment variables that mean something to the sign-in of clouds, and what was fetched by them.
/// Clones share what was fetched.
#[derive(Clone, Debug, Default)]
pub struct Surroundings(Arc<Parts>);

#[derive(Debug, Default)]
struct Parts {
    variables: BTreeMap<String, SecretString>,
    aws: aws::Ambient,
    google: google::Tokens,
}

impl Surroundings {
    /// Keeps those variables that clouds' own tools read.
    pub fn new<'v>(variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Self {
        let wanted = |name: &str| {
            matches!(name, "HOME" | "CLOUDSDK_CONFIG" | "GCE_METADATA_HOST")
                || name == "GOOGLE_APPLICATION_CREDENTIALS"
                || name.starts_with("AWS_")
        };
        let variables = variables.into_iter().filter(|(name, _)| wanted(name));
        let variables = variables.map(|(name, value)| (name.to_owned(), value.into())).collect();
        Self(Arc::new(Parts { variables, ..Parts::default() }))
    }

    /// The value of a variable; one of blanks counts as none.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.variables.get(name)?.expose_secret().trim();
        Some(value).filter(|it| !it.is_empty())
    }

    /// What AWS gave last.
    pub(crate) fn aws(&self) -> &aws::Ambient {
        &self.0.aws
    }

    /// Tokens that Google gave.
    pub(crate) fn google(&self) -> &google::Tokens {
        &self.0.google
    }

    /// A file below the home directory.
    pub(crate) fn at_home(&self, path: &str) -> Option<PathBuf> {
        Some(PathBuf::from(self.get("HOME")?).join(path))
    }
}
