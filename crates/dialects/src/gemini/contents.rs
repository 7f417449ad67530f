//! The conversation: turns of the user and of the model, results of functions in the order of their calls.

use super::{FAMILY, PLACEHOLDER, is_before_3, is_made, media, write};
use crate::about::Target;
use crate::loss::Losses;
use crate::names::Names;
use crate::request::{Content, Message, Part, Request, Role, Thought, ToolCall, ToolResult};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

const NOT_THE_USERS: &str = "is in a turn of the user, where Gemini takes it from the model only";

/// `contents`.
pub(super) fn write(request: &Request, target: &Target<'_>, losses: &mut Losses) -> Vec<Value> {
    let mut writer = Writer {
        calls: HashMap::new(),
        places: 0,
        loop_from: request.tool_loop_from(),
        arguments: Names::of(request.origin).arguments,
        is_old: is_before_3(target.model),
        losses,
        contents: Vec::new(),
    };
    let mut index = request.instructions().count();
    for turn in request.turns() {
        let in_loop = index >= writer.loop_from;
        index += turn.messages.len();
        match turn.role {
            Role::Assistant => writer.model(&turn.messages, in_loop),
            Role::User | Role::Tool => writer.user(&turn.messages),
            Role::System | Role::Developer => writer.instruction(&turn.messages),
        }
    }
    let contents = writer.contents;
    if contents.is_empty() {
        let why = "holds nothing to answer, and Gemini wants a turn of the user";
        losses.lose(Names::of(request.origin).messages, why);
    }
    contents
}

struct Writer<'r, 'l> {
    /// Calls so far: the function's name, and where the call stands.
    calls: HashMap<&'r str, (&'r str, usize)>,
    places: usize,
    loop_from: usize,
    arguments: &'static str,
    is_old: bool,
    losses: &'l mut Losses,
    contents: Vec<Value>,
}

impl<'r> Writer<'r, '_> {
    fn instruction(&mut self, messages: &[&Message]) {
        for message in messages {
            let why = "instructs in the middle of the conversation; Gemini takes instructions at its front";
            self.losses.lose(format!("{}.role", message.at), why);
        }
    }

    fn push(&mut self, role: &str, parts: Vec<Value>) {
        if !parts.is_empty() {
            let parts = Value::Array(parts);
            self.contents.push(json!({ "role": role, "parts": parts }));
        }
    }

    /// Results first, in a turn of their own and in the order of their calls: Gemini wants as many in the turn after
    /// the calls as there were calls.
    fn user(&mut self, messages: &[&'r Message]) {
        let mut results = Vec::new();
        let mut words = Vec::new();
        for message in messages {
            write::name(message, self.losses);
            for part in &message.parts {
                write::hints(part, self.losses);
                match &part.content {
                    Content::ToolResult(result) => results.push(self.result(result)),
                    _ => words.extend(self.word(part)),
                }
            }
        }
        results.sort_by_key(|(place, _)| *place);
        self.push("user", results.into_iter().map(|(_, part)| part).collect());
        self.push("user", words);
    }

    fn word(&mut self, part: &Part) -> Option<Value> {
        match &part.content {
            Content::Text(text, _) | Content::Refusal(text) => text_part(text),
            Content::Image(image) => media::image(&part.at, image, self.is_old, self.losses),
            Content::Audio(audio) => media::audio(&part.at, audio, self.losses),
            Content::File(file) => media::file(&part.at, file, self.losses),
            Content::Other(kind, _) => {
                let why = format!("is of type `{kind}`, which Gemini does not have");
                self.losses.lose(&part.at, why);
                None
            }
            Content::ToolCall(_) | Content::ToolResult(_) | Content::Thought(_) => {
                self.losses.lose(&part.at, NOT_THE_USERS);
                None
            }
        }
    }

    /// `functionResponse`, and the place of its call.
    fn result(&mut self, result: &'r ToolResult) -> (usize, Value) {
        let called = self.calls.get(result.call_id.as_str()).copied();
        let name = called.map(|it| it.0).or(result.name.as_deref()).unwrap_or_default();
        let mut texts = Vec::new();
        let mut others = Vec::new();
        for part in &result.parts {
            write::hints(part, self.losses);
            match &part.content {
                Content::Text(text, _) => texts.push(text.as_str()),
                _ => others.extend(self.word(part)),
            }
        }
        let member = if result.is_error { "error" } else { "output" };
        let text = match texts.as_slice() {
            [] => json!(""),
            [one] => json!(one),
            several => json!(several),
        };
        let mut response = Map::new();
        if !is_made(&result.call_id) {
            response.insert("id".to_owned(), json!(result.call_id));
        }
        response.insert("name".to_owned(), json!(name));
        response.insert("response".to_owned(), json!({ member: text }));
        if !others.is_empty() {
            response.insert("parts".to_owned(), Value::Array(others));
        }
        (called.map_or(usize::MAX, |it| it.1), json!({ "functionResponse": response }))
    }

    /// A turn of the model: one step. Its first call carries a signature in an unfinished loop.
    fn model(&mut self, messages: &[&'r Message], in_loop: bool) {
        let first = messages.iter().find_map(|it| first_call(it));
        let wants_signature = first.is_some_and(|it| own(it.opaque.as_ref()).is_none());
        let mut said = Said { wants_signature, parts: Vec::new(), detached: Vec::new() };
        for message in messages {
            write::name(message, self.losses);
            self.message(message, in_loop, &mut said);
        }
        let Said { mut parts, detached, .. } = said;
        for data in detached {
            place(data, wants_signature, &mut parts);
        }
        if in_loop && !self.is_old {
            let call = parts.iter_mut().find(|it| it.get("functionCall").is_some());
            sign(call, PLACEHOLDER);
        }
        self.push("model", parts);
    }

    fn message(&mut self, message: &'r Message, in_loop: bool, said: &mut Said<'r>) {
        // Some callers send reasoning as a message of its own: it belongs to what was said before.
        let is_own = message.parts.iter().any(|it| !matches!(it.content, Content::Thought(_)));
        let from = if is_own { said.parts.len() } else { 0 };
        for part in &message.parts {
            write::hints(part, self.losses);
            match &part.content {
                Content::ToolCall(call) => said.parts.push(self.call(&part.at, call, in_loop)),
                Content::Thought(thought) => match self.thought(&part.at, thought, in_loop) {
                    Some(Signed::Thought(part)) => said.parts.push(part),
                    Some(Signed::Bare(data)) => said.sign(data, from),
                    None => {}
                },
                _ => said.parts.extend(self.word(part)),
            }
        }
    }

    fn call(&mut self, at: &str, call: &'r ToolCall, in_loop: bool) -> Value {
        self.calls.insert(&call.id, (&call.name, self.places));
        self.places += 1;
        let text = call.arguments.trim();
        let read = serde_json::from_str(if text.is_empty() { "{}" } else { text });
        let arguments = if let Ok(Value::Object(members)) = read {
            members
        } else {
            let why = "is not a JSON object, which Gemini wants";
            self.losses.lose(format!("{at}.{}", self.arguments), why);
            Map::new()
        };
        let mut called = Map::new();
        if !is_made(&call.id) {
            called.insert("id".to_owned(), json!(call.id));
        }
        called.insert("name".to_owned(), json!(call.name));
        called.insert("args".to_owned(), Value::Object(arguments));
        let mut part = json!({ "functionCall": called });
        match (own(call.opaque.as_ref()), &call.opaque) {
            (Some(signature), _) => {
                sign(Some(&mut part), signature);
            }
            (None, Some(_)) if in_loop => self.foreign(at),
            _ => {}
        }
        part
    }

    fn thought<'t>(&mut self, at: &str, thought: &'t Thought, in_loop: bool) -> Option<Signed<'t>> {
        match (own(thought.opaque.as_ref()), &thought.opaque) {
            (Some(data), _) if thought.text.is_empty() => Some(Signed::Bare(data)),
            (Some(data), _) => Some(Signed::Thought(json!({
                "text": thought.text, "thought": true, "thoughtSignature": data,
            }))),
            (None, Some(_)) => {
                if in_loop {
                    self.foreign(at);
                }
                None
            }
            // Readable reasoning without a signature tells Gemini nothing: it is documented to be a summary.
            (None, None) => None,
        }
    }

    fn foreign(&mut self, at: &str) {
        let why = "is reasoning of another provider in an unfinished tool loop, which Gemini cannot continue";
        self.losses.lose(at, why);
    }
}

