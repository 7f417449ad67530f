//! What may be asked of request logs.

use crate::store::Micros;

/// Which records to list or delete; what is absent does not matter.
#[derive(Clone, Debug, Default)]
pub struct LogQuery {
    /// All of these.
    pub filters: Vec<LogFilter>,
    /// In provider, model, and the keys and values of metadata, ASCII case ignored.
    pub search: Option<String>,
    /// Not before.
    pub start: Option<Micros>,
    /// Not after.
    pub end: Option<Micros>,
    /// What they are ordered by. Equal ones are by their time, in the same direction.
    pub order: LogOrder,
    /// Smallest first instead of largest first.
    pub ascending: bool,
}

/// One condition on a record.
///
/// A filter on [`LogField::MetadataValue`] that stands right behind one on [`LogField::MetadataKey`] is about the same entry, when both are [`LogOperator::Eq`]
/// or [`LogOperator::Contains`]; otherwise every filter is by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter {
    /// What is looked at.
    pub field: LogField,
    /// How it is compared.
    pub operator: LogOperator,
    /// With what: any of these.
    pub values: Vec<LogValue>,
}

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogField {
    /// Text.
    Id,
    /// Unix milliseconds.
    CreatedAt,
    /// Text: what kind of data, without parameters.
    RequestContentType,
    /// Text: what kind of data, without parameters.
    ResponseContentType,
    /// Text: `chat`, `embeddings`, …
    RequestType,
    /// Yes or no.
    Success,
    /// Yes or no.
    Cached,
    /// Text.
    Provider,
    /// Text.
    Model,
    /// Nano-dollars.
    Cost,
    /// Input and output.
    Tokens,
    /// Input.
    TokensIn,
    /// Output.
    TokensOut,
    /// Milliseconds.
    Duration,
    /// -1, 0 or 1.
    Feedback,
    /// Text.
    EventId,
    /// Text, as often as there are keys.
    MetadataKey,
    /// Text, as often as there are keys; numbers, `true` and `false` as they are written.
    MetadataValue,
    /// Yes or no.
    Authentication,
    /// Yes or no.
    Compatibility,
    /// Text.
    UserAgent,
    /// Text, twice: id and name of the route. Absent on a direct call.
    Route,
    /// Text: id of the route's version.
    Version,
    /// Text, as often as elements of the route were walked.
    Element,
    /// Text, as often as elements of the route were walked: `<element>.<output>`, with the output that was taken.
    Edge,
    /// Text: id of the token that asked.
    Token,
    /// Nothing: what no record has.
    Absent,
    /// What is `false` in every record.
    Never,
}

/// How a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogOperator {
    /// Is one of the values.
    Eq,
    /// Is none of the values.
    Neq,
    /// Has one of the values in it, ASCII case ignored; for text.
    Contains,
    /// Is less than one of the values; text by its bytes.
    Lt,
    /// Is more than one of the values; text by its bytes.
    Gt,
}

/// What a condition compares with. A value of another kind than the field's equals nothing, and nothing is less or more than it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogValue {
    /// Equals what is absent.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number, in the field's unit.
    Int(i64),
    /// Text.
    Text(String),
}

/// What records are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the fields of the same names")]
pub enum LogOrder {
    #[default]
    CreatedAt,
    Provider,
    Model,
    Success,
    Cached,
    Cost,
    TokensIn,
    TokensOut,
    Duration,
    Feedback,
}

impl From<&str> for LogValue {
    fn from(it: &str) -> Self {
        Self::Text(it.to_owned())
    }
}

impl From<bool> for LogValue {
    fn from(it: bool) -> Self {
        Self::Bool(it)
    }
}

impl LogFilter {
    /// Whether a field that is there once, or not at all, fulfils this.
    pub(super) fn takes(&self, it: Option<&LogValue>) -> bool {
        let same = |value: &LogValue| match it {
            None => *value == LogValue::Null,
            Some(it) => value == it,
        };
        let any = |test: fn(&LogValue, &LogValue) -> bool| {
            it.is_some_and(|it| self.values.iter().any(|value| test(it, value)))
        };
        match self.operator {
            LogOperator::Eq => self.values.iter().any(same),
            LogOperator::Neq => !self.values.iter().any(same),
            LogOperator::Contains => any(contains),
            LogOperator::Lt => any(less),
            LogOperator::Gt => any(|it, value| less(value, it)),
        }
    }

    /// Whether a field that is there any number of times fulfils this: one of them must, or none may be equal.
    pub(super) fn takes_any(&self, all: &[String]) -> bool {
        let mut all = all.iter().map(|it| LogValue::Text(it.clone())).peekable();
        if all.peek().is_none() {
            return self.takes(None);
        }
        match self.operator {
            LogOperator::Neq => all.all(|it| self.takes(Some(&it))),
            _ => all.any(|it| self.takes(Some(&it))),
        }
    }
}

fn contains(it: &LogValue, part: &LogValue) -> bool {
    match (it, part) {
        (LogValue::Text(it), LogValue::Text(part)) => {
            it.to_ascii_lowercase().contains(&part.to_ascii_lowercase())
        }
        _ => false,
    }
}

fn less(it: &LogValue, than: &LogValue) -> bool {
    match (it, than) {
        (LogValue::Text(it), LogValue::Text(than)) => it < than,
        (LogValue::Int(it), LogValue::Int(than)) => it < than,
        _ => false,
    }
}
