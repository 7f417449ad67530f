//! What one event of a stream means to a gateway: is it an answer yet, an error, the bill, the end.

mod native;

pub(crate) use native::of_response;

use crate::envelope;
use crate::finish::FinishReason;
use crate::format::Format;
use crate::json::{Cursor, Fault, is_filled};
use crate::usage::Reported;

/// What one event of a stream means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about an event")]
pub struct Chunk {
    /// Text, reasoning, tool call, audio, image, refusal or finish reason present: the first such
    /// event is the model's success. A delta with only a role or an empty text is not.
    pub meaningful: bool,
    /// A finish reason is present: a stream that ends after it is complete, `[DONE]` or not.
    pub finished: bool,
    /// Which, of the first answer.
    pub finish: Option<FinishReason>,
    /// Bytes of JSON of the answers in it (text, reasoning, tool calls, …), to estimate the output
    /// of a stream that ended before its usage came.
    pub content_bytes: u64,
    /// A non-null `error`: its JSON text (all of the event when that is itself an error object).
    pub error: Option<String>,
    /// The usage in it.
    pub usage: Option<Reported>,
    /// `choices` is empty and `usage` present: the event that `include_usage` adds.
    pub usage_only: bool,
    /// `[DONE]`, or what else ends a stream of its format: `response.completed` and `response.incomplete`, `message_stop`,
    /// `message-end`. Nothing ends a Gemini stream.
    pub done: bool,
    /// Neither empty, nor `[DONE]`, nor a JSON object.
    pub malformed: bool,
    /// `sequence_number` of a Responses event.
    pub sequence: Option<u64>,
    /// The id of the response, when a Responses stream names it for the first time (`response.created`).
    pub response_id: Option<String>,
}

/// The members of a delta that are an answer when there is something in them.
const ANSWERS: [&[u8]; 9] = [
    b"content",
    b"reasoning",
    b"reasoning_content",
    b"reasoning_details",
    b"tool_calls",
    b"function_call",
    b"audio",
    b"refusal",
    b"images",
];

/// Reads the data of an event of a chat stream, without building it.
#[must_use]
pub fn chunk(data: &[u8]) -> Chunk {
    chunk_as(Format::Chat, None, data)
}

/// Reads an event of a stream of this format, without building it. `name` is its `event` field, which says what it is where its
/// data does not.
#[must_use]
pub fn chunk_as(format: Format, name: Option<&str>, data: &[u8]) -> Chunk {
    let text = match data.trim_ascii() {
        b"" => return Chunk::default(),
        b"[DONE]" => return Chunk { done: true, ..Chunk::default() },
        text => text,
    };
    let name = name.unwrap_or_default();
    let chunk = match format {
        Format::Chat | Format::Embeddings | Format::GeminiEmbeddings | Format::CohereEmbeddings => {
            read(text)
        }
        Format::Responses => native::responses(name, text),
        Format::Messages => native::messages(name, text),
        Format::Gemini => native::gemini(text),
        Format::Converse => native::converse(name, text),
        Format::Cohere => native::cohere(name, text),
    };
    chunk.unwrap_or(Chunk { malformed: true, ..Chunk::default() })
}

fn read(text: &[u8]) -> Result<Chunk, Fault> {
    let mut chunk = Chunk::default();
    let found = envelope::read(text, |cursor| choice(cursor, &mut chunk))?;
    chunk.usage_only = found.choices == Some(0) && found.usage.is_some();
    chunk.error = found.error;
    chunk.usage = found.usage;
    Ok(chunk)
}

/// One element of `choices`.
fn choice(cursor: &mut Cursor<'_>, chunk: &mut Chunk) -> Result<(), Fault> {
    if cursor.peek() != Some(b'{') {
        return cursor.skip();
    }
    cursor.object(|cursor, key| match &*key.name() {
        b"delta" if cursor.peek() == Some(b'{') => cursor.object(|cursor, key| {
            let raw = cursor.raw()?;
            if ANSWERS.contains(&&*key.name()) {
                answer(raw, chunk);
            }
            Ok(())
        }),
        b"text" => {
            answer(cursor.raw()?, chunk);
            Ok(())
        }
        b"finish_reason" => {
            chunk.finish = chunk.finish.or(FinishReason::read(cursor.raw()?));
            chunk.finished |= chunk.finish.is_some();
            chunk.meaningful |= chunk.finished;
            Ok(())
        }
        _ => cursor.skip(),
    })
}

/// Notes a member that may hold a part of the answer.
fn answer(raw: &[u8], chunk: &mut Chunk) {
    if is_filled(raw) {
        chunk.meaningful = true;
        let bytes = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        chunk.content_bytes = chunk.content_bytes.saturating_add(bytes);
    }
}

#[cfg(test)]
mod tests;
