//! What is sent to a provider: the caller's own bytes where it speaks the same, else a translation; and how its
//! answer becomes one for the caller.

use super::fault::{Fault, Kind};
use super::{Call, Question};
use bytes::Bytes;
use chat::{Format, GivenBack};
use dialects::{About, Encoded, Refused, StreamTranslator, Target, TranslatedReply};
use http::{HeaderMap, HeaderValue, header};
use providers::{Feature, Way};
use std::sync::Arc;

/// Tells the caller which of its fields a translation left out.
const DROPPED: &str = "pointsman-dropped";
/// Longest value of that header, bytes; what is beyond is counted instead of named.
const LONGEST: usize = 2048;

/// A request for a provider, made once and shared by the attempts.
#[derive(Debug)]
pub(super) struct Outgoing<'a> {
    pub(super) way: &'a Way,
    pub(super) body: chat::Spliced,
    /// The usage event was asked for by us, not by the client.
    pub(super) withhold_usage: bool,
    /// `None`: both speak the same, and answers pass through.
    pub(super) translation: Option<Translation>,
    /// The caller's fields that were left out.
    dropped: Vec<String>,
}

/// How answers become the caller's.
#[derive(Debug)]
pub(super) struct Translation {
    /// Of the provider, and of the caller.
    formats: (Format, Format),
    about: About,
}

impl<'a> Outgoing<'a> {
    /// The request in the provider's format; a fault when it cannot be said there.
    pub(super) fn new(call: &Call<'a>, now_ms: u64) -> Result<Self, Fault> {
        let Call { plan, question, .. } = *call;
        let Some(way) = plan.way(question.head.format) else {
            let message = format!(
                "`{}` serves nothing that {} could be translated to",
                plan.endpoint.slug,
                what(question.head.format)
            );
            return Err(Fault::new(Kind::Unsupported, message));
        };
        let made = if way.format == question.head.format {
            Self::of_the_same(call, way)
        } else {
            Self::translated(call, way, now_ms)
        };
        made.map_err(|refused| unsupported(call, &refused))
    }

    /// The caller's own bytes, or what is left of them without reasoning that is not this provider's.
    fn of_the_same(call: &Call<'a>, way: &'a Way) -> Result<Self, Refused> {
        let Call { plan, question, .. } = *call;
        if question.head.format == Format::Chat {
            return Ok(Self::of_chat(call, way));
        }
        if !may_carry(question) {
            return Ok(Self::as_it_is(call, way));
        }
        let format = question.head.format;
        let without =
            dialects::without_carried(format, question.body, &plan.model, question.on_unsupported)?;
        Ok(match without {
            Some(encoded) => Self::written(way, encoded, None),
            None => Self::as_it_is(call, way),
        })
    }

    /// A chat completion, without reasoning of earlier turns where this provider refuses it.
    fn of_chat(call: &Call<'a>, way: &'a Way) -> Self {
        if !way.given_back.refuses() || !may_give_back(call.question) {
            return Self::as_it_is(call, way);
        }
        let (target, asks) = (target(call, way), asks_usage(call, way));
        match dialects::without_reasoning(call.question.body, &target, asks) {
            Some(encoded) => Self { withhold_usage: asks, ..Self::written(way, encoded, None) },
            None => Self::as_it_is(call, way),
        }
    }

    fn as_it_is(call: &Call<'a>, way: &'a Way) -> Self {
        let Question { body, head, .. } = call.question;
        let splice = asks_usage(call, way);
        let body = chat::splice(body, head, &call.plan.model_json, splice);
        Self { way, body, withhold_usage: splice, translation: None, dropped: Vec::new() }
    }

    fn written(
        way: &'a Way,
        Encoded { body, dropped }: Encoded,
        translation: Option<Translation>,
    ) -> Self {
        let body = chat::Spliced::whole(Bytes::from(body.to_string()));
        Self { way, body, withhold_usage: false, translation, dropped }
    }

