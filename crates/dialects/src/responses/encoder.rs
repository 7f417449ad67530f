//! A caller's stream: named events with numbers, in the order the official SDKs put together.

use super::reply::annotation;
use super::response::{Ids, State, function_call, message, output_text};
use super::{picture, reasoning};
use crate::about::About;
use crate::event::{Begin, Delta, Event, StreamEncoder};
use crate::failure::{Begun, failure};
use crate::reply::Finish;
use crate::request::{Content, Opaque, Source, Thought, ToolCall};
use chat::{Format, Reported};
use serde_json::{Map, Value, json};

/// Writes events.
#[derive(Debug)]
pub(crate) struct Encoder {
    about: About,
    ids: Ids,
    model: Option<String>,
    sequence: u64,
    started: bool,
    /// Items that are complete.
    output: Vec<Value>,
    open: Option<Open>,
    finish: Option<Finish>,
    usage: Option<Reported>,
}

/// The part that is open, as far as it has come.
#[derive(Debug)]
enum Open {
    Text { text: String, annotations: Vec<Value>, logprobs: Vec<Value> },
    Refusal(String),
    Thought(Thought),
    Call(ToolCall),
}

impl Encoder {
    pub(crate) fn new(about: About) -> Self {
        Self {
            ids: Ids::new(None, &about),
            about,
            model: None,
            sequence: 0,
            started: false,
            output: Vec::new(),
            open: None,
            finish: None,
            usage: None,
        }
    }

    fn send(&mut self, kind: &str, mut event: Value, out: &mut Vec<u8>) {
        if let Some(members) = event.as_object_mut() {
            members.insert("type".to_owned(), json!(kind));
            members.insert("sequence_number".to_owned(), json!(self.sequence));
        }
        self.sequence += 1;
        out.extend_from_slice(format!("event: {kind}\ndata: {event}\n\n").as_bytes());
    }

    /// An event about the item that is open.
    fn about_item(&mut self, kind: &str, mut event: Value, out: &mut Vec<u8>) {
        let id = self.item_id();
        if let Some(members) = event.as_object_mut() {
            members.insert("item_id".to_owned(), json!(id));
            members.insert("output_index".to_owned(), json!(self.output.len()));
        }
        self.send(kind, event, out);
    }

    fn item_id(&self) -> String {
        let prefix = match &self.open {
            Some(Open::Call(_)) => "fc",
            Some(Open::Thought(Thought { id: Some(id), .. })) => return id.clone(),
            Some(Open::Thought(_)) => "rs",
            Some(Open::Text { .. } | Open::Refusal(_)) | None => "msg",
        };
        self.ids.item(prefix, self.output.len())
    }

    fn response(&self) -> Value {
        Value::Object(self.members())
    }

    fn members(&self) -> Map<String, Value> {
        let state = State {
            ids: &self.ids,
            about: &self.about,
            model: self.model.as_deref(),
            finish: self.finish.as_ref(),
            usage: self.usage.as_ref(),
        };
        state.response(&self.output)
    }

    fn start(&mut self, out: &mut Vec<u8>) {
        if !self.started {
            self.started = true;
            let response = json!({"response": self.response()});
            self.send("response.created", response.clone(), out);
            self.send("response.in_progress", response, out);
        }
    }

    fn item_added(&mut self, item: &Value, out: &mut Vec<u8>) {
        let added = json!({"output_index": self.output.len(), "item": item});
        self.send("response.output_item.added", added, out);
    }

    fn item_done(&mut self, item: Value, out: &mut Vec<u8>) {
        let done = json!({"output_index": self.output.len(), "item": item});
        self.send("response.output_item.done", done, out);
        self.output.push(item);
    }

    fn begin(&mut self, begin: &Begin, out: &mut Vec<u8>) {
        match begin {
            Begin::Text => {
                let (text, annotations, logprobs) = (String::new(), Vec::new(), Vec::new());
                self.open = Some(Open::Text { text, annotations, logprobs });
                self.begin_message(&output_text("", &[], &[]), out);
            }
            Begin::Refusal => {
                self.open = Some(Open::Refusal(String::new()));
                self.begin_message(&json!({"type": "refusal", "refusal": ""}), out);
            }
            Begin::Thought { is_summary, id } => {
                let (is_summary, id) = (*is_summary, id.clone());
                self.open = Some(Open::Thought(Thought { is_summary, id, ..Thought::default() }));
                let empty = Thought { is_summary, ..Thought::default() };
                self.item_added(&reasoning::begun(&empty, &self.item_id()), out);
            }
            Begin::ToolCall { id, name } => {
                let (id, name) = (id.clone(), name.clone());
                let call = ToolCall { id, name, arguments: String::new(), opaque: None };
                self.open = Some(Open::Call(call.clone()));
                let named = (call.id.as_str(), call.name.as_str());
                self.item_added(&function_call(&self.item_id(), named, "", "in_progress"), out);
            }
            Begin::Whole(content) => self.whole(content, out),
        }
    }

