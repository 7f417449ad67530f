//! How much there is of each key: by this the largest groups are chosen.

use std::collections::HashMap;

use super::rows::Range;
use super::views::View;
use super::{AnalyticsOrder, AnalyticsQuery};
use crate::db::{Clause, Connection, Row};
use crate::error::{Result, unreadable};

const REQUESTS: &str = AnalyticsOrder::Requests.column();
/// Between keys: as JSON they have none within them.
const LINE: &str = "\n";
/// Between numbers.
const SPACE: &str = " ";

/// The size of keys: the sum of such a column, of each gateway or of all together.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) of: &'static str,
    pub(super) by_gateway: bool,
}

/// How much there is of each gateway and key that has rows; the gateway is an empty text when gateways are not told apart.
#[derive(Default)]
pub(super) struct Stored(HashMap<String, HashMap<String, Has>>);

/// How much there is of a key.
#[derive(Clone, Copy, Default)]
pub(super) struct Has {
    pub(super) requests: u64,
    /// By what the largest are chosen.
    pub(super) size: u64,
}

impl Sizes {
    /// By which the groups of a question are chosen.
    pub(super) fn of(asked: &AnalyticsQuery) -> Self {
        Self { of: asked.order.column(), by_gateway: asked.is_by_gateway() }
    }
}

impl Default for Sizes {
    fn default() -> Self {
        Self { of: REQUESTS, by_gateway: false }
    }
}

impl Stored {
    /// Gateways, keys, and how much there is of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str, Has)> {
        self.0.iter().flat_map(|(gateway, keys)| {
            keys.iter().map(|(key, has)| (gateway.as_str(), key.as_str(), *has))
        })
    }

    fn add(&mut self, row: &Row, by_gateway: bool) -> Result<()> {
        let gateway = if by_gateway { row.at(0)? } else { String::new() };
        let keys = self.0.entry(gateway).or_default();
        let (names, requests, sizes) =
            (row.at::<String>(1)?, row.at::<String>(2)?, row.at::<String>(3)?);
        let mut numbers = requests.split(SPACE).zip(sizes.split(SPACE));
        for name in names.split(LINE) {
            let more = numbers.next().and_then(Has::read);
            let more = more.ok_or_else(|| unreadable("the numbers of a roll-up"))?;
            match keys.get_mut(name) {
                Some(has) => has.add(more),
                None => drop(keys.insert(name.to_owned(), more)),
            }
        }
        Ok(())
    }
}

impl Has {
    fn read((requests, size): (&str, &str)) -> Option<Self> {
        Some(Self { requests: requests.parse().ok()?, size: size.parse().ok()? })
    }

    fn add(&mut self, more: Self) {
        self.requests = self.requests.saturating_add(more.requests);
        self.size = self.size.saturating_add(more.size);
    }
}

impl Range<'_> {
    /// Adds how much there is of each key in rows that are like this. The rows of a gateway and time come as one, and are told apart here:
    /// the database would have to put all of them in the order of their keys.
    pub(super) async fn sizes(
        &self,
        tx: &mut Connection,
        like: (View, &Clause),
        sizes: Sizes,
        stored: &mut Stored,
    ) -> Result<()> {
        let all = [("key", LINE), (REQUESTS, SPACE), (sizes.of, SPACE)];
        let [keys, requests, of] = all.map(|(column, between)| tx.all_of(column, between));
        let columns = format!("gateway_id, {keys}, {requests}, {of}");
        let read = |row: &Row| stored.add(row, sizes.by_gateway);
        self.select(tx, like, [&columns, " group by gateway_id, start"], read).await
    }
}
