//! Content blocks of messages, from the caller's parts.

use super::names::{CallIds, DocumentNames};
use super::vendor::Vendor;
use super::{BEDROCK, CLAUDE, tools};
use crate::loss::Losses;
use crate::reply::Citation;
use crate::request::{
    Content, File, Media, Message, Opaque, Part, Request, Source, Thought, ToolCall, ToolResult,
    Turn,
};
use serde_json::{Map, Value, json};

/// Formats of pictures.
const IMAGES: &[(&str, &str)] = &[
    ("image/png", "png"),
    ("image/jpeg", "jpeg"),
    ("image/jpg", "jpeg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
];

/// Formats of sound.
const AUDIO: &[(&str, &str)] = &[
    ("audio/mpeg", "mp3"),
    ("audio/mp3", "mp3"),
    ("audio/wav", "wav"),
    ("audio/x-wav", "wav"),
    ("audio/opus", "opus"),
    ("audio/aac", "aac"),
    ("audio/flac", "flac"),
    ("audio/mp4", "mp4"),
    ("audio/m4a", "m4a"),
    ("audio/ogg", "ogg"),
    ("audio/webm", "webm"),
    ("audio/pcm", "pcm"),
    ("audio/pcm16", "pcm"),
];

/// Formats of documents.
const DOCUMENTS: &[(&str, &str)] = &[
    ("application/pdf", "pdf"),
    ("text/csv", "csv"),
    ("application/msword", "doc"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("text/html", "html"),
    ("text/plain", "txt"),
    ("text/markdown", "md"),
];

/// Writes blocks.
#[derive(Debug)]
pub(super) struct Blocks<'w> {
    pub(super) request: &'w Request,
    vendor: Vendor,
    ids: CallIds<'w>,
    documents: DocumentNames,
    losses: &'w mut Losses,
    /// The messages of the unfinished tool loop.
    unfinished: &'w [Message],
    /// The message being written is one of them.
    in_loop: bool,
}

impl<'w> Blocks<'w> {
    pub(super) fn new(request: &'w Request, vendor: Vendor, losses: &'w mut Losses) -> Self {
        let ids = CallIds::of(request);
        let unfinished = request.messages.get(request.tool_loop_from()..).unwrap_or_default();
        let documents = DocumentNames::default();
        Self { request, vendor, ids, documents, losses, unfinished, in_loop: false }
    }

    /// All of a message's.
    pub(super) fn of(&mut self, message: &Message) -> Vec<Value> {
        if message.name.is_some() {
            self.losses.lose(format!("{}.name", message.at), "has no place in Converse");
        }
        self.in_loop = self.unfinished.as_ptr_range().contains(&std::ptr::from_ref(message));
        let mut blocks = Vec::new();
        for part in &message.parts {
            if message.role.is_instruction() && !matches!(part.content, Content::Text(..)) {
                self.losses
                    .lose(&part.at, "is not text, and instructions are only text in Converse");
                continue;
            }
            let block = self.block(part);
            let point = block.as_ref().and(cache_point(part.cache.as_ref()));
            blocks.extend(block);
            blocks.extend(point);
        }
        blocks
    }

    /// Bedrock refuses conversations that the model begins.
    pub(super) fn must_not_begin(&mut self, turn: &Turn<'_>) {
        if let Some(message) = turn.messages.first() {
            self.losses.lose(
                format!("{}.role", message.at),
                "is the assistant's, and a conversation in Converse begins with the user",
            );
        }
    }

    /// Earlier versions of Claude take instructions only in front of the conversation.
    pub(super) fn must_lead(&mut self, turn: &Turn<'_>) {
        for message in &turn.messages {
            let why = "is an instruction within the conversation, which this model does not take";
            self.losses.lose(format!("{}.role", message.at), why);
        }
    }

    /// None for what is lost, and for blank text, which says nothing and Bedrock refuses.
    fn block(&mut self, part: &Part) -> Option<Value> {
        match &part.content {
            Content::Text(text, citations) => said(text, citations),
            Content::Refusal(text) => said(text, &[]),
            Content::Image(media) => self.image(&part.at, media),
            Content::Audio(media) => {
                let source = self.source(&part.at, &media.source, ("sound", AUDIO))?;
                Some(json!({ "audio": source }))
            }
            Content::File(file) => self.document(&part.at, file),
            Content::ToolCall(call) => self.tool_use(&part.at, call),
            Content::ToolResult(result) => Some(self.tool_result(result)),
            Content::Thought(thought) => self.thought(&part.at, thought),
            Content::Other(kind, value) if kind == "search_result" => Some(search_result(value)),
            Content::Other(kind, _) => {
                self.losses.lose(
                    &part.at,
                    format!("is of the kind `{kind}`, which Converse does not have"),
                );
                None
            }
        }
    }

    fn image(&mut self, at: &str, media: &Media) -> Option<Value> {
        if media.detail.as_deref().is_some_and(|it| it != "auto") {
            self.losses.hint(format!("{at}.detail"));
        }
        let source = self.source(at, &media.source, ("picture", IMAGES))?;
        Some(json!({ "image": source }))
    }

    /// `{format, source}` of bytes in the request or in Amazon S3, which are the only places Converse reads from.
    fn source(
        &mut self,
        at: &str,
        source: &Source,
        (what, formats): (&str, &[(&str, &str)]),
    ) -> Option<Value> {
        match source {
            Source::Base64 { media_type, data } => {
                let Some(format) = named(formats, media_type) else {
                    self.losses.lose(
                        at,
                        format!(
                            "is a {what} of the type `{media_type}`, which Converse does not take"
                        ),
                    );
                    return None;
                };
                Some(json!({ "format": format, "source": { "bytes": data } }))
            }
            Source::Url(url) if url.starts_with("s3://") => {
                let ending = url.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
                let ending = if ending == "jpg" { "jpeg" } else { ending.as_str() };
                if formats.iter().any(|(_, it)| *it == ending) {
                    return Some(
                        json!({ "format": ending, "source": { "s3Location": { "uri": url } } }),
                    );
                }
                self.losses
                    .lose(at, format!("does not end in a format of a {what} that Converse takes"));
                None
            }
            Source::Url(_) => {
                self.losses.lose(
                    at,
                    "is a URL, which Converse does not fetch: send the bytes, or an s3:// URL",
                );
                None
            }
            Source::Id(_) => {
                self.losses.lose(at, "is stored at another provider: send the bytes");
                None
            }
            Source::Text(_) => {
                self.losses.lose(at, format!("is text, and a {what} is wanted"));
                None
            }
        }
    }

    fn document(&mut self, at: &str, file: &File) -> Option<Value> {
        let mut block = match &file.source {
            Source::Text(text) => json!({ "format": "txt", "source": { "text": text } }),
            other => self.source(at, other, ("document", DOCUMENTS))?,
        };
        let format = block.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, same) = self.documents.name(file.name.as_deref(), &format);
        if !same {
            self.losses.hint(format!("{at}.filename"));
        }
        let members = block.as_object_mut()?;
        members.insert("name".to_owned(), json!(name));
        if let Some(context) = &file.context {
            members.insert("context".to_owned(), json!(context));
        }
        if file.citations {
            members.insert("citations".to_owned(), json!({ "enabled": true }));
        }
        Some(json!({ "document": block }))
    }

    fn tool_use(&mut self, at: &str, call: &ToolCall) -> Option<Value> {
        if self.in_loop && call.opaque.as_ref().is_some_and(|it| !self.is_own(it)) {
            self.losses.lose(at, "carries another provider's signature, which Converse cannot use");
        }
        tools::check_name(&call.name, at, self.losses);
        let Some(input) = tools::arguments(&call.arguments) else {
            self.losses.lose(at, "has arguments that are not a JSON object");
            return None;
        };
        let id = self.ids.get(&call.id);
        Some(json!({ "toolUse": { "toolUseId": id, "name": call.name, "input": input } }))
    }

    fn tool_result(&mut self, result: &ToolResult) -> Value {
        let content: Vec<Value> =
            result.parts.iter().filter_map(|it| self.result_part(it)).collect();
        let mut block = json!({ "toolUseId": self.ids.get(&result.call_id), "content": content });
        if let Some(members) = block.as_object_mut().filter(|_| result.is_error) {
            members.insert("status".to_owned(), json!("error"));
        }
        json!({ "toolResult": block })
    }

    fn result_part(&mut self, part: &Part) -> Option<Value> {
        match &part.content {
            Content::Text(text, _) => Some(json!({ "text": text })),
            Content::Image(media) => self.image(&part.at, media),
            Content::File(file) => self.document(&part.at, file),
            _ => {
                self.losses.lose(&part.at, "is not something Converse takes as a tool's result");
                None
            }
        }
    }

    /// Reasoning goes back where its signature is understood. Text alone does not: nobody vouches for it, and Bedrock's
    /// models refuse it or take it for their answer.
    fn thought(&mut self, at: &str, thought: &Thought) -> Option<Value> {
        let opaque = thought.opaque.as_ref()?;
        if !self.is_own(opaque) {
            if self.in_loop {
                self.losses.lose(at, "is another provider's reasoning, which Converse cannot read");
            }
            return None;
        }
        let content = if opaque.encrypted {
            json!({ "redactedContent": opaque.data })
        } else {
            json!({ "reasoningText": { "text": thought.text, "signature": opaque.data } })
        };
        Some(json!({ "reasoningContent": content }))
    }

    /// What Anthropic encrypted goes back to Anthropic only: whether Converse writes the same bytes is not documented.
    fn is_own(&self, opaque: &Opaque) -> bool {
        match opaque.family.as_str() {
            BEDROCK => true,
            CLAUDE => self.vendor == Vendor::Claude && !opaque.encrypted,
            _ => false,
        }
    }
}

