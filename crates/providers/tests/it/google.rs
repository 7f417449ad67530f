//! Signing in to Google: what the token endpoint is asked, and what requests carry then.

use http::{HeaderMap, Request};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use providers::{Client, Endpoint, Key, Spliced, Surroundings, find};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;
use testkit::{FakeUpstream, Script, Seen};

/// 2026-01-01.
const NOW_MS: u64 = 1_767_225_600_000;
const HOUR_MS: u64 = 3_600_000;

/// Made once: an RSA key takes its time.
static RSA: LazyLock<rcgen::KeyPair> = LazyLock::new(|| {
    rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)
        .expect("a key pair")
});

fn service_account(token_uri: &str) -> Value {
    json!({
        "type": "service_account", "project_id": "p", "private_key_id": "kid-1",
        "private_key": RSA.serialize_pem(), "client_email": "bot@p.iam.gserviceaccount.com",
        "client_id": "1", "token_uri": token_uri, "universe_domain": "googleapis.com",
    })
}

fn google_account() -> Value {
    service_account("https://oauth2.googleapis.com/token")
}

/// Gives tokens that are numbered by request, for an hour each.
fn tokens() -> FakeUpstream {
    let count = std::sync::atomic::AtomicU64::new(1);
    FakeUpstream::answering(move |_| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let token = format!("ya29.token-{number}");
        Script::json(
            200,
            &json!({ "access_token": token, "expires_in": 3600, "token_type": "Bearer" }),
        )
    })
}

fn client(upstream: &FakeUpstream, variables: &[(&str, &str)]) -> Client {
    let upstream = upstream.clone();
    let client = Client::with_connector(move |_| std::future::ready(upstream.connect()));
    client.within(Surroundings::new(variables.iter().copied()))
}

fn key(secret: &str) -> Key {
    Key { alias: "stored:default".into(), secret: secret.into() }
}

/// The headers of a request to Vertex AI, signed.
async fn signed(client: &Client, key: Option<&Key>, now_ms: u64) -> Result<HeaderMap, String> {
    let row = find("google-vertex-ai").expect("the row");
    let base = "https://aiplatform.googleapis.com/v1/projects/p/locations/global";
    let endpoint = Endpoint::new(row, Some(base), None).expect("an endpoint");
    let mut request = Request::new(Spliced::from(bytes::Bytes::new()));
    request.headers_mut().insert("authorization", "Bearer of-the-caller".parse().expect("a value"));
    match endpoint.authorize(key, &mut request, client, now_ms).await {
        Ok(()) => Ok(request.headers().clone()),
        Err(error) => Err(error.to_string()),
    }
}

async fn bearer(client: &Client, key: Option<&Key>, now_ms: u64) -> String {
    let headers = signed(client, key, now_ms).await.expect("signed in");
    let value = headers.get("authorization").expect("the token");
    assert!(value.is_sensitive());
    value.to_str().expect("text").to_owned()
}

