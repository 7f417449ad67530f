use super::super::values::{decimal, time};
use super::read;
use store::{LogField, LogFilter, LogOperator, LogValue};

fn pairs(query: &str) -> Vec<(String, String)> {
    let pair = |it: &str| it.split_once('=').map(|(name, value)| (name.into(), value.into()));
    query.split('&').filter_map(pair).collect()
}

fn two() -> Vec<LogFilter> {
    vec![
        LogFilter {
            field: LogField::Cost,
            operator: LogOperator::Gt,
            values: vec![LogValue::Int(100_000_000)],
        },
        LogFilter {
            field: LogField::UserAgent,
            operator: LogOperator::Eq,
            values: vec!["a".into(), LogValue::Null, "true".into()],
        },
    ]
}

#[test]
fn every_form_of_an_array_of_objects_says_the_same() {
    for query in [
        r#"filters=[{"key":"cost","operator":"gt","value":[0.1]},{"key":"user_agent","operator":"eq","value":["a",null,true]}]"#,
        r#"filters={"key":"cost","operator":"gt","value":0.1}&filters={"key":"user_agent","operator":"eq","value":["a",null,"true"]}"#,
        "filters.key=cost&filters.operator=gt&filters.value=0.1&filters.key=user_agent&filters.operator=eq&filters.value=a&filters.value=&filters.value=true",
        "filters.value=1e-1&filters.key=cost&filters.operator=gt&filters.value=a&filters.value=&filters.value=true&filters.key=user_agent&filters.operator=eq",
        "filters[][operator]=gt&filters[][value][]=0.1&filters[][key]=cost&filters[][operator]=eq&filters[][value][]=a&filters[][value][]=&filters[][value][]=true&filters[][key]=user_agent",
        "filters[0][key]=cost&filters[1][value][0]=a&filters[0][operator]=gt&filters[1][operator]=eq&filters[1][value][1]=&filters[1][value][2]=true&filters[0][value]=0.1&filters[1][key]=user_agent",
        "filters[0].key=cost&filters[0].operator=gt&filters[0].value[0]=0.1&filters[1].key=user_agent&filters[1].operator=eq&filters[1].value=a&filters[1].value=&filters[1].value=true",
        "filters.0.key=cost&filters.0.operator=gt&filters.0.value=0.1&filters.1.key=user_agent&filters.1.operator=eq&filters.1.value=a&filters.1.value=&filters.1.value=true",
    ] {
        assert_eq!(read(&pairs(query)).unwrap(), two(), "{query}");
    }
    assert_eq!(read(&pairs("search=x&page=1")).unwrap(), []);
}

#[test]
fn parts_of_one_name_together_are_filters_of_one_value_each() {
    let query = "filters.key=cost&filters.key=user_agent&filters.operator=gt&filters.operator=eq&filters.value=0.1&filters.value=";
    let read_together = read(&pairs(query)).unwrap();
    let [cost, mut agent] = <[_; 2]>::try_from(two()).unwrap();
    agent.values = vec![LogValue::Null];
    assert_eq!(read_together, [cost.clone(), agent]);
    let mixed = r#"filters={"key":"cost","operator":"gt","value":0.1}&filters.value=a&filters.value=b&filters.key=model&filters.key=id&filters.operator=eq&filters.operator=neq&filters[3][key]=cost&filters[3][operator]=gt&filters[3][value]=0.1"#;
    let read_mixed = read(&pairs(mixed)).unwrap();
    assert_eq!(read_mixed.iter().filter(|it| **it == cost).count(), 2);
    assert_eq!(read_mixed.len(), 4);
}

#[test]
fn what_cannot_be_compared_is_refused_by_name() {
    for (query, told) in [
        ("filters=[", "is not JSON"),
        ("filters=[1]", "filter 0 is not an object"),
        (r#"filters=[{"key":"cost","operator":"gt"}]"#, "missing field `value`"),
        ("filters.key=cost&filters.operator=gt", "it has no `value`"),
        ("filters.key=cost&filters.value=1", "it has no `operator`"),
        ("filters.value=1&filters.operator=eq", "it has no `key`"),
        (
            "filters.key=id&filters.key=model&filters.operator=eq&filters.operator=eq&filters.value=a&filters.value=b&filters.value=c",
            "2 `filters.operator` and 3 `filters.value`",
        ),
        ("filters.key=id&filters.key=model&filters.operator=eq", "cannot be told"),
        ("filters.name=cost", "`filters.name` is no part of a filter"),
        ("filters[0][key][0]=cost", "is no part of a filter"),
        ("filters.key=price&filters.operator=eq&filters.value=1", "`key` is `price`"),
        ("filters.key=cost&filters.operator=is&filters.value=1", "`operator` is `is`"),
        ("filters.key=cost&filters.operator=contains&filters.value=1", "does not apply to `cost`"),
        ("filters.key=success&filters.operator=gt&filters.value=1", "does not apply to `success`"),
        ("filters.key=metadata.value&filters.operator=lt&filters.value=1", "does not apply"),
        ("filters.key=cost&filters.operator=eq&filters.value=much", "`much`, which is no number"),
        ("filters.key=success&filters.operator=eq&filters.value=yes", "neither `true` nor `false`"),
        ("filters.key=created_at&filters.operator=gt&filters.value=now", "`now`, which is no time"),
        ("filters.key=cost&filters.operator=lt&filters.value=", "`null`"),
        (r#"filters=[{"key":"id","operator":"eq","value":[[1]]}]"#, "an array or object"),
    ] {
        let problem = format!("{:?}", read(&pairs(query)).unwrap_err());
        assert!(problem.contains(told), "{query}: {problem}");
    }
    let many = vec!["filters.key=id&filters.operator=eq&filters.value=a"; 33].join("&");
    assert!(format!("{:?}", read(&pairs(&many)).unwrap_err()).contains("33 filters"));
}

#[test]
fn decimals_are_rounded_down_and_it_is_known_whether_they_were() {
    for (text, floor, exact) in [
        ("0", 0, true),
        ("-0", 0, true),
        ("0.1", 100_000_000, true),
        ("1e-7", 100, true),
        ("2.5E3", 2_500_000_000_000, true),
        ("0.0000000015", 1, false),
        ("-0.0000000015", -2, false),
        ("-1", -1_000_000_000, true),
        ("1.0000000000", 1_000_000_000, true),
        ("1e30", i64::MAX, true),
        ("-1e30", i64::MIN, true),
        ("1e-30", 0, false),
    ] {
        let it = decimal(text, 9).unwrap();
        assert_eq!((it.floor, it.exact), (floor, exact), "{text}");
    }
    for text in ["", "-", ".5", "1,5", "0x1", "1e", "NaN", "1 "] {
        assert_eq!(decimal(text, 9), None, "{text}");
    }
    let it = time("2027-01-15T08:00:00.0005Z").unwrap();
    assert_eq!((it.floor, it.exact), (1_800_000_000_000, false));
    assert_eq!(time("1800000000000").unwrap().floor, 1_800_000_000_000);
}
