//! Tests of the table: each row can be used, and none is there twice.

use crate::{Auth, BadEndpoint, Endpoint, OnDisconnect, Provider, StatedCost, find, table};
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
fn every_row_speaks_in_routes_or_says_why_not() {
    for row in table() {
        assert_eq!(row.speaks.is_empty(), !row.not_in_routes.is_empty(), "{}", row.slug);
        let mut formats = HashSet::new();
        assert!(row.speaks.iter().all(|it| formats.insert(it.format)), "{}", row.slug);
        let paths = row.speaks.iter().flat_map(|it| [Some(it.path), it.stream_path]).flatten();
        assert!(paths.clone().all(|it| it.starts_with('/')), "{}", row.slug);
    }
}

#[test]
fn every_row_gives_an_endpoint_or_needs_a_base_url() {
    for row in table() {
        let endpoint = Endpoint::new(row, None, None);
        if row.base_url.is_empty() {
            assert_eq!(endpoint.map(drop), Err(BadEndpoint::NoBaseUrl(row.slug.into())));
            continue;
        }
        let endpoint = endpoint.expect("an endpoint");
        assert!(!endpoint.public_only);
        let ways = endpoint.ways("m");
        assert_eq!(ways.len(), row.speaks.len(), "{}", row.slug);
        for (way, speech) in ways.iter().zip(row.speaks) {
            assert_eq!(way.format, speech.format);
            assert!(way.plain.to_string().starts_with(row.base_url), "{}", row.slug);
        }
    }
}

#[test]
fn header_names_are_in_lower_case() {
    let plain = |it: &str| {
        !it.is_empty()
            && it.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    for row in table() {
        assert!(row.forwards.iter().all(|it| plain(it)), "{}", row.slug);
        assert!(row.wants.iter().all(|(it, value)| plain(it) && !value.is_empty()), "{}", row.slug);
        assert!(row.returns.iter().all(|it| plain(it.trim_end_matches('*'))), "{}", row.slug);
        if let Auth::Header(name) = row.auth {
            assert!(plain(name), "{}", row.slug);
        }
    }
}

#[test]
fn only_local_providers_use_plain_http_and_need_no_key() {
    for row in table().iter().filter(|it| !it.base_url.is_empty()) {
        assert_eq!(row.base_url.starts_with("http://"), row.keyless, "{}", row.slug);
        assert!(!row.base_url.ends_with('/'), "{}", row.slug);
        assert_eq!(row.auth == Auth::None, row.built_in, "{}", row.slug);
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
    let (spoken, own) = text.split_once("## Own paths").expect("two tables");
    for row in table() {
        let line = |text: &'static str| {
            let slug = format!("`{}`", row.slug);
            text.lines().find(|it| it.starts_with('|') && it.contains(&slug))
        };
        let is_spoken = !row.speaks.is_empty();
        let line = line(if is_spoken { spoken } else { own });
        let line = line.unwrap_or_else(|| panic!("{} is missing", row.slug));
        let formats = row.speaks.iter().map(|it| it.format.name());
        for name in row.aliases.iter().chain(row.key_env).copied().chain(formats) {
            assert!(line.contains(&format!("`{name}`")), "{}: {name}", row.slug);
        }
        if !row.built_in && !row.base_url.is_empty() {
            assert!(line.contains(&format!("`{}`", row.base_url)), "{}", row.slug);
        }
        if is_spoken {
            assert_eq!(line.contains("asked for"), row.speaks[0].include_usage, "{}", row.slug);
            let stops = row.on_disconnect == OnDisconnect::StopsBilling;
            assert_eq!(line.contains("stops billing"), stops, "{}", row.slug);
            let states = row.stated_cost != StatedCost::Nowhere;
            assert_eq!(line.contains("`usage.cost"), states, "{}", row.slug);
        }
    }
}