    fn begin_message(&mut self, part: &Value, out: &mut Vec<u8>) {
        self.item_added(&message(&self.item_id(), "in_progress", None), out);
        let added = json!({"content_index": 0, "part": part});
        self.about_item("response.content_part.added", added, out);
    }

    /// A part in one piece, as its pieces.
    fn whole(&mut self, content: &Content, out: &mut Vec<u8>) {
        let mut events = Vec::new();
        match content {
            Content::Text(text, citations) => {
                events.push(Event::Begin(Begin::Text));
                events.push(Event::Delta(Delta::Text(text.clone())));
                let citations = citations.iter().cloned();
                events.extend(citations.map(|it| Event::Delta(Delta::Citation(it))));
            }
            Content::Refusal(text) => {
                events.push(Event::Begin(Begin::Refusal));
                events.push(Event::Delta(Delta::Text(text.clone())));
            }
            Content::Thought(Thought { text, is_summary, id, opaque }) => {
                let (is_summary, id) = (*is_summary, id.clone());
                events.push(Event::Begin(Begin::Thought { is_summary, id }));
                events.push(Event::Delta(Delta::Text(text.clone())));
                events.extend(opaque.clone().map(|it| Event::Delta(Delta::Opaque(it))));
            }
            Content::ToolCall(ToolCall { id, name, arguments, opaque }) => {
                let (id, name) = (id.clone(), name.clone());
                events.push(Event::Begin(Begin::ToolCall { id, name }));
                events.push(Event::Delta(Delta::Arguments(arguments.clone())));
                events.extend(opaque.clone().map(|it| Event::Delta(Delta::Opaque(it))));
            }
            Content::Other(_, item) => {
                self.item_added(item, out);
                self.item_done(item.clone(), out);
                return;
            }
            Content::Image(image) => match &image.source {
                Source::Base64 { media_type, data } => {
                    return self.picture(media_type, data, out);
                }
                // The format has pictures by their bytes only.
                Source::Url(url) => {
                    events.push(Event::Begin(Begin::Text));
                    events.push(Event::Delta(Delta::Text(url.clone())));
                }
                Source::Text(_) | Source::Id(_) => return,
            },
            // No request that is translated asks for these.
            Content::Audio(_) | Content::File(_) | Content::ToolResult(_) => return,
        }
        events.push(Event::End);
        for event in &events {
            self.event(event, out);
        }
    }

    /// A picture, through the states that the API's reference lists.
    fn picture(&mut self, media_type: &str, data: &str, out: &mut Vec<u8>) {
        let id = self.ids.item("ig", self.output.len());
        self.item_added(&picture::write(&id, media_type, None), out);
        for state in ["in_progress", "generating", "completed"] {
            let about = json!({"output_index": self.output.len(), "item_id": id});
            self.send(&format!("response.{}.{state}", picture::KIND), about, out);
        }
        self.item_done(picture::write(&id, media_type, Some(data)), out);
    }

    fn delta(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        match delta {
            Delta::Text(more) => self.text(more, out),
            Delta::Arguments(more) => {
                if let Some(Open::Call(call)) = &mut self.open {
                    call.arguments.push_str(more);
                }
                let delta = json!({"delta": more});
                self.about_item("response.function_call_arguments.delta", delta, out);
            }
            Delta::Opaque(opaque) => self.opaque(opaque),
            Delta::Citation(citation) => {
                let Some(Open::Text { annotations, .. }) = &mut self.open else { return };
                let annotation = annotation(citation);
                let index = annotations.len();
                annotations.push(annotation.clone());
                let added = json!({
                    "content_index": 0,
                    "annotation_index": index,
                    "annotation": annotation,
                });
                self.about_item("response.output_text.annotation.added", added, out);
            }
            Delta::Logprobs(more) => {
                if let Some(Open::Text { logprobs, .. }) = &mut self.open {
                    logprobs.extend(more.iter().cloned());
                }
                let delta = json!({"content_index": 0, "delta": "", "logprobs": more});
                self.about_item("response.output_text.delta", delta, out);
            }
        }
    }

    fn opaque(&mut self, opaque: &Opaque) {
        match &mut self.open {
            Some(Open::Thought(thought)) => thought.opaque = Some(opaque.clone()),
            Some(Open::Call(call)) => call.opaque = Some(opaque.clone()),
            _ => {}
        }
    }

    fn text(&mut self, more: &str, out: &mut Vec<u8>) {
        if more.is_empty() {
            return;
        }
        match &mut self.open {
            Some(Open::Text { text, .. }) => {
                text.push_str(more);
                let delta = json!({"content_index": 0, "delta": more, "logprobs": []});
                self.about_item("response.output_text.delta", delta, out);
            }
            Some(Open::Refusal(text)) => {
                text.push_str(more);
                let delta = json!({"content_index": 0, "delta": more});
                self.about_item("response.refusal.delta", delta, out);
            }
            Some(Open::Thought(thought)) => {
                let begins = thought.text.is_empty();
                thought.text.push_str(more);
                if thought.is_summary {
                    self.summary(begins, more, out);
                } else {
                    self.thought(begins, more, out);
                }
            }
            Some(Open::Call(_)) | None => {}
        }
    }

