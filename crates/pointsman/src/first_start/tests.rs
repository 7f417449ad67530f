use super::Greeting;
use secrecy::SecretString;

fn greeting(token: Option<&SecretString>) -> Greeting<'_> {
    Greeting {
        url: "http://127.0.0.1:8787",
        admin_url: None,
        token,
        first: true,
        authentication: false,
        account: "default",
        model: "echo/echo",
    }
}

#[test]
fn a_later_start_tells_the_address_only() {
    let later = Greeting { first: false, ..greeting(None) };
    assert_eq!(
        later.text(),
        "listening on http://127.0.0.1:8787
"
    );
    let split = Greeting { admin_url: Some("http://127.0.0.1:8788"), ..later };
    assert_eq!(
        split.text(),
        "listening on http://127.0.0.1:8787
management on http://127.0.0.1:8788
"
    );
}

#[test]
fn the_curl_line_has_a_credential_exactly_where_one_is_needed() {
    let token = SecretString::from("pmn_secret");
    let open = greeting(Some(&token)).text();
    assert_eq!(open.matches("pmn_secret").count(), 1, "shown, not used: {open}");
    let closed = Greeting { authentication: true, ..greeting(Some(&token)) }.text();
    assert!(closed.contains("cf-aig-authorization: Bearer pmn_secret"), "{closed}");
    let configured = Greeting { authentication: true, ..greeting(None) }.text();
    assert!(configured.contains("Bearer $POINTSMAN_ADMIN_TOKEN"), "{configured}");
}
