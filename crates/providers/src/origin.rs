//! Which server a URL leads to: keys are bound to it.

use http::Uri;

/// Whether two URLs lead to the same server: the same scheme, host and port, a port that is not written being the scheme's usual one.
/// What is not a URL leads nowhere, so it is never the same.
#[must_use]
pub fn same_origin(one: &str, other: &str) -> bool {
    match (origin(one), origin(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

fn origin(url: &str) -> Option<(String, String, u16)> {
    let url: Uri = url.parse().ok()?;
    let scheme = url.scheme_str()?.to_ascii_lowercase();
    let host = url.host()?.trim_end_matches('.').to_ascii_lowercase();
    let usual = match &*scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    Some((scheme, host, url.port_u16().unwrap_or(usual)))
}

#[cfg(test)]
mod tests {
    use super::same_origin;

    #[test]
    fn paths_spelling_and_usual_ports_do_not_make_another_server() {
        for (one, other) in [
            ("https://a.example/v1", "https://a.example/v2/x"),
            ("https://a.example", "https://A.example.:443/"),
            ("http://a.example:80", "HTTP://a.example"),
            ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"),
        ] {
            assert!(same_origin(one, other), "{one} {other}");
        }
    }

    #[test]
    fn another_scheme_host_or_port_is_another_server() {
        for (one, other) in [
            ("https://a.example", "http://a.example"),
            ("https://a.example", "https://b.example"),
            ("https://a.example", "https://a.example.evil.example"),
            ("https://a.example", "https://a.example:8443"),
            ("https://a.example", "https://x@b.example"),
            ("a.example", "a.example"),
            ("ftp://a.example", "ftp://a.example"),
            ("", ""),
        ] {
            assert!(!same_origin(one, other), "{one} {other}");
        }
    }
}
