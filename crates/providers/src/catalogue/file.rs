//! The price file: read whole, every problem told.

use super::{Catalogue, LongContext, Model};
use crate::capabilities::{Capabilities, Feature, Mode};
use crate::price::{Price, pico};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Dearer than this is a mistake of units: a dollar a token, in pico-dollars.
const MOST: u64 = 1_000_000_000_000;

/// Members of a model.
const MEMBERS: [&str; 7] =
    ["price", "long", "max_output_tokens", "context", "mode", "can", "cannot"];

/// Members of `price`; the first two are needed.
const CLASSES: [&str; 10] = [
    "input",
    "output",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "audio_input",
    "image_input",
    "reasoning",
    "audio_output",
    "image_output",
];

/// Something in a price file that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct PriceProblem {
    /// Where, as a JSON pointer; empty for the whole file.
    pub pointer: String,
    /// What is wrong and what was expected.
    pub message: String,
}

pub(super) fn parse(text: &[u8]) -> Result<Catalogue, Vec<PriceProblem>> {
    let whole = |message: String| vec![PriceProblem { pointer: String::new(), message }];
    let value: Value =
        serde_json::from_slice(text).map_err(|error| whole(format!("it is not JSON: {error}")))?;
    let Value::Object(file) = &value else { return Err(whole("it must be an object".to_owned())) };
    let mut reader = Reader::default();
    reader.members(file, "", &["source", "date", "licence", "models"]);
    let source = reader.text(file, "source");
    let date = reader.text(file, "date");
    let models = reader.models(file.get("models"));
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    Ok(Catalogue { version: format!("{source} ({date})").into(), models, below: None })
}

type Models = HashMap<Box<str>, HashMap<Box<str>, Model>>;

/// Collects problems on the way.
#[derive(Debug, Default)]
struct Reader {
    problems: Vec<PriceProblem>,
}

