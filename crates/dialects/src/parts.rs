//! Parts of a stream one after the other, from a source that may interleave calls.
//!
//! The part at the front is passed on as it comes. What begins after it is held back until it is known to be complete:
//! a call when its arguments are a complete JSON value, everything else as soon as something follows.

use crate::event::{Begin, Delta, Event};
use crate::reply::Broken;
use crate::request::Opaque;
use std::collections::VecDeque;

/// The parts that are open or held back.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    queue: VecDeque<Part>,
    /// Number of the part at the front of the queue.
    first: usize,
    /// Every call so far: its place among all parts.
    calls: Vec<(Option<u64>, String, usize)>,
}

/// The number of a part.
pub(crate) type Place = usize;

/// A call that begins.
#[derive(Debug)]
pub(crate) struct Call {
    index: Option<u64>,
    id: String,
    name: String,
}

impl Call {
    /// `index` is the source's own number of it.
    pub(crate) fn new(index: Option<u64>, id: String, name: String) -> Self {
        Self { index, id, name }
    }
}

#[derive(Debug)]
struct Part {
    begin: Begin,
    begun: bool,
    deltas: Vec<Delta>,
    /// Of a call's arguments.
    progress: Progress,
    has_opaque: bool,
}

impl Parts {
    /// A part begins.
    pub(crate) fn begin(&mut self, begin: Begin) -> Place {
        self.queue.push_back(Part {
            begin,
            begun: false,
            deltas: Vec::new(),
            progress: Progress::default(),
            has_opaque: false,
        });
        self.first + self.queue.len() - 1
    }

    /// More of the part that began last, which it must be; begins one of this kind otherwise.
    pub(crate) fn more(&mut self, begin: &Begin, delta: Delta) {
        let kind = std::mem::discriminant(begin);
        let fits = self
            .queue
            .back()
            .is_some_and(|it| std::mem::discriminant(&it.begin) == kind && !it.has_opaque);
        if !fits {
            self.begin(begin.clone());
        }
        self.add(delta);
    }

    /// More of the part that began last.
    pub(crate) fn add(&mut self, delta: Delta) {
        if let Some(part) = self.queue.back_mut() {
            part.has_opaque |= matches!(delta, Delta::Opaque(_));
            part.deltas.push(delta);
        }
    }

    /// The part that began last is a thought that may go on.
    pub(crate) fn has_open_thought(&self) -> bool {
        let last = self.queue.back();
        last.is_some_and(|it| matches!(it.begin, Begin::Thought { .. }) && !it.has_opaque)
    }

    /// A call begins.
    pub(crate) fn begin_call(&mut self, call: Call) -> Place {
        let Call { index, id, name } = call;
        let place = self.begin(Begin::ToolCall { id: id.clone(), name });
        self.calls.push((index, id, place));
        place
    }

    /// The call that a delta belongs to: the last of its index, unless the id says that it is another one. Some
    /// sources give every call the index 0, some none.
    pub(crate) fn call(&self, index: Option<u64>, id: &str) -> Option<Place> {
        let of_index = |it: &&(Option<u64>, String, usize)| index.is_none() || it.0 == index;
        let (_, known, place) = self.calls.iter().rev().find(of_index)?;
        (id.is_empty() || known == id).then_some(*place)
    }

    /// The name of a call that began without one.
    pub(crate) fn name(&mut self, place: Place, said: &str) {
        if let Some(Begin::ToolCall { name, .. }) = self.part(place).map(|it| &mut it.begin)
            && name.is_empty()
        {
            said.clone_into(name);
        }
    }

    /// More of a part.
    ///
    /// # Errors
    /// It was complete, and something else has come since.
    pub(crate) fn add_to(&mut self, place: Place, more: Delta) -> Result<(), Broken> {
        if let Delta::Arguments(text) | Delta::Text(text) = &more
            && text.is_empty()
        {
            return Ok(());
        }
        let Some(part) = self.part(place) else {
            return match &more {
                Delta::Arguments(text) if text.trim().is_empty() => Ok(()),
                _ => Err(Broken::new("a part of the stream goes on after it was complete")),
            };
        };
        if let Delta::Arguments(text) = &more {
            part.progress.feed(text);
        }
        part.has_opaque |= matches!(more, Delta::Opaque(_));
        part.deltas.push(more);
        Ok(())
    }

    /// The signature of a call.
    pub(crate) fn sign(&mut self, place: Place, opaque: Opaque) {
        if let Some(part) = self.part(place).filter(|it| !it.has_opaque) {
            part.has_opaque = true;
            part.deltas.push(Delta::Opaque(opaque));
        }
    }

    /// Passes on what may be passed on.
    pub(crate) fn pump(&mut self, each: &mut dyn FnMut(Event)) {
        loop {
            let more = self.queue.len() > 1;
            let Some(part) = self.queue.front_mut().filter(|it| it.has_name()) else { return };
            part.pass(each);
            if !more || !part.is_complete() {
                return;
            }
            self.end(each);
        }
    }

    /// The stream has ended: passes on everything.
    ///
    /// # Errors
    /// A call has no name.
    pub(crate) fn close(&mut self, each: &mut dyn FnMut(Event)) -> Result<(), Broken> {
        while let Some(part) = self.queue.front_mut() {
            if !part.has_name() {
                return Err(Broken::new("a call in the stream has no name"));
            }
            part.pass(each);
            self.end(each);
        }
        Ok(())
    }

    fn end(&mut self, each: &mut dyn FnMut(Event)) {
        if let Some(Part { begin, .. }) = self.queue.pop_front() {
            self.first += 1;
            if !matches!(begin, Begin::Whole(_)) {
                each(Event::End);
            }
        }
    }

    fn part(&mut self, place: Place) -> Option<&mut Part> {
        self.queue.get_mut(place.checked_sub(self.first)?)
    }
}

impl Part {
    fn pass(&mut self, each: &mut dyn FnMut(Event)) {
        if !self.begun {
            self.begun = true;
            each(Event::Begin(self.begin.clone()));
        }
        for delta in self.deltas.drain(..) {
            each(Event::Delta(delta));
        }
    }

    fn has_name(&self) -> bool {
        !matches!(&self.begin, Begin::ToolCall { name, .. } if name.is_empty())
    }

    fn is_complete(&self) -> bool {
        !matches!(self.begin, Begin::ToolCall { .. }) || self.progress.is_complete()
    }
}

/// How far a JSON value has come.
#[derive(Debug, Default)]
struct Progress {
    depth: u32,
    within: Within,
    /// The outermost object or list was closed.
    complete: bool,
}

/// What the next byte of a JSON text stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Structure,
    Text,
    /// Right after a backslash in a string.
    Escape,
}

impl Progress {
    fn feed(&mut self, text: &str) {
        for byte in text.bytes() {
            match (self.within, byte) {
                (Within::Escape, _) | (Within::Structure, b'"') => self.within = Within::Text,
                (Within::Text, b'\\') => self.within = Within::Escape,
                (Within::Text, b'"') => self.within = Within::Structure,
                (Within::Structure, b'{' | b'[') => self.depth = self.depth.saturating_add(1),
                (Within::Structure, b'}' | b']') => {
                    self.depth = self.depth.saturating_sub(1);
                    self.complete |= self.depth == 0;
                }
                _ => {}
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.complete && self.depth == 0 && self.within == Within::Structure
    }
}
