//! Limits for people: the counters' buckets, named by the catalog, in the API's words.

mod older;

pub(super) use older::Older;

use super::Builder;
use crate::counting::Counting;
use api::{BucketInUse, BucketKey, CountersAway, LimitOwner, LimitsAsked, LimitsInUse};
use limits::{Key, Look, Rule, Survey, Surveyed, Technique, Usage};
use older::Strays;
use proxy::Catalog;
use proxy::rulebook::{Found, Owner, Part, Rulebook};
use route::ids::GatewayId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What limits are looked at with.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    pub(super) counting: &'a Counting,
    pub(super) builder: &'a Builder,
    pub(super) older: &'a Older,
    pub(super) catalog: Arc<Catalog>,
}

impl Ground<'_> {
    /// The buckets of a gateway's limits that are in use.
    pub(super) async fn in_use(&self, asked: LimitsAsked) -> Result<LimitsInUse, CountersAway> {
        let wanted = Arc::new(Wanted::of(&asked));
        let book = Arc::new(self.book(&asked.gateway, asked.names_tokens));
        let (found, strays) = self.look(&asked, &book, &wanted).await?;
        if !self.know(&asked.gateway, strays).await {
            return Ok(self.told(&book, &found));
        }
        let book = Arc::new(self.book(&asked.gateway, asked.names_tokens));
        let (found, _) = self.look(&asked, &book, &wanted).await?;
        Ok(self.told(&book, &found))
    }

    /// What is found, and elements with buckets that the book does not know.
    async fn look(
        &self,
        asked: &LimitsAsked,
        book: &Arc<Book>,
        wanted: &Arc<Wanted>,
    ) -> Result<(Surveyed, Strays), CountersAway> {
        let strays = Arc::new(Mutex::new(Strays::default()));
        let (rules, wanted, noted) = (Arc::clone(book), Arc::clone(wanted), Arc::clone(&strays));
        let survey = Survey {
            prefix: Rulebook::prefix(&asked.gateway),
            rule_of: Arc::new(move |key| {
                let Some(found) = rules.rules.find(key) else {
                    noted.lock().unwrap_or_else(PoisonError::into_inner).note(key);
                    return None;
                };
                wanted.wants(&rules, &found).then_some(found.limit.rule)
            }),
            least: asked.least,
            most: asked.most,
        };
        let found = self.counting.survey(survey).await.map_err(|_| CountersAway)?;
        let strays = std::mem::take(&mut *strays.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((found, strays))
    }

    /// Resets a bucket that belongs to a limit in force of this gateway; the bucket as it was.
    pub(super) async fn reset(
        &self,
        gateway: &GatewayId,
        bucket: &str,
    ) -> Result<Option<BucketInUse>, CountersAway> {
        let Ok(bytes) = hex::decode(bucket) else { return Ok(None) };
        let key = Key::new(bytes);
        if !key.0.starts_with(&Rulebook::prefix(gateway)) {
            return Ok(None);
        }
        let mut book = self.book(gateway, true);
        if book.rules.find(&key).is_none() {
            let mut stray = Strays::default();
            stray.note(&key);
            self.know(gateway, stray).await;
            book = self.book(gateway, true);
        }
        let Some(rule) = book.rules.find(&key).map(|it| it.limit.rule) else { return Ok(None) };
        let usage = self.counting.reset(&key, &rule).await.map_err(|_| CountersAway)?;
        Ok(book.told(&key, rule, None).map(|it| BucketInUse {
            settled: usage.settled,
            held: usage.held,
            ..it
        }))
    }

    /// A gateway that the catalog does not have has no limits.
    fn book(&self, gateway: &GatewayId, names_tokens: bool) -> Book {
        let tokens = self.catalog.tokens.by_digest.values().filter(|_| names_tokens);
        let rules = self.catalog.gateways.get(gateway).map(|it| {
            let mut rules = Rulebook::of(it);
            self.older.add_to(&mut rules, it);
            rules
        });
        Book {
            rules: rules.unwrap_or_default(),
            tokens: tokens.map(|it| (it.id.clone(), it.name.clone())).collect(),
        }
    }

    /// Looks for the limits of these elements in older versions; whether one was found.
    async fn know(&self, gateway: &GatewayId, strays: Strays) -> bool {
        if strays.is_empty() {
            return false;
        }
        let routes = self.catalog.gateways.values().flat_map(|it| it.routes.values());
        self.older.keep_only(&routes.map(|it| &it.id).collect());
        match self.catalog.gateways.get(gateway) {
            Some(gateway) => self.older.find(self.builder, gateway, strays).await,
            None => false,
        }
    }

    fn told(&self, book: &Book, found: &Surveyed) -> LimitsInUse {
        let nearest = found.nearest.iter();
        let nearest = nearest.filter_map(|it| book.told(&it.key, it.rule, Some(it.state)));
        LimitsInUse {
            nearest: nearest.collect(),
            found: found.found,
            complete: found.whole,
            shared: self.counting.is_shared(),
        }
    }
}

