//! What stream chunks and complete replies have in common: `choices`, `usage`, `error`.

use crate::json::{Cursor, Fault};
use crate::usage::Usage;

/// The outermost members of a completion.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    /// Number of `choices`; `None` when there is no such list.
    pub(crate) choices: Option<usize>,
    pub(crate) usage: Option<Usage>,
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
            b"usage" => found.usage = Usage::read(cursor.raw()?),
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
