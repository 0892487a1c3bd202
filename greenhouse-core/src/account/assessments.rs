use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{KeyDigest, PartnerKeyRecord};
use crate::{Secret, scorecard::Thresholds};

/// Settings of the Assessment Partner direction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AssessmentSettings {
    /// Enables the assessment endpoints.
    #[serde(default = "on")]
    pub enabled: bool,
    /// Partner keys that Greenhouse may send. Each is valid until it expires.
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
#[serde(deny_unknown_fields)]
pub struct CompletionCredential {
    /// User name or single key.
    pub user: Secret,
    /// Password; empty for a single key.
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
