//! The provider table, the price catalogue, the one HTTP client, and the built-in `echo`.
//!
//! A provider is a *row* of [`table()`]: what differs between providers is a named field there,
//! never a `match` on a slug elsewhere. A gateway's use of a provider, with its base URL and key,
//! is an [`Endpoint`]. This crate knows no routes, limits or storage.

mod auth;
mod book;
mod capabilities;
mod catalogue;
mod client;
mod credentials;
mod dialect;
pub mod echo;
mod endpoint;
mod error;
mod hosts;
mod native;
mod origin;
mod price;
mod pricing;
mod provider;
mod speech;
mod spliced;
mod surroundings;
mod table;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;

pub use auth::Auth;
pub use book::{CostRule, ModelRule, Override, Overrides, PriceBook, Quote};
pub use capabilities::{Capabilities, Feature, Mode};
pub use catalogue::{Catalogue, Change, Changed, LongContext, Model, PriceProblem};
pub use client::{Client, ClientOptions, Http, is_public};
pub use dialect::{DIALECTS, dialect};
pub use endpoint::{BadEndpoint, Endpoint, Key};
pub use error::Error;
pub use hosts::Environment;
pub use native::{BadNative, KeyUse, Native, NativePaths};
pub use origin::same_origin;
pub use price::{BadCustomCost, CustomCost, Price, pico};
pub use pricing::provider_cost;
pub use provider::{Forbidden, OnDisconnect, Provider, StatedCost, find, table};
pub use speech::{Speech, Way};
pub use spliced::Spliced;
pub use surroundings::Surroundings;

/// A response body made here, as the built-in `echo` does.
pub type Body = BoxBody<Bytes, Error>;
