//! What Converse is sent, and how its streams are read.

mod frames;
mod requests;
mod stream;

use super::vendor::Vendor;

#[test]
fn a_model_id_tells_whose_it_is() {
    for (vendor, ids) in [
        (
            Vendor::Claude,
            &[
                "anthropic.claude-sonnet-4-5-20250929-v1:0",
                "us.anthropic.claude-opus-4-6-v1",
                "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-3-7-sonnet-20250219-v1:0",
                "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdefghijkl",
            ][..],
        ),
        (Vendor::Nova, &["amazon.nova-pro-v1:0", "eu.amazon.nova-2-lite-v1:0"]),
        (Vendor::OpenAi, &["openai.gpt-oss-120b-1:0"]),
        (
            Vendor::Other,
            &[
                "meta.llama3-3-70b-instruct-v1:0",
                "us.deepseek.r1-v1:0",
                "amazon.titan-text-lite-v1",
            ],
        ),
    ] {
        for id in ids {
            assert_eq!(Vendor::of(id), vendor, "{id}");
        }
    }
}
