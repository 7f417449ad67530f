//! A provider's stream.

use super::reply::{citation, finish};
use super::{picture, reasoning, usage};
use crate::event::{Begin, Delta, Event, StreamDecoder};
use crate::members::{list, message_of, text};
use crate::messages::carrier::Carried;
use crate::parts::{Call, Parts, Place};
use crate::reply::{Broken, Finish};
use crate::request::Content;
use serde_json::{Map, Value};

/// Between the parts of a summary.
const PARAGRAPH: &str = "\n\n";

/// Reads events until `response.completed`, `response.incomplete` or `response.failed`.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a stream")]
pub(crate) struct Decoder {
    started: bool,
    parts: Parts,
    /// Every part so far.
    known: Vec<Known>,
    calls: bool,
    refused: bool,
    done: bool,
}

/// A part, by where it stands in the output.
#[derive(Debug)]
struct Known {
    item: u64,
    content: u64,
    place: Place,
    /// Something of it came.
    said: bool,
    /// Of a call.
    call_id: Option<String>,
}

impl StreamDecoder for Decoder {
    fn frame(
        &mut self,
        name: Option<&str>,
        data: &[u8],
        each: &mut dyn FnMut(Event),
    ) -> Result<(), Broken> {
        // Some servers end like chat completions.
        if data.trim_ascii() == b"[DONE]" {
            return Ok(());
        }
        let event: Map<String, Value> = serde_json::from_slice(data).map_err(|it| {
            Broken::new(format!("an event of the stream is not a JSON object: {it}"))
        })?;
        let kind = text(&event, "type").or(name).unwrap_or_default();
        match kind {
            "error" | "response.failed" => {
                each(error(&event));
                return Ok(());
            }
            "response.completed" | "response.incomplete" => return self.ended(&event, each),
            _ => {}
        }
        if let Some(response) = event.get("response").and_then(Value::as_object) {
            self.start(response, each);
        }
        self.more(kind, &event)?;
        self.parts.pump(each);
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn finish(&mut self, _each: &mut dyn FnMut(Event)) -> Result<(), Broken> {
        if self.done { Ok(()) } else { Err(Broken::new("the stream ends before its response")) }
    }
}

/// An event that says what failed, in either of its forms.
fn error(event: &Map<String, Value>) -> Event {
    let of_response = event.get("response").and_then(|it| it.get("error"));
    let nested = of_response.or_else(|| event.get("error")).filter(|it| !it.is_null());
    let said = nested.map(message_of).or_else(|| text(event, "message").map(str::to_owned));
    let code = match nested {
        Some(error) => error.get("code").and_then(Value::as_str),
        None => text(event, "code"),
    };
    Event::Error {
        message: said.unwrap_or_else(|| "the response failed".to_owned()),
        kind: code.map(str::to_owned),
    }
}

impl Decoder {
    fn start(&mut self, response: &Map<String, Value>, each: &mut dyn FnMut(Event)) {
        if !self.started {
            self.started = true;
            let text = |name| text(response, name).map(str::to_owned);
            each(Event::Start { id: text("id"), model: text("model") });
        }
    }

    fn ended(
        &mut self,
        event: &Map<String, Value>,
        each: &mut dyn FnMut(Event),
    ) -> Result<(), Broken> {
        let response = event.get("response").and_then(Value::as_object);
        let response = response.ok_or_else(|| Broken::new("the last event has no `response`"))?;
        self.start(response, each);
        // Some servers give no events of parts.
        if self.known.is_empty() {
            for (n, item) in (0..).zip(list(response, "output")) {
                self.item(n, item)?;
            }
        }
        self.parts.close(each)?;
        if let Some(usage) = response.get("usage").and_then(usage::read) {
            each(Event::Usage(usage));
        }
        each(Event::Finish(match finish(response, &[])? {
            Finish::Stop if self.calls => Finish::ToolCalls,
            Finish::Stop if self.refused => Finish::Refusal,
            other => other,
        }));
        self.done = true;
        Ok(())
    }

