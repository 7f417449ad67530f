//! Usage as each provider sends it, plain and streamed, in the normal form. The folder of a provider holds its wire format as its
//! documentation, its client or a recording has it (`tests/usage/README.md`); `docs/prices.md` says what is read of it.

use providers::StatedCost;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn folder(slug: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/usage").join(slug)
}

/// The classes with something in them, and what the provider says it costs.
fn shown(said: &chat::Reported, states: StatedCost) -> String {
    let usage = serde_json::to_value(said.usage).expect("numbers are JSON");
    let classes = usage.as_object().expect("an object").iter();
    let mut text = String::new();
    for (class, tokens) in classes.filter(|(_, tokens)| tokens.as_u64() != Some(0)) {
        write!(text, "{class} {tokens}, ").expect("text");
    }
    let sides = (said.usage.tokens_in(), said.usage.tokens_out());
    write!(text, "in {} and out {}", sides.0, sides.1).expect("text");
    if let Some(nano) = states.of(&said.stated) {
        write!(text, ", stated {nano} nano-dollars").expect("text");
    }
    assert!(said.consistent, "{text}");
    text
}

fn plain(slug: &str) -> chat::Reported {
    let body = std::fs::read(folder(slug).join("plain.json"));
    let body = body.unwrap_or_else(|error| panic!("{slug} has no plain.json: {error}"));
    match chat::reply(&body) {
        chat::Reply::Good { usage: Some(usage), .. } => usage,
        other => panic!("{slug}: {other:?}"),
    }
}

/// The usage of a stream that counts, as in the gateway.
fn stream(slug: &str) -> chat::Reported {
    let text = std::fs::read(folder(slug).join("stream.sse"));
    let text = text.unwrap_or_else(|error| panic!("{slug} has no stream.sse: {error}"));
    let (mut last, mut finished) = (None, false);
    let mut events = chat::Events::default();
    let mut each = |event: chat::Event<'_>| {
        let chunk = chat::chunk(&event.data);
        assert!(!chunk.malformed, "{slug}");
        finished |= chunk.finished;
        last = chat::Reported::latest(last, chunk.usage);
    };
    events.push(&text, &mut each).expect("small events");
    assert!(finished, "{slug} does not end");
    last.unwrap_or_else(|| panic!("{slug} has no usage in its stream"))
}

/// The usage of other formats is tested where they are read.
fn speaks_chat_first(row: &providers::Provider) -> bool {
    row.speaks.first().is_some_and(|it| it.format == chat::Format::Chat)
}

#[test]
fn every_provider_of_chat_completions_has_its_usage_in_the_normal_form_plain_and_streamed() {
    let mut text = String::new();
    for row in providers::table().iter().filter(|it| speaks_chat_first(it)) {
        let slug = row.slug;
        writeln!(text, "{slug} plain: {}", shown(&plain(slug), row.stated_cost)).expect("text");
        writeln!(text, "{slug} stream: {}", shown(&stream(slug), row.stated_cost)).expect("text");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn every_folder_is_that_of_a_provider() {
    let folders = std::fs::read_dir(folder("")).expect("the folder");
    for folder in folders.flatten().filter(|it| it.path().is_dir()) {
        let name = folder.file_name().into_string().expect("a name");
        assert!(providers::table().iter().any(|it| it.slug == name), "{name}");
    }
}
