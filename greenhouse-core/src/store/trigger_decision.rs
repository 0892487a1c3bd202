use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AssessmentId, Text};

/// Decision of the account's trigger on a completed assessment. The trigger decides once per
/// assessment, so retention never removes the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TriggerDecision {
    /// Completed assessment. Key of the record.
    pub assessment: AssessmentId,
    /// `true` if the trigger requested a push.
    pub pushes: bool,
    /// Reason, as in the sync log.
    pub reason: Text,
    /// Time of the decision.
    pub decided_at: DateTime<Utc>,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

impl TriggerDecision {
    /// Creates a decision made at `decided_at`.
    pub fn new(
        assessment: AssessmentId,
        pushes: bool,
        reason: Text,
        decided_at: DateTime<Utc>,
    ) -> Self {
        Self {
            assessment,
            pushes,
            reason,
            decided_at,
            version: 0,
        }
    }
}
