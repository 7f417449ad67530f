//! Signatures, and where what they are made with comes from.

mod profiles;
mod signatures;
mod sources;

use super::{Keys, region_of};

/// The credentials of AWS's published examples.
fn example(session_token: Option<&str>) -> Keys {
    Keys {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
        session_token: session_token.map(Into::into),
        region: None,
        expires_ms: None,
    }
}

#[test]
fn the_region_is_in_hosts_of_aws_and_in_no_others() {
    for (host, region) in [
        ("bedrock-runtime.eu-west-1.amazonaws.com", Some("eu-west-1")),
        ("bedrock-runtime-fips.us-gov-west-1.amazonaws.com", Some("us-gov-west-1")),
        ("vpce-0a1b-2c3d.bedrock-runtime.us-east-1.vpce.amazonaws.com", Some("us-east-1")),
        ("bedrock-runtime.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
        ("bedrock-runtime.amazonaws.com", None),
        ("bedrock-runtime.eu-west-1.example.com", None),
        ("127.0.0.1", None),
    ] {
        assert_eq!(region_of(host), region, "{host}");
    }
}
