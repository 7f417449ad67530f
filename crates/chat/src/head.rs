//! The one scan of a request: everything routing, limits and pricing want to know about a body,
//! without building it. Members it does not know are validated as JSON and left alone.

mod fields;
mod parts;
mod wants;

use crate::format::Format;
use crate::glance::Glance;
use crate::json::{Cursor, Fault, Text, whole};
use crate::prompt::Prompt;
use fields::{Member, fields};
use parts::Parts;
use std::borrow::Cow;
use std::ops::Range;

/// What one scan of a request finds.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a request")]
pub struct Head<'b> {
    /// What the request is written in.
    pub format: Format,
    /// The model asked for.
    pub model: Cow<'b, str>,
    /// Byte range of the `model` value in the body, quotes included.
    pub model_span: Range<usize>,
    /// `stream`; absent and `null` are false.
    pub stream: bool,
    /// `stream_options`, when the member is there at all.
    pub stream_options: Option<StreamOptions>,
    /// The most output asked for: `max_completion_tokens`, else `max_tokens` (chat); `max_output_tokens` (Responses); `max_tokens`
    /// (Messages, Cohere).
    pub max_output_tokens: Option<u64>,
    /// `tools` (or the older `functions`) is a list with something in it.
    pub has_tools: bool,
    /// Some tool is one that the caller runs itself: of type `function` or `custom`, or of none.
    pub has_functions: bool,
    /// Some message has an image in it: a content part of type `image_url`, `input_image` or (Messages) `image`.
    pub has_images: bool,
    /// Some message has sound in it: a content part of type `input_audio`.
    pub has_audio: bool,
    /// Some message has a file in it: a content part of type `file`, `input_file` or (Messages) `document`.
    pub has_files: bool,
    /// JSON of a given schema is asked for: `response_format` (chat), `text.format` (Responses) or `output_config.format` (Messages)
    /// of type `json_schema`.
    pub wants_schema: bool,
    /// The member that sets how much to reason, and not to nothing: `reasoning_effort`, `reasoning` or `thinking` (chat), `reasoning`
    /// (Responses), `thinking` or `output_config` (Messages).
    pub sets_reasoning: Option<&'static str>,
    /// Number of elements of `messages` or `input`; a text counts as one.
    pub message_count: u64,
    /// Bytes of what the model reads, as JSON (messages, instructions, tools); [`Head::input_tokens`] is made of it.
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

impl<'b> Head<'b> {
    /// Of a body that is passed through unread, as far as it told at a glance. All of it counts as text that is read.
    #[must_use]
    pub fn unread(
        format: Format,
        model: Cow<'b, str>,
        glance: &Glance<'_>,
        body_bytes: usize,
    ) -> Self {
        Self {
            format,
            model,
            model_span: 0..0,
            stream: glance.stream,
            stream_options: None,
            max_output_tokens: glance.max_output_tokens,
            has_tools: false,
            has_functions: false,
            has_images: false,
            has_audio: false,
            has_files: false,
            wants_schema: false,
            sets_reasoning: None,
            message_count: 0,
            input_bytes: u64::try_from(body_bytes).unwrap_or(u64::MAX),
            prompt: Prompt {
                format: Format::Embeddings,
                messages: 0..body_bytes,
                ..Prompt::default()
            },
            choices: 1,
        }
    }

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

/// Why a body is not a request. The message is for the caller.
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

/// Scans a whole chat request once: [`scan_as`] for [`Format::Chat`].
///
/// # Errors
/// As [`scan_as`].
pub fn scan(body: &[u8]) -> Result<Head<'_>, HeadError> {
    scan_as(Format::Chat, body)
}

/// Scans a whole JSON body of this format once. Gemini and Converse name the model in the URL, so their bodies have no head.
///
/// # Errors
/// The body is not UTF-8, not JSON, not an object or nested deeper than 128 levels; a member this
/// scan reads stands there twice (escaped spellings count) or has the wrong type; `model` or what the model is to read
/// (`messages`; `input` of embeddings) is missing.
pub fn scan_as(format: Format, body: &[u8]) -> Result<Head<'_>, HeadError> {
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
    let mut draft = Draft::new(format);
    cursor.object(|cursor, key| draft.member(cursor, key))?;
    cursor.end()?;
    draft.finish()
}

/// A head in the making.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a request")]
struct Draft<'b> {
    format: Format,
    fields: &'static [(&'static str, Member)],
    /// A bit for each of the fields.
    seen: u16,
    model: Option<(Cow<'b, str>, Range<usize>)>,
    message_count: Option<u64>,
    stream: bool,
    stream_options: Option<StreamOptions>,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    n: Option<u64>,
    has_tools: bool,
    has_functions: bool,
    parts: Parts,
    wants_schema: bool,
    sets_reasoning: Option<&'static str>,
    input_bytes: usize,
    prompt: Prompt,
}

impl<'b> Draft<'b> {
    fn new(format: Format) -> Self {
        Self {
            format,
            fields: fields(format),
            seen: 0,
            model: None,
            message_count: None,
            stream: false,
            stream_options: None,
            max_tokens: None,
            max_completion_tokens: None,
            n: None,
            has_tools: false,
            has_functions: false,
            parts: Parts::default(),
            wants_schema: false,
            sets_reasoning: None,
            input_bytes: 0,
            prompt: Prompt { format, ..Prompt::default() },
        }
    }

