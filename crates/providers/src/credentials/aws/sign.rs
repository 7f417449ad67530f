//! The signature of a request.

use super::Keys;
use crate::{Error, Spliced};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningParams, SigningSettings, sign as sigv4,
};
use aws_sigv4::sign::v4;
use http::{HeaderName, Request, header};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::time::{Duration, UNIX_EPOCH};

/// Parts of another signature, which would contradict ours.
const OTHERS: [HeaderName; 4] = [
    header::AUTHORIZATION,
    HeaderName::from_static("x-amz-date"),
    HeaderName::from_static("x-amz-security-token"),
    HeaderName::from_static("x-amz-content-sha256"),
];

/// Signs host, path as it is on the wire, query, content type and body.
pub(super) fn sign(
    request: &mut Request<Spliced>,
    keys: &Keys,
    (region, service): (&str, &str),
    now_ms: u64,
) -> Result<(), Error> {
    for name in OTHERS {
        request.headers_mut().remove(name);
    }
    let token = keys.session_token.as_ref().map(|it| it.expose_secret().to_owned());
    let secret = keys.secret_access_key.expose_secret();
    let identity = Credentials::new(&keys.access_key_id, secret, token, None, "pointsman").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(UNIX_EPOCH + Duration::from_millis(now_ms))
        .settings(SigningSettings::default())
        .build()
        .map_err(|it| failed(&it))?;
    let params = SigningParams::from(params);
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|it| it.to_str().ok());
    let headers = content_type.map(|it| ("content-type", it)).into_iter();
    let body = SignableBody::Precomputed(digest(request.body()));
    let method = request.method().as_str();
    let signable = SignableRequest::new(method, request.uri().to_string(), headers, body)
        .map_err(|it| failed(&it))?;
    let (instructions, _) = sigv4(signable, &params).map_err(|it| failed(&it))?.into_parts();
    instructions.apply_to_request_http1x(request);
    if let Some(value) = request.headers_mut().get_mut(header::AUTHORIZATION) {
        value.set_sensitive(true);
    }
    Ok(())
}

fn digest(body: &Spliced) -> String {
    let mut hash = Sha256::new();
    for part in body.parts() {
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

fn failed(error: &dyn std::error::Error) -> Error {
    Error::Credentials(format!("the request cannot be signed for AWS: {error}"))
}