impl Reader {
    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.push(PriceProblem { pointer: pointer.to_owned(), message: message.into() });
    }

    /// Refuses members that mean nothing: most likely a price that would silently not count.
    fn members(&mut self, object: &Map<String, Value>, at: &str, known: &[&str]) {
        for name in object.keys().filter(|it| !known.contains(&it.as_str())) {
            let message =
                format!("there is no member of this name here; there are {}", known.join(", "));
            self.problem(&format!("{at}/{}", escaped(name)), message);
        }
    }

    fn text<'v>(&mut self, file: &'v Map<String, Value>, name: &str) -> &'v str {
        let found = file.get(name).and_then(Value::as_str).filter(|it| !it.trim().is_empty());
        if found.is_none() {
            self.problem(
                &format!("/{name}"),
                "it must be a text that names this version of the file",
            );
        }
        found.unwrap_or_default()
    }

    fn object<'v>(&mut self, value: Option<&'v Value>, at: &str) -> Option<&'v Map<String, Value>> {
        let found = value.and_then(Value::as_object);
        if found.is_none() {
            self.problem(at, "it must be an object");
        }
        found
    }

    fn models(&mut self, value: Option<&Value>) -> Models {
        let mut models = Models::new();
        for (provider, list) in self.object(value, "/models").into_iter().flatten() {
            let at = format!("/models/{}", escaped(provider));
            let mut found = HashMap::new();
            for (id, row) in self.object(Some(list), &at).into_iter().flatten() {
                found.insert(id.as_str().into(), self.model(row, &format!("{at}/{}", escaped(id))));
            }
            models.insert(provider.as_str().into(), found);
        }
        models
    }

    fn model(&mut self, row: &Value, at: &str) -> Model {
        let Some(row) = self.object(Some(row), at) else { return Model::default() };
        self.members(row, at, &MEMBERS);
        let price = row.get("price").and_then(|it| self.price(it, &format!("{at}/price")));
        Model {
            price,
            long: row.get("long").and_then(|it| self.long(it, &format!("{at}/long"))),
            max_output_tokens: self.count(row, "max_output_tokens", at),
            context: self.count(row, "context", at),
            mode: self.mode(row, at),
            capabilities: self.capabilities(row, at),
        }
    }

    fn mode(&mut self, row: &Map<String, Value>, at: &str) -> Option<Mode> {
        let value = row.get("mode")?;
        let found = Mode::ALL.into_iter().find(|it| Some(it.as_str()) == value.as_str());
        if found.is_none() {
            let known = Mode::ALL.map(Mode::as_str).join(", ");
            self.problem(&format!("{at}/mode"), format!("{value} is none of {known}"));
        }
        found
    }

    fn capabilities(&mut self, row: &Map<String, Value>, at: &str) -> Capabilities {
        let mut found = Capabilities::default();
        for (name, has) in [("can", true), ("cannot", false)] {
            let Some(value) = row.get(name) else { continue };
            let at = format!("{at}/{name}");
            let Some(list) = value.as_array() else {
                self.problem(&at, "it must be a list of features");
                continue;
            };
            for (index, value) in list.iter().enumerate() {
                let at = format!("{at}/{index}");
                match value.as_str().and_then(Feature::named) {
                    Some(it) if found.has(it) == Some(!has) => {
                        self.problem(&at, format!("{value} stands in `can` as well"));
                    }
                    Some(it) => found = found.with(it, has),
                    None => {
                        let known = Feature::ALL.map(Feature::as_str).join(", ");
                        self.problem(&at, format!("{value} is no feature; there are {known}"));
                    }
                }
            }
        }
        found
    }

    fn long(&mut self, value: &Value, at: &str) -> Option<LongContext> {
        let long = self.object(Some(value), at)?;
        self.members(long, at, &["above", "price"]);
        let above = self.count(long, "above", at);
        if above.is_none() {
            self.problem(&format!("{at}/above"), "it must be a number of input tokens");
        }
        let price = self.price(long.get("price")?, &format!("{at}/price"));
        Some(LongContext { above: above?, price: price? })
    }

    fn count(&mut self, object: &Map<String, Value>, name: &str, at: &str) -> Option<u64> {
        let value = object.get(name)?;
        let found = value.as_u64().filter(|it| *it > 0);
        if found.is_none() {
            self.problem(&format!("{at}/{name}"), "it must be a whole number above 0");
        }
        found
    }

    /// `None` without a price of either side, which is a model whose price is not known.
    fn price(&mut self, value: &Value, at: &str) -> Option<Price> {
        let object = self.object(Some(value), at)?;
        self.members(object, at, &CLASSES);
        let [input, output, rest @ ..] = CLASSES.map(|name| self.amount(object, name, at));
        let [
            cache_read,
            cache_write,
            cache_write_1h,
            audio_input,
            image_input,
            reasoning,
            audio_output,
            image_output,
        ] = rest;
        let (input, output) = (input?, output?);
        let cache_write = cache_write.unwrap_or(input);
        Some(Price {
            input,
            output,
            cache_read: cache_read.unwrap_or(input),
            cache_write,
            cache_write_1h: cache_write_1h.unwrap_or(cache_write),
            audio_input: audio_input.unwrap_or(input),
            image_input: image_input.unwrap_or(input),
            reasoning: reasoning.unwrap_or(output),
            audio_output: audio_output.unwrap_or(output),
            image_output: image_output.unwrap_or(output),
        })
    }

    fn amount(&mut self, object: &Map<String, Value>, name: &str, at: &str) -> Option<u64> {
        let value = object.get(name)?;
        let number = value.as_number().map(ToString::to_string);
        let text = value.as_str().map(str::to_owned).or(number);
        let found = text.as_deref().and_then(pico).filter(|it| *it <= MOST);
        if found.is_none() {
            let message = format!(
                "{value} is not dollars per token from 0 to 1, such as \"0.00000015\" or \"1.5e-07\""
            );
            self.problem(&format!("{at}/{name}"), message);
        }
        found
    }
}

/// A member's name in a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
