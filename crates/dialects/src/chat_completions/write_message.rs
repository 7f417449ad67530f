//! Messages for a provider.

use super::{VIA_CHAT, details};
use crate::loss::Losses;
use crate::reading::data_url;
use crate::request::{
    Content, File, Media, Message, Part, Request, Role, Source, Thought, ToolCall, ToolResult,
};
use chat::{Format, GivenBack};
use serde_json::{Map, Value, json};

pub(super) fn messages(
    request: &Request,
    given_back: GivenBack,
    losses: &mut Losses,
) -> Vec<Value> {
    let mut out = Vec::new();
    let loop_from = request.tool_loop_from();
    for (n, message) in request.messages.iter().enumerate() {
        let in_loop = n >= loop_from;
        let mut writer = Writer { request, losses, in_loop, given_back, out: &mut out };
        match message.role {
            Role::Assistant => writer.assistant(message),
            Role::System | Role::Developer | Role::User | Role::Tool => writer.said(message),
        }
    }
    out
}

#[derive(Debug)]
struct Writer<'w> {
    request: &'w Request,
    losses: &'w mut Losses,
    /// The message stands in the unfinished tool loop.
    in_loop: bool,
    given_back: GivenBack,
    out: &'w mut Vec<Value>,
}

impl Writer<'_> {
    /// Words of the caller's side; results of functions become messages of their own.
    fn said(&mut self, message: &Message) {
        let mut words = Vec::new();
        for part in &message.parts {
            self.cache(part);
            if let Content::ToolResult(result) = &part.content {
                self.flush(message, &mut words);
                let result = self.result(part, result);
                self.out.push(result);
            } else {
                words.extend(self.word(part));
            }
        }
        self.flush(message, &mut words);
    }

    /// Ends a message whose words have been gathered.
    fn flush(&mut self, message: &Message, words: &mut Vec<Value>) {
        if words.is_empty() {
            return;
        }
        let role = match message.role {
            // OpenAI takes either for the other, depending on the model; other providers know only `system`.
            Role::System | Role::Developer => "system",
            _ => "user",
        };
        let mut object = Map::new();
        object.insert("role".to_owned(), json!(role));
        object.extend(message.name.as_ref().map(|it| ("name".to_owned(), json!(it))));
        object.insert("content".to_owned(), content(std::mem::take(words)));
        self.out.push(Value::Object(object));
    }

    fn result(&mut self, part: &Part, result: &ToolResult) -> Value {
        let mut words = Vec::new();
        for part in &result.parts {
            self.cache(part);
            match &part.content {
                Content::Text(text, _) => words.push(json!({"type": "text", "text": text})),
                _ => self.losses.lose(
                    &part.at,
                    "is not text, and chat completions take only text as a function's result",
                ),
            }
        }
        // The text says what went wrong; the flag itself has no place.
        if result.is_error {
            self.losses.hint(format!("{}.is_error", part.at));
        }
        let content = if words.is_empty() { json!("") } else { content(words) };
        json!({"role": "tool", "tool_call_id": result.call_id, "content": content})
    }

    fn assistant(&mut self, message: &Message) {
        let (mut words, mut calls, mut thoughts) = (Vec::new(), Vec::new(), Vec::new());
        for part in &message.parts {
            self.cache(part);
            match &part.content {
                Content::Thought(thought) => self.thought(part, thought, &mut thoughts),
                Content::ToolCall(call) => calls.push(self.call(part, call)),
                Content::Image(_) => self
                    .losses
                    .lose(&part.at, "stands in an answer, where chat completions have only words"),
                _ => words.extend(self.word(part)),
            }
        }
        if words.is_empty() && calls.is_empty() && thoughts.is_empty() {
            return;
        }
        let mut object = Map::new();
        object.insert("role".to_owned(), json!("assistant"));
        object.extend(message.name.as_ref().map(|it| ("name".to_owned(), json!(it))));
        let content = if words.is_empty() { Value::Null } else { content(words) };
        object.insert("content".to_owned(), content);
        let text: String = thoughts.iter().map(|it| it.text.as_str()).collect();
        if !text.is_empty() {
            let is_text = self.given_back == GivenBack::Text;
            let member = if is_text { "reasoning" } else { "reasoning_content" };
            object.insert(member.to_owned(), json!(text));
        }
        if thoughts.iter().any(|it| it.opaque.is_some()) && !self.given_back.refuses() {
            let details = details::write(&thoughts);
            object.insert("reasoning_details".to_owned(), json!(details));
        }
        if !calls.is_empty() {
            object.insert("tool_calls".to_owned(), json!(calls));
        }
        self.out.push(Value::Object(object));
    }

    /// Reasoning goes back in the unfinished tool loop only, where the provider does not want that of every turn, and only
    /// to where it can have come from: what has no signature, and what a provider of this format signed.
    fn thought<'t>(&mut self, part: &Part, thought: &'t Thought, into: &mut Vec<&'t Thought>) {
        match (&thought.opaque, self.given_back) {
            (None, GivenBack::Every) => into.push(thought),
            _ if !self.in_loop => {}
            (Some(it), _) if !it.family.starts_with(VIA_CHAT) => self.losses.lose(
                &part.at,
                "is reasoning signed by another provider, which this one cannot continue from",
            ),
            (_, GivenBack::Nothing) => self.losses.hint(&part.at),
            (Some(_), GivenBack::Text) => {
                self.losses.hint(&part.at);
                into.push(thought);
            }
            _ => into.push(thought),
        }
    }

    fn call(&mut self, part: &Part, call: &ToolCall) -> Value {
        let mut object = Map::new();
        object.insert("id".to_owned(), json!(call.id));
        object.insert("type".to_owned(), json!("function"));
        let arguments = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
        let function = json!({"name": call.name, "arguments": arguments});
        object.insert("function".to_owned(), function);
        match call.opaque.as_ref().filter(|_| self.in_loop) {
            Some(it) if it.family.starts_with(VIA_CHAT) && self.given_back.refuses() => {
                self.losses.hint(&part.at);
            }
            Some(it) if it.family.starts_with(VIA_CHAT) => {
                object.insert("extra_content".to_owned(), extra_content(&it.data));
            }
            Some(_) => self.losses.lose(
                &part.at,
                "is signed by another provider, which this one cannot continue from",
            ),
            None => {}
        }
        Value::Object(object)
    }

    /// A part that is neither a call, a result nor reasoning.
    fn word(&mut self, part: &Part) -> Option<Value> {
        let written = match &part.content {
            Content::Text(text, _) => Ok(json!({"type": "text", "text": text})),
            Content::Refusal(text) => Ok(json!({"type": "refusal", "refusal": text})),
            Content::Image(image) => write_image(image),
            Content::Audio(audio) => write_audio(audio),
            Content::File(file) => self.file(part, file),
            Content::Other(kind, _) => {
                Err(format!("is of the type `{kind}`, which chat completions do not have"))
            }
            Content::ToolCall(_) | Content::ToolResult(_) | Content::Thought(_) => {
                Err("stands where chat completions have no place for it".to_owned())
            }
        };
        written.map_err(|why| self.losses.lose(&part.at, why)).ok()
    }

    fn file(&mut self, part: &Part, file: &File) -> Result<Value, String> {
        if file.context.is_some() {
            let at = format!("{}.context", part.at);
            self.losses.lose(at, "is not something chat completions take");
        }
        if file.citations {
            let at = format!("{}.citations", part.at);
            self.losses.lose(at, "is not something chat completions take");
        }
        let mut inner = Map::new();
        inner.extend(file.name.as_ref().map(|it| ("filename".to_owned(), json!(it))));
        match &file.source {
            Source::Base64 { media_type, data } => {
                inner.insert("file_data".to_owned(), json!(data_url(media_type, data)));
            }
            Source::Id(id) if self.request.origin == Format::Responses => {
                inner.insert("file_id".to_owned(), json!(id));
            }
            Source::Id(_) => return Err("is stored at another provider".to_owned()),
            Source::Url(_) => {
                return Err("is a file by URL, and chat completions take only its bytes".to_owned());
            }
            Source::Text(_) => {
                return Err(
                    "is a document of plain text, which chat completions do not take as a file"
                        .to_owned(),
                );
            }
        }
        Ok(json!({"type": "file", "file": inner}))
    }

    fn cache(&mut self, part: &Part) {
        if part.cache.is_some() {
            self.losses.hint(format!("{}.cache_control", part.at));
        }
    }
}

