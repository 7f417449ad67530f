//! What a provider speaks, and the URLs for that.

use chat::Format;
use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;
use std::sync::Arc;

/// All that is not unreserved (RFC 3986, 2.3): a model name is one segment, so `/` and `:` are encoded too.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Stands in a path for the model.
const MODEL: &str = "{model}";

/// One format a provider speaks, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speech {
    /// The format.
    pub format: Format,
    /// Path below the base URL, `{model}` for the model as one percent-encoded segment; may have a query.
    pub path: &'static str,
    /// Path of streams, where it is another one.
    pub stream_path: Option<&'static str>,
    /// `stream_options.include_usage` may be spliced in. False where the provider refuses it, sends
    /// usage without being asked, or the format has no such option.
    pub include_usage: bool,
}

/// How one model is called in one format: URLs made once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The format the provider gets.
    pub format: Format,
    /// Absolute URL of plain calls.
    pub plain: Uri,
    /// Absolute URL of streams.
    pub stream: Uri,
    /// See [`Speech::include_usage`].
    pub include_usage: bool,
}

impl Speech {
    /// OpenAI chat completions at the usual path.
    pub const CHAT: Self = Self {
        format: Format::Chat,
        path: "/chat/completions",
        stream_path: None,
        include_usage: true,
    };

    fn names_model(&self) -> bool {
        [Some(self.path), self.stream_path].into_iter().flatten().any(|it| it.contains(MODEL))
    }

    /// `None` when the base URL is none.
    pub(crate) fn way(&self, base: &str, model: &str) -> Option<Way> {
        let url =
            |path: &str| -> Option<Uri> { format!("{base}{}", fill(path, model)).parse().ok() };
        let plain = url(self.path)?;
        let stream = match self.stream_path {
            Some(path) => url(path)?,
            None => plain.clone(),
        };
        Some(Way { format: self.format, plain, stream, include_usage: self.include_usage })
    }
}

/// The path with the model put in.
fn fill<'p>(path: &'p str, model: &str) -> Cow<'p, str> {
    if !path.contains(MODEL) {
        return Cow::Borrowed(path);
    }
    Cow::Owned(path.replace(MODEL, &utf8_percent_encode(model, SEGMENT).to_string()))
}

/// The ways to call any model: of a provider whose URLs do not name the model they are all the same.
#[derive(Clone, Debug)]
pub(crate) struct Ways(Option<Arc<[Way]>>);

impl Ways {
    pub(crate) fn new(base: &str, speaks: &[Speech]) -> Self {
        if speaks.iter().any(Speech::names_model) {
            return Self(None);
        }
        Self(Some(all(base, speaks, "")))
    }

    pub(crate) fn of(&self, base: &str, speaks: &[Speech], model: &str) -> Arc<[Way]> {
        self.0.clone().unwrap_or_else(|| all(base, speaks, model))
    }
}

fn all(base: &str, speaks: &[Speech], model: &str) -> Arc<[Way]> {
    speaks.iter().filter_map(|it| it.way(base, model)).collect()
}

#[cfg(test)]
mod tests;
