//! The way a request took, for errors, the log and a response header.
use crate::call::Attempt;
use crate::catalog::Version;
use crate::notes::{Log, Place, Seen};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use route::{ElementIx, Step};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;
use std::fmt::Write as _;

/// A model element that was called, or would have been.
#[derive(Debug)]
pub(crate) struct Made {
    /// `None` on a direct call.
    pub(crate) element: Option<ElementIx>,
    pub(crate) attempts: Vec<Attempt>,
    /// The spend rule that did not let it be called.
    pub(crate) rule: Option<Box<str>>,
    /// Its answer was kept from an earlier call: there was no attempt.
    pub(crate) cached: bool,
}

/// What was walked and called so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trail<'t> {
    /// `None` on a direct call.
    pub(crate) version: Option<&'t Version>,
    pub(crate) steps: &'t [Step],
    pub(crate) made: &'t [Made],
    /// For the log: when elements were reached, and what limits said.
    pub(crate) log: Option<&'t Log>,
    /// Whether providers' messages are told: to the caller, whose words they may repeat, but not to the log.
    pub(crate) messages: bool,
}

/// What the only element of a direct call is called.
const DIRECT: &str = "model";
/// What stays as it is in `pointsman-path`.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Trail<'_> {
    /// `[{"element","type","outcome","attempts":[…]}]`
    pub(crate) fn json(&self) -> String {
        const AN_ENTRY: usize = 224;
        let entries = self.steps.len() + self.made.len();
        let mut json = Vec::with_capacity(entries * AN_ENTRY);
        let written = serde_json::to_writer(&mut json, self).ok();
        let json = written.and_then(|()| String::from_utf8(json).ok());
        json.unwrap_or_else(|| "[]".to_owned())
    }

    /// The same of a direct call that stands for the call of this element.
    pub(crate) fn json_at(&self, element: Option<(&Version, ElementIx)>) -> String {
        let id = element.map_or(DIRECT, |(version, it)| version.route.element_id(it));
        let calls = self.made.iter().enumerate();
        let calls: Vec<_> = calls.map(|it| Entry { element: id, ..self.direct(it) }).collect();
        serde_json::to_string(&calls).unwrap_or_else(|_| "[]".to_owned())
    }

    /// The same, to be put into JSON as it is.
    pub(crate) fn raw(&self) -> Box<RawValue> {
        RawValue::from_string(self.json()).unwrap_or_default()
    }

    /// Element ids, percent-encoded, joined by commas; `None` on a direct call.
    pub(crate) fn header(&self) -> Option<String> {
        let version = self.version?;
        let mut header = String::with_capacity(self.steps.len() * 16);
        for step in self.steps {
            if !header.is_empty() {
                header.push(',');
            }
            header.extend(utf8_percent_encode(version.route.element_id(step.element), PLAIN));
        }
        Some(header)
    }

    /// `element:outcome@µs`, with `(provider/model status cause µs, …)` after one that called; joined by commas. As long as a header may be:
    /// what follows is left out, and `…` says so.
    pub(crate) fn told(&self) -> String {
        const MOST: usize = 6000;
        let mut told = String::new();
        let direct = self.made.iter().enumerate();
        let direct = direct.filter(|_| self.version.is_none()).map(|it| self.direct(it));
        let steps = self.version.into_iter().flat_map(|version| {
            self.steps.iter().copied().enumerate().map(|it| self.step(version, it))
        });
        for entry in steps.chain(direct) {
            if told.len() > MOST {
                told.push_str(",...");
                break;
            }
            if !told.is_empty() {
                told.push(',');
            }
            entry.tell(&mut told);
        }
        told
    }

    fn step<'t>(&'t self, version: &'t Version, (at, step): (usize, Step)) -> Entry<'t> {
        let kind = version.route.element_type(step.element);
        let called = self.made.iter().position(|it| it.element == Some(step.element));
        let made = called.and_then(|it| self.made.get(it));
        let place = Place::Element(step.element);
        Entry {
            element: version.route.element_id(step.element),
            kind,
            outcome: step.output_name(&version.route).unwrap_or(match (kind, made) {
                ("end", _) => "end",
                ("model", None) => "left",
                ("model", Some(_)) => "failed",
                _ => "refused",
            }),
            made,
            at_us: self.log.and_then(|it| it.marks.get(at).copied()),
            us: self.log.and_then(|it| it.took.iter().find(|it| it.0 == at)).map(|it| it.1),
            limit: self.log.and_then(|it| it.limits.iter().find(|it| it.place == place)),
            limits: called.map(|it| self.limits(it)).unwrap_or_default(),
            messages: self.messages,
        }
    }

    /// What the gateway's own limits said before a model was called.
    fn limits(&self, step: usize) -> Vec<&Seen> {
        let all = self.log.map_or(&[][..], |it| &it.limits);
        all.iter().filter(|it| it.place == Place::Step(step)).collect()
    }

    /// An entry of a direct call, which has one.
    fn direct<'t>(&'t self, (step, made): (usize, &'t Made)) -> Entry<'t> {
        let answered = made.cached || made.attempts.last().is_some_and(|it| it.cause.is_none());
        Entry {
            element: DIRECT,
            kind: "model",
            outcome: if answered { "success" } else { "failed" },
            made: Some(made),
            at_us: None,
            us: None,
            limit: None,
            limits: self.limits(step),
            messages: self.messages,
        }
    }
}

