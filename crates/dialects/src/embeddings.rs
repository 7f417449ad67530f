//! `OpenAI` embeddings, as callers speak them, and what they become at Gemini and Cohere.
//!
//! In neutral form each text is a message of the user, and each embedding a part [`Content::Other`] of the kind
//! `embedding` that holds its numbers. Vectors are written as numbers or, as `OpenAI`'s SDKs ask by default, as base64
//! of 32-bit floats, whatever the provider sent.

pub(crate) mod cohere;
pub(crate) mod gemini;

use crate::about::About;
use crate::loss::{Losses, Refused};
use crate::reply::{Broken, Reply};
use crate::request::{Content, Message, Part, Request, Rest, Role, Weight};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chat::Format;
use serde_json::{Map, Value, json};

/// The kind of part that holds an embedding.
const KIND: &str = "embedding";
const ENCODING: &str = "encoding_format";
const DIMENSIONS: &str = "dimensions";

/// Reads a caller's request.
pub(crate) fn read_request(body: &Map<String, Value>) -> Result<Request, Refused> {
    let mut request = Request::new(Format::Embeddings);
    for (name, value) in body.iter().filter(|(_, it)| !it.is_null()) {
        match name.as_str() {
            "model" => request.model = value.as_str().unwrap_or_default().to_owned(),
            "input" => request.messages = input(value)?,
            _ => request.rest.push(Rest {
                field: name.clone(),
                value: value.clone(),
                weight: if name == "user" { Weight::Hint } else { Weight::Meaning },
            }),
        }
    }
    if !matches!(encoding(&request), None | Some("float" | "base64")) {
        return Err(Refused::one(ENCODING, "is neither `float` nor `base64`"));
    }
    Ok(request)
}

fn input(value: &Value) -> Result<Vec<Message>, Refused> {
    match value {
        Value::String(text) => Ok(vec![message("input".to_owned(), text)]),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(place, it)| match it {
                Value::String(text) => Ok(message(format!("input[{place}]"), text)),
                _ => Err(Refused::one(
                    "input",
                    "is made of token numbers, which mean nothing to another provider's models; send text",
                )),
            })
            .collect(),
        _ => Err(Refused::one("input", "is neither a text nor a list of texts")),
    }
}

fn message(at: String, text: &str) -> Message {
    let parts = vec![Part::text(at.clone(), text)];
    Message { at, role: Role::User, name: None, parts }
}

/// The texts, of which a provider takes so many at once.
fn texts<'r>(request: &'r Request, most: usize, losses: &mut Losses) -> Vec<&'r str> {
    let texts = request.messages.iter().flat_map(|it| &it.parts);
    let texts: Vec<&str> = texts
        .filter_map(|it| match &it.content {
            Content::Text(text, _) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    if texts.len() > most {
        let why = format!("has {} texts, and the provider takes {most} at once", texts.len());
        losses.lose("input", why);
    }
    texts
}

/// The members beside model and input: `take` is asked for those that are not understood here, and says whether the
/// provider has a place for them. Gives the dimensions.
fn rest(
    request: &Request,
    losses: &mut Losses,
    mut take: impl FnMut(&Rest) -> bool,
) -> Option<Value> {
    let mut dimensions = None;
    for it in &request.rest {
        match (it.field.as_str(), it.weight) {
            (ENCODING, _) => {}
            (DIMENSIONS, _) => dimensions = Some(it.value.clone()),
            (field, Weight::Hint) => losses.hint(field),
            (field, Weight::Meaning) => {
                if !take(it) {
                    losses.lose(field, "is not something the provider takes");
                }
            }
        }
    }
    dimensions
}

fn encoding(request: &Request) -> Option<&str> {
    request.rest.iter().find(|it| it.field == ENCODING).and_then(|it| it.value.as_str())
}

/// A part that holds an embedding.
fn part(numbers: &Value) -> Result<Content, Broken> {
    if numbers.is_array() {
        Ok(Content::Other(KIND.to_owned(), numbers.clone()))
    } else {
        Err(Broken::new("has an embedding that is not a list of numbers"))
    }
}

/// Reads a reply as `OpenAI` gives it.
pub(crate) fn read_reply(body: &Map<String, Value>) -> Result<Reply, Broken> {
    let list = body.get("data").and_then(Value::as_array);
    let list = list.ok_or_else(|| Broken::new("has no `data`"))?;
    let parts = list.iter().map(|it| match it.get("embedding") {
        Some(Value::String(text)) => part(&decoded(text)?),
        other => part(other.unwrap_or(&Value::Null)),
    });
    let usage = body.get("usage").map(Value::to_string);
    Ok(Reply {
        model: body.get("model").and_then(Value::as_str).map(ToOwned::to_owned),
        parts: parts.collect::<Result<_, _>>()?,
        usage: usage.and_then(|it| chat::Reported::read_as(Format::Embeddings, it.as_bytes())),
        ..Reply::default()
    })
}

/// Writes a caller's reply. Usage that the provider did not report is not made up.
pub(crate) fn write_reply(reply: &Reply, about: &About) -> Value {
    let as_base64 = encoding(&about.request) == Some("base64");
    let vectors = reply.parts.iter().filter_map(|it| match it {
        Content::Other(kind, numbers) if kind == KIND => Some(numbers),
        _ => None,
    });
    let data: Vec<Value> = vectors
        .enumerate()
        .map(|(index, numbers)| {
            let embedding = if as_base64 { json!(encoded(numbers)) } else { numbers.clone() };
            json!({ "object": "embedding", "index": index, "embedding": embedding })
        })
        .collect();
    let model = reply.model.as_ref().unwrap_or(&about.model);
    let mut body = json!({ "object": "list", "data": data, "model": model });
    if let (Some(reported), Some(members)) = (reply.usage, body.as_object_mut()) {
        let tokens = reported.usage.tokens_in();
        let usage = json!({ "prompt_tokens": tokens, "total_tokens": tokens });
        members.insert("usage".to_owned(), usage);
    }
    body
}

/// Little-endian 32-bit floats in base64.
fn encoded(numbers: &Value) -> String {
    let numbers = numbers.as_array().into_iter().flatten();
    #[expect(clippy::cast_possible_truncation, reason = "32 bits are what the format has")]
    let bytes: Vec<u8> =
        numbers.flat_map(|it| (it.as_f64().unwrap_or_default() as f32).to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

fn decoded(text: &str) -> Result<Value, Broken> {
    let bytes = STANDARD
        .decode(text)
        .map_err(|error| Broken::new(format!("has an embedding that is not base64: {error}")))?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(Broken::new("has an embedding whose base64 is not of 32-bit floats"));
    }
    Ok(numbers.iter().map(|it| f64::from(f32::from_le_bytes(*it))).collect())
}
