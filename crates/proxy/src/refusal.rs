//! Which limit let a request not pass, and why: for the metric, the log, the status, and in words.
use crate::bucket;
use crate::catalog::{Plan, RateLimit, Spend};
use crate::reject::{self, Limit, Row};
use limits::{Refusal, Rule, Technique};
use route::{LimitType, Quota};
use serde_json::Value;
use std::time::Duration;

const NANO: u64 = 1_000_000_000;
/// When counters that do not answer may be there again: they are looked for all the time.
const UNAVAILABLE_WAIT: Duration = Duration::from_secs(1);
/// No time makes a price known, but somebody may.
const PRICE_WAIT: Duration = Duration::from_secs(60);

/// The kinds of refusal by a limit. A closed set: labels of `pointsman_limit_refusals`, causes in the log, and what
/// `docs/errors-data-plane.md` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// A rate element that counts requests has no room.
    Count,
    /// A rate element that counts dollars has no room.
    Cost,
    /// The gateway's limit of requests has no room.
    GatewayRate,
    /// A spend rule of the gateway has no room.
    Spend,
    /// There is no memory for the bucket, and the limit is closed then.
    Full,
    /// The counters do not answer, and the limit is closed then.
    Unavailable,
    /// A limit of dollars does not let a model be called whose price is unknown.
    PriceUnknown,
}

impl RefusalKind {
    /// Every kind there is.
    pub const ALL: [Self; 7] = [
        Self::Count,
        Self::Cost,
        Self::GatewayRate,
        Self::Spend,
        Self::Full,
        Self::Unavailable,
        Self::PriceUnknown,
    ];

    /// Its name on the wire and in metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Cost => "cost",
            Self::GatewayRate => "gateway_rate",
            Self::Spend => "spend",
            Self::Full => "full",
            Self::Unavailable => "unavailable",
            Self::PriceUnknown => "price_unknown",
        }
    }

    /// What the log gives as the cause.
    pub(crate) fn cause(self) -> &'static str {
        match self {
            Self::Count => "limited_count",
            Self::Cost => "limited_cost",
            Self::GatewayRate => "limited_gateway_rate",
            Self::Spend => "limited_spend",
            Self::Full => "limited_full",
            Self::Unavailable => "limited_unavailable",
            Self::PriceUnknown => "price_unknown",
        }
    }
}

/// Whose limit it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By<'a> {
    /// A rate element of the route.
    Element(&'a Quota),
    /// The gateway's limit of requests.
    Gateway(&'a RateLimit),
    /// A spend rule, asked for a call of this model.
    Rule(&'a Spend, &'a Plan),
}

/// Why it refused.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Why {
    /// No room, or no memory for the bucket.
    Refused(Refusal),
    /// Nobody knows what the limit has, its counters do not answer.
    Unavailable,
    /// What the call costs is not known.
    PriceUnknown,
}

/// A limit that refused, with the values that chose its bucket (`None`: missing).
#[derive(Debug)]
pub(crate) struct Refused<'a> {
    pub(crate) by: By<'a>,
    pub(crate) why: Why,
    pub(crate) key: Vec<(String, Option<String>)>,
}

/// Who refused, in words: the route, the id of the element, the gateway.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) route: String,
    pub(crate) element: String,
    pub(crate) gateway: String,
}

