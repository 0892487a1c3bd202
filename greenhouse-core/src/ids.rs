//! Identifiers, each with its own type, so that a product job cannot be passed as a Greenhouse job.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{MintError, plain::is_unseen, random::random_hex};

/// Defines identifiers that the product or this integration assigns: opaque, non-empty strings.
macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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

/// Defines identifiers that Greenhouse assigns: 64-bit integers, in practice too large for 32 bits
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
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {$(
        $(#[doc = $doc])*
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

        $crate::__number_id_schema!($name, concat!($($doc),*));

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

/// Implements the schema of a number id, if this crate has the feature `openapi`.
#[cfg(feature = "openapi")]
#[doc(hidden)]
#[macro_export]
macro_rules! __number_id_schema {
    ($name:ident, $doc:expr) => {
        impl $crate::__private::schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(
                _: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                $crate::__private::schemars::json_schema!({
                    "type": "integer", "format": "int64", "description": str::trim($doc),
                })
            }
        }
    };
}

/// Does nothing without the feature `openapi`.
#[cfg(not(feature = "openapi"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __number_id_schema {
    ($name:ident, $doc:expr) => {};
}

text_id! {
    /// A customer organization. Every record and every secret belongs to one account.
    #[derive(Debug)]
    AccountId;
    /// A test that candidates take. Greenhouse calls it a partner test.
    #[derive(Debug)]
    ScenarioId;
    /// One candidate's attempt at one scenario. Owned by the product.
    #[derive(Debug)]
    AssessmentId;
    /// A product job: the job of an assessment, and the key of the job mapping.
    #[derive(Debug)]
    ProductJobId;
    /// One `send_test` request. Greenhouse stores it as the `partner_interview_id`.
    #[derive(Debug)]
    InvitationId;
    /// Last path segment of a webhook URL; identifies the account. Debug output is redacted, because
    /// anyone who knows the key can flood the webhook endpoint.
    HookKey;
}

number_id! {
    /// Id of a candidate in Greenhouse.
    CandidateId;
    /// Id of an application in Greenhouse: one candidate on one job.
    ApplicationId;
    /// Id of a job in Greenhouse.
    JobId;
    /// Id of a stage in a job's interview plan in Greenhouse (`job_interview_stages.id`, not
    /// `application_stages.id`).
    StageId;
    /// Id of a user in Greenhouse.
    UserId;
    /// Id of an email template in Greenhouse.
    EmailTemplateId;
    /// Id of an interview kit in Greenhouse, the guide for interviewers. Each scorecard belongs to a
    /// kit.
    InterviewKitId;
    /// Id of a rejection reason in Greenhouse.
    RejectionReasonId;
    /// Id of a candidate source in Greenhouse.
    SourceId;
}

impl AccountId {
    /// Maximum length in bytes.
    pub const MAX_LENGTH: usize = 255;

    /// Checks an id from a file, a command line, a request or a caller.
    ///
    /// # Errors
    ///
    /// [`AccountIdError`] if the id is empty or too long, or contains a space, a control character
    /// or an invisible character.
    pub fn check(&self) -> Result<(), AccountIdError> {
        let text = self.as_str();
        let refused = |c: char| c.is_whitespace() || c.is_control() || is_unseen(c);
        if text.is_empty() || text.len() > Self::MAX_LENGTH || text.chars().any(refused) {
            let shown = text.chars().take(SHOWN);
            let shown = shown.map(|c| match is_unseen(c) {
                true => c.escape_unicode().to_string(),
                false => c.escape_debug().to_string(),
            });
            return Err(AccountIdError(shown.collect()));
        }
        Ok(())
    }

    /// Parses an id and [checks](Self::check) it.
    ///
    /// # Errors
    ///
    /// [`AccountIdError`] if the check fails.
    pub fn parse(text: &str) -> Result<Self, AccountIdError> {
        let id = Self::new(text);
        id.check().map(|()| id)
    }
}

/// Invalid account id. The message contains the start of the id, with invisible characters escaped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an account id of 1 to {max} bytes without spaces, line breaks or invisible \
     characters, got \"{0}\"",
    max = AccountId::MAX_LENGTH
)]
pub struct AccountIdError(String);

/// Number of characters of an invalid id in its error message.
const SHOWN: usize = 64;

impl fmt::Debug for HookKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookKey(..)")
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_can_be_seen() {
        for id in ["a", "acme", "Acme-1_eu.west", "acme/eu", "Ünal", "株式会社"] {
            assert_eq!(AccountId::parse(id), Ok(AccountId::new(id)), "{id}");
        }
        let long = "x".repeat(256);
        for id in [
            "",
            " ",
            "acme ",
            " acme",
            "acme eu",
            "acme\n",
            "acme\t",
            "ac\0me",
            "acme\u{1b}[31m",
            "acme\u{7f}",
            "acme\u{a0}",
            "acme\u{200b}",
            "acme\u{feff}",
            "ac\u{ad}me",
            "\u{202e}emca",
            "\u{2066}acme\u{2069}",
            "acme\u{200d}",
            "acme\u{2028}",
            "acme\u{3164}",
            "acme\u{e0041}",
            &long,
        ] {
            let error = AccountId::parse(id).unwrap_err().to_string();
            assert!(
                !error.chars().any(|c| c.is_control() || is_unseen(c)),
                "{error}"
            );
            assert!(error.len() < 400, "{error}");
        }
    }

    #[test]
    fn debug_hides_the_hook_key() {
        let key = HookKey::new("canary-0123456789");
        for shown in [
            format!("{key:?}"),
            format!("{:?}", crate::store::AccountKey::Hook(key.clone())),
            format!("{:?}", crate::integration::PublicRoute::Webhook(Some(key))),
        ] {
            assert!(
                shown.contains("HookKey(..)") && !shown.contains("canary"),
                "{shown}"
            );
        }
    }
}
