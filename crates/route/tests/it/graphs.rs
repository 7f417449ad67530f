//! What holds of every graph, over graphs that nobody would draw.

use crate::gateway::{Gateway, Request};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use route::{
    Answer, Ask, Compiled, Dice, Done, Problem, Route, RouteSpec, Segment, Severity, Step, Walk,
    compile,
};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Compiles whatever it is.
pub(crate) fn problems(text: &str) -> (Option<Route>, Vec<Problem>) {
    match RouteSpec::parse(text) {
        Ok(spec) => {
            let Compiled { route, problems } = compile(&spec, &Gateway);
            (route, problems)
        }
        Err(problems) => (None, problems),
    }
}

/// Any JSON, with a liking for the words of the language.
fn any_json() -> impl Strategy<Value = Value> {
    let word = select(vec![
        "start",
        "conditional",
        "percentage",
        "rate",
        "model",
        "end",
        "a",
        "b",
        "",
        "count",
        "cost",
        "metadata.x",
        "headers.x",
        "body.x[0].y",
        "request.hour",
        "openai",
        "50%",
        "else",
        "(",
        "$eq",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-2_i64..400).prop_map(Value::from),
        word.prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        4 => select(vec![
            "id", "type", "outputs", "properties", "elementId", "next", "true", "false", "success", "fallback", "50%", "50%:b", "else",
            "conditions", "condition", "key", "limit", "limitType", "window", "interval", "technique", "provider", "model", "timeout",
            "retries", "metadata.a", "headers.b", "body.c", "$and", "$or", "$nor", "$not", "$eq", "$ne", "$gt", "$lte", "$in", "$nin",
            "$exists", "$regex", "$contains", "$startsWith", "$endsWith",
        ])
        .prop_map(str::to_owned),
        1 => ".{0,4}",
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((key.clone(), inner), 0..5).prop_map(|it| Value::Object(it.into_iter().collect())),
        ]
    })
}

/// A good graph of up to 30 elements, each leading only to later ones.
pub(crate) fn good_graph() -> impl Strategy<Value = Value> {
    vec((0_u8..5, any::<u32>(), any::<u32>(), any::<u32>()), 1..28).prop_map(|rows| {
        let end = rows.len() + 1;
        let mut elements =
            vec![json!({"id": "0", "type": "start", "outputs": {"next": to(0, 1, end)}})];
        for (at, (kind, a, b, c)) in rows.into_iter().enumerate() {
            let mut element = element(kind, at + 1, end, [a, b, c]);
            element["id"] = (at + 1).to_string().into();
            elements.push(element);
        }
        elements.push(json!({"id": end.to_string(), "type": "end"}));
        elements.into()
    })
}

fn to(at: usize, choice: u32, end: usize) -> Value {
    let ahead = usize::try_from(choice).expect("32 bits") % (end - at);
    json!({"elementId": (at + 1 + ahead).to_string()})
}

fn element(kind: u8, at: usize, end: usize, [a, b, c]: [u32; 3]) -> Value {
    let to = |choice| to(at, choice, end);
    let mut both = json!({"success": to(a)});
    if c % 3 > 0 {
        both["fallback"] = to(b);
    }
    match kind {
        0 => {
            json!({"type": "conditional", "properties": {"conditions": {"metadata.n": {"$gt": c % 100}}}, "outputs": {"true": to(a), "false": to(b)}})
        }
        1 => {
            json!({"type": "percentage", "outputs": {"33.34%": to(a), "33.33%:b": to(b), "33.33%:c": to(c)}})
        }
        2 => {
            json!({"type": "percentage", "properties": {"key": "metadata.user"}, "outputs": {"10%": to(a), "else": to(b)}})
        }
        3 => {
            json!({"type": "rate", "properties": {"key": "metadata.user", "limit": 1 + c % 9, "limitType": if c % 2 == 0 {"cost"} else {"count"}, "window": 60}, "outputs": both})
        }
        _ => {
            json!({"type": "model", "properties": {"provider": "openai", "model": "gpt"}, "outputs": both})
        }
    }
}

