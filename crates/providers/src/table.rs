//! The providers. A flat table: each row stands alone. `docs/providers.md` is its readable form.

use crate::auth::Auth;
use crate::provider::{OnDisconnect, Provider, StatedCost};
use crate::speech::Speech;

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
    speaks: &[Speech::CHAT],
    not_in_routes: "",
    auth: Auth::Bearer,
    forwards: &["openai-beta"],
    wants: &[],
    returns: &[],
    built_in: false,
    key_env: &[],
    keyless: false,
    price_name: "",
    stated_cost: StatedCost::Nowhere,
    on_disconnect: OnDisconnect::BillsToTheEnd,
};

/// Chat completions of a provider that reports usage by itself, or refuses to be asked.
const CHAT_WITH_USAGE: &[Speech] = &[Speech { include_usage: false, ..Speech::CHAT }];

/// A provider that is known by name and cannot be called yet.
const fn not_yet(
    slug: &'static str,
    aliases: &'static [&'static str],
    not_in_routes: &'static str,
    key_env: &'static [&'static str],
) -> Provider {
    Provider { slug, aliases, speaks: &[], not_in_routes, key_env, ..OPENAI_SHAPED }
}

const NOT_CHAT: &str = "it has no chat completions, and other kinds of calls are not served yet";
const OTHER_SHAPE: &str = "its own API is not translated yet";

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
        key_env: &["OPENAI_API_KEY"],
        price_name: "openai",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "groq",
        base_url: "https://api.groq.com/openai/v1",
        key_env: &["GROQ_API_KEY"],
        price_name: "groq",
        ..OPENAI_SHAPED
    },
    Provider {
        // Refuses `stream_options` with 422 and sends usage in the last chunk by itself.
        slug: "mistral",
        base_url: "https://api.mistral.ai/v1",
        speaks: CHAT_WITH_USAGE,
        key_env: &["MISTRAL_API_KEY"],
        price_name: "mistral",
        ..OPENAI_SHAPED
    },
    Provider {
        // Sends usage in its chunks without being asked.
        slug: "perplexity-ai",
        aliases: &["perplexity"],
        base_url: "https://api.perplexity.ai",
        speaks: CHAT_WITH_USAGE,
        key_env: &["PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY", "PPLX_API_KEY"],
        price_name: "perplexity",
        stated_cost: StatedCost::TotalCost,
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "grok",
        aliases: &["xai"],
        base_url: "https://api.x.ai/v1",
        key_env: &["XAI_API_KEY"],
        price_name: "xai",
        stated_cost: StatedCost::Ticks,
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "deepseek",
        base_url: "https://api.deepseek.com",
        key_env: &["DEEPSEEK_API_KEY"],
        price_name: "deepseek",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        // Sends usage in the last chunk by itself.
        slug: "cerebras",
        base_url: "https://api.cerebras.ai/v1",
        speaks: CHAT_WITH_USAGE,
        key_env: &["CEREBRAS_API_KEY"],
        price_name: "cerebras",
        ..OPENAI_SHAPED
    },
    Provider {
        // Model APIs; a dedicated deployment needs its own base URL.
        slug: "baseten",
        base_url: "https://inference.baseten.co/v1",
        key_env: &["BASETEN_API_KEY"],
        price_name: "baseten",
        ..OPENAI_SHAPED
    },
    Provider {
        // Ignores `stream_options`.
        slug: "parallel",
        base_url: "https://api.parallel.ai",
        speaks: CHAT_WITH_USAGE,
        key_env: &["PARALLEL_API_KEY"],
        ..OPENAI_SHAPED
    },
    Provider {
        // Always sends usage; `stream_options.include_usage` is documented as without effect.
        slug: "openrouter",
        base_url: "https://openrouter.ai/api/v1",
        speaks: CHAT_WITH_USAGE,
        key_env: &["OPENROUTER_API_KEY"],
        stated_cost: StatedCost::Cost,
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "fireworks",
        aliases: &["fireworks-ai"],
        base_url: "https://api.fireworks.ai/inference/v1",
        key_env: &["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"],
        price_name: "fireworks_ai",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "together",
        aliases: &["together-ai", "togetherai"],
        base_url: "https://api.together.xyz/v1",
        key_env: &["TOGETHER_API_KEY"],
        price_name: "together_ai",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "huggingface",
        base_url: "https://router.huggingface.co/v1",
        key_env: &["HF_TOKEN", "HUGGINGFACE_API_KEY"],
        ..OPENAI_SHAPED
    },
    Provider {
        // The base URL has the account in it: https://api.cloudflare.com/client/v4/accounts/<account>/ai/v1
        slug: "workers-ai",
        key_env: &["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"],
        price_name: "cloudflare",
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "alibaba",
        aliases: &["dashscope"],
        base_url: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
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
        slug: "ollama",
        base_url: "http://localhost:11434/v1",
        key_env: &["OLLAMA_API_KEY"],
        keyless: true,
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    Provider {
        slug: "vllm",
        base_url: "http://localhost:8000/v1",
        key_env: &["VLLM_API_KEY"],
        keyless: true,
        on_disconnect: OnDisconnect::StopsBilling,
        ..OPENAI_SHAPED
    },
    not_yet(
        "anthropic",
        &["claude"],
        "its Messages API is not translated yet",
        &["ANTHROPIC_API_KEY"],
    ),
    not_yet(
        "google-ai-studio",
        &["google", "gemini"],
        "its generateContent API is not translated yet",
        &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    ),
    not_yet(
        "google-vertex-ai",
        &["google-vertex", "vertex-ai"],
        "its generateContent API and sign-in are not spoken yet",
        &[],
    ),
    not_yet(
        "azure-openai",
        &["azure"],
        "its deployment URLs are not made yet; a custom provider can point at the resource's `/openai/v1`",
        &["AZURE_OPENAI_API_KEY"],
    ),
    not_yet(
        "aws-bedrock",
        &["bedrock"],
        "its Converse API and request signing are not spoken yet",
        &["AWS_BEARER_TOKEN_BEDROCK"],
    ),
    not_yet("cohere", &[], "its Chat API is not translated yet", &["COHERE_API_KEY", "CO_API_KEY"]),
    not_yet("replicate", &[], OTHER_SHAPE, &["REPLICATE_API_TOKEN"]),
    not_yet("cartesia", &[], NOT_CHAT, &["CARTESIA_API_KEY"]),
    not_yet("deepgram", &[], NOT_CHAT, &["DEEPGRAM_API_KEY"]),
    not_yet("elevenlabs", &[], NOT_CHAT, &["ELEVENLABS_API_KEY"]),
    not_yet("fal", &["fal-ai"], NOT_CHAT, &["FAL_KEY"]),
    not_yet("ideogram", &[], NOT_CHAT, &["IDEOGRAM_API_KEY"]),
    not_yet("adobe-firefly", &[], NOT_CHAT, &[]),
    not_yet("saladcloud", &[], OTHER_SHAPE, &["SALAD_API_KEY"]),
    not_yet("neon", &[], OTHER_SHAPE, &[]),
];

#[cfg(test)]
mod tests;
