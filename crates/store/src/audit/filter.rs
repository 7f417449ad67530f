//! What may be asked of the audit log.

use crate::db::{Clause, Connection};
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

impl AuditQuery {
    pub(super) fn condition(&self, connection: &Connection) -> Clause {
        let mut condition = Clause::new(connection);
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
            contains(&mut condition, search);
        }
        condition
    }
}

/// Both databases fold ASCII only: SQLite always, PostgreSQL in this collation.
fn contains(clause: &mut Clause, search: &str) {
    let folded = search.to_ascii_lowercase();
    let within_json = escaped(&folded);
    let (text, json) = (clause.bind(folded), clause.bind(within_json));
    let one = |column: &str, place: &str| {
        if clause.is_postgres() {
            format!("strpos(lower({column} collate \"C\"), {place}) > 0")
        } else {
            format!("instr(lower({column}), {place}) > 0")
        }
    };
    let columns = ["actor_name", "actor_id", "action", "gateway_id", "resource"];
    let mut terms: Vec<_> = columns.iter().map(|column| one(column, &text)).collect();
    terms.push(one("detail", &json));
    clause.term(format!("({})", terms.join(" or ")));
}

/// As it is written within a string of JSON.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}
