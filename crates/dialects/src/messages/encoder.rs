//! A caller's stream: named server-sent events in the order the official SDKs put together.

use super::reply::{blocks, cited, head, signature};
use super::{carrier, finish, usage};
use crate::about::About;
use crate::event::{Begin, Delta, Event, StreamEncoder};
use crate::failure::{Begun, failure};
use crate::reply::Finish;
use crate::request::{Content, Opaque, Thought};
use chat::{Format, Reported};
use serde_json::{Value, json};

/// Writes a caller's stream.
#[derive(Debug)]
pub(crate) struct Encoder {
    about: About,
    started: bool,
    index: usize,
    open: Option<Open>,
    /// Of what came so far.
    held: finish::Held,
    finish: Option<Finish>,
    usage: Option<Reported>,
}

/// The part that is open.
#[derive(Debug)]
enum Open {
    /// Text, a refusal, or a call: its block has begun.
    Block,
    /// Reasoning, without its text.
    Thought(Thought),
    /// A call that waits for its first delta, which may be a signature that has to come before it.
    Waiting { id: String, name: String },
    /// A call whose block has begun, and the signature that came too late to stand before it.
    Call { id: String, late: Option<Opaque> },
}

impl Encoder {
    pub(crate) fn new(about: About) -> Self {
        Self {
            about,
            started: false,
            index: 0,
            open: None,
            held: finish::Held::default(),
            finish: None,
            usage: None,
        }
    }

    fn start(&mut self, id: Option<&str>, model: Option<&str>, out: &mut Vec<u8>) {
        if self.started {
            return;
        }
        self.started = true;
        let mut message = head(id, model, &self.about);
        message.insert("content".to_owned(), json!([]));
        message.insert("stop_reason".to_owned(), Value::Null);
        message.insert("stop_sequence".to_owned(), Value::Null);
        message.insert("usage".to_owned(), usage::write(self.usage.as_ref()));
        send("message_start", json!({"message": message}), out);
    }

    fn block_start(&self, block: &Value, out: &mut Vec<u8>) {
        send("content_block_start", json!({"index": self.index, "content_block": block}), out);
    }

    fn block_delta(&self, delta: &Value, out: &mut Vec<u8>) {
        send("content_block_delta", json!({"index": self.index, "delta": delta}), out);
    }

    fn block_stop(&mut self, out: &mut Vec<u8>) {
        send("content_block_stop", json!({"index": self.index}), out);
        self.index += 1;
    }

    fn whole_block(&mut self, block: &Value, out: &mut Vec<u8>) {
        self.block_start(block, out);
        self.block_stop(out);
    }

    fn begin(&mut self, begin: &Begin, out: &mut Vec<u8>) {
        self.open = match begin {
            Begin::Text | Begin::Refusal => {
                self.held.refusal |= *begin == Begin::Refusal;
                self.block_start(&json!({"type": "text", "text": ""}), out);
                Some(Open::Block)
            }
            Begin::Thought { is_summary, id } => {
                self.block_start(
                    &json!({"type": "thinking", "thinking": "", "signature": ""}),
                    out,
                );
                let (is_summary, id) = (*is_summary, id.clone());
                Some(Open::Thought(Thought { is_summary, id, ..Thought::default() }))
            }
            Begin::ToolCall { id, name } => {
                self.held.call = true;
                Some(Open::Waiting { id: id.clone(), name: name.clone() })
            }
            Begin::Whole(content) => {
                self.whole(content, out);
                None
            }
        };
    }

    /// A part in one piece. What SDKs put together from deltas comes as deltas.
    fn whole(&mut self, content: &Content, out: &mut Vec<u8>) {
        let mut parts = Vec::new();
        match content {
            Content::Text(words, citations) => {
                parts.push(Event::Begin(Begin::Text));
                parts.push(Event::Delta(Delta::Text(words.clone())));
                parts.extend(citations.iter().cloned().map(|it| Event::Delta(Delta::Citation(it))));
            }
            Content::Refusal(words) => {
                parts.push(Event::Begin(Begin::Refusal));
                parts.push(Event::Delta(Delta::Text(words.clone())));
            }
            Content::ToolCall(call) => {
                let (id, name) = (call.id.clone(), call.name.clone());
                parts.push(Event::Begin(Begin::ToolCall { id, name }));
                parts.extend(call.opaque.clone().map(|it| Event::Delta(Delta::Opaque(it))));
                parts.push(Event::Delta(Delta::Arguments(call.arguments.clone())));
            }
            Content::Thought(thought) if !is_redacted(thought) => {
                let (is_summary, id) = (thought.is_summary, thought.id.clone());
                parts.push(Event::Begin(Begin::Thought { is_summary, id }));
                parts.push(Event::Delta(Delta::Text(thought.text.clone())));
                parts.extend(thought.opaque.clone().map(|it| Event::Delta(Delta::Opaque(it))));
            }
            other => {
                blocks(other).iter().for_each(|it| self.whole_block(it, out));
                return;
            }
        }
        parts.push(Event::End);
        parts.iter().for_each(|it| self.event(it, out));
    }

