use super::Costs;

#[test]
fn costs_are_kept_by_step_in_whatever_order_they_come() {
    let mut costs = Costs::default();
    for (step, cost) in [(2, 7), (0, 1), (2, 3), (1, 0)] {
        costs.add(step, cost);
    }
    let since: Vec<_> = (0..5).map(|step| costs.since(step)).collect();
    assert_eq!(since, [11, 10, 10, 0, 0]);
    let each: Vec<_> = (0..5).map(|step| costs.of(step)).collect();
    assert_eq!(each, [1, 0, 10, 0, 0]);
}

#[test]
fn costs_stop_at_the_largest_number_instead_of_starting_again() {
    let mut costs = Costs::default();
    costs.add(0, u64::MAX);
    costs.add(1, 5);
    costs.add(1, u64::MAX);
    assert_eq!((costs.since(0), costs.since(1)), (u64::MAX, u64::MAX));
}