    /// Says what the answer's body is now, and what was left out of the request.
    pub(super) fn describe(&self, headers: &mut HeaderMap, stream: bool) {
        if self.translation.is_some() {
            let kind = if stream { "text/event-stream" } else { "application/json" };
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(value) = listed(&self.dropped) {
            headers.insert(DROPPED, value);
        }
    }

    fn translated(call: &Call<'a>, way: &'a Way, now_ms: u64) -> Result<Self, Refused> {
        let Call { plan, question, .. } = *call;
        let request = question.neutral().as_ref().map_err(Clone::clone)?;
        let target = target(call, way);
        let encoded =
            dialects::encode_request(way.format, request, &target, question.on_unsupported)?;
        let about = About {
            id: call.id.to_owned(),
            created: now_ms / 1000,
            model: plan.model.to_string(),
            request: Arc::clone(request),
        };
        let formats = (way.format, question.head.format);
        Ok(Self::written(way, encoded, Some(Translation { formats, about })))
    }
}

impl Translation {
    /// What the provider speaks.
    pub(super) fn provider(&self) -> Format {
        self.formats.0
    }

    /// A complete reply for the caller.
    pub(super) fn reply(&self, body: &[u8]) -> Result<TranslatedReply, Fault> {
        dialects::translate_reply(self.formats, body, &self.about)
            .map_err(|broken| Fault::broken_body(&format!("the body {broken}")))
    }

    /// For a stream.
    pub(super) fn stream(&self) -> StreamTranslator {
        StreamTranslator::new(self.formats, self.about.clone())
    }
}

/// Whom a request is for.
fn target<'t>(call: &Call<'t>, way: &Way) -> Target<'t> {
    let quote = &call.plan.quote;
    Target {
        model: &call.plan.model,
        max_output_tokens: quote.max_output_tokens,
        include_usage: way.include_usage,
        as_openai: way.as_openai,
        given_back: match way.given_back {
            GivenBack::Text if quote.capabilities.lacks(Feature::Reasoning) => GivenBack::Nothing,
            given_back => given_back,
        },
    }
}

/// Whether a chat completion is to be asked for its usage though the caller does not ask.
fn asks_usage(call: &Call<'_>, way: &Way) -> bool {
    let head = &call.question.head;
    head.stream && call.want_usage && way.include_usage && !head.asks_usage()
}

/// Whether a chat completion may bring back reasoning: a quick look, which words of the user's can mislead.
fn may_give_back(question: &Question<'_>) -> bool {
    let found = |it: &&str| memchr::memmem::find(question.body, it.as_bytes()).is_some();
    dialects::GIVEN_BACK.iter().any(found)
}

/// Whether the body may bring back reasoning of another provider: a quick look, which words of the user's can mislead.
fn may_carry(question: &Question<'_>) -> bool {
    matches!(question.head.format, Format::Messages | Format::Responses)
        && memchr::memmem::find(question.body, dialects::CARRIED.as_bytes()).is_some()
}

/// Field names, as a header can have them.
fn listed(fields: &[String]) -> Option<HeaderValue> {
    let mut list = String::new();
    for (nth, field) in fields.iter().enumerate() {
        let field: String = field.chars().filter(|it| it.is_ascii_graphic()).collect();
        if list.len() + field.len() > LONGEST {
            let more = fields.len() - nth;
            list.push_str(&format!(", and {more} more"));
            break;
        }
        if nth > 0 {
            list.push_str(", ");
        }
        list.push_str(&field);
    }
    (!list.is_empty()).then(|| HeaderValue::from_str(&list).ok()).flatten()
}

/// A request that this provider cannot be told.
fn unsupported(call: &Call<'_>, refused: &Refused) -> Fault {
    let slug = &call.plan.endpoint.slug;
    // What could not even be read cannot be left out either.
    let advice = match call.question.neutral() {
        Ok(_) => "; send `pointsman-on-unsupported: drop` to leave it out",
        Err(_) => "",
    };
    let message = format!("the request cannot be translated for `{slug}`: {refused}{advice}");
    Fault::new(Kind::Unsupported, message)
}

/// What is asked for, for people.
fn what(format: Format) -> &'static str {
    match format {
        Format::Embeddings => "a request for embeddings",
        _ => "a conversation",
    }
}
