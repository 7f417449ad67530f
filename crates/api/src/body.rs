//! Request bodies: JSON of bounded size and depth, no duplicate keys, and every complaint with the place it is about.

mod strict;
#[cfg(test)]
mod tests;

use crate::live::Api;
use crate::problem::{Place, Problem};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

/// The largest body the management API reads.
pub(crate) const MAX_BODY: usize = 4 << 20;

/// A request body as `T`. Unknown keys are passed over, as the original does.
#[derive(Debug)]
pub(crate) struct Input<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Api> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Api) -> Result<Self, Problem> {
        json_is_meant(request.headers())?;
        let bytes = read(request).await?;
        parse(&bytes).map(Self)
    }
}

fn json_is_meant(headers: &HeaderMap) -> Result<(), Problem> {
    let encoding = text(headers, header::CONTENT_ENCODING);
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(Problem::not_json(format!(
            "the body is compressed (`{encoding}`); send it as it is"
        )));
    }
    let content_type = text(headers, header::CONTENT_TYPE);
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::not_json(format!(
        "the body is `{content_type}`; send `content-type: application/json`"
    )))
}

fn text(headers: &HeaderMap, name: http::HeaderName) -> &str {
    headers.get(name).map_or("", |it| it.to_str().unwrap_or("?"))
}

async fn read(request: Request) -> Result<Bytes, Problem> {
    match Limited::new(request.into_body(), MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::too_large(MAX_BODY)),
        Err(error) => Err(Problem::invalid(&["body"], format!("the body broke off: {error}"))),
    }
}

/// Strict JSON first, the shape second, so that neither has to know of the other.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    strict::check(bytes)?;
    let json = &mut serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(json).map_err(|error| {
        let mut place = vec![Place::Key("body".into())];
        place.extend(error.path().iter().filter_map(segment));
        let message = error.inner().to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(text, _)| text);
        match missing_field(message) {
            Some(field) => {
                place.push(Place::Key(field.to_owned()));
                Problem::invalid_at(place, "Required")
            }
            None => Problem::invalid_at(place, message),
        }
    })
}

fn segment(it: &Segment) -> Option<Place> {
    match it {
        Segment::Seq { index } => Some(Place::Index(*index)),
        Segment::Map { key } => Some(Place::Key(key.clone())),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

/// The one fact that serde tells in words only; its wording is held by a test.
fn missing_field(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.strip_suffix('`')
}
