use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{HookKey, Secret, SecretProblem, webhook::SignatureVerifier};

/// Webhook settings of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "SyncForm")]
#[non_exhaustive]
pub struct SyncSettings {
    /// Enables webhooks.
    pub enabled: bool,
    /// Last path segment of the webhook URL.
    pub hook_key: HookKey,
    /// Applies the sync rules to the applications of invitations as well, so that an open test ends
    /// when its candidate is rejected or hired. Concerns the tests that Greenhouse sends while this
    /// is `true`. Default: `false`.
    pub invited_applications: bool,
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
    /// [`SyncSettingsError`] if the key is too short or not URL-safe, if there is no secret, or if
    /// a secret fails [`Secret::check`].
    pub fn new(hook_key: HookKey, secrets: Vec<Secret>) -> Result<Self, SyncSettingsError> {
        for (index, secret) in secrets.iter().enumerate() {
            match secret.check() {
                Err(SecretProblem::Empty) => return Err(SyncSettingsError::Secrets),
                checked => {
                    checked.map_err(|problem| SyncSettingsError::Secret { index, problem })?;
                }
            }
        }
        Self::from_stored(hook_key, secrets)
    }

    /// Creates settings from stored values. Does not apply [`Secret::check`], so that an account
    /// with a secret that an earlier version accepted stays readable.
    ///
    /// # Errors
    ///
    /// [`SyncSettingsError`] if the key is too short or not URL-safe, if there is no secret, or if
    /// a secret is empty.
    pub fn from_stored(hook_key: HookKey, secrets: Vec<Secret>) -> Result<Self, SyncSettingsError> {
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
            invited_applications: false,
            secrets,
            verifier,
        })
    }

    /// Signing secrets, the current one first.
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// Tag of the current secret, to recognize a webhook that was given an earlier one. Derived
    /// with the hook key, which is itself a secret, so that a stored tag reveals nothing about a
    /// short secret.
    pub fn secret_tag(&self) -> String {
        let key = self.hook_key.as_str().as_bytes();
        let current = self.secrets.first().map(Secret::expose);
        // HMAC accepts keys of any length, so this never fails. An empty tag would only cause an
        // update of the webhook.
        let tag = Hmac::<Sha256>::new_from_slice(key).map(|mut mac| {
            mac.update(current.unwrap_or_default().as_bytes());
            mac.finalize().into_bytes()
        });
        let tag = tag.map(|tag| hex::encode(tag.get(..TAG_LENGTH).unwrap_or_default()));
        tag.unwrap_or_default()
    }
}

/// Ignores the verifier, which is built from the secrets.
impl PartialEq for SyncSettings {
    fn eq(&self, other: &Self) -> bool {
        self.enabled == other.enabled
            && self.hook_key == other.hook_key
            && self.invited_applications == other.invited_applications
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
    /// There is no secret, or a secret is empty.
    #[error("at least one webhook secret is required, and none may be empty")]
    Secrets,
    /// A secret is too short, or contains a space or an invisible character.
    #[error("webhook secret {}: {problem}", index + 1)]
    Secret {
        /// Index of the secret, from zero.
        index: usize,
        /// Problem with the secret.
        problem: SecretProblem,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SyncForm {
    enabled: Option<bool>,
    hook_key: HookKey,
    #[serde(default)]
    invited_applications: bool,
    secrets: Vec<Secret>,
}

impl TryFrom<SyncForm> for SyncSettings {
    type Error = SyncSettingsError;

    fn try_from(form: SyncForm) -> Result<Self, SyncSettingsError> {
        let settings = Self::new(form.hook_key, form.secrets)?;
        Ok(Self {
            enabled: form.enabled.unwrap_or(true),
            invited_applications: form.invited_applications,
            ..settings
        })
    }
}

const SHORTEST_HOOK_KEY: usize = 16;
/// Bytes of a secret's tag.
const TAG_LENGTH: usize = 8;

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

    #[test]
    fn new_secrets_are_checked_and_stored_ones_are_not() {
        let key = || HookKey::new("0123456789abcdef");
        for (secret, valid) in [
            ("12345678", true),
            ("a", false),
            ("   ", false),
            ("s\n", false),
            ("12345678\n", false),
            ("x\u{200b}", false),
            ("12345678\u{200b}", false),
            (" 12345678", false),
            ("12345678\u{202e}", false),
        ] {
            let secrets = || vec![Secret::new("a good secret"), Secret::new(secret)];
            let made = SyncSettings::new(key(), secrets());
            assert_eq!(made.is_ok(), valid, "{secret:?}");
            let form = serde_json::json!({ "hook_key": key(), "secrets": ["good secret", secret] });
            let read = serde_json::from_value::<SyncSettings>(form);
            assert_eq!(read.is_ok(), valid, "{secret:?}");
            if let Err(error) = made {
                let text = error.to_string();
                assert!(text.contains("; ") || secret == "   ", "{text}");
            }
            assert!(
                SyncSettings::from_stored(key(), secrets()).is_ok(),
                "{secret:?}"
            );
        }
    }
}
