//! Names of buckets read back: which limit of a gateway one belongs to, and whose it is. For people who look at limits; no request needs it.

use crate::catalog::{Dimension, Gateway, LiveRoute, SpendRule, Version};
use crate::refusal;
use limits::{Key, Rule};
use route::LimitType;
use route::ids::{GatewayId, RouteId, VersionId};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Every limit of a gateway that is in force: its own, those of its stored keys, and the rate elements of the deployed and the newest versions of
/// its routes. Those of other versions can be [put in](Rulebook::add).
#[derive(Debug, Default)]
pub struct Rulebook {
    /// By what a bucket is called before the value of a key.
    named: HashMap<Box<[u8]>, InForce>,
    spend: HashMap<Box<str>, (InForce, Arc<SpendRule>)>,
}

/// A limit.
#[derive(Clone, Debug)]
pub struct InForce {
    /// Whose it is.
    pub owner: Owner,
    /// What it counts.
    pub counts: LimitType,
    /// What it allows.
    pub rule: Rule,
    /// The field that chooses the bucket, of a rate element that has one.
    key: Option<String>,
}

/// Where a limit is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The gateway's limit of requests.
    Gateway,
    /// A spend rule of the gateway.
    Spend {
        /// Its id.
        id: Box<str>,
    },
    /// A rate element of a route.
    Element {
        /// Id of the route.
        route: RouteId,
        /// Its name.
        name: Arc<str>,
        /// Id of the element.
        element: Box<str>,
        /// The version it is read from; `None`: the deployed one.
        version: Option<VersionId>,
    },
    /// A stored key of a provider.
    Key {
        /// Slug of the provider.
        provider: Box<str>,
        /// Alias of the key.
        alias: Box<str>,
    },
}

/// One of the values that chose a bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Where it was read: `metadata.user`, `model`.
    pub field: String,
    /// What was read; the empty text when there was nothing. Lists and objects are their JSON as text.
    pub value: Value,
    /// Only the beginning of it is known, because the name is too long to be kept.
    pub cut: bool,
}

/// A bucket of a limit in force.
#[derive(Clone, Debug)]
pub struct Found<'b> {
    /// The limit.
    pub limit: &'b InForce,
    /// What chose the bucket; none: there is one for all.
    pub parts: Vec<Part>,
}

impl Rulebook {
    /// The limits of this gateway.
    #[must_use]
    pub fn of(gateway: &Gateway) -> Self {
        let mut named = HashMap::new();
        let mut note = |name: &Key, limit: InForce| {
            named.insert(Box::from(&*name.0), limit);
        };
        if let Some(rate) = &gateway.limits.rate {
            note(&rate.ask().key, InForce::counting(Owner::Gateway, rate.rule));
        }
        for upstream in gateway.providers.values() {
            for held in &*upstream.keys {
                let (Some(limit), Some(alias)) = (&held.limit, held.alias()) else { continue };
                let ask = limit.ask();
                let provider = (&*upstream.endpoint.slug).into();
                let owner = Owner::Key { provider, alias: alias.into() };
                note(&ask.key, InForce::counting(owner, ask.rule));
            }
        }
        let spend = gateway.limits.spend.iter().map(|rule| {
            let owner = Owner::Spend { id: rule.id.clone() };
            let counts = LimitType::Cost;
            let limit = InForce { owner, counts, rule: rule.rule, key: None };
            (rule.id.clone(), (limit, Arc::clone(rule)))
        });
        let mut book = Self { spend: spend.collect(), named };
        for live in gateway.routes.values() {
            for version in live.deployed.iter().chain(&live.latest) {
                limits_of(live, version).for_each(|(name, limit)| book.add(name, limit));
            }
        }
        book
    }

    /// Puts a limit in, by what its buckets are called before the value of a key. One that is there under this name stays.
    pub fn add(&mut self, name: Box<[u8]>, limit: InForce) {
        self.named.entry(name).or_insert(limit);
    }

    /// The route whose rate element a bucket belongs to, and what the buckets of that element are called before the value of a key; `None`: it is
    /// no rate element's, or its name is so long that this is cut.
    #[must_use]
    pub fn element_of(key: &Key) -> Option<(RouteId, &[u8])> {
        let (known, cut) = key.known();
        let mut name = Reader { rest: known, cut };
        let (_, route) = (name.part()?, name.part()?);
        let _ = (name.part()?, name.part()?, name.part()?);
        let route = std::str::from_utf8(route).ok().filter(|it| !it.is_empty())?;
        Some((route.into(), known.get(..known.len() - name.rest.len())?))
    }

    /// What the names of all buckets of a gateway begin with.
    #[must_use]
    pub fn prefix(gateway: &GatewayId) -> Vec<u8> {
        crate::bucket::Bucket::of_parts(&[gateway.as_str()]).shared().0.to_vec()
    }

