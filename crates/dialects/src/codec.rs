//! Which module reads and writes which format. The only place that lists them.

use crate::about::{About, Target};
use crate::event::{StreamDecoder, StreamEncoder};
use crate::loss::{Losses, Refused};
use crate::reply::{Broken, Reply};
use crate::request::Request;
use crate::{chat_completions, cohere, converse, embeddings, gemini, messages, responses};
use chat::Format;
use serde_json::{Map, Value};

/// Reads a caller's request.
pub(crate) fn read_request(from: Format, body: &Map<String, Value>) -> Result<Request, Refused> {
    match from {
        Format::Chat => chat_completions::read_request(body),
        Format::Responses => responses::read_request(body),
        Format::Messages => messages::read_request(body),
        Format::Embeddings => embeddings::read_request(body),
        Format::Gemini
        | Format::Converse
        | Format::Cohere
        | Format::GeminiEmbeddings
        | Format::CohereEmbeddings => {
            Err(Refused::one("model", "is called in a format that is not translated"))
        }
    }
}

/// Writes a provider's request.
pub(crate) fn write_request(
    to: Format,
    request: &Request,
    target: &Target<'_>,
    losses: &mut Losses,
) -> Value {
    match to {
        Format::Chat => chat_completions::write_request(request, target, losses),
        Format::Responses => responses::write_request(request, target, losses),
        Format::Messages => messages::write_request(request, target, losses),
        Format::Gemini => gemini::write_request(request, target, losses),
        Format::Converse => converse::write_request(request, target, losses),
        Format::Cohere => cohere::write_request(request, target, losses),
        Format::GeminiEmbeddings => embeddings::gemini::write_request(request, target, losses),
        Format::CohereEmbeddings => embeddings::cohere::write_request(request, target, losses),
        Format::Embeddings => {
            losses.lose("model", "is a model of embeddings, which does not chat");
            Value::Null
        }
    }
}

/// Reads a provider's complete reply.
pub(crate) fn read_reply(from: Format, body: &Map<String, Value>) -> Result<Reply, Broken> {
    match from {
        Format::Chat => chat_completions::read_reply(body),
        Format::Responses => responses::read_reply(body),
        Format::Messages => messages::read_reply(body),
        Format::Gemini => gemini::read_reply(body),
        Format::Converse => converse::read_reply(body),
        Format::Cohere => cohere::read_reply(body),
        Format::GeminiEmbeddings => embeddings::gemini::read_reply(body),
        Format::CohereEmbeddings => embeddings::cohere::read_reply(body),
        Format::Embeddings => embeddings::read_reply(body),
    }
}

/// Writes a caller's complete reply.
pub(crate) fn write_reply(to: Format, reply: &Reply, about: &About) -> Value {
    match to {
        Format::Embeddings => embeddings::write_reply(reply, about),
        Format::Responses => responses::write_reply(reply, about),
        Format::Messages => messages::write_reply(reply, about),
        _ => chat_completions::write_reply(reply, about),
    }
}

/// Reads a provider's stream.
pub(crate) fn decoder(from: Format) -> Box<dyn StreamDecoder> {
    match from {
        Format::Responses => Box::<responses::Decoder>::default(),
        Format::Messages => Box::<messages::Decoder>::default(),
        Format::Gemini => Box::<gemini::Decoder>::default(),
        Format::Converse => Box::<converse::Decoder>::default(),
        Format::Cohere => Box::<cohere::Decoder>::default(),
        // Embeddings are not streamed.
        Format::Chat | Format::Embeddings | Format::GeminiEmbeddings | Format::CohereEmbeddings => {
            Box::<chat_completions::Decoder>::default()
        }
    }
}

/// Writes a caller's stream.
pub(crate) fn encoder(to: Format, about: About) -> Box<dyn StreamEncoder> {
    match to {
        Format::Responses => Box::new(responses::Encoder::new(about)),
        Format::Messages => Box::new(messages::Encoder::new(about)),
        _ => Box::new(chat_completions::Encoder::new(about)),
    }
}
