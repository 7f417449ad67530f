//! Route files: `{"name", "elements"}` in the canonical form, or a bare array named by its file.

use super::Failure;
use crate::cli::check::read;
use crate::config::ConfigError;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};

/// A route in a file.
#[derive(Debug)]
pub(super) struct File {
    /// The route's name.
    pub(super) name: String,
    /// Its elements, to the letter.
    pub(super) elements: String,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
    elements: Box<RawValue>,
}

impl File {
    pub(super) fn read(path: &str) -> Result<Self, ConfigError> {
        Self::parse(Path::new(path), &read(path)?)
    }

    /// The name is in the file, else it is that of the file.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let place = path.display().to_string();
        let stem = path.file_stem().and_then(|it| it.to_str()).filter(|it| *it != "-");
        let (name, elements) = match serde_json::from_str::<Named>(text) {
            Ok(it) => (it.name, it.elements.get().to_owned()),
            Err(_) if text.trim_start().starts_with('[') => (None, text.to_owned()),
            Err(error) => {
                let what =
                    format!("is no route file, an object with `name` and `elements`: {error}");
                return Err(ConfigError::new(&place, what));
            }
        };
        let name = name.or_else(|| stem.map(str::to_owned));
        let name = name.ok_or_else(|| ConfigError::new(&place, "has no `name`"))?;
        Ok(Self { name, elements })
    }

    /// The file as it should be.
    pub(super) fn canonical(&self) -> Result<String, Failure> {
        canonical(&self.name, &self.elements)
    }

    /// Whether it has these elements, whatever the white space.
    pub(super) fn is(&self, elements: &str) -> Result<bool, Failure> {
        Ok(self.canonical()? == canonical(&self.name, elements)?)
    }
}

/// The text of a route's file.
pub(super) fn canonical(name: &str, elements: &str) -> Result<String, Failure> {
    let text = format!("{{\"name\":{},\"elements\":{elements}}}", Value::from(name));
    ::route::canonical(&text).map_err(|problems| {
        Failure::Refused(problems.iter().map(|it| format!("error: {}", it.message)).collect())
    })
}

/// Where a route's file stands. A server may call a route what it likes, but files are written in one folder only.
pub(super) fn path(dir: &Path, name: &str) -> Result<PathBuf, ConfigError> {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
    if name.is_empty() || !name.bytes().all(plain) {
        let what = format!("a route is called `{}`, which can be no file", name.escape_debug());
        return Err(ConfigError::new("the server", what));
    }
    Ok(dir.join(format!("{name}.json")))
}
