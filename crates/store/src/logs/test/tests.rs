use super::*;

fn sql(postgres: bool, what: &What, form: Form) -> String {
    let mut clause = Clause::of(postgres);
    what.sql(&mut clause, form)
}

/// With `or` between a column of the log and other tables, every log would be looked at.
#[test]
fn a_search_that_is_a_set_is_a_union() {
    let such = Such::Search("x".to_owned());
    let found = What::Found { column: "kind", gateway: 1, ids: vec![2], such };
    for postgres in [true, false] {
        let sql = sql(postgres, &found, Form::Set);
        assert!(sql.contains("union all") && !sql.contains(" or "), "{sql}");
    }
}

#[test]
fn times_of_creation_are_ranges_of_numbers() {
    let set = |ms: Vec<i64>| sql(true, &What::At(ms), Form::Set);
    assert_eq!(set(vec![5]), "((n >= $1 and n < $2))");
    assert_eq!(set(vec![5, 7]), "((n >= $1 and n < $2) or (n >= $3 and n < $4))");
    assert_eq!(set(vec![]), "false");
    let many = set((0..1000).collect());
    assert!(many.starts_with("((n >= $1 and n < $2) and (n >> 21) = any("), "{many}");
    let at = What::At(vec![5]);
    assert!(Test { what: at.clone(), negated: false }.can_drive());
    assert!(!Test { what: at, negated: true }.can_drive());
}
