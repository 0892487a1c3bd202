use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::AssessmentId;

/// Result of [`completed_since`](super::AssessmentPlatform::completed_since).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completed {
    /// The product cannot list completed assessments.
    NotSupported,
    /// Assessments after the cursor, oldest first. Fewer than the limit if this is the last page.
    Page(Vec<CompletedAssessment>),
}

/// One row of the list of completed assessments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedAssessment {
    /// Id of the assessment.
    pub id: AssessmentId,
    /// Time at which its result and its report became available.
    pub at: DateTime<Utc>,
}

/// Position in the list of completed assessments: after the assessment `after` at the time `at`.
///
/// In SQL: `WHERE (completed_at, id) > ($at, $after) ORDER BY completed_at, id LIMIT $limit`, with
/// an empty text or 0 as `$after` if it is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompletedCursor {
    /// Lists only assessments that were completed at this time or later.
    pub at: DateTime<Utc>,
    /// Among assessments completed at exactly this time, lists only those after this one. If
    /// `None`, lists all of them.
    pub after: Option<AssessmentId>,
}

impl CompletedCursor {
    /// Creates the position before all assessments that were completed at `at` or later.
    pub fn starting_at(at: DateTime<Utc>) -> Self {
        Self { at, after: None }
    }

    /// Creates the position after this row.
    pub fn after(row: &CompletedAssessment) -> Self {
        Self {
            at: row.at,
            after: Some(row.id.clone()),
        }
    }
}
