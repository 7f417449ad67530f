//! Replies: a plain one is a stream of one chunk.

use super::{FAMILY, grounding::Sources, made_id};
use crate::event::{Begin, Delta, Event, StreamDecoder};
use crate::fold::Fold;
use crate::reply::{Broken, Finish, Reply};
use crate::request::{Content, File, Media, Opaque, Source};
use serde_json::{Map, Value, json};

/// Why an answer ended, by Gemini's word.
fn finish(reason: &str, called: bool) -> Finish {
    match reason {
        "STOP" if called => Finish::ToolCalls,
        "STOP" => Finish::Stop,
        // A continuation would need a token that other formats have no place for.
        "MAX_TOKENS" | "CONTINUATION" => Finish::Length,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "MODEL_ARMOR"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => Finish::ContentFilter,
        // LANGUAGE, OTHER, MALFORMED_FUNCTION_CALL, UNEXPECTED_TOOL_CALL, TOO_MANY_TOOL_CALLS, NO_IMAGE, …
        other => Finish::Other(other.to_owned()),
    }
}

/// Reads a complete reply.
pub(crate) fn read_reply(body: &Map<String, Value>) -> Result<Reply, Broken> {
    let mut fold = Fold::default();
    let mut failed = None;
    let mut decoder = Decoder::default();
    decoder.chunk(body, &mut |event| match event {
        Event::Error { message, .. } => failed = Some(message),
        event => fold.event(event),
    });
    if let Some(message) = failed {
        return Err(Broken(message));
    }
    if decoder.reason.is_none() && !decoder.has_candidate {
        return Err(Broken::new("has neither a candidate nor a reason why there is none"));
    }
    decoder.close(&mut |event| fold.event(event));
    Ok(fold.reply())
}

/// Reads a stream of server-sent events, each a whole `GenerateContentResponse`.
///
/// The reason and the sources are told at the end of the stream: older models give a reason in every chunk, and
/// sources refer to the text as a whole.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    started: bool,
    has_candidate: bool,
    open: Open,
    /// Of the open text.
    signature: Option<String>,
    text: String,
    sources: Sources,
    logprobs: Vec<Value>,
    calls: usize,
    response: Option<String>,
    reason: Option<String>,
    usage: Option<Value>,
}

/// The part that is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    Text,
    Thought,
}

type Each<'e> = &'e mut dyn FnMut(Event);

impl StreamDecoder for Decoder {
    fn frame(&mut self, _name: Option<&str>, data: &[u8], each: Each<'_>) -> Result<(), Broken> {
        let chunk: Value = serde_json::from_slice(data)
            .map_err(|error| Broken::new(format!("has a chunk that is not JSON: {error}")))?;
        // An error may come as a list of one.
        let chunk = match &chunk {
            Value::Array(list) => list.first().unwrap_or(&Value::Null),
            other => other,
        };
        let chunk =
            chunk.as_object().ok_or_else(|| Broken::new("has a chunk that is no object"))?;
        self.chunk(chunk, each);
        Ok(())
    }

    fn finish(&mut self, each: Each<'_>) -> Result<(), Broken> {
        if self.reason.is_none() {
            return Err(Broken::new("ended without saying why the answer ends there"));
        }
        self.close(each);
        Ok(())
    }
}

impl Decoder {
    fn chunk(&mut self, chunk: &Map<String, Value>, each: Each<'_>) {
        if let Some(error) = chunk.get("error") {
            each(failure(error));
            return;
        }
        if !self.started {
            self.started = true;
            self.response = string(chunk.get("responseId"));
            each(Event::Start {
                id: self.response.clone(),
                model: string(chunk.get("modelVersion")),
            });
        }
        if let Some(candidate) = first(chunk.get("candidates")) {
            self.candidate(candidate, each);
        }
        // A prompt that is blocked has no candidates.
        if chunk.get("promptFeedback").is_some_and(|it| it.get("blockReason").is_some()) {
            self.reason.get_or_insert_with(|| "SAFETY".to_owned());
        }
        self.account(chunk.get("usageMetadata"), each);
    }

