//! Tests of the shipped catalogue: it parses, models are found as stated, figures are the source's.

use super::{Catalogue, Changed, DATA, Model};
use crate::{Capabilities, Feature, Mode, Price};
use chat::Usage;

fn model(provider: &str, id: &str) -> Option<Model> {
    Catalogue::shipped().model(provider, id)
}

#[test]
fn the_shipped_file_is_small_and_complete() {
    assert!(DATA.len() <= 300_000, "{} bytes", DATA.len());
    let shipped = Catalogue::shipped();
    let models = || shipped.models.values().flat_map(|it| it.values());
    assert!(models().count() > 500);
    assert!(models().filter(|it| it.price.is_some()).count() * 10 > models().count() * 9);
    let said = models().filter(|it| it.capabilities != Capabilities::default());
    assert!(said.count() * 2 > models().count());
    assert!(models().all(|it| it.long.is_none() || it.price.is_some()));
}

#[test]
fn the_version_names_source_and_date() {
    let shipped = Catalogue::shipped();
    let version = shipped.version();
    assert!(version.starts_with("litellm 1.") && version.ends_with(')'), "{version}");
}

#[test]
fn a_model_has_the_figures_of_its_source() {
    let found = model("openai", "gpt-4o").expect("known");
    let price = Price { cache_read: 1_250_000, ..Price::flat(2_500_000, 10_000_000) };
    assert_eq!(
        (found.price, found.max_output_tokens, found.context),
        (Some(price), Some(16_384), Some(128_000))
    );
}

#[test]
fn models_are_found_by_id_qualified_id_and_without_their_date() {
    let known = model("openai", "gpt-4o");
    assert!(known.is_some());
    assert_eq!(model("openai", "openai/gpt-4o"), known);
    assert_eq!(model("openai", "gpt-4o-2031-01-31"), known);
    assert_eq!(model("openai", "gpt-4o-20310131"), known);
    assert_eq!(model("openai", "openai/gpt-4o-2031-01-31"), known);
    assert_eq!(model("fireworks", "accounts/fireworks/models/no-such-model"), None);
    assert!(model("workers-ai", "@cf/meta/llama-3.2-3b-instruct").is_some());
    let grok = model("grok", "grok-4.20");
    assert!(grok.is_some());
    assert_eq!(model("xai", "grok-4.20"), grok, "by alias");
}

