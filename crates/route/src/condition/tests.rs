//! What each operator says of each kind of value, how operators combine, and that "never" and "always" are not said lightly.

use super::*;
use crate::problem::{At, Code, Problems};
use crate::testing::NoFacts;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

/// Reads a condition, or gives the codes of what is wrong with it.
fn read(condition: &Json) -> Result<Condition, Vec<(Code, String)>> {
    let mut problems = Problems::default();
    let tree = crate::json::parse(&condition.to_string(), &mut problems).expect("JSON");
    let mut patterns = crate::compile::bounds::PATTERNS;
    parse(&tree, &At::ROOT, &mut patterns, &mut problems)
        .filter(|_| !problems.has_errors())
        .ok_or_else(|| {
            problems.into_sorted().into_iter().map(|it| (it.code, it.pointer())).collect()
        })
}

/// A request with one value under `metadata.v`, `headers.v` or wherever it is asked for.
struct Only<'a>(Option<&'a Json>);

impl Facts for Only<'_> {
    fn get(&self, _: &Field) -> Option<Value<'_>> {
        Some(match self.0? {
            Json::Null => Value::Null,
            Json::Bool(it) => Value::Bool(*it),
            Json::Number(it) => Value::Number(it.clone()),
            Json::String(it) => Value::Text(it.as_str().into()),
            other => Value::Other(other.clone()),
        })
    }
}

fn holds(condition: &Json, value: Option<&Json>) -> bool {
    read(condition)
        .unwrap_or_else(|problems| panic!("{condition}: {problems:?}"))
        .holds(&Only(value))
}

/// Operators, and of which kinds of values they hold: missing, null, true, 5, "5", "abc", ["abc", 5], {"a": 5}.
fn of_one_value() -> Vec<(Json, &'static str)> {
    vec![
        (json!({"$eq": null}), "-x------"),
        (json!(null), "-x------"),
        (json!({"$eq": true}), "--x-----"),
        (json!({"$eq": "true"}), "--------"),
        (json!({"$eq": 5}), "---x----"),
        (json!({"$eq": 5.0}), "---x----"),
        (json!(5), "---x----"),
        (json!({"$eq": "5"}), "----x---"),
        (json!("abc"), "-----x--"),
        (json!(["abc", 5.0]), "------x-"),
        (json!([5, "abc"]), "--------"),
        (json!({"$eq": {"a": 5.0}}), "-------x"),
        (json!({"$ne": null}), "x-xxxxxx"),
        (json!({"$ne": 5}), "xxx-xxxx"),
        (json!({"$ne": "abc"}), "xxxxx-xx"),
        (json!({"$ne": ["abc", 5]}), "xxxxxx-x"),
        (json!({"$gt": 4}), "---x----"),
        (json!({"$gt": 5}), "--------"),
        (json!({"$gte": 5}), "---x----"),
        (json!({"$lt": 5.5}), "---x----"),
        (json!({"$lt": 5}), "--------"),
        (json!({"$lte": 5}), "---x----"),
        (json!({"$gt": "5"}), "-----x--"),
        (json!({"$gte": "5"}), "----xx--"),
        (json!({"$lt": "abc"}), "----x---"),
        (json!({"$lte": "abc"}), "----xx--"),
    ]
}

/// More of the same.
fn of_many_values() -> Vec<(Json, &'static str)> {
    vec![
        (json!({"$in": [5, "abc", null]}), "-x-x-x--"),
        (json!({"$in": [["abc", 5]]}), "------x-"),
        (json!({"$in": []}), "--------"),
        (json!({"$nin": [5, "abc", null]}), "x-x-x-xx"),
        (json!({"$nin": []}), "xxxxxxxx"),
        (json!({"$exists": true}), "-xxxxxxx"),
        (json!({"$exists": false}), "x-------"),
        (json!({"$regex": "^[a-c5]+$"}), "----xx--"),
        (json!({"$regex": "B"}), "--------"),
        (json!({"$regex": "(?i)B"}), "-----x--"),
        (json!({"$contains": "bc"}), "-----x--"),
        (json!({"$contains": "abc"}), "-----xx-"),
        (json!({"$contains": 5}), "------x-"),
        (json!({"$contains": ""}), "----xx--"),
        (json!({"$startsWith": "ab"}), "-----x--"),
        (json!({"$endsWith": "5"}), "----x---"),
        (json!({"$not": {"$gt": 4}}), "xxx-xxxx"),
        (json!({"$not": {"$exists": true}}), "x-------"),
        (json!({"$not": {"$ne": 5}}), "---x----"),
        (json!({"$not": {"$gt": 4, "$lt": 5}}), "xxxxxxxx"),
        (json!({"$not": {"$not": {"$eq": 5}}}), "---x----"),
        (json!({"$gt": 4, "$lt": 6}), "---x----"),
        (json!({"$gt": 4, "$ne": 5}), "--------"),
    ]
}

