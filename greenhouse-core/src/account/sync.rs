use serde::{Deserialize, Serialize};

use crate::{HookKey, Secret, webhook::SignatureVerifier};

/// Webhook settings of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "SyncForm")]
#[non_exhaustive]
pub struct SyncSettings {
    /// Enables webhooks.
    pub enabled: bool,
    /// Last path segment of the webhook URL.
    pub hook_key: HookKey,
    secrets: Vec<Secret>,
    /// Signature verifier, built from the secrets.
    #[serde(skip)]
    pub verifier: SignatureVerifier,
}

impl SyncSettings {
    /// Creates settings for webhooks at the URL that ends in `hook_key`, signed with any of
    /// `secrets`.
    ///
    /// # Errors
    ///
    /// [`SyncSettingsError`] if the key is too short or not URL-safe, or if a secret is missing or
    /// empty.
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

    /// Signing secrets, the current one first.
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }
}

/// Ignores the verifier, which is built from the secrets.
impl PartialEq for SyncSettings {
    fn eq(&self, other: &Self) -> bool {
        self.enabled == other.enabled
            && self.hook_key == other.hook_key
            && self.secrets == other.secrets
    }
}

/// Reason why webhook settings are invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyncSettingsError {
    /// The hook key is too short or contains a character that is not allowed.
    #[error("the hook key must consist of at least 16 letters, digits, '-' or '_'")]
    HookKey,
    /// A secret is missing or empty.
    #[error("at least one webhook secret is required, and none may be empty")]
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
    fn invalid_settings_are_rejected() {
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
