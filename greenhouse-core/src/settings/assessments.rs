use std::fmt;

use serde::{Deserialize, Serialize};

use super::KeyDigest;
use crate::{Secret, scorecard::Thresholds};

/// How an account lets Greenhouse send candidates for assessment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AssessmentSettings {
    /// The switch.
    #[serde(default = "on")]
    pub enabled: bool,
    /// The digests of the partner keys that Greenhouse may come with.
    #[serde(default)]
    pub partner_keys: Vec<KeyDigest>,
    /// What Greenhouse handed out for the completion call. Without it, Greenhouse learns of results only by asking.
    #[serde(default)]
    pub completion: Option<CompletionCredential>,
    /// Which score is which recommendation.
    #[serde(default)]
    pub thresholds: Thresholds,
}

impl AssessmentSettings {
    /// Settings with these partner keys and nothing else.
    pub fn new(partner_keys: Vec<KeyDigest>) -> Self {
        Self {
            enabled: true,
            partner_keys,
            completion: None,
            thresholds: Thresholds::default(),
        }
    }
}

/// The credential of the completion call: Basic, a user with a password, or a single key as the user (both reported).
/// It is not the partner key, which gets 403 there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletionCredential {
    /// The user name, or the single key.
    pub user: Secret,
    /// The password; empty for a single key.
    #[serde(default = "no_password")]
    pub password: Secret,
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
