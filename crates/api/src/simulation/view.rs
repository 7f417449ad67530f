//! What a simulation tells.

use crate::money::Dollars;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What production would do with the request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Simulated {
    /// The version walked; `null`: a draft or a graph that is stored nowhere.
    pub version_id: Option<String>,
    /// Of the dice, as text.
    pub seed: String,
    /// The model that would answer; `null`: none would.
    pub answer: Option<Chosen>,
    /// The status that the caller would see. A model that is assumed to fail counts as one that does not answer at all.
    pub status: u16,
    /// Why no model would answer.
    pub failure: Option<String>,
    /// The elements walked, in order.
    pub path: Vec<Passed>,
    /// Every value read, once, in the order of the first look.
    pub reads: Vec<Read>,
    /// The most that the calls on the way are expected to cost, as limits hold it; `null`: one of them has no known price.
    pub estimated_cost: Option<Dollars>,
    /// What many draws gave; `null` unless asked for.
    pub distribution: Option<Distribution>,
}

/// The model that would answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Chosen {
    /// Id of the element.
    pub element: String,
    /// Slug of the provider.
    pub provider: String,
    /// The provider's name of the model.
    pub model: String,
}

/// An element walked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Passed {
    /// Its id.
    pub element: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The output taken, or `end`, `failed` or `refused` where the walk ended.
    pub outcome: String,
    /// The element it leads to; `null` at the end.
    pub to: Option<String>,
    /// `graph`: there is one way. `request`: what the request says. `draw`: the dice. `assumption`: `outcomes` or `down`. `default`: limits admit and
    /// models answer when nothing is assumed. `gateway`: the model cannot be called, or not for this request.
    pub decided_by: &'static str,
    /// The fields it read.
    pub reads: Vec<String>,
    /// Of a `rate` element.
    pub limit: Option<LimitAsked>,
    /// Of a `model` element.
    pub model: Option<ModelAsked>,
}

/// What a limit would be asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitAsked {
    /// `count` or `cost`.
    #[serde(rename = "type")]
    pub counts: &'static str,
    /// Requests, or US dollars.
    #[schema(value_type = f64)]
    pub limit: Amount,
    /// Seconds.
    pub window: u64,
    /// What it would take of it: 1 request, or the dollars that it would hold.
    #[schema(value_type = f64)]
    pub takes: Amount,
}

/// Requests or money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Amount {
    /// Requests.
    Count(u64),
    /// Money.
    Cost(Dollars),
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(1) => f.write_str("1 request"),
            Self::Count(it) => write!(f, "{it} requests"),
            Self::Cost(it) => write!(f, "${it}"),
        }
    }
}

/// What a model would be asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelAsked {
    /// Slug of the provider.
    pub provider: String,
    /// The provider's name of the model.
    pub model: String,
    /// The format that the provider would be spoken to in; `null`: in none.
    pub format: Option<&'static str>,
    /// The estimate of what it reads.
    pub input_tokens: u64,
    /// The most that it may write.
    pub output_tokens: u64,
    /// The most that the call is expected to cost; `null`: its price is unknown.
    pub estimated_cost: Option<Dollars>,
    /// Why it does not answer.
    pub failure: Option<String>,
}

/// A value read.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Read {
    /// As conditions name it.
    pub field: String,
    /// It was there.
    pub present: bool,
    /// What was there; `null` too when nothing was.
    pub value: Value,
}

/// How many of a number of draws took each way. The first is the walk that is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Distribution {
    /// How many there were.
    pub draws: u32,
    /// Every output of every element.
    pub edges: Vec<Edge>,
    /// Every model element.
    pub models: Vec<Share>,
    /// How often no model would answer.
    pub unanswered: u32,
}

/// How often an output was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
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

/// How often the model of an element would answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
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
