//! A stream of server-sent events, taken apart into the texts that its readers get.
//!
//! Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.

/// A line and what ends it.
#[derive(Clone, Copy, Debug)]
struct Line<'t> {
    content: &'t str,
    /// One line feed, one carriage return, or both; nothing at the end of a text that was cut off.
    end: &'t str,
}

impl<'t> Line<'t> {
    /// The first line of a text that is not empty, and what follows.
    fn first(text: &'t str) -> (Self, &'t str) {
        let length = text.find(['\r', '\n']).unwrap_or(text.len());
        let (content, after) = text.split_at(length);
        let ends = ["\r\n", "\n", "\r"].into_iter().find(|it| after.starts_with(it));
        let (end, rest) = after.split_at(ends.map_or(0, str::len));
        (Self { content, end }, rest)
    }

    /// The text of a data line.
    fn data(&self) -> Option<&'t str> {
        match self.content.split_once(':') {
            Some(("data", text)) => Some(text.strip_prefix(' ').unwrap_or(text)),
            None if self.content == "data" => Some(""),
            _ => None,
        }
    }
}

/// Writes a stream again with what `data` and `other` make of the data of each event and of every other line; `None`: they change nothing.
/// The lines of an event's data are one text, with line feeds between them.
pub(super) fn rewritten(
    text: &str,
    data: impl Fn(&str) -> Option<String>,
    other: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let mut changed = false;
    let mut all = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let mut event = Vec::new();
        while !rest.is_empty() {
            let line;
            (line, rest) = Line::first(rest);
            event.push(line);
            if line.content.is_empty() {
                break;
            }
        }
        let lines: Vec<_> = event.iter().filter_map(Line::data).collect();
        let mut new = if lines.is_empty() { None } else { data(&lines.join("\n")) };
        let replaced = new.is_some();
        changed |= replaced;
        for line in event {
            if replaced && line.data().is_some() {
                // All of it in the place of its first line.
                for part in new.take().iter().flat_map(|it| it.split('\n')) {
                    all.extend(["data: ", part, line.end]);
                }
                continue;
            }
            let new = if line.data().is_some() { None } else { other(line.content) };
            changed |= new.is_some();
            all.extend([new.as_deref().unwrap_or(line.content), line.end]);
        }
    }
    changed.then_some(all)
}
