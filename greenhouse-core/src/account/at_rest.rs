use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use super::{AccountSettings, SyncSettings};
use crate::{HookKey, Secret, report_link::ReportLinkKey};

/// An account's settings as stored: a document without secrets, and the secrets to encrypt.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingsAtRest {
    /// Settings as JSON, with `null` in place of each secret.
    pub document: String,
    /// Secrets, keyed by the JSON pointer to their position in the document.
    pub secrets: BTreeMap<String, Secret>,
}

impl AccountSettings {
    /// Splits the settings into a document and its secrets. The hook key is a secret, because
    /// anyone who knows it can flood the webhook endpoint.
    ///
    /// # Errors
    ///
    /// [`SettingsAtRestError`] if the settings cannot be written as JSON.
    pub fn at_rest(&self) -> Result<SettingsAtRest, SettingsAtRestError> {
        let mut document =
            serde_json::to_value(self).map_err(|_| SettingsAtRestError::Unwritable)?;
        let secrets = self.secrets();
        for pointer in secrets.keys() {
            let place = document.pointer_mut(pointer);
            *place.ok_or(SettingsAtRestError::NoPlace)? = Value::Null;
        }
        Ok(SettingsAtRest {
            document: document.to_string(),
            secrets,
        })
    }

    /// Rebuilds and validates settings from their stored form. The characters and the length of
    /// secrets are not checked, because an earlier version may have accepted secrets that are
    /// invalid now.
    ///
    /// # Errors
    ///
    /// [`SettingsAtRestError`] if the document is invalid or a secret does not fit into it. The
    /// error contains no stored value.
    pub fn from_rest(at_rest: &SettingsAtRest) -> Result<Self, SettingsAtRestError> {
        let mut document: Value =
            serde_json::from_str(&at_rest.document).map_err(|_| SettingsAtRestError::Unreadable)?;
        for pointer in at_rest.secrets.keys() {
            let place = document
                .pointer_mut(pointer)
                .filter(|place| place.is_null());
            *place.ok_or(SettingsAtRestError::NoPlace)? = STAND_IN.into();
        }
        let mut settings: Self = serde_path_to_error::deserialize(document)
            .map_err(|error| SettingsAtRestError::Wrong(error.path().to_string()))?;
        settings.put_secrets(&at_rest.secrets)?;
        Ok(settings)
    }

    /// Replaces each placeholder with the stored secret.
    fn put_secrets(
        &mut self,
        secrets: &BTreeMap<String, Secret>,
    ) -> Result<(), SettingsAtRestError> {
        let stored = |pointer: &str| secrets.get(pointer).cloned();
        let wrong = |place: &str| SettingsAtRestError::Wrong(place.to_owned());
        for (index, key) in self.report_links.keys_mut().enumerate() {
            if let Some(secret) = stored(&report_link_place(index)) {
                let id = key.id().to_owned();
                *key = ReportLinkKey::from_stored(id, secret).map_err(|_| wrong("report_links"))?;
            }
        }
        let completion = self.assessments.as_mut();
        if let Some(completion) = completion.and_then(|own| own.completion.as_mut()) {
            for (pointer, place) in [
                (COMPLETION_USER, &mut completion.user),
                (COMPLETION_PASSWORD, &mut completion.password),
            ] {
                if let Some(secret) = stored(pointer) {
                    *place = secret;
                }
            }
        }
        if let (Some(push), Some(secret)) = (&mut self.push, stored(CLIENT_SECRET)) {
            push.credential = push.credential.clone().with_stored_secret(secret);
        }
        if let (Some(connection), Some(code)) = (&mut self.connection, stored(CONSENT_CODE)) {
            connection.put_code(code);
        }
        if let Some(sync) = &mut self.sync {
            let own = sync.secrets().iter().enumerate();
            let own = own.map(|(index, own)| {
                stored(&hook_secret_place(index)).unwrap_or_else(|| own.clone())
            });
            let key = stored(HOOK_KEY).map(|key| HookKey::new(key.expose()));
            let key = key.unwrap_or_else(|| sync.hook_key.clone());
            let enabled = sync.enabled;
            *sync = SyncSettings::from_stored(key, own.collect()).map_err(|_| wrong("sync"))?;
            sync.enabled = enabled;
        }
        Ok(())
    }

