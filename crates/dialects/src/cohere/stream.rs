//! A provider's stream.

use super::reply::{finish, is_of_text, logprob, own_plan, read_citations, usage};
use crate::event::{Begin, Delta, Event, StreamDecoder};
use crate::members::{text, text_or_empty};
use crate::reply::Broken;
use serde_json::Value;

/// Reads a provider's stream.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    open: Option<Open>,
    started: bool,
    finished: bool,
}

/// The part that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Text,
    Thought,
    Plan,
    Call,
}

type Each<'e> = &'e mut dyn FnMut(Event);

impl StreamDecoder for Decoder {
    fn frame(&mut self, _name: Option<&str>, data: &[u8], each: Each<'_>) -> Result<(), Broken> {
        let event: Value = serde_json::from_slice(data)
            .map_err(|it| Broken::new(format!("has an event that is not JSON: {it}")))?;
        let nothing = Value::Null;
        let delta = event.get("delta").unwrap_or(&nothing);
        let message = delta.get("message").unwrap_or(&nothing);
        let content = message.get("content").unwrap_or(&nothing);
        match text(&event, "type").unwrap_or_default() {
            "message-start" => self.start(text(&event, "id"), each),
            "content-start" => {
                self.close(each);
                self.content(content, each);
            }
            "content-delta" => {
                self.content(content, each);
                if let Some(it) = event.get("logprobs").and_then(logprob) {
                    each(Event::Delta(Delta::Logprobs(vec![it])));
                }
            }
            // Citations of a text may come after its end.
            "content-end" if self.open == Some(Open::Text) => {}
            "citation-start" => self.cite(message.get("citations").unwrap_or(&nothing), each),
            "tool-plan-delta" => {
                self.open(Open::Plan, each);
                given(text_or_empty(message, "tool_plan"), each);
            }
            "tool-call-start" => self.call(message.get("tool_calls").unwrap_or(&nothing), each),
            "tool-call-delta" => {
                let call = message.get("tool_calls").and_then(|it| it.get("function"));
                arguments(call.unwrap_or(&nothing), each);
            }
            "content-end" | "tool-call-end" => self.close(each),
            "message-end" => self.end(delta, each),
            // `citation-end`, `debug`, and whatever is added.
            _ => {}
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.finished
    }

    fn finish(&mut self, each: Each<'_>) -> Result<(), Broken> {
        self.close(each);
        if self.finished {
            return Ok(());
        }
        Err(Broken::new("ended without a finish reason"))
    }
}

impl Decoder {
    fn start(&mut self, id: Option<&str>, each: Each<'_>) {
        if !std::mem::replace(&mut self.started, true) {
            each(Event::Start { id: id.map(str::to_owned), model: None });
        }
    }

    /// Opens a part unless it is open.
    fn open(&mut self, part: Open, each: Each<'_>) {
        self.start(None, each);
        if self.open == Some(part) {
            return;
        }
        self.close(each);
        self.open = Some(part);
        each(Event::Begin(match part {
            Open::Text => Begin::Text,
            _ => Begin::Thought { is_summary: false, id: None },
        }));
    }

    fn close(&mut self, each: Each<'_>) {
        let Some(part) = self.open.take() else { return };
        if part == Open::Plan {
            each(Event::Delta(Delta::Opaque(own_plan())));
        }
        each(Event::End);
    }

    /// The beginning of content, or more of it.
    fn content(&mut self, content: &Value, each: Each<'_>) {
        if let Some(thinking) = text(content, "thinking") {
            self.open(Open::Thought, each);
            given(thinking.to_owned(), each);
        }
        if let Some(words) = text(content, "text") {
            self.open(Open::Text, each);
            given(words.to_owned(), each);
        }
    }

    fn cite(&self, citation: &Value, each: Each<'_>) {
        if self.open == Some(Open::Text) && is_of_text(citation) {
            let citations = read_citations(citation).into_iter();
            citations.for_each(|it| each(Event::Delta(Delta::Citation(it))));
        }
    }

    fn call(&mut self, call: &Value, each: Each<'_>) {
        self.start(None, each);
        self.close(each);
        let nothing = Value::Null;
        let function = call.get("function").unwrap_or(&nothing);
        let (id, name) = (text_or_empty(call, "id"), text_or_empty(function, "name"));
        self.open = Some(Open::Call);
        each(Event::Begin(Begin::ToolCall { id, name }));
        arguments(function, each);
    }

    fn end(&mut self, delta: &Value, each: Each<'_>) {
        self.close(each);
        let said = text(delta, "error");
        match text(delta, "finish_reason").map(finish) {
            Some(Ok(finish)) => {
                self.finished = true;
                each(Event::Finish(finish));
            }
            Some(Err(why)) => {
                let message = said.unwrap_or(why).to_owned();
                let kind = text(delta, "finish_reason").map(str::to_owned);
                return each(Event::Error { message, kind });
            }
            None => {
                if let Some(message) = said {
                    return each(Event::Error { message: message.to_owned(), kind: None });
                }
            }
        }
        if let Some(usage) = usage(delta.get("usage")) {
            each(Event::Usage(usage));
        }
    }
}

fn given(words: String, each: Each<'_>) {
    if !words.is_empty() {
        each(Event::Delta(Delta::Text(words)));
    }
}

fn arguments(function: &Value, each: Each<'_>) {
    if let Some(json) = text(function, "arguments").filter(|it| !it.is_empty()) {
        each(Event::Delta(Delta::Arguments(json.to_owned())));
    }
}
