/** The providers of the table, as docs/providers.md has them: the API has no list of them. A test holds both together. */
export type Provider = {
  readonly slug: string;
  /** What it speaks. */
  readonly formats: readonly string[];
  /** Environment variables of the server that its key may stand in, besides `POINTSMAN_PROVIDER_<SLUG>_API_KEY`. */
  readonly variables: readonly string[];
  /** How it is signed in to, where the key is more than text that is sent. */
  readonly sign: string | undefined;
  /** Without any key it is called all the same. */
  readonly keyless: boolean;
};

export const PROVIDERS: readonly Provider[] = [
  { slug: "echo", formats: ["chat"], variables: [], sign: undefined, keyless: true },
  {
    slug: "openai",
    formats: ["chat", "responses", "embeddings"],
    variables: ["OPENAI_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "groq",
    formats: ["chat", "responses"],
    variables: ["GROQ_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "mistral",
    formats: ["chat", "embeddings"],
    variables: ["MISTRAL_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "perplexity-ai",
    formats: ["chat"],
    variables: ["PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY", "PPLX_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "grok",
    formats: ["chat", "responses"],
    variables: ["XAI_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "deepseek",
    formats: ["chat", "messages"],
    variables: ["DEEPSEEK_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  { slug: "cerebras", formats: ["chat"], variables: ["CEREBRAS_API_KEY"], sign: undefined, keyless: false },
  {
    slug: "baseten",
    formats: ["chat", "messages"],
    variables: ["BASETEN_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  { slug: "parallel", formats: ["chat"], variables: ["PARALLEL_API_KEY"], sign: undefined, keyless: false },
  {
    slug: "openrouter",
    formats: ["chat", "responses", "messages", "embeddings"],
    variables: ["OPENROUTER_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "fireworks",
    formats: ["chat", "responses", "messages", "embeddings"],
    variables: ["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "together",
    formats: ["chat", "embeddings"],
    variables: ["TOGETHER_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "huggingface",
    formats: ["chat", "responses"],
    variables: ["HF_TOKEN", "HUGGINGFACE_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "workers-ai",
    formats: ["chat", "embeddings"],
    variables: ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "alibaba",
    formats: ["chat", "embeddings"],
    variables: ["DASHSCOPE_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  { slug: "minimax", formats: ["chat"], variables: ["MINIMAX_API_KEY"], sign: undefined, keyless: false },
  {
    slug: "ollama",
    formats: ["chat", "responses", "messages", "embeddings"],
    variables: ["OLLAMA_API_KEY"],
    sign: undefined,
    keyless: true,
  },
  {
    slug: "vllm",
    formats: ["chat", "responses", "messages", "embeddings"],
    variables: ["VLLM_API_KEY"],
    sign: undefined,
    keyless: true,
  },
  {
    slug: "anthropic",
    formats: ["messages"],
    variables: ["ANTHROPIC_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "google-ai-studio",
    formats: ["gemini", "gemini-embeddings"],
    variables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "google-vertex-ai",
    formats: ["gemini"],
    variables: [],
    sign: "JSON of a service account or a user, an access token, or an API key",
    keyless: false,
  },
  {
    slug: "azure-openai",
    formats: ["chat", "responses", "embeddings"],
    variables: ["AZURE_OPENAI_API_KEY"],
    sign: undefined,
    keyless: false,
  },
  {
    slug: "aws-bedrock",
    formats: ["converse"],
    variables: ["AWS_BEARER_TOKEN_BEDROCK"],
    sign: "A Bedrock API key, or JSON: accessKeyId, secretAccessKey, sessionToken, region",
    keyless: false,
  },
  {
    slug: "cohere",
    formats: ["cohere", "cohere-embeddings"],
    variables: ["COHERE_API_KEY", "CO_API_KEY"],
    sign: undefined,
    keyless: false,
  },
];
