//! That walking allocates nothing: counted, not timed.

use crate::gateway::route;
use allocation_counter::measure;
use route::{Answer, Ask, Dice, Facts, Field, Route, Value, Walk};
use std::borrow::Cow;
use std::fmt::Write;

/// A request whose every lookup borrows.
struct Borrowing;

const BODY: &[u8] = br#"{"messages":[{"role":"user","content":"Hello"}],"n":2.5,"user":"anna"}"#;

impl Facts for Borrowing {
    fn get(&self, field: &Field) -> Option<Value<'_>> {
        match field {
            Field::Metadata(_) => Some(Value::Text(Cow::Borrowed("user-7"))),
            Field::Header(_) => Some(Value::Text(Cow::Borrowed("12.5"))),
            Field::Body(path) => path.find(BODY),
            Field::Request(_) => Some(Value::Number(5.into())),
        }
    }
}

/// A route of `length` elements that a walk passes one by one.
fn chain(length: usize) -> Route {
    let mut text =
        String::from(r#"[{"id":"e0","type":"start","outputs":{"next":{"elementId":"e1"}}}"#);
    for at in 1..length - 1 {
        let to = format!(r#"{{"elementId":"e{}"}}"#, at + 1);
        let kind = match at % 5 {
            0 => {
                r#""conditional","properties":{"conditions":{"metadata.user":{"$in":["user-7","b"],"$regex":"^user-[0-9]+$"},
                "headers.x-n":{"$gt":5,"$lt":100},"$or":[{"request.hour":{"$gte":9}},{"metadata.plan":"paid"}]}}"#
            }
            1 => {
                r#""conditional","properties":{"conditions":{"body.messages[0].content":{"$contains":"ell"},"body.n":{"$lt":3},"body.user":{"$ne":"x"}}}"#
            }
            2 => r#""percentage","properties":{"key":"metadata.user"}"#,
            3 => {
                r#""rate","properties":{"key":"metadata.user","limit":5,"limitType":"count","window":60}"#
            }
            _ => r#""model","properties":{"provider":"openai","model":"gpt"}"#,
        };
        let outputs = match at % 5 {
            0 | 1 => format!(r#""true":{to},"false":{to}"#),
            2 => format!(r#""10%:a":{to},"20%:b":{to},"else":{to}"#),
            _ => format!(r#""success":{to},"fallback":{to}"#),
        };
        write!(text, r#",{{"id":"e{at}","type":{kind},"outputs":{{{outputs}}}}}"#)
            .expect("a String takes all");
    }
    write!(text, r#",{{"id":"e{}","type":"end"}}]"#, length - 1).expect("a String takes all");
    route(&text)
}

fn walk(walk: &mut Walk<'_>, dice: &mut Dice) -> usize {
    loop {
        match walk.ask(&Borrowing, dice) {
            Ask::Admit(_) => walk.answer(Answer::Success),
            Ask::Call(_) => walk.answer(Answer::Fallback),
            Ask::Done(_) => return walk.steps().len(),
        }
    }
}

#[test]
fn a_walk_allocates_once_when_made_and_nothing_per_element() {
    let route = chain(20);
    let mut dice = Dice::seeded(9);
    // a pattern makes its scratch space when it is first used by a thread
    assert_eq!(walk(&mut Walk::new(&route, "r"), &mut dice), 20);

    let mut made = None;
    let making = measure(|| made = Some(Walk::new(&route, "r")));
    assert_eq!(making.count_total, 1);

    let mut made = made.expect("it has just been made");
    let mut steps = 0;
    let walking = measure(|| steps = walk(&mut made, &mut dice));
    assert_eq!(steps, 20);
    assert_eq!(walking.count_total, 0);
}

#[test]
fn every_branch_of_these_conditions_was_really_evaluated() {
    let route = chain(20);
    let mut it = Walk::new(&route, "r");
    walk(&mut it, &mut Dice::seeded(9));
    let taken: Vec<_> = it
        .steps()
        .iter()
        .filter(|it| route.element_type(it.element) == "conditional")
        .map(|it| it.output_name(&route).expect("an output"))
        .collect();
    // a condition that fails at its first test would make the other test worthless: `request.hour` is 5 and no plan is paid
    assert_eq!(taken, ["true", "false", "true", "false", "true", "false", "true"]);
}

#[test]
fn a_hold_allocates_one_scratch_vector() {
    let text = r#"[{"id":"in","type":"start","outputs":{"next":{"elementId":"l"}}},
      {"id":"l","type":"rate","properties":{"limit":5,"limitType":"cost","window":60},"outputs":{"success":{"elementId":"m"}}},
      {"id":"m","type":"model","properties":{"provider":"openai","model":"gpt"},"outputs":{"success":{"elementId":"out"}}},
      {"id":"out","type":"end"}]"#;
    let route = route(text);
    let quota = route.quotas().first().expect("a limit");
    let mut held = 0;
    let holding = measure(|| held = route.hold(quota, &mut |_| 3));
    assert_eq!((held, holding.count_total), (3, 1));
}
