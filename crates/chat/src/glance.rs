//! The few facts that a body of any API may tell: looked for, not required.

use crate::json::{Cursor, Fault, Text, whole};
use std::borrow::Cow;

/// What a JSON body tells at a glance. Nothing is refused: what is not there, or not as expected, is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance<'b> {
    /// `model`, or what else it is called (`model_id`, `modelId`).
    pub model: Option<Cow<'b, str>>,
    /// `stream` is true.
    pub stream: bool,
    /// The most output asked for, at the top or in Gemini's `generationConfig` or Converse's `inferenceConfig`.
    pub max_output_tokens: Option<u64>,
}

/// Looks at a body. One that is no JSON object tells nothing.
#[must_use]
pub fn glance(body: &[u8]) -> Glance<'_> {
    let mut found = Glance::default();
    let mut cursor = Cursor::new(body);
    let read = cursor.object(|cursor, key| found.member(cursor, key));
    match read.and_then(|()| cursor.end()) {
        Ok(()) => found,
        Err(_) => Glance::default(),
    }
}

impl<'b> Glance<'b> {
    fn member(&mut self, cursor: &mut Cursor<'b>, key: Text<'b>) -> Result<(), Fault> {
        match (&*key.name(), cursor.peek()) {
            (b"model" | b"model_id" | b"modelId", Some(b'"')) => {
                self.model = cursor.text()?.decode().or(self.model.take());
            }
            (b"stream", _) => self.stream = cursor.raw()? == b"true",
            (b"max_tokens" | b"max_completion_tokens" | b"max_output_tokens", _) => {
                self.max_output_tokens = whole(cursor.raw()?).or(self.max_output_tokens);
            }
            (b"generationConfig" | b"inferenceConfig", Some(b'{')) => {
                cursor.object(|cursor, key| {
                    let raw = cursor.raw()?;
                    if matches!(&*key.name(), b"maxOutputTokens" | b"maxTokens") {
                        self.max_output_tokens = whole(raw);
                    }
                    Ok::<(), Fault>(())
                })?;
            }
            _ => cursor.skip()?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Glance, glance};

    #[test]
    fn what_any_body_tells_is_found_and_nothing_is_required() {
        let known = |model: &'static str, stream, max_output_tokens| Glance {
            model: Some(model.into()),
            stream,
            max_output_tokens,
        };
        for (body, expected) in [
            (
                r#"{"model":"gpt-5","stream":true,"max_tokens":7,"input":{}}"#,
                known("gpt-5", true, Some(7)),
            ),
            (r#"{"model_id":"eleven_v3","text":"hi"}"#, known("eleven_v3", false, None)),
            (
                r#"{"model":"m","generationConfig":{"maxOutputTokens":9}}"#,
                known("m", false, Some(9)),
            ),
            (r#"{"model":7}"#, Glance::default()),
            (r#"{"model":"m""#, Glance::default()),
            (r#"["model"]"#, Glance::default()),
            ("--boundary", Glance::default()),
            ("", Glance::default()),
        ] {
            assert_eq!(glance(body.as_bytes()), expected, "{body}");
        }
    }
}
