//! `docs/problems.md` is in step with the codes, and every one of its examples has the problem it is an example of.

use crate::gateway::Gateway;
use route::{Code, Problem, RouteSpec, Severity, compile};
use std::fmt::Write;

const PAGE: &str = include_str!("../../../../docs/problems.md");

/// One section of the page.
struct Entry {
    code: String,
    severity: String,
    example: String,
}

/// Codes that cannot come alone: a list is only cut when it is long, 201 elements on one line have one id, and a graph without an end has an element that
/// leads nowhere or a circle.
const COME_TOGETHER: &[&str] = &["more_problems", "too_many_elements", "no_end"];

fn entries() -> Vec<Entry> {
    PAGE.split("\n### `").skip(1).map(entry).collect()
}

fn entry(section: &str) -> Entry {
    let (code, rest) = section.split_once('`').expect("a code");
    let (_, rest) = rest.split_once("**").expect("a severity");
    let (severity, rest) = rest.split_once(".**").expect("a severity");
    let (_, rest) = rest.split_once("```json").expect("an example");
    let (info, rest) = rest.split_once('\n').expect("an example");
    let (example, _) = rest.split_once("\n```").expect("an example's end");
    Entry {
        code: code.to_owned(),
        severity: severity.to_lowercase(),
        example: repeated(info, example),
    }
}

/// An example with `repeated N times` behind its fence stands for its only item so many times.
fn repeated(info: &str, example: &str) -> String {
    let Some(times) = info.strip_prefix(" repeated ").and_then(|it| it.strip_suffix(" times"))
    else {
        return example.to_owned();
    };
    let item = example.strip_prefix('[').and_then(|it| it.strip_suffix(']')).expect("an array");
    format!("[{}]", vec![item; times.parse().expect("a number")].join(","))
}

fn problems(elements: &str) -> Vec<Problem> {
    match RouteSpec::parse(elements) {
        Ok(spec) => compile(&spec, &Gateway).problems,
        Err(problems) => problems,
    }
}

#[test]
fn the_page_lists_every_code_once_with_its_severity() {
    let mut listed: Vec<_> = entries().into_iter().map(|it| (it.code, it.severity)).collect();
    let mut codes: Vec<_> = Code::ALL
        .iter()
        .map(|it| (it.as_str().to_owned(), it.severity().as_str().to_owned()))
        .collect();
    listed.sort();
    codes.sort();
    assert_eq!(listed, codes);
}

#[test]
fn every_example_has_the_problem_and_no_error_besides() {
    for Entry { code, example, .. } in entries() {
        let problems = problems(&example);
        assert!(problems.iter().any(|it| it.code.as_str() == code), "{code}: {problems:#?}");
        // a list of problems is only cut when it is long
        let other = |it: &&Problem| it.code.as_str() != code && it.severity() == Severity::Error;
        let others: Vec<_> = problems.iter().filter(other).collect();
        let together = COME_TOGETHER.contains(&&*code);
        assert!(together || others.is_empty(), "{code}: {others:#?}");
    }
}

#[test]
fn every_problem_reads_as_it_did() {
    for Entry { code, example, .. } in entries() {
        let mut told = String::new();
        for it in problems(&example).iter().filter(|it| it.code.as_str() == code).take(3) {
            let element = it.element.as_deref().unwrap_or("-");
            writeln!(
                told,
                "{} {} at {} in {element}",
                it.severity().as_str(),
                it.code.as_str(),
                it.pointer()
            )
            .expect("a String takes all");
            writeln!(told, "  {}", it.message).expect("a String takes all");
        }
        insta::assert_snapshot!(code.as_str(), told);
    }
}

#[test]
fn pointers_escape_what_json_pointers_escape() {
    let found = problems(r#"[{"id":"a","type":"start","outputs":{"a/b~c":{"elementId":5}}}]"#);
    let pointers: Vec<_> = found.iter().map(Problem::pointer).collect();
    assert_eq!(pointers, ["/elements/0/outputs/a~1b~0c/elementId"]);
}

#[test]
fn an_output_without_a_target_is_told_to_lead_nowhere() {
    let elements = r#"[{"id": "in", "type": "start", "outputs": {"next": {"elementId": ""}}}]"#;
    let messages: Vec<_> = problems(elements).into_iter().map(|it| it.message).collect();
    let said = "`next` leads nowhere: name the element that comes next.";
    assert!(messages.iter().any(|it| **it == *said), "{messages:?}");
}
