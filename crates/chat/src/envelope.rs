//! What stream chunks and complete replies have in common: `choices`, `usage`, `error`.

use crate::json::{Cursor, Fault};
use crate::usage::Reported;

/// The outermost members of a completion.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    /// Number of `choices`; `None` when there is no such list.
    pub(crate) choices: Option<usize>,
    pub(crate) usage: Option<Reported>,
    /// The JSON text of a non-null `error`, or of everything when it calls itself an error
    /// (`"object": "error"`, as vLLM does).
    pub(crate) error: Option<String>,
}

/// Reads a whole text; `choice` must consume exactly one element of `choices`.
pub(crate) fn read<'b>(
    text: &'b [u8],
    mut choice: impl FnMut(&mut Cursor<'b>) -> Result<(), Fault>,
) -> Result<Envelope, Fault> {
    let mut found = Envelope::default();
    let mut is_error = false;
    let mut cursor = Cursor::new(text);
    cursor.object(|cursor, key| {
        match &*key.name() {
            b"choices" if cursor.peek() == Some(b'[') => {
                let mut count = 0;
                cursor.array(|cursor| {
                    count += 1;
                    choice(cursor)
                })?;
                found.choices = Some(count);
            }
            b"usage" => found.usage = Reported::read(cursor.raw()?).or(found.usage),
            // Groq's streams have it here too, and had it only here.
            b"x_groq" if cursor.peek() == Some(b'{') => cursor.object(|cursor, key| {
                let raw = cursor.raw()?;
                if &*key.name() == b"usage" {
                    found.usage = found.usage.or(Reported::read(raw));
                }
                Ok::<(), Fault>(())
            })?,
            b"error" => found.error = non_null(cursor.raw()?),
            b"object" => is_error = cursor.raw()? == b"\"error\"",
            _ => cursor.skip()?,
        }
        Ok::<(), Fault>(())
    })?;
    cursor.end()?;
    if is_error && found.error.is_none() {
        found.error = non_null(text);
    }
    Ok(found)
}

fn non_null(raw: &[u8]) -> Option<String> {
    (raw != b"null").then(|| String::from_utf8_lossy(raw).into_owned())
}
