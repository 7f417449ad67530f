//! Under which names a model may be listed.

/// Where Bedrock's inference profiles run, in front of a model's name. As in `scripts/update-prices.py`.
const REGIONS: [&str; 7] = ["apac.", "au.", "eu.", "global.", "jp.", "us.", "us-gov."];

/// Publishers in front of models of Vertex AI that lists name without them.
const PUBLISHERS: [&str; 2] = ["google/", "anthropic/"];

/// The names to look for, best first: the id, the id without one of `providers` in front, each without a date at its end, each of
/// those without a region or publisher in front.
pub(super) fn names<'m>(providers: [&str; 2], model: &'m str) -> Vec<&'m str> {
    let unqualified =
        providers.into_iter().find_map(|it| model.strip_prefix(it)?.strip_prefix('/'));
    let mut names: Vec<&str> = [Some(model), unqualified].into_iter().flatten().collect();
    names.extend(names.clone().into_iter().filter_map(undated));
    names.extend(names.clone().into_iter().filter_map(unplaced));
    names
}

/// The id without a date at its end; `None` when it has none.
fn undated(id: &str) -> Option<&str> {
    let digits = |it: &str, count| it.len() == count && it.bytes().all(|it| it.is_ascii_digit());
    let (rest, last) = id.rsplit_once('-')?;
    if digits(last, 8) {
        return Some(rest);
    }
    let (rest, month) = rest.rsplit_once('-')?;
    let (rest, year) = rest.rsplit_once('-')?;
    (digits(last, 2) && digits(month, 2) && digits(year, 4)).then_some(rest)
}

/// The id without a region or publisher in front; `None` when it has none.
fn unplaced(id: &str) -> Option<&str> {
    let region = REGIONS.into_iter().find_map(|it| id.strip_prefix(it));
    let publisher = || PUBLISHERS.into_iter().find_map(|it| id.strip_prefix(it));
    region.filter(|it| it.contains('.')).or_else(publisher)
}

#[cfg(test)]
mod tests {
    use super::{names, undated};

    #[test]
    fn only_whole_dates_are_taken_off() {
        for (id, expected) in [
            ("gpt-4o-2024-08-06", Some("gpt-4o")),
            ("claude-20250514", Some("claude")),
            ("gpt-4-0613", None),
            ("gpt-4o", None),
            ("2024-08-06", None),
            ("a-24-08-06", None),
            ("a-2024-08-6", None),
        ] {
            assert_eq!(undated(id), expected, "{id}");
        }
    }

    #[test]
    fn a_region_is_taken_off_last() {
        assert_eq!(
            names(["bedrock", "aws-bedrock"], "bedrock/us.amazon.nova-20250514"),
            [
                "bedrock/us.amazon.nova-20250514",
                "us.amazon.nova-20250514",
                "bedrock/us.amazon.nova",
                "us.amazon.nova",
                "amazon.nova-20250514",
                "amazon.nova",
            ]
        );
        assert_eq!(names(["", ""], "us.gpt"), ["us.gpt"], "no vendor follows");
    }
}
