//! A walk taken again from what it was decided on is the same walk; from something else it is the walk of that.

use crate::gateway::{Request, route};
use crate::graphs::{good_graph, problems};
use proptest::collection::vec;
use proptest::prelude::*;
use route::{Answer, Ask, Decision, Dice, Done, Field, Reads, Route, Seen, Step, Walk, replay};
use serde_json::{Value, json};
use std::collections::HashMap;

const FIELDS: [&str; 5] = ["metadata.n", "body.n", "headers.n", "request.hour", "body.deep[1].n"];

fn field(at: usize) -> &'static str {
    FIELDS.into_iter().cycle().nth(at).expect("a cycle has no end")
}

/// A good graph whose conditions and keys read all kinds of fields.
fn graph() -> impl Strategy<Value = Value> {
    (good_graph(), vec(0..FIELDS.len(), 30)).prop_map(|(mut graph, fields)| {
        let elements = graph.as_array_mut().expect("a list");
        for (element, at) in elements.iter_mut().zip(fields) {
            let Some(properties) = element.get_mut("properties") else { continue };
            if let Some(Value::Object(conditions)) = properties.get_mut("conditions") {
                let test = conditions.remove("metadata.n").unwrap_or_default();
                let other = json!({ field(at + 1): {"$exists": true} });
                *conditions = match at % 2 {
                    0 => json!({ field(at): test }),
                    _ => json!({"$or": [{ field(at): test }, other]}),
                }
                .as_object()
                .cloned()
                .expect("an object");
            } else if properties.get("key").is_some() {
                properties["key"] = field(at).into();
            }
        }
        graph
    })
}

/// What a request has of each field.
fn request() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let value = prop_oneof![
        (0_i64..100).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        "[0-9a-c]{0,2}".prop_map(Value::from),
        Just(Value::Null),
        Just(json!({"a": [1, "x"]})),
    ];
    vec(prop::option::weighted(0.8, value), FIELDS.len()).prop_map(|values| {
        FIELDS.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
    })
}

/// A walk, and what it was decided on.
struct Walked {
    steps: Vec<Step>,
    done: Done,
    decision: Decision,
}

fn walked(
    route: &Route,
    (request, seed): (&[(&str, Value)], u64),
    answers: &[bool],
    keeps: fn(&Field) -> bool,
) -> Walked {
    let facts = Request::of(request);
    let (mut walk, mut dice, mut reads) =
        (Walk::new(route, "r"), Dice::seeded(seed), Reads::default());
    let mut answers = answers.iter().copied().cycle();
    let done = loop {
        if let Ask::Done(done) = walk.ask(&reads.of(&facts), &mut dice) {
            break done;
        }
        walk.answer(if answers.next() == Some(true) { Answer::Success } else { Answer::Fallback });
    };
    let decision = Decision::of(&walk, seed, &reads, keeps);
    let text = serde_json::to_string(&decision).expect("JSON");
    Walked {
        steps: walk.steps().to_vec(),
        done,
        decision: serde_json::from_str(&text).expect("the same"),
    }
}

/// The walk of another request with the answers of the first, by element.
fn direct(route: &Route, request: &Request, decision: &Decision) -> (Vec<Step>, Option<Done>) {
    let answers: HashMap<_, _> =
        decision.answers.iter().map(|it| (&*it.element, it.answer)).collect();
    let (mut walk, mut dice) = (Walk::new(route, "r"), Dice::seeded(decision.seed));
    loop {
        let element = match walk.ask(request, &mut dice) {
            Ask::Done(done) => return (walk.steps().to_vec(), Some(done)),
            Ask::Admit(quota) => quota.element,
            Ask::Call(target) => target.element,
        };
        let Some(answer) = answers.get(route.element_id(element)) else {
            return (walk.steps().to_vec(), None);
        };
        walk.answer(*answer);
    }
}

fn everything(_: &Field) -> bool {
    true
}