    fn summary(&mut self, begins: bool, more: &str, out: &mut Vec<u8>) {
        if begins {
            let part = json!({"type": "summary_text", "text": ""});
            let added = json!({"summary_index": 0, "part": part});
            self.about_item("response.reasoning_summary_part.added", added, out);
        }
        let delta = json!({"summary_index": 0, "delta": more});
        self.about_item("response.reasoning_summary_text.delta", delta, out);
    }

    fn thought(&mut self, begins: bool, more: &str, out: &mut Vec<u8>) {
        if begins {
            let part = json!({"type": "reasoning_text", "text": ""});
            let added = json!({"content_index": 0, "part": part});
            self.about_item("response.content_part.added", added, out);
        }
        let delta = json!({"content_index": 0, "delta": more});
        self.about_item("response.reasoning_text.delta", delta, out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let id = self.item_id();
        match self.open.take() {
            None => {}
            Some(Open::Text { text, annotations, logprobs }) => {
                let part = output_text(&text, &annotations, &logprobs);
                let done = json!({"content_index": 0, "text": text, "logprobs": logprobs});
                self.about_item("response.output_text.done", done, out);
                self.end_message(&id, part, out);
            }
            Some(Open::Refusal(text)) => {
                let done = json!({"content_index": 0, "refusal": text});
                self.about_item("response.refusal.done", done, out);
                self.end_message(&id, json!({"type": "refusal", "refusal": text}), out);
            }
            Some(Open::Thought(thought)) => {
                self.open = Some(Open::Thought(thought.clone()));
                self.end_thought(&thought, out);
                self.open = None;
                self.item_done(reasoning::write(&thought, &id), out);
            }
            Some(Open::Call(call)) => {
                let done = json!({"name": call.name, "arguments": call.arguments});
                self.open = Some(Open::Call(call.clone()));
                self.about_item("response.function_call_arguments.done", done, out);
                self.open = None;
                self.end_call(&id, &call, out);
            }
        }
    }

    fn end_message(&mut self, id: &str, part: Value, out: &mut Vec<u8>) {
        let done = json!({"content_index": 0, "part": part});
        self.about_item("response.content_part.done", done, out);
        self.item_done(message(id, "completed", Some(part)), out);
    }

    fn end_thought(&mut self, thought: &Thought, out: &mut Vec<u8>) {
        let text = &thought.text;
        if text.is_empty() {
            return;
        }
        if thought.is_summary {
            let done = json!({"summary_index": 0, "text": text});
            self.about_item("response.reasoning_summary_text.done", done, out);
            let part = json!({"type": "summary_text", "text": text});
            let done = json!({"summary_index": 0, "part": part});
            return self.about_item("response.reasoning_summary_part.done", done, out);
        }
        let done = json!({"content_index": 0, "text": text});
        self.about_item("response.reasoning_text.done", done, out);
        let part = json!({"type": "reasoning_text", "text": text});
        let done = json!({"content_index": 0, "part": part});
        self.about_item("response.content_part.done", done, out);
    }

    /// A call, and its signature behind it in an item of its own.
    fn end_call(&mut self, id: &str, call: &ToolCall, out: &mut Vec<u8>) {
        let named = (call.id.as_str(), call.name.as_str());
        self.item_done(function_call(id, named, &call.arguments, "completed"), out);
        if let Some(opaque) = &call.opaque {
            let id = self.ids.item("rs", self.output.len());
            let item = reasoning::of_call(call, opaque, &id);
            self.item_added(&item, out);
            self.item_done(item, out);
        }
    }
}

impl StreamEncoder for Encoder {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        if let Event::Start { id, model } = event
            && !self.started
        {
            self.ids = Ids::new(id.as_deref(), &self.about);
            self.model.clone_from(model);
        }
        self.start(out);
        match event {
            Event::Begin(begin) => self.begin(begin, out),
            Event::Delta(delta) => self.delta(delta, out),
            Event::End => self.end(out),
            Event::Finish(finish) => self.finish = Some(finish.clone()),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Start { .. } | Event::Error { .. } => {}
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.start(out);
        self.end(out);
        self.finish.get_or_insert(Finish::Stop);
        let response = self.response();
        let kind = match response.get("status").and_then(Value::as_str) {
            Some("incomplete") => "response.incomplete",
            _ => "response.completed",
        };
        self.send(kind, json!({"response": response}), out);
    }

    fn fail(&mut self, complaint: &str, out: &mut Vec<u8>) {
        let begun = Begun::written(self.sequence, self.members());
        out.extend_from_slice(failure(Format::Responses, begun, complaint).as_bytes());
    }
}