#[test]
fn every_operator_says_what_the_table_says_of_every_kind_of_value() {
    let values = [
        None,
        Some(json!(null)),
        Some(json!(true)),
        Some(json!(5)),
        Some(json!("5")),
        Some(json!("abc")),
        Some(json!(["abc", 5])),
        Some(json!({"a": 5})),
    ];
    for (operators, expected) in of_one_value().into_iter().chain(of_many_values()) {
        for field in ["metadata.v", "body.v"] {
            let condition = json!({ field: operators });
            let found: String = values
                .iter()
                .map(|it| if holds(&condition, it.as_ref()) { 'x' } else { '-' })
                .collect();
            assert_eq!(found, expected, "{condition}");
        }
    }
}

#[test]
fn only_order_reads_a_header_as_a_number() {
    let values = ["5", "5.0", "05", " 5", "5e0", "-7", "abc", "", "true", "1e999"].map(Json::from);
    let table = [
        (json!({"$gt": 4}), "xx--x-----"),
        (json!({"$gte": 5}), "xx--x-----"),
        (json!({"$lt": 5}), "-----x----"),
        (json!({"$lte": 5.0}), "xx--xx----"),
        (json!({"$eq": 5}), "----------"),
        (json!({"$in": [5, -7]}), "----------"),
        (json!({"$ne": 5}), "xxxxxxxxxx"),
        (json!({"$nin": [5]}), "xxxxxxxxxx"),
        (json!({"$eq": true}), "----------"),
        (json!({"$eq": "5"}), "x---------"),
        (json!({"$gt": "5"}), "-x--x-x-x-"),
        (json!({"$not": {"$gt": 4}}), "--xx-xxxxx"),
    ];
    for (operators, expected) in table {
        let condition = json!({"headers.v": operators});
        let found: String =
            values.iter().map(|it| if holds(&condition, Some(it)) { 'x' } else { '-' }).collect();
        assert_eq!(found, expected, "{condition}");
        let condition = json!({"metadata.v": {"$gt": 4}});
        assert!(!holds(&condition, Some(&json!("5"))), "metadata has types of its own");
    }
}

#[test]
fn large_integers_are_told_apart() {
    let condition = json!({"body.v": {"$eq": 9_007_199_254_740_993_u64}});
    assert!(holds(&condition, Some(&json!(9_007_199_254_740_993_u64))));
    assert!(!holds(&condition, Some(&json!(9_007_199_254_740_992_u64))));
    assert!(!holds(&condition, Some(&json!(9_007_199_254_740_992.0))));
}

#[test]
fn nothing_beside_a_group_is_ignored() {
    // `t` holds and `f` does not, of a request that has nothing
    let (t, f) =
        (json!({"metadata.v": {"$exists": false}}), json!({"metadata.v": {"$exists": true}}));
    let table = [
        (json!({"$and": [t, t]}), true),
        (json!({"$and": [t, f]}), false),
        (json!({"$or": [f, t]}), true),
        (json!({"$or": [f, f]}), false),
        (json!({"$nor": [f, f]}), true),
        (json!({"$nor": [f, t]}), false),
        (json!({"$not": f}), true),
        (json!({"$not": t}), false),
        (json!({"$not": {"metadata.v": {"$exists": false}, "metadata.w": 1}}), true),
        (json!({"$or": [t], "metadata.v": 1}), false),
        (json!({"metadata.v": 1, "$or": [t]}), false),
        (json!({"$or": [t], "$and": [f]}), false),
        (json!({"$or": [t], "$nor": [f], "$not": f, "metadata.v": {"$ne": 1}}), true),
        (json!({"$or": [{"$and": [t, f]}, {"$not": {"$or": [f, f]}}]}), true),
        (json!({"metadata.v": {"$exists": false}, "metadata.w": {"$exists": true}}), false),
    ];
    for (condition, expected) in table {
        assert_eq!(read(&condition).expect("a condition").holds(&NoFacts), expected, "{condition}");
    }
}

