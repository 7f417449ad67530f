//! A caller's stream.

use super::reply::{annotation, chars, finish_word, picture};
use super::{details, usage, write_message::extra_content};
use crate::about::About;
use crate::event::{Begin, Delta, Event, StreamEncoder};
use crate::failure::{Begun, failure};
use crate::reply::Finish;
use crate::request::{Content, Thought, ToolCall};
use chat::Format;
use serde_json::{Value, json};

/// Writes chunks, and `[DONE]`.
///
/// What a caller's assembler would put together wrongly piece by piece comes whole, once, just before the finish
/// reason: `reasoning_details` and `annotations` (assemblers keep the last list, or append lists).
#[derive(Debug)]
pub(crate) struct Encoder {
    about: About,
    /// What every chunk begins with, up to the delta.
    head: Vec<u8>,
    open: Open,
    calls: usize,
    /// Characters of text, up to now and before the open part.
    chars: (u64, u64),
    thoughts: Vec<Thought>,
    annotations: Vec<Value>,
    images: Vec<Value>,
    finish: Option<Finish>,
    usage: Option<chat::Reported>,
}

/// What is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Text,
    Thought,
    Refusal,
    Call,
}

impl Encoder {
    pub(crate) fn new(about: About) -> Self {
        Self {
            about,
            head: Vec::new(),
            open: Open::Text,
            calls: 0,
            chars: (0, 0),
            thoughts: Vec::new(),
            annotations: Vec::new(),
            images: Vec::new(),
            finish: None,
            usage: None,
        }
    }