#[test]
fn models_are_found_as_clouds_name_them() {
    for (provider, id) in [
        ("google-vertex-ai", "gemini-2.5-pro"),
        ("google-vertex-ai", "google/gemini-2.5-pro"),
        ("google-ai-studio", "gemini-2.5-pro"),
        ("aws-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("aws-bedrock", "apac.amazon.nova-pro-v1:0"),
        ("anthropic", "claude-sonnet-4-5-20250929"),
        ("azure-openai", "gpt-4o"),
        ("cohere", "command-a-03-2025"),
    ] {
        assert!(model(provider, id).is_some_and(|it| it.price.is_some()), "{provider}/{id}");
    }
}

#[test]
fn a_model_can_what_its_source_says_and_nothing_is_made_up() {
    let can = |provider, id, feature| model(provider, id).expect("known").capabilities.has(feature);
    assert_eq!(can("openai", "gpt-4o", Feature::Tools), Some(true));
    assert_eq!(can("openai", "gpt-4o", Feature::Images), Some(true));
    assert_eq!(can("openai", "gpt-4o", Feature::AudioInput), None, "not mentioned");
    assert_eq!(can("openai", "o3-deep-research", Feature::Tools), Some(false));
    assert_eq!(can("openai", "o3-deep-research", Feature::JsonSchema), Some(false));
    assert_eq!(can("deepseek", "deepseek-reasoner", Feature::Tools), Some(false));
    assert_eq!(model("openai", "no-such-model"), None);
}

#[test]
fn models_that_do_not_chat_are_known_as_such() {
    let mode = |id| model("openai", id).expect("known").mode;
    assert_eq!(mode("text-embedding-3-small"), Some(Mode::Embeddings));
    assert_eq!(mode("o3-deep-research"), Some(Mode::Responses));
    assert_eq!(mode("gpt-4o"), None, "the list does not say what goes without saying");
    let price = model("openai", "text-embedding-3-small").and_then(|it| it.price);
    assert_eq!(price, Some(Price::flat(20_000, 0)));
}

#[test]
fn what_is_not_known_has_no_price() {
    for (provider, id) in [
        ("openai", "no-such-model"),
        ("nobody", "gpt-4o"),
        ("ollama", "llama3.2"),
        ("openrouter", "openai/gpt-4o"),
        ("openai", ""),
    ] {
        assert_eq!(model(provider, id), None, "{provider} {id}");
    }
}

#[test]
fn echo_is_free() {
    assert_eq!(model("echo", "echo").and_then(|it| it.price), Some(Price::FREE));
    assert_eq!(
        model("echo", "anything").and_then(|it| it.cost(&Usage { input: 5, ..Usage::default() })),
        Some(0)
    );
}

#[test]
fn a_long_prompt_has_its_own_price() {
    let found = model("openai", "gpt-5.6").expect("known");
    let (short, long) = (found.price.expect("a price"), found.long.expect("a second price"));
    assert_eq!((short.input, long.price.input, long.above), (4_000_000, 8_000_000, 272_000));
    assert_eq!(found.price_at(272_000), Some(short));
    assert_eq!(found.price_at(272_001), Some(long.price));
    let usage = Usage { input: 1, cache_read: 272_000, output: 2, ..Usage::default() };
    assert_eq!(found.cost(&usage), Some((8_000_000 + 272_000 * 800_000 + 2 * 30_000_000) / 1000));
}

#[test]
fn models_are_listed_in_order() {
    let shipped = Catalogue::shipped();
    let models = |it| shipped.models(it);
    let found = models("groq");
    assert!(found.is_sorted() && !found.is_empty());
    assert!(found.iter().all(|it| model("groq", it).is_some()));
    assert_eq!(models("echo"), ["echo", "echo-slow", "echo-fail"]);
    assert!(models("nobody").is_empty() && models("vllm").is_empty());
}

/// A file with these models of openai.
fn file(models: &str) -> String {
    format!(r#"{{"source": "mine", "date": "2026-11-25", "models": {{"openai": {models}}}}}"#)
}

fn parse(models: &str) -> Catalogue {
    Catalogue::parse(file(models).as_bytes()).expect("a price file")
}

#[test]
fn a_list_is_laid_over_the_shipped_one() {
    let mine = parse(
        r#"{"gpt-4o": {"price": {"input": "1e-06", "output": 0.000002}}, "gpt-4o-mini": {}}"#,
    );
    let all = mine.over(Catalogue::shipped());
    let (found, version) = all.find("openai", "gpt-4o").expect("known");
    assert_eq!(found.price, Some(Price::flat(1_000_000, 2_000_000)));
    assert_eq!(&**version, "mine (2026-11-25)");
    assert_eq!(all.model("openai", "gpt-4o-mini").expect("known").price, None, "taken away");
    let (found, version) = all.find("openai", "gpt-5.6").expect("known");
    assert!(found.price.is_some());
    assert_eq!(version, Catalogue::shipped().version());
    assert!(all.models("openai").contains(&"gpt-5.6") && all.providers().contains(&"groq"));
}

#[test]
fn a_list_says_what_models_can_and_leaves_the_rest_to_the_one_below() {
    let mine = parse(
        r#"{"gpt-4o": {"cannot": ["images"], "can": ["audio_input"]}, "new": {"mode": "embeddings", "cannot": ["tools"]}}"#,
    );
    let all = mine.over(Catalogue::shipped());
    let gpt = all.model("openai", "gpt-4o").expect("known").capabilities;
    assert_eq!(gpt.has(Feature::Images), Some(false), "the operator's word");
    assert_eq!(gpt.has(Feature::AudioInput), Some(true));
    assert_eq!(gpt.has(Feature::Tools), Some(true), "the shipped list's word");
    let new = all.model("openai", "new").expect("known");
    assert_eq!(new.mode, Some(Mode::Embeddings));
    assert_eq!(new.capabilities, Capabilities::default().with(Feature::Tools, false));
}

#[test]
fn abilities_that_mean_nothing_are_problems() {
    let text = file(
        r#"{"a": {"can": ["magic"], "cannot": "tools", "mode": "dance"}, "b": {"can": ["tools"], "cannot": ["tools", 3]}}"#,
    );
    let problems = Catalogue::parse(text.as_bytes()).expect_err("problems");
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_list_may_name_a_provider_by_its_slug_and_custom_ones_too() {
    let text = r#"{"source": "mine", "date": "1", "models": {"grok": {"g": {"price": {"input": 1e-6, "output": 1e-6}}}, "custom-lab": {"m": {"price": {"input": 0, "output": 0}}}}}"#;
    let list = Catalogue::parse(text.as_bytes()).expect("a price file");
    assert!(list.model("xai", "g").is_some() && list.model("custom-lab", "m").is_some());
}

#[test]
fn every_problem_of_a_file_is_told_with_its_place() {
    let text = r#"{"source": "", "models": {"openai": {"a/b": {"price": {"input": -1, "output": "2", "cach_read": 1}, "context": 0}, "c": 3}}, "extra": 1}"#;
    let problems = Catalogue::parse(text.as_bytes()).expect_err("problems");
    let places: Vec<_> = problems.iter().map(|it| it.pointer.as_str()).collect();
    assert_eq!(
        places,
        [
            "/extra",
            "/source",
            "/date",
            "/models/openai/a~1b/price/cach_read",
            "/models/openai/a~1b/price/input",
            "/models/openai/a~1b/price/output",
            "/models/openai/a~1b/context",
            "/models/openai/c",
        ]
    );
    for text in ["", "[]", "{\"models\":3}", "nonsense"] {
        assert!(Catalogue::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn changes_are_listed_and_a_jump_of_more_than_20_is_marked() {
    let old = parse(
        r#"{"same": {"price": {"input": 1e-6, "output": 1e-6}}, "up": {"price": {"input": 1e-6, "output": 1e-6}}, "gone": {"price": {"input": 1e-6, "output": 1e-6}}, "down": {"price": {"input": 1e-6, "output": 1e-6}}}"#,
    );
    let new = parse(
        r#"{"same": {"price": {"input": 1e-6, "output": 1e-6}}, "up": {"price": {"input": 2e-5, "output": 1e-6}}, "gone": {}, "down": {"price": {"input": 4.9e-8, "output": 1e-6}}, "new": {"price": {"input": 1, "output": 1}}}"#,
    );
    let changes = new.changes(&old);
    let told: Vec<_> = changes.iter().map(|it| (it.model.as_str(), it.jumps)).collect();
    assert_eq!(told, [("down", true), ("gone", false), ("new", false), ("up", false)]);
    assert!(matches!(changes[1].changed, Changed::Gone(_)));
    assert!(new.changes(&new).is_empty());
    let free = parse(r#"{"up": {"price": {"input": 0, "output": 0}}}"#);
    assert!(free.changes(&old)[0].jumps, "what cost something is free");
}
