//! A JSON object, member by member: every complaint has its place, and numbers stay text.

use crate::problem::{Entry, Place};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// An object of a request's body. A member that is `null` is as good as absent.
#[derive(Debug)]
pub(super) struct Object<'a> {
    raw: &'a RawValue,
    place: Vec<Place>,
    members: BTreeMap<String, &'a RawValue>,
}

/// The members of an array, and where they stand.
pub(super) type List<'a> = (Vec<&'a RawValue>, Vec<Vec<Place>>);

impl<'a> Object<'a> {
    /// Reads one with these members and no others: a member with a wrong name would be a limit that does not limit.
    pub(super) fn read(
        raw: &'a RawValue,
        place: Vec<Place>,
        names: &[&str],
        problems: &mut Vec<Entry>,
    ) -> Option<Self> {
        let object = Self::any(raw, place, problems)?;
        for name in object.names().filter(|it| !names.contains(it)) {
            let message = format!("there is no `{name}` here; there are `{}`", names.join("`, `"));
            problems.push(Entry::invalid(object.at(name), message));
        }
        Some(object)
    }

    fn any(raw: &'a RawValue, place: Vec<Place>, problems: &mut Vec<Entry>) -> Option<Self> {
        let Ok(mut members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(raw.get()) else {
            problems.push(Entry::invalid(place, "this must be an object"));
            return None;
        };
        members.retain(|_, it| it.get() != "null");
        Some(Self { raw, place, members })
    }

    /// As it was written, unless members are `null`: then without those.
    pub(super) fn written(&self) -> Cow<'a, str> {
        let written = self.raw.get();
        let all = serde_json::from_str::<BTreeMap<String, &RawValue>>(written).unwrap_or_default();
        if all.len() == self.members.len() {
            return Cow::Borrowed(written);
        }
        serde_json::to_string(&self.members).map_or(Cow::Borrowed(written), Cow::Owned)
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.members.get(name).copied()
    }

    /// Where a member stands, or would.
    pub(super) fn at(&self, name: &str) -> Vec<Place> {
        let mut place = self.place.clone();
        place.push(Place::Key(name.to_owned()));
        place
    }

    /// A member that is an object, with these members or, without `names`, with any.
    pub(super) fn object(
        &self,
        name: &str,
        names: Option<&[&str]>,
        problems: &mut Vec<Entry>,
    ) -> Option<Self> {
        let (raw, place) = (self.get(name)?, self.at(name));
        match names {
            Some(names) => Self::read(raw, place, names, problems),
            None => Self::any(raw, place, problems),
        }
    }

    pub(super) fn list(&self, name: &str, problems: &mut Vec<Entry>) -> Option<List<'a>> {
        let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(self.get(name)?.get()) else {
            self.tell(name, format!("`{name}` must be an array"), problems);
            return None;
        };
        let place = |index| {
            let mut place = self.at(name);
            place.push(Place::Index(index));
            place
        };
        let places = (0..list.len()).map(place).collect();
        Some((list, places))
    }

    pub(super) fn flag(&self, name: &str, problems: &mut Vec<Entry>) -> Option<bool> {
        let found = serde_json::from_str(self.get(name)?.get()).ok();
        if found.is_none() {
            self.tell(name, format!("`{name}` must be true or false"), problems);
        }
        found
    }

    pub(super) fn text(&self, name: &str, problems: &mut Vec<Entry>) -> Option<String> {
        let found = serde_json::from_str(self.get(name)?.get()).ok();
        if found.is_none() {
            self.tell(name, format!("`{name}` must be a text"), problems);
        }
        found
    }

    /// One of a few texts.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
        problems: &mut Vec<Entry>,
    ) -> Option<T> {
        let text = self.text(name, problems)?;
        let found = choices.iter().find(|(it, _)| *it == text).map(|(_, it)| *it);
        if found.is_none() {
            let known: Vec<_> = choices.iter().map(|(it, _)| format!("`{it}`")).collect();
            let message = format!("`{name}` must be {}, not `{text}`", known.join(" or "));
            self.tell(name, message, problems);
        }
        found
    }

    /// A number that must be there: its decimals, the most units of them, and what that is in words.
    pub(super) fn number(
        &self,
        name: &str,
        (decimals, most, wanted): (i64, u64, &str),
        problems: &mut Vec<Entry>,
    ) -> Option<u64> {
        let Some(raw) = self.get(name) else {
            self.tell(name, "Required".to_owned(), problems);
            return None;
        };
        let text = raw.get();
        let is_number = text.starts_with(|it: char| it.is_ascii_digit() || it == '-');
        let units = if is_number { route::scaled(text, decimals) } else { None };
        let found = units.filter(|it| (1..=most).contains(it));
        if found.is_none() {
            self.tell(name, format!("`{name}` must be {wanted}, not {text}"), problems);
        }
        found
    }

    fn tell(&self, name: &str, message: String, problems: &mut Vec<Entry>) {
        problems.push(Entry::invalid(self.at(name), message));
    }
}
