//! A provider's stream.

use super::reply::{
    citation, google, logprobs, made_id, pictures, pieces, reasoning_text, transcript,
};
use super::{VIA_CHAT, details, finish_of, read_message, usage};
use crate::event::{Begin, Delta, Event, StreamDecoder};
use crate::members::{list, message_of, text};
use crate::parts::{Call, Parts};
use crate::reply::{Broken, Finish};
use crate::request::Thought;
use serde_json::{Map, Value};

/// Reads chunks until `[DONE]`.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    started: bool,
    parts: Parts,
    calls: usize,
    reasoning: Reasoning,
    finish: Option<Finish>,
    usage: Option<chat::Reported>,
    done: bool,
}

/// How reasoning has come so far.
#[derive(Debug, Default)]
enum Reasoning {
    /// Not at all.
    #[default]
    None,
    /// As text alone, so that a list of details afterwards repeats it.
    Text,
    /// As entries of a list of details, of which this was the last.
    Detail(Value),
}

impl StreamDecoder for Decoder {
    fn frame(
        &mut self,
        _name: Option<&str>,
        data: &[u8],
        each: &mut dyn FnMut(Event),
    ) -> Result<(), Broken> {
        if data.trim_ascii() == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        let chunk: Map<String, Value> = serde_json::from_slice(data).map_err(|it| {
            Broken::new(format!("a chunk of the stream is not a JSON object: {it}"))
        })?;
        if let Some(error) = chunk.get("error").filter(|it| !it.is_null()) {
            let kind = error.get("type").and_then(Value::as_str).map(str::to_owned);
            each(Event::Error { message: message_of(error), kind });
            return Ok(());
        }
        self.start(&chunk, each);
        let choices = list(&chunk, "choices").iter().filter_map(Value::as_object);
        // Several choices are never asked for.
        for choice in choices.filter(|it| it.get("index").and_then(Value::as_u64).unwrap_or(0) == 0)
        {
            self.choice(choice, each)?;
        }
        let reported = chunk.get("usage").filter(|it| !it.is_null()).and_then(usage::read);
        if let Some(latest) = reported.and_then(|it| chat::Reported::latest(self.usage, Some(it))) {
            self.usage = Some(latest);
            each(Event::Usage(latest));
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn finish(&mut self, each: &mut dyn FnMut(Event)) -> Result<(), Broken> {
        let finish = self.finish.take();
        let finish =
            finish.ok_or_else(|| Broken::new("the stream ends without a finish reason"))?;
        self.parts.close(each)?;
        each(Event::Finish(finish));
        Ok(())
    }
}

impl Decoder {
    fn start(&mut self, chunk: &Map<String, Value>, each: &mut dyn FnMut(Event)) {
        if !self.started {
            self.started = true;
            let text = |name| text(chunk, name).filter(|it| !it.is_empty()).map(str::to_owned);
            each(Event::Start { id: text("id"), model: text("model") });
        }
    }

    fn choice(
        &mut self,
        choice: &Map<String, Value>,
        each: &mut dyn FnMut(Event),
    ) -> Result<(), Broken> {
        if let Some(delta) = choice.get("delta").and_then(Value::as_object) {
            self.reasoning(delta);
            for (is_thought, text) in pieces(delta.get("content")) {
                if is_thought {
                    self.reasoning = Reasoning::Text;
                    self.parts.more(&plain_thought(), Delta::Text(text.to_owned()));
                } else {
                    self.parts.more(&Begin::Text, Delta::Text(text.to_owned()));
                }
            }
            if let Some(more) = transcript(delta) {
                self.parts.more(&Begin::Text, Delta::Text(more.to_owned()));
            }
            for picture in pictures(delta) {
                self.parts.begin(Begin::Whole(picture));
            }
            if let Some(more) = text(delta, "refusal").filter(|it| !it.is_empty()) {
                self.parts.more(&Begin::Refusal, Delta::Text(more.to_owned()));
            }
            for citation in list(delta, "annotations").iter().filter_map(citation) {
                self.parts.more(&Begin::Text, Delta::Citation(citation));
            }
            for call in list(delta, "tool_calls") {
                self.call(call)?;
            }
        }
        if let Some(list) = logprobs(choice) {
            self.parts.more(&Begin::Text, Delta::Logprobs(list.clone()));
        }
        if let Some(word) = text(choice, "finish_reason").filter(|it| !it.is_empty()) {
            self.finish.get_or_insert_with(|| finish_of(word));
        }
        self.parts.pump(each);
        Ok(())
    }

    fn reasoning(&mut self, delta: &Map<String, Value>) {
        let entries = list(delta, "reasoning_details");
        if entries.is_empty()
            && let Some(more) = reasoning_text(delta)
        {
            self.reasoning = Reasoning::Text;
            self.parts.more(&plain_thought(), Delta::Text(more.to_owned()));
        }
        if matches!(self.reasoning, Reasoning::Text) {
            for (_, thought) in details::read(entries, VIA_CHAT) {
                if thought.opaque.is_some() {
                    self.parts.begin(begin(&thought));
                    self.thought(thought);
                }
            }
            return;
        }
        for entry in entries {
            let list = std::slice::from_ref(entry);
            for (_, thought) in details::read(list, VIA_CHAT) {
                self.entry(entry, thought);
            }
        }
    }

    /// An entry of a list of details goes on with the open thought, or begins another.
    fn entry(&mut self, entry: &Value, thought: Thought) {
        let place = |it: &Value| {
            let index = it.get("index").cloned().unwrap_or_default();
            (it.get("type").cloned(), index)
        };
        let id = |it: &Value| it.get("id").and_then(Value::as_str).map(str::to_owned);
        let goes_on = match &self.reasoning {
            Reasoning::Detail(last) if self.parts.has_open_thought() => {
                let same_id = id(last).is_some() && id(last) == id(entry);
                let is_encrypted = thought.opaque.as_ref().is_some_and(|it| it.encrypted);
                place(last) == place(entry) || (same_id && is_encrypted)
            }
            _ => false,
        };
        if !goes_on {
            self.parts.begin(begin(&thought));
        }
        self.reasoning = Reasoning::Detail(entry.clone());
        self.thought(thought);
    }

    fn thought(&mut self, thought: Thought) {
        if !thought.text.is_empty() {
            self.parts.add(Delta::Text(thought.text));
        }
        if let Some(opaque) = thought.opaque {
            self.parts.add(Delta::Opaque(opaque));
        }
    }

    fn call(&mut self, value: &Value) -> Result<(), Broken> {
        let inner = value.get("function");
        let text = |it: Option<&Value>| it.and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = text(inner.and_then(|it| it.get("name")));
        let id = text(value.get("id"));
        let index = value.get("index").and_then(Value::as_u64);
        let known = self.parts.call(index, &id);
        if let Some(known) = known {
            self.parts.name(known, &name);
        }
        let call = known.unwrap_or_else(|| {
            self.calls += 1;
            let id = if id.is_empty() { made_id(self.calls - 1, &name) } else { id };
            self.parts.begin_call(Call::new(index, id, name))
        });
        let arguments = match inner.and_then(|it| it.get("arguments")) {
            Some(Value::String(text)) => text.clone(),
            None | Some(Value::Null) => String::new(),
            Some(other) => other.to_string(),
        };
        self.parts.add_to(call, Delta::Arguments(arguments))?;
        if let Some(data) = read_message::signature(value) {
            self.parts.sign(call, google(data));
        }
        Ok(())
    }
}

fn plain_thought() -> Begin {
    Begin::Thought { is_summary: false, id: None }
}

fn begin(thought: &Thought) -> Begin {
    Begin::Thought { is_summary: thought.is_summary, id: thought.id.clone() }
}
