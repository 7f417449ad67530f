//! What is asked of a simulation, read.

use super::Graph;
use crate::caller::AtRoute;
use crate::graph::Elements;
use crate::live::Api;
use crate::problem::Problem;
use access::{Token, Tokens};
use bytes::Bytes;
use chat::Format;
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use route::ids::{GatewayId, RouteId};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Where the data plane reads metadata.
const METADATA: &str = "cf-aig-metadata";
/// The most draws of one simulation, as the data plane bounds it.
const MOST_DRAWS: u32 = 10_000;

/// What to walk, with what, and what to assume. Of `version_id`, `draft` and `elements` at most one is given; without any it is what is
/// deployed.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SimulateRoute {
    version_id: Option<String>,
    /// The route's working draft.
    #[serde(default)]
    draft: bool,
    /// A graph that is stored nowhere.
    elements: Option<Elements>,
    request: SampleRequest,
    /// Outputs by element id: the branch of a `conditional` or `percentage`; `success` or `fallback` of a `rate` or `model`.
    #[serde(default)]
    outcomes: BTreeMap<String, String>,
    /// Providers (`openai`) and models (`openai/gpt-5`) that are assumed not to answer.
    #[serde(default)]
    down: Vec<String>,
    /// Of the dice: a number of 64 bits, as text; `0` when absent. The seed of a log record gives the draws of that request.
    seed: Option<String>,
    /// How many draws to count besides: up to 10000.
    #[schema(maximum = 10000)]
    #[serde(default)]
    distribution: u32,
}

/// A request that is only imagined.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SampleRequest {
    /// What the body is written in, which is the way in: `chat` (when absent), `responses`, `messages` or `embeddings`.
    #[serde(default)]
    format: SampleFormat,
    /// Headers by name.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Instead of a header `cf-aig-metadata`: a flat object of at most 5 entries.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Box<RawValue>>,
    /// The body, to the letter. Without a member `model` it gets the route's name there.
    #[schema(value_type = Object)]
    body: Box<RawValue>,
    /// Id of the token it is sent with, whose metadata and limits then hold; absent: none.
    token_id: Option<String>,
    /// When it arrives; now when absent.
    #[schema(format = DateTime)]
    at: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum SampleFormat {
    #[default]
    Chat,
    Responses,
    Messages,
    Embeddings,
}

impl From<SampleFormat> for Format {
    fn from(it: SampleFormat) -> Self {
        match it {
            SampleFormat::Chat => Self::Chat,
            SampleFormat::Responses => Self::Responses,
            SampleFormat::Messages => Self::Messages,
            SampleFormat::Embeddings => Self::Embeddings,
        }
    }
}

/// A simulation that is to be run.
#[derive(Debug)]
pub struct Simulate {
    /// Whose providers, keys, prices and rules are used.
    pub gateway: GatewayId,
    /// The route.
    pub route: RouteId,
    /// Its name.
    pub name: String,
    /// Its graph.
    pub graph: route::Route,
    /// The request.
    pub sample: Sample,
    /// What is taken for given.
    pub assumed: Assumed,
}

/// A request that is only imagined, read.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What its body is written in.
    pub format: Format,
    /// Its headers, those made of members included.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// The token it carries.
    pub token: Option<Arc<Token>>,
    /// When it arrives: Unix milliseconds.
    pub at_ms: u64,
}

/// What a simulation takes for given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assumed {
    /// Of the dice.
    pub seed: u64,
    /// Outputs by element.
    pub outcomes: Vec<(String, String)>,
    /// Providers and models that do not answer.
    pub down: Vec<String>,
    /// Draws to be counted.
    pub draws: u32,
}

/// What cannot be simulated, and where it stands in the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsound {
    /// The members that lead there.
    pub place: Vec<String>,
    /// For people.
    pub message: String,
}

impl Unsound {
    fn at(place: &[&str], message: impl Into<String>) -> Self {
        Self { place: place.iter().map(|it| (*it).to_owned()).collect(), message: message.into() }
    }
}

