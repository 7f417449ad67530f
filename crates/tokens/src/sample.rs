//! A bounded look at text of any length.

use crate::scale::Scale;

/// Bytes of text, as it stands in JSON, that are counted in full. Of a longer text 32 pieces of 1 KiB are, spread evenly, and the
/// result is scaled up.
pub const EXACT: usize = PIECE * PIECES;

const PIECE: usize = 1024;
const PIECES: usize = 32;

/// Tokens of these pieces of JSON strings (without their quotes, escapes in them) together.
pub(crate) fn tokens(scale: Scale, pieces: &[&str]) -> u64 {
    let total: usize = pieces.iter().map(|it| it.len()).sum();
    if total <= EXACT {
        return pieces.iter().map(|it| scale.tokens(&plain(it))).fold(0, u64::saturating_add);
    }
    let (mut seen, mut found) = (0_usize, 0_u64);
    let mut windows = (0..PIECES).map(|it| total / PIECES * it).peekable();
    let mut start = 0;
    for piece in pieces {
        while let Some(at) = windows.next_if(|it| *it < start + piece.len()) {
            let window = window(piece, at.saturating_sub(start));
            seen += window.len();
            found = found.saturating_add(scale.tokens(&plain(window)));
        }
        start += piece.len();
    }
    let (total, seen) = (wide(total), wide(seen.max(1)));
    u64::try_from((u128::from(found) * total).div_ceil(seen)).unwrap_or(u64::MAX)
}

/// 1 KiB of the text from about here, at boundaries of characters; less at its end.
fn window(text: &str, from: usize) -> &str {
    let from = text.floor_char_boundary(from);
    let to = text.floor_char_boundary(from + PIECE);
    text.get(from..to).unwrap_or_default()
}

fn wide(number: usize) -> u128 {
    u128::try_from(number).unwrap_or(u128::MAX)
}

/// The text of a JSON string. An escape that is cut off, or no character, is left out.
fn plain(raw: &str) -> std::borrow::Cow<'_, str> {
    if !raw.contains('\\') {
        return raw.into();
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let (units, after) = escaped(escape);
        text.extend(char::decode_utf16(units).filter_map(Result::ok));
        rest = after;
    }
    text.push_str(rest);
    text.into()
}

/// UTF-16 of what follows a backslash, a surrogate's other half included, and what comes after it.
fn escaped(text: &str) -> (Vec<u16>, &str) {
    let mut characters = text.chars();
    let unit = match characters.next() {
        Some('n') => u16::from(b'\n'),
        Some('t') => u16::from(b'\t'),
        Some('r') => u16::from(b'\r'),
        Some('b') => 8,
        Some('f') => 12,
        Some('u') => return unicode(characters.as_str()),
        Some(it) => return (it.encode_utf16(&mut [0; 2]).to_vec(), characters.as_str()),
        None => return (Vec::new(), ""),
    };
    (vec![unit], characters.as_str())
}

fn unicode(digits: &str) -> (Vec<u16>, &str) {
    let Some((first, rest)) = hex(digits) else { return (Vec::new(), digits) };
    let second = (0xD800..0xDC00)
        .contains(&first)
        .then(|| rest.strip_prefix("\\u").and_then(hex))
        .flatten()
        .filter(|(it, _)| (0xDC00..0xE000).contains(it));
    match second {
        Some((second, rest)) => (vec![first, second], rest),
        None => (vec![first], rest),
    }
}

/// Four digits, and what comes after them.
fn hex(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}

#[cfg(test)]
mod tests;
