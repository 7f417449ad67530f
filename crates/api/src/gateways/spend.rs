//! `spend_limits`: read member by member, so that every problem is told and no amount becomes a float; kept as it was written.
//!
//! A rule without an id is taken for the stored one that applies to the same calls, so that writing the same settings again, as
//! Terraform does, goes on counting where it was. (The original makes a new id at every write, and forgets what was spent.)

mod object;
#[cfg(test)]
mod tests;

use super::limits::{Dimension, SpendRule};
use crate::problem::{Entry, Place};
use object::Object;
use route::{OnUnavailable, OnUnknownPrice, Technique, bounds};
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::time::Duration;
use utoipa::ToSchema;

/// Rules a gateway may have, as in the original.
const RULES: usize = 20;
/// Entries of metadata that one rule may look at.
const ENTRIES: usize = 5;
/// Values of one filter.
const VALUES: usize = 200;
/// Bytes of a value, or of a metadata key.
const TEXT_BYTES: usize = 256;

/// Budgets of a gateway.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SpendLimits {
    /// Default: yes.
    enabled: Option<bool>,
    #[schema(max_items = 20)]
    rules: Vec<SpendRuleSchema>,
}

/// So many dollars in a window, for the calls that every filter matches.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpendRule)]
struct SpendRuleSchema {
    /// What is spent is kept under it. Made when absent; a rule that applies to the same calls as before keeps its id.
    #[schema(pattern = "^[0-9a-fA-F]{8}$")]
    id: Option<String>,
    /// Default: yes.
    enabled: Option<bool>,
    /// Dollars, above 0, at most 9 decimals.
    #[schema(value_type = f64)]
    limit: u64,
    /// `limit_type` is read too.
    limit_type: SpendLimitType,
    /// Seconds, up to 366 days.
    #[schema(minimum = 1, maximum = 31_622_400)]
    window: u64,
    /// Default: `sliding`.
    technique: Option<super::settings::Technique>,
    model: Option<DimensionSchema>,
    provider: Option<DimensionSchema>,
    #[schema(value_type = Option<std::collections::HashMap<String, DimensionSchema>>)]
    metadata: Option<()>,
    /// Ours: what happens when the counter cannot be asked. Default: `closed`.
    on_unavailable: Option<super::settings::OnUnavailable>,
    /// Ours: what happens to a call whose price is not known. Default: `refuse`.
    on_unknown_price: Option<UnknownPrice>,
}

/// Whether a property of the call chooses the rule or the bucket.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpendDimension)]
struct DimensionSchema {
    mode: Mode,
    /// Of a filter: 1 to 200 texts.
    values: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SpendMode)]
enum Mode {
    Filter,
    Partition,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "a schema for openapi.json")]
enum UnknownPrice {
    Refuse,
    Allow,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "a schema for openapi.json")]
enum SpendLimitType {
    Cost,
}

/// `spend_limits` as it was written, and what it means.
#[derive(Debug)]
pub(super) struct Spend<'a> {
    enabled: bool,
    rules: Vec<Written<'a>>,
}

/// A rule as it was written, and what it means.
#[derive(Debug)]
struct Written<'a> {
    text: Cow<'a, str>,
    /// Where it stands.
    place: Vec<Place>,
    /// Without an id as long as it has none.
    rule: SpendRule,
    enabled: bool,
    /// Members of the documented object that it leaves out.
    absent: Vec<&'static str>,
}

impl<'a> Spend<'a> {
    /// Reads; what is wrong is told, every bit of it.
    pub(super) fn read(raw: &'a RawValue, problems: &mut Vec<Entry>) -> Self {
        let place = ["body", "spend_limits"].map(|it| Place::Key(it.to_owned())).to_vec();
        let mut spend = Self { enabled: true, rules: Vec::new() };
        let Some(object) = Object::read(raw, place, &["enabled", "rules"], problems) else {
            return spend;
        };
        spend.enabled = object.flag("enabled", problems).unwrap_or(true);
        let (rules, places) = object.list("rules", problems).unwrap_or_default();
        if rules.len() > RULES {
            let message = format!("a gateway has at most {RULES} rules, not {}", rules.len());
            problems.push(Entry::invalid(object.at("rules"), message));
        }
        let rules = rules.into_iter().zip(places).take(RULES);
        spend.rules = rules.filter_map(|(raw, at)| written(raw, at, problems)).collect();
        spend.check_ids(problems);
        spend
    }

    fn check_ids(&self, problems: &mut Vec<Entry>) {
        for (index, it) in self.rules.iter().enumerate() {
            let id = &it.rule.id;
            if !id.is_empty() && self.rules.iter().take(index).any(|it| it.rule.id == *id) {
                let message = format!("the id `{id}` is given to more than one rule");
                let mut place = it.place.clone();
                place.push(Place::Key("id".to_owned()));
                problems.push(Entry::invalid(place, message));
            }
        }
    }