impl SimulateRoute {
    /// Finds the graph that is meant.
    pub(super) async fn graph(
        &self,
        api: &Api,
        at: &AtRoute,
        deployed: Option<&store::Version>,
    ) -> Result<Graph, Problem> {
        match (&self.version_id, self.draft, &self.elements) {
            (None, false, None) => {
                let message = "nothing is deployed; name a `version_id`, the `draft` or `elements`";
                let it = deployed.ok_or_else(|| Problem::invalid(&["body"], message))?;
                Ok(Graph::Stored(it.id.clone(), it.elements.clone()))
            }
            (Some(id), false, None) => {
                let id = id.as_str().into();
                let it = api.store.routes().version(&at.gateway, &at.route, &id).await?;
                Ok(if it.is_valid {
                    Graph::Stored(it.id, it.elements)
                } else {
                    Graph::Given(it.elements)
                })
            }
            (None, true, None) => {
                let draft = api.store.routes().draft(&at.gateway, &at.route).await?;
                Ok(Graph::Given(draft.ok_or(store::Error::NotFound("draft"))?.elements))
            }
            (None, false, Some(elements)) => Ok(Graph::Given(elements.text().to_owned())),
            _ => Err(Problem::invalid(
                &["body"],
                "`version_id`, `draft` and `elements` are three ways to say what is walked; give one of them",
            )),
        }
    }

    /// Whether the request carries somebody's token, whose metadata the reply may tell.
    pub(super) fn names_token(&self) -> bool {
        self.request.token_id.is_some()
    }

    /// The request and the assumptions.
    pub(super) fn read(self, api: &Api) -> Result<(Sample, Assumed), Problem> {
        let seed = match &self.seed {
            None => 0,
            Some(text) => text.parse().map_err(|_| {
                Unsound::at(
                    &["seed"],
                    "a seed is a whole number from 0 to 18446744073709551615, as text",
                )
            })?,
        };
        if self.distribution > MOST_DRAWS {
            let message = format!("at most {MOST_DRAWS} draws are counted at once");
            return Err(Unsound::at(&["distribution"], message).into());
        }
        let assumed = Assumed {
            seed,
            outcomes: self.outcomes.into_iter().collect(),
            down: self.down,
            draws: self.distribution,
        };
        let sample = self.request.read(&api.live.tokens(), api.live.now_ms())?;
        Ok((sample, assumed))
    }
}

impl SampleRequest {
    /// The request as the data plane would get it.
    ///
    /// # Errors
    /// A header, the metadata, the token or the time cannot be meant.
    pub fn read(self, tokens: &Tokens, now_ms: u64) -> Result<Sample, Unsound> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let unsound = |what| Unsound::at(&["request", "headers", name], what);
            let key: HeaderName =
                name.parse().map_err(|_| unsound("this is no name of a header"))?;
            let value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| unsound("a header's value has no control characters"))?;
            if headers.insert(key, value).is_some() {
                return Err(unsound("this header is given twice; case does not matter in names"));
            }
        }
        if let Some(metadata) = &self.metadata {
            let unsound = |what| Unsound::at(&["request", "metadata"], what);
            let text = compact(metadata);
            let value = HeaderValue::try_from(text)
                .map_err(|_| unsound("this cannot stand in a header"))?;
            if headers.insert(METADATA, value).is_some() {
                return Err(unsound(
                    "metadata is given twice: here and as the header `cf-aig-metadata`",
                ));
            }
        }
        let token = self.token_id.map(|id| find(tokens, &id)).transpose()?;
        let at_ms = self.at.map_or(Ok(now_ms), |it| millis(&it))?;
        let body = Bytes::from(self.body.get().to_owned());
        Ok(Sample { format: self.format.into(), headers, body, token, at_ms })
    }
}

/// Without the line breaks that a header may not have; they are no part of any text in JSON.
fn compact(json: &RawValue) -> Vec<u8> {
    json.get().bytes().map(|it| if it.is_ascii_control() { b' ' } else { it }).collect()
}

fn find(tokens: &Tokens, id: &str) -> Result<Arc<Token>, Unsound> {
    let found = tokens.by_digest.values().find(|it| it.id == id);
    found.cloned().ok_or_else(|| {
        Unsound::at(&["request", "token_id"], format!("there is no token with the id `{id}`"))
    })
}

fn millis(text: &str) -> Result<u64, Unsound> {
    let time: Option<Timestamp> = text.parse().ok();
    time.and_then(|it| u64::try_from(it.as_millisecond()).ok()).ok_or_else(|| {
        let message =
            format!("`{text}` is not a time since 1970; write it as 2027-01-31T12:00:00Z");
        Unsound::at(&["request", "at"], message)
    })
}
