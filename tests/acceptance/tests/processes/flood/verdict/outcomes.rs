//! Checks that the product has received every outcome, and each revision once.

use std::collections::BTreeMap;

use super::Case;
use crate::flood::files::AppliedOutcome;

pub(super) fn judge(
    case: &mut Case<'_>,
    applied: &[AppliedOutcome],
    outcomes: &[(String, Option<String>, i64)],
) -> String {
    let mut last: BTreeMap<&str, i64> = BTreeMap::new();
    for one in applied {
        let before = last.insert(&one.assessment, one.revision).unwrap_or(0);
        case.holds(
            before < one.revision,
            format!(
                "{} received {} with revision {} after {before}",
                one.assessment, one.outcome, one.revision
            ),
        );
    }
    case.holds(
        outcomes.len() == case.fixture.pushed.len(),
        format!("the product has {} assessments", outcomes.len()),
    );
    for (assessment, outcome, revision) in outcomes {
        let Some(link) = case.links.get(assessment) else {
            continue;
        };
        let status = link["state"]["status"].as_str().unwrap_or_default();
        let right = outcome.as_deref().unwrap_or("active") == status
            && link["outcome_revision"] == *revision
            && last.get(assessment.as_str()).copied().unwrap_or(0) == *revision;
        let said = format!("{assessment} has {outcome:?} with revision {revision}: {link}");
        case.holds(right, said);
    }
    format!("{} outcomes were received", applied.len())
}
