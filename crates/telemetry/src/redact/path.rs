//! Paths of rules: `messages[*].content`.

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
    /// Every key or index.
    Any,
}

impl Step {
    /// Whether a member with this key is meant.
    pub(super) fn is_key(&self, key: &str) -> bool {
        match self {
            Self::Key(it) => it == key,
            Self::Index(_) => false,
            Self::Any => true,
        }
    }

    /// Whether what stands at this place of an array is meant.
    pub(super) fn is_index(&self, at: usize) -> bool {
        match self {
            Self::Key(_) => false,
            Self::Index(it) => *it == at,
            Self::Any => true,
        }
    }
}

/// What of a path is about a value that stands at `place`: nothing of it when the path is about what stands around the value, and the whole
/// goes; `None` when it is about something else.
pub(super) fn within<'p>(path: &'p [Step], place: &[Step]) -> Option<&'p [Step]> {
    let same = |(one, other): (&Step, &Step)| one == other || *one == Step::Any;
    path.iter().zip(place).all(same).then(|| path.get(place.len()..).unwrap_or_default())
}

/// `$.a.b[0][*].c`, `a.*.c`, `a["with space"]`; `None` when it is no path.
pub(super) fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut steps = Vec::new();
    let mut first = true;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (step, after) = bracket(inner)?;
            steps.push(step);
            rest = after;
        } else {
            let name = match rest.strip_prefix('.') {
                Some(name) => name,
                None if first => rest,
                None => return None,
            };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (key, after) = name.split_at(end);
            if key.is_empty() {
                return None;
            }
            steps.push(if key == "*" { Step::Any } else { Step::Key(key.to_owned()) });
            rest = after;
        }
        first = false;
    }
    (!steps.is_empty()).then_some(steps)
}

/// What stands in brackets, and what follows them.
fn bracket(inner: &str) -> Option<(Step, &str)> {
    for quote in ['"', '\''] {
        if let Some(text) = inner.strip_prefix(quote) {
            let (key, after) = text.split_once(quote)?;
            return Some((Step::Key(key.to_owned()), after.strip_prefix(']')?));
        }
    }
    let (place, after) = inner.split_once(']')?;
    if place == "*" {
        return Some((Step::Any, after));
    }
    Some((Step::Index(place.parse().ok()?), after))
}
