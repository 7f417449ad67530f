//! Gemini `batchEmbedContents` (<https://ai.google.dev/api/embeddings>).

use super::{part, rest, texts};
use crate::about::Target;
use crate::loss::Losses;
use crate::reply::{Broken, Reply};
use crate::request::Request;
use chat::Format;
use serde_json::{Map, Value, json};

/// Most texts at once.
const MOST: usize = 100;

/// Every text is a request of its own in the batch. A caller may say what the embedding is for in Gemini's own
/// word, `task_type`.
pub(crate) fn write_request(request: &Request, target: &Target<'_>, losses: &mut Losses) -> Value {
    let mut task = None;
    let dimensions = rest(request, losses, |it| {
        let is_task = it.field == "task_type";
        if is_task {
            task = Some(it.value.clone());
        }
        is_task
    });
    let model = match target.model {
        it if it.contains('/') => it.to_owned(),
        it => format!("models/{it}"),
    };
    let one = |text: &str| {
        let mut one = Map::new();
        one.insert("model".to_owned(), json!(model));
        one.insert("content".to_owned(), json!({ "parts": [{ "text": text }] }));
        if let Some(task) = &task {
            one.insert("taskType".to_owned(), task.clone());
        }
        if let Some(dimensions) = &dimensions {
            one.insert("outputDimensionality".to_owned(), dimensions.clone());
        }
        Value::Object(one)
    };
    let requests: Vec<Value> = texts(request, MOST, losses).into_iter().map(one).collect();
    json!({ "requests": requests })
}

/// Reads a reply.
pub(crate) fn read_reply(body: &Map<String, Value>) -> Result<Reply, Broken> {
    let list = body.get("embeddings").and_then(Value::as_array);
    let list = list.ok_or_else(|| Broken::new("has no `embeddings`"))?;
    let parts = list.iter().map(|it| part(it.get("values").unwrap_or(&Value::Null)));
    let usage = body.get("usageMetadata").map(Value::to_string);
    Ok(Reply {
        parts: parts.collect::<Result<_, _>>()?,
        usage: usage
            .and_then(|it| chat::Reported::read_as(Format::GeminiEmbeddings, it.as_bytes())),
        ..Reply::default()
    })
}
