//! What may be asked of the audit log.

use crate::db::{Connection, Value};
use crate::store::Micros;

/// Which entries; what is absent does not matter.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Done in this gateway.
    pub gateway: Option<String>,
    /// Done by who has this id.
    pub actor: Option<String>,
    /// `route.create`, …
    pub action: Option<String>,
    /// Done to what has this id.
    pub resource: Option<String>,
    /// In the names of who did it, in the action, the gateway, the resource or the keys and values of the detail, ASCII case ignored.
    pub search: Option<String>,
    /// Not before.
    pub start: Option<Micros>,
    /// Before.
    pub end: Option<Micros>,
}

/// A condition and the values of its placeholders.
#[derive(Debug)]
pub(super) struct Condition {
    terms: Vec<String>,
    pub(super) values: Vec<Value>,
}

impl AuditQuery {
    pub(super) fn condition(&self, connection: &Connection) -> Condition {
        let mut condition = Condition { terms: Vec::new(), values: Vec::new() };
        for (column, value) in [
            ("gateway_id", &self.gateway),
            ("actor_id", &self.actor),
            ("action", &self.action),
            ("resource", &self.resource),
        ] {
            if let Some(value) = value {
                condition.compare(column, "=", value.as_str());
            }
        }
        if let Some(start) = self.start {
            condition.compare("at", ">=", start);
        }
        if let Some(end) = self.end {
            condition.compare("at", "<", end);
        }
        if let Some(search) = &self.search {
            condition.contains(search, matches!(connection, Connection::Postgres(_)));
        }
        condition
    }
}

impl Condition {
    pub(super) fn text(&self) -> String {
        if self.terms.is_empty() { "true".to_owned() } else { self.terms.join(" and ") }
    }

    /// The placeholder of another value.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn compare(&mut self, column: &str, sign: &str, value: impl Into<Value>) {
        let place = self.bind(value);
        self.terms.push(format!("{column} {sign} {place}"));
    }

    /// Both databases fold ASCII only: SQLite always, PostgreSQL in this collation.
    fn contains(&mut self, search: &str, is_postgres: bool) {
        let folded = search.to_ascii_lowercase();
        let within_json = escaped(&folded);
        let (text, json) = (self.bind(folded), self.bind(within_json));
        let one = |column: &str, place: &str| {
            if is_postgres {
                format!("strpos(lower({column} collate \"C\"), {place}) > 0")
            } else {
                format!("instr(lower({column}), {place}) > 0")
            }
        };
        let columns = ["actor_name", "actor_id", "action", "gateway_id", "resource"];
        let mut terms: Vec<_> = columns.iter().map(|column| one(column, &text)).collect();
        terms.push(one("detail", &json));
        self.terms.push(format!("({})", terms.join(" or ")));
    }
}

/// As it is written within a string of JSON.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}
