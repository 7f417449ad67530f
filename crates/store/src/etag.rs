//! Strong entity tags and the evaluation of `If-Match` and of `If-None-Match: *` (RFC 9110, 13.1.1 and 13.1.2).

use crate::error::{Error, Result};
use crate::store::Micros;

#[cfg(test)]
mod tests;

/// The entity tag of something whose `modified_at` grows with every change.
pub(crate) fn of(modified_at: Micros) -> String {
    format!("\"{modified_at:x}\"")
}

/// Refuses with [`Error::Stale`] unless the condition is absent or true for what is there now.
pub(crate) fn check(if_match: Option<&str>, current: Option<Micros>) -> Result<()> {
    let Some(condition) = if_match else { return Ok(()) };
    let etag = current.map(of);
    if etag.as_deref().is_some_and(|etag| matches(condition, etag)) {
        return Ok(());
    }
    Err(Error::Stale { etag: etag.unwrap_or_default() })
}

/// Refuses with [`Error::Stale`] when something is there: `If-None-Match: *`.
pub(crate) fn check_absent(current: Option<Micros>) -> Result<()> {
    current.map_or(Ok(()), |it| Err(Error::Stale { etag: of(it) }))
}

/// Whether the list names the tag. Weak tags never match; what is not a list of tags matches nothing.
fn matches(condition: &str, etag: &str) -> bool {
    let mut rest = condition.trim();
    if rest == "*" {
        return true;
    }
    while !rest.is_empty() {
        let weak = rest.starts_with("W/");
        let tag = rest.strip_prefix("W/").unwrap_or(rest);
        let Some((value, after)) = tag.strip_prefix('"').and_then(|it| it.split_once('"')) else {
            return false;
        };
        if !weak && etag.trim_matches('"') == value {
            return true;
        }
        rest = after.trim_start_matches([',', ' ', '\t']);
    }
    false
}