    fn delta(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        match (delta, &mut self.open) {
            (Delta::Text(words), Some(Open::Thought(_))) if !words.is_empty() => {
                self.block_delta(&json!({"type": "thinking_delta", "thinking": words}), out);
            }
            (Delta::Text(words), Some(Open::Block)) if !words.is_empty() => {
                self.block_delta(&json!({"type": "text_delta", "text": words}), out);
            }
            (Delta::Citation(it), Some(Open::Block)) => {
                self.block_delta(&json!({"type": "citations_delta", "citation": cited(it)}), out);
            }
            (Delta::Opaque(it), Some(Open::Thought(thought))) => thought.opaque = Some(it.clone()),
            (Delta::Opaque(it), Some(Open::Call { late, .. })) => *late = Some(it.clone()),
            (Delta::Opaque(it), Some(Open::Waiting { id, .. })) => {
                let carried = signature(id, it);
                self.whole_block(&carried, out);
                self.call(out);
            }
            (Delta::Arguments(json), Some(Open::Waiting { .. } | Open::Call { .. })) => {
                self.call(out);
                if !json.is_empty() {
                    self.block_delta(
                        &json!({"type": "input_json_delta", "partial_json": json}),
                        out,
                    );
                }
            }
            // Log probabilities cannot be asked for in this format.
            _ => {}
        }
    }

    /// Begins the block of a call that waits.
    fn call(&mut self, out: &mut Vec<u8>) {
        self.open = match self.open.take() {
            Some(Open::Waiting { id, name }) => {
                self.block_start(
                    &json!({"type": "tool_use", "id": id, "name": name, "input": {}}),
                    out,
                );
                Some(Open::Call { id, late: None })
            }
            open => open,
        };
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.call(out);
        match self.open.take() {
            None => {}
            Some(Open::Thought(thought)) => {
                let signature = super::reply::sign(&thought);
                self.block_delta(&json!({"type": "signature_delta", "signature": signature}), out);
                self.block_stop(out);
            }
            Some(Open::Call { id, late: Some(opaque) }) => {
                self.block_stop(out);
                self.whole_block(&signature(&id, &opaque), out);
            }
            Some(_) => self.block_stop(out),
        }
    }
}

impl StreamEncoder for Encoder {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Start { id, model } => self.start(id.as_deref(), model.as_deref(), out),
            Event::Begin(begin) => {
                self.start(None, None, out);
                self.begin(begin, out);
            }
            Event::Delta(delta) => self.delta(delta, out),
            Event::End => self.end(out),
            Event::Finish(finish) => self.finish = Some(finish.clone()),
            Event::Error { .. } => {}
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.start(None, None, out);
        let (reason, sequence) = finish::of_answer(self.finish.as_ref(), self.held);
        let reason = reason.unwrap_or("end_turn");
        let delta = json!({"stop_reason": reason, "stop_sequence": sequence});
        let usage = usage::write(self.usage.as_ref());
        send("message_delta", json!({"delta": delta, "usage": usage}), out);
        send("message_stop", json!({}), out);
    }

    fn fail(&mut self, message: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(failure(Format::Messages, Begun::default(), message).as_bytes());
    }
}

/// Reasoning that is Anthropic's `redacted_thinking`.
fn is_redacted(thought: &Thought) -> bool {
    thought.opaque.as_ref().is_some_and(|it| it.encrypted && it.family == carrier::FAMILY)
}

/// One event; its data begin with its type.
fn send(kind: &str, members: Value, out: &mut Vec<u8>) {
    let mut data = json!({"type": kind});
    if let (Some(data), Value::Object(members)) = (data.as_object_mut(), members) {
        data.extend(members);
    }
    out.extend_from_slice(format!("event: {kind}\ndata: {data}\n\n").as_bytes());
}
