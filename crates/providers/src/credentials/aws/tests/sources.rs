//! What the surroundings give, with a scripted STS.

use crate::credentials::aws::ambient;
use crate::{Client, Surroundings};
use std::io::Write as _;
use testkit::{FakeUpstream, Script};

/// 2026-01-31T12:00:00Z.
const NOW_MS: u64 = 1_769_860_800_000;
const MINUTE_MS: u64 = 60_000;

/// An answer of STS as AWS documents it.
fn assumed(id: &str, until: &str) -> Script {
    let xml = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
         <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/demo/TestAR</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>{id}</AccessKeyId><SecretAccessKey>wJalr/b</SecretAccessKey>\
         <SessionToken>AQoDYXdz+w==</SessionToken><Expiration>{until}</Expiration></Credentials>\
         </AssumeRoleResult></AssumeRoleResponse>"
    );
    Script::raw(200, "text/xml", xml)
}

fn refused() -> Script {
    let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
               <Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>";
    Script::raw(403, "text/xml", xml)
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

fn client(upstream: &FakeUpstream, variables: &[(&str, &str)]) -> Client {
    let upstream = upstream.clone();
    let client = Client::with_connector(move |_| {
        let upstream = upstream.clone();
        async move { upstream.connect() }
    });
    let mut all = vec![("AWS_ENDPOINT_URL_STS", "http://sts.test")];
    all.extend(variables);
    client.within(Surroundings::new(all))
}

/// A client whose profile assumes a role, from files that live as long as they are kept.
fn assuming(upstream: &FakeUpstream) -> (Client, tempfile::NamedTempFile) {
    let config = file(
        "[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = base\n\
         [profile role]\nrole_arn = arn:aws:iam::111122223333:role/a+b\nsource_profile = base\n\
         external_id = x/1\nregion = eu-north-1\n",
    );
    let path = config.path().to_str().expect("text").to_owned();
    let variables = [
        ("AWS_CONFIG_FILE", path.as_str()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere"),
        ("AWS_PROFILE", "role"),
    ];
    (client(upstream, &variables), config)
}

async fn id(client: &Client, now_ms: u64) -> Result<String, String> {
    let keys = ambient::keys(client, now_ms).await;
    keys.map(|it| it.access_key_id.clone()).map_err(|it| it.to_string())
}

#[tokio::test(start_paused = true)]
async fn the_environment_comes_first() {
    let upstream = FakeUpstream::playing([]);
    let client = client(
        &upstream,
        &[
            ("AWS_ACCESS_KEY_ID", "AKIDENV"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_PROFILE", "absent"),
        ],
    );
    assert_eq!(id(&client, NOW_MS).await.as_deref(), Ok("AKIDENV"));
    assert_eq!(upstream.seen().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn without_any_source_all_of_them_are_named() {
    let error = id(&client(&FakeUpstream::playing([]), &[]), NOW_MS).await.expect_err("none");
    for name in ["store a key", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"] {
        assert!(error.contains(name), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_profiles_role_is_assumed_with_its_source_and_kept() {
    let upstream = FakeUpstream::playing([assumed("ASIA1", "2026-01-31T13:00:00Z")]);
    let (client, _file) = assuming(&upstream);
    for minutes in [0, 30, 54] {
        assert_eq!(id(&client, NOW_MS + minutes * MINUTE_MS).await.as_deref(), Ok("ASIA1"));
    }
    let [seen] = &upstream.seen()[..] else { panic!("one request") };
    let form = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fa%2Bb\
                &RoleSessionName=pointsman&ExternalId=x%2F1";
    assert_eq!(seen.body, form);
    let authorization = seen.header("authorization");
    let scope = "AWS4-HMAC-SHA256 Credential=AKIDBASE/20260131/eu-north-1/sts/aws4_request, ";
    assert!(authorization.starts_with(scope), "{authorization}");
}

#[tokio::test(start_paused = true)]
async fn shortly_before_they_expire_they_are_fetched_once_by_many() {
    let upstream = FakeUpstream::playing([
        assumed("ASIA1", "2026-01-31T13:00:00Z"),
        assumed("ASIA2", "2026-01-31T14:00:00Z"),
    ]);
    let (client, _file) = assuming(&upstream);
    let all = |now_ms| {
        let client = client.clone();
        async move { futures_util::future::join_all((0..20).map(|_| id(&client, now_ms))).await }
    };
    assert!(all(NOW_MS).await.iter().all(|it| it.as_deref() == Ok("ASIA1")));
    assert_eq!(upstream.seen().len(), 1);
    let later = all(NOW_MS + 56 * MINUTE_MS).await;
    assert_eq!(later.iter().filter(|it| it.as_deref() == Ok("ASIA2")).count(), 1, "{later:?}");
    assert_eq!(later.iter().filter(|it| it.as_deref() == Ok("ASIA1")).count(), 19);
    assert_eq!(upstream.seen().len(), 2);
    assert!(all(NOW_MS + 56 * MINUTE_MS).await.iter().all(|it| it.as_deref() == Ok("ASIA2")));
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_nobody_waits_for_any_more_leaves_the_turn_to_the_next() {
    let upstream =
        FakeUpstream::playing([Script::stall(), assumed("ASIA2", "2026-01-31T14:00:00Z")]);
    let (client, _file) = assuming(&upstream);
    let brief = std::time::Duration::from_millis(5);
    let gone = tokio::time::timeout(brief, id(&client, NOW_MS)).await;
    assert!(gone.is_err());
    assert_eq!(id(&client, NOW_MS).await.as_deref(), Ok("ASIA2"));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_and_not_asked_for_again_at_once() {
    let upstream = FakeUpstream::playing([refused(), assumed("ASIA1", "2026-01-31T14:00:00Z")]);
    let (client, _file) = assuming(&upstream);
    let error = id(&client, NOW_MS).await.expect_err("refused");
    assert_eq!(
        error,
        "not signed in: AWS STS refuses the role arn:aws:iam::111122223333:role/a+b (403 Forbidden): \
         not authorized to perform: sts:AssumeRole"
    );
    assert_eq!(id(&client, NOW_MS + 4_000).await, Err(error));
    assert_eq!(upstream.seen().len(), 1);
    assert_eq!(id(&client, NOW_MS + 5_000).await.as_deref(), Ok("ASIA1"));
}

#[tokio::test(start_paused = true)]
async fn what_is_still_good_is_used_while_sts_fails() {
    let upstream = FakeUpstream::playing([assumed("ASIA1", "2026-01-31T13:00:00Z"), refused()]);
    let (client, _file) = assuming(&upstream);
    for minutes in [0, 56, 59] {
        assert_eq!(id(&client, NOW_MS + minutes * MINUTE_MS).await.as_deref(), Ok("ASIA1"));
    }
    assert!(id(&client, NOW_MS + 60 * MINUTE_MS).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_web_identity_gets_its_role_without_a_signature() {
    let upstream = FakeUpstream::playing([assumed("ASIAWEB", "2026-01-31T13:00:00Z")]);
    let token = file("eyJhbGciOi.J.x\n");
    let client = client(
        &upstream,
        &[
            ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/web"),
            ("AWS_ROLE_SESSION_NAME", "pod-7"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", token.path().to_str().expect("text")),
        ],
    );
    assert_eq!(id(&client, NOW_MS).await.as_deref(), Ok("ASIAWEB"));
    let [seen] = &upstream.seen()[..] else { panic!("one request") };
    let form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15\
                &RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fweb&RoleSessionName=pod-7\
                &WebIdentityToken=eyJhbGciOi.J.x";
    assert_eq!(seen.body, form);
    assert_eq!(seen.header("authorization"), "");
}

#[tokio::test(start_paused = true)]
async fn a_container_is_asked_with_its_token_and_only_where_it_may_be() {
    let body = serde_json::json!({
        "AccessKeyId": "ASIAECS", "SecretAccessKey": "s", "Token": "t",
        "Expiration": "2026-01-31T18:00:00Z", "RoleArn": "TASK_ROLE_ARN"
    });
    let upstream = FakeUpstream::playing([Script::json(200, &body)]);
    let asked = |uri: &'static str| {
        let variables = [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic abc"),
        ];
        let client = client(&upstream, &variables);
        async move { id(&client, NOW_MS).await }
    };
    assert_eq!(asked("http://169.254.170.23/v1/credentials").await.as_deref(), Ok("ASIAECS"));
    assert_eq!(upstream.seen()[0].path, "/v1/credentials");
    assert_eq!(upstream.seen()[0].header("authorization"), "Basic abc");
    let error = asked("http://elsewhere.example/v1").await.expect_err("not without TLS");
    assert!(error.contains("elsewhere.example may not be asked"), "{error}");
    assert_eq!(upstream.seen().len(), 1);
}