    fn secrets(&self) -> BTreeMap<String, Secret> {
        let mut secrets = BTreeMap::new();
        let mut keep = |pointer: String, secret: &Secret| secrets.insert(pointer, secret.clone());
        for (index, key) in self.report_links.keys().enumerate() {
            keep(report_link_place(index), key.secret());
        }
        let completion = self
            .assessments
            .as_ref()
            .and_then(|settings| settings.completion.as_ref());
        if let Some(completion) = completion {
            keep(COMPLETION_USER.to_owned(), &completion.user);
            keep(COMPLETION_PASSWORD.to_owned(), &completion.password);
        }
        if let Some(push) = &self.push {
            let secret = push.credential.client_secret();
            keep(CLIENT_SECRET.to_owned(), secret);
        }
        if let Some(code) = self.connection.as_ref().and_then(|own| own.code()) {
            keep(CONSENT_CODE.to_owned(), code);
        }
        if let Some(sync) = &self.sync {
            let hook_key = Secret::new(sync.hook_key.as_str());
            keep(HOOK_KEY.to_owned(), &hook_key);
            for (index, secret) in sync.secrets().iter().enumerate() {
                keep(hook_secret_place(index), secret);
            }
        }
        secrets
    }
}

impl fmt::Debug for SettingsAtRest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingsAtRest").finish_non_exhaustive()
    }
}

/// Error when storing or reading settings. Contains the path but no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsAtRestError {
    /// The settings cannot be written as JSON.
    #[error("the settings cannot be written as JSON")]
    Unwritable,
    /// The stored document is not valid JSON.
    #[error("the stored settings are not valid JSON")]
    Unreadable,
    /// The document has no `null` at a secret's pointer.
    #[error("a stored secret has no matching member in the settings")]
    NoPlace,
    /// The member at this path is invalid.
    #[error("the stored settings are invalid at {0}")]
    Wrong(String),
}

/// Returns the JSON pointer to the secret of a report link key. Index 0 is the current key.
fn report_link_place(index: usize) -> String {
    match index.checked_sub(1) {
        None => "/report_links/current/secret".to_owned(),
        Some(index) => format!("/report_links/previous/{index}/secret"),
    }
}

fn hook_secret_place(index: usize) -> String {
    format!("/sync/secrets/{index}")
}

const COMPLETION_USER: &str = "/assessments/completion/user";
const COMPLETION_PASSWORD: &str = "/assessments/completion/password";
const CLIENT_SECRET: &str = "/push/credential/client_secret";
const CONSENT_CODE: &str = "/connection/unconfirmed/code";
const HOOK_KEY: &str = "/sync/hook_key";

