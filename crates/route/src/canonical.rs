//! The one form of a route in a file: what is equal reads equal, line by line, and nothing that was written is lost.

use crate::json::{self, Json};
use crate::problem::{Problem, Problems};
use std::fmt::Write as _;

/// Columns of a line.
const WIDTH: usize = 100;
/// Levels that are always broken into lines: the file, the list of elements.
const BROKEN: usize = 2;

/// The canonical form of JSON text: two spaces a level, and on one line what fits into 100 columns, but for the outermost two levels. Members
/// stay in their order and numbers as they are written, so that unknown properties survive to the letter.
///
/// # Errors
/// It is not JSON, is nested too deeply, or has a key twice in one object.
pub fn canonical(text: &str) -> Result<String, Vec<Problem>> {
    let mut problems = Problems::default();
    let tree = json::parse(text, &mut problems);
    match tree {
        Some(tree) if !problems.has_errors() => {
            let mut out = String::with_capacity(text.len());
            write(&tree, 0, 0, &mut out);
            out.push('\n');
            Ok(out)
        }
        _ => Err(problems.into_sorted()),
    }
}

/// The value on one line.
pub(crate) fn inline(value: &Json) -> String {
    let mut out = String::new();
    write_inline(value, &mut out);
    out
}

/// `before` columns of the line are taken.
fn write(value: &Json, level: usize, before: usize, out: &mut String) {
    let line = inline(value);
    let fits = level >= BROKEN && before + line.chars().count() <= WIDTH;
    match value {
        Json::Array(items) if !items.is_empty() && !fits => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                let column = begin(at, level, out);
                write(item, level + 1, column, out);
            }
            end(level, ']', out);
        }
        Json::Object(members) if !members.is_empty() && !fits => {
            out.push('{');
            for (at, (name, member)) in members.iter().enumerate() {
                let column = begin(at, level, out);
                let name = quoted(name);
                let _written = write!(out, "{name}: ");
                // The comma that may follow is on the line too.
                write(member, level + 1, column + name.chars().count() + 3, out);
            }
            end(level, '}', out);
        }
        _ => out.push_str(&line),
    }
}

/// A line of its own for the item at a position; the column it begins at.
fn begin(at: usize, level: usize, out: &mut String) -> usize {
    if at > 0 {
        out.push(',');
    }
    let column = (level + 1) * 2;
    let _written = write!(out, "\n{:column$}", "");
    column
}

fn end(level: usize, bracket: char, out: &mut String) {
    let column = level * 2;
    let _written = write!(out, "\n{:column$}{bracket}", "");
}

fn write_inline(value: &Json, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
        Json::Number(it) => out.push_str(it),
        Json::Text(it) => out.push_str(&quoted(it)),
        Json::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_inline(item, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (at, (name, member)) in members.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                let _written = write!(out, "{}: ", quoted(name));
                write_inline(member, out);
            }
            out.push('}');
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests;
