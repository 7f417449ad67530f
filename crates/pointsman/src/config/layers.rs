//! Flags over environment over file over defaults: which text counts for each setting, and where it stands.

use super::ConfigError;
use super::setting::{Kind, SETTINGS, Setting};
use std::collections::BTreeMap;
use std::fmt;

/// What the process was started with, read once.
#[derive(Debug, Default)]
pub(crate) struct Input {
    /// Settings given as flags, by key.
    pub(crate) flags: BTreeMap<&'static str, String>,
    /// The environment.
    pub(crate) env: BTreeMap<String, String>,
    /// The file: its name and text.
    pub(crate) file: Option<(String, String)>,
}

/// The defaults, in the form people read.
pub(super) const DEFAULTS: &str = include_str!("../../../../pointsman.default.toml");

/// The text that counts for each setting.
#[derive(Debug)]
pub(super) struct Layers {
    values: BTreeMap<&'static str, Value>,
    /// `[providers.<slug>]` of the file.
    pub(super) providers: BTreeMap<String, toml::Table>,
    /// Name of the file, for messages.
    pub(super) file: String,
}

#[derive(Debug)]
struct Value {
    text: String,
    place: String,
}

impl Layers {
    pub(super) fn read(input: &Input) -> Result<Self, ConfigError> {
        let mut it = Self::defaults()?;
        if let Some((name, text)) = &input.file {
            it.file.clone_from(name);
            it.lay_file(text)?;
        }
        for setting in SETTINGS {
            let variable = setting.variable();
            if let Some(text) = input.env.get(&variable).filter(|it| !it.trim().is_empty()) {
                it.lay(setting, text.clone(), variable);
            }
            if let Some(text) = input.flags.get(setting.key) {
                it.lay(setting, text.clone(), format!("--{}", setting.flag()));
            }
        }
        Ok(it)
    }

    fn defaults() -> Result<Self, ConfigError> {
        let mut it = Self {
            values: BTreeMap::new(),
            providers: BTreeMap::new(),
            file: "pointsman.default.toml".to_owned(),
        };
        it.lay_file(DEFAULTS)?;
        Ok(it)
    }

    fn lay(&mut self, setting: &Setting, text: String, place: String) {
        self.values.insert(setting.key, Value { text, place });
    }

    fn lay_file(&mut self, text: &str) -> Result<(), ConfigError> {
        let table: toml::Table =
            text.parse().map_err(|error| not_toml(&self.file, text, &error))?;
        for (key, value) in table {
            if key == "providers" {
                self.providers = providers(value, &self.file)?;
                continue;
            }
            let Some(setting) = SETTINGS.iter().find(|it| it.key == key) else {
                return Err(ConfigError::new(&self.file, format!("there is no setting `{key}`")));
            };
            let place = format!("`{key}` in {}", self.file);
            let text = as_text(setting.kind, value)
                .map_err(|wanted| ConfigError::new(&place, format!("must be {wanted}")))?;
            self.lay(setting, text, place);
        }
        Ok(())
    }

    /// The text of a setting, if it has one.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|it| it.text.trim())
    }

    /// The parsed value of a setting, if it has one; `wanted` says what it should be.
    pub(super) fn optional<T>(
        &self,
        key: &str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(key) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| self.bad(key, wanted))
    }

    /// The parsed value of a setting that has a default.
    pub(super) fn get<T>(
        &self,
        key: &str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        self.optional(key, wanted, parse)?.ok_or_else(|| ConfigError::new(key, "has no value"))
    }

    /// An error about what a setting holds. Secrets are not repeated.
    pub(super) fn bad(&self, key: &str, wanted: impl fmt::Display) -> ConfigError {
        let Some(value) = self.values.get(key) else {
            return ConfigError::new(key, wanted.to_string());
        };
        let secret = SETTINGS.iter().any(|it| it.key == key && it.kind == Kind::Secret);
        let what = if secret {
            format!("must be {wanted}")
        } else {
            let shown: String = value.text.escape_default().take(120).collect();
            format!("is `{shown}`, must be {wanted}")
        };
        ConfigError::new(&value.place, what)
    }

    /// An error that says where a setting stands and that it cannot be used.
    pub(super) fn refuse(&self, key: &str, why: &str) -> ConfigError {
        let place = self.values.get(key).map_or(key, |it| &it.place);
        ConfigError::new(place, why)
    }
}

fn not_toml(file: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let message = error.message().replace('\n', ", ");
    ConfigError::new(file, format!("line {line} is not TOML: {message}"))
}

fn as_text(kind: Kind, value: toml::Value) -> Result<String, &'static str> {
    match (kind, value) {
        (Kind::One | Kind::Secret, toml::Value::String(it)) => Ok(it),
        (Kind::One, toml::Value::Integer(it)) => Ok(it.to_string()),
        (Kind::Switch, toml::Value::Boolean(it)) => Ok(it.to_string()),
        (Kind::List | Kind::Lines, toml::Value::Array(items)) => {
            let texts: Option<Vec<_>> = items.iter().map(toml::Value::as_str).collect();
            let between = if kind == Kind::Lines { "\n" } else { "," };
            texts.map(|it| it.join(between)).ok_or("an array of strings")
        }
        (Kind::One, _) => Err("a string or a whole number"),
        (Kind::Secret, _) => Err("a string"),
        (Kind::Switch, _) => Err("true or false, without quotes"),
        (Kind::List | Kind::Lines, _) => Err("an array of strings"),
    }
}

fn providers(value: toml::Value, file: &str) -> Result<BTreeMap<String, toml::Table>, ConfigError> {
    let wrong = || {
        ConfigError::new(file, "`providers` must be tables such as [providers.openai]".to_owned())
    };
    let toml::Value::Table(all) = value else { return Err(wrong()) };
    let one = |(slug, value)| match value {
        toml::Value::Table(it) => Ok((slug, it)),
        _ => Err(wrong()),
    };
    all.into_iter().map(one).collect()
}