    /// Gives every rule an id: that of the rule in `before` with the same scope, if there is one, best with the same window; else one
    /// made from scope and window.
    pub(super) fn name(&mut self, before: &[SpendRule]) {
        let same: [fn(&SpendRule, &SpendRule) -> bool; 2] = [
            |it, old| it.has_scope_of(old) && it.window == old.window,
            |it, old| it.has_scope_of(old),
        ];
        for same in same {
            for index in 0..self.rules.len() {
                let Some(it) = self.rules.get(index).filter(|it| it.rule.id.is_empty()) else {
                    continue;
                };
                let old = before.iter().find(|old| same(&it.rule, old) && !self.has(&old.id));
                self.give(index, old.map(|it| it.id.clone()));
            }
        }
        for index in 0..self.rules.len() {
            let Some(it) = self.rules.get(index).filter(|it| it.rule.id.is_empty()) else {
                continue;
            };
            let seed = fingerprint(&format!(
                "{:?}",
                (&it.rule.model, &it.rule.provider, &it.rule.metadata, it.rule.window)
            ));
            let free = (0..=u32::MAX).map(|more| format!("{:08x}", seed.wrapping_add(more)));
            let id = free.into_iter().find(|it| !self.has(it));
            self.give(index, id);
        }
    }

    fn has(&self, id: &str) -> bool {
        self.rules.iter().any(|it| it.rule.id == id)
    }

    fn give(&mut self, index: usize, id: Option<String>) {
        if let (Some(it), Some(id)) = (self.rules.get_mut(index), id) {
            it.rule.id = id;
        }
    }

    /// The JSON to keep and to return: what was written, and the defaults of what was left out.
    pub(super) fn json(&self) -> Option<Box<RawValue>> {
        let rules: Vec<_> = self.rules.iter().map(Written::json).collect();
        let text = format!(r#"{{"enabled":{},"rules":[{}]}}"#, self.enabled, rules.join(","));
        RawValue::from_string(text).ok()
    }

    /// Every rule, enabled or not.
    pub(super) fn all(self) -> Vec<SpendRule> {
        self.rules.into_iter().map(|it| it.rule).collect()
    }

    /// The rules that are enabled.
    pub(super) fn in_force(self) -> Vec<SpendRule> {
        let rules = self.rules.into_iter().filter(|it| it.enabled && self.enabled);
        rules.map(|it| it.rule).collect()
    }

    /// Providers that filters name.
    pub(super) fn providers(&self) -> impl Iterator<Item = &str> {
        self.rules
            .iter()
            .flat_map(|it| match &it.rule.provider {
                Some(Dimension::Filter(values)) => values.as_slice(),
                Some(Dimension::Partition) | None => &[],
            })
            .map(String::as_str)
    }
}

impl Written<'_> {
    fn json(&self) -> String {
        let members = self.text.trim().strip_suffix('}').unwrap_or(&self.text).trim_end();
        let more: String = self
            .absent
            .iter()
            .map(|name| match *name {
                "id" => format!(r#","id":"{}""#, self.rule.id),
                "enabled" => r#","enabled":true"#.to_owned(),
                name => format!(r#","{name}":"sliding""#),
            })
            .collect();
        format!("{members}{more}}}")
    }
}

/// A rule; `None` when something that it needs is missing or wrong.
fn written<'a>(
    raw: &'a RawValue,
    place: Vec<Place>,
    problems: &mut Vec<Entry>,
) -> Option<Written<'a>> {
    const NAMES: [&str; 12] = [
        "id",
        "enabled",
        "limit",
        "limitType",
        "limit_type",
        "window",
        "technique",
        "model",
        "provider",
        "metadata",
        "onUnavailable",
        "onUnknownPrice",
    ];
    let object = Object::read(raw, place.clone(), &NAMES, problems)?;
    let id = id(&object, problems);
    let enabled = object.flag("enabled", problems).unwrap_or(true);
    limit_type(&object, problems);
    let dollars = "an amount of dollars above 0, up to a billion, with at most 9 decimals";
    let limit = object.number("limit", (9, bounds::LIMIT_NANO_DOLLARS, dollars), problems);
    let seconds = "a number of seconds: an integer from 1 to 31622400 (366 days)";
    let window = object.number("window", (0, bounds::WINDOW_SECONDS, seconds), problems);
    let techniques = [("sliding", Technique::Sliding), ("fixed", Technique::Fixed)];
    let technique = object.choice("technique", &techniques, problems);
    let model = dimension(&object, "model", problems);
    let mut provider = dimension(&object, "provider", problems);
    if let Some(Dimension::Filter(values)) = &mut provider {
        for value in values {
            *value = crate::urls::canonical(value).to_owned();
        }
    }
    let metadata = metadata(&object, problems);
    let states = [("open", OnUnavailable::Open), ("closed", OnUnavailable::Closed)];
    let on_unavailable = object.choice("onUnavailable", &states, problems);
    let prices = [("refuse", OnUnknownPrice::Refuse), ("allow", OnUnknownPrice::Allow)];
    let on_unknown_price = object.choice("onUnknownPrice", &prices, problems);
    let absent = ["id", "enabled", "technique"].into_iter().filter(|it| object.get(it).is_none());
    let rule = SpendRule {
        id: id.unwrap_or_default(),
        limit: limit?,
        window: Duration::from_secs(window?),
        technique: technique.unwrap_or(Technique::Sliding),
        model,
        provider,
        metadata,
        on_unavailable: on_unavailable.unwrap_or(OnUnavailable::Closed),
        on_unknown_price: on_unknown_price.unwrap_or(OnUnknownPrice::Refuse),
    };
    Some(Written { text: object.written(), place, rule, enabled, absent: absent.collect() })
}

