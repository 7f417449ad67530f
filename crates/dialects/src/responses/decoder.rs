//! A provider's stream.

use super::reply::{citation, finish, message_of, named};
use super::{reasoning, usage};
use crate::event::{Begin, Delta, Event, StreamDecoder};
use crate::messages::carrier::Carried;
use crate::reading::{list, text};
use crate::reply::{Broken, Finish};
use crate::request::{Content, Opaque};
use serde_json::{Map, Value};

/// Reads events until the response has ended.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a stream")]
pub(crate) struct Decoder {
    started: bool,
    open: Option<Open>,
    /// What came, as far as the finish depends on it.
    calls: bool,
    refused: bool,
    ended: bool,
}

/// The part that is open. A call stays open until something follows, since its signature may stand behind it.
#[derive(Debug, PartialEq)]
enum Open {
    Text,
    Refusal,
    Thought { said: bool },
    Call { id: String, said: bool },
}

type Each<'e> = &'e mut dyn FnMut(Event);

impl StreamDecoder for Decoder {
    fn frame(&mut self, _name: Option<&str>, data: &[u8], each: Each<'_>) -> Result<(), Broken> {
        if self.ended || data.trim_ascii() == b"[DONE]" {
            return Ok(());
        }
        let event: Map<String, Value> = serde_json::from_slice(data).map_err(|it| {
            Broken::new(format!("an event of the stream is not a JSON object: {it}"))
        })?;
        let kind = text(&event, "type").unwrap_or_default();
        match kind.strip_prefix("response.").unwrap_or(kind) {
            "error" => error(event.get("error").filter(|it| it.is_object()), &event, each),
            "failed" => {
                let response = event.get("response").and_then(Value::as_object);
                error(response.and_then(|it| it.get("error")), &event, each);
            }
            "completed" | "incomplete" => self.end(&event, each)?,
            kind => {
                if let Some(response) = event.get("response").and_then(Value::as_object) {
                    self.start(response, each);
                }
                self.output(kind, &event, each)?;
            }
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.ended
    }

    fn finish(&mut self, _each: Each<'_>) -> Result<(), Broken> {
        if self.ended { Ok(()) } else { Err(Broken::new("the stream ends within the response")) }
    }
}

fn error(error: Option<&Value>, event: &Map<String, Value>, each: Each<'_>) {
    let whole = Value::Object(event.clone());
    let error = error.filter(|it| !it.is_null()).unwrap_or(&whole);
    let kind = error.get("code").and_then(Value::as_str).map(str::to_owned);
    each(Event::Error { message: message_of(error), kind });
}

impl Decoder {
    fn start(&mut self, response: &Map<String, Value>, each: Each<'_>) {
        if !self.started {
            self.started = true;
            let text = |name| text(response, name).map(str::to_owned);
            each(Event::Start { id: text("id"), model: text("model") });
        }
    }

    fn end(&mut self, event: &Map<String, Value>, each: Each<'_>) -> Result<(), Broken> {
        let response = event.get("response").and_then(Value::as_object);
        let response = response.ok_or_else(|| Broken::new("an event has no `response`"))?;
        self.start(response, each);
        self.close(each);
        let reported = response.get("usage").and_then(usage::read);
        if let Some(reported) = reported {
            each(Event::Usage(reported));
        }
        each(Event::Finish(match finish(response, &[])? {
            Finish::Stop if self.calls => Finish::ToolCalls,
            Finish::Stop if self.refused => Finish::Refusal,
            other => other,
        }));
        self.ended = true;
        Ok(())
    }

    fn close(&mut self, each: Each<'_>) {
        if self.open.take().is_some() {
            each(Event::End);
        }
    }

    fn begin(&mut self, open: Open, begin: Begin, each: Each<'_>) {
        self.close(each);
        self.open = Some(open);
        each(Event::Begin(begin));
    }

    /// An event about the output. Those that only repeat what came are passed over.
    fn output(
        &mut self,
        kind: &str,
        event: &Map<String, Value>,
        each: Each<'_>,
    ) -> Result<(), Broken> {
        let delta = text(event, "delta").unwrap_or_default();
        let item = event.get("item").and_then(Value::as_object);
        match kind {
            "output_item.added" => self.added(item, each)?,
            "output_item.done" => self.done(item, each),
            "content_part.added" => self.part(event, each),
            "output_text.delta" => {
                self.more(Open::Text, &Begin::Text, delta, each);
                let logprobs = list(event, "logprobs");
                if !logprobs.is_empty() {
                    each(Event::Delta(Delta::Logprobs(logprobs.to_vec())));
                }
            }
            "refusal.delta" => {
                self.refused = true;
                self.more(Open::Refusal, &Begin::Refusal, delta, each);
            }
            "output_text.annotation.added" => {
                if let Some(annotation) = event.get("annotation") {
                    each(Event::Delta(Delta::Citation(citation(annotation))));
                }
            }
            "reasoning_summary_part.added" => self.summary(event, each),
            "reasoning_summary_text.delta" | "reasoning_text.delta" => {
                let is_summary = kind.starts_with("reasoning_summary");
                let begin = Begin::Thought { is_summary, id: item_id(event) };
                self.more(Open::Thought { said: true }, &begin, delta, each);
            }
            "function_call_arguments.delta" => self.arguments(delta, each),
            _ => {}
        }
        Ok(())
    }

