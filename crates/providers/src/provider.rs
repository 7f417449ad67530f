//! What a provider is: a row of the table.

pub use crate::table::table;

/// A provider is a row; what differs between providers is a named field here.
#[derive(Debug)]
pub struct Provider {
    /// The name used in routes and URLs, as the original has it.
    pub slug: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// What an OpenAI client, or the provider's own SDK, takes as its base URL; empty when there
    /// is no common one and it must be given.
    pub base_url: &'static str,
    /// What it speaks.
    pub dialect: Dialect,
    /// Where its key goes.
    pub auth: Auth,
    /// Path of chat completions below the base URL.
    pub chat_path: &'static str,
    /// `stream_options.include_usage` may be spliced in. False where the provider refuses it or
    /// sends usage without being asked.
    pub include_usage: bool,
    /// Environment variables that may hold the key, after [`Provider::key_variable`].
    pub key_env: &'static [&'static str],
    /// Works without a key.
    pub keyless: bool,
    /// Name of this provider in the price catalogue; empty when it has no prices there.
    pub price_name: &'static str,
    /// Where it says what a call cost.
    pub stated_cost: StatedCost,
    /// What a stream costs whose reader has left.
    pub on_disconnect: OnDisconnect,
}

/// Where in its `usage` a provider says what a call cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatedCost {
    /// Nowhere.
    Nowhere,
    /// `cost`, a number of dollars.
    Cost,
    /// `cost.total_cost`, in dollars.
    TotalCost,
    /// `cost_in_usd_ticks`.
    Ticks,
}

impl StatedCost {
    /// What the provider says this call cost, in nano-dollars; `None` when it does not say.
    #[must_use]
    pub fn of(self, stated: &chat::Stated) -> Option<u64> {
        match self {
            Self::Nowhere => None,
            Self::Cost => stated.cost,
            Self::TotalCost => stated.total_cost,
            Self::Ticks => stated.ticks,
        }
    }
}

/// What a provider bills for a stream when the connection to it is closed before the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDisconnect {
    /// It stops there: what was generated until then.
    StopsBilling,
    /// It generates, and bills, to the end; also when nobody has written down what it does.
    BillsToTheEnd,
}

/// What a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI chat completions.
    OpenAi,
    /// The built-in provider, answered from the process.
    Echo,
    /// Known, but not spoken yet; the text is a clause that says why and what to do.
    NotYet(&'static str),
}

/// Where a provider takes its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `authorization: Bearer <key>`.
    Bearer,
    /// A header of its own, the bare key as its value.
    Header(&'static str),
    /// Nowhere.
    None,
}

impl Provider {
    /// The variable that holds the key of a provider, before [`Provider::key_env`].
    #[must_use]
    pub fn key_variable(slug: &str) -> String {
        variable(slug, "API_KEY")
    }

    /// The variable that overrides the base URL of a provider.
    #[must_use]
    pub fn base_url_variable(slug: &str) -> String {
        variable(slug, "BASE_URL")
    }
}

/// `POINTSMAN_PROVIDER_<SLUG>_…`: upper case, `-` as `_`.
fn variable(slug: &str, what: &str) -> String {
    let slug = slug.to_ascii_uppercase().replace('-', "_");
    format!("POINTSMAN_PROVIDER_{slug}_{what}")
}

/// A provider by slug or alias.
#[must_use]
pub fn find(slug: &str) -> Option<&'static Provider> {
    table().iter().find(|it| it.slug == slug || it.aliases.contains(&slug))
}
