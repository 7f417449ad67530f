//! Sums of several gateways.

use super::*;

/// More than one statement names.
const GATEWAYS: usize = 1_100;

fn id(number: usize) -> String {
    format!("gateway-{number:04}")
}

/// A hundred requests to four of them, at both ends and between.
async fn counted(home: &Home) -> Vec<Record> {
    let records: Vec<_> = (0..100_usize)
        .map(|it| {
            let at = DAY + i64::try_from(it).unwrap() * 500;
            let gateway = [600, 0, 600, 1, GATEWAYS - 1, 600, 600][it % 7];
            let gateway = id(gateway).into();
            Record { gateway, ..request(at, (it % 3, it % 4, it % 5, it % 9)) }
        })
        .collect();
    let mut tally = Tally::default();
    tally.count(&records);
    home.store.analytics().add(&tally).await.unwrap();
    records
}

fn within(records: &[Record], gateways: &[GatewayId]) -> Vec<Record> {
    records.iter().filter(|it| gateways.contains(&it.gateway)).cloned().collect()
}

async fn sums_are_of_the_gateways_named_and_of_no_others(database: Database) {
    let home = Home::new(database).await;
    let records = counted(&home).await;
    let all: Vec<GatewayId> = (0..GATEWAYS).map(|it| id(it).into()).collect();
    let some = [all[1].clone(), all[600].clone(), GatewayId::from("absent")];
    let mut groupings = groupings();
    groupings.extend([
        vec![Gateway],
        vec![Gateway, Route],
        vec![Model, Gateway],
        vec![Gateway, Key, Model],
        vec![Gateway, Metadata("user".into())],
    ]);
    for gateways in [&all[..], &some[..], &all[..1], &[]] {
        let records = within(&records, gateways);
        for groups in &groupings {
            let query = asked(Bucket::Hour, groups);
            let answer = home.store.analytics().query_all(gateways, &query).await.unwrap();
            let whole = naive(&records, &asked(Bucket::Hour, &[])).remove(&Vec::new());
            assert_eq!(answer.total.points, whole.unwrap_or_default(), "{groups:?}");
            assert_eq!(shown(&answer), naive(&records, &query), "{groups:?}");
            let mut sum = answer.rest.total;
            answer.groups.iter().for_each(|it| sum.add(&it.total));
            assert_eq!(sum, answer.total.total, "{groups:?}");
        }
    }
}

async fn a_filter_leaves_one_gateway_of_those_named(database: Database) {
    let home = Home::new(database).await;
    let records = counted(&home).await;
    let gateways: Vec<GatewayId> = [0, 1, 600].map(|it| id(it).into()).into();
    for (gateway, groups) in [
        (0, vec![]),
        (0, vec![Model]),
        (600, vec![Gateway]),
        (600, vec![Key, Model]),
        (GATEWAYS - 1, vec![]),
        (GATEWAYS - 1, vec![Gateway]),
    ] {
        let filters = vec![(Gateway, id(gateway))];
        let query = AnalyticsQuery { filters, ..asked(Bucket::Hour, &groups) };
        let answer = home.store.analytics().query_all(&gateways, &query).await.unwrap();
        let expected = naive(&within(&records, &gateways), &query);
        let total: u64 = expected.values().flat_map(|it| it.values()).map(|it| it.requests).sum();
        assert_eq!(answer.total.total.requests, total, "{query:?}");
        assert_eq!(total == 0, gateway == GATEWAYS - 1, "one that is not named has no sums");
        if !groups.is_empty() {
            assert_eq!(shown(&answer), expected, "{query:?}");
        }
    }
}

async fn the_largest_gateways_are_shown_and_the_others_are_the_rest(database: Database) {
    let home = Home::new(database).await;
    let records = counted(&home).await;
    let gateways: Vec<GatewayId> = (0..GATEWAYS).map(|it| id(it).into()).collect();
    let query = AnalyticsQuery { most: 1, ..asked(Bucket::Day, &[Gateway]) };
    let answer = home.store.analytics().query_all(&gateways, &query).await.unwrap();
    let largest = records.iter().filter(|it| it.gateway.as_str() == id(600)).count();
    assert_eq!(answer.groups.len(), 1);
    assert_eq!(answer.groups[0].group, [Some(id(600))]);
    assert_eq!(answer.groups[0].total.requests, u64::try_from(largest).unwrap());
    assert_eq!(answer.rest.total.requests, u64::try_from(records.len() - largest).unwrap());
}

on_each_database![
    sums_are_of_the_gateways_named_and_of_no_others,
    a_filter_leaves_one_gateway_of_those_named,
    the_largest_gateways_are_shown_and_the_others_are_the_rest,
];
