//! What a request pays for its route: a walk of 20 elements, finding a route and walking it, and what a save pays for compiling 200 elements.
//!
//! `cargo bench -p route`

use criterion::{Criterion, criterion_group, criterion_main};
use route::{
    Answer, Ask, Dice, Facts, Field, Known, ProviderState, Route, RouteSpec, Value, Walk, compile,
};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hint::black_box;

/// A gateway that has everything.
struct Everything;

impl Known for Everything {
    fn provider(&self, _: &str) -> ProviderState {
        ProviderState::Ready
    }

    fn has_price(&self, _: &str, _: &str) -> bool {
        true
    }

    fn has_model(&self, _: &str, _: &str) -> bool {
        true
    }
}

/// A request with the user's metadata and a small body.
struct Request;

const BODY: &[u8] = br#"{"model":"dynamic/x","temperature":0.5,"messages":[{"role":"user","content":"Hello there"}],"user":"u1"}"#;

impl Facts for Request {
    fn get(&self, field: &Field) -> Option<Value<'_>> {
        match field {
            Field::Metadata(_) => Some(Value::Text(Cow::Borrowed("user-1234"))),
            Field::Body(path) => path.find(BODY),
            Field::Header(_) => Some(Value::Text(Cow::Borrowed("7"))),
            Field::Request(_) => Some(Value::Number(5.into())),
        }
    }
}

/// A chain of `length` elements through all types: conditions on metadata, headers and the body, random and sticky splits, limits, and models that fail.
fn chain(length: usize) -> String {
    let mut text =
        String::from(r#"[{"id":"e0","type":"start","outputs":{"next":{"elementId":"e1"}}}"#);
    for at in 1..length - 1 {
        let next = format!(r#"{{"elementId":"e{}"}}"#, at + 1);
        let element = match at % 6 {
            0 => format!(
                r#""conditional","properties":{{"conditions":{{"metadata.user":{{"$startsWith":"user"}},"headers.x-tier":{{"$gte":5}}}}}},"outputs":{{"true":{next},"false":{next}}}"#
            ),
            1 => format!(
                r#""percentage","properties":{{"key":"metadata.user"}},"outputs":{{"10%:a":{next},"40%:b":{next},"else":{next}}}"#
            ),
            2 => format!(
                r#""rate","properties":{{"key":"metadata.user","limit":100,"limitType":"count","window":60}},"outputs":{{"success":{next},"fallback":{next}}}"#
            ),
            3 => format!(
                r#""model","properties":{{"provider":"openai","model":"gpt"}},"outputs":{{"success":{next},"fallback":{next}}}"#
            ),
            4 => format!(
                r#""conditional","properties":{{"conditions":{{"body.messages[0].role":"user"}}}},"outputs":{{"true":{next},"false":{next}}}"#
            ),
            _ => format!(r#""percentage","outputs":{{"50%:a":{next},"50%:b":{next}}}"#),
        };
        text.push_str(&format!(r#",{{"id":"e{at}","type":{element}}}"#));
    }
    text + &format!(r#",{{"id":"e{}","type":"end"}}]"#, length - 1)
}

fn made(length: usize) -> Route {
    let spec = RouteSpec::parse(&chain(length)).expect("a graph");
    compile(&spec, &Everything).route.expect("a good graph")
}

fn walk(route: &Route) -> usize {
    let mut dice = Dice::seeded(7);
    let mut walk = Walk::new(route, "0197a1f0-0000-7000-8000-000000000000");
    loop {
        match walk.ask(&Request, &mut dice) {
            Ask::Admit(_) => walk.answer(Answer::Success),
            Ask::Call(_) => walk.answer(Answer::Fallback),
            Ask::Done(_) => return walk.steps().len(),
        }
    }
}

fn benches(c: &mut Criterion) {
    let route = made(20);
    assert_eq!(walk(&route), 20, "every element is walked");
    c.bench_function("walk of 20 elements", |b| b.iter(|| walk(black_box(&route))));

    let catalog: HashMap<String, Route> =
        (0..50).map(|at| (format!("route-{at}"), made(20))).collect();
    let names: Vec<String> = (0..50).map(|at| format!("route-{}", at * 7 % 50)).collect();
    let mut turns = names.iter().cycle();
    c.bench_function("find one of 50 routes (1000 elements) and walk it", |b| {
        b.iter(|| turns.next().and_then(|it| catalog.get(black_box(it.as_str()))).map(walk));
    });

    let text = chain(200);
    c.bench_function("parse 200 elements", |b| b.iter(|| RouteSpec::parse(black_box(&text))));
    let spec = RouteSpec::parse(&text).expect("a graph");
    c.bench_function("compile 200 elements", |b| b.iter(|| compile(black_box(&spec), &Everything)));
}

criterion_group!(walks, benches);
criterion_main!(walks);
