use serde::{Deserialize, Serialize};

use crate::AssessmentId;

/// Which report links of an assessment are valid: those of the present link version, and no earlier ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReportAccess {
    /// Whose report. Key of the record.
    pub assessment: AssessmentId,
    /// The version that valid links carry. Raising it revokes all earlier links.
    pub link_version: u64,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

impl ReportAccess {
    /// The version of links of an assessment whose links were never revoked.
    pub const FIRST_LINK_VERSION: u64 = 1;

    /// The access of an assessment whose links were never revoked.
    pub fn first(assessment: AssessmentId) -> Self {
        Self {
            assessment,
            link_version: Self::FIRST_LINK_VERSION,
            version: 0,
        }
    }
}
