//! The few facts that a body of any API may tell: looked for, not required.

use crate::json::{Cursor, Fault, Text, whole};
use std::borrow::Cow;

/// What a JSON body tells at a glance. What is not there, or not as expected, is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance<'b> {
    /// What `model` says.
    pub model: Named<'b>,
    /// What `model_id` and `modelId` say, as others call it.
    pub other: Named<'b>,
    /// `stream` is true.
    pub stream: bool,
    /// The most output asked for, at the top or in Gemini's `generationConfig` or Converse's `inferenceConfig`; the largest of several.
    pub max_output_tokens: Option<u64>,
}

/// What a body says of its model in members of one meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Named<'b> {
    /// Nothing.
    #[default]
    Nowhere,
    /// This, wherever it says so.
    As(Cow<'b, str>),
    /// More than one thing, or something that is no text: who reads it decides what is meant.
    Unclear,
}

impl<'b> Named<'b> {
    /// What both say together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nowhere, it) | (it, Self::Nowhere) => it,
            (Self::As(one), Self::As(two)) if one == two => Self::As(one),
            _ => Self::Unclear,
        }
    }

    /// The name, if there is one.
    #[must_use]
    pub fn name(self) -> Option<Cow<'b, str>> {
        match self {
            Self::As(name) => Some(name),
            Self::Nowhere | Self::Unclear => None,
        }
    }

    /// The same with what one more member says.
    fn read(&mut self, cursor: &mut Cursor<'b>) -> Result<(), Fault> {
        let said = if cursor.peek() == Some(b'"') {
            cursor.text()?.decode().map_or(Self::Unclear, Self::As)
        } else {
            cursor.skip()?;
            Self::Unclear
        };
        *self = std::mem::take(self).and(said);
        Ok(())
    }
}

/// Looks at a body. `None`: it is no JSON object.
#[must_use]
pub fn glance(body: &[u8]) -> Option<Glance<'_>> {
    let mut found = Glance::default();
    let mut cursor = Cursor::new(body);
    let read = cursor.object(|cursor, key| found.member(cursor, key));
    read.and_then(|()| cursor.end()).ok().map(|()| found)
}

impl<'b> Glance<'b> {
    fn member(&mut self, cursor: &mut Cursor<'b>, key: Text<'b>) -> Result<(), Fault> {
        match (&*key.name(), cursor.peek()) {
            (b"model", _) => self.model.read(cursor)?,
            (b"model_id" | b"modelId", _) => self.other.read(cursor)?,
            (b"stream", _) => self.stream |= cursor.raw()? == b"true",
            (b"max_tokens" | b"max_completion_tokens" | b"max_output_tokens", _) => {
                self.max_output_tokens = self.max_output_tokens.max(whole(cursor.raw()?));
            }
            (b"generationConfig" | b"inferenceConfig", Some(b'{')) => {
                cursor.object(|cursor, key| {
                    let raw = cursor.raw()?;
                    if matches!(&*key.name(), b"maxOutputTokens" | b"maxTokens") {
                        self.max_output_tokens = self.max_output_tokens.max(whole(raw));
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
    use super::{Glance, Named, glance};

    #[test]
    fn what_any_body_tells_is_found_and_nothing_is_required() {
        let known = |model: &'static str, stream, max_output_tokens| Glance {
            model: Named::As(model.into()),
            other: Named::Nowhere,
            stream,
            max_output_tokens,
        };
        for (body, expected) in [
            (
                r#"{"model":"gpt-5","stream":true,"max_tokens":7,"input":{}}"#,
                Some(known("gpt-5", true, Some(7))),
            ),
            (
                r#"{"model_id":"eleven_v3","text":"hi"}"#,
                Some(Glance { other: Named::As("eleven_v3".into()), ..Glance::default() }),
            ),
            (
                r#"{"model":"m","generationConfig":{"maxOutputTokens":9}}"#,
                Some(known("m", false, Some(9))),
            ),
            ("{}", Some(Glance::default())),
            (r#"{"model":"m""#, None),
            (r#"["model"]"#, None),
            ("--boundary", None),
            ("", None),
        ] {
            assert_eq!(glance(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn a_model_named_differently_is_unclear_in_any_order() {
        let named = |body: &'static str| {
            let found = glance(body.as_bytes()).expect("an object");
            (found.model.clone(), found.model.and(found.other))
        };
        let is = |name: &'static str| Named::As(name.into());
        for (body, model, all) in [
            (r#"{"model":"a","model_id":"b"}"#, is("a"), Named::Unclear),
            (r#"{"modelId":"b","model":"a"}"#, is("a"), Named::Unclear),
            (r#"{"model":"a","model_id":"a"}"#, is("a"), is("a")),
            (r#"{"model_id":"a","modelId":"b"}"#, Named::Nowhere, Named::Unclear),
            (r#"{"model":"a","model":"b","model":"a"}"#, Named::Unclear, Named::Unclear),
            (r#"{"model":"a","mod\u0065l":"b"}"#, Named::Unclear, Named::Unclear),
            (r#"{"model":"a","model":"a"}"#, is("a"), is("a")),
            (r#"{"model":7}"#, Named::Unclear, Named::Unclear),
            (r#"{"model":"a","model":null}"#, Named::Unclear, Named::Unclear),
            (r#"{"input":"a"}"#, Named::Nowhere, Named::Nowhere),
        ] {
            assert_eq!(named(body), (model, all), "{body}");
        }
    }

    #[test]
    fn of_several_facts_that_say_how_much_the_most_counts() {
        let body = br#"{"max_tokens":9,"max_tokens":1,"stream":true,"stream":false}"#;
        let found = glance(body).expect("an object");
        assert_eq!((found.max_output_tokens, found.stream), (Some(9), true));
    }
}