impl Refused<'_> {
    pub(crate) fn kind(&self) -> RefusalKind {
        match (self.why, self.by) {
            (Why::Unavailable, _) => RefusalKind::Unavailable,
            (Why::PriceUnknown, _) => RefusalKind::PriceUnknown,
            (Why::Refused(it), _) if it.full => RefusalKind::Full,
            (_, By::Gateway(_)) => RefusalKind::GatewayRate,
            (_, By::Rule(..)) => RefusalKind::Spend,
            (_, By::Element(quota)) => match quota.limit_type {
                LimitType::Count => RefusalKind::Count,
                LimitType::Cost => RefusalKind::Cost,
            },
        }
    }

    pub(crate) fn row(&self) -> Row {
        match self.counts() {
            LimitType::Count => reject::LIMITED,
            LimitType::Cost => reject::SPENT,
        }
    }

    /// How long the caller is asked to wait.
    pub(crate) fn wait(&self) -> Duration {
        match self.why {
            Why::Refused(it) => it.retry_after,
            Why::Unavailable => UNAVAILABLE_WAIT,
            Why::PriceUnknown => PRICE_WAIT,
        }
    }

    /// The rule of a spend rule.
    pub(crate) fn rule_id(&self) -> Option<&str> {
        match self.by {
            By::Rule(spend, _) => Some(&spend.rule.id),
            By::Element(_) | By::Gateway(_) => None,
        }
    }

    fn counts(&self) -> LimitType {
        match self.by {
            By::Element(quota) => quota.limit_type,
            By::Gateway(_) => LimitType::Count,
            By::Rule(..) => LimitType::Cost,
        }
    }

    fn rule(&self) -> Rule {
        match self.by {
            By::Element(quota) => rule(quota),
            By::Gateway(rate) => rate.rule,
            By::Rule(spend, _) => spend.rule.rule,
        }
    }

    /// For the `limit` member of an error.
    pub(crate) fn told(&self, names: &Names) -> Limit {
        let (rule, counts) = (self.rule(), self.counts());
        let refusal = match self.why {
            Why::Refused(it) => Some(it),
            Why::Unavailable | Why::PriceUnknown => None,
        };
        let plan = match self.by {
            By::Rule(_, plan) => Some(plan),
            By::Element(_) | By::Gateway(_) => None,
        };
        let fields: Vec<_> = self.key.iter().map(|(field, _)| Some(field.as_str())).collect();
        let values: Vec<_> = self.key.iter().map(|(_, value)| value.as_deref()).collect();
        let is_element = matches!(self.by, By::Element(_));
        Limit {
            kind: self.kind().as_str(),
            element: is_element.then(|| names.element.clone()),
            rule: self.rule_id().map(str::to_owned),
            counts: match counts {
                LimitType::Count => "count",
                LimitType::Cost => "cost",
            },
            key: joined(&fields),
            value: joined(&values),
            provider: plan.map(|it| it.endpoint.slug.to_string()),
            model: plan.map(|it| it.model.to_string()),
            limit: amount(counts, rule.limit),
            remaining: refusal.map_or(Value::Null, |it| amount(counts, it.remaining)),
            window: rule.window.as_secs(),
            technique: technique(rule.technique),
            reset_at: refusal.map(|it| it.reset_at),
            retry_after: reject::seconds(self.wait()),
        }
    }

    /// In words.
    pub(crate) fn message(&self, names: &Names) -> String {
        let Names { route, element, gateway } = names;
        let who = match self.by {
            By::Element(_) => format!("the limit of element `{element}` of {route}"),
            By::Gateway(_) => format!("the limit of requests of the gateway `{gateway}`"),
            By::Rule(spend, _) => {
                format!("spend rule `{}` of the gateway `{gateway}`", spend.rule.id)
            }
        };
        match self.why {
            Why::Unavailable => {
                format!(
                    "{who} cannot count this request: its counters do not answer; try again later"
                )
            }
            Why::PriceUnknown => format!(
                "its price is not known, and {who} lets no call through that it cannot count; \
                 give the model a price or set `onUnknownPrice` to `allow`"
            ),
            Why::Refused(it) if it.full => format!(
                "{who} cannot count this request: too many buckets are in use; try again later"
            ),
            Why::Refused(it) => self.reached(&who, &it),
        }
    }

    /// Of a limit without room: what it is, for whom, what is left, and when there is more.
    fn reached(&self, who: &str, refusal: &Refusal) -> String {
        let (rule, counts) = (self.rule(), self.counts());
        let (most, seconds) = (written(counts, rule.limit), rule.window.as_secs());
        let bucket: String = self
            .key
            .iter()
            .map(|(field, value)| match value {
                Some(value) => format!(" for {field} = `{value}`"),
                None => format!(" for requests without {field}"),
            })
            .collect();
        let left = format!(
            "{} left, room returns in {} s",
            written(counts, refusal.remaining),
            reject::seconds(refusal.retry_after)
        );
        if let By::Rule(spend, plan) = self.by {
            // The original's words first, as far as they go: clients look for them.
            let (id, technique) = (&spend.rule.id, technique(rule.technique));
            let (provider, model) = (&plan.endpoint.slug, &plan.model);
            let amount = dollars(rule.limit);
            return format!(
                "Spend limit exceeded: rule '{id}' (cost limit {amount} per {seconds}s, {technique}) for {provider} {model}{bucket}; {left}"
            );
        }
        let unit = if counts == LimitType::Count { " requests" } else { "" };
        format!("{who} is reached: {most}{unit} in {seconds} s{bucket}; {left}")
    }
}

/// A rate element's numbers.
pub(crate) fn rule(quota: &Quota) -> Rule {
    let technique = match quota.technique {
        route::Technique::Sliding => Technique::Sliding,
        route::Technique::Fixed => Technique::Fixed,
    };
    Rule { limit: quota.limit, window: quota.window, technique }
}

/// The field that names a rate element's bucket, and its value in this request.
pub(crate) fn key_of(
    quota: &Quota,
    value: Option<&route::Value<'_>>,
) -> Vec<(String, Option<String>)> {
    let field = quota.key.as_ref();
    field.map(|it| (it.to_string(), value.map(bucket::shown))).into_iter().collect()
}

fn technique(it: Technique) -> &'static str {
    match it {
        Technique::Sliding => "sliding",
        Technique::Fixed => "fixed",
    }
}

/// `None` when there are no parts, or the only one is missing.
fn joined(parts: &[Option<&str>]) -> Option<String> {
    parts
        .iter()
        .any(Option::is_some)
        .then(|| parts.iter().map(|it| it.unwrap_or_default()).collect::<Vec<_>>().join(", "))
}

/// In JSON: requests as a number, dollars as text.
fn amount(counts: LimitType, it: u64) -> Value {
    match counts {
        LimitType::Count => it.into(),
        LimitType::Cost => dollars(it).into(),
    }
}

fn written(counts: LimitType, it: u64) -> String {
    match counts {
        LimitType::Count => it.to_string(),
        LimitType::Cost => format!("${}", dollars(it)),
    }
}

/// Nano-dollars as dollars, exactly.
fn dollars(nano: u64) -> String {
    let (whole, rest) = (nano / NANO, nano % NANO);
    let digits = format!("{whole}.{rest:09}");
    let short = digits.trim_end_matches('0');
    short.strip_suffix('.').unwrap_or(short).to_owned()
}
