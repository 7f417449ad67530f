//! What conditions, splits and limits may read of a request: looked up when asked, borrowed where possible.
use crate::asked::Asked;
use route::{Facts, Field, RequestField, Value};
use std::borrow::Cow;
use tokens::Scale;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

impl Facts for Asked<'_> {
    fn get(&self, field: &Field) -> Option<Value<'_>> {
        match field {
            Field::Metadata(key) => self.metadata.get(key),
            Field::Header(name) => {
                let value = self.headers.get(&**name)?;
                Some(Value::Text(String::from_utf8_lossy(value.as_bytes())))
            }
            Field::Body(path) => path.find(self.question.body),
            Field::Request(field) => self.computed(*field),
        }
    }
}

impl Asked<'_> {
    fn computed(&self, field: RequestField) -> Option<Value<'_>> {
        let number = |it: u64| Value::Number(it.into());
        Some(match field {
            RequestField::InputTokens => number(self.prompt.tokens(Scale::O200k)),
            RequestField::MaxOutputTokens => number(self.question.head.max_output_tokens?),
            RequestField::Stream => Value::Bool(self.question.head.stream),
            RequestField::HasTools => Value::Bool(self.question.head.has_tools),
            RequestField::HasImages => Value::Bool(self.question.head.has_images),
            RequestField::MessageCount => number(self.question.head.message_count),
            RequestField::Hour => number(hour(self.arrival.at_ms)),
            RequestField::Weekday => number(weekday(self.arrival.at_ms)),
            RequestField::Key => Value::Text(Cow::Borrowed(&self.caller.token.as_ref()?.id)),
        })
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
