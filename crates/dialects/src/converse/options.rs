//! How the answer is drawn, what it looks like, how much the model thinks.

use super::reasoning;
use super::vendor::Vendor;
use crate::about::Target;
use crate::loss::Losses;
use crate::names::Names;
use crate::request::{OutputFormat, Request, Sampling};
use serde_json::{Map, Number, Value, json};

/// Members of Converse's own body that a caller may put into its: Converse takes them as they are.
const OWN: &[&str] = &[
    "additionalModelRequestFields",
    "additionalModelResponseFieldPaths",
    "guardrailConfig",
    "performanceConfig",
    "projectIdentifier",
    "promptVariables",
    "requestMetadata",
];

/// What is written beside messages and tools.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// `inferenceConfig`.
    pub(super) inference: Map<String, Value>,
    /// `outputConfig`.
    pub(super) output: Map<String, Value>,
    /// `additionalModelRequestFields`.
    pub(super) additional: Map<String, Value>,
    /// Members of the body.
    pub(super) own: Map<String, Value>,
}

impl Options {
    pub(super) fn of(
        request: &Request,
        (vendor, target): (Vendor, &Target<'_>),
        losses: &mut Losses,
    ) -> Self {
        let names = Names::of(request.origin);
        let mut options = Self::default();
        options.sampling(&request.sampling, vendor, losses);
        options.format(request.output.as_ref(), names.output, losses);
        if request.sampling.logprobs.is_some() {
            losses.lose(names.wants_logprobs, "has no place in Converse");
        }
        reasoning::write(&mut options, request, (vendor, target), losses);
        options.rest(request, losses);
        options
    }

    fn sampling(&mut self, sampling: &Sampling, vendor: Vendor, losses: &mut Losses) {
        if let Some(most) = sampling.max_tokens {
            self.inference.insert("maxTokens".to_owned(), json!(most));
        }
        self.share("temperature", ("temperature", sampling.temperature.as_ref()), losses);
        self.share("topP", ("top_p", sampling.top_p.as_ref()), losses);
        if !sampling.stop.is_empty() {
            self.inference.insert("stopSequences".to_owned(), json!(sampling.stop));
        }
        if !sampling.stop.is_empty() && vendor == Vendor::Claude {
            // Otherwise the reply does not say which of them came. Plain replies and streams have it in two places.
            let paths = json!(["/stop_sequence", "/delta/stop_sequence"]);
            self.own.insert("additionalModelResponseFieldPaths".to_owned(), paths);
        }
        match (&sampling.top_k, vendor) {
            (Some(k), Vendor::Claude) => {
                self.additional.insert("top_k".to_owned(), json!(k));
            }
            (Some(k), Vendor::Nova) => {
                self.additional.insert("inferenceConfig".to_owned(), json!({ "topK": k }));
            }
            (Some(_), _) => losses.lose("top_k", "is not something this model takes"),
            (None, _) => {}
        }
        let has_no = "has no place in Converse";
        for field in sampling.penalties() {
            losses.lose(field, has_no);
        }
        if sampling.seed.is_some() {
            losses.lose("seed", has_no);
        }
    }

    /// A number from 0 to 1.
    fn share(&mut self, name: &str, (field, value): (&str, Option<&Number>), losses: &mut Losses) {
        let Some(value) = value else { return };
        if value.as_f64().is_some_and(|it| (0.0..=1.0).contains(&it)) {
            self.inference.insert(name.to_owned(), json!(value));
        } else {
            losses.lose(field, format!("is {value}, and Converse takes 0 to 1"));
        }
    }

    /// The schema is JSON text there.
    fn format(&mut self, format: Option<&OutputFormat>, field: &str, losses: &mut Losses) {
        match format {
            None | Some(OutputFormat::Text) => {}
            Some(OutputFormat::JsonObject) => {
                losses.lose(field, "asks for any JSON object, and Converse wants a schema");
            }
            Some(OutputFormat::JsonSchema { name, description, schema, .. }) => {
                let mut json_schema = json!({ "schema": schema.to_string() });
                if let Some(members) = json_schema.as_object_mut() {
                    members.extend(name.iter().map(|it| ("name".to_owned(), json!(it))));
                    members
                        .extend(description.iter().map(|it| ("description".to_owned(), json!(it))));
                }
                let text =
                    json!({ "type": "json_schema", "structure": { "jsonSchema": json_schema } });
                self.output.insert("textFormat".to_owned(), text);
            }
        }
    }

    fn rest(&mut self, request: &Request, losses: &mut Losses) {
        for rest in &request.rest {
            match (rest.field.as_str(), &rest.value) {
                ("additionalModelRequestFields", Value::Object(more)) => {
                    self.additional.extend(more.clone());
                }
                (field, value) if OWN.contains(&field) => {
                    self.own.insert(field.to_owned(), value.clone());
                }
                ("service_tier", Value::String(tier)) if is_tier(tier) => {
                    self.own.insert("serviceTier".to_owned(), json!({ "type": tier }));
                }
                _ => losses.rest(rest, "has no place in Converse"),
            }
        }
    }
}

fn is_tier(tier: &str) -> bool {
    matches!(tier, "default" | "flex" | "priority" | "reserved")
}