    fn candidate(&mut self, candidate: &Value, each: Each<'_>) {
        self.has_candidate = true;
        let parts = candidate.pointer("/content/parts").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            self.part(part, each);
        }
        self.sources.note(candidate);
        if let Some(result) = candidate.get("logprobsResult") {
            self.logprobs.extend(logprobs(result));
        }
        if self.open == Open::Text && !self.logprobs.is_empty() {
            each(Event::Delta(Delta::Logprobs(std::mem::take(&mut self.logprobs))));
        }
        if let Some(reason) = string(candidate.get("finishReason")) {
            self.reason = Some(reason);
        }
    }

    fn part(&mut self, part: &Value, each: Each<'_>) {
        let signature = string(part.get("thoughtSignature")).filter(|it| !it.is_empty());
        if let Some(text) = part.get("text").and_then(Value::as_str) {
            if part.get("thought").and_then(Value::as_bool) == Some(true) {
                self.thought(text, signature, each);
            } else {
                self.words(text, signature, each);
            }
            return;
        }
        if let Some(call) = part.get("functionCall") {
            self.close_part(each);
            self.call(call, signature, each);
        } else if let Some(content) = whole(part) {
            self.close_part(each);
            each(Event::Begin(Begin::Whole(content)));
            each(Event::End);
            self.bare(signature, each);
        } else {
            self.bare(signature, each);
        }
    }

    fn words(&mut self, text: &str, signature: Option<String>, each: Each<'_>) {
        if !text.is_empty() {
            // What follows a signed text is another text.
            if self.open != Open::Text || self.signature.is_some() {
                self.close_part(each);
                each(Event::Begin(Begin::Text));
                self.open = Open::Text;
            }
            self.text.push_str(text);
            each(Event::Delta(Delta::Text(text.to_owned())));
        }
        match self.open {
            Open::Text if self.signature.is_none() => self.signature = signature,
            _ => self.bare(signature, each),
        }
    }

    fn thought(&mut self, text: &str, signature: Option<String>, each: Each<'_>) {
        if self.open != Open::Thought {
            self.close_part(each);
            each(Event::Begin(Begin::Thought { is_summary: true, id: None }));
            self.open = Open::Thought;
        }
        if !text.is_empty() {
            each(Event::Delta(Delta::Text(text.to_owned())));
        }
        if let Some(data) = signature {
            each(Event::Delta(Delta::Opaque(opaque(data, false))));
            each(Event::End);
            self.open = Open::Nothing;
        }
    }

    fn call(&mut self, call: &Value, signature: Option<String>, each: Each<'_>) {
        let id = string(call.get("id")).filter(|it| !it.is_empty());
        let id = id.unwrap_or_else(|| made_id(self.response.as_deref(), self.calls));
        self.calls += 1;
        let name = string(call.get("name")).unwrap_or_default();
        each(Event::Begin(Begin::ToolCall { id, name }));
        let arguments = call.get("args").filter(|it| !it.is_null());
        let arguments = arguments.map_or_else(|| "{}".to_owned(), Value::to_string);
        each(Event::Delta(Delta::Arguments(arguments)));
        if let Some(data) = signature {
            each(Event::Delta(Delta::Opaque(opaque(data, false))));
        }
        each(Event::End);
    }

    /// A signature that stands on nothing a call or thought could carry it on.
    fn bare(&mut self, signature: Option<String>, each: Each<'_>) {
        let Some(data) = signature else { return };
        self.close_part(each);
        each(Event::Begin(Begin::Thought { is_summary: true, id: None }));
        each(Event::Delta(Delta::Opaque(opaque(data, true))));
        each(Event::End);
    }

    /// Ends the open part, with what was held back for its end.
    fn close_part(&mut self, each: Each<'_>) {
        if self.open == Open::Nothing {
            return;
        }
        if self.open == Open::Text {
            self.sources.tell(&self.text, each);
            self.text.clear();
        }
        self.open = Open::Nothing;
        each(Event::End);
        let signature = self.signature.take();
        self.bare(signature, each);
    }

    /// Usage of chunks grows; only what is new is told.
    fn account(&mut self, usage: Option<&Value>, each: Each<'_>) {
        let Some(usage) = usage.filter(|it| self.usage.as_ref() != Some(it)) else { return };
        let read = chat::Reported::read_as(chat::Format::Gemini, usage.to_string().as_bytes());
        self.usage = Some(usage.clone());
        if let Some(reported) = read {
            each(Event::Usage(reported));
        }
    }

    fn close(&mut self, each: Each<'_>) {
        if self.open != Open::Text && self.sources.are_left() {
            self.close_part(each);
            each(Event::Begin(Begin::Text));
            self.open = Open::Text;
        }
        self.close_part(each);
        if let Some(reason) = &self.reason {
            each(Event::Finish(finish(reason, self.calls > 0)));
        }
    }
}

fn opaque(data: String, encrypted: bool) -> Opaque {
    Opaque { family: FAMILY.to_owned(), data, encrypted }
}

/// Parts that come in one piece.
fn whole(part: &Value) -> Option<Content> {
    if let Some(data) = part.get("inlineData") {
        let media_type = string(data.get("mimeType")).unwrap_or_default();
        let source = Source::Base64 {
            media_type: media_type.clone(),
            data: string(data.get("data")).unwrap_or_default(),
        };
        return Some(match media_type.split('/').next() {
            Some("image") => Content::Image(Media { source, detail: None }),
            Some("audio") => Content::Audio(Media { source, detail: None }),
            _ => Content::File(File { source, name: None, context: None, citations: false }),
        });
    }
    let kind = ["executableCode", "codeExecutionResult", "fileData", "toolCall", "toolResponse"]
        .into_iter()
        .find(|it| part.get(it).is_some())?;
    Some(Content::Other(kind.to_owned(), part.clone()))
}

/// Tokens in the form of chat completions. Gemini tells a token's text, not its bytes.
fn logprobs(result: &Value) -> Vec<Value> {
    let list = |name: &str| result.get(name).and_then(Value::as_array).into_iter().flatten();
    let mut alternatives = list("topCandidates");
    let token = |it: &Value| {
        let (token, logprob) = (it.get("token"), it.get("logProbability"));
        json!({ "token": token.unwrap_or(&json!("")), "logprob": logprob.unwrap_or(&json!(0)), "bytes": null })
    };
    let element = |chosen: &Value| {
        let others = alternatives.next().and_then(|it| it.get("candidates"));
        let others = others.and_then(Value::as_array).into_iter().flatten();
        let mut element = token(chosen);
        if let Some(members) = element.as_object_mut() {
            members.insert("top_logprobs".to_owned(), others.map(token).collect());
        }
        element
    };
    list("chosenCandidates").map(element).collect()
}

fn failure(error: &Value) -> Event {
    let message = string(error.get("message")).unwrap_or_else(|| error.to_string());
    Event::Error { message, kind: string(error.get("status")) }
}

fn first(list: Option<&Value>) -> Option<&Value> {
    list.and_then(Value::as_array).and_then(|it| it.first())
}

fn string(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(ToOwned::to_owned)
}
