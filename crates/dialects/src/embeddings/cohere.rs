//! Cohere Embed, version 2 (<https://docs.cohere.com/reference/embed>).

use super::{part, rest, texts};
use crate::about::Target;
use crate::loss::Losses;
use crate::reply::{Broken, Reply};
use crate::request::Request;
use chat::Format;
use serde_json::{Map, Value, json};

/// Most texts at once.
const MOST: usize = 96;

/// What embeddings are for where the caller does not say so: Cohere wants to know.
const DEFAULT_INPUT_TYPE: &str = "search_document";

/// A caller may give Cohere's own `input_type` and `truncate`.
pub(crate) fn write_request(request: &Request, target: &Target<'_>, losses: &mut Losses) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(target.model));
    body.insert("texts".to_owned(), json!(texts(request, MOST, losses)));
    body.insert("input_type".to_owned(), json!(DEFAULT_INPUT_TYPE));
    body.insert("embedding_types".to_owned(), json!(["float"]));
    let dimensions = rest(request, losses, |it| {
        let is_own = matches!(it.field.as_str(), "input_type" | "truncate");
        if is_own {
            body.insert(it.field.clone(), it.value.clone());
        }
        is_own
    });
    if let Some(dimensions) = dimensions {
        body.insert("output_dimension".to_owned(), dimensions);
    }
    Value::Object(body)
}

/// Reads a reply. Without asking for types (version 1) the vectors stand in `embeddings` itself.
pub(crate) fn read_reply(body: &Map<String, Value>) -> Result<Reply, Broken> {
    let embeddings = body.get("embeddings").unwrap_or(&Value::Null);
    let list = embeddings.get("float").unwrap_or(embeddings).as_array();
    let list = list.ok_or_else(|| Broken::new("has no `embeddings.float`"))?;
    let usage = body.get("meta").map(Value::to_string);
    Ok(Reply {
        id: body.get("id").and_then(Value::as_str).map(ToOwned::to_owned),
        parts: list.iter().map(part).collect::<Result<_, _>>()?,
        usage: usage
            .and_then(|it| chat::Reported::read_as(Format::CohereEmbeddings, it.as_bytes())),
        ..Reply::default()
    })
}