    /// The limit that a bucket belongs to, by its name in the form that is stored; `None`: to none that is in force.
    #[must_use]
    pub fn find(&self, key: &Key) -> Option<Found<'_>> {
        let (known, cut) = key.known();
        let mut name = Reader { rest: known, cut };
        let found = self.read(known, &mut name);
        found.or_else(|| cut.then(|| self.by_beginning(known)).flatten())
    }

    fn read(&self, known: &[u8], name: &mut Reader<'_>) -> Option<Found<'_>> {
        let (_, route) = (name.part()?, name.part()?);
        let (id, kind) = (name.part()?, name.part()?);
        if route.is_empty() && kind == b"cost" {
            let (limit, rule) = self.spend.get(std::str::from_utf8(id).ok()?)?;
            return Some(Found { limit, parts: name.spent(rule)? });
        }
        if kind != b"key" {
            name.part()?;
        }
        let limit = self.named.get(known.get(..known.len() - name.rest.len())?)?;
        let part = limit.key.as_ref().map(|field| name.value(field.clone()));
        let parts = match part {
            Some(part) => vec![part?],
            None => Vec::new(),
        };
        name.has_ended().then_some(Found { limit, parts })
    }

    /// Of a name so long that not even the key's field is whole in it: the only limit it can belong to.
    fn by_beginning(&self, known: &[u8]) -> Option<Found<'_>> {
        let mut limits = self.named.iter().filter(|(name, _)| name.starts_with(known));
        let (_, limit) = limits.next().filter(|_| limits.next().is_none())?;
        let part = |field: &String| Part { field: field.clone(), value: "".into(), cut: true };
        Some(Found { limit, parts: limit.key.iter().map(part).collect() })
    }
}

/// The limits of a version of a route, each by what its buckets are called before the value of a key.
pub fn limits_of<'v>(
    live: &'v LiveRoute,
    version: &'v Version,
) -> impl Iterator<Item = (Box<[u8]>, InForce)> + 'v {
    let is_deployed = live.deployed.as_ref().is_some_and(|it| it.id == version.id);
    version.limits().map(move |(quota, name)| {
        let owner = Owner::Element {
            route: live.id.clone(),
            name: Arc::clone(&live.name),
            element: version.route.element_id(quota.element).into(),
            version: (!is_deployed).then(|| version.id.clone()),
        };
        let (counts, rule) = (quota.limit_type, refusal::rule(quota));
        let key = quota.key.as_ref().map(ToString::to_string);
        (Box::from(&*name.0), InForce { owner, counts, rule, key })
    })
}

impl InForce {
    fn counting(owner: Owner, rule: Rule) -> Self {
        Self { owner, counts: LimitType::Count, rule, key: None }
    }
}

/// A name, part by part.
struct Reader<'k> {
    rest: &'k [u8],
    /// The name goes on after what is known of it.
    cut: bool,
}

impl<'k> Reader<'k> {
    /// A part that is whole.
    fn part(&mut self) -> Option<&'k [u8]> {
        let (length, rest) = self.rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (part, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(part)
    }

    /// A part, or what is known of it and that it is not whole.
    fn some(&mut self) -> Option<(String, bool)> {
        if let Some(part) = self.part() {
            return Some((String::from_utf8_lossy(part).into_owned(), false));
        }
        let known = std::mem::take(&mut self.rest);
        let text = String::from_utf8_lossy(known.get(4..).unwrap_or_default()).into_owned();
        // A letter that was cut in two is left out.
        self.cut.then(|| (text.trim_end_matches('\u{fffd}').to_owned(), true))
    }

    /// The value of a field, as `bucket::typed` writes it.
    fn value(&mut self, field: String) -> Option<Part> {
        let tag = match self.rest.split_first() {
            Some((tag, rest)) => {
                self.rest = rest;
                *tag
            }
            None => b't',
        };
        let (text, cut) = self.some()?;
        let value = match tag {
            _ if cut => Value::String(text),
            b'n' => Value::Null,
            b'b' => Value::Bool(text == "true"),
            b'd' => text.parse().map_or(Value::String(text), Value::Number),
            _ => Value::String(text),
        };
        Some(Part { field, value, cut })
    }

    /// What chose a bucket of this rule.
    fn spent(&mut self, rule: &SpendRule) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        for (name, dimension) in [("model", &rule.model), ("provider", &rule.provider)] {
            if *dimension == Some(Dimension::Partition) {
                self.says(name)?;
                let (text, cut) = self.some()?;
                parts.push(Part { field: name.to_owned(), value: text.into(), cut });
            }
        }
        for (key, _) in rule.partitions() {
            self.says("metadata")?;
            self.says(key)?;
        }
        for (key, _) in rule.partitions() {
            parts.push(self.value(format!("metadata.{key}"))?);
        }
        self.has_ended().then_some(parts)
    }

    /// The next part is this, as far as it is known.
    fn says(&mut self, word: &str) -> Option<()> {
        let (text, cut) = self.some()?;
        (text == word || cut && word.starts_with(&text)).then_some(())
    }

    fn has_ended(&self) -> bool {
        self.rest.is_empty() || self.cut
    }
}