/// What a turn of the model says so far.
struct Said<'t> {
    /// Its first call lacks a signature.
    wants_signature: bool,
    parts: Vec<Value>,
    /// Signatures of which nobody knows yet where they belong.
    detached: Vec<&'t str>,
}

impl<'t> Said<'t> {
    /// Puts a signature on the last part since `from`, if it may be there.
    fn sign(&mut self, data: &'t str, from: usize) {
        let since = self.parts.get_mut(from..).and_then(<[Value]>::last_mut);
        if self.wants_signature || !sign(since.filter(|it| is_plain(it)), data) {
            self.detached.push(data);
        }
    }
}

/// What a thought is to Gemini.
enum Signed<'t> {
    /// A part of its own.
    Thought(Value),
    /// A signature that stands on another part.
    Bare(&'t str),
}

/// Its data, if it is Gemini's.
fn own(opaque: Option<&crate::Opaque>) -> Option<&str> {
    opaque.filter(|it| it.family == FAMILY).map(|it| it.data.as_str())
}

fn first_call(message: &Message) -> Option<&ToolCall> {
    message.parts.iter().find_map(|it| match &it.content {
        Content::ToolCall(call) => Some(call),
        _ => None,
    })
}

/// Puts a signature that stood alone where Gemini had it: on the first call, else the last text or picture, else alone.
fn place(data: &str, on_call: bool, parts: &mut Vec<Value>) {
    let part = if on_call {
        parts.iter_mut().find(|it| it.get("functionCall").is_some())
    } else {
        parts.iter_mut().rfind(|it| is_plain(it))
    };
    if !sign(part, data) {
        parts.push(json!({ "text": "", "thoughtSignature": data }));
    }
}

/// Signs a part, unless it is signed.
fn sign(part: Option<&mut Value>, data: &str) -> bool {
    let Some(members) = part.and_then(Value::as_object_mut) else { return false };
    if members.contains_key("thoughtSignature") {
        return false;
    }
    members.insert("thoughtSignature".to_owned(), json!(data));
    true
}

/// Text or a picture, which are signed where no call is.
fn is_plain(part: &Value) -> bool {
    let is_text = part.get("text").is_some() && part.get("thought").is_none();
    is_text || part.get("inlineData").is_some()
}

/// Empty text says nothing, and Gemini does not take it.
fn text_part(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| json!({ "text": text }))
}
