//! Tests of endpoints: URLs that work, URLs that are refused, keys that stay secret.

use crate::{Auth, BadEndpoint, Endpoint, Key, find};
use secrecy::SecretString;

fn custom(base_url: &str) -> Result<String, BadEndpoint> {
    Endpoint::custom("custom-x", base_url, None, true).map(|it| it.ways("m")[0].plain.to_string())
}

#[test]
fn a_base_url_is_taken_with_or_without_a_slash() {
    for (base_url, expected) in [
        ("http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/chat/completions"),
        ("http://127.0.0.1:9/v1/", "http://127.0.0.1:9/v1/chat/completions"),
        ("https://llm.example", "https://llm.example/chat/completions"),
        ("https://[::1]:8000/a/b", "https://[::1]:8000/a/b/chat/completions"),
    ] {
        assert_eq!(custom(base_url), Ok(expected.to_owned()));
    }
}

#[test]
fn a_base_url_that_cannot_work_is_refused() {
    for (base_url, why) in [
        ("", "it is not a URL"),
        ("llm.example/v1", "it is not a URL"),
        ("/v1", "it must begin with http:// or https://"),
        ("ftp://llm.example", "it must begin with http:// or https://"),
        ("https://llm.example/v1?key=1", "it may not have a query or fragment"),
        ("https://llm.example/v1#a", "it may not have a query or fragment"),
        (
            "https://user:secret@llm.example",
            "it may not have a user or password; give the key as a provider key",
        ),
        ("https://llm example", "it is not a URL"),
    ] {
        assert_eq!(
            custom(base_url),
            Err(BadEndpoint::BadBaseUrl("custom-x".into(), why)),
            "{base_url}"
        );
    }
}

#[test]
fn a_given_base_url_beats_the_tables() {
    let openai = find("openai").expect("in the table");
    let endpoint = Endpoint::new(openai, Some("http://mock:1/v1"), None).expect("an endpoint");
    assert_eq!(endpoint.ways("m")[0].plain, "http://mock:1/v1/chat/completions");
    let workers = find("workers-ai").expect("in the table");
    let error = Endpoint::new(workers, None, None).expect_err("no base URL");
    assert_eq!(
        error.to_string(),
        "provider `workers-ai` needs a base URL: set POINTSMAN_PROVIDER_WORKERS_AI_BASE_URL"
    );
}

#[test]
fn keys_go_where_the_provider_wants_them_and_nowhere_else() {
    let secret = SecretString::from("sk-canary");
    let (name, value) = Auth::Bearer.header(&secret).expect("a header");
    assert_eq!(
        (name.as_str(), value.as_bytes()),
        ("authorization", b"Bearer sk-canary".as_slice())
    );
    assert!(value.is_sensitive());
    let (name, value) = Auth::Header("x-api-key").header(&secret).expect("a header");
    assert_eq!((name.as_str(), value.as_bytes()), ("x-api-key", b"sk-canary".as_slice()));
    let (name, value) = Auth::Scheme("Token").header(&secret).expect("a header");
    assert_eq!((name.as_str(), value.as_bytes()), ("authorization", b"Token sk-canary".as_slice()));
    assert!(value.is_sensitive());
    assert_eq!(Auth::None.header(&secret), None);
    assert_eq!(Auth::Google.header(&secret), None);
    assert_eq!(Auth::Bearer.header(&SecretString::from("a\nb")), None);
    let key = Key { alias: "env".into(), secret };
    let endpoint = Endpoint::new(find("openai").expect("in the table"), None, Some(key));
    assert!(!format!("{endpoint:?}").contains("canary"));
}

#[test]
fn only_openais_own_base_url_is_taken_for_openai_whatever_the_model_is_called() {
    let as_openai = |slug: &str, base| {
        let row = find(slug).expect("a row");
        Endpoint::new(row, base, None)
            .expect("an endpoint")
            .ways("m")
            .first()
            .and_then(|it| it.as_openai)
    };
    assert_eq!(as_openai("openai", None), Some(true));
    assert_eq!(as_openai("openai", Some("http://localhost:8000/v1")), None);
    assert_eq!(as_openai("azure-openai", Some("https://r.openai.azure.com")), Some(true));
    assert_eq!(as_openai("mistral", None), Some(false));
}

#[test]
fn who_imitates_openai_gets_reasoning_back_and_who_stands_before_groq_does_not() {
    use chat::GivenBack::{Any, Every, Nothing, Text};
    let given_back = |slug: &str, base| {
        let endpoint = Endpoint::new(find(slug).expect("a row"), base, None).expect("an endpoint");
        endpoint.ways("m").iter().find(|it| it.format == chat::Format::Chat).map(|it| it.given_back)
    };
    let other = Some("http://localhost:8000/v1");
    for (slug, own, elsewhere) in [
        ("openai", Nothing, Any),
        ("mistral", Nothing, Nothing),
        ("groq", Text, Text),
        ("cerebras", Text, Text),
        ("deepseek", Every, Every),
        ("openrouter", Any, Any),
    ] {
        assert_eq!(given_back(slug, None), Some(own), "{slug}");
        assert_eq!(given_back(slug, other), Some(elsewhere), "{slug}");
    }
}
