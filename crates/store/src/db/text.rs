//! Text to the letter on PostgreSQL, whose `text` has every character but NUL.
//!
//! NUL is written as [`MARK`] and `0`, the mark itself as the mark and `1`. U+10FFFF is no character and occurs in nobody's text, so what
//! is stored is otherwise what was given. Different texts stay different, so that names are unique here as there.

use std::borrow::Cow;

const MARK: char = '\u{10ffff}';
/// First byte of the mark in UTF-8; of no character below U+100000.
const LEAD: u8 = 0xf4;

/// As it can be stored.
pub(super) fn to_stored(text: String) -> String {
    if !text.bytes().any(|it| it == 0 || it == LEAD) {
        return text;
    }
    let mut stored = String::with_capacity(text.len() + 16);
    for it in text.chars() {
        match it {
            '\0' => stored.extend([MARK, '0']),
            MARK => stored.extend([MARK, '1']),
            other => stored.push(other),
        }
    }
    stored
}

/// An expression for the JSON text of a column, with NUL as [`to_stored`] writes it in place of its escape, which PostgreSQL does not read.
pub(super) fn without_escaped_nul(column: &str) -> String {
    format!(
        r"case when strpos({column}, '\u0000') > 0 then regexp_replace({column}, '(?<!\\)((?:\\\\)*)\\u0000', '\1{MARK}0', 'g') else {column} end"
    )
}

/// As it was given.
pub(super) fn from_stored(stored: &str) -> Cow<'_, str> {
    if !stored.bytes().any(|it| it == LEAD) {
        return Cow::Borrowed(stored);
    }
    let mut text = String::with_capacity(stored.len());
    let mut rest = stored.chars();
    while let Some(it) = rest.next() {
        match it {
            MARK => text.push(if rest.next() == Some('0') { '\0' } else { MARK }),
            other => text.push(other),
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests;
