//! The conversation as input items.

use super::{FAMILY, reasoning};
use crate::loss::Losses;
use crate::reading::data_url;
use crate::request::{
    Content, File, Media, Message, Part, Request, Role, Source, Thought, ToolCall, ToolResult,
};
use chat::Format;
use serde_json::{Map, Value, json};

/// Writes messages as items.
#[derive(Debug)]
pub(super) struct Items<'r> {
    request: &'r Request,
    losses: &'r mut Losses,
    out: Vec<Value>,
    /// The message stands in the unfinished tool loop.
    in_loop: bool,
}

impl<'r> Items<'r> {
    pub(super) fn of(request: &'r Request, losses: &'r mut Losses) -> Vec<Value> {
        let loop_from = request.tool_loop_from();
        let mut items = Self { request, losses, out: Vec::new(), in_loop: false };
        for (n, message) in request.messages.iter().enumerate() {
            items.in_loop = n >= loop_from;
            items.message(message);
        }
        items.out
    }

    fn message(&mut self, message: &Message) {
        if message.name.is_some() {
            self.losses.lose(format!("{}.name", message.at), "is not something Responses take");
        }
        let mut words = Vec::new();
        for part in &message.parts {
            if part.cache.is_some() {
                self.losses.hint(format!("{}.cache_control", part.at));
            }
            match &part.content {
                Content::Thought(thought) => {
                    self.words(message.role, &mut words);
                    self.thought(part, thought);
                }
                Content::ToolCall(call) => {
                    self.words(message.role, &mut words);
                    self.call(part, call);
                }
                Content::ToolResult(result) => {
                    self.words(message.role, &mut words);
                    self.result(part, result);
                }
                _ => words.extend(self.word(message.role, part)),
            }
        }
        self.words(message.role, &mut words);
    }

    /// What has been said so far, as a message item.
    fn words(&mut self, role: Role, words: &mut Vec<Value>) {
        let role = match role {
            Role::System => "system",
            Role::Developer => "developer",
            Role::User | Role::Tool => "user",
            Role::Assistant => "assistant",
        };
        if !words.is_empty() {
            let content = std::mem::take(words);
            self.out.push(json!({"type": "message", "role": role, "content": content}));
        }
    }

    /// Encrypted reasoning goes back to where it came from. What another provider signed is lost in an unfinished tool
    /// loop only; text alone says nothing here.
    fn thought(&mut self, part: &Part, thought: &Thought) {
        match &thought.opaque {
            Some(it) if it.family == FAMILY => self.out.push(reasoning::write(thought, "")),
            Some(_) if self.in_loop => self.losses.lose(
                &part.at,
                "is reasoning signed by another provider, which this one cannot continue from",
            ),
            None if self.in_loop => self.losses.hint(&part.at),
            _ => {}
        }
    }

    fn call(&mut self, part: &Part, call: &ToolCall) {
        if call.opaque.is_some() && self.in_loop {
            let why = "is signed by another provider, which this one cannot continue from";
            self.losses.lose(&part.at, why);
        }
        let arguments = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
        self.out.push(json!({
            "type": "function_call",
            "call_id": call.id,
            "name": call.name,
            "arguments": arguments,
        }));
    }

    fn result(&mut self, part: &Part, result: &ToolResult) {
        if result.is_error {
            self.losses.hint(format!("{}.is_error", part.at));
        }
        let mut parts = Vec::new();
        for part in &result.parts {
            parts.extend(self.word(Role::User, part));
        }
        let text = |it: &Value| it.get("text").and_then(Value::as_str).map(str::to_owned);
        let output = match parts.as_slice() {
            [] => json!(""),
            [one] if text(one).is_some() => json!(text(one)),
            _ => json!(parts),
        };
        self.out.push(json!({
            "type": "function_call_output",
            "call_id": result.call_id,
            "output": output,
        }));
    }

    /// A part of a message.
    fn word(&mut self, role: Role, part: &Part) -> Option<Value> {
        let is_output = role == Role::Assistant;
        let written = match &part.content {
            Content::Text(text, _) if is_output => {
                Ok(json!({"type": "output_text", "text": text, "annotations": []}))
            }
            Content::Text(text, _) => Ok(json!({"type": "input_text", "text": text})),
            Content::Refusal(text) if is_output => Ok(json!({"type": "refusal", "refusal": text})),
            Content::Refusal(text) => Ok(json!({"type": "input_text", "text": text})),
            Content::Image(image) if !is_output => self.image(image),
            Content::File(file) if !is_output => self.file(part, file),
            Content::Image(_) | Content::File(_) => {
                Err("stands in an answer, where Responses have only words".to_owned())
            }
            Content::Audio(_) => Err("is audio, which Responses do not take".to_owned()),
            Content::Other(kind, _) => {
                Err(format!("is of the type `{kind}`, which Responses do not have"))
            }
            Content::ToolCall(_) | Content::ToolResult(_) | Content::Thought(_) => {
                Err("stands where Responses have no place for it".to_owned())
            }
        };
        written.map_err(|why| self.losses.lose(&part.at, why)).ok()
    }

    fn image(&self, image: &Media) -> Result<Value, String> {
        let mut object = Map::new();
        object.insert("type".to_owned(), json!("input_image"));
        // The format wants a detail; this is what is so without one.
        let detail = image.detail.as_deref().unwrap_or("auto");
        object.insert("detail".to_owned(), json!(detail));
        let (name, value) = match &image.source {
            Source::Url(url) => ("image_url", url.clone()),
            Source::Base64 { media_type, data } => ("image_url", data_url(media_type, data)),
            Source::Id(id) if self.is_openai() => ("file_id", id.clone()),
            Source::Id(_) | Source::Text(_) => {
                return Err("is stored at another provider".to_owned());
            }
        };
        object.insert(name.to_owned(), json!(value));
        Ok(Value::Object(object))
    }

    fn file(&mut self, part: &Part, file: &File) -> Result<Value, String> {
        if file.context.is_some() {
            let at = format!("{}.context", part.at);
            self.losses.lose(at, "is not something Responses take");
        }
        if file.citations {
            let at = format!("{}.citations", part.at);
            self.losses.lose(at, "is not something Responses take");
        }
        let mut object = Map::new();
        object.insert("type".to_owned(), json!("input_file"));
        object.extend(file.name.as_ref().map(|it| ("filename".to_owned(), json!(it))));
        let (name, value) = match &file.source {
            Source::Url(url) => ("file_url", url.clone()),
            Source::Base64 { media_type, data } => ("file_data", data_url(media_type, data)),
            Source::Id(id) if self.is_openai() => ("file_id", id.clone()),
            Source::Id(_) => return Err("is stored at another provider".to_owned()),
            Source::Text(_) => {
                return Err(
                    "is a document of plain text, which Responses do not take as a file".to_owned()
                );
            }
        };
        object.insert(name.to_owned(), json!(value));
        Ok(Value::Object(object))
    }

    /// Ids of files in chat completions and here are of the same store.
    fn is_openai(&self) -> bool {
        matches!(self.request.origin, Format::Chat | Format::Responses)
    }
}