/// Text, with what it cites.
fn said(text: &str, citations: &[Citation]) -> Option<Value> {
    if text.trim().is_empty() {
        return None;
    }
    let citations: Vec<Value> = citations.iter().filter_map(citation).collect();
    if citations.is_empty() {
        return Some(json!({ "text": text }));
    }
    Some(json!({ "citationsContent": { "content": [{ "text": text }], "citations": citations } }))
}

/// Converse's own as it was; another format's as far as it has words for it.
fn citation(citation: &Citation) -> Option<Value> {
    let raw = &citation.raw;
    if raw.get("location").is_some() || raw.get("sourceContent").is_some() {
        return Some(raw.clone());
    }
    let mut members = Map::new();
    if let Some(title) = &citation.title {
        members.insert("title".to_owned(), json!(title));
    }
    if let Some(quote) = &citation.quote {
        members.insert("sourceContent".to_owned(), json!([{ "text": quote }]));
    }
    if let Some(url) = &citation.url {
        members.insert("location".to_owned(), json!({ "web": { "url": url } }));
    }
    (!members.is_empty()).then(|| Value::Object(members))
}

/// Anthropic's search result, whose members are Converse's but for their kinds.
fn search_result(value: &Value) -> Value {
    let texts = value.get("content").and_then(Value::as_array).into_iter().flatten();
    let content: Vec<Value> =
        texts.filter_map(|it| it.get("text")).map(|it| json!({ "text": it })).collect();
    let mut result = json!({
        "source": value.get("source"),
        "title": value.get("title"),
        "content": content,
    });
    let citations = value.get("citations").filter(|it| !it.is_null());
    if let (Some(citations), Some(members)) = (citations, result.as_object_mut()) {
        members.insert("citations".to_owned(), citations.clone());
    }
    json!({ "searchResult": result })
}

/// Anthropic's `cache_control` as Converse writes it: a block after what is cached.
pub(super) fn cache_point(cache: Option<&Value>) -> Option<Value> {
    let mut point = json!({ "type": "default" });
    if let (Some(ttl), Some(members)) = (cache?.get("ttl"), point.as_object_mut()) {
        members.insert("ttl".to_owned(), ttl.clone());
    }
    Some(json!({ "cachePoint": point }))
}

fn named<'f>(formats: &[(&str, &'f str)], media_type: &str) -> Option<&'f str> {
    let bare = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    formats.iter().find(|(it, _)| *it == bare).map(|(_, format)| *format)
}

/// The type of a document of this format.
pub(super) fn media_type(format: &str) -> &'static str {
    let known = DOCUMENTS.iter().find(|(_, it)| *it == format);
    known.map_or("application/octet-stream", |(media_type, _)| media_type)
}