    fn added(&mut self, item: Option<&Map<String, Value>>, each: Each<'_>) -> Result<(), Broken> {
        let Some(item) = item.filter(|it| text(it, "type") == Some("function_call")) else {
            return Ok(());
        };
        let (id, name) = named(item)?;
        self.calls = true;
        let begin = Begin::ToolCall { id: id.clone(), name };
        self.begin(Open::Call { id, said: false }, begin, each);
        self.arguments(text(item, "arguments").unwrap_or_default(), each);
        Ok(())
    }

    fn part(&mut self, event: &Map<String, Value>, each: Each<'_>) {
        let part = event.get("part").and_then(Value::as_object);
        match part.and_then(|it| text(it, "type")) {
            Some("output_text") => self.begin(Open::Text, Begin::Text, each),
            Some("refusal") => {
                self.refused = true;
                self.begin(Open::Refusal, Begin::Refusal, each);
            }
            Some("reasoning_text") => {
                let begin = Begin::Thought { is_summary: false, id: item_id(event) };
                self.begin(Open::Thought { said: true }, begin, each);
            }
            _ => {}
        }
    }

    /// Parts of a summary are paragraphs of one text.
    fn summary(&mut self, event: &Map<String, Value>, each: Each<'_>) {
        if matches!(self.open, Some(Open::Thought { .. })) {
            each(Event::Delta(Delta::Text("\n\n".to_owned())));
        } else {
            let begin = Begin::Thought { is_summary: true, id: item_id(event) };
            self.begin(Open::Thought { said: true }, begin, each);
        }
    }

    fn more(&mut self, open: Open, begin: &Begin, delta: &str, each: Each<'_>) {
        let same = |it: &Open| std::mem::discriminant(it) == std::mem::discriminant(&open);
        if !self.open.as_ref().is_some_and(same) {
            self.begin(open, begin.clone(), each);
        }
        if !delta.is_empty() {
            each(Event::Delta(Delta::Text(delta.to_owned())));
        }
    }

    fn arguments(&mut self, delta: &str, each: Each<'_>) {
        if let Some(Open::Call { said, .. }) = &mut self.open
            && !delta.is_empty()
        {
            *said = true;
            each(Event::Delta(Delta::Arguments(delta.to_owned())));
        }
    }

    fn done(&mut self, item: Option<&Map<String, Value>>, each: Each<'_>) {
        let Some(item) = item else { return };
        match text(item, "type") {
            // Its parts have begun and ended by themselves.
            Some("message") => self.close(each),
            Some("function_call") => {
                if let Some(Open::Call { said: false, .. }) = self.open {
                    self.arguments(text(item, "arguments").unwrap_or_default(), each);
                }
            }
            Some("reasoning") => self.reasoned(item, each),
            kind => {
                let kind = kind.unwrap_or_default().to_owned();
                let content = Content::Other(kind, Value::Object(item.clone()));
                self.close(each);
                each(Event::Begin(Begin::Whole(content)));
            }
        }
    }

    /// A reasoning item is complete: what is encrypted in it, and its text if that did not come before.
    fn reasoned(&mut self, item: &Map<String, Value>, each: Each<'_>) {
        let thought = match reasoning::read(item) {
            Carried::Call(id, opaque) => return self.signed(&id, opaque, each),
            Carried::Thought(thought) => thought,
        };
        if !matches!(self.open, Some(Open::Thought { .. })) {
            let begin = Begin::Thought { is_summary: thought.is_summary, id: thought.id.clone() };
            self.begin(Open::Thought { said: false }, begin, each);
        }
        if self.open == Some(Open::Thought { said: false }) && !thought.text.is_empty() {
            each(Event::Delta(Delta::Text(thought.text)));
        }
        if let Some(opaque) = thought.opaque {
            each(Event::Delta(Delta::Opaque(opaque)));
        }
        self.close(each);
    }

    fn signed(&mut self, call: &str, opaque: Opaque, each: Each<'_>) {
        if matches!(&self.open, Some(Open::Call { id, .. }) if id == call) {
            each(Event::Delta(Delta::Opaque(opaque)));
        }
    }
}

/// The item that an event is about.
fn item_id(event: &Map<String, Value>) -> Option<String> {
    text(event, "item_id").filter(|it| !it.is_empty()).map(str::to_owned)
}
