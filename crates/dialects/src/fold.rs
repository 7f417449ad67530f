//! A stream put together: what the plain reply would have been.

use crate::event::{Begin, Delta, Event};
use crate::reply::Reply;
use crate::request::{Content, Thought, ToolCall};
use serde_json::{Value, json};

/// Puts a stream together.
#[derive(Debug, Default)]
pub struct Fold {
    reply: Reply,
    logprobs: Vec<Value>,
}

impl Fold {
    /// The next event.
    pub fn event(&mut self, event: Event) {
        match event {
            Event::Start { id, model } => {
                self.reply.id = id.or(self.reply.id.take());
                self.reply.model = model.or(self.reply.model.take());
            }
            Event::Begin(begin) => self.reply.parts.push(begun(begin)),
            Event::Delta(delta) => self.delta(delta),
            Event::Finish(finish) => self.reply.finish = Some(finish),
            Event::Usage(usage) => self.reply.usage = Some(usage),
            Event::End | Event::Error { .. } => {}
        }
    }

    /// The reply.
    #[must_use]
    pub fn reply(mut self) -> Reply {
        if !self.logprobs.is_empty() {
            self.reply.logprobs = Some(json!(self.logprobs));
        }
        self.reply
    }

    fn delta(&mut self, delta: Delta) {
        let Some(part) = self.reply.parts.last_mut() else { return };
        match (delta, part) {
            (Delta::Text(more), Content::Text(text, _) | Content::Refusal(text)) => {
                text.push_str(&more);
            }
            (Delta::Text(more), Content::Thought(thought)) => thought.text.push_str(&more),
            (Delta::Citation(citation), Content::Text(_, citations)) => citations.push(citation),
            (Delta::Arguments(more), Content::ToolCall(call)) => call.arguments.push_str(&more),
            (Delta::Opaque(it), Content::Thought(Thought { opaque, .. })) => *opaque = Some(it),
            (Delta::Opaque(it), Content::ToolCall(ToolCall { opaque, .. })) => *opaque = Some(it),
            (Delta::Logprobs(more), _) => self.logprobs.extend(more),
            _ => {}
        }
    }
}

fn begun(begin: Begin) -> Content {
    match begin {
        Begin::Text => Content::Text(String::new(), Vec::new()),
        Begin::Thought { is_summary, id } => {
            Content::Thought(Thought { is_summary, id, ..Thought::default() })
        }
        Begin::ToolCall { id, name } => {
            Content::ToolCall(ToolCall { id, name, arguments: String::new(), opaque: None })
        }
        Begin::Refusal => Content::Refusal(String::new()),
        Begin::Whole(content) => content,
    }
}
