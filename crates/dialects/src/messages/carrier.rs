//! Reasoning of other providers, carried through Anthropic's blocks and back.
//!
//! A caller of this format returns `thinking` and `redacted_thinking` blocks unchanged. So whatever only another
//! provider can read travels as such a block's `signature` or `data`, with a prefix that says whose it is:
//! `pointsman:<family>:<marks>:<id>:<data>`. `marks` are `e` (encrypted reasoning, not a signature) and `s` (the text
//! is a summary). A signature of a call (Gemini) has no place in `tool_use`; it travels in a `redacted_thinking`
//! block beside it whose mark is `c` and whose id is the call's, so that its position does not matter.

use crate::request::{Content, Opaque, Part, Thought};
use std::collections::HashMap;

/// Anthropic's own.
pub(super) const FAMILY: &str = "anthropic-claude-v1";

const PREFIX: &str = "pointsman:";
/// What a body has in it that brings some of it back.
pub const CARRIED: &str = "\"pointsman:";

/// What a block carried.
#[derive(Debug, PartialEq)]
pub(crate) enum Carried {
    /// Reasoning, text aside.
    Thought(Thought),
    /// The signature of the call with this id.
    Call(String, Opaque),
}

/// Reasoning of a family that is not Anthropic's, without its text.
pub(crate) fn of_thought(thought: &Thought) -> String {
    let Thought { is_summary, id, opaque, .. } = thought;
    let (family, data, encrypted) = match opaque {
        Some(it) => (it.family.as_str(), it.data.as_str(), it.encrypted),
        None => ("", "", false),
    };
    let mut marks = String::new();
    if encrypted {
        marks.push('e');
    }
    if *is_summary {
        marks.push('s');
    }
    format!("{PREFIX}{family}:{marks}:{}:{data}", escaped(id.as_deref().unwrap_or_default()))
}

/// The signature of a call.
pub(crate) fn of_call(call_id: &str, opaque: &Opaque) -> String {
    format!("{PREFIX}{}:c:{}:{}", opaque.family, escaped(call_id), opaque.data)
}

/// What a `signature` or `data` carries; `None` for Anthropic's own.
pub(crate) fn read(text: &str) -> Option<Carried> {
    let mut parts = text.strip_prefix(PREFIX)?.splitn(4, ':');
    let (family, marks, id, data) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let id = id.replace("%3A", ":").replace("%25", "%");
    let opaque =
        Opaque { family: family.to_owned(), data: data.to_owned(), encrypted: marks.contains('e') };
    if marks.contains('c') {
        return Some(Carried::Call(id, opaque));
    }
    Some(Carried::Thought(Thought {
        text: String::new(),
        is_summary: marks.contains('s'),
        id: Some(id).filter(|it| !it.is_empty()),
        opaque: Some(opaque).filter(|it| !it.family.is_empty()),
    }))
}

/// Gives calls the signatures that travelled beside them, by the calls' ids.
pub(crate) fn sign(parts: &mut dyn Iterator<Item = &mut Part>, signatures: Vec<(String, Opaque)>) {
    let mut by_call: HashMap<String, Opaque> = signatures.into_iter().collect();
    for part in parts {
        if let Content::ToolCall(call) = &mut part.content
            && let Some(opaque) = by_call.remove(&call.id)
        {
            call.opaque = Some(opaque);
        }
    }
}

/// An id without the separator.
fn escaped(id: &str) -> String {
    id.replace('%', "%25").replace(':', "%3A")
}

#[cfg(test)]
mod tests {
    use super::{Carried, of_call, of_thought, read};
    use crate::request::{Opaque, Thought};

    #[test]
    fn what_is_carried_comes_back() {
        let opaque = Opaque {
            family: "google-gemini-v1".to_owned(),
            data: "a:b%3Ac==".to_owned(),
            encrypted: false,
        };
        let call = of_call("call_0_ns:f%3A", &opaque);
        assert_eq!(read(&call), Some(Carried::Call("call_0_ns:f%3A".to_owned(), opaque.clone())));
        for (is_summary, id, opaque) in [
            (true, Some("rs_1".to_owned()), Some(Opaque { encrypted: true, ..opaque.clone() })),
            (false, None, Some(opaque)),
            (false, Some("rs_2".to_owned()), None),
        ] {
            let thought = Thought { text: String::new(), is_summary, id, opaque };
            assert_eq!(read(&of_thought(&thought)), Some(Carried::Thought(thought)));
        }
        assert_eq!(read("EqQBCkYIAhgCIkD"), None);
    }
}