fn nothing_of_the_body(field: &Field) -> bool {
    !matches!(field, Field::Body(_))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_decision_takes_the_same_path_again(graph in graph(), request in request(), seed: u64, answers in vec(any::<bool>(), 1..12)) {
        let route = problems(&graph.to_string()).0.expect("a good graph");
        let was = walked(&route, (&request, seed), &answers, everything);
        let again = replay(&route, "r", &was.decision).expect("fields");
        prop_assert_eq!((&again.steps, again.done), (&was.steps, Some(was.done)));
        prop_assert!(again.taken.is_empty() && again.unknown.is_empty(), "{:?}", again);
    }

    #[test]
    fn what_is_withheld_is_taken_from_the_outcome_and_told(graph in graph(), request in request(), seed: u64, answers in vec(any::<bool>(), 1..12)) {
        let route = problems(&graph.to_string()).0.expect("a good graph");
        let was = walked(&route, (&request, seed), &answers, nothing_of_the_body);
        let kept = was.decision.inputs.iter().filter(|it| matches!(it.seen, Seen::Value(_)));
        prop_assert!(kept.into_iter().all(|it| !it.field.starts_with("body.")), "{:?}", was.decision);
        let again = replay(&route, "r", &was.decision).expect("fields");
        prop_assert_eq!((&again.steps, again.done), (&was.steps, Some(was.done)));
        prop_assert_eq!(again.taken.len(), was.decision.outcomes.len());
    }

    #[test]
    fn another_input_takes_the_path_of_that_input(graph in graph(), request in request(), seed: u64, answers in vec(any::<bool>(), 1..12), at: prop::sample::Index, other in 0_i64..100) {
        let route = problems(&graph.to_string()).0.expect("a good graph");
        let was = walked(&route, (&request, seed), &answers, everything);
        let mut decision = was.decision;
        if decision.inputs.is_empty() {
            return Ok(());
        }
        let input = at.get(&decision.inputs).field.clone();
        let changed = decision.inputs.iter_mut().find(|it| it.field == input).expect("it is there");
        changed.seen = Seen::Value(other.into());
        let mut request: Vec<_> = request.into_iter().filter(|(it, _)| *it != input).collect();
        request.push((FIELDS.into_iter().find(|it| *it == input).expect("one of them"), other.into()));
        let again = replay(&route, "r", &decision).expect("fields");
        // What the first walk never looked at is not in its decision, so only a path that stays among its fields can be told.
        if !again.unknown.is_empty() {
            return Ok(());
        }
        prop_assert_eq!((again.steps, again.done), direct(&route, &Request::of(&request), &decision));
    }
}

const ROUTE: &str = r#"[
  {"id": "in", "type": "start", "outputs": {"next": {"elementId": "size"}}},
  {"id": "size", "type": "conditional", "properties": {"conditions": {"body.n": {"$gt": 10}}},
   "outputs": {"true": {"elementId": "big"}, "false": {"elementId": "small"}}},
  {"id": "big", "type": "model", "properties": {"provider": "openai", "model": "gpt"}, "outputs": {"success": {"elementId": "out"}}},
  {"id": "small", "type": "model", "properties": {"provider": "openai", "model": "mini"}, "outputs": {"success": {"elementId": "out"}}},
  {"id": "out", "type": "end", "outputs": {}}
]"#;

fn path(route: &Route, steps: &[Step]) -> Vec<String> {
    steps.iter().map(|it| route.element_id(it.element).to_owned()).collect()
}

#[test]
fn one_changed_input_changes_the_path_where_it_should_and_asks_what_was_never_answered() {
    let route = route(ROUTE);
    let was = walked(&route, (&[("body.n", json!(11))], 7), &[true], everything);
    assert_eq!(path(&route, &was.steps), ["in", "size", "big", "out"]);
    let mut decision = was.decision;
    decision.inputs[0].seen = Seen::Value(json!(12));
    assert_eq!(replay(&route, "r", &decision).unwrap().steps, was.steps);
    decision.inputs[0].seen = Seen::Value(json!(10));
    let again = replay(&route, "r", &decision).unwrap();
    assert_eq!(path(&route, &again.steps), ["in", "size", "small"]);
    assert_eq!(again.done, None, "nobody said what this model answers");
}

#[test]
fn a_decision_is_readable_and_says_what_it_withholds() {
    let route = route(ROUTE);
    let of = |keeps| walked(&route, (&[("body.n", json!(11))], 7), &[true], keeps).decision;
    let json = |it: Decision| serde_json::to_value(it).unwrap();
    assert_eq!(
        json(of(everything)),
        json!({"seed": "7", "inputs": [{"field": "body.n", "value": 11}], "answers": [{"element": "big", "answer": "success"}]})
    );
    assert_eq!(
        json(of(nothing_of_the_body)),
        json!({"seed": "7", "inputs": [{"field": "body.n", "withheld": true}], "answers": [{"element": "big", "answer": "success"}],
               "outcomes": [{"element": "size", "output": "true"}]})
    );
    let missing = walked(&route, (&[], 7), &[true], everything).decision;
    assert_eq!(json(missing)["inputs"], json!([{"field": "body.n", "absent": true}]));
}

#[test]
fn a_long_value_is_withheld_although_it_could_be_kept() {
    let route = route(&ROUTE.replace(r#"{"$gt": 10}"#, r#"{"$startsWith": "x"}"#));
    let long = "x".repeat(route::LONGEST_INPUT + 1);
    let was = walked(&route, (&[("body.n", json!(long))], 7), &[true], everything);
    assert_eq!(was.decision.inputs[0].seen, Seen::Withheld(true));
    assert_eq!(replay(&route, "r", &was.decision).unwrap().steps, was.steps);
}
