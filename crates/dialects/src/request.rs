//! A request in neutral form: everything that two formats have in common has one place here.

use chat::Format;
use serde_json::{Map, Number, Value};

/// A request in neutral form.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The format it was read from: [`Request::rest`] means what it means there.
    pub origin: Format,
    /// The model as the caller named it.
    pub model: String,
    /// A stream is asked for.
    pub stream: bool,
    /// The caller wants usage in its stream (chat completions only; the others always have it).
    pub stream_usage: bool,
    /// The conversation, instructions included, in the caller's order.
    pub messages: Vec<Message>,
    /// Functions the model may call.
    pub tools: Vec<Tool>,
    /// Whether and which function must be called.
    pub tool_choice: Option<ToolChoice>,
    /// Whether several functions may be called at once.
    pub parallel_tool_calls: Option<bool>,
    /// What the answer must look like.
    pub output: Option<OutputFormat>,
    /// How the answer is drawn, and where it stops.
    pub sampling: Sampling,
    /// How much the model should think, and whether it is to be shown.
    pub reasoning: Option<Reasoning>,
    /// Members that have no place above, null and default values aside.
    pub rest: Vec<Rest>,
}

/// A member without a place in the neutral form. An encoder takes those its format has ([`Request::rest`] by field
/// and origin); the others are lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Rest {
    /// Its path in the caller's body: `logit_bias`, `messages[2].audio`.
    pub field: String,
    /// As sent.
    pub value: Value,
    /// What losing it means.
    pub weight: Weight,
}

/// What losing a member means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The answer could be another one: refused.
    Meaning,
    /// Bookkeeping, caching, billing: the model is not told of it. Left out, and the caller is told so.
    Hint,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The operator's instructions.
    System,
    /// The developer's instructions, as `OpenAI` calls them since its reasoning models.
    Developer,
    /// The user.
    User,
    /// The model.
    Assistant,
    /// Results of functions; every part is a [`Content::ToolResult`].
    Tool,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its path in the caller's body: `messages[2]`, `input[0]`, `system`, `instructions`.
    pub at: String,
    /// Who speaks.
    pub role: Role,
    /// A participant's name.
    pub name: Option<String>,
    /// What is said. A plain string is one text part.
    pub parts: Vec<Part>,
}

/// One part of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its path in the caller's body.
    pub at: String,
    /// What it is.
    pub content: Content,
    /// Anthropic's `cache_control` as sent; a hint everywhere else (Converse has `cachePoint` for it).
    pub cache: Option<Value>,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Text, and what it cites (answers only).
    Text(String, Vec<crate::Citation>),
    /// A picture.
    Image(Media),
    /// Sound.
    Audio(Media),
    /// A document.
    File(File),
    /// The model calls a function.
    ToolCall(ToolCall),
    /// What a function gave back.
    ToolResult(ToolResult),
    /// The model's reasoning.
    Thought(Thought),
    /// The model declines.
    Refusal(String),
    /// A kind of part that has no neutral form (`type` as sent, and the whole of it).
    Other(String, Value),
}

/// A picture or sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    /// Where its bytes are.
    pub source: Source,
    /// `low`, `high`, `auto`, … (pictures).
    pub detail: Option<String>,
}

/// Where bytes are.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// To be fetched by the provider. Never a `data:` URL: decoders take those apart.
    Url(String),
    /// In the request.
    Base64 {
        /// `image/png`, `audio/wav`, `application/pdf`.
        media_type: String,
        /// The bytes in base64.
        data: String,
    },
    /// Text in the request (Anthropic's plain-text documents).
    Text(String),
    /// Stored at the provider under this id, which another provider does not know.
    Id(String),
}

/// A document.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Where its bytes are.
    pub source: Source,
    /// Its file name or title.
    pub name: Option<String>,
    /// What stands about it (Anthropic's `context`).
    pub context: Option<String>,
    /// The answer is to cite it.
    pub citations: bool,
}

/// The model calls a function.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// Pairs it with its result. Never empty: decoders of formats without ids (Gemini) make one.
    pub id: String,
    /// The function.
    pub name: String,
    /// JSON text as the model wrote it. Formats that carry an object parse it.
    pub arguments: String,
    /// A signature of the reasoning that led to it (Gemini's `thoughtSignature`).
    pub opaque: Option<Opaque>,
}

/// What a function gave back.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolResult {
    /// The call's id.
    pub call_id: String,
    /// The function, when the caller said so; encoders that need it look it up by id ([`Request::tool_name`]).
    pub name: Option<String>,
    /// Texts, pictures, documents.
    pub parts: Vec<Part>,
    /// It failed.
    pub is_error: bool,
}

