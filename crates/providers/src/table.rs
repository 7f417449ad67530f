//! The providers. A flat table: each row stands alone. `docs/providers.md` is its readable form.

use crate::auth::Auth;
use crate::hosts;
use crate::native::NativePaths;
use crate::provider::{Forbidden, OnDisconnect, Provider, StatedCost};
use crate::speech::Speech;
use chat::{Format, GivenBack};

/// An OpenAI-shaped provider with a public base URL and a bearer key; rows say what differs.
///
/// `on_disconnect` follows the list of OpenRouter's streaming guide, which says for which of the
/// providers it resells cancelling a stream "immediately stops model processing and billing"; the
/// servers one runs oneself (Ollama, vLLM) abort a request whose reader is gone. Nothing written
/// down means `BillsToTheEnd`.
pub(crate) const OPENAI_SHAPED: Provider = Provider {
    slug: "",
    aliases: &[],
    base_url: "",
    base_from: None,
    speaks: &[Speech::CHAT],
    not_in_routes: "",
    auth: Auth::Bearer,
    forwards: &["openai-beta"],
    wants: &[],
    returns: &[],
    native: NativePaths::Below,
    built_in: false,
    key_env: &[],
    keyless: false,
    price_name: "",
    trace_name: "",
    stated_cost: StatedCost::Nowhere,
    on_disconnect: OnDisconnect::BillsToTheEnd,
    forbidden: Forbidden::Key,
};

/// Chat completions of a provider that reports usage by itself, or refuses to be asked.
const CHAT_WITH_USAGE: Speech = Speech { include_usage: false, ..Speech::CHAT };

/// Chat completions of `OpenAI` itself, whatever a model or deployment is called there. Its reference has no member for reasoning
/// (<https://platform.openai.com/docs/api-reference/chat/create>), and its newer models refuse unknown ones.
const CHAT_OF_OPENAI: Speech =
    Speech { as_openai: Some(true), given_back: GivenBack::Nothing, ..Speech::CHAT };

/// Chat completions of a provider that knows only `max_tokens`, reports usage by itself and refuses what it does not know.
/// Reasoning among it: <https://github.com/BerriAI/litellm/issues/30835>.
const CHAT_OF_MISTRAL: Speech =
    Speech { as_openai: Some(false), given_back: GivenBack::Nothing, ..CHAT_WITH_USAGE };

/// What callers of Messages may say beside the body; for providers that speak it beside OpenAI's formats too.
const MESSAGES_HEADERS: &[&str] = &["openai-beta", "anthropic-beta", "anthropic-version"];

/// What Anthropic says beside the body: <https://docs.claude.com/en/api/rate-limits>, <https://docs.claude.com/en/api/errors>.
const OF_ANTHROPIC: &[&str] = &["request-id", "anthropic-ratelimit-*", "anthropic-organization-id"];

/// A provider whose own paths are passed through, and that is no model to be called in a route.
const NATIVE_ONLY: Provider =
    Provider { speaks: &[], not_in_routes: NOT_CHAT, forwards: &[], ..OPENAI_SHAPED };

const NOT_CHAT: &str = "it has no chat completions; call its own API below its native path";
const OTHER_SHAPE: &str =
    "its API starts jobs instead of answering calls; call it below its native path";

/// All providers Pointsman knows by name.
#[must_use]
pub fn table() -> &'static [Provider] {
    &TABLE
}

