//! Identifiers, each with its own type, so that a product job cannot be passed as a Greenhouse job.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{MintError, random::random_hex};

/// Defines identifiers that the product or this integration assigns: opaque, non-empty strings.
macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text unchanged.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// Text of the identifier.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

/// Defines identifiers that Greenhouse assigns: 64-bit integers, in practice above 32 bits
/// (observed live).
///
/// Each is a newtype that serde reads and writes as a number. [`json`](crate::json) also reads it
/// from text. The calling crate must depend on serde with the `derive` feature.
///
/// ```
/// greenhouse_core::number_id! {
///     /// An office in Greenhouse.
///     OfficeId;
/// }
///
/// assert_eq!(OfficeId::new(7).to_string(), "7");
/// ```
#[macro_export]
macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// Creates an identifier from its number.
            pub const fn new(id: i64) -> Self {
                Self(id)
            }

            /// Number of the identifier.
            pub const fn value(self) -> i64 {
                self.0
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl $crate::json::Leaf for $name {
            fn of_text(text: &str) -> Option<Self> {
                <i64 as $crate::json::Leaf>::of_text(text).map(Self::new)
            }

            fn of_integer(value: i64) -> Option<Self> {
                Some(Self::new(value))
            }

            fn of_float(value: f64) -> Option<Self> {
                <i64 as $crate::json::Leaf>::of_float(value).map(Self::new)
            }
        }
    )*};
}

text_id! {
    /// A customer organization. Every record and every secret belongs to one account.
    AccountId;
    /// A test that candidates take. Greenhouse calls it a partner test.
    ScenarioId;
    /// One candidate's attempt at one scenario. Owned by the product.
    AssessmentId;
    /// A product job: the job of an assessment, and the key of the job mapping.
    ProductJobId;
    /// One `send_test` request. Greenhouse stores it as the `partner_interview_id`.
    InvitationId;
    /// Last path segment of a webhook URL; identifies the account.
    HookKey;
}

number_id! {
    /// A candidate in Greenhouse.
    CandidateId;
    /// An application in Greenhouse: one candidate on one job.
    ApplicationId;
    /// A job in Greenhouse.
    JobId;
    /// A stage of a job's interview plan in Greenhouse (`job_interview_stages.id`), not a row of
    /// `application_stages`.
    StageId;
    /// A user in Greenhouse.
    UserId;
    /// An interview kit in Greenhouse, the guide for interviewers. Each scorecard belongs to a kit.
    InterviewKitId;
    /// A candidate source in Greenhouse.
    SourceId;
}

impl HookKey {
    /// Mints a key of 256 random bits, as 64 hex digits.
    ///
    /// # Errors
    ///
    /// [`MintError`] if the operating system returns no random bytes.
    pub fn mint() -> Result<Self, MintError> {
        random_hex().map(Self)
    }
}
