//! The conversation, in turns as the format wants them: alternating, results of tools first.

use super::blocks;
use super::write::Writer;
use crate::request::{Content, Message, Part, Role};
use serde_json::{Value, json};

/// One turn that is written.
struct Turn {
    role: &'static str,
    blocks: Vec<Value>,
    /// The first of the messages it is made of.
    at: String,
}

/// Writes `system` and `messages`.
pub(super) fn write(writer: &mut Writer<'_>) {
    let request = writer.request;
    let mut system = Vec::new();
    for message in request.instructions() {
        system.extend(blocks::texts(writer, message));
    }
    if let Some(value) = content(system) {
        writer.set("system", value);
    }
    let mut turns: Vec<Turn> = Vec::new();
    let loop_from = request.tool_loop_from();
    let all = request.messages.iter().enumerate();
    for (index, message) in all.skip_while(|(_, it)| it.role.is_instruction()) {
        let blocks = of_message(writer, message, index >= loop_from);
        if blocks.is_empty() {
            continue;
        }
        let role = role(message.role);
        match turns.last_mut().filter(|it| it.role == role) {
            Some(turn) => turn.blocks.extend(blocks),
            None => turns.push(Turn { role, blocks, at: message.at.clone() }),
        }
    }
    let messages: Vec<Value> = placed(writer, turns)
        .into_iter()
        .filter_map(|Turn { role, mut blocks, .. }| {
            blocks.sort_by_key(|it| it.get("type") != Some(&json!("tool_result")));
            Some(json!({"role": role, "content": content(blocks)?}))
        })
        .collect();
    writer.set("messages", json!(messages));
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System | Role::Developer => "system",
        Role::User | Role::Tool => "user",
        Role::Assistant => "assistant",
    }
}

fn of_message(writer: &mut Writer<'_>, message: &Message, in_loop: bool) -> Vec<Value> {
    if message.name.is_some() {
        writer.losses.lose(format!("{}.name", message.at), "is not something Anthropic takes");
    }
    match message.role {
        Role::System | Role::Developer => blocks::texts(writer, message),
        Role::User | Role::Tool => {
            let parts = message.parts.iter();
            parts.filter_map(|it| blocks::of_user(writer, it)).collect()
        }
        Role::Assistant => blocks::of_assistant(writer, message, in_loop),
    }
}

/// Leaves out instructions within the conversation where the model or the place does not take them: they stand right
/// after a turn of the user's, and the assistant or nobody speaks next. The turns around one that is left out join.
fn placed(writer: &mut Writer<'_>, turns: Vec<Turn>) -> Vec<Turn> {
    let mut placed: Vec<Turn> = Vec::new();
    let mut turns = turns.into_iter().peekable();
    while let Some(turn) = turns.next() {
        if turn.role == "system" {
            let after_user = placed.last().is_some_and(|it| it.role == "user");
            let before_assistant = turns.peek().is_none_or(|it| it.role == "assistant");
            let why = if !writer.claude.takes_system_within() {
                "is an instruction within the conversation, which only Claude from Opus 4.8 on takes"
            } else if !after_user || !before_assistant {
                "is an instruction where Anthropic takes none: it stands after the user's turn and before the model's"
            } else {
                placed.push(turn);
                continue;
            };
            writer.losses.lose(format!("{}.role", turn.at), why);
            continue;
        }
        match placed.last_mut().filter(|it| it.role == turn.role) {
            Some(last) => last.blocks.extend(turn.blocks),
            None => placed.push(turn),
        }
    }
    placed
}

/// `content`: a string where one plain text is all there is.
pub(super) fn content(mut blocks: Vec<Value>) -> Option<Value> {
    let is_plain = |it: &Value| {
        it.get("type") == Some(&json!("text")) && it.as_object().is_some_and(|it| it.len() == 2)
    };
    match blocks.as_mut_slice() {
        [] => None,
        [only] if is_plain(only) => only.get_mut("text").map(Value::take),
        _ => Some(json!(blocks)),
    }
}

/// Whether a text says nothing: such blocks are refused, and leaving them out changes nothing.
pub(super) fn says_nothing(part: &Part) -> bool {
    matches!(&part.content, Content::Text(text, _) if text.trim().is_empty())
}
