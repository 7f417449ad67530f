//! Reading an element's properties, in the words of the original's validator where it has some.

use crate::exact;
use crate::field::Field;
use crate::json::Json;
use crate::problem::{At, Code, Problems};
use crate::spec::{self, ElementSpec};

/// The properties of one element, and where to tell what is wrong with them.
pub(super) struct Properties<'a, 'p> {
    /// `None`: absent, or not an object.
    object: Option<&'a Json>,
    at: At<'a>,
    problems: &'p mut Problems,
}

/// A whole number of a property's unit.
pub(super) struct Unit {
    /// Digits after the point of what is written: 9 for nano-dollars written as dollars.
    pub(super) scale: i64,
    pub(super) least: u64,
    pub(super) most: u64,
    /// For the message: `an integer from 0 to 5`.
    pub(super) wanted: &'static str,
}

impl<'a, 'p> Properties<'a, 'p> {
    /// The properties of `element`, which stands at `at`.
    pub(super) fn of(element: &'a ElementSpec, at: &'a At<'a>, problems: &'p mut Problems) -> Self {
        let at = at.key("properties");
        let object = match &element.properties {
            Some(object @ Json::Object(_)) => Some(object),
            Some(other) => {
                spec::expected("object", other, &at, problems);
                None
            }
            None => None,
        };
        Self { object, at, problems }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Json> {
        self.object?.get(name)
    }

    /// A property that has two names.
    pub(super) fn either(&mut self, name: &str, other: &str) -> Option<&'a Json> {
        match (self.get(name), self.get(other)) {
            (Some(a), Some(b)) if a != b => {
                let message = format!(
                    "`{name}` and `{other}` are two names of one property and differ. Keep `{name}`."
                );
                self.tell(Code::ConflictingProperties, other, message);
                Some(a)
            }
            (a, b) => a.or(b),
        }
    }

    pub(super) fn tell(&mut self, code: Code, name: &str, message: impl Into<String>) {
        self.problems.push(code, &self.at.key(name), message);
    }

    /// For what reads on its own: the place of a property and where to tell.
    pub(super) fn tell_at(&mut self, read: impl FnOnce(&At<'_>, &mut Problems), name: &str) {
        read(&self.at.key(name), self.problems);
    }

    /// A text that must be there and not be empty.
    pub(super) fn text(&mut self, name: &str) -> Option<&'a str> {
        let value = spec::text(self.get(name), &self.at.key(name), self.problems)?;
        if value.is_empty() {
            self.tell(Code::InvalidValue, name, format!("`{name}` must not be empty."));
            return None;
        }
        Some(value)
    }

    /// One of a few texts.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = match self.get(name)? {
            Json::Text(text) => text,
            other => {
                spec::expected(&expected(choices), other, &self.at.key(name), self.problems);
                return None;
            }
        };
        let found = choices.iter().find(|(it, _)| *it == &**text).map(|(_, it)| *it);
        if found.is_none() {
            let message =
                format!("Invalid enum value. Expected {}, received '{text}'", expected(choices));
            self.tell(Code::InvalidValue, name, message);
        }
        found
    }

    /// As [`Self::choice`], of a property that must be there.
    pub(super) fn required_choice<T: Copy>(
        &mut self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        if self.get(name).is_none() {
            self.tell(Code::Required, name, "Required");
        }
        self.choice(name, choices)
    }

    /// The text of a number of any size; `name` is where to tell.
    pub(super) fn is_number(&mut self, value: &'a Json, name: &str) -> Option<&'a str> {
        let Json::Number(text) = value else {
            spec::expected("number", value, &self.at.key(name), self.problems);
            return None;
        };
        Some(text)
    }

    /// A number in its unit; `name` is where to tell.
    pub(super) fn number(&mut self, value: &'a Json, name: &str, unit: &Unit) -> Option<u64> {
        let text = self.is_number(value, name)?;
        let found =
            exact::scaled(text, unit.scale).filter(|it| (unit.least..=unit.most).contains(it));
        if found.is_none() {
            self.tell(Code::OutOfRange, name, format!("`{name}` is {}, not {text}.", unit.wanted));
        }
        found
    }

    /// A field; `None` when absent, empty or refused.
    pub(super) fn field(&mut self, name: &str) -> Option<Field> {
        let text = spec::text(Some(self.get(name)?), &self.at.key(name), self.problems)?;
        if text.is_empty() {
            return None;
        }
        match Field::parse(text) {
            Ok(field) => Some(field),
            Err(error) => {
                self.tell(error.code(), name, error.to_string());
                None
            }
        }
    }
}

fn expected<T>(choices: &[(&str, T)]) -> String {
    choices.iter().map(|(name, _)| format!("'{name}'")).collect::<Vec<_>>().join(" | ")
}
