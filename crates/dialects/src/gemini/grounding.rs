//! What a text refers to: `groundingMetadata` and `citationMetadata`.

use crate::event::{Delta, Event};
use crate::reply::Citation;
use serde_json::{Value, json};

/// Sources of an answer. In a stream they come with the last chunks, whole.
#[derive(Debug, Default)]
pub(super) struct Sources {
    grounding: Option<Value>,
    citations: Vec<Value>,
}

impl Sources {
    /// Those of a chunk: the last grounding counts, citations come one by one.
    pub(super) fn note(&mut self, candidate: &Value) {
        let grounding = candidate.get("groundingMetadata");
        if let Some(grounding) = grounding.filter(|it| it.get("groundingChunks").is_some()) {
            self.grounding = Some(grounding.clone());
        }
        for name in ["citations", "citationSources"] {
            let list = candidate.get("citationMetadata").and_then(|it| it.get(name));
            for citation in list.and_then(Value::as_array).into_iter().flatten() {
                if !self.citations.contains(citation) {
                    self.citations.push(citation.clone());
                }
            }
        }
    }

    /// Whether any are to be told yet.
    pub(super) fn are_left(&self) -> bool {
        self.grounding.is_some() || !self.citations.is_empty()
    }

    /// Tells those of this text.
    pub(super) fn tell(&mut self, text: &str, each: &mut dyn FnMut(Event)) {
        let mut spans = Spans { text, bytes: 0, characters: 0 };
        let mut all = Vec::new();
        if let Some(grounding) = self.grounding.take() {
            grounded(&grounding, &mut spans, &mut all);
        }
        for raw in self.citations.drain(..) {
            let at = |name: &str| raw.get(name).and_then(Value::as_u64);
            let (from, to) = (at("startIndex").unwrap_or(0), at("endIndex"));
            all.push(Citation {
                span: to.and_then(|to| spans.of(from, to)),
                url: string(&raw, "/uri"),
                title: string(&raw, "/title"),
                quote: None,
                raw,
            });
        }
        for citation in all {
            each(Event::Delta(Delta::Citation(citation)));
        }
    }
}

/// One citation for each source of each segment; sources of no segment stand for the whole text.
fn grounded(grounding: &Value, spans: &mut Spans<'_>, all: &mut Vec<Citation>) {
    let list = |name: &str| grounding.get(name).and_then(Value::as_array);
    let chunks = list("groundingChunks").map_or(&[][..], Vec::as_slice);
    let mut is_used = vec![false; chunks.len()];
    for support in list("groundingSupports").into_iter().flatten() {
        let at = |path: &str| support.pointer(path).and_then(Value::as_u64);
        let span = at("/segment/endIndex")
            .and_then(|to| spans.of(at("/segment/startIndex").unwrap_or(0), to));
        let indices = support.get("groundingChunkIndices").and_then(Value::as_array);
        for index in indices.into_iter().flatten().filter_map(Value::as_u64) {
            let Ok(index) = usize::try_from(index) else { continue };
            let (Some(chunk), Some(used)) = (chunks.get(index), is_used.get_mut(index)) else {
                continue;
            };
            *used = true;
            all.push(citation(chunk, Some(support), span));
        }
    }
    for (chunk, _) in chunks.iter().zip(is_used).filter(|(_, is_used)| !is_used) {
        all.push(citation(chunk, None, None));
    }
}

fn citation(chunk: &Value, support: Option<&Value>, span: Option<(u64, u64)>) -> Citation {
    let either = |name: &str| {
        ["web", "retrievedContext", "maps", "image"]
            .into_iter()
            .find_map(|kind| string(chunk, &format!("/{kind}/{name}")))
    };
    let raw = json!({ "groundingChunk": chunk, "groundingSupport": support });
    Citation { span, url: either("uri"), title: either("title"), quote: None, raw }
}

/// Bytes, in which Gemini counts, as characters. Segments mostly come in order, so a text is walked once.
struct Spans<'t> {
    text: &'t str,
    bytes: usize,
    characters: u64,
}

impl Spans<'_> {
    fn of(&mut self, from: u64, to: u64) -> Option<(u64, u64)> {
        (from <= to).then_some(())?;
        Some((self.characters_before(from)?, self.characters_before(to)?))
    }

    fn characters_before(&mut self, byte: u64) -> Option<u64> {
        let byte = usize::try_from(byte).ok()?;
        if byte < self.bytes {
            (self.bytes, self.characters) = (0, 0);
        }
        let between = self.text.get(self.bytes..byte)?;
        self.characters += u64::try_from(between.chars().count()).ok()?;
        self.bytes = byte;
        Some(self.characters)
    }
}

fn string(value: &Value, path: &str) -> Option<String> {
    value.pointer(path).and_then(Value::as_str).map(ToOwned::to_owned)
}
