//! What a provider speaks, and the URLs for that.

use chat::{Format, GivenBack};
use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;
use std::sync::Arc;

/// All that is not unreserved (RFC 3986, 2.3): a model name is one segment, so `/` and `:` are encoded too.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Stands in a path for the model.
const MODEL: &str = "{model}";

/// Stands in a path for who made the model, as Vertex AI has it.
const PUBLISHER: &str = "{publisher}";

/// Who made a model of Vertex AI when its name does not say.
const DEFAULT_PUBLISHER: &str = "google";

/// One format a provider speaks, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speech {
    /// The format.
    pub format: Format,
    /// Path below the base URL, `{model}` for the model as one percent-encoded segment, `{publisher}` for
    /// what stands before a `/` in its name (else `google`); may have a query.
    pub path: &'static str,
    /// Path of streams, where it is another one.
    pub stream_path: Option<&'static str>,
    /// `stream_options.include_usage` may be spliced in. False where the provider refuses it, sends
    /// usage without being asked, or the format has no such option.
    pub include_usage: bool,
    /// Chat completions take what `OpenAI`'s own do and many imitations refuse: `max_completion_tokens` instead of
    /// `max_tokens`, which `OpenAI` refuses for its reasoning models, and its bookkeeping (`store`, `metadata`, …).
    /// `None`: for models of `OpenAI`, which are known by their names; so where models of many makers are served.
    pub as_openai: Option<bool>,
    /// What becomes of reasoning that a chat completion brings back.
    pub given_back: GivenBack,
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
    /// See [`Speech::as_openai`].
    pub as_openai: Option<bool>,
    /// See [`Speech::given_back`].
    pub given_back: GivenBack,
}

impl Speech {
    /// OpenAI chat completions at the usual path.
    pub const CHAT: Self = Self {
        format: Format::Chat,
        path: "/chat/completions",
        stream_path: None,
        include_usage: true,
        as_openai: None,
        given_back: GivenBack::Any,
    };

    /// OpenAI Responses at the usual path.
    pub const RESPONSES: Self = Self::of(Format::Responses, "/responses");
    /// Anthropic Messages below a base URL that ends with the version.
    pub const MESSAGES: Self = Self::of(Format::Messages, "/messages");
    /// OpenAI embeddings at the usual path.
    pub const EMBEDDINGS: Self = Self::of(Format::Embeddings, "/embeddings");

    /// Plain calls and streams at one path.
    pub(crate) const fn of(format: Format, path: &'static str) -> Self {
        Self { format, path, include_usage: false, ..Self::CHAT }
    }

    /// Streams at a path of their own.
    pub(crate) const fn streaming_at(self, path: &'static str) -> Self {
        Self { stream_path: Some(path), ..self }
    }

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
        let Self { format, include_usage, as_openai, given_back, .. } = *self;
        Some(Way { format, plain, stream, include_usage, as_openai, given_back })
    }
}

/// What a path of a provider's own API is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) format: Format,
    /// The model, when the path names it; decoded.
    pub(crate) model: Option<Box<str>>,
    /// The path is one of streams only.
    pub(crate) stream: bool,
}

impl Speech {
    /// What this path below the base URL is for, if it is one of this format. Versions in front, and
    /// the place of a project, are not looked at: providers serve the same below several.
    pub(crate) fn said(&self, path: &str) -> Option<Said> {
        let said = |pattern: &str, stream| {
            let model = model_of(pattern, path)?;
            Some(Said { format: self.format, model, stream })
        };
        said(self.path, false).or_else(|| said(self.stream_path?, true))
    }
}

/// The model that a path of Bedrock calls in its own format, and whether it is a path of streams
/// (<https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>).
pub(crate) fn invoked(path: &str) -> Option<(Box<str>, bool)> {
    let model = |pattern| model_of(pattern, path).flatten();
    let plain = model("/model/{model}/invoke").map(|it| (it, false));
    plain.or_else(|| Some((model("/model/{model}/invoke-with-response-stream")?, true)))
}

/// `None` when the path is not of this pattern, else the model, where the pattern has one.
#[expect(
    clippy::option_option,
    reason = "no match, a match, and a match with a model are three things"
)]
fn model_of(pattern: &str, path: &str) -> Option<Option<Box<str>>> {
    let pattern = pattern.split_once('?').map_or(pattern, |(path, _)| path);
    let mut pattern = tail(pattern).split('/');
    let mut path = tail(path).split('/');
    let mut model = None;
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return Some(model),
            (Some(PUBLISHER), Some(_)) => {}
            (Some(wanted), Some(found)) => match wanted.strip_prefix(MODEL) {
                Some(after) => {
                    let name = found.strip_suffix(after).filter(|it| !it.is_empty())?;
                    model = Some(percent_decode_str(name).decode_utf8().ok()?.into());
                }
                None if wanted == found => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

/// A path without slash, version and project in front.
fn tail(path: &str) -> &str {
    let path = path.trim_start_matches('/');
    let version = |it: &str| {
        it.strip_prefix('v').is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()))
    };
    let path = match path.split_once('/') {
        Some((first, rest)) if version(first) => rest,
        _ => path,
    };
    let mut segments = path.splitn(5, '/');
    match [segments.next(), segments.next(), segments.next(), segments.next(), segments.next()] {
        [Some("projects"), _, Some("locations"), _, Some(rest)] => rest,
        _ => path,
    }
}

/// The path with the model put in: where it names a publisher, `publisher/model` gives both.
fn fill<'p>(path: &'p str, model: &str) -> Cow<'p, str> {
    if !path.contains(MODEL) {
        return Cow::Borrowed(path);
    }
    let (publisher, model) = match model.split_once('/') {
        Some(both) if path.contains(PUBLISHER) => both,
        _ => (DEFAULT_PUBLISHER, model),
    };
    let encoded = |text| utf8_percent_encode(text, SEGMENT).to_string();
    // In this order: an encoded name has no braces that could be taken for a place.
    Cow::Owned(path.replace(PUBLISHER, &encoded(publisher)).replace(MODEL, &encoded(model)))
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
