//! What a model reads of a request, piece by piece: for estimates, so nothing is built and odd forms are text.

use crate::format::Format;
use crate::json::{Cursor, Fault};
use std::ops::Range;

/// Where in a body stands what a model reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What the body is written in.
    pub format: Format,
    /// Instructions beside the messages, a text or an array; empty when there are none.
    pub system: Range<usize>,
    /// The messages: an array, or (Responses, embeddings) a text.
    pub messages: Range<usize>,
    /// The array of tools; empty when there is none.
    pub tools: Range<usize>,
    /// The array of functions, as tools were called before; empty when there is none.
    pub functions: Range<usize>,
}

impl Default for Prompt {
    fn default() -> Self {
        let none = 0..0;
        Self {
            format: Format::Chat,
            system: none.clone(),
            messages: none.clone(),
            tools: none.clone(),
            functions: none,
        }
    }
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
    /// So many tokens, which were counted by the caller (an embeddings request may give their numbers).
    Tokens(u64),
}

impl Prompt {
    /// Calls `each` with every piece, in the order of the body, which is the one that was scanned.
    pub fn pieces<'b>(&self, body: &'b [u8], each: &mut impl FnMut(Piece<'b>)) {
        let part = |span: &Range<usize>| body.get(span.clone()).unwrap_or_default();
        // What was scanned is JSON; were it not, the rest would not be read.
        let _read = match self.format {
            Format::Chat => Cursor::new(part(&self.messages)).array(|cursor| message(cursor, each)),
            Format::Embeddings => inputs(part(&self.messages), each),
            _ => system(part(&self.system), each).and_then(|()| items(part(&self.messages), each)),
        };
        for tools in [&self.tools, &self.functions] {
            text(part(tools), each);
        }
    }
}

/// Texts, or numbers of tokens, one input or several.
fn inputs<'b>(raw: &'b [u8], each: &mut impl FnMut(Piece<'b>)) -> Result<(), Fault> {
    if raw.first() != Some(&b'[') {
        text(raw, each);
        return Ok(());
    }
    let mut tokens = 0_u64;
    Cursor::new(raw).array(|cursor| {
        match cursor.peek() {
            Some(b'0'..=b'9') => {
                tokens += 1;
                cursor.skip()?;
            }
            Some(b'[') => inputs(cursor.raw()?, each)?,
            _ => text(cursor.raw()?, each),
        }
        Ok::<(), Fault>(())
    })?;
    if tokens > 0 {
        each(Piece::Tokens(tokens));
    }
    Ok(())
}

/// Instructions are one message.
fn system<'b>(raw: &'b [u8], each: &mut impl FnMut(Piece<'b>)) -> Result<(), Fault> {
    if raw.is_empty() {
        return Ok(());
    }
    each(Piece::Message);
    content(&mut Cursor::new(raw), each)
}

/// Messages of Anthropic's kind, items of a Responses request; a text is one message.
fn items<'b>(raw: &'b [u8], each: &mut impl FnMut(Piece<'b>)) -> Result<(), Fault> {
    if raw.first() == Some(&b'[') {
        return Cursor::new(raw).array(|cursor| {
            each(Piece::Message);
            block(cursor.raw()?, each)
        });
    }
    if !raw.is_empty() {
        each(Piece::Message);
        text(raw, each);
    }
    Ok(())
}

/// A text, or a list of blocks.
fn content<'b>(cursor: &mut Cursor<'b>, each: &mut impl FnMut(Piece<'b>)) -> Result<(), Fault> {
    if cursor.peek() == Some(b'[') {
        return cursor.array(|cursor| block(cursor.raw()?, each));
    }
    text(cursor.raw()?, each);
    Ok(())
}

