//! A provider's stream.

use super::reply::{block, citation, refusal};
use super::{carrier, finish, usage};
use crate::event::{Begin, Delta, Event, StreamDecoder};
use crate::members::{list, text, text_or_empty};
use crate::reply::Broken;
use crate::request::{Content, Opaque, Thought};
use chat::{Format, Reported};
use serde_json::{Value, json};

/// Reads a provider's stream.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    open: Option<Open>,
    /// A signature that came before its call.
    carried: Option<(String, Opaque)>,
    usage: Option<Reported>,
    seen: Seen,
    stopped: bool,
}

/// How far the stream has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seen {
    #[default]
    Nothing,
    Start,
    /// Why it stopped.
    Reason,
}

/// The block that is open.
#[derive(Debug)]
struct Open {
    kind: Kind,
    /// Of a thought: its signature so far.
    signature: String,
    /// It has stopped, and may still get what travels beside it.
    stopped: bool,
}

#[derive(Debug)]
enum Kind {
    Text,
    Thought,
    /// Its id, what was given as its input when it began, and whether more came.
    Call {
        id: String,
        input: Value,
        has_arguments: bool,
    },
    /// Given when it began.
    Done,
    /// A block of another kind, given when it is complete, and the JSON text of its input so far.
    Other(Value, String),
}

type Each<'e> = &'e mut dyn FnMut(Event);

impl StreamDecoder for Decoder {
    fn frame(&mut self, _name: Option<&str>, data: &[u8], each: Each<'_>) -> Result<(), Broken> {
        let event: Value = serde_json::from_slice(data)
            .map_err(|it| Broken::new(format!("has an event that is not JSON: {it}")))?;
        match text(&event, "type").unwrap_or_default() {
            "message_start" => self.message_start(&event, each),
            "content_block_start" => {
                let block = event.get("content_block").unwrap_or(&Value::Null);
                self.late(block, each);
                self.close(each);
                if self.seen == Seen::Nothing {
                    // llama.cpp begins here.
                    self.seen = Seen::Start;
                    each(Event::Start { id: None, model: None });
                }
                self.block_start(block, each);
            }
            "content_block_delta" => {
                self.delta(event.get("delta").unwrap_or(&Value::Null), each)?;
            }
            "content_block_stop" => self.block_stop(each),
            "message_delta" => self.message_delta(&event, each),
            "message_stop" => {
                self.close(each);
                self.stopped = true;
            }
            "error" => each(error(&event)),
            // `ping`, and whatever is added: the API's versioning lets new events come at any time.
            _ => {}
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.stopped
    }

    fn finish(&mut self, each: Each<'_>) -> Result<(), Broken> {
        self.close(each);
        if self.seen == Seen::Reason {
            return Ok(());
        }
        Err(Broken::new("ended without a stop reason"))
    }
}

fn error(event: &Value) -> Event {
    let error = event.get("error").unwrap_or(&Value::Null);
    Event::Error {
        message: text(error, "message").unwrap_or("the provider failed").to_owned(),
        kind: text(error, "type").map(str::to_owned),
    }
}

impl Decoder {
    fn message_start(&mut self, event: &Value, each: Each<'_>) {
        let message = event.get("message").unwrap_or(&Value::Null);
        self.seen = Seen::Start;
        each(Event::Start {
            id: text(message, "id").map(str::to_owned),
            model: text(message, "model").map(str::to_owned),
        });
        self.usage(message, each);
    }

    /// Input is told at the beginning, output at the end; the account is always the whole.
    fn usage(&mut self, of: &Value, each: Each<'_>) {
        let later = usage::read(of.get("usage"));
        if later.is_some() {
            self.usage = Reported::merged(Format::Messages, self.usage, later);
            self.usage.into_iter().for_each(|it| each(Event::Usage(it)));
        }
    }

    fn block_start(&mut self, start: &Value, each: Each<'_>) {
        let kind = match block(start) {
            Content::Text(words, _) => {
                each(Event::Begin(Begin::Text));
                given(words, each);
                for raw in list(start, "citations") {
                    each(Event::Delta(Delta::Citation(citation(raw))));
                }
                Kind::Text
            }
            Content::Thought(thought) if text(start, "type") == Some("thinking") => {
                each(Event::Begin(Begin::Thought { is_summary: false, id: None }));
                given(thought.text, each);
                Kind::Thought
            }
            Content::Thought(thought) => return self.redacted(thought, each),
            Content::ToolCall(call) => {
                let input = start.get("input").cloned().unwrap_or(Value::Null);
                each(Event::Begin(Begin::ToolCall { id: call.id.clone(), name: call.name }));
                if let Some((_, opaque)) = self.carried.take_if(|(id, _)| *id == call.id) {
                    each(Event::Delta(Delta::Opaque(opaque)));
                }
                Kind::Call { id: call.id, input, has_arguments: false }
            }
            _ => Kind::Other(start.clone(), String::new()),
        };
        let signature = text(start, "signature").unwrap_or_default().to_owned();
        self.open = Some(Open { kind, signature, stopped: false });
    }

