use serde::{Deserialize, Serialize};

use crate::AssessmentId;

/// Validity of an assessment's report links: only those with the current link version are valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReportAccess {
    /// Assessment of the report. Key of the record.
    pub assessment: AssessmentId,
    /// Version of valid links. Incrementing it revokes all earlier links.
    pub link_version: u64,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

impl ReportAccess {
    /// Link version of an assessment whose links were never revoked.
    pub const FIRST_LINK_VERSION: u64 = 1;

    /// Creates the record of an assessment whose links were never revoked.
    pub fn first(assessment: AssessmentId) -> Self {
        Self {
            assessment,
            link_version: Self::FIRST_LINK_VERSION,
            version: 0,
        }
    }
}
