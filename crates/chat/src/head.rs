//! The one scan of a chat request: everything routing, limits and pricing want to know about a
//! body, without building it. Members it does not know are validated as JSON and left alone.

use crate::json::{Cursor, Fault, Text, whole};
use crate::prompt::Prompt;
use std::borrow::Cow;
use std::ops::Range;

/// What one scan of a chat request finds.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a request")]
pub struct Head<'b> {
    /// The model asked for.
    pub model: Cow<'b, str>,
    /// Byte range of the `model` value in the body, quotes included.
    pub model_span: Range<usize>,
    /// `stream`; absent and `null` are false.
    pub stream: bool,
    /// `stream_options`, when the member is there at all.
    pub stream_options: Option<StreamOptions>,
    /// `max_completion_tokens`, else `max_tokens`.
    pub max_output_tokens: Option<u64>,
    /// `tools` (or the older `functions`) is a list with something in it.
    pub has_tools: bool,
    /// Some message has a content part of type `image_url` or `input_image`.
    pub has_images: bool,
    /// Number of elements of `messages`.
    pub message_count: u64,
    /// Bytes of `messages`, `tools` and `functions` as JSON; [`Head::input_tokens`] is made of it.
    pub input_bytes: u64,
    /// Where they stand.
    pub prompt: Prompt,
    /// `n`: number of choices asked for, at least 1 (a cost hold multiplies by it).
    pub choices: u64,
}

/// The `stream_options` member of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamOptions {
    /// Byte range of its value in the body.
    pub span: Range<usize>,
    /// `include_usage` in it; `None` when absent or `null`.
    pub include_usage: Option<bool>,
    pub(crate) kind: OptionsKind,
}

/// What there is to change when usage is to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OptionsKind {
    Null,
    Empty,
    /// An object with other members only.
    Others,
    /// An object with `include_usage`, whose value is here.
    Given(Range<usize>),
}

impl Head<'_> {
    /// A rough estimate that costs nothing: one token for four bytes of `messages` and `tools`, rounded up.
    #[must_use]
    pub fn input_tokens(&self) -> u64 {
        self.input_bytes.div_ceil(4)
    }

    /// Whether the caller itself asked for usage in the stream.
    #[must_use]
    pub fn asks_usage(&self) -> bool {
        self.stream_options.as_ref().and_then(|it| it.include_usage) == Some(true)
    }
}

/// Why a body is not a chat request. The message is for the caller.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{message}")]
pub struct HeadError {
    /// The field at fault, as in OpenAI's `param`.
    pub param: Option<&'static str>,
    /// What is wrong and what was expected.
    pub message: String,
}

impl HeadError {
    fn wrong(param: &'static str, expected: &str) -> Self {
        Self { param: Some(param), message: format!("`{param}` must be {expected}") }
    }

    fn body(message: impl Into<String>) -> Self {
        Self { param: None, message: message.into() }
    }
}

impl From<Fault> for HeadError {
    fn from(fault: Fault) -> Self {
        Self::body(format!("the request body is not valid JSON: {fault}"))
    }
}

/// Scans a whole JSON body once.
///
/// # Errors
/// The body is not UTF-8, not JSON, not an object or nested deeper than 128 levels; a member this
/// scan reads stands there twice (escaped spellings count) or has the wrong type; `model` or
/// `messages` is missing.
pub fn scan(body: &[u8]) -> Result<Head<'_>, HeadError> {
    if let Err(error) = std::str::from_utf8(body) {
        let at = error.valid_up_to();
        return Err(HeadError::body(format!(
            "the request body is not UTF-8: bad byte at byte {at}"
        )));
    }
    let mut cursor = Cursor::new(body);
    if !matches!(cursor.peek(), Some(b'{')) {
        return Err(HeadError::body("the request body must be a JSON object"));
    }
    let mut draft = Draft::default();
    cursor.object(|cursor, key| draft.member(cursor, key))?;
    cursor.end()?;
    draft.finish()
}

/// The members that are read; each may stand in a body once.
const FIELDS: [&str; 9] = [
    "model",
    "messages",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "n",
    "tools",
    "functions",
];

/// A head in the making.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a request")]
struct Draft<'b> {
    seen: [bool; FIELDS.len()],
    model: Option<(Cow<'b, str>, Range<usize>)>,
    message_count: Option<u64>,
    stream: bool,
    stream_options: Option<StreamOptions>,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    n: Option<u64>,
    has_tools: bool,
    has_images: bool,
    input_bytes: usize,
    prompt: Prompt,
}

impl<'b> Draft<'b> {
    fn member(&mut self, cursor: &mut Cursor<'b>, key: Text<'b>) -> Result<(), HeadError> {
        let name = key.name();
        let known = FIELDS.iter().zip(&mut self.seen).find(|(it, _)| it.as_bytes() == &*name);
        let Some((&field, seen)) = known else {
            return Ok(cursor.skip()?);
        };
        if std::mem::replace(seen, true) {
            let message = format!("`{field}` is given more than once");
            return Err(HeadError { param: Some(field), message });
        }
        match field {
            "model" => self.model(cursor)?,
            "messages" => self.messages(cursor)?,
            "stream" => self.stream = optional_bool(cursor, field)?.unwrap_or_default(),
            "stream_options" => self.stream_options(cursor)?,
            "max_tokens" => self.max_tokens = optional_whole(cursor, field)?,
            "max_completion_tokens" => self.max_completion_tokens = optional_whole(cursor, field)?,
            "n" => self.n = optional_whole(cursor, field)?,
            _ => self.tools(cursor, field)?,
        }
        Ok(())
    }

