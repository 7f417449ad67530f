//! Tests of native paths: what the original's clients call arrives where it should, nothing else does,
//! and no stored key goes to a host of the caller's choice.

use crate::{BadNative, Endpoint, Key, KeyUse, Native, find};
use chat::Format;

fn at(slug: &str, base_url: Option<&str>) -> Endpoint {
    let row = find(slug).expect("a row");
    let endpoint = Endpoint::new(row, base_url, None).ok();
    endpoint.or_else(|| Endpoint::without_base(row, None)).expect("an endpoint")
}

fn native(slug: &str, base_url: Option<&str>, rest: &str) -> Native {
    at(slug, base_url).native(rest, None).unwrap_or_else(|error| panic!("{slug}/{rest}: {error}"))
}

/// Provider, path, URL and format of calls as the original's clients make them.
const CALLS: &str = "\
openai chat/completions https://api.openai.com/v1/chat/completions chat
openai /v1/chat/completions https://api.openai.com/v1/chat/completions chat
openai v1/responses https://api.openai.com/v1/responses responses
openai responses/resp_1/input_items https://api.openai.com/v1/responses/resp_1/input_items -
openai embeddings https://api.openai.com/v1/embeddings embeddings
openai v1/audio/speech https://api.openai.com/v1/audio/speech -
anthropic v1/messages https://api.anthropic.com/v1/messages messages
anthropic v1/messages/count_tokens https://api.anthropic.com/v1/messages/count_tokens -
anthropic v1/messages/batches https://api.anthropic.com/v1/messages/batches -
groq chat/completions https://api.groq.com/openai/v1/chat/completions chat
groq openai/v1/chat/completions https://api.groq.com/openai/v1/chat/completions chat
mistral v1/chat/completions https://api.mistral.ai/v1/chat/completions chat
mistral v1/ocr https://api.mistral.ai/v1/ocr -
cohere v2/chat https://api.cohere.com/v2/chat cohere
perplexity-ai chat/completions https://api.perplexity.ai/chat/completions chat
grok v1/chat/completions https://api.x.ai/v1/chat/completions chat
deepseek chat/completions https://api.deepseek.com/chat/completions chat
deepseek v1/chat/completions https://api.deepseek.com/v1/chat/completions chat
deepseek anthropic/v1/messages https://api.deepseek.com/anthropic/v1/messages messages
cerebras v1/chat/completions https://api.cerebras.ai/v1/chat/completions chat
openrouter v1/chat/completions https://openrouter.ai/api/v1/chat/completions chat
openrouter api/v1/messages https://openrouter.ai/api/v1/messages messages
fireworks chat/completions https://api.fireworks.ai/inference/v1/chat/completions chat
huggingface bigcode/starcoder https://router.huggingface.co/hf-inference/models/bigcode/starcoder -
huggingface v1/chat/completions https://router.huggingface.co/v1/chat/completions chat
replicate predictions https://api.replicate.com/v1/predictions -
replicate v1/predictions https://api.replicate.com/v1/predictions -
cartesia tts/bytes https://api.cartesia.ai/tts/bytes -
deepgram v1/listen https://api.deepgram.com/v1/listen -
elevenlabs v1/text-to-speech/a/stream https://api.elevenlabs.io/v1/text-to-speech/a/stream -
fal fal-ai/fast-sdxl https://fal.run/fal-ai/fast-sdxl -
ideogram v1/ideogram-v3/generate https://api.ideogram.ai/v1/ideogram-v3/generate -
";

#[test]
fn paths_as_the_originals_clients_send_them_arrive_at_the_provider() {
    for line in CALLS.lines() {
        let [slug, rest, url, format] = *line.split(' ').collect::<Vec<_>>() else {
            panic!("{line}");
        };
        let native = native(slug, None, rest);
        assert_eq!(native.uri, *url, "{line}");
        assert_eq!(native.speech, Format::named(format), "{line}");
        assert!(native.keys == KeyUse::Any && !native.stream && native.model.is_none(), "{line}");
    }
}

