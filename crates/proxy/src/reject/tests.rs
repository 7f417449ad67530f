use super::{
    BUSY, FAILED, FORBIDDEN, INTERNAL, LIMITED, MALFORMED, MEDIA_TYPE, METHOD, NO_GATEWAY,
    NO_PROVIDER, NO_ROUTE, NO_SUCH_PATH, NOT_SERVED, Row, SLOW, SPENT, TOO_LARGE, UNAUTHORIZED,
    seconds,
};
use std::time::Duration;

#[test]
fn the_documented_table_is_the_one_in_force() {
    let page = include_str!("../../../../docs/errors-data-plane.md");
    let rows = [
        NO_GATEWAY,
        NO_PROVIDER,
        MALFORMED,
        UNAUTHORIZED,
        FORBIDDEN,
        NO_SUCH_PATH,
        NO_ROUTE,
        METHOD,
        SLOW,
        TOO_LARGE,
        MEDIA_TYPE,
        LIMITED,
        SPENT,
        INTERNAL,
        NOT_SERVED,
        FAILED,
        BUSY,
    ];
    let documented: Vec<_> =
        page.lines().filter(|it| it.starts_with(['|']) && it.contains("_error` |")).collect();
    assert_eq!(documented.len(), rows.len());
    for (line, Row { status, code, kind, name }) in documented.iter().zip(rows) {
        let start = format!("| {} | {code} | `{name}` | `{kind}` |", status.as_u16());
        assert!(line.starts_with(&start), "{line} is not {start}");
    }
}

#[test]
fn waits_are_rounded_up_to_whole_seconds() {
    let check = |ms, expected| assert_eq!(seconds(Duration::from_millis(ms)), expected, "{ms}");
    check(1, 1);
    check(1000, 1);
    check(1001, 2);
    check(0, 0);
}
