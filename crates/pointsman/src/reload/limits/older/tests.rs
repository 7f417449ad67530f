use super::*;

fn live(id: &str) -> Arc<LiveRoute> {
    Arc::new(LiveRoute::new(id.into(), "name", None, None))
}

fn known(older: &Older) -> Vec<String> {
    let kept = older.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut routes: Vec<_> = kept.keys().map(|it| it.as_str().to_owned()).collect();
    routes.sort();
    routes
}

#[test]
fn what_was_found_goes_with_its_route() {
    let older = Older::default();
    let [here, gone] = [live("here"), live("gone")];
    for route in [&here, &gone] {
        older.keep(route, HashMap::from([(b"limit".as_slice().into(), None)]));
    }
    assert_eq!(known(&older), ["gone", "here"]);
    older.keep_only(&HashSet::from([&here.id]));
    assert_eq!(known(&older), ["here"]);
    older.keep_only(&HashSet::new());
    assert!(known(&older).is_empty());
}
