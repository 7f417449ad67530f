//! What a model reads of a request, piece by piece: for estimates, so nothing is built and odd forms are text.

use crate::json::{Cursor, Fault};
use std::ops::Range;

/// Where in a body stands what a model reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// The array of messages.
    pub messages: Range<usize>,
    /// The array of tools; empty when there is none.
    pub tools: Range<usize>,
    /// The array of functions, as tools were called before; empty when there is none.
    pub functions: Range<usize>,
}

/// A piece of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'b> {
    /// A message begins.
    Message,
    /// The message has a name, whose text comes next.
    Name,
    /// Text as it stands in JSON: a string without its quotes, or any other value.
    Text(&'b str),
    /// An image; whether low detail is asked for.
    Image {
        /// `detail` is `low`.
        low: bool,
    },
    /// Sound or a file, in so many bytes of text.
    Data(u64),
}

impl Prompt {
    /// Calls `each` with every piece, in the order of the body, which is the one that was scanned.
    pub fn pieces<'b>(&self, body: &'b [u8], each: &mut impl FnMut(Piece<'b>)) {
        let part = |span: &Range<usize>| body.get(span.clone()).unwrap_or_default();
        // What was scanned is JSON; were it not, the rest would not be read.
        let _read = Cursor::new(part(&self.messages)).array(|cursor| message(cursor, each));
        for tools in [&self.tools, &self.functions] {
            text(part(tools), each);
        }
    }
}

fn message<'b>(cursor: &mut Cursor<'b>, each: &mut impl FnMut(Piece<'b>)) -> Result<(), Fault> {
    each(Piece::Message);
    if cursor.peek() != Some(b'{') {
        text(cursor.raw()?, each);
        return Ok(());
    }
    cursor.object(|cursor, key| {
        match &*key.name() {
            b"content" if cursor.peek() == Some(b'[') => {
                return cursor.array(|cursor| part(cursor, each));
            }
            b"role" => return cursor.skip(),
            b"name" => each(Piece::Name),
            _ => {}
        }
        text(cursor.raw()?, each);
        Ok(())
    })
}

/// One part of a message's content: its text, or what it carries instead.
fn part<'b>(cursor: &mut Cursor<'b>, each: &mut impl FnMut(Piece<'b>)) -> Result<(), Fault> {
    if cursor.peek() != Some(b'{') {
        text(cursor.raw()?, each);
        return Ok(());
    }
    cursor.object(|cursor, key| {
        match &*key.name() {
            b"type" | b"cache_control" => return cursor.skip(),
            b"image_url" | b"input_image" => {
                let low = is_low(cursor.raw()?);
                each(Piece::Image { low });
                return Ok(());
            }
            b"input_audio" | b"file" | b"video_url" => {
                let bytes = cursor.raw()?.len();
                each(Piece::Data(u64::try_from(bytes).unwrap_or(u64::MAX)));
                return Ok(());
            }
            _ => {}
        }
        text(cursor.raw()?, each);
        Ok(())
    })
}

/// Whether an image is to be looked at in low detail. Its URL, which may be the image itself, is passed over.
fn is_low(raw: &[u8]) -> bool {
    let mut low = false;
    let _read = Cursor::new(raw).object(|cursor, key| {
        let value = cursor.raw()?;
        low |= &*key.name() == b"detail" && value == b"\"low\"";
        Ok::<(), Fault>(())
    });
    low
}

fn text<'b>(raw: &'b [u8], each: &mut impl FnMut(Piece<'b>)) {
    let Ok(raw) = std::str::from_utf8(raw) else { return };
    let quoted = raw.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let text = quoted.unwrap_or(raw);
    if !text.is_empty() && raw != "null" {
        each(Piece::Text(text));
    }
}

#[cfg(test)]
mod tests {
    use super::Piece::{Data, Image, Message, Name, Text};
    use crate::scan;

    #[test]
    fn what_a_model_reads_is_found_piece_by_piece() {
        let body = br#"{"model":"m","tools":[{"type":"function"}],"messages":[
            {"role":"system","content":"Be \"brief\"."},
            {"role":"user","name":"ann","content":[{"type":"text","text":"Look"},
                {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},
                {"type":"image_url","image_url":{"url":"https://a.test/b.png"}},
                {"type":"input_audio","input_audio":{"data":"AAAA"}}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}, 7],"max_tokens":3}"#;
        let head = scan(body).expect("a chat request");
        let mut pieces = Vec::new();
        head.prompt.pieces(body, &mut |it| pieces.push(it));
        let expected = [
            Message,
            Text(r#"Be \"brief\"."#),
            Message,
            Name,
            Text("ann"),
            Text("Look"),
            Image { low: true },
            Image { low: false },
            Data(15),
            Message,
            Text(r#"[{"id":"1"}]"#),
            Message,
            Text("7"),
            Text(r#"[{"type":"function"}]"#),
        ];
        assert_eq!(pieces, expected);
    }
}
