//! What a request asks of its reply. Odd forms are passed on and mean nothing here; the provider judges them.

use crate::json::{Cursor, Fault};

/// Whether `response_format`, `text` or `output_config` asks for JSON of a schema.
pub(super) fn schema(raw: &[u8]) -> bool {
    let is_schema = |it: &[u8]| it == b"\"json_schema\"";
    let format = member(raw, b"format").unwrap_or(raw);
    member(format, b"type").is_some_and(is_schema)
}

/// Whether `reasoning_effort`, `reasoning`, `thinking` or `output_config` sets how much to reason, and not to nothing.
pub(super) fn reasoning(raw: &[u8]) -> bool {
    let is_set = |it: &[u8]| !matches!(it, b"null" | b"false" | b"\"none\"" | b"\"disabled\"");
    if raw.first() != Some(&b'{') {
        return is_set(raw);
    }
    [&b"effort"[..], b"type", b"enabled", b"max_tokens"]
        .into_iter()
        .filter_map(|it| member(raw, it))
        .any(is_set)
}

/// The value of a member of an object, which has been validated.
fn member<'b>(raw: &'b [u8], name: &[u8]) -> Option<&'b [u8]> {
    if raw.first() != Some(&b'{') {
        return None;
    }
    let mut found = None;
    let _read = Cursor::new(raw).object(|cursor, key| {
        let value = cursor.raw()?;
        if &*key.name() == name {
            found = Some(value);
        }
        Ok::<(), Fault>(())
    });
    found
}
