use super::{File, serving};
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

fn files(name: &str) -> Option<File> {
    let data: &'static str = match name {
        "index.html" => "the page",
        "index.html.br" => "the page, by br",
        "index.html.gz" => "the page, by gzip",
        "assets/index-abc.js" => "the script",
        "assets/index-abc.js.gz" => "the script, by gzip",
        "icon.svg" => "the icon",
        ".vite/manifest.json" => "{}",
        _ => return None,
    };
    Some((data.as_bytes().into(), data.len().to_string()))
}

async fn ask(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let (head, body) = serving(files).oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn every_page_of_the_application_is_the_index_and_is_asked_for_again() {
    for path in ["/", "/g/", "/g/default/routes", "/g/default/logs/01a3?x=1"] {
        let (status, headers, body) = ask(path, &[]).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "the page"), "{path}");
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["cache-control"], "no-cache");
        let (status, headers, body) = ask(path, &[("if-none-match", "\"8\"")]).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        assert_eq!(headers["etag"], "\"8\"");
    }
}

#[tokio::test]
async fn an_asset_is_kept_for_ever_and_a_missing_one_is_not_the_index() {
    let (status, headers, body) = ask("/assets/index-abc.js", &[]).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "the script"));
    assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
    for path in [
        "/assets/gone.js",
        "/assets/../index.html",
        "/assets/index-abc.js.gz",
        "/.vite/manifest.json",
    ] {
        assert_eq!(ask(path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_browser_gets_the_smallest_that_it_takes() {
    for (accepted, encoding, body) in [
        ("gzip, deflate, br, zstd", Some("br"), "the page, by br"),
        ("gzip", Some("gzip"), "the page, by gzip"),
        ("br;q=0, GZIP;q=0.5", Some("gzip"), "the page, by gzip"),
        ("identity", None, "the page"),
    ] {
        let (_, headers, got) = ask("/", &[("accept-encoding", accepted)]).await;
        assert_eq!(got, body, "{accepted}");
        assert_eq!(headers.get("content-encoding").map(|it| it.to_str().unwrap()), encoding);
        assert_eq!(headers["vary"], "Accept-Encoding");
    }
    let (_, headers, body) = ask("/icon.svg", &[("accept-encoding", "br")]).await;
    assert_eq!((headers.get("content-encoding"), body.as_str()), (None, "the icon"));
}

#[tokio::test]
async fn each_form_of_a_file_has_a_tag_of_its_own_and_is_not_sent_twice() {
    let br = ("accept-encoding", "br");
    let tag = |headers: &HeaderMap| headers["etag"].to_str().unwrap().to_owned();
    let (compressed, plain) = (tag(&ask("/", &[br]).await.1), tag(&ask("/", &[]).await.1));
    assert_ne!(compressed, plain);
    for known in [&compressed, &format!("\"x\", W/{compressed}"), "*"] {
        let (status, headers, body) = ask("/", &[br, ("if-none-match", known)]).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{known}");
        assert_eq!(tag(&headers), compressed);
        assert_eq!(headers["cache-control"], "no-cache");
    }
    for other in [plain.as_str(), "\"x\"", "8-br"] {
        let (status, _, body) = ask("/", &[br, ("if-none-match", other)]).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "the page, by br"), "{other}");
    }
}

#[tokio::test]
async fn nothing_foreign_or_inline_is_loaded_and_nobody_may_frame_it() {
    for path in ["/", "/assets/index-abc.js", "/icon.svg", "/assets/gone.js"] {
        let (_, headers, _) = ask(path, &[]).await;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
    }
}