#[test]
fn what_is_wrong_is_told_where_it_is() {
    let table = [
        (json!({}), Code::EmptyCondition, ""),
        (json!({"metadata.a": {}}), Code::EmptyCondition, "/metadata.a"),
        (json!({"metadata.a": {"$not": {}}}), Code::EmptyCondition, "/metadata.a/$not"),
        (json!({"$and": []}), Code::EmptyCondition, "/$and"),
        (json!({"$or": []}), Code::EmptyCondition, "/$or"),
        (json!({"$nor": []}), Code::EmptyCondition, "/$nor"),
        (json!({"$not": {}}), Code::EmptyCondition, "/$not"),
        (json!({"$and": [{}]}), Code::EmptyCondition, "/$and/0"),
        (json!([]), Code::WrongType, ""),
        (json!(null), Code::WrongType, ""),
        (json!("x"), Code::WrongType, ""),
        (json!({"$and": {"metadata.a": 1}}), Code::BadOperand, "/$and"),
        (json!({"$or": ["x"]}), Code::WrongType, "/$or/0"),
        (json!({"$not": 1}), Code::WrongType, "/$not"),
        (json!({"$eq": 1}), Code::UnknownOperator, "/$eq"),
        (json!({"$where": "1"}), Code::UnknownOperator, "/$where"),
        (json!({"metadata.a": {"$or": [{"$eq": 1}]}}), Code::UnknownOperator, "/metadata.a/$or"),
        (json!({"metadata.a": {"b": 1}}), Code::UnknownOperator, "/metadata.a/b"),
        (
            json!({"metadata.a": {"$regex": "a", "$options": "i"}}),
            Code::UnknownOperator,
            "/metadata.a/$options",
        ),
        (json!({"metadata.a": {"$gt": null}}), Code::BadOperand, "/metadata.a/$gt"),
        (json!({"metadata.a": {"$lte": [1]}}), Code::BadOperand, "/metadata.a/$lte"),
        (json!({"metadata.a": {"$in": "abc"}}), Code::BadOperand, "/metadata.a/$in"),
        (json!({"metadata.a": {"$nin": {"a": 1}}}), Code::BadOperand, "/metadata.a/$nin"),
        (json!({"metadata.a": {"$exists": 1}}), Code::BadOperand, "/metadata.a/$exists"),
        (json!({"metadata.a": {"$regex": 5}}), Code::BadOperand, "/metadata.a/$regex"),
        (json!({"metadata.a": {"$startsWith": 5}}), Code::BadOperand, "/metadata.a/$startsWith"),
        (json!({"metadata.a": {"$endsWith": null}}), Code::BadOperand, "/metadata.a/$endsWith"),
        (json!({"metadata.a": {"$not": "x"}}), Code::BadOperand, "/metadata.a/$not"),
        (json!({"metadata.a": {"$regex": "(?=x)"}}), Code::BadPattern, "/metadata.a/$regex"),
        (json!({"metadata.a": {"$regex": r"(x)\1"}}), Code::BadPattern, "/metadata.a/$regex"),
        (json!({"metadata.a": {"$regex": r"\w{500}"}}), Code::BadPattern, "/metadata.a/$regex"),
        (
            json!({"metadata.a": {"$regex": "x".repeat(1_001)}}),
            Code::BadPattern,
            "/metadata.a/$regex",
        ),
        (json!({"request.ip": 1}), Code::BadField, "/request.ip"),
        (json!({"headers.cookie": "x"}), Code::CredentialField, "/headers.cookie"),
        (json!({"metadata.a": {"$in": vec![0; 1_001]}}), Code::LargeCondition, ""),
        (json!({"$and": vec![json!({"metadata.a": 1}); 200]}), Code::LargeCondition, ""),
    ];
    for (condition, code, place) in table {
        let told = read(&condition).err().unwrap_or_default();
        assert_eq!(told, [(code, format!("/elements{}", place.replace('~', "~0")))], "{condition}");
    }
}

