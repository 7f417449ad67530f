//! `/openapi.json`: collected from the handlers, then completed with what is true of every operation.

use crate::problem::Failure;
use crate::router::{PREFIX, operations};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    ResponseBuilder, Type,
};
use utoipa::{PartialSchema, ToSchema};

/// The document, as JSON text.
#[must_use]
pub fn openapi() -> String {
    document(env!("CARGO_PKG_VERSION"))
}

/// The document of this version of the program.
pub(crate) fn document(version: &str) -> String {
    let mut api = operations().into_openapi();
    version.clone_into(&mut api.info.version);
    let mut document = head().nest(PREFIX, api.clone());
    document.info = api.info;
    complete(&mut document);
    document.to_pretty_json().unwrap_or_default()
}

/// Title and licence; paths and schemas are added by the resources.
pub(crate) fn head() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Pointsman management API")
        .description(Some("Cloudflare's v4 REST for AI Gateway dynamic routing, self-hosted. docs/api.md is the guide."));
    OpenApiBuilder::new().info(info.build()).build()
}

fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let bearer =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token")).build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    components.schemas.insert(Failure::name().into_owned(), Failure::schema());
    let mut more = Vec::new();
    Failure::schemas(&mut more);
    components.schemas.extend(more);
    document.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    for (path, item) in &mut document.paths.paths {
        for operation in all(item) {
            add_path_parameters(operation, path);
            add_refusals(operation);
        }
    }
}

fn all(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete]
        .into_iter()
        .flatten()
}

fn add_path_parameters(operation: &mut Operation, path: &str) {
    let names = path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    let parameters = names.map(|name| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .build()
            .into()
    });
    let mut parameters: Vec<RefOr<_>> = parameters.collect();
    parameters.append(operation.parameters.get_or_insert_default());
    operation.parameters = Some(parameters);
}

fn add_refusals(operation: &mut Operation) {
    for (status, words) in [("4XX", "Refused; `errors` say why"), ("5XX", "This server failed")] {
        let content =
            ContentBuilder::new().schema(Some(Ref::from_schema_name(Failure::name()))).build();
        let response =
            ResponseBuilder::new().description(words).content("application/json", content).build();
        operation.responses.responses.insert(status.into(), response.into());
    }
}
