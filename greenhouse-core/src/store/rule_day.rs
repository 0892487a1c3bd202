use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Use of the account's [rules](crate::rules) on one day (UTC). Retention does not remove it; there
/// is one record for each day on which a rule acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleDay {
    /// Day. Key of the record.
    pub day: NaiveDate,
    /// Number of moves and rejections that were begun.
    pub begun: u32,
    /// Number of moves and rejections that the daily limit prevented.
    pub held: u32,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

impl RuleDay {
    /// Creates the record of a day on which no rule has acted.
    pub fn new(day: NaiveDate) -> Self {
        Self {
            day,
            begun: 0,
            held: 0,
            version: 0,
        }
    }

    /// Counts a move or rejection. Returns `true` if it is within the limit.
    pub fn take(&mut self, limit: u32) -> bool {
        let is_within = self.begun < limit;
        let count = match is_within {
            true => &mut self.begun,
            false => &mut self.held,
        };
        *count = count.saturating_add(1);
        is_within
    }
}