#[test]
fn paths_of_gemini_name_the_model_and_say_whether_it_streams() {
    let model = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro";
    for (rest, stream) in [
        ("v1beta/models/gemini-2.5-pro:generateContent", false),
        ("v1beta/models/gemini-2.5-pro:streamGenerateContent", true),
    ] {
        let native = native("google-ai-studio", None, rest);
        assert!(native.uri.to_string().starts_with(model));
        assert_eq!(
            (native.speech, native.model.as_deref()),
            (Some(Format::Gemini), Some("gemini-2.5-pro"))
        );
        assert_eq!(native.stream, stream);
    }
    let old = native("google-ai-studio", None, "v1/models/gemini-pro:generateContent");
    assert_eq!(old.speech, Some(Format::Gemini));
    assert_eq!(native("google-ai-studio", None, "v1beta/models").speech, None);
}

#[test]
fn the_query_goes_on_as_it_is() {
    let native =
        at("deepgram", None).native("v1/listen", Some("model=nova-3&x=%2F..")).expect("good");
    assert_eq!(native.uri, "https://api.deepgram.com/v1/listen?model=nova-3&x=%2F..");
}

#[test]
fn workers_ai_runs_models_by_name_and_speaks_openais_formats() {
    let base = "https://api.cloudflare.com/client/v4/accounts/a/ai/v1";
    let run = "https://api.cloudflare.com/client/v4/accounts/a/ai/run/@cf/meta/llama";
    assert_eq!(native("workers-ai", Some(base), "@cf/meta/llama").uri, run);
    assert_eq!(native("workers-ai", Some(base), "run/@cf/meta/llama").uri, run);
    for rest in ["v1/chat/completions", "chat/completions", "ai/v1/chat/completions"] {
        let native = native("workers-ai", Some(base), rest);
        assert_eq!(native.uri, *format!("{base}/chat/completions"), "{rest}");
        assert_eq!(native.speech, Some(Format::Chat));
    }
}

#[test]
fn a_resource_of_azure_the_caller_chose_gets_only_the_callers_key() {
    let ours = Some("https://ours.openai.azure.com");
    let rest = "ours/gpt/chat/completions";
    let own = native("azure-openai", ours, rest);
    assert_eq!(own.uri, "https://ours.openai.azure.com/openai/deployments/gpt/chat/completions");
    assert_eq!((own.speech, own.model.as_deref()), (Some(Format::Chat), Some("gpt")));
    assert_eq!(own.keys, KeyUse::Any);
    for base in [ours, None] {
        let other = native("azure-openai", base, "theirs/gpt/chat/completions");
        assert_eq!(other.uri.host(), Some("theirs.openai.azure.com"));
        assert_eq!(other.keys, KeyUse::CallersOnly);
    }
    let proxied = native("azure-openai", Some("http://127.0.0.1:9"), "theirs/gpt/chat/completions");
    assert_eq!(proxied.uri, "http://127.0.0.1:9/openai/deployments/gpt/chat/completions");
    assert_eq!(proxied.keys, KeyUse::Any, "the host is the operator's choice");
}

#[test]
fn azures_api_without_dates_and_its_sdks_own_paths_are_known() {
    let ours = Some("https://ours.openai.azure.com");
    let responses = native("azure-openai", ours, "ours/openai/v1/responses");
    assert_eq!(responses.uri, "https://ours.openai.azure.com/openai/v1/responses");
    assert_eq!(responses.speech, Some(Format::Responses));
    let sdk = native("azure-openai", ours, "openai/deployments/gpt/embeddings");
    assert_eq!((sdk.speech, sdk.keys), (Some(Format::Embeddings), KeyUse::Any));
    let azure = at("azure-openai", None);
    assert_eq!(azure.native("openai/v1/responses", None), Err(BadNative::NoBaseUrl));
    for rest in ["evil.example/gpt/x", "a", "a/gpt", "a@b/gpt/x", "A:80/gpt/x"] {
        assert!(matches!(azure.native(rest, None), Err(BadNative::Place(_))), "{rest}");
    }
}

