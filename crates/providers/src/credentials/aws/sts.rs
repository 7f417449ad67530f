//! Assumed roles, from AWS's Security Token Service.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use super::profile::Role;
use super::{Keys, container, sign, times};
use crate::{Client, Error, Spliced};
use bytes::Bytes;
use http::{Method, Request, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All that is not unreserved (RFC 3986, 2.3).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Assumes a role with these credentials.
pub(super) async fn assume(
    client: &Client,
    keys: &Keys,
    role: &Role,
    (region, now_ms): (Option<&str>, u64),
) -> Result<Keys, Error> {
    let mut form = of_role("AssumeRole", role);
    form.extend(role.external_id.as_deref().map(|it| ("ExternalId", it.to_owned())));
    let mut request = request(client, &form, region)?;
    sign::sign(&mut request, keys, (region.unwrap_or("us-east-1"), "sts"), now_ms)?;
    send(client, request, role).await
}

/// Assumes a role for the token in this file.
pub(super) async fn web_identity(
    client: &Client,
    role: &Role,
    token_file: &str,
    region: Option<&str>,
) -> Result<Keys, Error> {
    let token = tokio::fs::read_to_string(token_file).await.map_err(|error| {
        Error::Credentials(format!("the web identity token {token_file} cannot be read: {error}"))
    })?;
    let mut form = of_role("AssumeRoleWithWebIdentity", role);
    form.push(("WebIdentityToken", token.trim().to_owned()));
    send(client, request(client, &form, region)?, role).await
}

type Form = Vec<(&'static str, String)>;

fn of_role(action: &str, role: &Role) -> Form {
    let mut form = vec![
        ("Action", action.to_owned()),
        ("Version", "2011-06-15".to_owned()),
        ("RoleArn", role.arn.clone()),
        ("RoleSessionName", role.session.clone()),
    ];
    form.extend(role.duration.clone().map(|it| ("DurationSeconds", it)));
    form
}

fn request(client: &Client, form: &Form, region: Option<&str>) -> Result<Request<Spliced>, Error> {
    let surroundings = client.surroundings();
    let given =
        surroundings.get("AWS_ENDPOINT_URL_STS").or_else(|| surroundings.get("AWS_ENDPOINT_URL"));
    let url = match (given, region) {
        (Some(url), _) => format!("{}/", url.trim_end_matches('/')),
        (None, Some(region)) if region.starts_with("cn-") => {
            format!("https://sts.{region}.amazonaws.com.cn/")
        }
        (None, Some(region)) => format!("https://sts.{region}.amazonaws.com/"),
        (None, None) => "https://sts.amazonaws.com/".to_owned(),
    };
    let pairs =
        form.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, FORM)));
    let body = Bytes::from(pairs.collect::<Vec<_>>().join("&"));
    Request::builder()
        .method(Method::POST)
        .uri(url)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
        .body(Spliced::from(body))
        .map_err(|error| Error::Credentials(format!("the address of STS is wrong: {error}")))
}

async fn send(client: &Client, request: Request<Spliced>, role: &Role) -> Result<Keys, Error> {
    let (status, body) = container::fetch(client, request).await?;
    let body = String::from_utf8_lossy(&body);
    if !status.is_success() {
        let why = element(&body, "Message")
            .or_else(|| element(&body, "Code"))
            .unwrap_or("no reason given");
        let arn = &role.arn;
        return Err(Error::Credentials(format!(
            "AWS STS refuses the role {arn} ({status}): {why}"
        )));
    }
    let wanted = |name: &'static str| {
        element(&body, name)
            .ok_or_else(|| Error::Credentials(format!("the answer of AWS STS has no `{name}`")))
    };
    Ok(Keys {
        access_key_id: wanted("AccessKeyId")?.to_owned(),
        secret_access_key: wanted("SecretAccessKey")?.into(),
        session_token: Some(wanted("SessionToken")?.into()),
        region: None,
        expires_ms: Some(times::unix_ms(wanted("Expiration")?)?),
    })
}

/// The text of the first element of this name. Nothing in credentials is escaped in XML.
fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.trim())
}
