//! Base URLs and keys of providers, from the environment and the file.

use super::ConfigError;
use super::layers::{Input, Layers};
use providers::{Key, Provider};
use secrecy::SecretString;
use std::collections::BTreeMap;

/// What the configuration says about providers, by the upper-case form of their slug.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProviderSettings {
    all: BTreeMap<String, Provided>,
}

/// What the configuration says about one provider.
#[derive(Clone, Debug, Default)]
struct Provided {
    base_url: Option<String>,
    key: Option<SecretString>,
}

const PREFIX: &str = "POINTSMAN_PROVIDER_";

impl ProviderSettings {
    /// File first, then the environment over it; a key under the provider's usual name, and a base URL that its own tools
    /// would make of the environment, count when there is no other.
    pub(super) fn read(input: &Input, layers: &Layers) -> Result<Self, ConfigError> {
        let mut it = Self::default();
        for (slug, table) in &layers.providers {
            it.lay_table(slug, table, &layers.file)?;
        }
        for (name, value) in &input.env {
            if let Some((slug, what)) = variable(name) {
                it.lay(slug.to_owned(), what, value);
            }
        }
        for provider in providers::table() {
            let env = |name: &str| present(input.env.get(name)?).map(str::to_owned);
            let key = it.key(provider).is_none();
            let key = key.then(|| provider.key_env.iter().find_map(|it| env(it))).flatten();
            let base_url = it.base_url(provider).is_none();
            let base_url = provider.base_from.filter(|_| base_url).and_then(|from| from(&env));
            let provided = it.all.entry(upper(provider.slug)).or_default();
            provided.key = key.map(SecretString::from).or_else(|| provided.key.take());
            provided.base_url = base_url.or_else(|| provided.base_url.take());
        }
        Ok(it)
    }

    fn lay_table(
        &mut self,
        slug: &str,
        table: &toml::Table,
        file: &str,
    ) -> Result<(), ConfigError> {
        let place = format!("[providers.{slug}] in {file}");
        if !slug.starts_with("custom-") && providers::find(slug).is_none() {
            return Err(ConfigError::new(&place, format!("there is no provider `{slug}`")));
        }
        for (key, value) in table {
            let (Some(what), Some(text)) = (What::of(key), value.as_str()) else {
                return Err(ConfigError::new(
                    &place,
                    format!("`{key}`: only base_url and api_key, as strings"),
                ));
            };
            self.lay(upper(slug), what, text);
        }
        Ok(())
    }

    fn lay(&mut self, slug: String, what: What, text: &str) {
        let Some(text) = present(text) else { return };
        let provided = self.all.entry(slug).or_default();
        match what {
            What::BaseUrl => provided.base_url = Some(text.to_owned()),
            What::ApiKey => provided.key = Some(SecretString::from(text)),
        }
    }

    /// The base URL given for this provider of the table.
    pub(crate) fn base_url(&self, provider: &Provider) -> Option<&str> {
        self.of(provider).find_map(|it| it.base_url.as_deref())
    }

    /// The key given for this provider of the table.
    pub(crate) fn key(&self, provider: &Provider) -> Option<Key> {
        self.of(provider).find_map(|it| it.key.clone()).map(from_environment)
    }

    /// The key given for a custom provider, if it was given for the server of `base_url`: whoever may make custom providers chooses
    /// that, so the key needs a base URL beside it in the configuration. `slug` with its `custom-` in front.
    pub(crate) fn custom_key(&self, slug: &str, base_url: &str) -> Option<Key> {
        let provided = self.all.get(&upper(slug))?;
        let key = provided.key.clone()?;
        let given_for = provided.base_url.as_deref().unwrap_or_default();
        if providers::same_origin(given_for, base_url) {
            return Some(from_environment(key));
        }
        let variable = Provider::base_url_variable(slug);
        tracing::warn!(provider = slug, %variable, base_url, "the configured key is not used: it is sent only to the server that this variable names");
        None
    }

    fn of(&self, provider: &Provider) -> impl Iterator<Item = &Provided> {
        let names = std::iter::once(&provider.slug).chain(provider.aliases);
        names.filter_map(|name| self.all.get(&upper(name)))
    }
}

/// Whether this is a variable of a provider that may exist.
pub(super) fn is_known(name: &str) -> bool {
    variable(name).is_some_and(|(slug, _)| {
        let mut names = providers::table()
            .iter()
            .flat_map(|it| std::iter::once(it.slug).chain(it.aliases.iter().copied()));
        slug.starts_with("CUSTOM_") || names.any(|it| upper(it) == slug)
    })
}

#[derive(Clone, Copy, Debug)]
enum What {
    BaseUrl,
    ApiKey,
}

impl What {
    fn of(key: &str) -> Option<Self> {
        match key {
            "base_url" => Some(Self::BaseUrl),
            "api_key" => Some(Self::ApiKey),
            _ => None,
        }
    }
}

fn variable(name: &str) -> Option<(&str, What)> {
    let rest = name.strip_prefix(PREFIX)?;
    let base_url = rest.strip_suffix("_BASE_URL").map(|slug| (slug, What::BaseUrl));
    base_url.or_else(|| rest.strip_suffix("_API_KEY").map(|slug| (slug, What::ApiKey)))
}

fn from_environment(secret: SecretString) -> Key {
    Key { alias: "env".into(), secret }
}

fn upper(slug: &str) -> String {
    slug.to_ascii_uppercase().replace('-', "_")
}

fn present(text: &(impl AsRef<str> + ?Sized)) -> Option<&str> {
    Some(text.as_ref().trim()).filter(|it| !it.is_empty())
}
