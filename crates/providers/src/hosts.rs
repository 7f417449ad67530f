//! Providers with a host for every region or resource: the URLs their own documentation gives.

use crate::credentials::aws;

/// What a variable of the environment says, if it is set.
pub type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// Base URL of Amazon Bedrock's runtime in a region. China's are a partition of AWS with a domain of its own.
///
/// <https://docs.aws.amazon.com/general/latest/gr/bedrock.html>,
/// <https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-arns.html>
pub(crate) fn bedrock(region: &str) -> Option<String> {
    let domain = if is_china(region) { "amazonaws.com.cn" } else { "amazonaws.com" };
    let is_region = is_name(region) && aws::is_region(region);
    is_region.then(|| format!("https://bedrock-runtime.{region}.{domain}"))
}

/// Region of one of those hosts.
pub(crate) fn bedrock_region(host: &str) -> Option<&str> {
    let rest = host.strip_prefix("bedrock-runtime.")?;
    let region = rest.strip_suffix(".amazonaws.com").or(rest.strip_suffix(".amazonaws.com.cn"))?;
    (bedrock(region)?.strip_prefix("https://") == Some(host)).then_some(region)
}

/// Whether it is a region of AWS in China, where others run it and accounts are others.
pub(crate) fn is_china(region: &str) -> bool {
    region.starts_with("cn-")
}

/// Origin of Vertex AI in a location: `global` has no prefix, and the multi-regions `us` and `eu`
/// have hosts of their own.
///
/// <https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations>
pub(crate) fn vertex(location: &str) -> Option<String> {
    if !is_name(location) {
        return None;
    }
    Some(match location {
        "global" => "https://aiplatform.googleapis.com".to_owned(),
        "us" | "eu" => format!("https://aiplatform.{location}.rep.googleapis.com"),
        _ => format!("https://{location}-aiplatform.googleapis.com"),
    })
}

/// Whether this is a host of Vertex AI.
pub(crate) fn is_vertex(host: &str) -> bool {
    let host = host.strip_suffix(".googleapis.com").unwrap_or_default();
    matches!(host, "aiplatform" | "aiplatform.us.rep" | "aiplatform.eu.rep")
        || host.strip_suffix("-aiplatform").is_some_and(is_name)
}

/// Base URL of an Azure OpenAI resource.
///
/// <https://learn.microsoft.com/azure/ai-foundry/openai/reference>
pub(crate) fn azure(resource: &str) -> Option<String> {
    is_name(resource).then(|| format!("https://{resource}.openai.azure.com"))
}

/// Resource of one of those hosts.
pub(crate) fn azure_resource(host: &str) -> Option<&str> {
    host.strip_suffix(".openai.azure.com")
}

/// `AWS_REGION`, `AWS_DEFAULT_REGION`, as AWS's own tools have them.
pub(crate) fn bedrock_from(env: Environment<'_>) -> Option<String> {
    bedrock(&env("AWS_REGION").or_else(|| env("AWS_DEFAULT_REGION"))?)
}

/// `GOOGLE_CLOUD_PROJECT` and `GOOGLE_CLOUD_LOCATION`, as Google's SDK has them.
pub(crate) fn vertex_from(env: Environment<'_>) -> Option<String> {
    let (project, location) = (env("GOOGLE_CLOUD_PROJECT")?, env("GOOGLE_CLOUD_LOCATION")?);
    // A project of a domain is written `example.com:name`.
    let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | ':');
    let origin = vertex(&location).filter(|_| project.chars().all(plain))?;
    Some(format!("{origin}/v1/projects/{project}/locations/{location}"))
}

/// `AZURE_OPENAI_ENDPOINT`, as OpenAI's SDK has it.
pub(crate) fn azure_from(env: Environment<'_>) -> Option<String> {
    env("AZURE_OPENAI_ENDPOINT")
}

/// `CLOUDFLARE_ACCOUNT_ID`, as Cloudflare's own tools have it.
pub(crate) fn workers_ai_from(env: Environment<'_>) -> Option<String> {
    let account = env("CLOUDFLARE_ACCOUNT_ID").filter(|it| is_name(it))?;
    Some(format!("https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1"))
}

/// One label of a host name, so that nothing else of the URL can come with it.
fn is_name(text: &str) -> bool {
    let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests;
