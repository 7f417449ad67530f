//! JSON schemas. They go as they are: keywords that Gemini does not enforce are documented to be allowed. What it is
//! documented to refuse is anything beside a `$ref` that does not begin with `$`.

use crate::loss::Losses;
use serde_json::{Map, Value};

/// The schema; what may not stand in it is lost by name and left out.
pub(super) fn checked(schema: &Value, at: &str, losses: &mut Losses) -> Value {
    let mut schema = schema.clone();
    let mut walk = Walk { path: at.to_owned(), losses };
    walk.schema(&mut schema);
    schema
}

struct Walk<'l> {
    path: String,
    losses: &'l mut Losses,
}

impl Walk<'_> {
    fn schema(&mut self, schema: &mut Value) {
        let Some(members) = schema.as_object_mut() else { return };
        if members.contains_key("$ref") {
            self.reference(members);
        }
        for (keyword, value) in members {
            match keyword.as_str() {
                "properties" | "$defs" | "definitions" | "patternProperties" => {
                    self.below(keyword, |walk| walk.named(value));
                }
                "anyOf" | "oneOf" | "allOf" | "prefixItems" => {
                    self.below(keyword, |walk| walk.listed(value));
                }
                "items" | "additionalProperties" | "not" => {
                    self.below(keyword, |walk| walk.schema(value));
                }
                _ => {}
            }
        }
    }

    fn reference(&mut self, members: &mut Map<String, Value>) {
        for keyword in members.keys().filter(|it| !it.starts_with('$')) {
            let field = format!("{}.{keyword}", self.path);
            self.losses.lose(field, "stands beside a `$ref`, where Gemini allows nothing else");
        }
        members.retain(|keyword, _| keyword.starts_with('$'));
    }

    fn named(&mut self, schemas: &mut Value) {
        for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
            self.below(name, |walk| walk.schema(schema));
        }
    }

    fn listed(&mut self, schemas: &mut Value) {
        for (place, schema) in schemas.as_array_mut().into_iter().flatten().enumerate() {
            self.below(&place.to_string(), |walk| walk.schema(schema));
        }
    }

    fn below(&mut self, step: &str, visit: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push('.');
        self.path.push_str(step);
        visit(self);
        self.path.truncate(length);
    }
}