#[test]
fn everything_wrong_with_a_condition_is_told_at_once() {
    let condition = json!({"plan": {"$like": 1, "$gt": true}, "$or": [{"metadata.a": {"$in": 1}}, {}], "$xor": []});
    let mut codes: Vec<_> = read(&condition)
        .expect_err("problems")
        .into_iter()
        .map(|(code, _)| code.as_str())
        .collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "bad_field",
            "bad_operand",
            "bad_operand",
            "empty_condition",
            "unknown_operator",
            "unknown_operator"
        ]
    );
}

#[test]
fn contradictions_are_seen() {
    for condition in [
        json!({"metadata.a": {"$eq": 1, "$ne": 1}}),
        json!({"metadata.a": {"$eq": 1, "$ne": 1.0}}),
        json!({"$and": [{"metadata.a": 1}, {"metadata.a": 2}]}),
        json!({"$and": [{"metadata.a": 1}, {"metadata.a": "1"}]}),
        json!({"metadata.a": 1, "$nor": [{"metadata.a": 1}]}),
        json!({"metadata.a": {"$in": []}}),
        json!({"metadata.a": {"$gt": 5, "$lt": 3}}),
        json!({"metadata.a": {"$gt": 5, "$lte": 5}}),
        json!({"metadata.a": {"$gt": "b", "$lt": "a"}}),
        json!({"metadata.a": {"$gt": 5, "$lt": "x"}}),
        json!({"headers.a": {"$gt": 5, "$lt": 3}}),
        json!({"metadata.a": {"$exists": false, "$eq": 1}}),
        json!({"metadata.a": {"$exists": false, "$gt": 1}}),
        json!({"metadata.a": {"$in": [1, 2], "$gt": 2}}),
        json!({"metadata.a": {"$in": ["a", "b"], "$nin": ["b", "a"]}}),
        json!({"metadata.a": {"$regex": "x", "$gt": 1}}),
        json!({"metadata.a": {"$regex": "x", "$not": {"$regex": "x"}}}),
        json!({"metadata.a": {"$eq": "abc", "$startsWith": "b"}}),
        json!({"headers.a": 5}),
        json!({"headers.a": {"$in": [1, true]}}),
        json!({"request.stream": "true"}),
        json!({"request.stream": {"$ne": true, "$not": {"$eq": false}}}),
        json!({"request.hour": {"$gt": 23}}),
        json!({"request.hour": {"$gt": 8, "$lt": 9}}),
        json!({"request.weekday": {"$in": [0, 8]}}),
        json!({"request.input_tokens": {"$regex": "5"}}),
        json!({"metadata.b": 1, "$or": [{"metadata.b": 2}, {"metadata.a": {"$in": []}}]}),
        json!({"$not": {"metadata.a": {"$nin": []}}}),
    ] {
        let condition = (read(&condition).expect("a condition"), condition);
        assert!(never(&condition.0), "{}", condition.1);
        assert!(!always(&condition.0), "{}", condition.1);
    }
}

#[test]
fn tautologies_are_seen() {
    for condition in [
        json!({"metadata.a": {"$nin": []}}),
        json!({"$or": [{"metadata.a": {"$exists": true}}, {"metadata.a": {"$exists": false}}]}),
        json!({"$or": [{"metadata.a": 1}, {"metadata.a": {"$ne": 1}}]}),
        json!({"$not": {"metadata.a": {"$gt": 5, "$lt": 3}}}),
        json!({"request.hour": {"$gte": 0}}),
        json!({"headers.a": {"$ne": 5}}),
    ] {
        let condition = (read(&condition).expect("a condition"), condition);
        assert!(always(&condition.0), "{}", condition.1);
        assert!(!never(&condition.0), "{}", condition.1);
    }
}

