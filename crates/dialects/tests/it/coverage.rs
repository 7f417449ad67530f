//! Every feature has a case in every format that has it; `docs/providers.md` says what the cases prove.

use crate::cases::{self, Case, TARGETS};
use chat::Format;
use dialects::{Feature, OnUnsupported, Side, Target, decode_request, encode_request};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

const BEGIN: &str = "<!-- begin: made by the tests of `dialects` from its cases -->\n";
const END: &str = "<!-- end -->\n";

/// What a case proves: (tag, format, streamed).
type Proof = (String, Format, bool);

/// Formats a request case reaches without a refusal. Streams carry the same request, which a test of its own says.
fn of_request(case: &Case, proofs: &mut BTreeSet<Proof>) {
    let body = case.read("request.json").expect("request.json");
    let Ok(request) = decode_request(case.from, &body) else { return };
    let target = Target {
        model: "m",
        max_output_tokens: None,
        include_usage: true,
        as_openai: None,
        given_back: chat::GivenBack::Any,
    };
    for to in TARGETS {
        if encode_request(to, &request, &target, OnUnsupported::Refuse).is_ok() {
            for tag in &case.about.tags {
                proofs.insert((tag.clone(), to, false));
                proofs.insert((tag.clone(), to, true));
            }
        }
    }
}

fn of_reply(case: &Case, proofs: &mut BTreeSet<Proof>) {
    for tag in &case.about.tags {
        if case.read("reply.json").is_some() {
            proofs.insert((tag.clone(), case.from, false));
        }
        if case.stream().is_some() {
            proofs.insert((tag.clone(), case.from, true));
        }
    }
}

fn proofs() -> BTreeSet<Proof> {
    let mut proofs = BTreeSet::new();
    cases::all("requests").iter().for_each(|it| of_request(it, &mut proofs));
    cases::all("replies").iter().for_each(|it| of_reply(it, &mut proofs));
    proofs
}

#[test]
fn every_tag_is_a_feature_of_its_side() {
    for (kind, side) in [("requests", Side::Request), ("replies", Side::Reply)] {
        for case in cases::all(kind) {
            for tag in &case.about.tags {
                let known = Feature::ALL.iter().any(|it| it.tag == tag && it.side == side);
                assert!(known, "{}: `{tag}` is no feature of {kind}", case.name());
            }
            assert!(!case.about.source.is_empty(), "{} says no source", case.name());
        }
    }
}

#[test]
fn every_feature_is_proved_in_every_format_that_has_it_plain_and_streamed() {
    let proofs = proofs();
    let mut missing = Vec::new();
    for feature in Feature::ALL {
        for format in feature.formats {
            for streamed in [false, true] {
                if !proofs.contains(&(feature.tag.to_owned(), *format, streamed)) {
                    let how = if streamed { "streamed" } else { "plain" };
                    missing.push(format!("{} in {}, {how}", feature.tag, format.name()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "no case for:\n{}", missing.join("\n"));
}

#[test]
fn what_a_format_does_not_have_is_never_proved() {
    let proofs = proofs();
    for feature in Feature::ALL.iter().filter(|it| it.side == Side::Request) {
        for format in TARGETS.into_iter().filter(|it| !feature.is_in(*it)) {
            let only = cases::all("requests")
                .into_iter()
                .filter(|it| it.about.tags.iter().any(|tag| tag == feature.tag));
            for case in only {
                let mut one = BTreeSet::new();
                of_request(&case, &mut one);
                assert!(
                    !one.contains(&(feature.tag.to_owned(), format, false)),
                    "{} reaches {}, which is said not to have `{}`",
                    case.name(),
                    format.name(),
                    feature.tag
                );
            }
        }
    }
    assert!(!proofs.is_empty());
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the test writes what it would refuse, when it is told to"
)]
fn the_table_of_the_documentation_is_what_the_cases_prove() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/providers.md");
    let text = std::fs::read_to_string(&path).expect("docs/providers.md");
    let (before, rest) = text.split_once(BEGIN).expect("the begin marker");
    let (_, after) = rest.split_once(END).expect("the end marker");
    let made = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
        std::fs::write(&path, &made).expect("docs/providers.md can be written");
    }
    assert!(text == made, "docs/providers.md is stale: run `make accept`");
}

fn table() -> String {
    let proofs = proofs();
    let mut text = String::new();
    for (side, title) in [(Side::Request, "In requests"), (Side::Reply, "In replies and streams")] {
        let names: Vec<&str> = TARGETS.iter().map(|it| it.name()).collect();
        // Writing to a String cannot fail.
        let _ok =
            writeln!(text, "\n| {title} | {} |\n|---|{}", names.join(" | "), "---|".repeat(6));
        for feature in Feature::ALL.iter().filter(|it| it.side == side) {
            let mark = |format: &Format| {
                let proved = proofs.contains(&(feature.tag.to_owned(), *format, false));
                if proved { "yes" } else { "–" }
            };
            let marks: Vec<&str> = TARGETS.iter().map(mark).collect();
            let _ok = writeln!(text, "| {} | {} |", feature.title, marks.join(" | "));
        }
    }
    text.push('\n');
    text
}