/// Google's place for the signature of a call.
pub(super) fn extra_content(signature: &str) -> Value {
    json!({"google": {"thought_signature": signature}})
}

/// Parts as content: a lone text is written as a string, which every provider of this format takes.
fn content(mut words: Vec<Value>) -> Value {
    match words.as_mut_slice() {
        [one] if one.get("type") == Some(&json!("text")) => {
            one.get_mut("text").map(Value::take).unwrap_or_default()
        }
        _ => Value::Array(words),
    }
}

fn write_image(image: &Media) -> Result<Value, String> {
    let url = match &image.source {
        Source::Url(url) => url.clone(),
        Source::Base64 { media_type, data } => data_url(media_type, data),
        Source::Text(_) | Source::Id(_) => return Err("is stored at another provider".to_owned()),
    };
    let mut inner = Map::new();
    inner.insert("url".to_owned(), json!(url));
    inner.extend(image.detail.as_ref().map(|it| ("detail".to_owned(), json!(it))));
    Ok(json!({"type": "image_url", "image_url": inner}))
}

fn write_audio(audio: &Media) -> Result<Value, String> {
    let Source::Base64 { media_type, data } = &audio.source else {
        return Err("is audio by URL, and chat completions take only its bytes".to_owned());
    };
    let format = match media_type.as_str() {
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/wav" | "audio/x-wav" | "audio/wave" => "wav",
        other => return Err(format!("is `{other}`, and chat completions take only wav and mp3")),
    };
    Ok(json!({"type": "input_audio", "input_audio": {"data": data, "format": format}}))
}
