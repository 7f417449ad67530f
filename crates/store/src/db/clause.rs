//! Conditions of a statement.

use super::{Connection, Value};

/// What follows `where`, with the values of its placeholders.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    terms: Vec<String>,
    pub(crate) values: Vec<Value>,
    postgres: bool,
    /// On PostgreSQL: numbers are a table, whose size is not known when the statement is planned.
    pub(crate) as_tables: bool,
}

impl Clause {
    /// With no term: true of every row.
    pub(crate) fn new(connection: &Connection) -> Self {
        Self::of(matches!(connection, Connection::Postgres(_)))
    }

    pub(crate) const fn of(postgres: bool) -> Self {
        Self { terms: Vec::new(), values: Vec::new(), postgres, as_tables: false }
    }

    pub(crate) const fn is_postgres(&self) -> bool {
        self.postgres
    }

    /// The placeholder of another value.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Placeholders, separated by commas.
    pub(crate) fn bind_all(&mut self, values: impl IntoIterator<Item = Value>) -> String {
        let places: Vec<_> = values.into_iter().map(|it| self.bind(it)).collect();
        places.join(", ")
    }

    /// One more that must be true.
    pub(crate) fn term(&mut self, term: String) {
        self.terms.push(term);
    }

    /// That a column is so to a value.
    pub(crate) fn compare(&mut self, column: &str, sign: &str, value: impl Into<Value>) {
        let place = self.bind(value);
        self.term(format!("{column} {sign} {place}"));
    }

    /// All terms.
    pub(crate) fn text(&self) -> String {
        if self.terms.is_empty() { "true".to_owned() } else { self.terms.join(" and ") }
    }

    /// Whether a column is one of these, any number of which are one value.
    pub(crate) fn among(&mut self, column: &str, numbers: &[i64]) -> String {
        if self.as_tables {
            format!("{column} in (select value from {})", self.rows(numbers))
        } else if self.postgres {
            let numbers: Vec<_> = numbers.iter().map(i64::to_string).collect();
            let place = self.bind(format!("{{{}}}", numbers.join(",")));
            format!("{column} = any(cast(cast({place} as text) as bigint[]))")
        } else {
            format!("{column} in (select value from {})", self.elements(numbers))
        }
    }

    /// As a table `ids` with one column, `value`.
    pub(crate) fn rows(&mut self, numbers: &[i64]) -> String {
        let all = self.elements(numbers);
        if self.postgres {
            format!("(select cast(value as bigint) as value from {all}) ids")
        } else {
            format!("{all} ids")
        }
    }

    /// Whether a column is one of these texts, any number of which are one value.
    pub(crate) fn among_texts(&mut self, column: &str, texts: &[&str]) -> String {
        format!("{column} in (select value from {})", self.elements(texts))
    }

    /// As a table with a column `value`: as they are on SQLite, texts on PostgreSQL.
    fn elements(&mut self, all: impl Into<serde_json::Value>) -> String {
        let place = self.bind(all.into().to_string());
        if self.postgres {
            format!("json_array_elements_text(cast(cast({place} as text) as json))")
        } else {
            format!("json_each({place})")
        }
    }
}
