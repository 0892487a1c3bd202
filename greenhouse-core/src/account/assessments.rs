use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{KeyDigest, PartnerKeyRecord};
use crate::{Secret, scorecard::Thresholds};

/// How an account lets Greenhouse send candidates for assessment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AssessmentSettings {
    /// The switch.
    #[serde(default = "on")]
    pub enabled: bool,
    /// The partner keys that Greenhouse may come with, until each expires.
    #[serde(default)]
    pub partner_keys: Vec<PartnerKeyRecord>,
    /// What Greenhouse handed out for the completion call. Without it, Greenhouse learns of results only by asking.
    #[serde(default)]
    pub completion: Option<CompletionCredential>,
    /// Which score is which recommendation.
    #[serde(default)]
    pub thresholds: Thresholds,
}

impl AssessmentSettings {
    /// Settings with the partner keys of these digests and nothing else.
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

    /// The key with this digest, if it is valid at `now`.
    pub fn partner_key(&self, digest: &KeyDigest, now: DateTime<Utc>) -> Option<&PartnerKeyRecord> {
        let mut keys = self.partner_keys.iter();
        keys.find(|key| key.digest == *digest && key.is_valid(now))
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
