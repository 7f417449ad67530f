//! The body of a request.

use super::block::Blocks;
use super::options::Options;
use super::tools::{Tools, tools};
use super::vendor::Vendor;
use crate::about::Target;
use crate::loss::Losses;
use crate::messages::Claude;
use crate::request::{Request, Role};
use serde_json::{Map, Value, json};

pub(crate) fn write_request(request: &Request, target: &Target<'_>, losses: &mut Losses) -> Value {
    let vendor = Vendor::of(target.model);
    let mut body = Map::new();
    let mut blocks = Blocks::new(request, vendor, losses);
    let system = system(&mut blocks);
    let messages = messages(&mut blocks, Claude::of(target.model));
    if !system.is_empty() {
        body.insert("system".to_owned(), json!(system));
    }
    body.insert("messages".to_owned(), json!(messages));
    let Tools { config, for_claude } = tools(request, vendor, losses);
    body.extend(config.map(|it| ("toolConfig".to_owned(), it)));
    let Options { inference, output, mut additional, own } =
        Options::of(request, (vendor, target), losses);
    additional.extend(for_claude.map(|it| ("tool_choice".to_owned(), it)));
    for (name, members) in [
        ("inferenceConfig", inference),
        ("outputConfig", output),
        ("additionalModelRequestFields", additional),
    ] {
        if !members.is_empty() {
            body.insert(name.to_owned(), Value::Object(members));
        }
    }
    body.extend(own);
    Value::Object(body)
}

/// Instructions at the front.
fn system(blocks: &mut Blocks<'_>) -> Vec<Value> {
    let request = blocks.request;
    request.instructions().flat_map(|it| blocks.of(it)).collect()
}

/// Turns of the user and of the model, which stand in turn, and instructions in between under a role of their own. A
/// turn that says nothing is left out.
fn messages(blocks: &mut Blocks<'_>, claude: Claude) -> Vec<Value> {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    let request = blocks.request;
    for turn in request.turns() {
        let role = match turn.role {
            Role::Assistant => "assistant",
            role if role.is_instruction() => "system",
            _ => "user",
        };
        if role == "system" && claude != Claude::No && !claude.takes_system_within() {
            blocks.must_lead(&turn);
            continue;
        }
        if turns.is_empty() && role == "assistant" {
            blocks.must_not_begin(&turn);
        }
        let content: Vec<Value> = turn.messages.iter().flat_map(|it| blocks.of(it)).collect();
        match turns.last_mut().filter(|(last, _)| *last == role) {
            _ if content.is_empty() => {}
            Some((_, before)) => before.extend(content),
            None => turns.push((role, content)),
        }
    }
    turns.into_iter().map(|(role, content)| json!({ "role": role, "content": content })).collect()
}
