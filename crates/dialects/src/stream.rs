//! A provider's stream as the caller's: framing, decoding, encoding, and what a gateway wants to know of it.

use crate::about::About;
use crate::codec;
use crate::event::{Begin, Delta, Event, StreamDecoder, StreamEncoder};
use crate::reply::Broken;
use crate::translate::NAMELESS;
use chat::{Events, Format};

/// What was seen of a stream so far.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a stream")]
pub struct Facts {
    /// The last account of what was used.
    pub usage: Option<chat::Reported>,
    /// Bytes of text, reasoning and arguments.
    pub content_bytes: u64,
    /// Text, reasoning, a call, a refusal or a finish reason came.
    pub meaningful: bool,
    /// A finish reason came.
    pub finished: bool,
    /// Which.
    pub finish: Option<chat::FinishReason>,
    /// The caller's stream is complete.
    pub done: bool,
    /// The provider reported an error: its message.
    pub error: Option<String>,
    /// A frame was not what the format says, or the stream is cut off: a clause.
    pub broken: Option<String>,
}

/// Translates a stream, however its bytes are cut.
#[derive(Debug)]
pub struct StreamTranslator {
    frames: Frames,
    decoder: Box<dyn StreamDecoder>,
    encoder: Box<dyn StreamEncoder>,
    facts: Facts,
}

/// Takes the frames out of a stream's bytes, however they are cut: server-sent events, or those of an AWS event stream.
#[derive(Debug)]
pub struct Frames(Framing);

#[derive(Debug)]
enum Framing {
    Sse(Events),
    Aws(crate::converse::Frames),
}

/// Gives every frame of a complete stream to `each`.
pub(crate) fn frames(
    from: Format,
    bytes: &[u8],
    each: &mut dyn FnMut(Option<&str>, &[u8]),
) -> Result<(), Broken> {
    let mut frames = Frames::of(from);
    frames.push(bytes, each)?;
    frames.finish(each)
}

impl Frames {
    /// Those of this format's streams.
    #[must_use]
    pub fn of(format: Format) -> Self {
        Self(match format {
            Format::Converse => Framing::Aws(crate::converse::Frames::default()),
            _ => Framing::Sse(Events::default()),
        })
    }

    /// Gives the name (event or exception type) and data of every frame that is complete, comments and empty ones aside.
    ///
    /// # Errors
    /// A frame is longer than anything the format sends, or its checksum is wrong.
    pub fn push(
        &mut self,
        bytes: &[u8],
        each: &mut dyn FnMut(Option<&str>, &[u8]),
    ) -> Result<(), Broken> {
        match &mut self.0 {
            Framing::Aws(frames) => frames.push(bytes, each),
            Framing::Sse(events) => {
                let pushed = events.push(bytes, &mut |event| filled(&event, each));
                pushed.map_err(|it| Broken::new(it.to_string()))
            }
        }
    }

    /// The stream has ended. A last event without its blank line counts.
    ///
    /// # Errors
    /// It ends in the middle of a frame.
    pub fn finish(&mut self, each: &mut dyn FnMut(Option<&str>, &[u8])) -> Result<(), Broken> {
        match &mut self.0 {
            Framing::Aws(frames) => frames.finish(),
            Framing::Sse(events) => {
                events.finish(&mut |event| filled(&event, each));
                Ok(())
            }
        }
    }
}

fn filled(event: &chat::Event<'_>, each: &mut dyn FnMut(Option<&str>, &[u8])) {
    if !event.data.trim_ascii().is_empty() {
        each(event.name, &event.data);
    }
}

impl StreamTranslator {
    /// From what a provider speaks to a way in.
    #[must_use]
    pub fn new((from, to): (Format, Format), about: About) -> Self {
        Self {
            frames: Frames::of(from),
            decoder: codec::decoder(from),
            encoder: codec::encoder(to, about),
            facts: Facts::default(),
        }
    }

    /// The next bytes; what they mean for the caller is appended to `out`. Nothing is after an error or a break.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.is_over() {
            return;
        }
        let Self { frames, decoder, encoder, facts } = self;
        let mut frame = |name: Option<&str>, data: &[u8]| {
            if facts.error.is_some() || facts.broken.is_some() {
                return;
            }
            let read = decoder.frame(name, data, &mut |event| take(&event, facts, encoder, out));
            if let Err(broken) = read {
                facts.broken.get_or_insert(broken.0);
            }
        };
        let framed = frames.push(bytes, &mut frame);
        if let Err(broken) = framed {
            self.facts.broken.get_or_insert(broken.0);
        }
        if self.decoder.is_done() {
            self.finish(out);
        }
    }

    /// The provider ended its stream: the caller's ends too, if it may; else [`Facts::broken`] says why not, and
    /// [`StreamTranslator::fail`] is to be called.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.is_over() {
            return;
        }
        let Self { frames, decoder, encoder, facts } = self;
        let mut each = |event: Event| take(&event, facts, encoder, out);
        let mut last = Ok(());
        let mut ended =
            frames.finish(&mut |name, data| last = decoder.frame(name, data, &mut each));
        ended = ended.and(last);
        if ended.is_ok() {
            ended = decoder.finish(&mut each);
        }
        match ended {
            Err(broken) => {
                self.facts.broken.get_or_insert(broken.0);
            }
            Ok(()) if self.facts.error.is_none() && self.facts.broken.is_none() => {
                self.encoder.finish(out);
                self.facts.done = true;
            }
            Ok(()) => {}
        }
    }

    /// Ends the caller's stream with an error in its own protocol.
    pub fn fail(&mut self, message: &str, out: &mut Vec<u8>) {
        self.encoder.fail(message, out);
    }

    /// What was seen so far.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    fn is_over(&self) -> bool {
        let Facts { error, broken, done, .. } = &self.facts;
        *done || error.is_some() || broken.is_some()
    }
}

/// Notes an event and writes it for the caller.
fn take(event: &Event, facts: &mut Facts, encoder: &mut Box<dyn StreamEncoder>, out: &mut Vec<u8>) {
    match event {
        Event::Error { message, .. } => {
            facts.error.get_or_insert_with(|| message.clone());
            return;
        }
        Event::Usage(usage) => facts.usage = chat::Reported::latest(facts.usage, Some(*usage)),
        Event::Finish(finish) => {
            facts.finish = Some(finish.reason());
            facts.finished = true;
            facts.meaningful = true;
        }
        Event::Begin(Begin::ToolCall { name, .. }) if name.is_empty() => {
            facts.broken.get_or_insert_with(|| NAMELESS.to_owned());
            return;
        }
        Event::Begin(Begin::ToolCall { name, .. }) => {
            facts.meaningful = true;
            facts.content_bytes += count(name.len());
        }
        Event::Begin(Begin::Whole(_)) => facts.meaningful = true,
        Event::Delta(Delta::Text(text) | Delta::Arguments(text)) => {
            facts.meaningful |= !text.is_empty();
            facts.content_bytes += count(text.len());
        }
        Event::Start { .. } | Event::Begin(_) | Event::Delta(_) | Event::End => {}
    }
    encoder.event(event, out);
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
