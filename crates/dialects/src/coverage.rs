//! What formats can express: the list behind the table in `docs/providers.md` and the test that wants a case for
//! each entry.

use Format::{Chat, Cohere, Converse, Gemini, Messages, Responses};
use chat::Format;

/// A feature of model calls.
#[derive(Debug)]
pub struct Feature {
    /// Its tag in case files.
    pub tag: &'static str,
    /// For people.
    pub title: &'static str,
    /// Where it is seen.
    pub side: Side,
    /// Formats that have it. A request with it is refused, by name, for the others.
    pub formats: &'static [Format],
}

/// Where a feature is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In requests.
    Request,
    /// In replies and streams.
    Reply,
}

/// Formats that are spoken to providers by translation.
const ALL: &[Format] = &[Chat, Responses, Messages, Gemini, Converse, Cohere];

impl Feature {
    /// Every feature of issue and documentation.
    pub const ALL: &[Self] = &[
        request("system", "system messages", ALL),
        request("developer", "developer messages", ALL),
        request("multi-turn", "several turns", ALL),
        request("image-url", "images by URL", &[Chat, Responses, Messages, Gemini, Cohere]),
        request("image-base64", "images in base64", ALL),
        request("file", "files", &[Chat, Responses, Messages, Gemini, Converse]),
        request("audio", "audio in", &[Chat, Gemini, Converse]),
        request("tools", "tools", ALL),
        request("tool-choice", "tool choice", ALL),
        request(
            "parallel-tool-calls",
            "one tool at a time",
            &[Chat, Responses, Messages, Converse],
        ),
        request("tool-results", "tool results", ALL),
        request("json-object", "some JSON object", &[Chat, Responses, Gemini, Cohere]),
        request("json-schema", "JSON schema", ALL),
        request("stop", "stop texts", &[Chat, Messages, Gemini, Converse, Cohere]),
        request("seed", "seed", &[Chat, Gemini, Cohere]),
        request("temperature", "temperature", ALL),
        request("top-p", "top_p", ALL),
        request("penalties", "penalties", &[Chat, Gemini, Cohere]),
        request("max-tokens", "most tokens", ALL),
        request("reasoning-effort", "reasoning effort", ALL),
        request("reasoning-budget", "reasoning budget", &[Messages, Gemini, Converse, Cohere]),
        request("signature", "signatures given back", &[Responses, Messages, Gemini, Converse]),
        request("logprobs", "log probabilities", &[Chat, Responses, Gemini, Cohere]),
        reply("text", "text", ALL),
        reply("tool-call", "tool call", ALL),
        reply("parallel-calls", "several calls", ALL),
        reply("reasoning-text", "reasoning text", ALL),
        reply(
            "reasoning-signature",
            "reasoning signatures",
            &[Responses, Messages, Gemini, Converse],
        ),
        reply("citations", "citations", ALL),
        reply("refusal", "refusals", &[Chat, Responses, Messages]),
        reply("finish-reasons", "finish reasons", ALL),
        reply("logprobs-out", "log probabilities", &[Chat, Responses, Gemini, Cohere]),
        reply("usage", "usage", ALL),
        reply("error", "errors", ALL),
    ];

    /// Whether the format has it.
    #[must_use]
    pub fn is_in(&self, format: Format) -> bool {
        self.formats.contains(&format)
    }
}

const fn request(tag: &'static str, title: &'static str, formats: &'static [Format]) -> Feature {
    Feature { tag, title, side: Side::Request, formats }
}

const fn reply(tag: &'static str, title: &'static str, formats: &'static [Format]) -> Feature {
    Feature { tag, title, side: Side::Reply, formats }
}
