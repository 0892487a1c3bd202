use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How far the test of an invitation is, as the custom field of the application shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TestStatus {
    /// The candidate was invited, for the first time or again.
    Invited,
    /// The candidate has started.
    Started,
    /// The candidate has finished, and the result is available.
    Completed,
    /// The candidate did not finish in time.
    Expired,
    /// The product has withdrawn the test.
    Withdrawn,
}

impl TestStatus {
    /// All statuses.
    pub const ALL: [Self; 5] = [
        Self::Invited,
        Self::Started,
        Self::Completed,
        Self::Expired,
        Self::Withdrawn,
    ];

    /// Text in Greenhouse: the value of a text field, or the name of an option.
    pub fn label(self) -> &'static str {
        match self {
            Self::Invited => "Invited",
            Self::Started => "Started",
            Self::Completed => "Completed",
            Self::Expired => "Expired",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

/// What is known about the custom field that shows the status of an invitation's test.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StatusRecord {
    /// `true` while the store has a task that writes the status.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_due: bool,
    /// Time at which a write began whose outcome is unknown. `None` if there is no such write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begun_at: Option<DateTime<Utc>>,
    /// Number of consecutive reads that showed no application or no field. A single read can be
    /// wrong.
    #[serde(skip_serializing_if = "is_zero")]
    pub misses: u32,
    /// Status that was written last. `None` if none was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<WrittenStatus>,
}

/// Status that was written to a custom field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WrittenStatus {
    /// Key of the field (`name_key`).
    pub field: String,
    /// Status.
    pub status: TestStatus,
    /// Value of the field: the [label](TestStatus::label), or the name of the option.
    pub value: String,
    /// Time of the write. Reads may not show it for a while.
    pub at: DateTime<Utc>,
}

impl StatusRecord {
    /// Returns `true` if nothing was written and nothing is due.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns `true` if this status was written last, to this field.
    pub fn holds(&self, field: &str, status: TestStatus) -> bool {
        let written = self.written.as_ref();
        written.is_some_and(|written| written.field == field && written.status == status)
    }
}

impl WrittenStatus {
    /// Creates the record of a write.
    pub fn new(
        field: impl Into<String>,
        status: TestStatus,
        value: impl Into<String>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            field: field.into(),
            status,
            value: value.into(),
            at,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
