//! Requests.

use super::{config, contents, tools};
use crate::about::Target;
use crate::loss::Losses;
use crate::request::{Content, Message, Request, Weight};
use serde_json::{Map, Value, json};

/// The body of `generateContent`.
pub(crate) fn write_request(request: &Request, target: &Target<'_>, losses: &mut Losses) -> Value {
    let mut body = Map::new();
    let contents = contents::write(request, target, losses);
    let instruction = instruction(request, losses);
    if !instruction.is_empty() {
        body.insert("systemInstruction".to_owned(), json!({ "parts": instruction }));
    }
    body.insert("contents".to_owned(), Value::Array(contents));
    tools::write(request, losses, &mut body);
    let config = config::write(request, target, losses);
    if !config.is_empty() {
        body.insert("generationConfig".to_owned(), Value::Object(config));
    }
    rest(request, losses);
    Value::Object(body)
}

/// The instructions at the front, a part each.
fn instruction(request: &Request, losses: &mut Losses) -> Vec<Value> {
    let mut parts = Vec::new();
    for message in request.instructions() {
        name(message, losses);
        for part in &message.parts {
            hints(part, losses);
            match &part.content {
                Content::Text(text, _) if text.is_empty() => {}
                Content::Text(text, _) => parts.push(json!({ "text": text })),
                _ => {
                    let why = "is not text, and Gemini takes instructions in text only";
                    losses.lose(&part.at, why);
                }
            }
        }
    }
    parts
}

/// A participant's name has no place.
pub(super) fn name(message: &Message, losses: &mut Losses) {
    if message.name.is_some() {
        losses.lose(format!("{}.name", message.at), "names a participant, which Gemini cannot");
    }
}

/// What stands about a part that the model is not told.
pub(super) fn hints(part: &crate::Part, losses: &mut Losses) {
    if part.cache.is_some() {
        losses.hint(format!("{}.cache_control", part.at));
    }
    if matches!(&part.content, Content::Text(_, citations) if !citations.is_empty()) {
        losses.hint(format!("{}.citations", part.at));
    }
}

fn rest(request: &Request, losses: &mut Losses) {
    for it in &request.rest {
        match it.weight {
            Weight::Meaning => losses.lose(&it.field, "is not something Gemini takes"),
            Weight::Hint => losses.hint(&it.field),
        }
    }
}
