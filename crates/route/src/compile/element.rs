//! Each element by itself: its properties, and for percentage elements the names of its outputs.

use super::bounds;
use super::properties::{Properties, Unit};
use crate::condition::{self, Condition};
use crate::field::Field;
use crate::graph::{LimitType, OnUnavailable, OnUnknownPrice, Technique};
use crate::known::{Known, ProviderState};
use crate::problem::{At, Code, Problems};
use crate::spec::{ElementSpec, Kind};
use crate::split::{self, Named};
use std::time::Duration;

/// What an element says, as far as it could be read.
#[derive(Debug)]
pub(super) enum Part {
    Start,
    Conditional(Condition),
    Percentage {
        key: Option<Field>,
        /// In hundredths of a percent, by position among the outputs as sent.
        weights: Vec<u32>,
    },
    Rate(Limit),
    Model(Call),
    End,
}

#[derive(Debug)]
pub(super) struct Limit {
    pub(super) key: Option<Field>,
    pub(super) limit_type: LimitType,
    pub(super) limit: u64,
    pub(super) window: Duration,
    pub(super) technique: Technique,
    pub(super) on_unknown_price: OnUnknownPrice,
    pub(super) on_unavailable: Option<OnUnavailable>,
}

#[derive(Debug)]
pub(super) struct Call {
    pub(super) provider: Box<str>,
    pub(super) model: Box<str>,
    pub(super) timeout: Option<Duration>,
    pub(super) retries: Option<u32>,
}

/// Reads one element; `patterns` is how many its route may still have. `None`: it has errors, and all of them have been told.
pub(super) fn check(
    index: usize,
    spec: &ElementSpec,
    known: &dyn Known,
    patterns: &mut usize,
    problems: &mut Problems,
) -> Option<Part> {
    let at = At::element(index, &spec.id);
    match spec.kind {
        Kind::Start => Some(Part::Start),
        Kind::End => Some(Part::End),
        Kind::Conditional => conditional(Properties::of(spec, &at, problems), patterns),
        Kind::Percentage => percentage(spec, &at, problems),
        Kind::Rate => rate(Properties::of(spec, &at, problems)),
        Kind::Model => model(Properties::of(spec, &at, problems), known),
    }
}

fn conditional(mut properties: Properties<'_, '_>, patterns: &mut usize) -> Option<Part> {
    let name = if properties.get("conditions").is_some() { "conditions" } else { "condition" };
    let Some(conditions) = properties.either("conditions", "condition") else {
        let message = "A conditional element needs `properties.conditions`, such as {\"metadata.plan\": \"paid\"}.";
        properties.tell(Code::EmptyCondition, "conditions", message);
        return None;
    };
    let mut read = None;
    properties
        .tell_at(|at, problems| read = condition::parse(conditions, at, patterns, problems), name);
    let condition = read?;
    if condition::never(&condition) {
        let message = "This condition contradicts itself: no request can take the output `true`.";
        properties.tell(Code::NeverTaken, name, message);
    }
    if condition::always(&condition) {
        let message = "This condition holds of every request: none can take the output `false`.";
        properties.tell(Code::NeverTaken, name, message);
    }
    Some(Part::Conditional(condition))
}

fn percentage(spec: &ElementSpec, at: &At<'_>, problems: &mut Problems) -> Option<Part> {
    let key = Properties::of(spec, at, problems).field("key");
    // that there are none is told with the outputs
    let names: Vec<&str> = spec.outputs.iter().flatten().map(|(name, _)| &**name).collect();
    let at = at.key("outputs");
    let shares = shares(&names, &at, problems)?;
    labels(&shares, &names, &at, problems);
    let weights = weights(&shares, &at, problems)?;
    for (name, weight) in names.iter().zip(&weights) {
        if *weight == 0 {
            let message = format!("The share of `{name}` is 0%: no request can take it.");
            problems.push(Code::NeverTaken, &at.key(name), message);
        }
    }
    Some(Part::Percentage { key, weights })
}

