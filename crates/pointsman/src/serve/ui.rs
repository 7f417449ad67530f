//! The web application: the files of `ui/dist` as they were when this binary was built.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::Embed;
use std::borrow::Cow;

#[cfg(test)]
mod tests;

/// What the browser may load, and from where: from this server, and nothing inline.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'",
);
const INDEX: &str = "index.html";

/// Empty when the web application was not built before this.
#[derive(Embed)]
#[folder = "../../ui/dist/"]
#[allow_missing = true]
struct Dist;

/// A file, and a text that changes with what is in it.
type File = (Cow<'static, [u8]>, String);

/// Where files are found by name.
type Files = fn(&str) -> Option<File>;

fn embedded(name: &str) -> Option<File> {
    let file = Dist::get(name)?;
    let [a, b, c, d, e, f, g, h, ..] = file.metadata.sha256_hash();
    Some((file.data, hex::encode([a, b, c, d, e, f, g, h])))
}

/// Serves the application; `None` when there is none in this binary.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Option<Router<S>> {
    embedded(INDEX).map(|_| serving(embedded))
}

/// A page has an address of its own, and the application finds out which it is.
fn serving<S: Clone + Send + Sync + 'static>(files: Files) -> Router<S> {
    let index = move |headers: HeaderMap| async move { named(files, INDEX, &headers) };
    let icon = move |headers: HeaderMap| async move { named(files, "icon.svg", &headers) };
    let asset = move |Path(name): Path<String>, headers: HeaderMap| async move {
        named(files, &format!("assets/{name}"), &headers)
    };
    Router::new()
        .route("/", get(index))
        .route("/g/", get(index))
        .route("/g/{*page}", get(index))
        .route("/icon.svg", get(icon))
        .route("/assets/{*name}", get(asset))
}

/// One file, compressed if the browser takes it so and it is the smaller for it.
fn named(files: Files, name: &str, asked: &HeaderMap) -> Response {
    let found = files(name).filter(|_| !is_compressed(name));
    let Some((plain, tag)) = found else {
        let gone = (StatusCode::NOT_FOUND, "there is no such file; load the page again\n");
        return guarded(gone.into_response());
    };
    let (data, encoding) = smallest(files, name, plain, asked);
    let etag = encoding.map_or_else(|| format!("\"{tag}\""), |it| format!("\"{tag}-{it}\""));
    let mut response = if knows(asked, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        whole(data, content_type(name), encoding)
    };
    let headers = response.headers_mut();
    headers.extend(HeaderValue::try_from(etag).map(|it| (header::ETAG, it)));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept(name)));
    guarded(response)
}

/// With what a browser is told of every page of ours.
pub(super) fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

type Encoded = (Cow<'static, [u8]>, Option<&'static str>);

fn smallest(files: Files, name: &str, plain: Cow<'static, [u8]>, asked: &HeaderMap) -> Encoded {
    let encoded = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(encoding, ending)| {
        let (data, _) = files(&format!("{name}.{ending}")).filter(|_| takes(asked, encoding))?;
        Some((data, Some(encoding)))
    });
    encoded.unwrap_or((plain, None))
}

fn whole(data: Cow<'static, [u8]>, kind: &'static str, encoding: Option<&'static str>) -> Response {
    let body = match data {
        Cow::Borrowed(it) => Body::from(it),
        Cow::Owned(it) => Body::from(it),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.extend(encoding.map(|it| (header::CONTENT_ENCODING, HeaderValue::from_static(it))));
    response
}

/// Whether `If-None-Match` lists this tag (RFC 9110, 13.1.2); one that a proxy has made weak on its way is still the tag.
fn knows(asked: &HeaderMap, etag: &str) -> bool {
    let lines = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    lines
        .flat_map(|it| it.split(','))
        .map(str::trim)
        .any(|it| it == "*" || it.strip_prefix("W/").unwrap_or(it) == etag)
}

/// Whether the browser takes this encoding (RFC 9110, 12.5.3); one that it does not name it does not take.
fn takes(asked: &HeaderMap, encoding: &str) -> bool {
    let lines = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok());
    lines.flat_map(|it| it.split(',')).any(|it| {
        let (name, weight) = it.split_once(';').unwrap_or((it, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|it| it.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(encoding) && weight != Some(0.0)
    })
}

/// The name of an asset changes with what is in it.
fn kept(name: &str) -> &'static str {
    if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn is_compressed(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|it| it.1) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}