/// A message, an item or a part of one. What it is stands in `type`, which may come last.
fn block<'b>(raw: &'b [u8], each: &mut impl FnMut(Piece<'b>)) -> Result<(), Fault> {
    if raw.first() != Some(&b'{') {
        text(raw, each);
        return Ok(());
    }
    let (mut kind, mut low) = (&b""[..], false);
    Cursor::new(raw).object(|cursor, key| {
        let value = cursor.raw()?;
        match &*key.name() {
            b"type" => kind = value,
            b"detail" => low = value == b"\"low\"",
            _ => {}
        }
        Ok::<(), Fault>(())
    })?;
    match kind {
        b"\"image\"" | b"\"input_image\"" => each(Piece::Image { low }),
        b"\"document\"" | b"\"input_file\"" | b"\"input_audio\"" => {
            each(Piece::Data(u64::try_from(raw.len()).unwrap_or(u64::MAX)));
        }
        _ => return Cursor::new(raw).object(|cursor, key| member(&key.name(), cursor, each)),
    }
    Ok(())
}

/// A member of a block: what the model reads of it.
fn member<'b>(
    name: &[u8],
    cursor: &mut Cursor<'b>,
    each: &mut impl FnMut(Piece<'b>),
) -> Result<(), Fault> {
    match name {
        // Names, states, and what only the provider can read.
        b"type" | b"role" | b"cache_control" | b"id" | b"call_id" | b"tool_use_id" | b"status"
        | b"signature" | b"encrypted_content" | b"annotations" | b"logprobs" => cursor.skip(),
        b"content" | b"output" | b"summary" => content(cursor, each),
        _ => {
            text(cursor.raw()?, each);
            Ok(())
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
    use super::Piece::{Data, Image, Message, Name, Text, Tokens};
    use crate::{Format, scan, scan_as};

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

    #[track_caller]
    fn has_pieces(format: Format, body: &str, expected: &[super::Piece<'_>]) {
        let head = scan_as(format, body.as_bytes()).expect("a request");
        let mut pieces = Vec::new();
        head.prompt.pieces(body.as_bytes(), &mut |it| pieces.push(it));
        assert_eq!(pieces, expected, "{body}");
    }

    #[test]
    fn what_a_model_reads_of_a_messages_request_is_found() {
        let body = r#"{"model":"m","system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],"messages":[
            {"role":"user","content":"Look"},
            {"role":"assistant","content":[{"type":"thinking","thinking":"Hm","signature":"EqQB"},{"type":"tool_use","id":"t","name":"f","input":{"a":1}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"ok"},{"source":{"type":"url","url":"https://a.test/b.png"},"type":"image"}]}]}]}"#;
        let expected = [
            Message,
            Text("Be brief."),
            Message,
            Text("Look"),
            Message,
            Text("Hm"),
            Text("f"),
            Text(r#"{"a":1}"#),
            Message,
            Text("ok"),
            Image { low: false },
        ];
        has_pieces(Format::Messages, body, &expected);
    }

    #[test]
    fn what_a_model_reads_of_a_responses_request_is_found() {
        let body = r#"{"model":"m","instructions":"Be brief.","input":[
            {"role":"user","content":[{"type":"input_text","text":"Look"},{"type":"input_image","image_url":"data:","detail":"low"}]},
            {"type":"reasoning","id":"r","summary":[],"encrypted_content":"gAAA"},
            {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
            {"type":"function_call_output","call_id":"c","output":"ok"}],"tools":[{"type":"function"}]}"#;
        let expected = [
            Message,
            Text("Be brief."),
            Message,
            Text("Look"),
            Image { low: true },
            Message,
            Message,
            Text("f"),
            Text("{}"),
            Message,
            Text("ok"),
            Text(r#"[{"type":"function"}]"#),
        ];
        has_pieces(Format::Responses, body, &expected);
        has_pieces(Format::Responses, r#"{"model":"m","input":"Hi"}"#, &[Message, Text("Hi")]);
    }

    #[test]
    fn the_input_of_embeddings_is_texts_or_tokens() {
        for (input, expected) in [
            (r#""Hi""#, vec![Text("Hi")]),
            (r#"["Hi","you"]"#, vec![Text("Hi"), Text("you")]),
            ("[1,2,3]", vec![Tokens(3)]),
            ("[[1,2],[3]]", vec![Tokens(2), Tokens(1)]),
        ] {
            let body = format!(r#"{{"model":"m","input":{input}}}"#);
            has_pieces(Format::Embeddings, &body, &expected);
        }
    }
}
