use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AssessmentId, Text, platform::CompletedCursor};

/// Backfill of an account: its bounds, progress and numbers. See [`backfill`](crate::backfill).
///
/// There is one record per account. A new backfill replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Backfill {
    /// What is backfilled. Key of the record.
    pub kind: BackfillKind,
    /// Number of times that a backfill was started or resumed. A task of an earlier start ends.
    pub starts: u32,
    /// Dry run or run.
    pub mode: BackfillMode,
    /// State.
    pub state: BackfillState,
    /// Reason of a pause that no person requested, or of the current delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// Number of days from the request.
    pub days: u32,
    /// Assessments that are considered.
    pub scope: BackfillScope,
    /// Share of the rate limit in percent.
    pub share: u8,
    /// Start of the considered completions.
    pub since: DateTime<Utc>,
    /// End of the considered completions: the start of the dry run.
    pub until: DateTime<Utc>,
    /// Position in the product's list of completed assessments.
    pub cursor: CompletedCursor,
    /// `true` once the list was read to its end.
    pub listed: bool,
    /// Numbers of the dry run. `None` until it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<BackfillCounts>,
    /// Numbers so far.
    pub counts: BackfillCounts,
    /// Started pushes that have not ended.
    pub open: Vec<OpenPush>,
    /// Number of requests of the ended pushes.
    pub requests: u64,
    /// Time up to which the share of the rate limit is spent; see [`Pace`](crate::backfill::Pace).
    pub spent_until: DateTime<Utc>,
    /// Limit per rate limit window when it was last read. `None` before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Number of failed attempts at the current position.
    pub attempts: u32,
    /// Time of the first start in this mode.
    pub started_at: DateTime<Utc>,
    /// Time of the last progress.
    pub progress_at: DateTime<Utc>,
    /// Time of the end. `None` if it has not ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

/// Assessments that a backfill considers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BackfillScope {
    /// All assessments.
    #[default]
    All,
    /// Only assessments that Greenhouse requested.
    Invited,
}

/// Reason why a backfill skips an assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BackfillSkip {
    /// A push is done, waiting or running, or has failed. A failed push waits for a person.
    Known,
    /// Greenhouse requested the assessment, and the results of invitations are not written.
    Invited,
    /// Greenhouse requested the assessment for an application that is not known.
    InvitedWithoutApplication,
    /// Greenhouse did not request the assessment, and only requested ones are considered.
    OutOfScope,
    /// The trigger requires a score, but the assessment has none.
    NoScore,
    /// The score is too low for the trigger.
    BelowMinimum,
    /// The product's job has no mapping.
    NoMapping,
    /// The name or a valid email address is missing.
    NoContact,
    /// The assessment is not completed any more, or does not exist.
    NotCompleted,
    /// The product did not return the assessment.
    Unread,
}

impl BackfillSkip {
    /// All reasons, in the order in which pages list them.
    pub const ALL: [Self; 10] = [
        Self::Known,
        Self::Invited,
        Self::InvitedWithoutApplication,
        Self::OutOfScope,
        Self::NoScore,
        Self::BelowMinimum,
        Self::NoMapping,
        Self::NoContact,
        Self::NotCompleted,
        Self::Unread,
    ];

    /// Name for the endpoints.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Invited => "invited",
            Self::InvitedWithoutApplication => "invited_without_application",
            Self::OutOfScope => "out_of_scope",
            Self::NoScore => "no_score",
            Self::BelowMinimum => "below_minimum",
            Self::NoMapping => "no_mapping",
            Self::NoContact => "no_contact",
            Self::NotCompleted => "not_completed",
            Self::Unread => "unread",
        }
    }
}

/// What a backfill writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BackfillKind {
    /// Pushes of completed assessments.
    Push,
}

impl BackfillKind {
    /// Name for stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
        }
    }
}

/// Mode of a backfill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BackfillMode {
    /// Counts, and writes nothing to Greenhouse.
    DryRun,
    /// Pushes.
    Run,
}

/// State of a backfill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BackfillState {
    /// In progress.
    Running,
    /// Paused by a person, or for a reason.
    Paused,
    /// All considered assessments were counted, or their pushes have ended.
    Done,
    /// A person has cancelled it.
    Cancelled,
}

impl BackfillState {
    /// Returns `true` if the backfill is done or cancelled.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

/// Numbers of a backfill.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BackfillCounts {
    /// Number of considered assessments: those taken and those skipped.
    pub seen: u64,
    /// Number of assessments that are pushed or, in a dry run, would be pushed.
    pub taken: u64,
    /// Number of pushes that are done.
    pub pushed: u64,
    /// Number of pushes that have failed. Each waits for a person.
    pub failed: u64,
    /// Number of skipped assessments by reason.
    pub skipped: BTreeMap<BackfillSkip, u64>,
}

impl BackfillCounts {
    /// Number of skipped assessments.
    pub fn skipped_in_all(&self) -> u64 {
        self.skipped.values().sum()
    }

    /// Counts an assessment that is pushed.
    pub fn take(&mut self) {
        self.seen = self.seen.saturating_add(1);
        self.taken = self.taken.saturating_add(1);
    }

    /// Counts a skipped assessment.
    pub fn skip(&mut self, reason: BackfillSkip) {
        self.seen = self.seen.saturating_add(1);
        let count = self.skipped.entry(reason).or_default();
        *count = count.saturating_add(1);
    }
}

/// Push that a backfill has started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPush {
    /// Pushed assessment.
    pub assessment: AssessmentId,
    /// Number of requests that were expected at its start.
    pub expected: u32,
}