fn id(object: &Object<'_>, problems: &mut Vec<Entry>) -> Option<String> {
    let id = object.text("id", problems)?;
    let fits = id.len() == 8 && id.bytes().all(|it| it.is_ascii_hexdigit());
    if !fits {
        let message = "a rule's id is 8 hexadecimal digits; leave it out to have one made";
        problems.push(Entry::invalid(object.at("id"), message));
    }
    fits.then_some(id)
}

/// The one type there is, under the name of the API or that of the Terraform provider.
fn limit_type(object: &Object<'_>, problems: &mut Vec<Entry>) {
    let names: Vec<_> =
        ["limitType", "limit_type"].into_iter().filter(|it| object.get(it).is_some()).collect();
    if names.is_empty() {
        problems.push(Entry::invalid(object.at("limitType"), "Required"));
    }
    for name in names {
        object.choice(name, &[("cost", ())], problems);
    }
}

fn metadata(object: &Object<'_>, problems: &mut Vec<Entry>) -> Vec<(String, Dimension)> {
    let Some(entries) = object.object("metadata", None, problems) else { return Vec::new() };
    if entries.len() > ENTRIES {
        let message = format!("a rule looks at {ENTRIES} entries of metadata at most");
        problems.push(Entry::invalid(object.at("metadata"), message));
    }
    let keys: Vec<String> = entries.names().map(str::to_owned).collect();
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        if key.is_empty() || key.len() > TEXT_BYTES {
            let message = format!("a metadata key is 1 to {TEXT_BYTES} bytes");
            problems.push(Entry::invalid(entries.at(&key), message));
        } else if let Some(dimension) = dimension(&entries, &key, problems) {
            found.push((key, dimension));
        }
    }
    found
}

fn dimension(object: &Object<'_>, name: &str, problems: &mut Vec<Entry>) -> Option<Dimension> {
    let dimension = object.object(name, Some(&["mode", "values"]), problems)?;
    if dimension.get("mode").is_none() {
        problems.push(Entry::invalid(dimension.at("mode"), "Required"));
        return None;
    }
    let modes = [("filter", Mode::Filter), ("partition", Mode::Partition)];
    let mode = dimension.choice("mode", &modes, problems)?;
    if mode == Mode::Filter {
        return values(&dimension, problems).map(Dimension::Filter);
    }
    if dimension.get("values").is_some() {
        let message = "a partition has no `values`: every value has a bucket of its own";
        problems.push(Entry::invalid(dimension.at("values"), message));
    }
    Some(Dimension::Partition)
}

/// The values of a filter.
fn values(object: &Object<'_>, problems: &mut Vec<Entry>) -> Option<Vec<String>> {
    if object.get("values").is_none() {
        problems.push(Entry::invalid(object.at("values"), "Required"));
        return None;
    }
    let (values, places) = object.list("values", problems)?;
    if !(1..=VALUES).contains(&values.len()) {
        let message = format!("a filter has 1 to {VALUES} values, not {}", values.len());
        problems.push(Entry::invalid(object.at("values"), message));
    }
    let mut texts = Vec::with_capacity(values.len());
    for (raw, place) in values.into_iter().zip(places) {
        match serde_json::from_str::<String>(raw.get()) {
            Ok(text) if (1..=TEXT_BYTES).contains(&text.len()) => texts.push(text),
            _ => {
                let message = format!("a value is a text of 1 to {TEXT_BYTES} bytes");
                problems.push(Entry::invalid(place, message));
            }
        }
    }
    Some(texts)
}

/// FNV-1a: the same on every machine and in every version.
fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, it| (hash ^ u32::from(it)).wrapping_mul(0x0100_0193))
}