/// The model's reasoning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thought {
    /// What may be read of it; empty when nothing.
    pub text: String,
    /// It is a summary of the reasoning, not the reasoning itself (`OpenAI`).
    pub is_summary: bool,
    /// The item's id (`OpenAI` Responses).
    pub id: Option<String>,
    /// What only the provider that made it can read, and wants back unchanged in a tool loop.
    pub opaque: Option<Opaque>,
}

/// Bytes of one provider that mean nothing to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Whose it is: the format's family, as in `reasoning_details[].format`: `anthropic-claude-v1`,
    /// `openai-responses-v1`, `google-gemini-v1`, `amazon-bedrock-v1` (Claude behind Converse signs like Anthropic).
    pub family: String,
    /// The signature, or the encrypted reasoning.
    pub data: String,
    /// It is the reasoning itself, encrypted (`redacted_thinking`, `encrypted_content`), not a signature of the text.
    pub encrypted: bool,
}

/// A function the model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its path in the caller's body.
    pub at: String,
    /// Its name.
    pub name: String,
    /// When and how to use it.
    pub description: Option<String>,
    /// JSON schema of its arguments; `None` when the caller gave none.
    pub parameters: Option<Value>,
    /// Arguments must follow the schema.
    pub strict: Option<bool>,
    /// Anthropic's `cache_control`.
    pub cache: Option<Value>,
    /// Members beside these, as sent.
    pub rest: Map<String, Value>,
    /// The provider's own tool (`web_search`, `computer_…`): the whole of it; nothing above but `name` means anything.
    pub built_in: Option<Value>,
}

/// Whether and which function must be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// The model decides.
    Auto,
    /// None.
    None,
    /// One of them.
    Required,
    /// This one.
    Named(String),
    /// One of these, or none unless `required` (`OpenAI`'s `allowed_tools`, Gemini's `allowedFunctionNames`).
    Among {
        /// At least one must be called.
        required: bool,
        /// Their names.
        names: Vec<String>,
    },
}

/// What the answer must look like.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputFormat {
    /// Text; as if nothing were said.
    Text,
    /// Some JSON object.
    JsonObject,
    /// JSON of this schema.
    JsonSchema {
        /// A name for it.
        name: Option<String>,
        /// What it is for.
        description: Option<String>,
        /// The schema.
        schema: Value,
        /// The answer must follow it to the letter.
        strict: Option<bool>,
    },
}

/// How the answer is drawn, and where it stops. Numbers as the caller wrote them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampling {
    /// Most tokens of output, reasoning included.
    pub max_tokens: Option<u64>,
    /// 0 to 2 (Anthropic and Cohere: to 1).
    pub temperature: Option<Number>,
    /// Nucleus.
    pub top_p: Option<Number>,
    /// Of the k likeliest.
    pub top_k: Option<Number>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// Repeats a draw.
    pub seed: Option<Number>,
    /// Against any repetition.
    pub presence_penalty: Option<Number>,
    /// Against frequent repetition.
    pub frequency_penalty: Option<Number>,
    /// Log probabilities are wanted, and this many alternatives.
    pub logprobs: Option<u64>,
}

/// How much the model should think.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasoning {
    /// Its path in the caller's body: `reasoning_effort`, `reasoning`, `thinking`.
    pub at: String,
    /// `Some(false)`: none at all.
    pub enabled: Option<bool>,
    /// `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, … as sent.
    pub effort: Option<String>,
    /// The field that `effort` came in, where not `at` alone tells (chat completions have several that say something of
    /// reasoning).
    pub effort_in: Option<&'static str>,
    /// The field that `budget` came in, likewise.
    pub budget_in: Option<&'static str>,
    /// The field that `show` came in, likewise.
    pub show_in: Option<&'static str>,
    /// Most tokens of it.
    pub budget: Option<u64>,
    /// It is to be shown: `Some("auto" | "concise" | "detailed" | "summarized" | …)`; `Some("none")` hides it.
    pub show: Option<String>,
    /// The model chooses how much (Anthropic's `adaptive`).
    pub adaptive: bool,
}

/// Messages of one side that stand together, as formats with strictly alternating turns want them.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn<'r> {
    /// [`Role::User`] (results of functions included) or [`Role::Assistant`].
    pub role: Role,
    /// The messages, in order.
    pub messages: Vec<&'r Message>,
}

impl Request {
    /// An empty request.
    #[must_use]
    pub fn new(origin: Format) -> Self {
        Self {
            origin,
            model: String::new(),
            stream: false,
            stream_usage: false,
            messages: Vec::new(),
            tools: Vec::new(),
            tool_choice: None,
            parallel_tool_calls: None,
            output: None,
            sampling: Sampling::default(),
            reasoning: None,
            rest: Vec::new(),
        }
    }

    /// Instructions at the front of the conversation.
    pub fn instructions(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().take_while(|it| it.role.is_instruction())
    }

