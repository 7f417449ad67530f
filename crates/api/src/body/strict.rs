//! Is it one JSON value, below 128 levels deep, without duplicate keys? Builds nothing.

use crate::problem::{Place, Problem};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

/// Walks the whole text once; the complaint names the place.
pub(super) fn check(bytes: &[u8]) -> Result<(), Problem> {
    let path = RefCell::new(vec![Place::Key("body".into())]);
    let mut json = serde_json::Deserializer::from_slice(bytes);
    Any { path: &path }.deserialize(&mut json).and_then(|()| json.end()).map_err(
        |error| match error.classify() {
            serde_json::error::Category::Data => {
                Problem::invalid_at(path.take(), without_place(&error))
            }
            _ => Problem::invalid(&["body"], format!("this is not JSON we can read: {error}")),
        },
    )
}

fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(text, _)| text.to_owned())
}

/// Any value at the path; on an error the path stays where it happened.
#[derive(Clone, Copy)]
struct Any<'p> {
    path: &'p RefCell<Vec<Place>>,
}

impl Any<'_> {
    fn enter(self, place: Place) {
        self.path.borrow_mut().push(place);
    }

    fn leave(self) {
        self.path.borrow_mut().pop();
    }
}

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            self.enter(Place::Key(key.clone()));
            if !seen.insert(key) {
                return Err(A::Error::custom("this key stands twice in one object"));
            }
            map.next_value_seed(self)?;
            self.leave();
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        for index in 0.. {
            self.enter(Place::Index(index));
            let more = list.next_element_seed(self)?;
            self.leave();
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}