fn form(seen: &Seen) -> Vec<(String, String)> {
    let body = String::from_utf8(seen.body.to_vec()).expect("UTF-8");
    let pairs = body.split('&').filter_map(|it| it.split_once('='));
    let decoded = |it: &str| {
        percent_encoding::percent_decode_str(it).decode_utf8().expect("UTF-8").into_owned()
    };
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// A file that goes with the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("pointsman-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("application_default_credentials.json");
        std::fs::write(&path, text).expect("a file");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }

    fn folder(&self) -> &str {
        self.0.parent().and_then(|it| it.to_str()).expect("UTF-8")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _gone = self.0.parent().map(std::fs::remove_dir_all);
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_account_asks_for_a_token_with_an_assertion_it_signed() {
    let upstream = tokens();
    let client = client(&upstream, &[]);
    let key = key(&google_account().to_string());
    assert_eq!(bearer(&client, Some(&key), NOW_MS).await, "Bearer ya29.token-1");

    let seen = upstream.seen();
    let [asked] = seen.as_slice() else { panic!("{} requests", seen.len()) };
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/token"));
    assert_eq!(asked.header("host"), "oauth2.googleapis.com");
    let form = form(asked);
    let [(grant_type, grant), (name, assertion)] = form.as_slice() else { panic!("{form:?}") };
    assert_eq!((grant_type.as_str(), name.as_str()), ("grant_type", "assertion"));
    assert_eq!(grant, "urn:ietf:params:oauth:grant-type:jwt-bearer");

    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["https://oauth2.googleapis.com/token"]);
    validation.validate_exp = false;
    let public =
        DecodingKey::from_rsa_pem(RSA.public_key_pem().as_bytes()).expect("the public key");
    let token =
        jsonwebtoken::decode::<Value>(assertion, &public, &validation).expect("it is signed");
    assert_eq!(token.header.kid.as_deref(), Some("kid-1"));
    let claims = json!({
        "iss": "bot@p.iam.gserviceaccount.com",
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "aud": "https://oauth2.googleapis.com/token",
        "iat": NOW_MS / 1000, "exp": NOW_MS / 1000 + 3600,
    });
    assert_eq!(token.claims, claims);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_kept_until_shortly_before_it_expires() {
    let upstream = tokens();
    let client = client(&upstream, &[]);
    let key = key(&google_account().to_string());
    let early_ms = 5 * 60_000;
    for now_ms in [NOW_MS, NOW_MS + 1, NOW_MS + HOUR_MS - early_ms - 1] {
        assert_eq!(bearer(&client, Some(&key), now_ms).await, "Bearer ya29.token-1");
    }
    let later = NOW_MS + HOUR_MS - early_ms;
    assert_eq!(bearer(&client, Some(&key), later).await, "Bearer ya29.token-2");
    assert_eq!(upstream.seen().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_of_many_callers_fetches_a_token_for_all() {
    let slow = json!({ "access_token": "ya29.one", "expires_in": 3600 });
    let upstream =
        FakeUpstream::playing([Script::json(200, &slow).after(Duration::from_millis(300))]);
    let client = client(&upstream, &[]);
    let key = key(&google_account().to_string());
    let all = (0..20).map(|_| bearer(&client, Some(&key), NOW_MS));
    for token in futures_util::future::join_all(all).await {
        assert_eq!(token, "Bearer ya29.one");
    }
    assert_eq!(upstream.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_old_token_serves_while_it_is_good_when_a_new_one_cannot_be_had() {
    let good = json!({ "access_token": "ya29.one", "expires_in": 3600 });
    let upstream = FakeUpstream::playing([Script::json(200, &good), Script::status(503)]);
    let client = client(&upstream, &[]);
    let key = key(&google_account().to_string());
    for now_ms in [NOW_MS, NOW_MS + HOUR_MS - 60_000, NOW_MS + HOUR_MS - 59_000] {
        assert_eq!(bearer(&client, Some(&key), now_ms).await, "Bearer ya29.one");
    }
    assert_eq!(upstream.seen().len(), 2, "a failure is not repeated at once");
    let error = signed(&client, Some(&key), NOW_MS + HOUR_MS).await.expect_err("it is not good");
    assert_eq!(
        error,
        "not signed in: oauth2.googleapis.com gives no token: 503 Service Unavailable"
    );
}

#[tokio::test(start_paused = true)]
async fn what_google_refuses_is_said_without_the_key() {
    let refusal =
        json!({ "error": "invalid_grant", "error_description": "Invalid JWT Signature." });
    let upstream = FakeUpstream::playing([Script::json(400, &refusal)]);
    let key = key(&google_account().to_string());
    let error = signed(&client(&upstream, &[]), Some(&key), NOW_MS).await.expect_err("refused");
    let expected = "not signed in: oauth2.googleapis.com gives no token: invalid_grant: Invalid JWT Signature.";
    assert_eq!(error, expected);
}

#[tokio::test(start_paused = true)]
async fn a_stored_key_never_sends_its_signature_to_another_host() {
    let upstream = tokens();
    for uri in ["https://evil.example/token", "http://oauth2.googleapis.com/token"] {
        let key = key(&service_account(uri).to_string());
        let error = signed(&client(&upstream, &[]), Some(&key), NOW_MS).await.expect_err("refused");
        assert!(
            error.contains("`token_uri` is not https://oauth2.googleapis.com/token"),
            "{error}"
        );
    }
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_no_credentials_says_what_is_wrong_and_never_quotes_it() {
    let mut broken = google_account();
    broken["private_key"] = json!("-----BEGIN SECRET-----");
    let cases = [
        (broken, "the private key of bot@p.iam.gserviceaccount.com is not an RSA key in PEM"),
        (json!({ "type": "external_account", "x": "SECRET" }), "is of type `external_account`"),
        (json!({ "type": "service_account", "private_key": "SECRET" }), "without `client_email`"),
        (json!({ "private_key": "SECRET" }), "does not say its `type`"),
    ];
    for (json, expected) in cases {
        let key = key(&json.to_string());
        let error = signed(&client(&tokens(), &[]), Some(&key), NOW_MS).await.expect_err("refused");
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("SECRET"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn api_keys_and_access_tokens_go_as_they_are() {
    let upstream = tokens();
    let client = client(&upstream, &[]);
    let headers = signed(&client, Some(&key("AIzaKey")), NOW_MS).await.expect("signed in");
    assert_eq!(headers.get("x-goog-api-key").map(|it| it.as_bytes()), Some(&b"AIzaKey"[..]));
    assert_eq!(headers.get("authorization"), None, "what the caller had there is gone");
    assert_eq!(bearer(&client, Some(&key("ya29.mine")), NOW_MS).await, "Bearer ya29.mine");
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn without_a_key_the_named_file_is_asked_first() {
    let upstream = tokens();
    let file = File::new("named", &service_account("https://sts.example/token").to_string());
    let variables = [("GOOGLE_APPLICATION_CREDENTIALS", file.path()), ("HOME", "/nowhere")];
    let client = client(&upstream, &variables);
    assert_eq!(bearer(&client, None, NOW_MS).await, "Bearer ya29.token-1");
    assert_eq!(bearer(&client, None, NOW_MS + 1).await, "Bearer ya29.token-1");
    let hosts: Vec<String> =
        upstream.seen().iter().map(|it| it.header("host").to_owned()).collect();
    assert_eq!(hosts, ["sts.example"], "the operator's own file may name another place");
}

#[tokio::test(start_paused = true)]
async fn a_named_file_may_not_send_its_signature_without_tls() {
    let upstream = tokens();
    let file = File::new("plain", &service_account("http://sts.example/token").to_string());
    let client = client(&upstream, &[("GOOGLE_APPLICATION_CREDENTIALS", file.path())]);
    let error = signed(&client, None, NOW_MS).await.expect_err("refused");
    assert!(error.contains("`token_uri` of the Google credentials is not an https URL"), "{error}");
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_user_who_signed_in_with_gcloud_refreshes_a_token_and_pays_with_a_project() {
    let upstream = tokens();
    let user = json!({
        "type": "authorized_user", "client_id": "id", "client_secret": "secret&1",
        "refresh_token": "1//refresh", "quota_project_id": "paying-project",
    });
    let file = File::new("user", &user.to_string());
    let client = client(&upstream, &[("CLOUDSDK_CONFIG", file.folder())]);
    let headers = signed(&client, None, NOW_MS).await.expect("signed in");
    let project = headers.get("x-goog-user-project").map(|it| it.as_bytes());
    assert_eq!(project, Some(&b"paying-project"[..]));
    let seen = upstream.seen();
    let form: Vec<(String, String)> = seen.iter().flat_map(form).collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = [
        pair("grant_type", "refresh_token"),
        pair("client_id", "id"),
        pair("client_secret", "secret&1"),
        pair("refresh_token", "1//refresh"),
    ];
    assert_eq!(form, expected);
}

#[tokio::test(start_paused = true)]
async fn the_metadata_server_is_asked_last() {
    let upstream = tokens();
    let client = client(&upstream, &[("HOME", "/nowhere"), ("GCE_METADATA_HOST", "metadata:8080")]);
    assert_eq!(bearer(&client, None, NOW_MS).await, "Bearer ya29.token-1");
    let seen = upstream.seen();
    let [asked] = seen.as_slice() else { panic!("{} requests", seen.len()) };
    assert_eq!(asked.path, "/computeMetadata/v1/instance/service-accounts/default/token");
    assert_eq!(
        (asked.header("host"), asked.header("metadata-flavor")),
        ("metadata:8080", "Google")
    );
}

#[tokio::test(start_paused = true)]
async fn without_any_credentials_the_error_says_what_to_do() {
    let upstream = FakeUpstream::playing([Script::refuse()]);
    let error = signed(&client(&upstream, &[]), None, NOW_MS).await.expect_err("there are none");
    let beginning = "not signed in: no Google credentials: store a key, or set \
                     GOOGLE_APPLICATION_CREDENTIALS; the metadata server metadata.google.internal";
    assert!(error.starts_with(beginning), "{error}");

    let missing = [("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")];
    let error = signed(&client(&upstream, &missing), None, NOW_MS).await.expect_err("no file");
    assert!(
        error.contains("the file /nowhere/key.json of GOOGLE_APPLICATION_CREDENTIALS"),
        "{error}"
    );
}
