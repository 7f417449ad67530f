//! What the messages of a request carry besides text.

use crate::format::Format;
use crate::json::{Cursor, Fault};

/// What the parts of messages are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a request")]
pub(super) struct Parts {
    pub(super) images: bool,
    pub(super) audio: bool,
    pub(super) files: bool,
}

impl Parts {
    fn note(&mut self, kind: &[u8], format: Format) {
        match kind {
            b"image_url" | b"input_image" => self.images = true,
            b"image" => self.images |= format == Format::Messages,
            b"input_audio" => self.audio = true,
            b"file" | b"input_file" => self.files = true,
            b"document" => self.files |= format == Format::Messages,
            _ => {}
        }
    }
}

/// One message or item: validated, and looked at for what it carries.
pub(super) fn message(
    cursor: &mut Cursor<'_>,
    format: Format,
    parts: &mut Parts,
) -> Result<(), Fault> {
    if cursor.peek() != Some(b'{') {
        return cursor.skip();
    }
    cursor.object(|cursor, key| {
        let name = key.name();
        let is_content =
            &*name == b"content" || (format == Format::Responses && &*name == b"output");
        if is_content && cursor.peek() == Some(b'[') {
            cursor.array(|cursor| part(cursor, format, parts))
        } else {
            cursor.skip()
        }
    })
}

/// One part of a message's content.
fn part(cursor: &mut Cursor<'_>, format: Format, parts: &mut Parts) -> Result<(), Fault> {
    if cursor.peek() != Some(b'{') {
        return cursor.skip();
    }
    cursor.object(|cursor, key| {
        let name = key.name();
        match (&*name, cursor.peek()) {
            (b"type", Some(b'"')) => {
                parts.note(&cursor.text()?.name(), format);
                Ok(())
            }
            // What a tool returned.
            (b"content", Some(b'[')) if format == Format::Messages => {
                cursor.array(|cursor| part(cursor, format, parts))
            }
            _ => cursor.skip(),
        }
    })
}

/// Whether a tool is one that the caller runs itself, sooner than one of the provider's own.
pub(super) fn is_function(cursor: &mut Cursor<'_>) -> Result<bool, Fault> {
    let mut function = true;
    if cursor.peek() != Some(b'{') {
        cursor.skip()?;
        return Ok(function);
    }
    cursor.object(|cursor, key| {
        if &*key.name() == b"type" && cursor.peek() == Some(b'"') {
            function = matches!(&*cursor.text()?.name(), b"function" | b"custom");
            return Ok(());
        }
        cursor.skip()
    })?;
    Ok(function)
}