/// Placeholder for a secret while the document is validated. Accepted wherever a secret is
/// expected.
const STAND_IN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        HookKey, JobId, ProductJobId, StageId, UserId,
        report_link::{ReportLinkKey, ReportLinks},
        settings::{
            AssessmentSettings, CompletionCredential, Connection, ConsentAnswer, HarvestCredential,
            JobMapping, KeyDigest, PushSettings, SyncSettings,
        },
    };

    #[test]
    fn settings_round_trip_and_the_document_holds_no_secret() {
        let mut of_a_partner = full();
        let secret = Some("canary client".into());
        let credential = HarvestCredential::partner("id", secret, "https://partner.example");
        of_a_partner.push = credential.map(PushSettings::new).ok();
        let mut connection = Connection::default();
        let (id, now) = ("canary id".into(), chrono::DateTime::UNIX_EPOCH);
        connection.start(&"canary state".into(), now);
        let answer = ConsentAnswer::new(Some("canary-code".into()), None, None);
        assert!(connection.answered(answer, &id, now).is_ok());
        of_a_partner.connection = Some(connection);
        for settings in [bare(), full(), of_a_partner] {
            let at_rest = settings.at_rest().unwrap();
            assert!(!at_rest.document.contains("canary"), "{}", at_rest.document);
            assert_eq!(AccountSettings::from_rest(&at_rest).unwrap(), settings);
        }
        let at_rest = full().at_rest().unwrap();
        assert_eq!(at_rest.secrets.len(), 8);
        let document: Value = serde_json::from_str(&at_rest.document).unwrap();
        for pointer in at_rest.secrets.keys() {
            assert_eq!(document.pointer(pointer), Some(&Value::Null), "{pointer}");
        }
    }

    #[test]
    fn a_missing_or_misplaced_secret_is_an_error() {
        for pointer in full().at_rest().unwrap().secrets.keys() {
            let mut at_rest = full().at_rest().unwrap();
            let secret = at_rest.secrets.remove(pointer).unwrap();
            let refused = AccountSettings::from_rest(&at_rest).unwrap_err();
            assert!(
                matches!(refused, SettingsAtRestError::Wrong(_)),
                "{pointer}"
            );

            at_rest.secrets.insert(pointer.clone(), secret.clone());
            at_rest
                .secrets
                .insert("/push/nowhere".to_owned(), secret.clone());
            let refused = AccountSettings::from_rest(&at_rest).unwrap_err();
            assert_eq!(refused, SettingsAtRestError::NoPlace);

            at_rest.secrets.remove("/push/nowhere");
            at_rest.secrets.insert("/push/trigger".to_owned(), secret);
            let refused = AccountSettings::from_rest(&at_rest).unwrap_err();
            assert_eq!(refused, SettingsAtRestError::NoPlace);
        }
    }

    #[test]
    fn secrets_that_an_earlier_version_accepted_stay_readable() {
        let mut at_rest = full().at_rest().unwrap();
        for (pointer, secret) in &mut at_rest.secrets {
            if !pointer.starts_with("/report_links") && pointer != "/sync/hook_key" {
                *secret = Secret::new("s\n");
            }
        }
        at_rest.secrets.insert(
            "/report_links/current/secret".to_owned(),
            Secret::new("s".repeat(32) + "\n"),
        );
        let read = AccountSettings::from_rest(&at_rest).unwrap();
        assert_eq!(read.at_rest().unwrap(), at_rest);
        let sync = read.sync.unwrap();
        assert!(sync.secrets().iter().all(|secret| secret.expose() == "s\n"));

        for empty in [
            "/sync/secrets/0",
            "/report_links/current/secret",
            "/sync/hook_key",
        ] {
            let mut at_rest = full().at_rest().unwrap();
            at_rest.secrets.insert(empty.to_owned(), Secret::new(""));
            let refused = AccountSettings::from_rest(&at_rest).unwrap_err();
            assert!(matches!(refused, SettingsAtRestError::Wrong(_)), "{empty}");
        }
    }

    fn bare() -> AccountSettings {
        AccountSettings::new(ReportLinks::new(signing("1"), vec![]))
    }

    fn full() -> AccountSettings {
        let mut settings = bare();
        settings.report_links = ReportLinks::new(signing("2"), vec![signing("1")]);
        let mut assessments = AssessmentSettings::new(vec![KeyDigest::of("a key")]);
        assessments.completion = Some(CompletionCredential {
            user: "canary user".into(),
            password: "canary password".into(),
        });
        settings.assessments = Some(assessments);
        let credential = HarvestCredential::new("id", Some("canary client".into())).unwrap();
        let mut push = PushSettings::new(credential);
        push.acting_user = Some(UserId::new(1));
        let mapping = JobMapping::new(JobId::new(7), Some(StageId::new(8)));
        push.jobs.insert(ProductJobId::new("job"), mapping);
        settings.push = Some(push);
        let secrets = vec!["canary hook 1".into(), "canary hook 2".into()];
        let sync = SyncSettings::new(HookKey::new("canary0123456789"), secrets).unwrap();
        settings.sync = Some(sync);
        settings
    }

    fn signing(id: &str) -> ReportLinkKey {
        ReportLinkKey::new(id, Secret::new(format!("canary {}", "s".repeat(32)))).unwrap()
    }
}
