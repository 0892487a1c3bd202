use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn default_bounds_are_inclusive() {
    use Recommendation::{DefinitelyNot, Mixed, No, StrongYes, Yes};
    let thresholds = Thresholds::default();
    for (score, expected) in [
        (100.0, StrongYes),
        (80.0, StrongYes),
        (79.999, Yes),
        (79.5, Yes),
        (60.0, Yes),
        (59.9, Mixed),
        (40.0, Mixed),
        (39.9, No),
        (20.0, No),
        (19.9, DefinitelyNot),
        (0.0, DefinitelyNot),
    ] {
        assert_eq!(
            thresholds.recommend(Score::new(score).unwrap()),
            expected,
            "{score}"
        );
    }
    assert_eq!(Thresholds::new(80.0, 60.0, 40.0, 20.0), Ok(thresholds));
}

#[test]
fn errors_name_the_bounds_and_their_values() {
    for (bounds, message) in [
        (
            [101.0, 60.0, 40.0, 20.0],
            "the bound for Strong Yes must be above 0 and at most 100, got 101",
        ),
        (
            [80.0, 60.0, 40.0, 0.0],
            "the bound for No must be above 0 and at most 100, got 0",
        ),
        (
            [80.0, f64::NAN, 40.0, -1.0],
            "the bound for Yes must be above 0 and at most 100, got NaN; \
             the bound for No must be above 0 and at most 100, got -1",
        ),
        (
            [80.0, 60.0, 60.0, 20.0],
            "the bound for Yes (60) must be above the bound for Mixed (60)",
        ),
        (
            [50.0, 60.5, 40.0, 45.0],
            "the bound for Strong Yes (50) must be above the bound for Yes (60.5); \
             the bound for Mixed (40) must be above the bound for No (45)",
        ),
        (
            [f64::INFINITY, 30.0, 40.0, 20.0],
            "the bound for Strong Yes must be above 0 and at most 100, got inf; \
             the bound for Yes (30) must be above the bound for Mixed (40)",
        ),
    ] {
        let [strong_yes, yes, mixed, no] = bounds;
        let error = Thresholds::new(strong_yes, yes, mixed, no).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn ranges_serialize_for_a_settings_page() {
    assert_eq!(
        json!(Thresholds::default().ranges()),
        json!([
            {"recommendation": "definitely_yes", "label": "Strong Yes", "from": 80, "below": null, "text": "80 to 100"},
            {"recommendation": "yes", "label": "Yes", "from": 60, "below": 80, "text": "60 to below 80"},
            {"recommendation": "mixed", "label": "Mixed", "from": 40, "below": 60, "text": "40 to below 60"},
            {"recommendation": "no", "label": "No", "from": 20, "below": 40, "text": "20 to below 40"},
            {"recommendation": "definitely_not", "label": "Definitely Not", "from": 0, "below": 20, "text": "below 20"},
        ])
    );
    let [top, ..] = Thresholds::new(100.0, 72.5, 40.0, 20.0).unwrap().ranges();
    assert_eq!(top.text, "100");
    assert_eq!(top.to_string(), top.text);
}

#[test]
fn json_is_an_object_of_four_numbers_and_validated_on_read() {
    let wire = json!({"strong_yes": 90, "yes": 72.5, "mixed": 40, "no": 20});
    let read: Thresholds = serde_json::from_value(wire.clone()).unwrap();
    assert_eq!(read, Thresholds::new(90.0, 72.5, 40.0, 20.0).unwrap());
    assert_eq!(json!(read), wire);

    for refused in [
        json!({"strong_yes": 90, "yes": 95, "mixed": 40, "no": 20}),
        json!({"strong_yes": 90, "yes": 60, "mixed": 40}),
        json!({"strong_yes": 90, "yes": 60, "mixed": 40, "no": 20, "maybe": 10}),
        json!({"strong_yes": "90", "yes": 60, "mixed": 40, "no": 20}),
    ] {
        assert!(
            serde_json::from_value::<Thresholds>(refused.clone()).is_err(),
            "{refused}"
        );
    }
}

prop_compose! {
    fn scores()(tenths in 0u32..=1000) -> Score {
        Score::new(f64::from(tenths) / 10.0).unwrap()
    }
}

prop_compose! {
    fn thresholds()(tenths in proptest::collection::btree_set(1u32..=1000, 4)) -> Thresholds {
        let bounds: Vec<f64> = tenths.into_iter().map(|tenth| f64::from(tenth) / 10.0).collect();
        Thresholds::new(bounds[3], bounds[2], bounds[1], bounds[0]).unwrap()
    }
}

proptest! {
    #[test]
    fn each_score_is_in_exactly_the_recommended_range(
        thresholds in thresholds(),
        score in scores(),
    ) {
        let holding: Vec<_> = thresholds
            .ranges()
            .into_iter()
            .filter(|range| score >= range.from && range.below.is_none_or(|below| score < below))
            .map(|range| range.recommendation)
            .collect();
        prop_assert_eq!(holding, [thresholds.recommend(score)]);
    }

    #[test]
    fn recommendations_are_monotone(
        thresholds in thresholds(),
        one in scores(),
        other in scores(),
    ) {
        let (low, high) = (one.min(other), one.max(other));
        prop_assert!(thresholds.recommend(low) <= thresholds.recommend(high));
    }

    #[test]
    fn the_text_of_a_range_matches_its_bounds(thresholds in thresholds()) {
        for range in thresholds.ranges() {
            let (from, below) = bounds_of(&range.text);
            prop_assert_eq!(thresholds.recommend(from), range.recommendation);
            match below {
                Some(below) => {
                    prop_assert!(thresholds.recommend(below) > range.recommendation);
                    let just_below = Score::new(below.value().next_down()).unwrap();
                    prop_assert_eq!(thresholds.recommend(just_below), range.recommendation);
                }
                None => prop_assert_eq!(thresholds.recommend(Score::MAX), range.recommendation),
            }
            if from > Score::MIN {
                let just_below = Score::new(from.value().next_down()).unwrap();
                prop_assert!(thresholds.recommend(just_below) < range.recommendation);
            }
        }
    }

    #[test]
    fn four_numbers_are_thresholds_exactly_if_in_range_and_order(
        bounds in proptest::array::uniform4(prop_oneof![any::<f64>(), (0u8..=101).prop_map(f64::from)]),
    ) {
        let [a, b, c, d] = bounds;
        let holds = 100.0 >= a && a > b && b > c && c > d && d > 0.0;
        match Thresholds::new(a, b, c, d) {
            Ok(_) => prop_assert!(holds),
            Err(error) => {
                prop_assert!(!holds);
                prop_assert!(!error.problems().is_empty());
            }
        }
    }
}

/// Parses the text of a range into its lowest score and its exclusive upper bound.
fn bounds_of(text: &str) -> (Score, Option<Score>) {
    let score = |text: &str| text.parse::<Score>().unwrap();
    if let Some(below) = text.strip_prefix("below ") {
        (Score::MIN, Some(score(below)))
    } else if let Some((from, below)) = text.split_once(" to below ") {
        (score(from), Some(score(below)))
    } else if let Some((from, "100")) = text.split_once(" to ") {
        (score(from), None)
    } else {
        assert_eq!(text, "100");
        (Score::MAX, None)
    }
}