/// Conditions over few fields and few values, so that they often contradict themselves.
fn any_condition() -> impl Strategy<Value = Json> {
    let operand = || {
        select(vec![
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(1),
            json!(1.5),
            json!("a"),
            json!("ab"),
            json!("1"),
            json!([1]),
        ])
    };
    let bound =
        || select(vec![json!(0), json!(1), json!(1.5), json!("a"), json!("ab"), json!("1")]);
    let text = || select(vec!["", "a", "ab", "1", "b"]).prop_map(Json::from);
    let test = prop_oneof![
        (select(vec!["$eq", "$ne", "$contains"]), operand()),
        (select(vec!["$gt", "$gte", "$lt", "$lte"]), bound()),
        (
            select(vec!["$in", "$nin"]),
            proptest::collection::vec(operand(), 0..3).prop_map(Json::from)
        ),
        (Just("$exists"), any::<bool>().prop_map(Json::from)),
        (select(vec!["$regex", "$startsWith", "$endsWith"]), text()),
    ];
    let tests = proptest::collection::vec((any::<bool>(), test), 1..4).prop_map(|tests| {
        let mut object = serde_json::Map::new();
        for (negated, (name, operand)) in tests {
            match negated {
                true => object.insert("$not".to_owned(), json!({ name: operand })),
                false => object.insert(name.to_owned(), operand),
            };
        }
        Json::Object(object)
    });
    let field = select(vec![
        "metadata.a",
        "headers.a",
        "body.a",
        "request.stream",
        "request.hour",
        "request.key",
    ]);
    let leaf = (field, tests).prop_map(|(field, tests)| json!({ field: tests }));
    leaf.prop_recursive(3, 12, 3, |inner| {
        let list = || proptest::collection::vec(inner.clone(), 1..4).prop_map(Json::from);
        prop_oneof![
            (select(vec!["$and", "$or", "$nor"]), list())
                .prop_map(|(name, list)| json!({ name: list })),
            inner.prop_map(|it| json!({"$not": it})),
        ]
    })
}

/// A request in which each field is what its kind allows.
struct Possible {
    free: Option<Json>,
    text: Option<&'static str>,
    stream: bool,
    hour: u8,
}

impl Facts for Possible {
    fn get(&self, field: &Field) -> Option<Value<'_>> {
        match field.to_string().as_str() {
            "request.stream" => Some(Value::Bool(self.stream)),
            "request.hour" => Some(Value::Number(self.hour.into())),
            "headers.a" | "request.key" => self.text.map(|it| Value::Text(it.into())),
            _ => Only(self.free.as_ref()).get(field).map(owned),
        }
    }
}

fn owned(value: Value<'_>) -> Value<'static> {
    match value {
        Value::Null => Value::Null,
        Value::Bool(it) => Value::Bool(it),
        Value::Number(it) => Value::Number(it),
        Value::Text(it) => Value::Text(it.into_owned().into()),
        Value::Other(it) => Value::Other(it),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn never_and_always_are_not_said_of_what_a_request_can_do(condition in any_condition()) {
        let read = read(&condition).expect("a condition");
        let (never, always) = (never(&read), always(&read));
        prop_assert!(!(never && always), "{}", condition);
        if !never && !always {
            return Ok(());
        }
        let free = [None, Some(json!(null)), Some(json!(true)), Some(json!(0)), Some(json!(1)), Some(json!(1.2)), Some(json!(7)), Some(json!("")),
            Some(json!("a")), Some(json!("ab")), Some(json!("aa")), Some(json!("1")), Some(json!([1])), Some(json!(["a", true])), Some(json!({}))];
        for free in free {
            for text in [None, Some(""), Some("a"), Some("ab"), Some("aab"), Some("1"), Some("0.5"), Some("7")] {
                for (stream, hour) in [(false, 0), (true, 1), (false, 23), (true, 9)] {
                    let holds = read.holds(&Possible { free: free.clone(), text, stream, hour });
                    prop_assert!(!(never && holds), "never, but it holds: {}", condition);
                    prop_assert!(!always || holds, "always, but it does not hold: {}", condition);
                }
            }
        }
    }
}
