//! Simulations: what the management API and the command line ask, put to the data plane's own code, and its answer in their words.

use api::{Amount, Assumed, Chosen, Dollars, LimitAsked, ModelAsked, Sample, Simulated, Unsound};
use proxy::simulation::{self, Ground, Limit, Model, Simulation};
use route::LimitType;

/// Walks the route with the request. Takes milliseconds, more with many draws: not for a thread that serves traffic.
pub(crate) fn run(
    ground: &Ground<'_>,
    sample: Sample,
    assumed: &Assumed,
) -> Result<Simulated, Unsound> {
    let sample = simulation::Sample {
        format: sample.format,
        headers: sample.headers,
        body: sample.body,
        token: sample.token,
        at_ms: sample.at_ms,
    };
    let wished = simulation::Assumed {
        seed: assumed.seed,
        outcomes: assumed.outcomes.clone(),
        down: assumed.down.clone(),
        draws: assumed.draws,
    };
    let found = simulation::simulate(ground, &sample, &wished).map_err(unsound)?;
    Ok(told(found, assumed.seed))
}

fn unsound(why: simulation::Unsound) -> Unsound {
    let message = why.to_string();
    let place = match why {
        simulation::Unsound::Request { param: Some(param), .. } if is_header(param) => {
            vec!["request".into(), "headers".into(), param.into()]
        }
        simulation::Unsound::Request { param: Some(param), .. } => {
            vec!["request".into(), "body".into(), param.into()]
        }
        simulation::Unsound::Request { param: None, .. } => vec!["request".into()],
        simulation::Unsound::Outcome { element, .. } => vec!["outcomes".into(), element],
        simulation::Unsound::Down { index, .. } => vec!["down".into(), index.to_string()],
    };
    Unsound { place, message }
}

/// No member of a body has a name like that.
fn is_header(param: &str) -> bool {
    param.contains('-')
}

fn told(it: Simulation, seed: u64) -> Simulated {
    let answer = it.answer.and_then(|at| it.steps.get(at)).and_then(|step| {
        let Model { provider, model, .. } = step.model.clone()?;
        Some(Chosen { element: step.element.clone(), provider, model })
    });
    Simulated {
        version_id: None,
        seed: seed.to_string(),
        answer,
        status: it.status,
        failure: it.failure,
        path: it.steps.into_iter().map(passed).collect(),
        reads: it.reads.into_iter().map(read).collect(),
        estimated_cost: it.cost.map(Dollars),
        distribution: it.distribution.map(distribution),
    }
}

fn read(it: simulation::Look) -> api::Read {
    api::Read {
        field: it.field.to_string(),
        present: it.value.is_some(),
        value: it.value.unwrap_or_default(),
    }
}

fn passed(it: simulation::Passed) -> api::Passed {
    api::Passed {
        element: it.element,
        kind: it.kind,
        outcome: it.outcome,
        to: it.to,
        decided_by: it.by.as_str(),
        reads: it.reads.iter().map(ToString::to_string).collect(),
        limit: it.limit.map(limit),
        model: it.model.map(model),
    }
}

fn limit(it: Limit) -> LimitAsked {
    let (counts, amount): (_, fn(u64) -> Amount) = match it.counts {
        LimitType::Count => ("count", Amount::Count),
        LimitType::Cost => ("cost", |it| Amount::Cost(Dollars(it))),
    };
    LimitAsked { counts, limit: amount(it.limit), window: it.window_s, takes: amount(it.takes) }
}

fn model(it: Model) -> ModelAsked {
    ModelAsked {
        provider: it.provider,
        model: it.model,
        format: it.format.map(chat::Format::name),
        input_tokens: it.input_tokens,
        output_tokens: it.output_tokens,
        estimated_cost: it.cost.map(Dollars),
        failure: it.failure,
    }
}

fn distribution(it: simulation::Distribution) -> api::Distribution {
    let edge = |it: simulation::Edge| api::Edge {
        element: it.element,
        output: it.output,
        to: it.to,
        count: it.count,
    };
    let share = |it: simulation::Share| api::Share {
        element: it.element,
        provider: it.provider,
        model: it.model,
        count: it.count,
    };
    api::Distribution {
        draws: it.draws,
        edges: it.edges.into_iter().map(edge).collect(),
        models: it.models.into_iter().map(share).collect(),
        unanswered: it.unanswered,
    }
}