impl Serialize for Trail<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.version {
            Some(version) => {
                let steps = self.steps.iter().copied().enumerate();
                serializer.collect_seq(steps.map(|it| self.step(version, it)))
            }
            None => serializer.collect_seq(self.made.iter().enumerate().map(|it| self.direct(it))),
        }
    }
}

struct Entry<'t> {
    element: &'t str,
    kind: &'static str,
    outcome: &'t str,
    made: Option<&'t Made>,
    at_us: Option<u64>,
    us: Option<u64>,
    limit: Option<&'t Seen>,
    limits: Vec<&'t Seen>,
    messages: bool,
}

impl Entry<'_> {
    fn tell(&self, told: &mut String) {
        let plain = |it: &'_ str| utf8_percent_encode(it, PLAIN).to_string();
        let _written = write!(told, "{}:{}", plain(self.element), plain(self.outcome));
        if let Some(at_us) = self.at_us {
            let _written = write!(told, "@{at_us}");
        }
        let Some(Made { attempts, cached, .. }) = self.made else { return };
        let each = attempts.iter().map(|it| {
            let status = it.status.map_or_else(|| "-".to_owned(), |it| it.to_string());
            let cause = it.cause.as_ref().map_or("ok", |it| it.kind);
            format!("{}/{} {status} {cause} {}", plain(&it.provider), plain(&it.model), it.us)
        });
        let each: Vec<_> = cached.then(|| "kept".to_owned()).into_iter().chain(each).collect();
        let _written = write!(told, "({})", each.join(" "));
    }
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("element", self.element)?;
        map.serialize_entry("type", self.kind)?;
        map.serialize_entry("outcome", self.outcome)?;
        if let Some(at_us) = self.at_us {
            map.serialize_entry("at_us", &at_us)?;
        }
        if let Some(us) = self.us {
            map.serialize_entry("us", &us)?;
        }
        if let Some(limit) = self.limit {
            map.serialize_entry("limit", limit)?;
        }
        if !self.limits.is_empty() {
            map.serialize_entry("limits", &self.limits)?;
        }
        if let Some(Made { attempts, rule, cached, .. }) = self.made {
            if *cached {
                map.serialize_entry("cached", cached)?;
            }
            if let Some(rule) = rule {
                map.serialize_entry("rule", rule)?;
            }
            map.serialize_entry("attempts", &Attempts { attempts, messages: self.messages })?;
        }
        map.end()
    }
}

struct Attempts<'t> {
    attempts: &'t [Attempt],
    messages: bool,
}

impl Serialize for Attempts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.attempts.iter().map(|attempt| OneAttempt { attempt, messages: self.messages }),
        )
    }
}

struct OneAttempt<'t> {
    attempt: &'t Attempt,
    messages: bool,
}

impl Serialize for OneAttempt<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Attempt {
            provider, model, key_alias, status, ms, cause, at_us, us, first_byte_us, ..
        } = self.attempt;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("provider", provider)?;
        map.serialize_entry("model", model)?;
        map.serialize_entry("status", status)?;
        map.serialize_entry("ms", ms)?;
        map.serialize_entry("cause", &cause.as_ref().map(|it| it.kind))?;
        if let Some(cause) = cause.as_ref().filter(|_| self.messages) {
            map.serialize_entry("message", &cause.message)?;
        }
        // Which key was used is for the operator, not for the caller.
        if !self.messages {
            if !key_alias.is_empty() {
                map.serialize_entry("key", key_alias)?;
            }
            map.serialize_entry("at_us", at_us)?;
            map.serialize_entry("us", us)?;
            if let Some(first_byte_us) = first_byte_us {
                map.serialize_entry("first_byte_us", first_byte_us)?;
            }
        }
        map.end()
    }
}
