//! The facts of a request that is walked many times: each looked up once, and each look noted.

use crate::facts::Sight;
use route::{Facts, Field, Route, Value};
use serde_json::Value as Json;
use std::cell::{OnceCell, RefCell};

/// Facts that are read again and again.
#[derive(Debug)]
pub(super) struct Memo<'a> {
    sight: Sight<'a>,
    fields: Vec<(&'a Field, OnceCell<Option<Json>>)>,
    /// Positions of those read since the last time somebody asked, each once.
    looked: RefCell<Vec<usize>>,
}

impl<'a> Memo<'a> {
    /// Of a request, as far as this route can read it.
    pub(super) fn new(route: &'a Route, sight: Sight<'a>) -> Self {
        let fields = route.fields().map(|it| (it, OnceCell::new())).collect();
        Self { sight, fields, looked: RefCell::default() }
    }

    /// What has been read since the last time.
    pub(super) fn looked(&self) -> Vec<usize> {
        self.looked.take()
    }

    /// The field at a position, and what it is.
    pub(super) fn at(&self, position: usize) -> Option<(&'a Field, Option<&Json>)> {
        let (field, cell) = self.fields.get(position)?;
        Some((field, cell.get()?.as_ref()))
    }
}

impl Facts for Memo<'_> {
    fn get(&self, field: &Field) -> Option<Value<'_>> {
        let at = self.fields.iter().position(|(it, _)| *it == field)?;
        let mut looked = self.looked.borrow_mut();
        if !looked.contains(&at) {
            looked.push(at);
        }
        let (_, cell) = self.fields.get(at)?;
        let value = cell.get_or_init(|| self.sight.read(field).as_ref().map(Json::from));
        value.as_ref().map(Value::from)
    }
}
