//! The wire form: `elements` as the client sent them, parsed but not yet understood. The JSON text itself is kept by whoever stores it.

use crate::json::{self, Json};
use crate::problem::{At, Code, Problem, Problems};

/// The client's `elements`: certainly a graph, not certainly one that makes sense.
#[derive(Clone, Debug)]
pub struct RouteSpec {
    pub(crate) elements: Vec<ElementSpec>,
}

#[derive(Clone, Debug)]
pub(crate) struct ElementSpec {
    pub(crate) id: Box<str>,
    pub(crate) kind: Kind,
    /// Name and the id it leads to, in the order written. `None`: absent.
    pub(crate) outputs: Option<Vec<(Box<str>, Box<str>)>>,
    /// As sent, unknown properties included. `None`: absent.
    pub(crate) properties: Option<Json>,
}

/// The six types of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Start,
    Conditional,
    Percentage,
    Rate,
    Model,
    End,
}

impl Kind {
    /// The names of the API reference, in its order.
    const ALL: [(&'static str, Self); 6] = [
        ("start", Self::Start),
        ("conditional", Self::Conditional),
        ("percentage", Self::Percentage),
        ("rate", Self::Rate),
        ("model", Self::Model),
        ("end", Self::End),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, it)| *it == self).map_or("", |(name, _)| name)
    }

    fn named(name: &str) -> Option<Self> {
        // the name that the public docs use
        let name = if name == "rate_limit" { "rate" } else { name };
        Self::ALL.iter().find(|(it, _)| *it == name).map(|(_, it)| *it)
    }

    fn expected() -> String {
        Self::ALL.map(|(name, _)| format!("'{name}'")).join(" | ")
    }
}

impl RouteSpec {
    /// Reads the text of an `elements` array.
    ///
    /// # Errors
    /// Refuses only what is not a graph at all: not JSON or too deeply nested, a key twice in one object, not an array of objects, an
    /// element without a string `id` or with an unknown `type`, `outputs` not of the form `{name: {elementId}}`. All such problems are
    /// told at once. What is a graph but makes no sense is for [`compile`](crate::compile()) to tell.
    pub fn parse(elements: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let tree = json::parse(elements, &mut problems);
        let elements = match tree {
            Some(Json::Array(items)) => {
                problems.name_elements(|index| match items.get(index)?.get("id")? {
                    Json::Text(id) => Some(id),
                    _ => None,
                });
                let read = |(index, item)| element(index, item, &mut problems);
                items.into_iter().enumerate().filter_map(read).collect()
            }
            Some(other) => {
                expected("array", &other, &At::ROOT, &mut problems);
                Vec::new()
            }
            None => Vec::new(),
        };
        if problems.has_errors() { Err(problems.into_sorted()) } else { Ok(Self { elements }) }
    }
}

/// `None`: refused, and the problems say why.
fn element(index: usize, item: Json, problems: &mut Problems) -> Option<ElementSpec> {
    let nameless = At::ROOT.index(index);
    let Json::Object(members) = item else {
        expected("object", &item, &nameless, problems);
        return None;
    };
    let name = members.iter().find(|(it, _)| &**it == "id").map(|(_, it)| it.clone());
    let at = match &name {
        Some(Json::Text(id)) => At::element(index, id),
        _ => nameless,
    };
    let id = text(name.as_ref(), &at.key("id"), problems);
    let (mut kind, mut outputs, mut properties) = (None, None, None);
    for (name, value) in members {
        match &*name {
            "type" => kind = Some(value),
            "outputs" => outputs = Some(value),
            "properties" => properties = Some(value),
            _ => {}
        }
    }
    let kind = self::kind(kind.as_ref(), &at.key("type"), problems);
    let outputs = match outputs {
        Some(it) => Some(self::outputs(&it, &at.key("outputs"), problems)?),
        None => None,
    };
    Some(ElementSpec { id: id?.into(), kind: kind?, outputs, properties })
}

fn kind(value: Option<&Json>, at: &At<'_>, problems: &mut Problems) -> Option<Kind> {
    match value {
        Some(Json::Text(name)) => {
            let kind = Kind::named(name);
            if kind.is_none() {
                let message =
                    format!("Invalid enum value. Expected {}, received '{name}'", Kind::expected());
                problems.push(Code::UnknownType, at, message);
            }
            kind
        }
        Some(other) => {
            expected(&Kind::expected(), other, at, problems);
            None
        }
        None => {
            problems.push(Code::Required, at, "Required");
            None
        }
    }
}

fn outputs(
    value: &Json,
    at: &At<'_>,
    problems: &mut Problems,
) -> Option<Vec<(Box<str>, Box<str>)>> {
    let Json::Object(members) = value else {
        expected("object", value, at, problems);
        return None;
    };
    let mut read = Vec::with_capacity(members.len());
    for (name, output) in members {
        let at = at.key(name);
        if !matches!(output, Json::Object(_)) {
            expected("object", output, &at, problems);
        } else if let Some(target) = text(output.get("elementId"), &at.key("elementId"), problems) {
            read.push((name.clone(), target.into()));
        }
    }
    (read.len() == members.len()).then_some(read)
}

/// A text that must be there.
pub(crate) fn text<'j>(
    value: Option<&'j Json>,
    at: &At<'_>,
    problems: &mut Problems,
) -> Option<&'j str> {
    match value {
        Some(Json::Text(text)) => Some(text),
        Some(other) => {
            expected("string", other, at, problems);
            None
        }
        None => {
            problems.push(Code::Required, at, "Required");
            None
        }
    }
}

/// Tells of a value of the wrong type, in the words of the original's validator.
pub(crate) fn expected(what: &str, found: &Json, at: &At<'_>, problems: &mut Problems) {
    problems.push(Code::WrongType, at, format!("Expected {what}, received {}", found.type_name()));
}

#[cfg(test)]
mod tests;
