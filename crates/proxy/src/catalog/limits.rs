//! The limits of a gateway itself, whatever route or model is called: one of requests, and spend rules.
//!
//! What a rule says about provider and model is decided when a [`Plan`](super::Plan) is made; only metadata is looked at per request.
use crate::bucket::{self, Bucket};
use crate::metadata::Metadata;
use limits::{Ask, Key, Rule, Take};
use route::ids::GatewayId;
use route::{OnUnavailable, OnUnknownPrice, Value};
use std::sync::Arc;

/// What a gateway limits.
#[derive(Clone, Debug, Default)]
pub struct GatewayLimits {
    /// `None`: any number of requests.
    pub rate: Option<RateLimit>,
    /// Rules in force.
    pub spend: Vec<Arc<SpendRule>>,
}

/// So many requests in a window, whoever makes them. A request counts once, at its first call of a model.
#[derive(Clone, Debug)]
pub struct RateLimit {
    /// How many.
    pub rule: Rule,
    /// Whether requests that cannot be counted go on.
    pub on_unavailable: OnUnavailable,
    bucket: Key,
}

impl RateLimit {
    /// The limit of this gateway; its bucket does not depend on the numbers.
    pub fn new(gateway: &GatewayId, rule: Rule, on_unavailable: OnUnavailable) -> Self {
        let bucket = Bucket::of_parts(&[gateway.as_str(), "", "", "count", ""]).shared();
        Self { rule, on_unavailable, bucket }
    }

    pub(crate) fn ask(&self) -> Ask {
        Ask { key: self.bucket.clone(), rule: self.rule, take: Take::One }
    }
}

/// So much money in a window, for the calls that every dimension lets in.
#[derive(Clone, Debug)]
pub struct SpendRule {
    /// Unique in the gateway; part of its buckets' names.
    pub id: Box<str>,
    /// How much, in nano-dollars.
    pub rule: Rule,
    /// By model: a filter names it as the provider does, or as `<provider>/<model>`.
    pub model: Option<Dimension>,
    /// By the provider's slug.
    pub provider: Option<Dimension>,
    /// By metadata key.
    pub metadata: Vec<(Box<str>, Dimension)>,
    /// Whether calls that cannot be counted are made.
    pub on_unavailable: OnUnavailable,
    /// Whether calls without a known price are made.
    pub on_unknown_price: OnUnknownPrice,
}

/// What a rule does with one property of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// It is for these values only, and has one bucket for all of them.
    Filter(Vec<Box<str>>),
    /// It has a bucket for each value.
    Partition,
}

impl SpendRule {
    /// Whether it is for calls of this model, as far as metadata does not decide; `None`, of a model that nobody knows: it may be any.
    fn is_for(&self, provider: &str, model: Option<&str>) -> bool {
        let lets_in = |dimension: &Option<Dimension>, is: &dyn Fn(&str) -> bool| match dimension {
            Some(Dimension::Filter(values)) => values.iter().any(|it| is(it)),
            Some(Dimension::Partition) | None => true,
        };
        let is_model = |it: &str| {
            model.is_none_or(|model| {
                it == model
                    || it.strip_prefix(provider).and_then(|it| it.strip_prefix('/')) == Some(model)
            })
        };
        lets_in(&self.provider, &|it| it == provider) && lets_in(&self.model, &is_model)
    }
}

/// A spend rule that is for calls of one model.
#[derive(Clone, Debug)]
pub struct Spend {
    /// The rule.
    pub rule: Arc<SpendRule>,
    bucket: Bucket,
}

impl Spend {
    /// The rules of a gateway for calls of this model; without one, those for any model of the provider.
    pub(crate) fn of(
        limits: &GatewayLimits,
        gateway: &GatewayId,
        (provider, model): (&str, Option<&str>),
    ) -> Box<[Self]> {
        let rules = limits.spend.iter().filter(|it| it.is_for(provider, model));
        let model = model.unwrap_or_default();
        let spend = rules.map(|rule| {
            let mut parts = vec![gateway.as_str(), "", &rule.id, "cost"];
            for (name, dimension, value) in
                [("model", &rule.model, model), ("provider", &rule.provider, provider)]
            {
                if dimension == &Some(Dimension::Partition) {
                    parts.extend([name, value]);
                }
            }
            for (key, _) in rule.partitions() {
                parts.extend(["metadata", key]);
            }
            Self { rule: Arc::clone(rule), bucket: Bucket::of_parts(&parts) }
        });
        spend.collect()
    }

    /// The bucket of a call whose metadata has these values for the rule's partitions, in their order (`None`: missing).
    pub fn bucket(&self, values: &[Option<Value<'_>>]) -> Key {
        self.bucket.of_all(values.iter().map(Option::as_ref))
    }

    /// Whether the rule is for a request with this metadata.
    pub(crate) fn is_for(&self, metadata: &Metadata<'_>) -> bool {
        self.rule.metadata.iter().all(|(key, dimension)| match dimension {
            Dimension::Partition => true,
            Dimension::Filter(values) => metadata.get(key).is_some_and(|value| {
                let (_, text) = bucket::typed(&value);
                values.iter().any(|it| **it == *text)
            }),
        })
    }

    /// What to ask for a call that may cost so much.
    pub(crate) fn ask(&self, metadata: &Metadata<'_>, hold: u64) -> Ask {
        let values = self.rule.partitions().map(|(key, _)| metadata.get(key));
        Ask { key: self.bucket.of_all(values), rule: self.rule.rule, take: Take::Hold(hold) }
    }

    /// The properties that choose the bucket and their values in this call, for people; `None` for a value that is missing.
    pub(crate) fn partitions<'s>(
        &'s self,
        metadata: &'s Metadata<'_>,
        (provider, model): (&str, &str),
    ) -> Vec<(String, Option<String>)> {
        let mut found = Vec::new();
        for (name, dimension, value) in
            [("model", &self.rule.model, model), ("provider", &self.rule.provider, provider)]
        {
            if dimension == &Some(Dimension::Partition) {
                found.push((name.to_owned(), Some(value.to_owned())));
            }
        }
        let given = self.rule.partitions();
        found.extend(given.map(|(key, _)| {
            (format!("metadata.{key}"), metadata.get(key).as_ref().map(bucket::shown))
        }));
        found
    }
}

impl SpendRule {
    /// The entries of metadata that choose the bucket.
    pub(crate) fn partitions(&self) -> impl Iterator<Item = &(Box<str>, Dimension)> {
        self.metadata.iter().filter(|(_, it)| *it == Dimension::Partition)
    }
}
