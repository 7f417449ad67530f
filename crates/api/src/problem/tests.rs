use super::codes::TABLE;

#[test]
fn the_documentation_lists_every_code() {
    let docs = include_str!("../../../../docs/errors.md");
    for code in TABLE {
        let row = format!("| {} | {} | {} |", code.number, code.status.as_u16(), code.meaning);
        assert!(docs.contains(&row), "docs/errors.md lacks the row\n{row}");
    }
}

#[test]
fn no_code_is_a_conflict_because_generated_clients_retry_it() {
    assert!(TABLE.iter().all(|it| it.status != http::StatusCode::CONFLICT));
}
