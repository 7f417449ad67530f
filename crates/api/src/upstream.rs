//! Where a custom provider may point. Names are checked again by address when they are called: this refuses what is plain to see.

use http::Uri;
use std::net::IpAddr;

/// The URL without a trailing slash, or why it cannot be used.
pub(crate) fn base_url(text: &str, allow_private: bool) -> Result<String, String> {
    address(text, allow_private)?;
    Ok(text.trim_end_matches('/').to_owned())
}

/// Why a URL cannot be called, if it cannot.
pub(crate) fn address(text: &str, allow_private: bool) -> Result<(), String> {
    let uri: Uri =
        text.parse().map_err(|_| format!("`{text}` is not a URL; write it as https://host/v1"))?;
    if !matches!(uri.scheme_str(), Some("https" | "http")) {
        return Err(format!("`{text}` must begin with https:// or http://"));
    }
    let authority = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    if authority.contains('@') || uri.query().is_some() || text.contains('#') {
        return Err(
            "the URL must have no user, no query and no fragment; keys go where they are kept encrypted"
                .into(),
        );
    }
    let host = uri.host().unwrap_or_default();
    if host.is_empty() {
        return Err(format!("`{text}` names no host"));
    }
    if !allow_private && is_private(host) {
        return Err(format!(
            "`{host}` is a private or loopback address; start the server with POINTSMAN_ALLOW_PRIVATE_UPSTREAMS=true to allow it"
        ));
    }
    Ok(())
}

fn is_private(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return !providers::is_public(address);
    }
    let local = [".localhost", ".local", ".internal", ".home.arpa"];
    // A last label of digits is one of the old spellings of an IPv4 address (127.1, 0x7f.1, 2130706433).
    let last = host.rsplit('.').next().unwrap_or_default();
    let numeric = last.starts_with(|it: char| it.is_ascii_digit());
    host == "localhost" || numeric || local.iter().any(|it| host.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::base_url;

    #[test]
    fn public_addresses_are_kept_without_a_trailing_slash() {
        for (given, kept) in [
            ("https://llm.example.com/v1/", "https://llm.example.com/v1"),
            ("http://93.184.216.34:8080", "http://93.184.216.34:8080"),
            ("https://[2606:4700::1111]/v1", "https://[2606:4700::1111]/v1"),
        ] {
            assert_eq!(base_url(given, false).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn private_addresses_need_the_switch() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "10.0.0.1",
            "172.16.3.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fc00::1]",
            "[::ffff:127.0.0.1]",
            "[::127.0.0.1]",
            "[64:ff9b::169.254.169.254]",
            "[2002:7f00:1::]",
            "[fd00:ec2::254]",
            "0.1.2.3",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "198.18.0.1",
            "255.255.255.255",
            "metadata.google.internal",
        ] {
            let url = format!("http://{host}/v1");
            assert!(base_url(&url, false).is_err(), "{host}");
            assert!(base_url(&url, true).is_ok(), "{host}");
        }
    }

    #[test]
    fn what_is_not_a_base_url_is_refused_everywhere() {
        for text in [
            "",
            "llm.example.com",
            "ftp://x.example/",
            "https://u:p@x.example",
            "https://x.example/?a=1",
            "https://x.example/#f",
            "https:///v1",
            "/v1",
        ] {
            assert!(base_url(text, true).is_err(), "{text}");
        }
    }
}