static TABLE: [Provider; 34] = [
    Provider {
        slug: "echo",
        base_url: "http://echo.invalid/v1",
        built_in: true,
        auth: Auth::None,
        keyless: true,
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "openai",
        base_url: "https://api.openai.com/v1",
        forwards: &["openai-beta", "openai-organization", "openai-project"],
        speaks: &[CHAT_OF_OPENAI, Speech::RESPONSES, Speech::EMBEDDINGS],
        key_env: &["OPENAI_API_KEY"],
        price_name: "openai",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        // Responses: https://console.groq.com/docs/responses-api.
        // `reasoning` of an assistant's message: https://console.groq.com/docs/api-reference#chat-create; it refuses any other
        // member for that: https://github.com/janhq/jan/issues/8136.
        slug: "groq",
        base_url: "https://api.groq.com/openai/v1",
        speaks: &[Speech { given_back: GivenBack::Text, ..Speech::CHAT }, Speech::RESPONSES],
        key_env: &["GROQ_API_KEY"],
        price_name: "groq",
        ..OPENAI_SHAPED
    },
    Provider {
        // Embeddings: https://docs.mistral.ai/api.
        // Refuses `stream_options` with 422 and sends usage in the last chunk by itself.
        slug: "mistral",
        base_url: "https://api.mistral.ai/v1",
        speaks: &[CHAT_OF_MISTRAL, Speech::EMBEDDINGS],
        key_env: &["MISTRAL_API_KEY"],
        price_name: "mistral",
        trace_name: "mistral_ai",
        ..OPENAI_SHAPED
    },
    Provider {
        // Sends usage in its chunks without being asked.
        slug: "perplexity-ai",
        aliases: &["perplexity"],
        base_url: "https://api.perplexity.ai",
        speaks: &[CHAT_WITH_USAGE],
        key_env: &["PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY", "PPLX_API_KEY"],
        price_name: "perplexity",
        trace_name: "perplexity",
        stated_cost: StatedCost::TotalCost,
        ..OPENAI_SHAPED
    },
    Provider {
        // Responses is the endpoint xAI recommends; its Messages are deprecated: https://docs.x.ai/developers/rest-api-reference/inference/legacy.
        slug: "grok",
        aliases: &["xai"],
        base_url: "https://api.x.ai/v1",
        speaks: &[Speech::CHAT, Speech::RESPONSES],
        key_env: &["XAI_API_KEY"],
        price_name: "xai",
        trace_name: "x_ai",
        stated_cost: StatedCost::Ticks,
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        // Messages: https://api-docs.deepseek.com/guides/anthropic_api.
        // Refuses a conversation in which a turn with calls lost its reasoning: https://api-docs.deepseek.com/guides/thinking_mode.
        slug: "deepseek",
        base_url: "https://api.deepseek.com",
        forwards: MESSAGES_HEADERS,
        speaks: &[
            Speech { given_back: GivenBack::Every, ..Speech::CHAT },
            Speech::of(Format::Messages, "/anthropic/v1/messages"),
        ],
        key_env: &["DEEPSEEK_API_KEY"],
        price_name: "deepseek",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        // Sends usage in the last chunk by itself.
        // Takes `reasoning` of an assistant's message and refuses `reasoning_content`: https://github.com/QwenLM/qwen-code/issues/11045.
        slug: "cerebras",
        base_url: "https://api.cerebras.ai/v1",
        speaks: &[Speech { given_back: GivenBack::Text, ..CHAT_WITH_USAGE }],
        key_env: &["CEREBRAS_API_KEY"],
        price_name: "cerebras",
        ..OPENAI_SHAPED
    },
    Provider {
        // Messages, with the key as a bearer token: https://docs.baseten.co/reference/inference-api/messages.
        // Model APIs; a dedicated deployment needs its own base URL.
        slug: "baseten",
        base_url: "https://inference.baseten.co/v1",
        forwards: MESSAGES_HEADERS,
        speaks: &[Speech::CHAT, Speech::MESSAGES],
        key_env: &["BASETEN_API_KEY"],
        price_name: "baseten",
        ..OPENAI_SHAPED
    },
    Provider {
        // Ignores `stream_options`.
        slug: "parallel",
        base_url: "https://api.parallel.ai",
        speaks: &[CHAT_WITH_USAGE],
        key_env: &["PARALLEL_API_KEY"],
        ..OPENAI_SHAPED
    },
    Provider {
        // Its formats: https://openrouter.ai/docs/api/reference/overview; the headers say which application asks:
        // https://openrouter.ai/docs/app-attribution.
        // Always sends usage; `stream_options.include_usage` is documented as without effect.
        slug: "openrouter",
        base_url: "https://openrouter.ai/api/v1",
        forwards: &["anthropic-beta", "anthropic-version", "http-referer", "x-title"],
        speaks: &[CHAT_WITH_USAGE, Speech::RESPONSES, Speech::MESSAGES, Speech::EMBEDDINGS],
        key_env: &["OPENROUTER_API_KEY"],
        stated_cost: StatedCost::Cost,
        // https://openrouter.ai/docs/api-reference/errors: 403 is an input that moderation has flagged.
        forbidden: Forbidden::Request,
        ..OPENAI_SHAPED
    },
    Provider {
        // Messages: https://docs.fireworks.ai/tools-sdks/anthropic-compatibility; Responses: https://docs.fireworks.ai/guides/response-api;
        // embeddings: https://docs.fireworks.ai/guides/querying-embeddings-models.
        slug: "fireworks",
        aliases: &["fireworks-ai"],
        base_url: "https://api.fireworks.ai/inference/v1",
        forwards: MESSAGES_HEADERS,
        speaks: &[Speech::CHAT, Speech::RESPONSES, Speech::MESSAGES, Speech::EMBEDDINGS],
        key_env: &["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"],
        price_name: "fireworks_ai",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        // Embeddings: https://docs.together.ai/docs/openai-api-compatibility.
        slug: "together",
        aliases: &["together-ai", "togetherai"],
        base_url: "https://api.together.xyz/v1",
        speaks: &[Speech::CHAT, Speech::EMBEDDINGS],
        key_env: &["TOGETHER_API_KEY"],
        price_name: "together_ai",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        // Responses: https://huggingface.co/docs/inference-providers/guides/responses-api. Models of its own inference have paths by name.
        slug: "huggingface",
        base_url: "https://router.huggingface.co/v1",
        native: NativePaths::Else("/hf-inference/models"),
        speaks: &[Speech::CHAT, Speech::RESPONSES],
        key_env: &["HF_TOKEN", "HUGGINGFACE_API_KEY"],
        ..OPENAI_SHAPED
    },
    Provider {
        // Responses are documented for one family of models only, so that they are translated:
        // https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility.
        // The base URL has the account in it: https://api.cloudflare.com/client/v4/accounts/<account>/ai/v1
        slug: "workers-ai",
        base_from: Some(hosts::workers_ai_from),
        native: NativePaths::Else("/run"),
        speaks: &[Speech::CHAT, Speech::EMBEDDINGS],
        key_env: &["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"],
        price_name: "cloudflare",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        // Embeddings: https://www.alibabacloud.com/help/en/model-studio/text-embedding-synchronous-api.
        slug: "alibaba",
        aliases: &["dashscope"],
        base_url: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        speaks: &[Speech::CHAT, Speech::EMBEDDINGS],
        key_env: &["DASHSCOPE_API_KEY"],
        price_name: "dashscope",
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "minimax",
        base_url: "https://api.minimax.io/v1",
        key_env: &["MINIMAX_API_KEY"],
        price_name: "minimax",
        ..OPENAI_SHAPED
    },
    Provider {
        // https://docs.ollama.com/api/openai-compatibility (Responses from 0.13.3), https://docs.ollama.com/api/anthropic-compatibility (from 0.14).
        slug: "ollama",
        base_url: "http://localhost:11434/v1",
        forwards: MESSAGES_HEADERS,
        speaks: &[Speech::CHAT, Speech::RESPONSES, Speech::MESSAGES, Speech::EMBEDDINGS],
        key_env: &["OLLAMA_API_KEY"],
        keyless: true,
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        // https://docs.vllm.ai/en/stable/serving/online_serving.html.
        slug: "vllm",
        base_url: "http://localhost:8000/v1",
        forwards: MESSAGES_HEADERS,
        speaks: &[Speech::CHAT, Speech::RESPONSES, Speech::MESSAGES, Speech::EMBEDDINGS],
        key_env: &["VLLM_API_KEY"],
        keyless: true,
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "anthropic",
        aliases: &["claude"],
        base_url: "https://api.anthropic.com",
        speaks: &[Speech::of(Format::Messages, "/v1/messages")],
        auth: Auth::Header("x-api-key"),
        forwards: &["anthropic-beta", "anthropic-version"],
        wants: &[("anthropic-version", "2023-06-01")],
        returns: OF_ANTHROPIC,
        key_env: &["ANTHROPIC_API_KEY"],
        on_disconnect: OnDisconnect::StopsBilling,
        price_name: "anthropic",
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "google-ai-studio",
        aliases: &["google", "gemini"],
        base_url: "https://generativelanguage.googleapis.com",
        speaks: &[
            Speech::of(Format::Gemini, "/v1beta/models/{model}:generateContent")
                .streaming_at("/v1beta/models/{model}:streamGenerateContent?alt=sse"),
            Speech::of(Format::GeminiEmbeddings, "/v1beta/models/{model}:batchEmbedContents"),
        ],
        auth: Auth::Header("x-goog-api-key"),
        forwards: &["x-goog-api-client"],
        key_env: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        price_name: "gemini",
        trace_name: "gcp.gemini",
        ..OPENAI_SHAPED
    },
    Provider {
        // The base URL has project and location in it:
        // https://<location>-aiplatform.googleapis.com/v1/projects/<project>/locations/<location>
        slug: "google-vertex-ai",
        aliases: &["google-vertex", "vertex-ai"],
        base_from: Some(hosts::vertex_from),
        speaks: &[Speech::of(
            Format::Gemini,
            "/publishers/{publisher}/models/{model}:generateContent",
        )
        .streaming_at("/publishers/{publisher}/models/{model}:streamGenerateContent?alt=sse")],
        auth: Auth::Google,
        forwards: &["x-goog-api-client", "x-goog-user-project"],
        native: NativePaths::Vertex,
        price_name: "vertex_ai",
        trace_name: "gcp.vertex_ai",
        ..OPENAI_SHAPED
    },
    Provider {
        // The base URL has the resource in it: https://<resource>.openai.azure.com. The model is the name of the deployment.
        // Dated version: the last generally available one of https://learn.microsoft.com/azure/ai-foundry/openai/reference;
        // Responses are of the API without dates: https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle.
        slug: "azure-openai",
        aliases: &["azure"],
        base_from: Some(hosts::azure_from),
        speaks: &[
            Speech {
                path: "/openai/deployments/{model}/chat/completions?api-version=2024-10-21",
                ..CHAT_OF_OPENAI
            },
            Speech::of(Format::Responses, "/openai/v1/responses"),
            Speech::of(
                Format::Embeddings,
                "/openai/deployments/{model}/embeddings?api-version=2024-10-21",
            ),
        ],
        auth: Auth::Header("api-key"),
        returns: &["apim-request-id", "x-ms-region"],
        native: NativePaths::Azure,
        key_env: &["AZURE_OPENAI_API_KEY"],
        price_name: "azure",
        trace_name: "azure.ai.openai",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        // The base URL has the region in it: https://bedrock-runtime.<region>.amazonaws.com
        slug: "aws-bedrock",
        aliases: &["bedrock"],
        base_from: Some(hosts::bedrock_from),
        speaks: &[Speech::of(Format::Converse, "/model/{model}/converse")
            .streaming_at("/model/{model}/converse-stream")],
        auth: Auth::SigV4 { service: "bedrock" },
        forwards: &[],
        returns: &["x-amzn-requestid", "x-amzn-errortype"],
        native: NativePaths::Bedrock,
        key_env: &["AWS_BEARER_TOKEN_BEDROCK"],
        price_name: "bedrock",
        trace_name: "aws.bedrock",
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "cohere",
        base_url: "https://api.cohere.com",
        speaks: &[
            Speech::of(Format::Cohere, "/v2/chat"),
            Speech::of(Format::CohereEmbeddings, "/v2/embed"),
        ],
        forwards: &["x-client-name"],
        key_env: &["COHERE_API_KEY", "CO_API_KEY"],
        on_disconnect: OnDisconnect::StopsBilling,
        price_name: "cohere",
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "replicate",
        base_url: "https://api.replicate.com/v1",
        not_in_routes: OTHER_SHAPE,
        forwards: &["prefer", "cancel-after"],
        key_env: &["REPLICATE_API_TOKEN"],
        ..NATIVE_ONLY
    },
    Provider {
        slug: "cartesia",
        base_url: "https://api.cartesia.ai",
        auth: Auth::Header("x-api-key"),
        forwards: &["cartesia-version"],
        key_env: &["CARTESIA_API_KEY"],
        ..NATIVE_ONLY
    },
    Provider {
        slug: "deepgram",
        base_url: "https://api.deepgram.com",
        auth: Auth::Scheme("Token"),
        returns: &["dg-request-id"],
        key_env: &["DEEPGRAM_API_KEY"],
        ..NATIVE_ONLY
    },
    Provider {
        slug: "elevenlabs",
        base_url: "https://api.elevenlabs.io",
        auth: Auth::Header("xi-api-key"),
        returns: &["request-id", "character-cost"],
        key_env: &["ELEVENLABS_API_KEY"],
        ..NATIVE_ONLY
    },
    Provider {
        slug: "fal",
        aliases: &["fal-ai"],
        base_url: "https://fal.run",
        auth: Auth::Scheme("Key"),
        returns: &["x-fal-request-id"],
        key_env: &["FAL_KEY"],
        ..NATIVE_ONLY
    },
    Provider {
        slug: "ideogram",
        base_url: "https://api.ideogram.ai",
        auth: Auth::Header("api-key"),
        key_env: &["IDEOGRAM_API_KEY"],
        ..NATIVE_ONLY
    },
    Provider {
        slug: "adobe-firefly",
        base_url: "https://firefly-api.adobe.io",
        key_env: &["FIREFLY_ACCESS_TOKEN"],
        ..NATIVE_ONLY
    },
    Provider {
        slug: "saladcloud",
        base_url: "https://api.salad.com/api/public",
        not_in_routes: OTHER_SHAPE,
        auth: Auth::Header("salad-api-key"),
        key_env: &["SALAD_API_KEY"],
        ..NATIVE_ONLY
    },
    Provider {
        slug: "neon",
        base_url: "https://console.neon.tech/api/v2",
        not_in_routes: "it serves databases, not models; call its own API below its native path",
        key_env: &["NEON_API_KEY"],
        ..NATIVE_ONLY
    },
];

#[cfg(test)]
mod tests;
