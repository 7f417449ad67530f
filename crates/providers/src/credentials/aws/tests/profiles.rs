//! Profiles: what files say.

use crate::credentials::aws::profile::{Base, Profiles};

const CONFIG: &str = "\
# a comment
[default]
region = eu-west-1
[profile base]
aws_access_key_id = BASE
s3 =
  addressing_style = path
[profile one]
role_arn = arn:aws:iam::111122223333:role/one
source_profile = base
external_id = x-1
duration_seconds = 1800
region = eu-north-1
[profile two]
role_arn = arn:aws:iam::111122223333:role/two
source_profile = one
role_session_name = nightly
[profile own]
role_arn = arn:aws:iam::111122223333:role/own
source_profile = own
aws_access_key_id = OWN
aws_secret_access_key = own-secret
[profile env]
role_arn = arn:aws:iam::111122223333:role/env
credential_source = Environment
[profile web]
role_arn = arn:aws:iam::111122223333:role/web
web_identity_token_file = /var/token
[profile round]
role_arn = arn:aws:iam::111122223333:role/round
source_profile = about
[profile about]
role_arn = arn:aws:iam::111122223333:role/about
source_profile = round
[profile process]
credential_process = /bin/give
[profile instance]
role_arn = arn:aws:iam::111122223333:role/instance
credential_source = Ec2InstanceMetadata
[profile person]
role_arn = arn:aws:iam::111122223333:role/person
source_profile = base
mfa_serial = arn:aws:iam::111122223333:mfa/person
[sso-session corp]
sso_region = us-east-1
";

const CREDENTIALS: &str = "\
[default]
aws_access_key_id=DEFAULT
aws_secret_access_key=default-secret
[base]
aws_access_key_id=BASE2
aws_secret_access_key=base-secret
aws_session_token=base-token
";

fn profiles() -> Profiles {
    let mut profiles = Profiles::default();
    profiles.lay(CONFIG, true);
    profiles.lay(CREDENTIALS, false);
    profiles
}

/// The base, the roles from first to last, and the region, in a line.
fn chain(name: &str) -> String {
    let chain = match profiles().chain(name) {
        Err(error) => return error.to_string(),
        Ok(None) => return "nothing".to_owned(),
        Ok(Some(chain)) => chain,
    };
    let base = match &chain.base {
        Base::Keys(keys) => keys.access_key_id.clone(),
        Base::Environment => "environment".to_owned(),
        Base::Container => "container".to_owned(),
        Base::WebIdentity { role, token_file } => format!("{} for {token_file}", role.arn),
    };
    let roles = chain.roles.iter().map(|it| {
        let name = it.arn.rsplit('/').next().unwrap_or_default();
        let extra = [&it.external_id, &it.duration].map(|it| it.as_deref().unwrap_or("-"));
        format!(" > {name} as {} {}", it.session, extra.join(" "))
    });
    format!("{base}{} in {}", roles.collect::<String>(), chain.region.as_deref().unwrap_or("-"))
}

#[test]
fn a_profile_leads_to_its_first_credentials_and_the_roles_after_them() {
    for (name, expected) in [
        ("default", "DEFAULT in eu-west-1"),
        ("base", "BASE2 in -"),
        ("one", "BASE2 > one as pointsman x-1 1800 in eu-north-1"),
        ("two", "BASE2 > one as pointsman x-1 1800 > two as nightly - - in -"),
        ("own", "OWN > own as pointsman - - in -"),
        ("env", "environment > env as pointsman - - in -"),
        ("web", "arn:aws:iam::111122223333:role/web for /var/token in -"),
    ] {
        assert_eq!(chain(name), expected, "{name}");
    }
}

#[test]
fn a_profile_that_leads_nowhere_is_told_with_the_reason() {
    for (name, why) in [
        ("round", "the AWS profile `round` leads back to itself by `source_profile`"),
        ("process", "the AWS profile `process` has `credential_process`, which is not spoken here"),
        (
            "instance",
            "the AWS profile `instance` has the `credential_source` Ec2InstanceMetadata, which is not spoken here",
        ),
        (
            "person",
            "the AWS profile `person` wants a code of a person (`mfa_serial`), who is not there",
        ),
        ("absent", "the AWS profile `absent` does not exist"),
        ("corp", "the AWS profile `corp` does not exist"),
    ] {
        assert_eq!(chain(name), format!("not signed in: {why}"), "{name}");
    }
}
