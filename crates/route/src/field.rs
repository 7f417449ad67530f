//! Names of what a condition, key or limit may read from a request.

use crate::fact::Value;
use crate::problem::Code;
use crate::scan;
use std::fmt;

/// A field, as written in conditions and keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// `metadata.<key>`; everything after the first dot is one key.
    Metadata(Box<str>),
    /// `headers.<name>`, lower case.
    Header(Box<str>),
    /// `body.<path>`: dots and `[i]`.
    Body(BodyPath),
    /// `request.<name>`: what the gateway computes.
    Request(RequestField),
}

impl Field {
    /// Reads the name of a field.
    ///
    /// # Errors
    /// The name begins with none of the four words, has an empty part, is an unknown `request.` field, or names a header that
    /// carries credentials.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let (root, rest) = text.split_once('.').unwrap_or((text, ""));
        match root {
            "metadata" if !rest.is_empty() => Ok(Self::Metadata(rest.into())),
            "headers" if !rest.is_empty() => header(rest),
            "body" if !rest.is_empty() => BodyPath::parse(rest).map(Self::Body),
            "request" if !rest.is_empty() => request(rest),
            "metadata" | "headers" | "body" | "request" => Err(FieldError::bad(format!(
                "`{text}` names no field: something must follow `{root}.`."
            ))),
            _ => Err(FieldError::bad(format!(
                "`{text}` is not a field. Fields begin with `metadata.`, `headers.`, `body.` or `request.`."
            ))),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metadata(key) => write!(f, "metadata.{key}"),
            Self::Header(name) => write!(f, "headers.{name}"),
            Self::Body(path) => write!(f, "body.{path}"),
            Self::Request(field) => write!(f, "request.{}", field.as_str()),
        }
    }
}

/// Why a text is not a field: a sentence for the author of the route.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct FieldError {
    message: String,
    credential: bool,
}

impl FieldError {
    fn bad(message: String) -> Self {
        Self { message, credential: false }
    }

    pub(crate) fn code(&self) -> Code {
        if self.credential { Code::CredentialField } else { Code::BadField }
    }
}

/// Headers that carry credentials: a route, which many may edit, must not branch on them, count by them or put them in a log.
const CREDENTIAL_HEADERS: &[&str] = &[
    "api-key",
    "authorization",
    "cf-access-client-id",
    "cf-access-client-secret",
    "cf-access-jwt-assertion",
    "cf-aig-authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
    "x-access-token",
    "x-amz-security-token",
    "x-api-key",
    "x-auth-email",
    "x-auth-key",
    "x-auth-token",
    "x-goog-api-key",
];

fn header(name: &str) -> Result<Field, FieldError> {
    let name = name.to_ascii_lowercase();
    if !name.bytes().all(is_token) {
        return Err(FieldError::bad(format!("`{name}` is not the name of a header.")));
    }
    if CREDENTIAL_HEADERS.contains(&name.as_str()) {
        let message = format!(
            "The header `{name}` carries credentials and may not be read by a route. Use `metadata.` or `request.key`."
        );
        return Err(FieldError { message, credential: true });
    }
    Ok(Field::Header(name.into()))
}

/// A byte of a header's name (RFC 9110, `token`).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn request(name: &str) -> Result<Field, FieldError> {
    RequestField::ALL.iter().find(|it| it.as_str() == name).copied().map(Field::Request).ok_or_else(
        || {
            let known: Vec<_> = RequestField::ALL.iter().map(|it| it.as_str()).collect();
            FieldError::bad(format!(
                "`request.{name}` does not exist. There are: {}.",
                known.join(", ")
            ))
        },
    )
}

/// Where a value stands in the request's body.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BodyPath {
    parts: Box<[Part]>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    Key(Box<str>),
    Index(usize),
}

impl BodyPath {
    /// `messages[0].content`: keys parted by dots, each followed by any number of indices.
    fn parse(text: &str) -> Result<Self, FieldError> {
        let bad = || {
            FieldError::bad(format!(
                "`body.{text}` is not a path. Write keys with dots between them and indices as `[0]`."
            ))
        };
        let mut parts = Vec::new();
        for step in text.split('.') {
            let (key, mut indices) = step.find('[').map_or((step, ""), |at| step.split_at(at));
            if key.is_empty() || key.contains(']') {
                return Err(bad());
            }
            parts.push(Part::Key(key.into()));
            while let Some(rest) = indices.strip_prefix('[') {
                let (index, rest) = rest.split_once(']').ok_or_else(bad)?;
                let digits = !index.is_empty() && index.bytes().all(|it| it.is_ascii_digit());
                let index = index.parse().ok().filter(|_| digits).ok_or_else(bad)?;
                parts.push(Part::Index(index));
                indices = rest;
            }
            if !indices.is_empty() {
                return Err(bad());
            }
        }
        Ok(Self { parts: parts.into() })
    }

    /// Finds the value in raw JSON without building a tree; strings without escapes are borrowed, and only strings with escapes, arrays and
    /// objects allocate. Of a key that stands twice the last counts. In bytes that are not JSON it finds nothing or something, and never panics.
    #[must_use]
    pub fn find<'b>(&self, body: &'b [u8]) -> Option<Value<'b>> {
        let mut text = body;
        for part in &self.parts {
            text = match part {
                Part::Key(key) => scan::member(text, key)?,
                Part::Index(index) => scan::item(text, *index)?,
            };
        }
        Value::from_json(text)
    }
}

impl fmt::Display for BodyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts.iter().enumerate() {
            match part {
                Part::Key(key) if at == 0 => f.write_str(key)?,
                Part::Key(key) => write!(f, ".{key}")?,
                Part::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// What the gateway computes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestField {
    /// `request.input_tokens`: an estimate, a number.
    InputTokens,
    /// `request.max_output_tokens`: a number; missing when the request sets none.
    MaxOutputTokens,
    /// `request.stream`: a boolean, always there.
    Stream,
    /// `request.has_tools`: a boolean, always there.
    HasTools,
    /// `request.has_images`: a boolean, always there.
    HasImages,
    /// `request.message_count`: a number.
    MessageCount,
    /// `request.hour`: UTC, 0–23, always there.
    Hour,
    /// `request.weekday`: ISO, 1 (Monday) to 7, always there.
    Weekday,
    /// `request.key`: id of the gateway token used, a text; missing when none was.
    Key,
}

impl RequestField {
    const ALL: &'static [Self] = &[
        Self::InputTokens,
        Self::MaxOutputTokens,
        Self::Stream,
        Self::HasTools,
        Self::HasImages,
        Self::MessageCount,
        Self::Hour,
        Self::Weekday,
        Self::Key,
    ];

    /// The name after `request.`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InputTokens => "input_tokens",
            Self::MaxOutputTokens => "max_output_tokens",
            Self::Stream => "stream",
            Self::HasTools => "has_tools",
            Self::HasImages => "has_images",
            Self::MessageCount => "message_count",
            Self::Hour => "hour",
            Self::Weekday => "weekday",
            Self::Key => "key",
        }
    }
}

#[cfg(test)]
mod tests;