    fn finish(self) -> Result<Head<'b>, HeadError> {
        let missing = |param| HeadError {
            param: Some(param),
            message: format!("`{param}` is missing from the request body"),
        };
        let (model, model_span) = self.model.ok_or_else(|| missing("model"))?;
        Ok(Head {
            model,
            model_span,
            stream: self.stream,
            stream_options: self.stream_options,
            max_output_tokens: self.max_completion_tokens.or(self.max_tokens),
            has_tools: self.has_tools,
            has_images: self.has_images,
            message_count: self.message_count.ok_or_else(|| missing("messages"))?,
            input_bytes: u64::try_from(self.input_bytes).unwrap_or(u64::MAX),
            prompt: self.prompt,
            choices: self.n.unwrap_or(1).max(1),
        })
    }

    fn model(&mut self, cursor: &mut Cursor<'b>) -> Result<(), HeadError> {
        let wrong = || HeadError::wrong("model", "a string");
        if cursor.peek() != Some(b'"') {
            return Err(wrong());
        }
        let (text, span) = cursor.text_at()?;
        self.model = Some((text.decode().ok_or_else(wrong)?, span));
        Ok(())
    }

    fn messages(&mut self, cursor: &mut Cursor<'b>) -> Result<(), HeadError> {
        if cursor.peek() != Some(b'[') {
            return Err(HeadError::wrong("messages", "an array"));
        }
        let start = cursor.at();
        let mut count = 0;
        let mut has_images = false;
        cursor.array(|cursor| {
            count += 1;
            message(cursor, &mut has_images)
        })?;
        self.message_count = Some(count);
        self.has_images = has_images;
        self.prompt.messages = start..cursor.at();
        self.input_bytes += cursor.at() - start;
        Ok(())
    }

    fn tools(&mut self, cursor: &mut Cursor<'b>, name: &'static str) -> Result<(), HeadError> {
        match cursor.peek() {
            Some(b'n') => cursor.skip()?,
            Some(b'[') => {
                let start = cursor.at();
                cursor.array(|cursor| {
                    self.has_tools = true;
                    cursor.skip()
                })?;
                let span = start..cursor.at();
                self.input_bytes += span.len();
                match name {
                    "tools" => self.prompt.tools = span,
                    _ => self.prompt.functions = span,
                }
            }
            _ => return Err(HeadError::wrong(name, "an array")),
        }
        Ok(())
    }

    fn stream_options(&mut self, cursor: &mut Cursor<'b>) -> Result<(), HeadError> {
        let mut include_usage = None;
        let mut kind = OptionsKind::Empty;
        let first = cursor.peek();
        let start = cursor.at();
        match first {
            Some(b'n') => {
                cursor.skip()?;
                kind = OptionsKind::Null;
            }
            Some(b'{') => cursor.object(|cursor, key| {
                if &*key.name() != b"include_usage" {
                    cursor.skip()?;
                    if kind == OptionsKind::Empty {
                        kind = OptionsKind::Others;
                    }
                    return Ok(());
                }
                if matches!(kind, OptionsKind::Given(_)) {
                    let message =
                        "`stream_options.include_usage` is given more than once".to_owned();
                    return Err(HeadError { param: Some("stream_options"), message });
                }
                cursor.peek();
                let value = cursor.at();
                include_usage = optional_bool(cursor, "stream_options.include_usage")?;
                kind = OptionsKind::Given(value..cursor.at());
                Ok(())
            })?,
            _ => return Err(HeadError::wrong("stream_options", "an object")),
        }
        self.stream_options = Some(StreamOptions { span: start..cursor.at(), include_usage, kind });
        Ok(())
    }
}

/// One message: validated, and looked at for images.
fn message(cursor: &mut Cursor<'_>, has_images: &mut bool) -> Result<(), Fault> {
    if cursor.peek() != Some(b'{') {
        return cursor.skip();
    }
    cursor.object(|cursor, key| {
        if &*key.name() == b"content" && cursor.peek() == Some(b'[') {
            cursor.array(|cursor| part(cursor, has_images))
        } else {
            cursor.skip()
        }
    })
}

/// One part of a message's content.
fn part(cursor: &mut Cursor<'_>, has_images: &mut bool) -> Result<(), Fault> {
    if cursor.peek() != Some(b'{') {
        return cursor.skip();
    }
    cursor.object(|cursor, key| {
        if &*key.name() == b"type" && cursor.peek() == Some(b'"') {
            let kind = cursor.text()?.name();
            *has_images |= matches!(&*kind, b"image_url" | b"input_image");
            return Ok(());
        }
        cursor.skip()
    })
}

fn optional_bool(cursor: &mut Cursor<'_>, name: &'static str) -> Result<Option<bool>, HeadError> {
    match cursor.raw()? {
        b"true" => Ok(Some(true)),
        b"false" => Ok(Some(false)),
        b"null" => Ok(None),
        _ => Err(HeadError::wrong(name, "true or false")),
    }
}

fn optional_whole(cursor: &mut Cursor<'_>, name: &'static str) -> Result<Option<u64>, HeadError> {
    match cursor.raw()? {
        b"null" => Ok(None),
        raw => {
            whole(raw).map(Some).ok_or_else(|| HeadError::wrong(name, "a whole number from 0 on"))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