#[test]
fn regions_of_bedrock_are_hosts_of_aws_and_nothing_else() {
    let rest = "bedrock-runtime/eu-west-1/model/amazon.nova-lite-v1%3A0/converse";
    for base in [None, Some("https://bedrock-runtime.us-east-1.amazonaws.com")] {
        let native = native("aws-bedrock", base, rest);
        let host = "https://bedrock-runtime.eu-west-1.amazonaws.com";
        assert_eq!(native.uri, *format!("{host}/model/amazon.nova-lite-v1%3A0/converse"));
        assert_eq!(
            (native.speech, native.model.as_deref()),
            (Some(Format::Converse), Some("amazon.nova-lite-v1:0"))
        );
        // Without a base URL nobody has said that the surroundings' credentials are for callers.
        let expected = if base.is_some() { KeyUse::Any } else { KeyUse::Given };
        assert_eq!(native.keys, expected);
    }
    let elsewhere = native("aws-bedrock", Some("http://mock:1/x"), rest);
    assert_eq!(elsewhere.uri, "http://mock:1/x/model/amazon.nova-lite-v1%3A0/converse");
    let sdk = native("aws-bedrock", Some("http://mock:1"), "model/a/converse-stream");
    assert!(sdk.stream);
    let arn = "bedrock-runtime/us-east-1/model/arn%3Aaws%3Abedrock%3Ax%3A1%3Ap%2Fq/converse";
    let arn = native("aws-bedrock", None, arn);
    assert_eq!(arn.model.as_deref(), Some("arn:aws:bedrock:x:1:p/q"));
    for rest in [
        "bedrock-runtime/evil.example/x",
        "bedrock-runtime/us-east-1",
        "bedrock-runtime//x",
        "bedrock-runtime/s3/x",
        "bedrock-runtime/sts/x",
    ] {
        assert!(at("aws-bedrock", None).native(rest, None).is_err(), "{rest}");
    }
    assert_eq!(at("aws-bedrock", None).native("model/a/converse", None), Err(BadNative::NoBaseUrl));
}

#[test]
fn vertex_has_a_host_by_location_and_a_key_for_its_project() {
    let base = Some(
        "https://us-central1-aiplatform.googleapis.com/v1/projects/ours/locations/us-central1",
    );
    let model = "publishers/google/models/gemini-2.5-flash:streamGenerateContent";
    let same = native(
        "google-vertex-ai",
        base,
        &format!("v1/projects/ours/locations/europe-west4/{model}"),
    );
    assert_eq!(
        same.uri,
        *format!(
            "https://europe-west4-aiplatform.googleapis.com/v1/projects/ours/locations/europe-west4/{model}"
        )
    );
    assert_eq!(
        (same.speech, same.model.as_deref()),
        (Some(Format::Gemini), Some("gemini-2.5-flash"))
    );
    assert!(same.keys == KeyUse::Any && same.stream);
    let other = native(
        "google-vertex-ai",
        base,
        &format!("v1beta1/projects/theirs/locations/global/{model}"),
    );
    assert_eq!(other.uri.host(), Some("aiplatform.googleapis.com"));
    assert_eq!(other.keys, KeyUse::CallersOnly);
    let short = native("google-vertex-ai", base, model);
    assert_eq!(short.uri.path(), format!("/v1/projects/ours/locations/us-central1/{model}"));
    assert_eq!(short.keys, KeyUse::Any);
    let mock = native(
        "google-vertex-ai",
        Some("http://mock:1/v1/projects/p/locations/l"),
        "v1/projects/p/locations/l/x",
    );
    assert_eq!(mock.uri, "http://mock:1/v1/projects/p/locations/l/x");
    let evil = at("google-vertex-ai", None).native("v1/projects/p/locations/evil.example/x", None);
    assert!(matches!(evil, Err(BadNative::Place(_))));
}

#[test]
fn the_model_that_bedrock_is_to_invoke_stands_in_the_path() {
    for (rest, stream) in [
        ("bedrock-runtime/eu-west-1/model/eu.anthropic.claude-v1%3A0/invoke", false),
        ("model/eu.anthropic.claude-v1%3A0/invoke-with-response-stream", true),
    ] {
        let native = native("aws-bedrock", Some("http://mock:1"), rest);
        assert_eq!(native.model.as_deref(), Some("eu.anthropic.claude-v1:0"), "{rest}");
        assert_eq!((native.speech, native.stream), (None, stream), "{rest}");
    }
    let elsewhere = native("openai", None, "model/m/invoke");
    assert_eq!(elsewhere.model, None);
}

fn key(secret: &str) -> Key {
    Key { alias: "stored:default".into(), secret: secret.into() }
}

