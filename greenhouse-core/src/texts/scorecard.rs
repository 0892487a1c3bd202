//! Notes in Greenhouse, and score ranges in settings.

use std::fmt::Display;

/// Name of the scenario, first line of a note.
pub(crate) fn assessment(scenario: &str) -> String {
    format!("Assessment: {scenario}")
}

/// Name of the assessed person in a note on a candidate with a different name.
pub(crate) fn assessed_person(name: &str) -> String {
    format!("Assessed person: {name}")
}

/// Overall recommendation in a note.
pub(crate) fn overall(recommendation: &str, score: impl Display) -> String {
    format!("Overall: {recommendation} ({score} of 100)")
}

/// Overall result in a note about an assessment without a score.
pub(crate) const OVERALL_WITHOUT_SCORE: &str = "Overall: Completed";

/// Rating of one attribute in a note.
pub(crate) fn attribute(name: &str, recommendation: &str, score: impl Display) -> String {
    format!("- {name}: {recommendation} ({score})")
}

/// Heading of the summary in a note.
pub(crate) const SUMMARY: &str = "Summary";

/// Report link in a note.
pub(crate) fn full_report(link: &str) -> String {
    format!("Full report: {link}")
}

/// Range with an inclusive upper bound.
pub(crate) fn range_to(from: impl Display, to: impl Display) -> String {
    format!("{from} to {to}")
}

/// Range with an exclusive upper bound.
pub(crate) fn range_to_below(from: impl Display, below: impl Display) -> String {
    format!("{from} to below {below}")
}

/// Lowest range.
pub(crate) fn range_below(below: impl Display) -> String {
    format!("below {below}")
}
