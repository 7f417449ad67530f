//! A body for a provider of its own format, without the reasoning of other providers that it brings back.
//!
//! Such reasoning stands in the format's own places ([`carrier`]), where the provider would take it for its own and
//! refuse it. Nothing else of the body is looked at: what the neutral form does not know stays as it is.

use crate::loss::{Losses, OnUnsupported, Refused};
use crate::members::text;
use crate::messages::carrier::{self, Carried};
use crate::request::{Thought, Weight};
use crate::translate::Encoded;
use chat::Format;
use serde_json::{Map, Value, json};

const IN_LOOP: &str =
    "is reasoning of another provider, which this one cannot continue a tool loop from";

/// The body without what is carried, for this model; `None` when it carries nothing and goes as it is.
///
/// # Errors
/// What is carried belongs to an unfinished tool loop, and nothing may be dropped.
pub fn without_carried(
    format: Format,
    body: &[u8],
    model: &str,
    on_unsupported: OnUnsupported,
) -> Result<Option<Encoded>, Refused> {
    // What is not JSON to this reader (nested too deeply, say) is the provider's to refuse.
    let Ok(Value::Object(mut body)) = serde_json::from_slice(body) else { return Ok(None) };
    let mut losses = Losses::default();
    let found = match format {
        Format::Messages => of_messages(&mut body, &mut losses),
        Format::Responses => of_responses(&mut body, &mut losses),
        _ => false,
    };
    if !found {
        return Ok(None);
    }
    body.insert("model".to_owned(), json!(model));
    Encoded::new(Value::Object(body), losses, on_unsupported).map(Some)
}

/// Takes blocks out of turns; a turn of nothing else goes with them, for an empty one is refused.
fn of_messages(body: &mut Map<String, Value>, losses: &mut Losses) -> bool {
    let Some(messages) = body.get_mut("messages").and_then(Value::as_array_mut) else {
        return false;
    };
    let loop_from = messages.iter().rposition(is_said_by_user).map_or(0, |it| it + 1);
    let mut found = false;
    let mut index = 0;
    messages.retain_mut(|message| {
        let (at, in_loop) = (format!("messages[{index}].content"), index >= loop_from);
        index += 1;
        let content = message.get_mut("content").and_then(Value::as_array_mut);
        let Some(blocks) = content else { return true };
        let weight = if in_loop { Some(Weight::Meaning) } else { None };
        let taken = take_out(blocks, &at, losses, |_, it| is_carried_block(it).then_some(weight));
        found |= taken;
        !(taken && blocks.is_empty())
    });
    found
}

/// Takes items out of the input. Words that nobody signed are no more than a hint here, as in translations.
fn of_responses(body: &mut Map<String, Value>, losses: &mut Losses) -> bool {
    let Some(items) = body.get_mut("input").and_then(Value::as_array_mut) else { return false };
    let is_users = |it: &Value| {
        text(it, "role") == Some("user") && text(it, "type").is_none_or(|it| it == "message")
    };
    let loop_from = items.iter().rposition(is_users).map_or(0, |it| it + 1);
    take_out(items, "input", losses, |nth, it| {
        let weight = match carried_item(it)? {
            Carried::Thought(Thought { opaque: None, .. }) => Weight::Hint,
            _ => Weight::Meaning,
        };
        Some((nth >= loop_from).then_some(weight))
    })
}

/// Takes out what is carried. `carried` tells of an element that is what losing it means: nothing out of the unfinished
/// tool loop.
fn take_out(
    list: &mut Vec<Value>,
    at: &str,
    losses: &mut Losses,
    carried: impl Fn(usize, &Value) -> Option<Option<Weight>>,
) -> bool {
    let before = list.len();
    let mut nth = 0;
    list.retain(|it| {
        let found = carried(nth, it);
        match found.flatten() {
            Some(Weight::Meaning) => losses.lose(format!("{at}[{nth}]"), IN_LOOP),
            Some(Weight::Hint) => losses.hint(format!("{at}[{nth}]")),
            None => {}
        }
        nth += 1;
        found.is_none()
    });
    list.len() < before
}

/// Words of the user's own, which end a tool loop; results of tools do not, nor do words beside them.
fn is_said_by_user(message: &Value) -> bool {
    let is_result = |it: &Value| text(it, "type") == Some("tool_result");
    text(message, "role") == Some("user")
        && match message.get("content") {
            Some(Value::Array(blocks)) => !blocks.iter().any(is_result),
            _ => true,
        }
}

fn is_carried_block(block: &Value) -> bool {
    let place = match text(block, "type") {
        Some("thinking") => "signature",
        Some("redacted_thinking") => "data",
        _ => return false,
    };
    text(block, place).and_then(carrier::read).is_some()
}

fn carried_item(item: &Value) -> Option<Carried> {
    let item = Some(item).filter(|it| text(*it, "type") == Some("reasoning"))?;
    text(item, "encrypted_content").and_then(carrier::read)
}