/// Walks to the end, answering from `answers` over and over.
fn walk(route: &Route, seed: u64, answers: &[bool]) -> (Vec<Step>, Done, usize) {
    let request = Request::of(&[("metadata.n", json!(seed % 100)), ("metadata.user", json!(seed))]);
    let mut dice = Dice::seeded(seed);
    let mut walk = Walk::new(route, "r");
    let mut answers = answers.iter().copied().cycle();
    let mut asked = 0;
    loop {
        if let Ask::Done(done) = walk.ask(&request, &mut dice) {
            return (walk.steps().to_vec(), done, asked);
        }
        asked += 1;
        assert!(asked <= route.len(), "more questions than elements");
        walk.answer(if answers.next() == Some(true) { Answer::Success } else { Answer::Fallback });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn compiling_never_panics_whatever_the_json(value in any_json()) {
        problems(&value.to_string());
    }

    #[test]
    fn compiling_never_panics_whatever_the_elements(values in vec(any_json(), 0..6), kinds in vec(0_usize..6, 6)) {
        // what is nearly an element gets further than what is nothing like it
        let names = ["start", "conditional", "percentage", "rate", "model", "end"];
        let elements: Vec<_> = values.into_iter().zip(kinds).enumerate().map(|(at, (value, kind))| {
            json!({"id": at.to_string(), "type": names[kind], "properties": {"conditions": &value, "key": &value, "limit": &value},
                   "outputs": {"next": {"elementId": "0"}}})
        }).collect();
        problems(&Value::from(elements).to_string());
    }

    #[test]
    fn compiling_never_panics_whatever_the_text(text in ".{0,60}") {
        problems(&text);
    }

    #[test]
    fn there_is_a_route_exactly_when_there_is_no_error(mut graph in good_graph(), at in any::<usize>(), junk in any_json(), what in 0_usize..4) {
        let length = graph.as_array().map_or(1, Vec::len);
        match what {
            0 => {}
            1 => graph[at % length]["properties"] = junk,
            2 => graph[at % length]["outputs"]["next"] = json!({"elementId": "1"}),
            _ => graph[at % length]["id"] = json!("1"),
        }
        let (route, problems) = problems(&graph.to_string());
        let errors = problems.iter().filter(|it| it.severity() == Severity::Error).count();
        prop_assert_eq!(route.is_some(), errors == 0, "{:#?}", problems);
        prop_assert!(what > 0 || route.is_some(), "{:#?}", problems);
    }

    #[test]
    fn every_path_leads_to_something_and_every_element_is_named(graph in good_graph(), junk in any_json()) {
        let mut graph = graph;
        graph[0]["properties"] = junk.clone();
        graph[1]["properties"] = junk;
        for problem in problems(&graph.to_string()).1 {
            if let Some(Segment::Index(index)) = problem.path.first() {
                let id = graph[*index]["id"].as_str();
                prop_assert_eq!(problem.element.as_deref(), id);
                let place = format!("/elements/{index}");
                prop_assert!(problem.pointer().starts_with(&place));
            }
            prop_assert!(!problem.message.is_empty());
        }
    }

    #[test]
    fn every_walk_ends_within_the_number_of_elements(graph in good_graph(), seed: u64, answers in vec(any::<bool>(), 1..12)) {
        let route = problems(&graph.to_string()).0.expect("a good graph");
        let (steps, done, _) = walk(&route, seed, &answers);
        prop_assert!(steps.len() <= route.len());
        let distinct: HashSet<_> = steps.iter().map(|it| it.element).collect();
        prop_assert_eq!(distinct.len(), steps.len(), "an element was walked twice");
        let last = steps.last().expect("the start at least");
        let kind = route.element_type(last.element);
        prop_assert_eq!(kind, match done { Done::End => "end", Done::Limited => "rate", Done::Failed => "model" });
        prop_assert_eq!(last.output, None);
        prop_assert!(steps.iter().rev().skip(1).all(|it| it.output_name(&route).is_some()));
    }

    #[test]
    fn the_same_seed_and_answers_give_the_same_path(graph in good_graph(), seed: u64, answers in vec(any::<bool>(), 1..12)) {
        let text = graph.to_string();
        let (one, other) = (problems(&text).0.expect("good"), problems(&text).0.expect("good"));
        prop_assert_eq!(walk(&one, seed, &answers), walk(&other, seed, &answers));
    }

    #[test]
    fn a_hold_is_what_the_dearest_walk_of_all_would_cost(graph in good_graph()) {
        let route = problems(&graph.to_string()).0.expect("a good graph");
        let cost = |element: u16| u64::from(element) * 7 % 31 + 1;
        for quota in route.quotas() {
            let held = route.hold(quota, &mut |it| cost(it.element));
            let start: usize = graph[usize::from(quota.element)]["outputs"]["success"]["elementId"].as_str().and_then(|it| it.parse().ok()).expect("an id");
            prop_assert_eq!(held, dearest(&graph, start, &cost, &mut vec![None; route.len()]));
        }
    }
}

/// The same by plain recursion over the JSON.
fn dearest(
    graph: &Value,
    at: usize,
    cost: &dyn Fn(u16) -> u64,
    known: &mut Vec<Option<u64>>,
) -> u64 {
    if let Some(it) = known[at] {
        return it;
    }
    let element = &graph[at];
    let mut most = 0;
    for (name, output) in element["outputs"].as_object().into_iter().flatten() {
        let to = output["elementId"].as_str().and_then(|it| it.parse().ok()).expect("an id");
        let own = if element["type"] == "model" && name == "success" {
            cost(u16::try_from(at).expect("few"))
        } else {
            0
        };
        most = most.max(own + dearest(graph, to, cost, known));
    }
    known[at] = Some(most);
    most
}

#[test]
fn a_random_split_meets_its_shares() {
    let text = r#"[{"id":"in","type":"start","outputs":{"next":{"elementId":"s"}}},
      {"id":"s","type":"percentage","outputs":{"12.5%":{"elementId":"a"},"50%:b":{"elementId":"a"},"else":{"elementId":"a"}}},
      {"id":"a","type":"end"}]"#;
    let route = problems(text).0.expect("a good graph");
    let mut counts = [0_u32; 3];
    for seed in 0..20_000 {
        let (steps, _, _) = walk(&route, seed, &[true]);
        let name = steps[1].output_name(&route).expect("an output");
        counts[["12.5%", "50%:b", "else"].iter().position(|it| *it == name).expect("a share")] += 1;
    }
    for (count, expected) in counts.into_iter().zip([2_500, 10_000, 7_500]) {
        // four deviations of at most 71
        assert!(count.abs_diff(expected) < 284, "{counts:?}");
    }
}
