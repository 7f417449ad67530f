//! A stream's events.
//!
//! Blocks have an index. Only those of tools, results and pictures say that they begin; the others begin with their
//! first delta. Blocks follow each other; should two overlap, the later one is held back until the earlier one ends.

use super::reply::{citation, media, other, text, usage};
use super::{finish, redacted, signature};
use crate::event::{Begin, Delta, Event, StreamDecoder};
use crate::reply::Broken;
use crate::request::{Content, Opaque};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Reads a stream.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    open: Option<Block>,
    /// Events of blocks that overlap with the open one.
    held: BTreeMap<u64, Vec<(String, Value)>>,
    finished: bool,
}

/// The open block.
#[derive(Debug)]
struct Block {
    index: u64,
    kind: Kind,
    /// What its end gives, put together from several deltas.
    opaque: Option<Opaque>,
    /// A call had arguments.
    filled: bool,
}

/// What the open block is.
#[derive(Debug)]
enum Kind {
    /// Named only by its start, or not at all yet.
    Nothing,
    Text,
    Thought,
    ToolCall,
    /// Given in one piece at its end: the member it is under, and its value so far.
    Whole(&'static str, Map<String, Value>),
}

impl StreamDecoder for Decoder {
    fn frame(
        &mut self,
        name: Option<&str>,
        data: &[u8],
        each: &mut dyn FnMut(Event),
    ) -> Result<(), Broken> {
        let Some(name) = name else { return Ok(()) };
        let value: Value = serde_json::from_slice(data)
            .map_err(|it| Broken::new(format!("the event `{name}` is not JSON: {it}")))?;
        match name {
            "messageStart" => each(Event::Start { id: None, model: None }),
            "contentBlockStart" | "contentBlockDelta" | "contentBlockStop" => {
                self.block_event(name, value, each);
            }
            "messageStop" => self.message_stop(&value, each)?,
            "metadata" => {
                if let Some(usage) = value.get("usage").and_then(usage) {
                    each(Event::Usage(usage));
                }
            }
            name => each_error(name, &value, each),
        }
        Ok(())
    }

    fn finish(&mut self, _each: &mut dyn FnMut(Event)) -> Result<(), Broken> {
        if self.finished {
            return Ok(());
        }
        Err(Broken::new("the stream ends without `messageStop`"))
    }
}

impl Decoder {
    fn message_stop(&mut self, value: &Value, each: &mut dyn FnMut(Event)) -> Result<(), Broken> {
        while self.open.is_some() {
            self.stop(each);
        }
        let reason = value.get("stopReason").and_then(Value::as_str);
        let reason = reason.ok_or_else(|| Broken::new("`messageStop` has no `stopReason`"))?;
        self.finished = true;
        each(Event::Finish(finish(reason, value.get("additionalModelResponseFields"))));
        Ok(())
    }

    fn block_event(&mut self, name: &str, value: Value, each: &mut dyn FnMut(Event)) {
        let index = value.get("contentBlockIndex").and_then(Value::as_u64).unwrap_or_default();
        if self.open.as_ref().is_some_and(|it| it.index != index) {
            self.held.entry(index).or_default().push((name.to_owned(), value));
            return;
        }
        match name {
            "contentBlockStop" => self.stop(each),
            "contentBlockStart" => self.start(index, value.get("start"), each),
            _ => self.delta(index, value.get("delta"), each),
        }
    }

    fn start(&mut self, index: u64, start: Option<&Value>, each: &mut dyn FnMut(Event)) {
        let start = start.and_then(Value::as_object).and_then(|it| it.iter().next());
        let kind = match start {
            Some((kind, it)) if kind == "toolUse" && it.get("type").is_none() => {
                let (id, name) = (text(it.get("toolUseId")), text(it.get("name")));
                each(Event::Begin(Begin::ToolCall { id, name }));
                Kind::ToolCall
            }
            Some((kind, it)) => match (kind.as_str(), it.as_object()) {
                ("toolUse", Some(it)) => Kind::Whole("toolUse", it.clone()),
                ("toolResult", Some(it)) => Kind::Whole("toolResult", it.clone()),
                ("image", Some(it)) => Kind::Whole("image", it.clone()),
                _ => Kind::Nothing,
            },
            None => Kind::Nothing,
        };
        self.open = Some(Block::new(index, kind));
    }

    fn delta(&mut self, index: u64, delta: Option<&Value>, each: &mut dyn FnMut(Event)) {
        let delta = delta.and_then(Value::as_object).and_then(|it| it.iter().next());
        let block = self.open.get_or_insert_with(|| Block::new(index, Kind::Nothing));
        if let Some((kind, it)) = delta {
            block.delta(kind, it, each);
        }
    }