    fn start(&mut self, id: Option<&str>, model: Option<&str>, out: &mut Vec<u8>) {
        let id = id.map_or_else(|| format!("chatcmpl-{}", self.about.id), str::to_owned);
        let common = json!({
            "id": id,
            "object": "chat.completion.chunk",
            "created": self.about.created,
            "model": model.unwrap_or(&self.about.model),
        });
        self.head = format!("data: {common}").into_bytes();
        // Without the brace that closes it.
        self.head.pop();
        self.chunk(r#"{"role":"assistant","content":""}"#, None, "null", out);
    }

    /// One chunk: JSON texts of delta and log probabilities.
    fn chunk(&self, delta: &str, logprobs: Option<&str>, finish: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.head);
        out.extend_from_slice(br#","choices":[{"index":0,"delta":"#);
        out.extend_from_slice(delta.as_bytes());
        out.extend_from_slice(br#","logprobs":"#);
        out.extend_from_slice(logprobs.unwrap_or("null").as_bytes());
        out.extend_from_slice(br#","finish_reason":"#);
        out.extend_from_slice(finish.as_bytes());
        out.extend_from_slice(b"}]}\n\n");
    }

    fn delta(&self, delta: &Value, out: &mut Vec<u8>) {
        self.chunk(&delta.to_string(), None, "null", out);
    }

    fn begin(&mut self, begin: &Begin, out: &mut Vec<u8>) {
        self.chars.1 = self.chars.0;
        match begin {
            Begin::Text => self.open = Open::Text,
            Begin::Refusal => self.open = Open::Refusal,
            Begin::Thought { is_summary, id } => {
                self.open = Open::Thought;
                self.thoughts.push(Thought {
                    is_summary: *is_summary,
                    id: id.clone(),
                    ..Thought::default()
                });
            }
            Begin::ToolCall { id, name } => {
                self.open = Open::Call;
                self.calls += 1;
                let function = json!({"name": name, "arguments": ""});
                self.call(json!({"id": id, "type": "function", "function": function}), out);
            }
            Begin::Whole(content) => self.whole(content, out),
        }
    }

    /// More of the call that began last.
    fn call(&self, mut members: Value, out: &mut Vec<u8>) {
        if let Some(members) = members.as_object_mut() {
            members.insert("index".to_owned(), json!(self.calls.saturating_sub(1)));
        }
        self.delta(&json!({"tool_calls": [members]}), out);
    }

    fn whole(&mut self, content: &Content, out: &mut Vec<u8>) {
        match content {
            Content::Text(text, citations) => {
                self.open = Open::Text;
                self.text(text, out);
                let before = self.chars.1;
                self.annotations.extend(citations.iter().map(|it| annotation(it, before)));
            }
            Content::Refusal(text) => {
                self.open = Open::Refusal;
                self.text(text, out);
            }
            Content::Thought(thought) => {
                self.open = Open::Thought;
                self.thoughts.push(Thought { text: String::new(), ..thought.clone() });
                self.text(&thought.text, out);
            }
            Content::ToolCall(ToolCall { id, name, arguments, opaque }) => {
                self.open = Open::Call;
                self.calls += 1;
                let function = json!({"name": name, "arguments": arguments});
                self.call(json!({"id": id, "type": "function", "function": function}), out);
                if let Some(opaque) = opaque {
                    self.call(json!({"extra_content": extra_content(&opaque.data)}), out);
                }
            }
            Content::Image(image) => self.images.extend(picture(&image.source)),
            // No request that is translated asks for these.
            Content::Audio(_) | Content::File(_) | Content::ToolResult(_) | Content::Other(..) => {}
        }
    }

    fn text(&mut self, text: &str, out: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        let member = match self.open {
            Open::Thought => {
                if let Some(thought) = self.thoughts.last_mut() {
                    thought.text.push_str(text);
                }
                "reasoning_content"
            }
            Open::Refusal => "refusal",
            Open::Text | Open::Call => {
                self.chars.0 = self.chars.0.saturating_add(chars(text));
                "content"
            }
        };
        self.delta(&json!({ member: text }), out);
    }

    fn more(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        match delta {
            Delta::Text(text) => self.text(text, out),
            Delta::Arguments(text) => self.call(json!({"function": {"arguments": text}}), out),
            Delta::Opaque(opaque) if self.open == Open::Call => {
                self.call(json!({"extra_content": extra_content(&opaque.data)}), out);
            }
            Delta::Opaque(opaque) => {
                if let Some(thought) = self.thoughts.last_mut() {
                    thought.opaque = Some(opaque.clone());
                }
            }
            Delta::Citation(citation) => {
                self.annotations.push(annotation(citation, self.chars.1));
            }
            Delta::Logprobs(list) => {
                let logprobs = json!({"content": list, "refusal": null}).to_string();
                self.chunk("{}", Some(&logprobs), "null", out);
            }
        }
    }
}

impl StreamEncoder for Encoder {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        if self.head.is_empty() && matches!(event, Event::Begin(_) | Event::Delta(_)) {
            self.start(None, None, out);
        }
        match event {
            Event::Start { .. } if !self.head.is_empty() => {}
            Event::Start { id, model } => self.start(id.as_deref(), model.as_deref(), out),
            Event::Begin(begin) => self.begin(begin, out),
            Event::Delta(delta) => self.more(delta, out),
            Event::Finish(finish) => self.finish = Some(finish.clone()),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::End | Event::Error { .. } => {}
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if self.head.is_empty() {
            self.start(None, None, out);
        }
        let thoughts: Vec<&Thought> = self.thoughts.iter().collect();
        if details::are_needed(&thoughts) {
            self.delta(&json!({"reasoning_details": details::write(&thoughts)}), out);
        }
        for (name, list) in [("annotations", &self.annotations), ("images", &self.images)] {
            if !list.is_empty() {
                self.delta(&json!({ name: list }), out);
            }
        }
        let word = json!(finish_word(self.finish.as_ref(), self.calls > 0)).to_string();
        self.chunk("{}", None, &word, out);
        if let Some(usage) = self.usage.as_ref().filter(|_| self.about.request.stream_usage) {
            out.extend_from_slice(&self.head);
            let usage = usage::write(usage);
            out.extend_from_slice(format!(",\"choices\":[],\"usage\":{usage}}}\n\n").as_bytes());
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    fn fail(&mut self, message: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(failure(Format::Chat, Begun::default(), message).as_bytes());
    }
}
