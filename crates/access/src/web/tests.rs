use http::{HeaderMap, HeaderValue, header};

use super::{Foreign, WebGuard};

fn check(host: Option<&'static str>, origin: Option<&'static str>) -> Result<(), Foreign> {
    let guard = WebGuard {
        hosts: vec!["127.0.0.1:8787".into(), "localhost:8787".into()],
        cors_origins: vec!["https://app.example.com".into()],
        any_host: false,
    };
    let mut headers = HeaderMap::new();
    if let Some(host) = host {
        headers.insert(header::HOST, HeaderValue::from_static(host));
    }
    if let Some(origin) = origin {
        headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
    }
    guard.check(&headers)
}

#[test]
fn programs_pass_under_the_names_of_the_server() {
    assert_eq!(check(Some("127.0.0.1:8787"), None), Ok(()));
    assert_eq!(check(Some("LocalHost:8787"), None), Ok(()));
    assert_eq!(check(None, None), Ok(()));
}

#[test]
fn a_rebound_name_is_refused() {
    for host in ["evil.example:8787", "localhost:9999", "127.0.0.1"] {
        assert_eq!(check(Some(host), None), Err(Foreign::Host(host.into())));
    }
}

#[test]
fn a_name_without_a_port_stands_for_every_port() {
    let guard =
        WebGuard { hosts: vec!["gateway.example".into(), "[::1]".into()], ..WebGuard::default() };
    let check = |host: &'static str, ours: bool| {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        assert_eq!(guard.check(&headers).is_ok(), ours, "{host}");
    };
    check("gateway.example", true);
    check("Gateway.Example:9000", true);
    check("[::1]", true);
    check("[::1]:9000", true);
    check("[::2]:9000", false);
    check("gateway.example.evil.example:9000", false);
}

#[test]
fn a_foreign_page_is_refused_and_a_listed_or_own_one_passes() {
    let host = Some("localhost:8787");
    assert_eq!(
        check(host, Some("https://evil.example")),
        Err(Foreign::Origin("https://evil.example".into()))
    );
    assert_eq!(check(host, Some("null")), Err(Foreign::Origin("null".into())));
    assert_eq!(check(host, Some("https://app.example.com")), Ok(()));
    assert_eq!(check(host, Some("http://localhost:8787")), Ok(()));
    assert_eq!(
        check(host, Some("http://localhost:8787.evil.example")),
        Err(Foreign::Origin("http://localhost:8787.evil.example".into()))
    );
}

#[test]
fn a_public_server_may_have_any_name() {
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HeaderValue::from_static("gateway.corp.example"));
    assert_eq!(WebGuard { any_host: true, ..WebGuard::default() }.check(&headers), Ok(()));
}
