//! What conditions, splits and limits may read of a request: looked up when asked, borrowed where possible.
use crate::asked::Asked;
use crate::metadata::Metadata;
use crate::prompt::Prompt;
use access::Token;
use chat::Head;
use http::HeaderMap;
use route::{Facts, Field, RequestField, Value};
use std::borrow::Cow;
use tokens::Scale;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// What of a request may be read. One piece of code for real requests and for those that are only imagined ([`crate::simulation`]), so that a
/// simulation reads what production reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) metadata: &'a Metadata<'a>,
    pub(crate) body: &'a [u8],
    pub(crate) head: &'a Head<'a>,
    pub(crate) prompt: &'a Prompt,
    pub(crate) token: Option<&'a Token>,
    /// When it arrived: Unix milliseconds.
    pub(crate) at_ms: u64,
}

impl<'a> Sight<'a> {
    /// The value of a field; `None`: missing.
    pub(crate) fn read(self, field: &Field) -> Option<Value<'a>> {
        match field {
            Field::Metadata(key) => self.metadata.get(key),
            Field::Header(name) => {
                let value = self.headers.get(&**name)?;
                Some(Value::Text(String::from_utf8_lossy(value.as_bytes())))
            }
            Field::Body(path) => path.find(self.body),
            Field::Request(field) => self.computed(*field),
        }
    }

    fn computed(self, field: RequestField) -> Option<Value<'a>> {
        let number = |it: u64| Value::Number(it.into());
        Some(match field {
            RequestField::InputTokens => number(self.prompt.tokens(Scale::O200k)),
            RequestField::MaxOutputTokens => number(self.head.max_output_tokens?),
            RequestField::Stream => Value::Bool(self.head.stream),
            RequestField::HasTools => Value::Bool(self.head.has_tools),
            RequestField::HasImages => Value::Bool(self.head.has_images),
            RequestField::MessageCount => number(self.head.message_count),
            RequestField::Hour => number(hour(self.at_ms)),
            RequestField::Weekday => number(weekday(self.at_ms)),
            RequestField::Key => Value::Text(Cow::Borrowed(&self.token?.id)),
        })
    }
}

impl Facts for Asked<'_> {
    fn get(&self, field: &Field) -> Option<Value<'_>> {
        let sight = Sight {
            headers: self.headers,
            metadata: &self.metadata,
            body: self.question.body,
            head: self.question.head,
            prompt: &self.prompt,
            token: self.caller.token.as_deref(),
            at_ms: self.arrival.at_ms,
        };
        sight.read(field)
    }
}

/// 0 to 23, UTC.
fn hour(at_ms: u64) -> u64 {
    at_ms % DAY_MS / HOUR_MS
}

/// 1 (Monday) to 7, UTC. The Unix epoch was a Thursday.
fn weekday(at_ms: u64) -> u64 {
    (at_ms / DAY_MS + 3) % 7 + 1
}

#[cfg(test)]
mod tests {
    use super::{hour, weekday};

    #[test]
    fn hours_and_weekdays_are_those_of_utc() {
        let check = |seconds: u64, expected| {
            assert_eq!((weekday(seconds * 1000), hour(seconds * 1000)), expected);
        };
        check(0, (4, 0)); // 1970-01-01, a Thursday
        check(951_825_599, (2, 11)); // 2000-02-29 11:59:59, a Tuesday
        check(1_795_391_999, (7, 23)); // 2026-11-22 23:59:59, a Sunday
        check(1_795_392_000, (1, 0)); // a second later, a Monday
    }
}
