//! A request that is only imagined, walked through a route: the way it would take, every value read, and the model that would answer.
//!
//! The walk, the facts, the prices and the reasons for passing a model over are production's own. What production would have to ask
//! somebody for is assumed instead: limits admit and models answer unless the caller says otherwise. So no provider is called, no limit is
//! asked or counted, no kept answer is looked up and nothing is recorded.

mod course;
mod memo;

use crate::bill::Bill;
pub use crate::call::Keys;
use crate::call::Question;
use crate::caller::Caller;
use crate::catalog::{Gateway, Version};
use crate::directives::Directives;
use crate::facts::Sight;
use crate::metadata::Metadata;
use crate::prompt::Prompt;
use crate::reject::Reject;
use crate::visit;
use access::Token;
use bytes::Bytes;
use chat::Format;
use course::{Asked, Course};
use http::HeaderMap;
use route::ids::RouteId;
use route::{Field, LimitType};
use serde_json::Value;
use std::sync::Arc;

/// The most draws of one simulation: they tell a share of 1% to a tenth of it (one standard deviation).
pub const MOST_DRAWS: u32 = 10_000;

/// Where the request is imagined to arrive.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The gateway.
    pub gateway: &'a Gateway,
    /// The graph, planned with what the gateway has.
    pub version: &'a Version,
    /// What callers write after `dynamic/`.
    pub name: &'a str,
    /// Salts sticky splits, as in production.
    pub route: &'a RouteId,
    /// As in [`crate::Settings`].
    pub default_output_tokens: u64,
    /// As in [`crate::Settings`].
    pub loopback: bool,
    /// Whether a key that is not there is missing.
    pub keys: Keys,
}

/// The request.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What it is written in, which is its way in.
    pub format: Format,
    /// Its headers, `cf-aig-metadata` among them.
    pub headers: HeaderMap,
    /// Its body. Without a member `model` it gets the route's name there.
    pub body: Bytes,
    /// The token it carries.
    pub token: Option<Arc<Token>>,
    /// When it arrives: Unix milliseconds.
    pub at_ms: u64,
}

/// What is taken for given.
#[derive(Clone, Debug, Default)]
pub struct Assumed {
    /// Of the dice.
    pub seed: u64,
    /// Outputs by element: the branch of a `conditional` or `percentage`; `success` or `fallback` of a `rate` or `model`.
    pub outcomes: Vec<(String, String)>,
    /// Providers (`openai`) and models (`openai/gpt-5`) that do not answer.
    pub down: Vec<String>,
    /// How often to draw besides, for the distribution; 0: not at all. At most [`MOST_DRAWS`] are made.
    pub draws: u32,
}

/// Why there is nothing to simulate.
#[derive(Debug, thiserror::Error)]
pub enum Unsound {
    /// Production would refuse the request itself.
    #[error("{message}")]
    Request {
        /// Why.
        message: String,
        /// The member of the body, or the header, at fault.
        param: Option<&'static str>,
    },
    /// An assumed outcome that the route does not have.
    #[error("{message}")]
    Outcome {
        /// The element that it was assumed for.
        element: String,
        /// What is wrong with it.
        message: String,
    },
    /// A provider or model that the route does not call.
    #[error("{message}")]
    Down {
        /// Its position among [`Assumed::down`].
        index: usize,
        /// What is wrong with it.
        message: String,
    },
}

impl From<Reject> for Unsound {
    fn from(it: Reject) -> Self {
        Self::Request { message: it.message().to_owned(), param: it.param() }
    }
}

/// What would happen.
#[derive(Debug)]
pub struct Simulation {
    /// The elements walked, in order.
    pub steps: Vec<Passed>,
    /// Every value read, once, in the order of the first look.
    pub reads: Vec<Look>,
    /// The step whose model would answer: a position in `steps`.
    pub answer: Option<usize>,
    /// The status that the caller would see; of a model that is assumed to fail, as if it had not answered at all.
    pub status: u16,
    /// Why no model would answer.
    pub failure: Option<String>,
    /// The most that the calls on the way are expected to cost, in nano-dollars, as limits hold it; `None`: a model called has no price.
    pub cost: Option<u64>,
    /// What many draws gave.
    pub distribution: Option<Distribution>,
}

/// A value read.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The field.
    pub field: Field,
    /// What was there; `None`: it was missing.
    pub value: Option<Value>,
}

