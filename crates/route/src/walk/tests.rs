//! Walks of small routes, answered from a script.

use super::*;
use crate::testing::{NoFacts, Text, route};

const ROUTE: &str = r#"[
  {"id": "in", "type": "start", "outputs": {"next": {"elementId": "paid"}}},
  {"id": "paid", "type": "conditional", "properties": {"conditions": {"metadata.plan": "paid"}},
   "outputs": {"false": {"elementId": "out"}, "true": {"elementId": "cap"}}},
  {"id": "cap", "type": "rate", "properties": {"key": "metadata.user", "limit": 10, "limitType": "count", "window": 60},
   "outputs": {"success": {"elementId": "big"}, "fallback": {"elementId": "small"}}},
  {"id": "big", "type": "model", "properties": {"provider": "openai", "model": "gpt", "timeout": 1000, "retries": 1},
   "outputs": {"fallback": {"elementId": "small"}, "success": {"elementId": "out"}}},
  {"id": "small", "type": "model", "properties": {"provider": "openai", "model": "mini"},
   "outputs": {"success": {"elementId": "out"}}},
  {"id": "out", "type": "end", "outputs": {}}
]"#;

/// Walks with the given answers; the path as `element:output`, and how it ended.
fn walk(plan: &'static str, answers: &[Answer]) -> (Vec<String>, Option<Done>) {
    let route = route(ROUTE);
    let mut walk = Walk::new(&route, "r");
    let mut answers = answers.iter();
    let facts = Text("metadata.plan", plan);
    let done = loop {
        match walk.ask(&facts, &mut Dice::seeded(1)) {
            Ask::Done(done) => break Some(done),
            Ask::Admit(_) | Ask::Call(_) => match answers.next() {
                Some(answer) => walk.answer(*answer),
                None => break None,
            },
        }
    };
    let name = |it: &Step| {
        format!("{}:{}", route.element_id(it.element), it.output_name(&route).unwrap_or("-"))
    };
    (walk.steps().iter().map(name).collect(), done)
}

#[test]
fn a_walk_follows_conditions_and_stops_at_questions() {
    let (path, done) = walk("paid", &[]);
    assert_eq!(path, ["in:next", "paid:true", "cap:-"]);
    assert_eq!(done, None);
}

#[test]
fn a_denied_quota_takes_the_fallback_output() {
    let (path, done) = walk("paid", &[Answer::Fallback, Answer::Success]);
    assert_eq!(path, ["in:next", "paid:true", "cap:fallback", "small:success", "out:-"]);
    assert_eq!(done, Some(Done::End));
}

#[test]
fn a_failed_model_without_fallback_ends_the_walk() {
    let (path, done) = walk("paid", &[Answer::Success, Answer::Fallback, Answer::Fallback]);
    assert_eq!(path, ["in:next", "paid:true", "cap:success", "big:fallback", "small:-"]);
    assert_eq!(done, Some(Done::Failed));
}

#[test]
fn a_condition_that_fails_takes_false() {
    let (path, done) = walk("free", &[]);
    assert_eq!(path, ["in:next", "paid:false", "out:-"]);
    assert_eq!(done, Some(Done::End));
}

#[test]
fn a_denied_quota_without_fallback_ends_the_walk() {
    let text = ROUTE.replace(
        r#", "fallback": {"elementId": "small"}}},
  {"id": "big""#,
        r#"}},
  {"id": "big""#,
    );
    let route = route(&text);
    let mut walk = Walk::new(&route, "r");
    let facts = Text("metadata.plan", "paid");
    assert!(
        matches!(walk.ask(&facts, &mut Dice::seeded(1)), Ask::Admit(quota) if quota.limit == 10)
    );
    walk.answer(Answer::Fallback);
    assert!(matches!(walk.ask(&facts, &mut Dice::seeded(1)), Ask::Done(Done::Limited)));
    assert_eq!(walk.steps().len(), 3);
}

#[test]
fn an_unanswered_question_is_asked_again_and_an_unasked_answer_does_nothing() {
    let route = route(ROUTE);
    let mut walk = Walk::new(&route, "r");
    walk.answer(Answer::Success);
    assert_eq!(walk.steps().len(), 1);
    let facts = Text("metadata.plan", "paid");
    for _ in 0..3 {
        assert!(matches!(walk.ask(&facts, &mut Dice::seeded(1)), Ask::Admit(_)));
    }
    assert_eq!(walk.steps().len(), 3);
    walk.answer(Answer::Success);
    walk.answer(Answer::Success);
    assert!(
        matches!(walk.ask(&facts, &mut Dice::seeded(1)), Ask::Call(target) if &*target.model == "gpt")
    );
}

#[test]
fn a_walk_that_is_over_stays_over() {
    let route = route(ROUTE);
    let mut walk = Walk::new(&route, "r");
    for _ in 0..3 {
        assert!(matches!(walk.ask(&NoFacts, &mut Dice::seeded(1)), Ask::Done(Done::End)));
        walk.answer(Answer::Success);
    }
    assert_eq!(walk.steps().len(), 3);
}

#[test]
fn a_walk_that_is_restarted_goes_again_from_the_start_and_keeps_what_is_forced() {
    let route = route(ROUTE);
    let mut walk = Walk::new(&route, "r");
    assert_eq!(walk.force("paid", "false"), route.find("paid"));
    for _ in 0..2 {
        let done = walk.ask(&NoFacts, &mut Dice::seeded(1));
        assert!(matches!(done, Ask::Done(Done::End)));
        let path: Vec<_> = walk.steps().iter().map(|it| route.element_id(it.element)).collect();
        assert_eq!(path, ["in", "paid", "out"]);
        walk.restart();
        assert_eq!(walk.steps(), [Step { element: 0, output: None }]);
    }
}

#[test]
fn a_walk_can_be_followed_one_element_at_a_time() {
    let route = route(ROUTE);
    let mut walk = Walk::new(&route, "r");
    let (facts, mut dice) = (Text("metadata.plan", "paid"), Dice::seeded(1));
    for passed in [2, 3] {
        assert!(walk.follow(&facts, &mut dice).is_none());
        assert_eq!(walk.steps().len(), passed);
    }
    for _ in 0..2 {
        assert!(matches!(walk.follow(&facts, &mut dice), Some(Ask::Admit(_))));
    }
    assert_eq!(walk.steps().len(), 3);
    let outputs: Vec<_> = route.outputs(2).collect();
    assert_eq!(outputs, [("success", 3), ("fallback", 4)]);
}