    /// What comes after [`Request::instructions`], in turns. Instructions in between stand in turns of their own,
    /// with their own role.
    #[must_use]
    pub fn turns(&self) -> Vec<Turn<'_>> {
        let mut turns: Vec<Turn<'_>> = Vec::new();
        for message in self.messages.iter().skip_while(|it| it.role.is_instruction()) {
            let role = if message.role == Role::Tool { Role::User } else { message.role };
            match turns.last_mut().filter(|it| it.role == role) {
                Some(turn) => turn.messages.push(message),
                None => turns.push(Turn { role, messages: vec![message] }),
            }
        }
        turns
    }

    /// The function that a result is of, from the call with its id.
    #[must_use]
    pub fn tool_name<'r>(&'r self, result: &'r ToolResult) -> Option<&'r str> {
        let mut parts = self.messages.iter().flat_map(|it| &it.parts).rev();
        let called = parts.find_map(|it| match &it.content {
            Content::ToolCall(call) if call.id == result.call_id => Some(call.name.as_str()),
            _ => None,
        });
        result.name.as_deref().or(called)
    }

    /// The place of the first message of the unfinished tool loop: after the last message of the user itself. Words that
    /// stand beside results, in the same message of the caller's, go on with the loop. Reasoning of finished turns may be
    /// left out (every provider documents that it is not used), that of this loop may not.
    #[must_use]
    pub fn tool_loop_from(&self) -> usize {
        let mut last = self.messages.iter().enumerate().rev();
        let last_user = last.find(|(n, it)| {
            let beside = [n.checked_sub(1), n.checked_add(1)].into_iter().flatten();
            let mut beside = beside.filter_map(|n| self.messages.get(n));
            it.role == Role::User
                && it.has_own_words()
                && !beside.any(|next| next.role == Role::Tool && next.at == it.at)
        });
        last_user.map_or(0, |(n, _)| n + 1)
    }

    /// Reasoning is switched off, which is so in the caller's format when nothing is said: a target that cannot be told
    /// is told nothing.
    pub(crate) fn is_off_as_ever(&self) -> bool {
        let reasoning = self.reasoning.as_ref();
        self.origin == Format::Messages && reasoning.is_some_and(|it| it.enabled == Some(false))
    }
}

impl Sampling {
    /// Penalties that say something: 0 is what is so without one.
    pub(crate) fn penalties(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("presence_penalty", &self.presence_penalty),
            ("frequency_penalty", &self.frequency_penalty),
        ];
        let says = |it: &Number| it.as_f64() != Some(0.0);
        all.into_iter().filter(move |(_, it)| it.as_ref().is_some_and(says)).map(|(name, _)| name)
    }
}

impl Reasoning {
    /// The caller's field that says how hard to think.
    #[must_use]
    pub fn effort_at(&self) -> &str {
        match (self.effort_in, self.at.as_str()) {
            (Some(field), _) => field,
            (None, "thinking") => "output_config.effort",
            (None, "reasoning") => "reasoning.effort",
            (None, at) => at,
        }
    }

    /// The caller's field that says how many tokens of it.
    #[must_use]
    pub fn budget_at(&self) -> &'static str {
        let by_place =
            if self.at == "thinking" { "thinking.budget_tokens" } else { "reasoning.max_tokens" };
        self.budget_in.unwrap_or(by_place)
    }

    /// The caller's field that says whether it is to be shown.
    #[must_use]
    pub fn show_at(&self) -> &'static str {
        match (self.show_in, self.at.as_str()) {
            (Some(field), _) => field,
            (None, "thinking") => "thinking.display",
            (None, _) => "reasoning.summary",
        }
    }
}

impl Message {
    /// It has something besides results of functions.
    fn has_own_words(&self) -> bool {
        self.parts.iter().any(|it| !matches!(it.content, Content::ToolResult(_)))
    }

    /// All its text, and nothing else; `None` when it has a part that is not text.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.parts
            .iter()
            .map(
                |it| {
                    if let Content::Text(text, _) = &it.content {
                        Some(text.as_str())
                    } else {
                        None
                    }
                },
            )
            .collect()
    }
}

impl Role {
    /// System or developer.
    #[must_use]
    pub fn is_instruction(self) -> bool {
        matches!(self, Self::System | Self::Developer)
    }
}

impl Tool {
    /// A tool of which nothing is known but where it stands.
    pub(crate) fn at(at: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            name: String::new(),
            description: None,
            parameters: None,
            strict: None,
            cache: None,
            rest: Map::new(),
            built_in: None,
        }
    }
}

impl Part {
    /// A part of this content.
    #[must_use]
    pub fn new(at: impl Into<String>, content: Content) -> Self {
        Self { at: at.into(), content, cache: None }
    }

    /// A part of text.
    #[must_use]
    pub fn text(at: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(at, Content::Text(text.into(), Vec::new()))
    }
}
