//! Names within narrower rules than the caller's.

use crate::request::{Content, Request};
use std::collections::{HashMap, HashSet};

/// Longest id of a call and longest name of a tool.
const LONGEST: usize = 64;
/// Longest name of a document.
const LONGEST_DOCUMENT: usize = 200;

/// Ids of calls as Converse takes them (`[a-zA-Z0-9_.:-]{1,64}`). One that it takes stays; another one becomes
/// `call_<n>`, the same for the call and its results.
#[derive(Debug, Default)]
pub(super) struct CallIds<'r> {
    changed: HashMap<&'r str, String>,
}

impl<'r> CallIds<'r> {
    pub(super) fn of(request: &'r Request) -> Self {
        let ids =
            || request.messages.iter().flat_map(|it| &it.parts).filter_map(|it| id(&it.content));
        let kept: HashSet<&str> = ids().filter(|it| is_call_id(it)).collect();
        let mut changed = HashMap::new();
        let mut free =
            (0_usize..).map(|n| format!("call_{n}")).filter(|it| !kept.contains(it.as_str()));
        for id in ids().filter(|it| !is_call_id(it)) {
            if !changed.contains_key(id) {
                changed.insert(id, free.next().unwrap_or_default());
            }
        }
        Self { changed }
    }

    pub(super) fn get<'s>(&'s self, id: &'s str) -> &'s str {
        self.changed.get(id).map_or(id, String::as_str)
    }
}

fn id(content: &Content) -> Option<&str> {
    match content {
        Content::ToolCall(call) => Some(&call.id),
        Content::ToolResult(result) => Some(&result.call_id),
        _ => None,
    }
}

fn is_call_id(id: &str) -> bool {
    let allowed = |it: char| it.is_ascii_alphanumeric() || "_.:-".contains(it);
    (1..=LONGEST).contains(&id.len()) && id.chars().all(allowed)
}

/// Whether Converse takes it as a tool's name.
pub(super) fn is_tool_name(name: &str) -> bool {
    let allowed = |it: char| it.is_ascii_alphanumeric() || "_-".contains(it);
    (1..=LONGEST).contains(&name.len()) && name.chars().all(allowed)
}

/// Names of documents: letters, digits, hyphens, brackets and single spaces; each once in a request.
#[derive(Debug, Default)]
pub(super) struct DocumentNames {
    used: HashSet<String>,
}

impl DocumentNames {
    /// The name that Converse takes, and whether it says what the caller's does. The ending that the format repeats is
    /// left out.
    pub(super) fn name(&mut self, given: Option<&str>, format: &str) -> (String, bool) {
        let given = given.unwrap_or_default();
        let stem = given.strip_suffix(format).and_then(|it| it.strip_suffix('.')).unwrap_or(given);
        let mut name = String::new();
        for letter in stem.chars().take(LONGEST_DOCUMENT) {
            let allowed = letter.is_ascii_alphanumeric() || "-()[] ".contains(letter);
            let letter = if allowed { letter } else { '-' };
            if !(letter == ' ' && name.ends_with(' ')) {
                name.push(letter);
            }
        }
        let same = name == stem;
        (self.once(if name.trim().is_empty() { "document".to_owned() } else { name }), same)
    }

    fn once(&mut self, name: String) -> String {
        let short: String = name.chars().take(LONGEST_DOCUMENT - 10).collect();
        let numbered = (2_usize..).map(|n| format!("{short} ({n})"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let unused = names.find(|it| !self.used.contains(it)).unwrap_or(name);
        self.used.insert(unused.clone());
        unused
    }
}
