//! Messages of a caller's request.

use super::Reader;
use crate::members::{list, text, text_or_empty};
use crate::messages::carrier::{self, Carried};
use crate::messages::reply::citation;
use crate::request::{
    Content, File, Media, Message, Opaque, Part, Role, Source, Thought, ToolCall, ToolResult,
    Weight,
};
use serde_json::{Value, json};

impl Reader {
    pub(super) fn system(&mut self, value: Option<&Value>) {
        let Some(value) = value else { return };
        let parts = self.parts("system", value, true);
        if !parts.is_empty() {
            self.push("system", Role::System, parts);
        }
    }

    pub(super) fn messages(&mut self, value: Option<&Value>) {
        let Some(messages) = value.and_then(Value::as_array) else {
            return self.wrong("messages", "is not a list of messages");
        };
        for (index, message) in messages.iter().enumerate() {
            let at = format!("messages[{index}]");
            let role = match text(message, "role") {
                Some("user") => Role::User,
                Some("assistant") => Role::Assistant,
                Some("system") => Role::System,
                _ => {
                    self.wrong(format!("{at}.role"), "is not `user`, `assistant` or `system`");
                    continue;
                }
            };
            let parts = message.get("content").unwrap_or(&Value::Null);
            let parts = self.parts(&format!("{at}.content"), parts, false);
            match role {
                Role::User => self.user(&at, parts),
                Role::Assistant => self.push(&at, role, signed(parts)),
                _ => self.push(&at, role, parts),
            }
        }
    }

    fn push(&mut self, at: &str, role: Role, parts: Vec<Part>) {
        let message = Message { at: at.to_owned(), role, name: None, parts };
        self.request.messages.push(message);
    }

    /// A user's turn: results of tools stand in messages of their own.
    fn user(&mut self, at: &str, parts: Vec<Part>) {
        let is_result = |it: &Part| matches!(it.content, Content::ToolResult(_));
        let mut rest = parts.into_iter().peekable();
        if rest.peek().is_none() {
            return self.push(at, Role::User, Vec::new());
        }
        while let Some(first) = rest.next() {
            let results = is_result(&first);
            let mut together = vec![first];
            while let Some(next) = rest.next_if(|it| is_result(it) == results) {
                together.push(next);
            }
            self.push(at, if results { Role::Tool } else { Role::User }, together);
        }
    }

    /// Content: a string or a list of blocks. `flat`: a block's path is that of the content and its index.
    fn parts(&mut self, at: &str, value: &Value, flat: bool) -> Vec<Part> {
        match value {
            Value::String(words) => vec![Part::text(at, words)],
            Value::Array(blocks) => {
                let each = blocks.iter().enumerate();
                each.filter_map(|(index, it)| self.part(format!("{at}[{index}]"), it)).collect()
            }
            Value::Null if flat => Vec::new(),
            _ => {
                self.wrong(at, "is neither text nor a list of blocks");
                Vec::new()
            }
        }
    }

    fn part(&mut self, at: String, block: &Value) -> Option<Part> {
        let Some(kind) = text(block, "type") else {
            self.wrong(format!("{at}.type"), "says no kind of block");
            return None;
        };
        let content = match kind {
            "text" => {
                let citations = list(block, "citations").iter().map(citation).collect();
                Content::Text(text_or_empty(block, "text"), citations)
            }
            "image" => self.image(&at, block),
            "document" => document(block),
            "tool_use" => self.tool_use(&at, block),
            "tool_result" => self.tool_result(&at, block),
            "thinking" => thinking(block),
            "redacted_thinking" => redacted(block),
            _ => Content::Other(kind.to_owned(), without_cache(block)),
        };
        let cache = block.get("cache_control").filter(|it| !it.is_null()).cloned();
        Some(Part { at, content, cache })
    }

    fn image(&mut self, at: &str, block: &Value) -> Content {
        if let Some(it) = block.get("transformations") {
            self.keep(format!("{at}.transformations"), it, Weight::Meaning);
        }
        match source(block.get("source").unwrap_or(&Value::Null)) {
            Some(source) => Content::Image(Media { source, detail: None }),
            None => Content::Other("image".to_owned(), without_cache(block)),
        }
    }