    fn member(&mut self, cursor: &mut Cursor<'b>, key: Text<'b>) -> Result<(), HeadError> {
        let name = key.name();
        let known = self.fields.iter().zip(0_u32..).find(|((it, _), _)| it.as_bytes() == &*name);
        let Some((&(field, member), index)) = known else {
            return Ok(cursor.skip()?);
        };
        let bit = 1_u16 << index;
        if self.seen & bit != 0 {
            let message = format!("`{field}` is given more than once");
            return Err(HeadError { param: Some(field), message });
        }
        self.seen |= bit;
        match member {
            Member::Model => self.model(cursor)?,
            Member::Messages => self.messages(cursor, field)?,
            Member::Input => self.input(cursor, field)?,
            Member::System => self.system(cursor, field)?,
            Member::Stream => self.stream = optional_bool(cursor, field)?.unwrap_or_default(),
            Member::StreamOptions => self.stream_options(cursor)?,
            Member::MaxTokens => self.max_tokens = optional_whole(cursor, field)?,
            Member::MaxCompletionTokens => {
                self.max_completion_tokens = optional_whole(cursor, field)?;
            }
            Member::Choices => self.n = optional_whole(cursor, field)?,
            Member::Tools | Member::Functions => self.tools(cursor, field, member)?,
            Member::Shape => self.wants_schema |= wants::schema(cursor.raw()?),
            Member::Effort => self.reasons(field, cursor.raw()?),
            Member::Output => {
                let raw = cursor.raw()?;
                self.wants_schema |= wants::schema(raw);
                self.reasons(field, raw);
            }
        }
        Ok(())
    }

    fn reasons(&mut self, field: &'static str, raw: &[u8]) {
        if wants::reasoning(raw) {
            self.sets_reasoning = self.sets_reasoning.or(Some(field));
        }
    }

    fn finish(self) -> Result<Head<'b>, HeadError> {
        let missing = |param| HeadError {
            param: Some(param),
            message: format!("`{param}` is missing from the request body"),
        };
        let (model, model_span) = self.model.ok_or_else(|| missing("model"))?;
        let read = match self.format {
            // The prompt may be kept by the provider (`prompt`, `previous_response_id`, `conversation`).
            Format::Responses => self.message_count.unwrap_or_default(),
            Format::Embeddings => self.message_count.ok_or_else(|| missing("input"))?,
            _ => self.message_count.ok_or_else(|| missing("messages"))?,
        };
        Ok(Head {
            format: self.format,
            model,
            model_span,
            stream: self.stream,
            stream_options: self.stream_options,
            max_output_tokens: self.max_completion_tokens.or(self.max_tokens),
            has_tools: self.has_tools,
            has_functions: self.has_functions,
            has_images: self.parts.images,
            has_audio: self.parts.audio,
            has_files: self.parts.files,
            wants_schema: self.wants_schema,
            sets_reasoning: self.sets_reasoning,
            message_count: read,
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

    fn messages(&mut self, cursor: &mut Cursor<'b>, name: &'static str) -> Result<(), HeadError> {
        if cursor.peek() != Some(b'[') {
            return Err(HeadError::wrong(name, "an array"));
        }
        let start = cursor.at();
        let (mut count, format) = (0, self.format);
        cursor.array(|cursor| {
            count += 1;
            parts::message(cursor, format, &mut self.parts)
        })?;
        self.message_count = Some(count);
        self.prompt.messages = start..cursor.at();
        self.input_bytes += cursor.at() - start;
        Ok(())
    }

    /// `input`: a text, or a list of items or texts.
    fn input(&mut self, cursor: &mut Cursor<'b>, name: &'static str) -> Result<(), HeadError> {
        match cursor.peek() {
            Some(b'[') => self.messages(cursor, name),
            Some(b'"') => {
                let (_, span) = cursor.text_at()?;
                self.message_count = Some(1);
                self.input_bytes += span.len();
                self.prompt.messages = span;
                Ok(())
            }
            Some(b'n') if self.format == Format::Responses => Ok(cursor.skip()?),
            _ => Err(HeadError::wrong(name, "a string or an array")),
        }
    }

    /// Instructions that stand beside the messages: a text, or a list of blocks.
    fn system(&mut self, cursor: &mut Cursor<'b>, name: &'static str) -> Result<(), HeadError> {
        match cursor.peek() {
            Some(b'n') => return Ok(cursor.skip()?),
            Some(b'"' | b'[') => {}
            _ => return Err(HeadError::wrong(name, "a string or an array")),
        }
        let start = cursor.at();
        cursor.skip()?;
        self.prompt.system = start..cursor.at();
        self.input_bytes += cursor.at() - start;
        Ok(())
    }

    fn tools(
        &mut self,
        cursor: &mut Cursor<'b>,
        name: &'static str,
        member: Member,
    ) -> Result<(), HeadError> {
        match cursor.peek() {
            Some(b'n') => cursor.skip()?,
            Some(b'[') => {
                let start = cursor.at();
                cursor.array(|cursor| {
                    self.has_tools = true;
                    self.has_functions |= parts::is_function(cursor)?;
                    Ok::<(), Fault>(())
                })?;
                let span = start..cursor.at();
                self.input_bytes += span.len();
                match member {
                    Member::Functions => self.prompt.functions = span,
                    _ => self.prompt.tools = span,
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
