use serde::{Deserialize, Serialize};

use crate::{HookKey, Secret, webhook::SignatureVerifier};

/// How an account's webhooks come in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "SyncForm")]
#[non_exhaustive]
pub struct SyncSettings {
    /// The switch.
    pub enabled: bool,
    /// The last segment of the address that the hooks are sent to.
    pub hook_key: HookKey,
    secrets: Vec<Secret>,
    /// Checks signatures with the account's secrets.
    #[serde(skip)]
    pub verifier: SignatureVerifier,
}

impl SyncSettings {
    /// Hooks that are sent to the address with `hook_key`, signed with any of `secrets`.
    ///
    /// # Errors
    ///
    /// [`SyncSettingsError`] where the key is too short or not fit for a URL, or a secret is missing or empty.
    pub fn new(hook_key: HookKey, secrets: Vec<Secret>) -> Result<Self, SyncSettingsError> {
        let text = hook_key.as_str();
        if text.len() < SHORTEST_HOOK_KEY
            || !text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        {
            return Err(SyncSettingsError::HookKey);
        }
        let verifier = SignatureVerifier::new(secrets.iter().cloned())
            .map_err(|_| SyncSettingsError::Secrets)?;
        Ok(Self {
            enabled: true,
            hook_key,
            secrets,
            verifier,
        })
    }

    /// What the hooks are signed with, the one in use first.
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }
}

/// The verifier is made of the secrets.
impl PartialEq for SyncSettings {
    fn eq(&self, other: &Self) -> bool {
        self.enabled == other.enabled
            && self.hook_key == other.hook_key
            && self.secrets == other.secrets
    }
}

/// Why webhook settings cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyncSettingsError {
    /// The hook key is not fit.
    #[error("the hook key must be 16 or more letters, digits, '-' or '_'")]
    HookKey,
    /// A secret is missing: every delivery would be believed, or none.
    #[error("at least one webhook secret is needed, and none may be empty")]
    Secrets,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SyncForm {
    enabled: Option<bool>,
    hook_key: HookKey,
    secrets: Vec<Secret>,
}

impl TryFrom<SyncForm> for SyncSettings {
    type Error = SyncSettingsError;

    fn try_from(form: SyncForm) -> Result<Self, SyncSettingsError> {
        let settings = Self::new(form.hook_key, form.secrets)?;
        Ok(Self {
            enabled: form.enabled.unwrap_or(true),
            ..settings
        })
    }
}

const SHORTEST_HOOK_KEY: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_work() {
        let secret = || vec![Secret::new("a-secret")];
        let long = || HookKey::new("0123456789abcdef");
        assert!(SyncSettings::new(long(), secret()).is_ok());
        for (key, secrets, error) in [
            (HookKey::new("short"), secret(), SyncSettingsError::HookKey),
            (
                HookKey::new("0123456789abcde/"),
                secret(),
                SyncSettingsError::HookKey,
            ),
            (long(), vec![], SyncSettingsError::Secrets),
            (long(), vec![Secret::new("")], SyncSettingsError::Secrets),
        ] {
            assert_eq!(SyncSettings::new(key, secrets).unwrap_err(), error);
        }
    }
}
