//! How long calls of models and whole requests took, as metrics tell it.
use crate::elements::{one_model, with_spare};
use crate::world::World;
use proxy::breaker::{Breakers, Policy};
use std::time::Duration;
use testkit::Script;

const SECOND: Duration = Duration::from_secs(1);

fn tells(world: &World, lines: &[&str]) {
    let text = world.metrics.encode();
    for line in lines {
        assert!(text.lines().any(|it| it == *line), "{line} is not in\n{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_lasts_to_the_last_byte_of_its_answer_and_a_request_as_long_as_its_calls() {
    let scripts = [
        Script::status(500).after(SECOND),
        Script::stream(&["Hel", "lo"]).after(SECOND).paced(SECOND),
    ];
    let elements = with_spare("openai/gpt-5", "openai/made-up-by-a-caller");
    let world = World::playing(scripts).deploy("r", &elements);
    assert_eq!(world.chat("dynamic/r").streamed().send().await.status, 200);
    // The head, and five more pieces: the two texts, the finish reason, usage and the end.
    let (call, request) = ("6.0", "7.0");
    let failed = "{provider=\"openai\",model=\"gpt-5\",operation=\"chat\",cause=\"status\"}";
    let answered = "{provider=\"openai\",model=\"other\",operation=\"chat\",cause=\"ok\"}";
    tells(
        &world,
        &[
            &format!("pointsman_call_duration_seconds_sum{failed} 1.0"),
            &format!("pointsman_call_duration_seconds_count{failed} 1"),
            &format!("pointsman_call_duration_seconds_sum{answered} {call}"),
            &format!("pointsman_served_duration_seconds_sum{answered} {request}"),
            &format!("pointsman_served_duration_seconds_count{answered} 1"),
            "pointsman_time_to_first_token_seconds_count{provider=\"openai\",operation=\"chat\"} 1",
        ],
    );
    assert!(!world.metrics.encode().contains("made-up"), "a caller's word became a label");
}

#[tokio::test(start_paused = true)]
async fn tokens_of_a_call_are_told_by_operation_and_direction() {
    let world = World::friendly().deploy("r", &one_model("openai/gpt-5"));
    world.chat("dynamic/r").send().await;
    world.chat("dynamic/r").send().await;
    let labels = "provider=\"openai\",model=\"gpt-5\",operation=\"chat\"";
    tells(
        &world,
        &[
            &format!("pointsman_call_tokens_count{{{labels},kind=\"input\"}} 2"),
            &format!("pointsman_call_tokens_sum{{{labels},kind=\"input\"}} 10.0"),
            &format!("pointsman_call_tokens_sum{{{labels},kind=\"output\"}} 14.0"),
        ],
    );
}

#[tokio::test(start_paused = true)]
async fn a_model_that_was_only_chosen_was_not_called() {
    let world = World::playing([Script::status(500)]);
    let policy = Policy { failures: 1, open_ms: 10_000 };
    world.change_gateways(|it| proxy::catalog::Gateway {
        breakers: Breakers::new(Some(policy)),
        ..it.clone()
    });
    let world = world.deploy("r", &one_model("openai/gpt-5"));
    for _ in 0..2 {
        assert_eq!(world.chat("dynamic/r").send().await.status, 502);
    }
    let failed = "{provider=\"openai\",model=\"gpt-5\",operation=\"chat\",cause=\"status\"}";
    tells(
        &world,
        &[
            "pointsman_attempts_total{provider=\"openai\",cause=\"breaker\"} 1",
            &format!("pointsman_call_duration_seconds_count{failed} 1"),
            &format!("pointsman_served_duration_seconds_count{failed} 1"),
        ],
    );
    let text = world.metrics.encode();
    assert_eq!(text.matches("_duration_seconds_count{provider").count(), 2, "{text}");
}