#[test]
fn keys_of_aws_do_not_leave_their_partition() {
    let rest = |region| format!("bedrock-runtime/{region}/model/m/converse");
    let china = "https://bedrock-runtime.cn-north-1.amazonaws.com.cn";
    let world = "https://bedrock-runtime.us-east-1.amazonaws.com";
    for (base, region, keys) in [
        (Some(china), "cn-northwest-1", KeyUse::Any),
        (Some(china), "us-east-1", KeyUse::CallersOnly),
        (Some(world), "cn-north-1", KeyUse::CallersOnly),
        (Some(world), "us-gov-west-1", KeyUse::Any),
        (None, "cn-north-1", KeyUse::CallersOnly),
        (None, "us-east-1", KeyUse::Given),
        (Some("http://mock:1"), "cn-north-1", KeyUse::Any),
    ] {
        assert_eq!(native("aws-bedrock", base, &rest(region)).keys, keys, "{base:?} {region}");
    }
    let there = native("aws-bedrock", None, &rest("cn-north-1"));
    assert_eq!(there.uri.host(), Some("bedrock-runtime.cn-north-1.amazonaws.com.cn"));
    assert!(KeyUse::Given.admits(Some(&key("bedrock-key"))));
    assert!(!KeyUse::Given.admits(None));
}

#[test]
fn without_a_configured_project_only_keys_that_name_it_call_a_project_of_vertex() {
    let service = r#"{"type": "service_account", "project_id": "ours"}"#;
    let user = r#"{"type": "authorized_user", "quota_project_id": "ours"}"#;
    let nameless = r#"{"type": "authorized_user"}"#;
    for base in [None, Some("https://aiplatform.googleapis.com"), Some("http://mock:1")] {
        let may = |project: &str, secret: Option<&str>| {
            let rest = format!("v1/projects/{project}/locations/global/publishers/google/models/g");
            native("google-vertex-ai", base, &rest).keys.admits(secret.map(key).as_ref())
        };
        for named in [service, user, "AIza-api-key"] {
            assert!(may("ours", Some(named)), "{named}");
        }
        for secret in [None, Some(nameless), Some("ya29.token"), Some("{")] {
            assert!(!may("ours", secret), "{secret:?}");
        }
        for secret in [None, Some(service), Some(user), Some(nameless), Some("ya29.token")] {
            assert!(!may("theirs", secret) && !may("our%73", secret), "{secret:?}");
        }
    }
    for rest in ["v1/publishers/google/models/g", "v1/project%73/theirs/locations/global/x"] {
        let keys = native("google-vertex-ai", Some("http://mock:1"), rest).keys;
        assert!(!keys.admits(None) && !keys.admits(Some(&key(service))), "{rest}");
        assert!(keys.admits(Some(&key("AIza-api-key"))));
    }
}

#[test]
fn a_path_that_could_mean_another_one_is_refused() {
    let openai = at("openai", None);
    for rest in [
        "",
        "/",
        "//",
        "a//b",
        "../v2/x",
        "chat/..",
        "chat/%2e%2e/x",
        "chat/.%2E/x",
        "./x",
        "a/..;x/b",
        "%2e%2e%2fx",
        "a%2Fb",
        "a%2fb",
        "a%5cb",
        "a\\b",
        "a%00b",
        "a%0d%0ab",
    ] {
        assert!(matches!(openai.native(rest, None), Err(BadNative::Path(_))), "{rest}");
    }
    for rest in ["models/a.b", "files/...", "models/", "a%20b", "x/%252e%252e"] {
        assert!(openai.native(rest, None).is_ok(), "{rest}");
    }
    let bedrock = at("aws-bedrock", Some("http://mock:1"));
    for rest in [
        "model/a%2F..%2Fb/converse",
        "model/a%2F/converse",
        "model/%2fb/converse",
        "model/a%5c/converse",
    ] {
        assert!(matches!(bedrock.native(rest, None), Err(BadNative::Path(_))), "{rest}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_asked_for_stays_below_the_base_url(rest in "[a-zA-Z0-9/%.;:@?#\\\\ 2ef5c-]{0,40}") {
        let endpoint = Endpoint::custom("custom-x", "https://h.test/base", None, true).expect("good");
        if let Ok(native) = endpoint.native(&rest, None) {
            proptest::prop_assert_eq!(native.uri.authority().map(|it| it.as_str()), Some("h.test"));
            proptest::prop_assert!(native.uri.path().starts_with("/base/"), "{}", native.uri);
        }
    }
}
