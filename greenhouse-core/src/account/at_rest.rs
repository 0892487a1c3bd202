use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use super::AccountSettings;
use crate::Secret;

/// The settings of an account taken apart for storing: what whoever can read the database may read, and what has to be
/// sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingsAtRest {
    /// The settings as JSON, with a null in the place of every secret.
    pub document: String,
    /// The secrets, each under the JSON pointer of its place in the document.
    pub secrets: BTreeMap<String, Secret>,
}

impl AccountSettings {
    /// Takes the settings apart. The hook key counts as a secret here: with it anybody could keep the host busy.
    ///
    /// # Errors
    ///
    /// [`SettingsAtRestError`] where a value has no form in JSON.
    pub fn at_rest(&self) -> Result<SettingsAtRest, SettingsAtRestError> {
        let mut document =
            serde_json::to_value(self).map_err(|_| SettingsAtRestError::Unreadable)?;
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

    /// Puts settings together again, with every check that new ones get.
    ///
    /// # Errors
    ///
    /// [`SettingsAtRestError`] where a secret has no place or the document is not of this form. Nothing of either is shown.
    pub fn from_rest(at_rest: &SettingsAtRest) -> Result<Self, SettingsAtRestError> {
        let mut document: Value =
            serde_json::from_str(&at_rest.document).map_err(|_| SettingsAtRestError::Unreadable)?;
        for (pointer, secret) in &at_rest.secrets {
            let place = document
                .pointer_mut(pointer)
                .filter(|place| place.is_null());
            *place.ok_or(SettingsAtRestError::NoPlace)? = secret.expose().into();
        }
        serde_path_to_error::deserialize(document)
            .map_err(|error| SettingsAtRestError::Wrong(error.path().to_string()))
    }

    fn secrets(&self) -> BTreeMap<String, Secret> {
        let mut secrets = BTreeMap::new();
        let mut keep = |pointer: String, secret: &Secret| secrets.insert(pointer, secret.clone());
        for (index, key) in self.report_links.keys().enumerate() {
            let pointer = match index.checked_sub(1) {
                None => "/report_links/current/secret".to_owned(),
                Some(index) => format!("/report_links/previous/{index}/secret"),
            };
            keep(pointer, key.secret());
        }
        let completion = self
            .assessments
            .as_ref()
            .and_then(|settings| settings.completion.as_ref());
        if let Some(completion) = completion {
            keep("/assessments/completion/user".to_owned(), &completion.user);
            keep(
                "/assessments/completion/password".to_owned(),
                &completion.password,
            );
        }
        if let Some(push) = &self.push {
            let secret = push.credential.client_secret();
            keep("/push/credential/client_secret".to_owned(), secret);
        }
        if let Some(sync) = &self.sync {
            let hook_key = Secret::new(sync.hook_key.as_str());
            keep("/sync/hook_key".to_owned(), &hook_key);
            for (index, secret) in sync.secrets().iter().enumerate() {
                keep(format!("/sync/secrets/{index}"), secret);
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

/// Why settings cannot be taken apart or put together. Shows nothing of them but where they are wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsAtRestError {
    /// The document is no JSON.
    #[error("the stored settings cannot be read")]
    Unreadable,
    /// A secret belongs to no place of the document.
    #[error("a stored secret has no place in the settings")]
    NoPlace,
    /// A member of the document is not what it must be.
    #[error("the stored settings are wrong at {0}")]
    Wrong(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        HookKey, JobId, ProductJobId, StageId, UserId,
        report_link::{ReportLinkKey, ReportLinks},
        settings::{
            AssessmentSettings, CompletionCredential, HarvestCredential, JobMapping, KeyDigest,
            PushSettings, SyncSettings,
        },
    };

    #[test]
    fn settings_come_back_whole_and_the_document_holds_no_secret() {
        let mut of_a_partner = full();
        let secret = Some("canary client".into());
        let credential = HarvestCredential::partner("id", secret, "https://partner.example");
        of_a_partner.push = credential.map(PushSettings::new).ok();
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
    fn a_secret_that_is_missing_or_has_no_place_is_refused() {
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
