use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{KeyDigest, PartnerKeyRecord};
use crate::{Secret, SecretProblem, scorecard::Thresholds};

/// Settings of the Assessment Partner direction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AssessmentSettings {
    /// Enables the assessment endpoints.
    #[serde(default = "on")]
    pub enabled: bool,
    /// Partner keys that Greenhouse may send. An expired key is rejected.
    #[serde(default)]
    pub partner_keys: Vec<PartnerKeyRecord>,
    /// Completion credential, issued by Greenhouse. If `None`, Greenhouse learns of results only by
    /// polling.
    #[serde(default)]
    pub completion: Option<CompletionCredential>,
    /// Score thresholds for the recommendations.
    #[serde(default)]
    pub thresholds: Thresholds,
}

impl AssessmentSettings {
    /// Creates settings with these partner keys and defaults for the rest.
    pub fn new(partner_keys: Vec<KeyDigest>) -> Self {
        Self {
            enabled: true,
            partner_keys: partner_keys
                .into_iter()
                .map(PartnerKeyRecord::new)
                .collect(),
            completion: None,
            thresholds: Thresholds::default(),
        }
    }

    /// Returns the key with this digest if it is valid at `now`.
    pub fn partner_key(&self, digest: &KeyDigest, now: DateTime<Utc>) -> Option<&PartnerKeyRecord> {
        let mut keys = self.partner_keys.iter();
        keys.find(|key| key.digest == *digest && key.is_valid(now))
    }
}

/// HTTP Basic credential for the completion call: a user name and password, or a single key as the
/// user name (both reported).
///
/// Do not use the partner key; Greenhouse responds with 403.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CompletionForm")]
pub struct CompletionCredential {
    /// User name or single key.
    pub user: Secret,
    /// Password; empty for a single key.
    pub password: Secret,
}

impl CompletionCredential {
    /// Returns every problem of the two values, with the name of the member: `user` or `password`.
    /// A user name may be shorter than [`Secret::MIN_LENGTH`] if a password is set.
    pub fn problems(&self) -> Vec<(&'static str, SecretProblem)> {
        let is_key = self.password.is_empty();
        let user = match is_key {
            true => self.user.check(),
            false => self.user.check_characters(),
        };
        let password = match is_key {
            true => Ok(()),
            false => self.password.check(),
        };
        let members = [("user", user), ("password", password)];
        let problem = |(member, checked): (_, Result<(), _>)| Some((member, checked.err()?));
        members.into_iter().filter_map(problem).collect()
    }
}

/// Completion credential as written in settings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompletionForm {
    user: Secret,
    #[serde(default = "no_password")]
    password: Secret,
}

impl TryFrom<CompletionForm> for CompletionCredential {
    type Error = CompletionError;

    fn try_from(form: CompletionForm) -> Result<Self, CompletionError> {
        let CompletionForm { user, password } = form;
        let credential = Self { user, password };
        match credential.problems().into_iter().next() {
            Some((member, problem)) => Err(CompletionError { member, problem }),
            None => Ok(credential),
        }
    }
}

/// Error for an invalid completion credential.
#[derive(Debug, thiserror::Error)]
#[error("{member}: {problem}")]
struct CompletionError {
    member: &'static str,
    problem: SecretProblem,
}

impl fmt::Debug for CompletionCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CompletionCredential(..)")
    }
}

fn on() -> bool {
    true
}

fn no_password() -> Secret {
    Secret::new("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_values_are_checked() {
        use SecretProblem::{Blank, Control, Empty, Hidden, TooShort};
        for (user, password, expected) in [
            ("me", "12345678", vec![]),
            ("a single key", "", vec![]),
            ("me", "", vec![("user", TooShort { length: 2 })]),
            ("", "12345678", vec![("user", Empty)]),
            ("me", "1234567", vec![("password", TooShort { length: 7 })]),
            ("me", "   ", vec![("password", Empty)]),
            (
                "me ",
                "12345678\n",
                vec![("user", Blank), ("password", Control)],
            ),
            (
                "m\u{200b}e",
                "\u{feff}12345678",
                vec![("user", Hidden), ("password", Hidden)],
            ),
            ("a single key\n", "", vec![("user", Control)]),
        ] {
            let credential = CompletionCredential {
                user: user.into(),
                password: password.into(),
            };
            assert_eq!(credential.problems(), expected, "{user:?} {password:?}");
            let form = serde_json::json!({ "user": user, "password": password });
            let read = serde_json::from_value::<CompletionCredential>(form);
            assert_eq!(read.is_ok(), expected.is_empty(), "{user:?} {password:?}");
        }
    }
}
