//! Tests of the table: each row can be used, and none is there twice.

use crate::{
    Auth, BadEndpoint, Dialect, Endpoint, OnDisconnect, Provider, StatedCost, find, table,
};
use std::collections::HashSet;

#[test]
fn no_name_is_given_twice() {
    let mut names = HashSet::new();
    for row in table() {
        for name in std::iter::once(&row.slug).chain(row.aliases) {
            assert!(names.insert(*name), "{name}");
            assert_eq!(find(name).map(|it| it.slug), Some(row.slug));
            let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
            assert!(!name.is_empty() && name.chars().all(plain), "{name}");
            assert!(!name.starts_with("custom"), "{name} belongs to custom providers");
        }
    }
    assert!(find("nobody").is_none());
}

#[test]
fn every_provider_of_the_original_is_known() {
    let slugs = "openai anthropic google-ai-studio google google-vertex-ai google-vertex workers-ai groq mistral cohere
        perplexity-ai perplexity grok xai deepseek cerebras baseten parallel azure-openai azure aws-bedrock bedrock openrouter
        fireworks huggingface replicate cartesia deepgram elevenlabs fal ideogram adobe-firefly saladcloud neon alibaba minimax";
    for slug in slugs.split_whitespace() {
        assert!(find(slug).is_some(), "{slug}");
    }
}

#[test]
fn every_row_gives_an_endpoint_or_says_why_not() {
    for row in table() {
        let endpoint = Endpoint::new(row, None, None);
        let slug: Box<str> = row.slug.into();
        match (row.dialect, row.base_url) {
            (Dialect::NotYet(why), _) => {
                assert_eq!(endpoint.map(drop), Err(BadEndpoint::NotYet(slug, why)));
            }
            (_, "") => assert_eq!(endpoint.map(drop), Err(BadEndpoint::NoBaseUrl(slug))),
            (_, base_url) => {
                let endpoint = endpoint.expect("an endpoint");
                assert_eq!(endpoint.chat_uri, *format!("{base_url}/chat/completions"));
                assert!(!endpoint.public_only);
            }
        }
    }
}

#[test]
fn only_local_providers_use_plain_http_and_need_no_key() {
    for row in table().iter().filter(|it| !it.base_url.is_empty()) {
        assert_eq!(row.base_url.starts_with("http://"), row.keyless, "{}", row.slug);
        assert!(!row.base_url.ends_with('/'), "{}", row.slug);
        assert_eq!(row.auth == Auth::None, row.dialect == Dialect::Echo, "{}", row.slug);
        assert!(row.keyless || !row.key_env.is_empty(), "{}", row.slug);
    }
}

#[test]
fn prices_exist_for_every_provider_that_names_them() {
    for row in table().iter().filter(|it| !it.price_name.is_empty()) {
        assert!(!crate::Catalogue::shipped().models(row.slug).is_empty(), "{}", row.slug);
    }
}

#[test]
fn variables_are_named_after_the_slug() {
    assert_eq!(
        Provider::key_variable("google-ai-studio"),
        "POINTSMAN_PROVIDER_GOOGLE_AI_STUDIO_API_KEY"
    );
    assert_eq!(Provider::base_url_variable("openai"), "POINTSMAN_PROVIDER_OPENAI_BASE_URL");
    assert_eq!(
        Provider::base_url_variable("custom-my-llm"),
        "POINTSMAN_PROVIDER_CUSTOM_MY_LLM_BASE_URL"
    );
}

#[test]
fn the_documentation_has_every_row() {
    let text = include_str!("../../../../docs/providers.md");
    let (spoken, not_yet) = text.split_once("## Known, not spoken yet").expect("two tables");
    for row in table() {
        let line = |text: &'static str| {
            let slug = format!("`{}`", row.slug);
            text.lines().find(|it| it.starts_with('|') && it.contains(&slug))
        };
        let is_spoken = !matches!(row.dialect, Dialect::NotYet(_));
        let line = line(if is_spoken { spoken } else { not_yet });
        let line = line.unwrap_or_else(|| panic!("{} is missing", row.slug));
        let names =
            row.aliases.iter().chain(is_spoken.then_some(row.key_env).into_iter().flatten());
        for name in names {
            assert!(line.contains(&format!("`{name}`")), "{}: {name}", row.slug);
        }
        if is_spoken && row.dialect != Dialect::Echo && !row.base_url.is_empty() {
            assert!(line.contains(&format!("`{}`", row.base_url)), "{}", row.slug);
        }
        if is_spoken {
            assert_eq!(line.contains("asked for"), row.include_usage, "{}", row.slug);
            let stops = row.on_disconnect == OnDisconnect::StopsBilling;
            assert_eq!(line.contains("stops billing"), stops, "{}", row.slug);
            let states = row.stated_cost != StatedCost::Nowhere;
            assert_eq!(line.contains("`usage.cost"), states, "{}", row.slug);
        }
    }
}