fn shares<'n>(names: &[&'n str], at: &At<'_>, problems: &mut Problems) -> Option<Vec<Named<'n>>> {
    let mut read = Vec::with_capacity(names.len());
    for name in names {
        if let Some(it) = split::named(name) {
            read.push(it);
        } else {
            let message = format!(
                "`{name}` is not a share. Write 0% to 100% with at most two decimals (\"12.5%\"), a label behind it if needed (\"50%:b\"), or `else`."
            );
            problems.push(Code::BadShare, &at.key(name), message);
        }
    }
    let named = names.iter().filter(|it| **it != "else").count();
    if named > bounds::SHARES {
        let message = format!(
            "There are {named} shares; at most {} are allowed besides `else`.",
            bounds::SHARES
        );
        problems.push(Code::TooManyShares, at, message);
    }
    (read.len() == names.len()).then_some(read)
}

fn labels(shares: &[Named<'_>], names: &[&str], at: &At<'_>, problems: &mut Problems) {
    let label = |it: &Named<'_>| matches!(it, Named::Share { label: Some(_), .. });
    let same = |a: &Named<'_>, b: &Named<'_>| match (a, b) {
        (Named::Share { label: Some(a), .. }, Named::Share { label: Some(b), .. }) => a == b,
        _ => false,
    };
    // more shares than allowed are refused anyway
    for (index, (share, name)) in shares.iter().zip(names).enumerate().take(bounds::SHARES + 1) {
        if label(share) && shares.iter().take(index).any(|it| same(it, share)) {
            let message = format!(
                "The label of `{name}` is used twice in this element. Labels tell shares apart."
            );
            problems.push(Code::DuplicateLabel, &at.key(name), message);
        }
    }
}

/// Every output's share, `else` filled in.
fn weights(shares: &[Named<'_>], at: &At<'_>, problems: &mut Problems) -> Option<Vec<u32>> {
    if shares.is_empty() {
        return None;
    }
    let weight = |it: &Named<'_>| match it {
        Named::Share { weight, .. } => *weight,
        Named::Rest => 0,
    };
    let total = shares.iter().map(weight).fold(0, u32::saturating_add);
    let rest = shares.contains(&Named::Rest);
    let (percent, hundredths) = (total / 100, total % 100);
    let fault = match rest {
        true if total > split::WHOLE => {
            Some("; beside `else` they must leave something or total 100% at most")
        }
        false if total != split::WHOLE => {
            Some("; they must total 100%, or an `else` output must take the rest")
        }
        _ => None,
    };
    if let Some(fault) = fault {
        let message = format!("The shares total {percent}.{hundredths:02}%{fault}.");
        problems.push(Code::SharesTotal, at, message);
        return None;
    }
    let left = split::WHOLE - total;
    Some(shares.iter().map(|it| if *it == Named::Rest { left } else { weight(it) }).collect())
}

fn rate(mut properties: Properties<'_, '_>) -> Option<Part> {
    let key = properties.field("key");
    let types = [("count", LimitType::Count), ("cost", LimitType::Cost)];
    let limit_type = properties.required_choice("limitType", &types);
    let limit = limit(&mut properties, limit_type);
    let window = window(&mut properties);
    let techniques = [("sliding", Technique::Sliding), ("fixed", Technique::Fixed)];
    let technique = properties.choice("technique", &techniques).unwrap_or(Technique::Sliding);
    let prices = [("refuse", OnUnknownPrice::Refuse), ("allow", OnUnknownPrice::Allow)];
    let on_unknown_price =
        properties.choice("onUnknownPrice", &prices).unwrap_or(OnUnknownPrice::Refuse);
    let on_unavailable = properties.choice(
        "onUnavailable",
        &[("open", OnUnavailable::Open), ("closed", OnUnavailable::Closed)],
    );
    let (limit_type, limit, window) = (limit_type?, limit?, window?);
    Some(Part::Rate(Limit {
        key,
        limit_type,
        limit,
        window,
        technique,
        on_unknown_price,
        on_unavailable,
    }))
}

fn limit(properties: &mut Properties<'_, '_>, limit_type: Option<LimitType>) -> Option<u64> {
    let Some(value) = properties.get("limit") else {
        properties.tell(Code::Required, "limit", "Required");
        return None;
    };
    let unit = match limit_type {
        Some(LimitType::Cost) => Unit {
            scale: 9,
            least: 1,
            most: bounds::LIMIT_NANO_DOLLARS,
            wanted: "an amount of dollars above 0, up to a billion, with at most 9 decimals",
        },
        Some(LimitType::Count) => Unit {
            scale: 0,
            least: 1,
            most: bounds::LIMIT_REQUESTS,
            wanted: "a number of requests: an integer from 1 to 1000000000000",
        },
        // what it counts is unknown, and so are its bounds
        None => {
            properties.is_number(value, "limit");
            return None;
        }
    };
    properties.number(value, "limit", &unit)
}

fn window(properties: &mut Properties<'_, '_>) -> Option<Duration> {
    let name = if properties.get("window").is_some() || properties.get("interval").is_none() {
        "window"
    } else {
        "interval"
    };
    let Some(value) = properties.either("window", "interval") else {
        properties.tell(Code::Required, name, "Required");
        return None;
    };
    let wanted = "a number of seconds: an integer from 1 to 31622400 (366 days)";
    let unit = Unit { scale: 0, least: 1, most: bounds::WINDOW_SECONDS, wanted };
    properties.number(value, name, &unit).map(Duration::from_secs)
}

fn model(mut properties: Properties<'_, '_>, known: &dyn Known) -> Option<Part> {
    let provider = properties.text("provider");
    let model = properties.text("model");
    let wanted = "a number of milliseconds: an integer from 0 to 3600000 (an hour)";
    let timeout = optional(
        &mut properties,
        "timeout",
        &Unit { scale: 0, least: 0, most: bounds::TIMEOUT_MS, wanted },
    );
    let wanted = "an integer from 0 to 5";
    let retries = optional(
        &mut properties,
        "retries",
        &Unit { scale: 0, least: 0, most: bounds::RETRIES, wanted },
    );
    if let Some(provider) = provider {
        ask(provider, model, &mut properties, known);
    }
    Some(Part::Model(Call {
        provider: provider?.into(),
        model: model?.into(),
        timeout: timeout.map(Duration::from_millis),
        retries: retries.and_then(|it| u32::try_from(it).ok()),
    }))
}

/// A number for which 0 says as much as nothing does.
fn optional(properties: &mut Properties<'_, '_>, name: &str, unit: &Unit) -> Option<u64> {
    let value = properties.get(name)?;
    properties.number(value, name, unit).filter(|it| *it > 0)
}

/// What the gateway says of a provider and its model.
fn ask(
    provider: &str,
    model: Option<&str>,
    properties: &mut Properties<'_, '_>,
    known: &dyn Known,
) {
    match known.provider(provider) {
        ProviderState::Unknown => {
            let message = format!(
                "This gateway has no provider `{provider}`. Correct the name, or add it as a custom provider."
            );
            properties.tell(Code::UnknownProvider, "provider", message);
            return;
        }
        ProviderState::Unsupported(why) => {
            let why = why.trim_end_matches('.');
            let message =
                format!("The provider `{provider}` cannot be called: {why}. Choose another one.");
            properties.tell(Code::UnsupportedProvider, "provider", message);
            return;
        }
        ProviderState::NoKey => {
            let message = format!(
                "The provider `{provider}` has no key. Store one for this gateway, or every call will fail."
            );
            properties.tell(Code::NoKey, "provider", message);
        }
        ProviderState::Ready => {}
    }
    if let Some(model) = model.filter(|it| !known.has_model(provider, it)) {
        let message = format!(
            "The price catalogue does not know `{model}` of `{provider}`. Check the name, or give it a price."
        );
        properties.tell(Code::UnknownModel, "model", message);
    }
}
