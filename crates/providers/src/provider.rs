//! What a provider is: a row of the table.

use crate::auth::Auth;
use crate::hosts::Environment;
use crate::native::NativePaths;
use crate::speech::Speech;

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
    /// Makes the base URL of what the environment says, where there is no common one.
    pub base_from: Option<fn(Environment<'_>) -> Option<String>>,
    /// What it speaks in routes. The first is what the other formats are translated to; none: only
    /// its own paths are passed through.
    pub speaks: &'static [Speech],
    /// Why it speaks nothing in routes, as a clause that says what to do; empty when it does.
    pub not_in_routes: &'static str,
    /// How it wants to know who calls.
    pub auth: Auth,
    /// Headers of the caller (lower case) that go on to it, besides those that go on to all.
    pub forwards: &'static [&'static str],
    /// Headers it must get: name in lower case, and the value unless the caller sent one.
    pub wants: &'static [(&'static str, &'static str)],
    /// Its headers (lower case; `*` at the end for any rest) that go back, besides those of all.
    pub returns: &'static [&'static str],
    /// How paths of its own API are put below its base URL.
    pub native: NativePaths,
    /// Answered from the process itself.
    pub built_in: bool,
    /// Environment variables that may hold the key, after [`Provider::key_variable`].
    pub key_env: &'static [&'static str],
    /// Works without a key.
    pub keyless: bool,
    /// Name of this provider in the price catalogue; empty when it has no prices there.
    pub price_name: &'static str,
    /// Its name in traces (`gen_ai.provider.name` of OpenTelemetry's conventions) when that is not its slug.
    pub trace_name: &'static str,
    /// Where it says what a call cost.
    pub stated_cost: StatedCost,
    /// What a stream costs whose reader has left.
    pub on_disconnect: OnDisconnect,
    /// What its 403 is about.
    pub forbidden: Forbidden,
}

/// What a 403 of a provider is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// What the key's account may do.
    Key,
    /// The request: its content was flagged. It says nothing about the key.
    Request,
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