    fn more(&mut self, kind: &str, event: &Map<String, Value>) -> Result<(), Broken> {
        let number = |name: &str| event.get(name).and_then(Value::as_u64).unwrap_or_default();
        let (item, content) = (number("output_index"), number("content_index"));
        let said = |name: &str| text(event, name).unwrap_or_default().to_owned();
        let thought = |is_summary| Begin::Thought {
            is_summary,
            id: text(event, "item_id").map(str::to_owned),
        };
        match kind {
            "response.output_item.added" => self.added(item, event.get("item"))?,
            "response.output_item.done" => {
                if let Some(it) = event.get("item") {
                    self.item(item, it)?;
                }
            }
            "response.content_part.added" => {
                match event.get("part").and_then(|it| it.get("type")?.as_str()) {
                    Some("output_text") => drop(self.place(item, content, Begin::Text)),
                    Some("refusal") => drop(self.place(item, content, Begin::Refusal)),
                    _ => {}
                }
            }
            "response.output_text.delta" => {
                self.say(item, content, Begin::Text, Delta::Text(said("delta")))?;
                let logprobs = list(event, "logprobs");
                if !logprobs.is_empty() {
                    let logprobs = Delta::Logprobs(logprobs.to_vec());
                    self.say(item, content, Begin::Text, logprobs)?;
                }
            }
            "response.output_text.annotation.added" => {
                if let Some(citation) = event.get("annotation").map(citation) {
                    self.say(item, content, Begin::Text, Delta::Citation(citation))?;
                }
            }
            "response.refusal.delta" => {
                self.say(item, content, Begin::Refusal, Delta::Text(said("delta")))?;
            }
            "response.reasoning_summary_part.added" if number("summary_index") > 0 => {
                self.say(item, 0, thought(true), Delta::Text(PARAGRAPH.to_owned()))?;
            }
            "response.reasoning_summary_text.delta" => {
                self.say(item, 0, thought(true), Delta::Text(said("delta")))?;
            }
            "response.reasoning_text.delta" => {
                self.say(item, 0, thought(false), Delta::Text(said("delta")))?;
            }
            "response.function_call_arguments.delta" => {
                let more = Delta::Arguments(said("delta"));
                if let Some(known) = self.known(item, 0) {
                    known.said = true;
                    let place = known.place;
                    self.parts.add_to(place, more)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn added(&mut self, n: u64, item: Option<&Value>) -> Result<(), Broken> {
        let Some(item) = item.and_then(Value::as_object) else { return Ok(()) };
        if text(item, "type") == Some("function_call") {
            self.call(n, item)?;
        }
        Ok(())
    }

    /// A call, and as much of its arguments as is there.
    fn call(&mut self, n: u64, item: &Map<String, Value>) -> Result<(), Broken> {
        let member = |name: &str| text(item, name).unwrap_or_default().to_owned();
        let (id, name) = (member("call_id"), member("name"));
        if id.is_empty() || name.is_empty() {
            return Err(Broken::new("a call in the stream has no `call_id` or no `name`"));
        }
        let arguments = member("arguments");
        let (place, said) = if let Some(known) = self.known(n, 0) {
            let before = (known.place, known.said);
            known.said |= !arguments.is_empty();
            before
        } else {
            self.calls = true;
            let place = self.parts.begin_call(Call::new(Some(n), id.clone(), name));
            let said = !arguments.is_empty();
            self.known.push(Known { item: n, content: 0, place, said, call_id: Some(id) });
            (place, false)
        };
        if said { Ok(()) } else { self.parts.add_to(place, Delta::Arguments(arguments)) }
    }

    /// An item that is complete: what has not come of it piece by piece.
    fn item(&mut self, n: u64, item: &Value) -> Result<(), Broken> {
        let Some(item) = item.as_object() else { return Ok(()) };
        match text(item, "type").unwrap_or_default() {
            "function_call" => self.call(n, item),
            "reasoning" => self.thought(n, item),
            "message" => {
                for (content, part) in (0..).zip(list(item, "content")) {
                    self.content(n, content, part)?;
                }
                Ok(())
            }
            kind => {
                if self.known(n, 0).is_none() {
                    let other = || Content::Other(kind.to_owned(), Value::Object(item.clone()));
                    let content = picture::read(item).unwrap_or_else(other);
                    self.place(n, 0, Begin::Whole(content));
                }
                Ok(())
            }
        }
    }

    fn thought(&mut self, n: u64, item: &Map<String, Value>) -> Result<(), Broken> {
        match reasoning::read(item) {
            Carried::Thought(thought) => {
                if thought.text.is_empty() && thought.opaque.is_none() {
                    return Ok(());
                }
                let begin = Begin::Thought { is_summary: thought.is_summary, id: thought.id };
                self.unsaid(n, 0, begin.clone(), thought.text)?;
                match thought.opaque {
                    Some(opaque) => self.say(n, 0, begin, Delta::Opaque(opaque)),
                    None => Ok(()),
                }
            }
            Carried::Call(id, opaque) => {
                let signed = self.known.iter().rev().find(|it| it.call_id.as_ref() == Some(&id));
                if let Some(place) = signed.map(|it| it.place) {
                    self.parts.sign(place, opaque);
                }
                Ok(())
            }
        }
    }

    fn content(&mut self, n: u64, content: u64, part: &Value) -> Result<(), Broken> {
        let Some(part) = part.as_object() else { return Ok(()) };
        let said = |name: &str| text(part, name).unwrap_or_default().to_owned();
        match text(part, "type").unwrap_or_default() {
            "output_text" => {
                let is_new = self.known(n, content).is_none_or(|it| !it.said);
                self.unsaid(n, content, Begin::Text, said("text"))?;
                if is_new {
                    for citation in list(part, "annotations").iter().map(citation) {
                        self.say(n, content, Begin::Text, Delta::Citation(citation))?;
                    }
                    let logprobs = list(part, "logprobs");
                    if !logprobs.is_empty() {
                        let logprobs = Delta::Logprobs(logprobs.to_vec());
                        self.say(n, content, Begin::Text, logprobs)?;
                    }
                }
                Ok(())
            }
            "refusal" => self.unsaid(n, content, Begin::Refusal, said("refusal")),
            _ => Ok(()),
        }
    }

    /// A whole text, unless it has come piece by piece.
    fn unsaid(&mut self, n: u64, content: u64, begin: Begin, text: String) -> Result<(), Broken> {
        if self.known(n, content).is_some_and(|it| it.said) {
            return Ok(());
        }
        self.say(n, content, begin, Delta::Text(text))
    }

    fn say(&mut self, n: u64, content: u64, begin: Begin, delta: Delta) -> Result<(), Broken> {
        let place = self.place(n, content, begin);
        if let Some(known) = self.known(n, content) {
            known.said = true;
        }
        self.parts.add_to(place, delta)
    }

    /// The part at this place of the output, which begins unless it has.
    fn place(&mut self, item: u64, content: u64, begin: Begin) -> Place {
        self.refused |= matches!(begin, Begin::Refusal);
        if let Some(known) = self.known(item, content) {
            return known.place;
        }
        let place = self.parts.begin(begin);
        self.known.push(Known { item, content, place, said: false, call_id: None });
        place
    }

    fn known(&mut self, item: u64, content: u64) -> Option<&mut Known> {
        self.known.iter_mut().rev().find(|it| it.item == item && it.content == content)
    }
}