/// An element walked.
#[derive(Debug)]
pub struct Passed {
    /// Its id.
    pub element: String,
    /// Its type.
    pub kind: &'static str,
    /// The output taken, or `end`, `failed` or `refused` where the walk ended.
    pub outcome: String,
    /// The element that the output leads to.
    pub to: Option<String>,
    /// What decided it.
    pub by: By,
    /// The fields it read, in order.
    pub reads: Vec<Field>,
    /// Of a `rate` element.
    pub limit: Option<Limit>,
    /// Of a `model` element.
    pub model: Option<Model>,
}

/// What decides which way a walk takes at an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Nothing: there is one way.
    Graph,
    /// What the request says.
    Request,
    /// The dice.
    Draw,
    /// What the caller assumes.
    Assumption,
    /// What is assumed when the caller says nothing: limits admit, models answer.
    Default,
    /// What the gateway knows: the model cannot be called, or not for this request.
    Gateway,
}

impl By {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::Request => "request",
            Self::Draw => "draw",
            Self::Assumption => "assumption",
            Self::Default => "default",
            Self::Gateway => "gateway",
        }
    }
}

/// What a limit would be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What it counts.
    pub counts: LimitType,
    /// Its limit: requests, or nano-dollars.
    pub limit: u64,
    /// Its window, seconds.
    pub window_s: u64,
    /// What it would take of it: 1 request, or the nano-dollars that it would hold.
    pub takes: u64,
}

/// What a model would be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Slug of the provider.
    pub provider: String,
    /// The provider's name of the model.
    pub model: String,
    /// The format that the provider would be spoken to in; `None`: in none.
    pub format: Option<Format>,
    /// The estimate of what it reads.
    pub input_tokens: u64,
    /// The most that it may write: by the request, else by the catalogue, else by the gateway's default.
    pub output_tokens: u64,
    /// The most that the call is expected to cost, in nano-dollars; `None`: its price is unknown.
    pub cost: Option<u64>,
    /// Why it does not answer.
    pub failure: Option<String>,
}

/// How many of a number of draws took each way. The first is the simulation itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// How many there were.
    pub draws: u32,
    /// Every output of every element, in the order of the graph.
    pub edges: Vec<Edge>,
    /// Every model element, in the order of the graph, by how often its model would answer.
    pub models: Vec<Share>,
    /// How often none would.
    pub unanswered: u32,
}

/// How often an output was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Id of the element it leaves.
    pub element: String,
    /// The output.
    pub output: String,
    /// Id of the element it leads to.
    pub to: String,
    /// By how many draws.
    pub count: u32,
}

/// How often a model would answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Id of the element.
    pub element: String,
    /// Slug of the provider.
    pub provider: String,
    /// The provider's name of the model.
    pub model: String,
    /// In how many draws.
    pub count: u32,
}

/// Walks the route as production would.
///
/// # Errors
/// The request is one that production refuses, or what is assumed is not in the route.
pub fn simulate(
    ground: &Ground<'_>,
    sample: &Sample,
    assumed: &Assumed,
) -> Result<Simulation, Unsound> {
    let Ground { gateway, .. } = *ground;
    let caller = Caller::imagined(sample.token.clone(), gateway, sample.at_ms)?;
    caller.check_named(ground.name, ground.route)?;
    let trusted = ground.loopback && !gateway.authentication;
    let directives = Directives::read(&sample.headers, &caller, trusted)?;
    let metadata = Metadata::read(&sample.headers, sample.token.as_ref())?;
    let body = named(&sample.body, ground.name);
    let head = visit::scan(sample.format, &body)?;
    let prompt = Arc::new(Prompt::new(&body, &head));
    let sight = Sight {
        headers: &sample.headers,
        metadata: &metadata,
        body: &body,
        head: &head,
        prompt: &prompt,
        token: sample.token.as_deref(),
        at_ms: sample.at_ms,
    };
    let question = Question::new(&body, &head, directives.on_unsupported);
    let key = directives.key_alias.as_deref();
    let bill = Bill::expected(&head, &prompt, directives.custom_cost);
    let asked = Asked { sight, question: &question, key, bill };
    Ok(Course::new(ground, asked, assumed)?.simulation())
}

/// The body with the name of a model, which every request has.
fn named(body: &Bytes, route: &str) -> Bytes {
    let model = Field::parse("body.model").ok();
    let has_one = match &model {
        Some(Field::Body(path)) => path.find(body).is_some(),
        _ => true,
    };
    let Some(rest) = body.trim_ascii_start().strip_prefix(b"{").filter(|_| !has_one) else {
        return body.clone();
    };
    let name = Value::from(format!("dynamic/{route}")).to_string();
    let comma: &[u8] = if rest.trim_ascii_start().starts_with(b"}") { b"" } else { b"," };
    Bytes::from([b"{\"model\":", name.as_bytes(), comma, rest].concat())
}
