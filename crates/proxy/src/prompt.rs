//! How many tokens a request is for a model: counted when somebody asks, once for each way of counting.
use bytes::Bytes;
use chat::{Head, Piece};
use std::sync::OnceLock;
use tokens::{Count, Detail, Scale};

/// What a request gives its model to read.
#[derive(Debug, Default)]
pub(crate) struct Prompt {
    body: Bytes,
    spans: chat::Prompt,
    /// By bytes alone, for those who cannot wait.
    rough: u64,
    counted: Counted<OnceLock<u64>>,
}

/// One of something for every scale.
#[derive(Debug, Default)]
struct Counted<T> {
    o200k: T,
    cl100k: T,
    claude: T,
    small: T,
    other: T,
}

impl<T> Counted<T> {
    fn of(&self, scale: Scale) -> &T {
        match scale {
            Scale::O200k => &self.o200k,
            Scale::Cl100k => &self.cl100k,
            Scale::Claude => &self.claude,
            Scale::Small => &self.small,
            Scale::Other => &self.other,
        }
    }
}

impl Prompt {
    pub(crate) fn new(body: &Bytes, head: &Head<'_>) -> Self {
        Self {
            body: body.clone(),
            spans: head.prompt.clone(),
            rough: head.input_tokens(),
            counted: Counted::default(),
        }
    }

    /// The estimate, of which `tokens` bounds the time.
    pub(crate) fn tokens(&self, scale: Scale) -> u64 {
        *self.counted.of(scale).get_or_init(|| self.count().tokens(scale))
    }

    /// The estimate if it has been asked for, else the rough one.
    pub(crate) fn known(&self, scale: Scale) -> u64 {
        self.counted.of(scale).get().copied().unwrap_or(self.rough)
    }

    /// The same without the body: what has been counted is still known.
    pub(crate) fn without_body(&self) -> Self {
        let copy = |it: &OnceLock<u64>| it.get().map_or_else(OnceLock::new, |it| (*it).into());
        let Counted { o200k, cl100k, claude, small, other } = &self.counted;
        let counted = Counted {
            o200k: copy(o200k),
            cl100k: copy(cl100k),
            claude: copy(claude),
            small: copy(small),
            other: copy(other),
        };
        Self { rough: self.rough, counted, ..Self::default() }
    }

    fn count(&self) -> Count<'_> {
        let mut count = Count::default();
        self.spans.pieces(&self.body, &mut |piece| match piece {
            Piece::Message => count.message(),
            Piece::Name => count.name(),
            Piece::Text(text) => count.text(text),
            Piece::Image { low: true } => count.image(Detail::Low),
            Piece::Image { low: false } => count.image(Detail::High),
            Piece::Data(bytes) => count.data(bytes),
            Piece::Tokens(tokens) => count.counted(tokens),
        });
        count
    }
}
