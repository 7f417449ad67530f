//! Pictures that a model made: `image_generation_call`, an item that the built-in tool of the same name leaves in an output.

use crate::members::text;
use crate::request::{Content, Media, Source};
use serde_json::{Map, Value, json};

/// The type of the item.
pub(super) const KIND: &str = "image_generation_call";

/// The item of a picture; without its bytes while it is under way.
pub(super) fn write(id: &str, media_type: &str, data: Option<&str>) -> Value {
    let status = if data.is_some() { "completed" } else { "in_progress" };
    json!({
        "id": id,
        "type": KIND,
        "status": status,
        "output_format": media_type.strip_prefix("image/").unwrap_or(media_type),
        "result": data,
    })
}

/// The picture of an item, if it is one and has its bytes. `output_format` is that of the tool, PNG unless it says otherwise.
pub(super) fn read(item: &Map<String, Value>) -> Option<Content> {
    let data = text(item, "result").filter(|_| text(item, "type") == Some(KIND))?;
    let media_type = format!("image/{}", text(item, "output_format").unwrap_or("png"));
    let source = Source::Base64 { media_type, data: data.to_owned() };
    (!data.is_empty()).then_some(Content::Image(Media { source, detail: None }))
}