/// What buckets of a gateway are called, and who holds the tokens in their names.
#[derive(Debug)]
struct Book {
    rules: Rulebook,
    tokens: HashMap<String, String>,
}

/// The field whose values are ids of tokens.
const TOKEN: &str = "request.key";

impl Book {
    fn told(&self, key: &Key, rule: Rule, state: Option<Look>) -> Option<BucketInUse> {
        let Found { limit, parts } = self.rules.find(key)?;
        let usage = state.map_or(Usage::default(), |it| it.usage);
        Some(BucketInUse {
            id: hex::encode(&key.0),
            owner: owner(&limit.owner),
            key: parts.into_iter().map(|it| self.part(it)).collect(),
            counts: limit.counts,
            limit: rule.limit,
            settled: usage.settled,
            held: usage.held,
            window: rule.window.as_secs(),
            technique: match rule.technique {
                Technique::Sliding => route::Technique::Sliding,
                Technique::Fixed => route::Technique::Fixed,
            },
            refills_at: state.and_then(|it| it.refills_at),
            resets_at: state.map(|it| it.reset_at),
        })
    }

    fn part(&self, it: Part) -> BucketKey {
        let name = self.name(&it).map(str::to_owned);
        BucketKey { field: it.field, value: it.value, name, cut: it.cut }
    }

    fn name(&self, it: &Part) -> Option<&str> {
        let id = it.value.as_str().filter(|_| it.field == TOKEN)?;
        self.tokens.get(id).map(String::as_str)
    }
}

fn owner(it: &Owner) -> LimitOwner {
    match it {
        Owner::Gateway => LimitOwner::Gateway,
        Owner::Spend { id } => LimitOwner::SpendRule { rule_id: id.to_string() },
        Owner::Element { route, name, element, version } => LimitOwner::Element {
            route_id: route.to_string(),
            route: name.to_string(),
            element: element.to_string(),
            version_id: version.as_ref().map(ToString::to_string),
        },
        Owner::Key { provider, alias } => {
            LimitOwner::ProviderKey { provider: provider.to_string(), alias: alias.to_string() }
        }
    }
}

/// What is asked for, ready to be compared.
#[derive(Debug)]
struct Wanted {
    kind: Option<String>,
    route: Option<String>,
    element: Option<String>,
    text: Option<String>,
}

impl Wanted {
    fn of(asked: &LimitsAsked) -> Self {
        let LimitsAsked { kind, route, element, text, .. } = asked.clone();
        Self { kind, route, element, text: text.map(|it| it.to_lowercase()) }
    }

    fn wants(&self, book: &Book, found: &Found<'_>) -> bool {
        let is =
            |wanted: &Option<String>, it: &str| wanted.as_deref().is_none_or(|want| want == it);
        let fits = match &found.limit.owner {
            Owner::Element { route, name, element, .. } => {
                let is_route = is(&self.route, name) || is(&self.route, route.as_str());
                is(&self.kind, "element") && is_route && is(&self.element, element)
            }
            other => {
                let kind = match other {
                    Owner::Spend { .. } => "spend_rule",
                    Owner::Key { .. } => "provider_key",
                    Owner::Gateway | Owner::Element { .. } => "gateway",
                };
                is(&self.kind, kind) && self.route.is_none() && self.element.is_none()
            }
        };
        fits && self.text.as_deref().is_none_or(|text| {
            let says = |it: &str| it.to_lowercase().contains(text);
            found.parts.iter().any(|it| {
                let value = it.value.as_str().map_or_else(|| it.value.to_string(), str::to_owned);
                // Everything has `metadata.` in it: what a field is a part of says nothing about it.
                let name = it.field.split_once('.').map_or(&*it.field, |(_, name)| name);
                says(name) || says(&value) || book.name(it).is_some_and(says)
            })
        })
    }
}
