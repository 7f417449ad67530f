use sqlx::AssertSqlSafe;

use super::{Durability, File};
use crate::db::{Migrations, query};
use crate::error::{Error, Result};

const NOTHING: Migrations = Migrations { name: "none", table: "_none", sqlite: &[], postgres: &[] };

async fn write(file: &File, statements: &[&'static str]) -> Result<()> {
    let mut tx = crate::db::Connection::Sqlite(file.write().await?);
    for it in statements {
        query(AssertSqlSafe(*it)).execute(&mut tx).await?;
    }
    let crate::db::Connection::Sqlite(tx) = tx else { return Ok(()) };
    Ok(tx.commit().await?)
}

#[tokio::test]
async fn after_a_full_disk_the_file_is_written_again() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) =
        File::open(&dir.path().join("a.db"), Durability::PowerCut, &NOTHING).await.unwrap();
    write(&file, &["create table t (a blob)"]).await.unwrap();
    for _ in 0..2 {
        // SQLite takes a file that may not grow for a disk that is full.
        let full = ["pragma max_page_count = 3", "insert into t values (randomblob(1000000))"];
        let refused = write(&file, &full).await;
        assert!(matches!(refused, Err(Error::Full(_))), "{refused:?}");
        write(&file, &["insert into t values (randomblob(1000000))"]).await.unwrap();
    }
}