    fn tool_use(&mut self, at: &str, block: &Value) -> Content {
        let direct = json!({"type": "direct"});
        if let Some(caller) = block.get("caller").filter(|it| **it != direct) {
            self.keep(format!("{at}.caller"), caller, Weight::Meaning);
        }
        if let Some(toolset) = block.get("toolset_name") {
            self.keep(format!("{at}.toolset_name"), toolset, Weight::Meaning);
        }
        Content::ToolCall(ToolCall {
            id: text_or_empty(block, "id"),
            name: text_or_empty(block, "name"),
            arguments: arguments(block.get("input")),
            opaque: None,
        })
    }

    fn tool_result(&mut self, at: &str, block: &Value) -> Content {
        let content = block.get("content").unwrap_or(&Value::Null);
        Content::ToolResult(ToolResult {
            call_id: text_or_empty(block, "tool_use_id"),
            name: None,
            parts: self.parts(&format!("{at}.content"), content, true),
            is_error: block.get("is_error") == Some(&json!(true)),
        })
    }
}

fn document(block: &Value) -> Content {
    let of = block.get("source").unwrap_or(&Value::Null);
    let Some(source) = source(of) else {
        return Content::Other("document".to_owned(), without_cache(block));
    };
    let cited = block.get("citations").and_then(|it| it.get("enabled"));
    Content::File(File {
        source,
        name: text(block, "title").map(str::to_owned),
        context: text(block, "context").map(str::to_owned),
        citations: cited == Some(&json!(true)),
    })
}

/// A block's arguments as JSON text.
pub(in crate::messages) fn arguments(input: Option<&Value>) -> String {
    input.filter(|it| !it.is_null()).map_or_else(|| "{}".to_owned(), Value::to_string)
}

fn without_cache(block: &Value) -> Value {
    let mut block = block.clone();
    if let Some(members) = block.as_object_mut() {
        members.shift_remove("cache_control");
    }
    block
}

fn source(source: &Value) -> Option<Source> {
    let of = |name| text(source, name).map(str::to_owned);
    match text(source, "type")? {
        "base64" => Some(Source::Base64 { media_type: of("media_type")?, data: of("data")? }),
        "url" => of("url").map(|it| match it.split_once(";base64,") {
            Some((kind, data)) if kind.starts_with("data:") => Source::Base64 {
                media_type: kind.trim_start_matches("data:").to_owned(),
                data: data.to_owned(),
            },
            _ => Source::Url(it),
        }),
        "text" => of("data").map(Source::Text),
        "content" => of("content").map(Source::Text),
        "file" => of("file_id").map(Source::Id),
        _ => None,
    }
}

/// A `thinking` block.
pub(in crate::messages) fn thinking(block: &Value) -> Content {
    let words = text_or_empty(block, "thinking");
    let signature = text(block, "signature").unwrap_or_default();
    Content::Thought(match carrier::read(signature) {
        Some(Carried::Thought(thought)) => Thought { text: words, ..thought },
        _ => Thought { text: words, opaque: own(signature, false), ..Thought::default() },
    })
}

/// A `redacted_thinking` block.
pub(in crate::messages) fn redacted(block: &Value) -> Content {
    let data = text(block, "data").unwrap_or_default();
    Content::Thought(match carrier::read(data) {
        Some(Carried::Thought(thought)) => thought,
        _ => Thought { opaque: own(data, true), ..Thought::default() },
    })
}

fn own(data: &str, encrypted: bool) -> Option<Opaque> {
    let family = carrier::FAMILY.to_owned();
    Some(Opaque { family, data: data.to_owned(), encrypted }).filter(|it| !it.data.is_empty())
}

/// Gives calls the signatures that travelled beside them.
pub(in crate::messages) fn signed(mut parts: Vec<Part>) -> Vec<Part> {
    let mut signatures = Vec::new();
    parts.retain(|it| match carried_call(&it.content) {
        Some(found) => {
            signatures.push(found);
            false
        }
        None => true,
    });
    carrier::sign(&mut parts.iter_mut(), signatures);
    parts
}

fn carried_call(content: &Content) -> Option<(String, Opaque)> {
    match content {
        Content::Thought(Thought { opaque: Some(it), .. }) if it.family == carrier::FAMILY => {
            match carrier::read(&it.data)? {
                Carried::Call(id, opaque) => Some((id, opaque)),
                Carried::Thought(_) => None,
            }
        }
        _ => None,
    }
}