    /// The open block ends, and the next one of those held back begins.
    fn stop(&mut self, each: &mut dyn FnMut(Event)) {
        if let Some(block) = self.open.take() {
            block.end(each);
        }
        let events = self.held.pop_first().map(|(_, it)| it).unwrap_or_default();
        for (name, value) in events {
            self.block_event(&name, value, each);
        }
    }
}

impl Block {
    fn new(index: u64, kind: Kind) -> Self {
        Self { index, kind, opaque: None, filled: false }
    }

    fn delta(&mut self, kind: &str, it: &Value, each: &mut dyn FnMut(Event)) {
        match (kind, &mut self.kind) {
            ("text", _) => {
                self.turn_to_text(each);
                each(Event::Delta(Delta::Text(text(Some(it)))));
            }
            ("citation", _) => {
                self.turn_to_text(each);
                each(Event::Delta(Delta::Citation(citation(it))));
            }
            ("reasoningContent", _) => self.reasoning(it, each),
            ("toolUse", Kind::ToolCall) => {
                let more = text(it.get("input"));
                self.filled |= !more.is_empty();
                each(Event::Delta(Delta::Arguments(more)));
            }
            (_, Kind::Whole(_, members)) => gather(members, it),
            _ => {}
        }
    }

    fn turn_to_text(&mut self, each: &mut dyn FnMut(Event)) {
        if !matches!(self.kind, Kind::Text) {
            self.turn_to(Kind::Text, each);
            each(Event::Begin(Begin::Text));
        }
    }

    fn reasoning(&mut self, it: &Value, each: &mut dyn FnMut(Event)) {
        if !matches!(self.kind, Kind::Thought) {
            self.turn_to(Kind::Thought, each);
            each(Event::Begin(Begin::Thought { is_summary: false, id: None }));
        }
        let string = |name: &str| it.get(name).and_then(Value::as_str);
        if let Some(more) = string("text") {
            each(Event::Delta(Delta::Text(more.to_owned())));
        }
        let signed = string("signature").map(signature);
        let Some(more) = signed.or(string("redactedContent").map(redacted)) else { return };
        match &mut self.opaque {
            Some(opaque) => opaque.data.push_str(&more.data),
            None => self.opaque = Some(more),
        }
    }

    /// Another kind of part begins in the same block.
    fn turn_to(&mut self, kind: Kind, each: &mut dyn FnMut(Event)) {
        let fresh = Self::new(self.index, kind);
        std::mem::replace(self, fresh).end(each);
    }

    fn end(self, each: &mut dyn FnMut(Event)) {
        match self.kind {
            Kind::Nothing => {}
            Kind::Whole(kind, members) => {
                each(Event::Begin(Begin::Whole(whole(kind, members))));
                each(Event::End);
            }
            Kind::ToolCall if !self.filled => {
                each(Event::Delta(Delta::Arguments("{}".to_owned())));
                each(Event::End);
            }
            Kind::Text | Kind::Thought | Kind::ToolCall => {
                each_opaque(self.opaque, each);
                each(Event::End);
            }
        }
    }
}

fn each_opaque(opaque: Option<Opaque>, each: &mut dyn FnMut(Event)) {
    if let Some(opaque) = opaque {
        each(Event::Delta(Delta::Opaque(opaque)));
    }
}

/// More of a part that is given in one piece: of the input of the provider's own tool, which is JSON text; of the list
/// of its results; of a picture.
fn gather(members: &mut Map<String, Value>, more: &Value) {
    match more {
        Value::Array(results) => {
            let content = members.entry("content").or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(content) = content {
                content.extend(results.iter().cloned());
            }
        }
        Value::Object(more) => {
            for (name, it) in more {
                match (members.get_mut(name), it) {
                    (Some(Value::String(text)), Value::String(more)) => text.push_str(more),
                    _ => {
                        members.insert(name.clone(), it.clone());
                    }
                }
            }
        }
        _ => {}
    }
}

fn whole(kind: &str, mut members: Map<String, Value>) -> Content {
    if let Some(Value::String(input)) = members.get("input") {
        let parsed = serde_json::from_str(input).unwrap_or_else(|_| Value::String(input.clone()));
        members.insert("input".to_owned(), parsed);
    }
    let value = Value::Object(members);
    let picture = (kind == "image").then(|| media(&value, "image")).flatten();
    picture.map_or_else(|| other(kind, &value), Content::Image)
}

/// Exceptions end the stream; events of kinds that are not known are left alone.
fn each_error(name: &str, value: &Value, each: &mut dyn FnMut(Event)) {
    let is_error = name.ends_with("Exception") || name.ends_with("Error") || name == "error";
    let message = value.get("message").or_else(|| value.get("Message")).and_then(Value::as_str);
    if is_error || message.is_some() {
        each(Event::Error {
            message: message.unwrap_or(name).to_owned(),
            kind: Some(name.to_owned()),
        });
    }
}