    /// The signature of the call that has just stopped.
    fn late(&self, block: &Value, each: Each<'_>) {
        let Some(Open { kind: Kind::Call { id, .. }, .. }) = &self.open else { return };
        match carrier::read(text(block, "data").unwrap_or_default()) {
            Some(carrier::Carried::Call(of, opaque)) if of == *id => {
                each(Event::Delta(Delta::Opaque(opaque)));
            }
            _ => {}
        }
    }

    /// Redacted reasoning, or the signature of a call.
    fn redacted(&mut self, thought: Thought, each: Each<'_>) {
        let data = thought.opaque.as_ref().map(|it| it.data.as_str()).unwrap_or_default();
        if let Some(carrier::Carried::Call(id, opaque)) = carrier::read(data) {
            self.carried = Some((id, opaque));
        } else {
            each(Event::Begin(Begin::Whole(Content::Thought(thought))));
        }
        self.open = Some(Open { kind: Kind::Done, signature: String::new(), stopped: false });
    }

    fn delta(&mut self, delta: &Value, each: Each<'_>) -> Result<(), Broken> {
        let Some(open) = self.open.as_mut().filter(|it| !it.stopped) else {
            return Err(Broken::new("has a delta outside of a block"));
        };
        match (text(delta, "type").unwrap_or_default(), &mut open.kind) {
            ("text_delta", Kind::Text) => given(text_or_empty(delta, "text"), each),
            ("thinking_delta", Kind::Thought) => given(text_or_empty(delta, "thinking"), each),
            ("signature_delta", Kind::Thought) => {
                open.signature.push_str(text(delta, "signature").unwrap_or_default());
            }
            ("citations_delta", Kind::Text) => {
                let raw = delta.get("citation").unwrap_or(&Value::Null);
                each(Event::Delta(Delta::Citation(citation(raw))));
            }
            ("input_json_delta", Kind::Call { has_arguments, .. }) => {
                let json = text_or_empty(delta, "partial_json");
                if !json.is_empty() {
                    *has_arguments = true;
                    each(Event::Delta(Delta::Arguments(json)));
                }
            }
            ("input_json_delta", Kind::Other(_, input)) => {
                input.push_str(text(delta, "partial_json").unwrap_or_default());
            }
            _ => {}
        }
        Ok(())
    }

    fn block_stop(&mut self, each: Each<'_>) {
        match &mut self.open {
            Some(Open { kind: Kind::Call { .. }, stopped, .. }) => *stopped = true,
            _ => self.close(each),
        }
    }

    /// Ends the open block. A call that has stopped waits for this until the next block, whose signature may be its.
    fn close(&mut self, each: Each<'_>) {
        let Some(Open { kind, signature, .. }) = self.open.take() else { return };
        match kind {
            Kind::Text => {}
            Kind::Done => return,
            Kind::Thought => {
                let block = json!({"type": "thinking", "signature": signature});
                if let Content::Thought(Thought { opaque: Some(opaque), .. }) =
                    super::reply::block(&block)
                {
                    each(Event::Delta(Delta::Opaque(opaque)));
                }
            }
            Kind::Call { input, has_arguments, .. } => {
                if !has_arguments {
                    let whole = super::read::arguments(Some(&input));
                    each(Event::Delta(Delta::Arguments(whole)));
                }
            }
            Kind::Other(mut block, input) => {
                if let (Some(members), Ok(input)) =
                    (block.as_object_mut(), serde_json::from_str::<Value>(&input))
                {
                    members.insert("input".to_owned(), input);
                }
                let kind = text_or_empty(&block, "type");
                return each(Event::Begin(Begin::Whole(Content::Other(kind, block))));
            }
        }
        each(Event::End);
    }

    fn message_delta(&mut self, event: &Value, each: Each<'_>) {
        self.close(each);
        let delta = event.get("delta").unwrap_or(&Value::Null);
        if let Some(why) = refusal(delta) {
            each(Event::Begin(Begin::Refusal));
            given(why, each);
            each(Event::End);
        }
        if let Some(finish) = finish::read(delta) {
            self.seen = Seen::Reason;
            each(Event::Finish(finish));
        }
        self.usage(event, each);
    }
}

/// Text that is not empty.
fn given(words: String, each: Each<'_>) {
    if !words.is_empty() {
        each(Event::Delta(Delta::Text(words)));
    }
}
