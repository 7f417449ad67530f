//! What people say of a request later.

use super::view::LogView;
use crate::body::Input;
use crate::caller::{AtGateway, Named};
use crate::live::Api;
use crate::problem::Problem;
use crate::reply::{Answer, Reply, Success};
use axum::extract::State;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use store::Set;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Bytes of metadata, as JSON.
const MOST_METADATA: usize = 16 * 1024;

pub(super) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(change))
}

/// What is not sent stays; `null` takes it away.
#[derive(Debug, Deserialize, ToSchema)]
struct ChangeLog {
    /// -1, 0 or 1.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, minimum = -1, maximum = 1)]
    feedback: Option<Given>,
    /// A whole number from 0 to 100.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 100)]
    score: Option<Given>,
    /// Text, numbers and booleans by name; replaces what the caller sent.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    metadata: Option<Given>,
}

/// What was sent, `null` included.
#[derive(Debug)]
struct Given(Option<Value>);

fn given<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Given>, D::Error> {
    Option::deserialize(json).map(|it| Some(Given(it)))
}

/// Give a request feedback, a score or other metadata.
#[utoipa::path(patch, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{id}", tag = "logs",
    operation_id = "aig-config-patch-gateway-log", request_body = ChangeLog, responses((status = 200, body = Success<LogView>)))]
async fn change(
    State(api): State<Api>,
    at: AtGateway,
    Named(id): Named,
    Input(new): Input<ChangeLog>,
) -> Answer<Success<LogView>> {
    let change = new.checked()?;
    let logs = api.store.logs();
    let changed = logs.change(&at.by.actor(), &at.gateway, &id, &change).await?;
    Ok(Reply::result(changed.into()))
}

impl ChangeLog {
    fn checked(self) -> Result<store::LogChange, Problem> {
        Ok(store::LogChange {
            feedback: set(self.feedback, |it| whole("feedback", &it, -1, 1))?,
            score: set(self.score, |it| whole("score", &it, 0, 100))?,
            metadata: set(self.metadata, metadata)?,
        })
    }
}

fn set<T>(
    given: Option<Given>,
    check: impl Fn(Value) -> Result<T, Problem>,
) -> Result<Option<Set<T>>, Problem> {
    Ok(match given {
        None => None,
        Some(Given(None)) => Some(Set::Away),
        Some(Given(Some(value))) => Some(Set::To(check(value)?)),
    })
}

fn whole(name: &str, value: &Value, least: i64, most: i64) -> Result<i64, Problem> {
    match value.as_i64() {
        Some(it) if (least..=most).contains(&it) => Ok(it),
        _ => Err(Problem::invalid(
            &["body", name],
            format!("`{name}` is `{value}`; it must be a whole number from {least} to {most}"),
        )),
    }
}

fn metadata(value: Value) -> Result<String, Problem> {
    let wrong = |name: Option<&str>, what: String| {
        let place = ["body", "metadata"].into_iter().chain(name).collect::<Vec<_>>();
        Problem::invalid(&place, what)
    };
    let Value::Object(map) = value else {
        return Err(wrong(None, "`metadata` is not an object".to_owned()));
    };
    let flat = |it: &Value| matches!(it, Value::String(_) | Value::Number(_) | Value::Bool(_));
    if let Some((name, _)) = map.iter().find(|(_, it)| !flat(it)) {
        let what = format!("`metadata` has text, numbers and booleans; `{name}` is none of them");
        return Err(wrong(Some(name), what));
    }
    let text = Value::Object(Map::from_iter(map)).to_string();
    if text.len() > MOST_METADATA {
        return Err(wrong(None, format!("`metadata` has more than {MOST_METADATA} bytes")));
    }
    Ok(text)
}
