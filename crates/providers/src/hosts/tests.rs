//! Tests of hosts by region and resource.

use super::{
    azure, azure_from, bedrock, bedrock_from, bedrock_region, is_vertex, vertex, vertex_from,
    workers_ai_from,
};

#[test]
fn regions_have_the_hosts_their_providers_document() {
    assert_eq!(
        bedrock("eu-west-1").as_deref(),
        Some("https://bedrock-runtime.eu-west-1.amazonaws.com")
    );
    assert_eq!(
        bedrock("cn-north-1").as_deref(),
        Some("https://bedrock-runtime.cn-north-1.amazonaws.com.cn")
    );
    assert_eq!(vertex("global").as_deref(), Some("https://aiplatform.googleapis.com"));
    assert_eq!(vertex("eu").as_deref(), Some("https://aiplatform.eu.rep.googleapis.com"));
    assert_eq!(
        vertex("us-central1").as_deref(),
        Some("https://us-central1-aiplatform.googleapis.com")
    );
    assert_eq!(azure("my-org").as_deref(), Some("https://my-org.openai.azure.com"));
}

#[test]
fn what_is_not_one_label_is_no_region_and_no_resource() {
    for text in
        ["", "a.b", "evil.example/", "a@b", "a:1", "A", "-a", "a-", "a%2f", "é", &"a".repeat(64)]
    {
        assert_eq!([bedrock(text), vertex(text), azure(text)], [None, None, None], "{text}");
    }
}

#[test]
fn only_a_region_of_aws_has_a_host_of_bedrock() {
    for region in ["eu-west-1", "us-gov-east-1", "cn-northwest-1", "ap-southeast-5"] {
        let url = bedrock(region).expect("a region");
        assert_eq!(bedrock_region(url.trim_start_matches("https://")), Some(region));
    }
    for text in ["s3", "sts", "s3-1", "us-east", "us-east-1a", "-east-1", "us-east-1.evil"] {
        assert_eq!(bedrock(text), None, "{text}");
    }
    for host in [
        "bedrock-runtime.s3.amazonaws.com",
        "bedrock-runtime.cn-north-1.amazonaws.com",
        "bedrock-runtime.us-east-1.amazonaws.com.cn",
        "bedrock-runtime.us-east-1.amazonaws.com.evil",
    ] {
        assert_eq!(bedrock_region(host), None, "{host}");
    }
}

#[test]
fn hosts_of_vertex_are_known_and_those_that_only_look_like_it_are_not() {
    for location in ["global", "eu", "us", "europe-west4"] {
        let origin = vertex(location).expect("a location");
        assert!(is_vertex(origin.trim_start_matches("https://")), "{location}");
    }
    for host in [
        "aiplatform.googleapis.com.evil.example",
        "evil.aiplatform.googleapis.com",
        "x.googleapis.com",
        "",
    ] {
        assert!(!is_vertex(host), "{host}");
    }
}

#[test]
fn the_environment_gives_base_urls_as_the_providers_own_tools_read_it() {
    let env = |name: &str| match name {
        "AWS_DEFAULT_REGION" => Some("us-east-1".to_owned()),
        "GOOGLE_CLOUD_PROJECT" => Some("example.com:p-1".to_owned()),
        "GOOGLE_CLOUD_LOCATION" => Some("global".to_owned()),
        "AZURE_OPENAI_ENDPOINT" => Some("https://r.openai.azure.com/".to_owned()),
        "CLOUDFLARE_ACCOUNT_ID" => Some("a1".to_owned()),
        _ => None,
    };
    let all = [bedrock_from(&env), vertex_from(&env), azure_from(&env), workers_ai_from(&env)];
    let all: Vec<_> = all.into_iter().flatten().collect();
    assert_eq!(
        all,
        [
            "https://bedrock-runtime.us-east-1.amazonaws.com",
            "https://aiplatform.googleapis.com/v1/projects/example.com:p-1/locations/global",
            "https://r.openai.azure.com/",
            "https://api.cloudflare.com/client/v4/accounts/a1/ai/v1",
        ]
    );
    assert_eq!(vertex_from(&|_| Some("a/b".to_owned())), None);
    assert_eq!(bedrock_from(&|_| None), None);
}
