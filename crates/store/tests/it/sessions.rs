//! Sessions of browsers, on a real store.

use access::Digest;
use store::Session;

use super::*;

async fn a_session_that_was_ended_is_so_for_every_node_however_it_was_renewed(database: Database) {
    let home = Home::new(database).await;
    let revision = home.store.revision().await.unwrap();
    let session = Session::begin(Digest([7; 32]), 1_000);
    let renewed = session.until(2_000);
    let other = Session::begin(Digest([7; 32]), 1_000);
    let sealed = home.store.sessions().seal(&renewed);
    assert_eq!(home.store.sessions().open(&sealed), Some(renewed));
    assert!(!home.store.sessions().has_ended(&session).await.unwrap());
    for _twice in 0..2 {
        home.store.sessions().end(&session, 3_000, 500).await.unwrap();
    }
    assert_eq!(home.store.revision().await.unwrap(), revision, "it is no management write");

    let home = home.reopened().await;
    let sessions = home.store.sessions();
    let opened = sessions.open(&sealed).unwrap();
    assert!(sessions.has_ended(&opened).await.unwrap());
    assert!(!sessions.has_ended(&other).await.unwrap());
    sessions.end(&other, 9_000, 3_000).await.unwrap();
    assert!(sessions.has_ended(&opened).await.unwrap(), "it is known to its last millisecond");
    sessions.end(&other, 9_000, 3_001).await.unwrap();
    let left = home.raw().await.number("select count(*) from ended_sessions").await;
    assert_eq!(left, 1, "what nobody can have any more is forgotten");
}

on_each_database![a_session_that_was_ended_is_so_for_every_node_however_it_was_renewed];
