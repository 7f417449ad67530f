//! What may be asked of the audit log: exactly what fits is found, however much there is, and by an index.

use store::AuditEntry;

use super::*;

fn bob() -> Actor {
    Actor { id: "t2".into(), name: "Bob \"the\" Großmann\0".into() }
}

/// Routes of Ada and Bob in two gateways.
async fn home(database: Database) -> Home {
    let home = Home::new(database).await;
    let other = home.store.gateways().create(&bob(), gateway("other")).await.unwrap().id;
    for (number, who) in [me(), bob(), me(), bob(), bob()].iter().enumerate() {
        let gateway = if number == 3 { &other } else { &home.gateway };
        let name = format!("way {number}");
        home.store.routes().create(who, gateway, &name, version("[1]")).await.unwrap();
    }
    home
}

async fn found(home: &Home, asked: AuditQuery) -> Vec<AuditEntry> {
    let (entries, total) = home.store.audit().list(&asked, ALL).await.unwrap();
    assert_eq!(entries.len() as u64, total, "{asked:?}");
    entries
}

async fn count(home: &Home, asked: AuditQuery) -> usize {
    found(home, asked).await.len()
}

async fn each_filter_finds_exactly_what_fits(database: Database) {
    let home = home(database).await;
    let none = AuditQuery::default;
    assert_eq!(count(&home, none()).await, 7);
    assert_eq!(count(&home, of_gateway("other")).await, 2);
    assert_eq!(count(&home, AuditQuery { actor: Some("t2".into()), ..none() }).await, 4);
    assert_eq!(count(&home, AuditQuery { actor: Some("T2".into()), ..none() }).await, 0);
    assert_eq!(count(&home, AuditQuery { actor: Some("".into()), ..none() }).await, 0);
    let made = AuditQuery { action: Some("route.create".into()), ..none() };
    let routes = found(&home, made.clone()).await;
    assert_eq!(routes.len(), 5);
    assert!(routes.iter().all(|it| it.action == "route.create"));
    let one = AuditQuery { resource: Some(routes[1].resource.clone()), ..none() };
    let entries = found(&home, one).await;
    assert_eq!((entries.len(), &entries[0].id), (1, &routes[1].id));
    let all = AuditQuery { actor: Some("t2".into()), gateway: Some("default".into()), ..made };
    assert_eq!(count(&home, all).await, 2);
}

async fn time_is_from_its_start_and_before_its_end(database: Database) {
    let home = home(database).await;
    let all = found(&home, AuditQuery::default()).await;
    let (first, last) = (all[4].at, all[1].at);
    let within = AuditQuery { start: Some(first), end: Some(last), ..AuditQuery::default() };
    let expected: Vec<_> = all.iter().filter(|it| it.at >= first && it.at < last).collect();
    let entries = found(&home, within).await;
    assert!(entries.iter().map(|it| &it.id).eq(expected.iter().map(|it| &it.id)));
    let never = AuditQuery { start: Some(last), end: Some(first), ..AuditQuery::default() };
    assert_eq!(count(&home, never).await, 0);
}

async fn text_is_found_in_everything_an_entry_says_and_means_itself(database: Database) {
    let home = home(database).await;
    let search = |text: &str| AuditQuery { search: Some(text.into()), ..AuditQuery::default() };
    for (text, expected) in [
        ("BOB", 4),
        ("t1", 3),
        ("oute.CREA", 5),
        ("OTHER", 2),
        ("Way 3", 1),
        ("bob \"the\"", 4),
        ("gro\u{df}mann\0", 4),
        ("GRO\u{1e9e}MANN", 0),
        ("%", 0),
        ("w_y", 0),
        ("'", 0),
        ("way 3\\", 0),
        ("nothing has this", 0),
    ] {
        assert_eq!(count(&home, search(text)).await, expected, "{text}");
    }
    let long = "x".repeat(60_000);
    assert_eq!(count(&home, search(&long)).await, 0);
    let quoted = version("[1]");
    home.store.routes().create(&me(), &home.gateway, "say \"hi\"\\ \u{c9}", quoted).await.unwrap();
    assert_eq!(
        count(&home, search("Say \"Hi\"\\ \u{c9}")).await,
        1,
        "as it was given, not as JSON"
    );
}

async fn pages_of_what_fits_are_exact(database: Database) {
    let home = home(database).await;
    let asked = AuditQuery { actor: Some("t2".into()), ..AuditQuery::default() };
    let all = found(&home, asked.clone()).await;
    let mut seen = Vec::new();
    for page in 1..=3 {
        let page = Page { page, per_page: 2 };
        let (entries, total) = home.store.audit().list(&asked, page).await.unwrap();
        assert_eq!(total, 4);
        seen.extend(entries);
    }
    assert!(seen.iter().map(|it| &it.id).eq(all.iter().map(|it| &it.id)));
}

async fn who_did_anything_is_named_once_by_the_latest_name(database: Database) {
    let home = home(database).await;
    let renamed = Actor { name: "Ada L.".into(), ..me() };
    home.store.routes().create(&renamed, &home.gateway, "z", version("[1]")).await.unwrap();
    let names = home.store.audit().names().await.unwrap();
    assert_eq!(names.actors, [renamed, bob()]);
    assert_eq!(names.actions, ["gateway.create", "route.create"]);
    assert!(names.complete);
}

async fn more_names_than_are_listed_are_said_to_be_more(database: Database) {
    let home = Home::new(database).await;
    let mut raw = home.raw().await;
    let numbers = "with recursive n (n) as (select 1 union all select n + 1 from n where n < 1000)";
    let entries = "insert into audit (id, at, actor_id, actor_name, action, resource, detail)";
    let fields = "'e' || n, n, 'a' || n, 'n', 'x', 'r', '{}'";
    let sql = format!("{entries} {numbers} select {fields} from n");
    raw.execute(&sql).await.unwrap();
    let names = home.store.audit().names().await.unwrap();
    assert_eq!((names.actors.len(), names.complete), (1000, false));
}

/// Each exact filter is answered from an index of its own.
#[tokio::test]
async fn no_exact_filter_looks_at_every_entry() {
    let home = Home::new(Database::Sqlite).await;
    let mut raw = sqlx::SqliteConnection::connect(&home.url).await.unwrap();
    for (condition, index) in [
        ("gateway_id = $1", "audit_by_gateway"),
        ("actor_id = $1", "audit_by_actor"),
        ("action = $1", "audit_by_action"),
        ("resource = $1", "audit_by_resource"),
        ("at >= $1 and at < $2", "audit_by_time"),
    ] {
        let sql = format!("explain query plan select count(*) from audit where {condition}");
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&mut raw).await.unwrap();
        assert!(plan[0].3.contains(index), "{condition}: {plan:?}");
    }
}

on_each_database![
    each_filter_finds_exactly_what_fits,
    time_is_from_its_start_and_before_its_end,
    text_is_found_in_everything_an_entry_says_and_means_itself,
    pages_of_what_fits_are_exact,
    who_did_anything_is_named_once_by_the_latest_name,
    more_names_than_are_listed_are_said_to_be_more,
];
