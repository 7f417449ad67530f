//! Adds a tally to the stored sums, folds what is rare, and deletes what is old.

use route::ids::GatewayId;
use sqlx::AssertSqlSafe;

use super::cells::{Bucket, Cells, Place, key, parts};
use super::sums::NUMBERS;
use super::{Analytics, Sums, Tally};
use crate::db::{self, Connection, Row, Tx, Value, query_scalar};
use crate::error::{Result, unreadable};

/// Rows of one statement, at 15 values each.
const CHUNK: usize = 64;
/// Values of a row.
const COLUMNS: usize = 5 + NUMBERS.len() + 1;
/// Rows deleted while other writes wait.
const FORGET: i64 = 10_000;
/// Names of metadata, or tokens, whose rest has a row of its own, of one gateway and bucket.
const RESTS: usize = 32;
/// How long a tally is known, so that it is not added twice.
const KNOWN_SECONDS: i64 = 86_400;

impl Analytics<'_> {
    /// Adds a tally, in one transaction. One that is there already is left alone, so it may be sent again when its fate is unknown.
    ///
    /// # Errors
    /// None of its own.
    pub async fn add(&self, tally: &Tally) -> Result<()> {
        let all = tally.rows();
        if all.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.log_db.write().await?;
        // The row at which the writers of all nodes take turns: sums are read, added to and written back.
        db::query("update log_rollup_turns set turn = turn + 1").execute(&mut tx).await?;
        let known = query_scalar::<String>("select id from log_rollup_tallies where id = $1");
        if known.bind(tally.id.as_str()).fetch_optional(&mut tx).await?.is_some() {
            return Ok(());
        }
        db::query("insert into log_rollup_tallies (id, added_at) values ($1, $2)")
            .bind(tally.id.as_str())
            .bind(now())
            .execute(&mut tx)
            .await?;
        for (place, cells) in &all {
            add(&mut tx, place, cells).await?;
        }
        tx.commit().await
    }

    /// Deletes what is older than it is kept, some at a time.
    ///
    /// # Errors
    /// None of its own.
    pub async fn forget_expired(&self, now_seconds: i64) -> Result<()> {
        for bucket in Bucket::STORED {
            let before = now_seconds.saturating_sub(bucket.kept_seconds());
            self.delete("bucket = $1 and start < $2", &[bucket.seconds().into(), before.into()])
                .await?;
        }
        let mut tx = self.0.log_db.write().await?;
        db::query("delete from log_rollup_tallies where added_at < $1")
            .bind(now_seconds.saturating_sub(KNOWN_SECONDS))
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Deletes those of a gateway.
    pub(crate) async fn forget(&self, gateway: &GatewayId) -> Result<()> {
        self.delete("gateway_id = $1", &[gateway.as_str().into()]).await
    }

    async fn delete(&self, condition: &str, values: &[Value]) -> Result<()> {
        let limit = values.len() + 1;
        let columns = "gateway_id, view, bucket, start, key";
        let sql = format!(
            "delete from log_rollups where ({columns}) in \
             (select {columns} from log_rollups where {condition} limit ${limit})"
        );
        loop {
            let mut tx = self.0.log_db.write().await?;
            let done = db::query(AssertSqlSafe(sql.clone()))
                .bind_all(values.iter().cloned())
                .bind(FORGET)
                .execute(&mut tx)
                .await?;
            tx.commit().await?;
            if done < FORGET.unsigned_abs() {
                return Ok(());
            }
        }
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Adds to the rows of one place. When it would get twice the rows that it may have, what is rare goes into the rest.
async fn add(tx: &mut Tx, place: &Place, more: &Cells) -> Result<()> {
    let most = place.bucket.metadata_values();
    let bound = most.saturating_mul(2).saturating_add(RESTS);
    if place.view.is_bounded() {
        let sql = AssertSqlSafe(format!("select count(*) from log_rollups where {AT}"));
        let rows = query_scalar::<i64>(sql).bind_all(at(place)).fetch_one(tx).await?;
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        if rows.saturating_add(more.len()) > bound {
            let before = all_stored(tx, place).await?;
            let new = more.keys().filter(|it| !before.contains_key(*it)).count();
            if before.len().saturating_add(new) > bound {
                return fold(tx, place, before, more, most).await;
            }
            return write(tx, place, &added(before, more)).await;
        }
    }
    let before = stored(tx, place, more).await?;
    write(tx, place, &added(before, more)).await
}

/// What becomes of these keys.
fn added(mut before: Cells, more: &Cells) -> Cells {
    let with = |(key, more): (&String, &Sums)| {
        let mut sums = before.remove(key).unwrap_or_default();
        sums.add(more);
        (key.clone(), sums)
    };
    more.iter().map(with).collect()
}

/// All stored sums of a place.
async fn all_stored(tx: &mut Connection, place: &Place) -> Result<Cells> {
    let all = db::query(AssertSqlSafe(format!("select * from log_rollups where {AT}")));
    let mut cells = Cells::new();
    for row in all.bind_all(at(place)).fetch_all(tx).await? {
        cells.insert(row.get("key")?, sums(&row)?);
    }
    Ok(cells)
}

/// The stored sums of these keys.
async fn stored(tx: &mut Connection, place: &Place, cells: &Cells) -> Result<Cells> {
    let mut found = Cells::new();
    let keys: Vec<&str> = cells.keys().map(String::as_str).collect();
    for chunk in keys.chunks(CHUNK) {
        let places: Vec<_> = (5..5 + chunk.len()).map(|it| format!("${it}")).collect();
        let sql = format!("select * from log_rollups where {AT} and key in ({})", places.join(","));
        let rows = db::query(AssertSqlSafe(sql))
            .persistent(chunk.len() == CHUNK)
            .bind_all(at(place))
            .bind_all(chunk.iter().map(|it| (*it).into()))
            .fetch_all(tx)
            .await?;
        for row in rows {
            found.insert(row.get("key")?, sums(&row)?);
        }
    }
    Ok(found)
}

/// The rows of one place, with [`at`].
const AT: &str = "gateway_id = $1 and view = $2 and bucket = $3 and start = $4";

fn at(place: &Place) -> [Value; 4] {
    [
        place.gateway.as_str().into(),
        place.view.number().into(),
        place.bucket.seconds().into(),
        place.start.into(),
    ]
}

async fn write(tx: &mut Tx, place: &Place, all: &Cells) -> Result<()> {
    let numbers = NUMBERS.join(", ");
    let replaced: Vec<_> = NUMBERS.iter().map(|it| format!("{it} = excluded.{it}")).collect();
    let rows: Vec<_> = all.iter().collect();
    for chunk in rows.chunks(CHUNK) {
        let sql = format!(
            "insert into log_rollups (gateway_id, view, bucket, start, key, {numbers}, times) values {} \
             on conflict (gateway_id, view, bucket, start, key) do update set {}, times = excluded.times",
            tx.placeholders(chunk.len(), COLUMNS),
            replaced.join(", ")
        );
        db::query(AssertSqlSafe(sql))
            .persistent(chunk.len() == CHUNK)
            .bind_all(chunk.iter().flat_map(|(key, sums)| values(place, key, sums)))
            .execute(tx)
            .await?;
    }
    Ok(())
}

fn values(place: &Place, key: &str, sums: &Sums) -> Vec<Value> {
    let mut values = Vec::with_capacity(COLUMNS);
    values.extend(at(place));
    values.push(key.into());
    values.extend(sums.numbers().map(|it| Value::from(i64::try_from(it).unwrap_or(i64::MAX))));
    values.push(sums.times().into());
    values
}

/// The sums of a row.
fn sums(row: &Row) -> Result<Sums> {
    let mut sums = Sums::default();
    for (mine, number) in sums.numbers_mut().into_iter().zip(numbers(row)?) {
        *mine = number;
    }
    let times: Vec<u8> = row.get("times")?;
    sums.read_times(&times).ok_or_else(|| unreadable(TIMES))?;
    Ok(sums)
}

/// What is told when they are something else.
pub(super) const TIMES: &str = "times of a roll-up";

fn numbers(row: &Row) -> Result<[u64; NUMBERS.len()]> {
    let mut numbers = [0; NUMBERS.len()];
    for (number, column) in numbers.iter_mut().zip(NUMBERS) {
        *number = row.get::<i64>(column)?.unsigned_abs();
    }
    Ok(numbers)
}

/// Adds to all rows of a place, and puts what is rare into the rest.
async fn fold(
    tx: &mut Tx,
    place: &Place,
    mut cells: Cells,
    more: &Cells,
    most: usize,
) -> Result<()> {
    let before: Vec<String> = cells.keys().cloned().collect();
    for (key, more) in more {
        cells.entry(key.clone()).or_default().add(more);
    }
    let folded = folded(cells, most);
    let gone: Vec<&str> =
        before.iter().filter(|it| !folded.contains_key(*it)).map(String::as_str).collect();
    for chunk in gone.chunks(CHUNK) {
        let places: Vec<_> = (5..5 + chunk.len()).map(|it| format!("${it}")).collect();
        let sql = format!("delete from log_rollups where {AT} and key in ({})", places.join(","));
        db::query(AssertSqlSafe(sql))
            .persistent(chunk.len() == CHUNK)
            .bind_all(at(place))
            .bind_all(chunk.iter().map(|it| (*it).into()))
            .execute(tx)
            .await?;
    }
    write(tx, place, &folded).await
}

/// The most frequent values as they are, the others in the rest of their name, and of these the rarest in the rest of all. A rest has
/// nothing but the name; what is no rest has a last part.
pub(super) fn folded(cells: Cells, most: usize) -> Cells {
    let (rests, values): (Vec<_>, Vec<_>) =
        cells.into_iter().partition(|(key, _)| key.ends_with(",null]"));
    let (mut kept, rare) = split(values, most);
    let mut rest: Cells = rests.into_iter().collect();
    for (value, sums) in rare {
        rest.entry(rest_of(&value, true)).or_default().add(&sums);
    }
    let (names, rare) = split(rest.into_iter().collect(), RESTS);
    kept.extend(names);
    for (key, sums) in rare {
        kept.entry(rest_of(&key, false)).or_default().add(&sums);
    }
    kept
}

/// Where a key is folded to, with its name or without.
fn rest_of(value: &str, named: bool) -> String {
    let parts = parts(value).unwrap_or_default();
    let name = parts.first().and_then(Option::as_deref).filter(|_| named);
    let mut rest = vec![None; parts.len()];
    if let Some(first) = rest.first_mut() {
        *first = name;
    }
    key(&rest)
}

/// Those with the most requests, and the others; of equals, the first by key.
fn split(mut all: Vec<(String, Sums)>, most: usize) -> (Cells, Vec<(String, Sums)>) {
    all.sort_by(|(a, x), (b, y)| y.requests.cmp(&x.requests).then_with(|| a.cmp(b)));
    let rare = all.split_off(most.min(all.len()));
    (all.into_iter().collect(), rare)
}
