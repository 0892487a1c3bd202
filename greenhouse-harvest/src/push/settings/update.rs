use greenhouse_core::settings::{
    FormError, HarvestCredential, PushSettings, SettingsChange, read_form,
};
use serde_json::{Map, Value, json};

use super::view::{SECRET, SECRET_SET};

/// Change to an account's push settings: `{"version": 3, "settings": {...}}`.
///
/// `version` is the version on which the change is based. `settings` replaces all settings and has
/// the form of a [`SettingsView`](greenhouse_core::settings::SettingsView). Members with a default
/// may be left out. `null` removes the push settings. If the other members of the credential are
/// unchanged, `client_secret` may be left out, and the stored secret is kept. `client_secret_set`
/// is ignored.
#[derive(Debug, Clone)]
pub struct PushSettingsUpdate(SettingsChange);

impl PushSettingsUpdate {
    /// Parses the body of `PUT settings/push`.
    ///
    /// # Errors
    ///
    /// [`FormError`] if the body is not a valid update.
    pub fn from_json(body: &[u8]) -> Result<Self, FormError> {
        SettingsChange::from_json(body).map(Self)
    }

    /// Returns the version on which the change is based.
    pub fn version(&self) -> u64 {
        self.0.version
    }

    /// Returns the new settings, with the stored secret if the update has none.
    pub(super) fn settings(
        self,
        stored: Option<&PushSettings>,
    ) -> Result<Option<PushSettings>, FormError> {
        let mut settings = self.0.settings;
        if settings.is_null() {
            return Ok(None);
        }
        let mut kept = None;
        if let Some(Value::Object(credential)) = settings.get_mut("credential") {
            credential.remove(SECRET_SET);
            let stored = stored.map(|stored| &stored.credential);
            kept = stored.filter(|stored| keeps_secret(credential, stored));
            if kept.is_some() {
                credential.insert(SECRET.to_owned(), json!(STAND_IN));
            }
        }
        let mut settings: PushSettings = read_form(settings)?;
        if let Some(kept) = kept {
            settings.credential = kept.clone();
        }
        Ok(Some(settings))
    }
}

/// Returns `true` if the update contains no secret and the other members of the credential are
/// unchanged.
fn keeps_secret(credential: &Map<String, Value>, stored: &HarvestCredential) -> bool {
    let named = credential
        .get(SECRET)
        .is_some_and(|secret| !secret.is_null());
    let Ok(Value::Object(known)) = serde_json::to_value(stored) else {
        return false;
    };
    !named && rest(credential) == rest(&known)
}

/// Returns a credential without its secret and with its defaults filled in.
fn rest(credential: &Map<String, Value>) -> Map<String, Value> {
    let mut rest = credential.clone();
    rest.remove(SECRET);
    rest.retain(|_, value| !value.is_null());
    rest.entry("grant")
        .or_insert_with(|| json!("client_credentials"));
    rest
}

/// Placeholder for a kept secret, which is not checked again.
const STAND_IN: &str = "the stored client secret";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_kept_only_if_the_rest_of_the_credential_is() {
        let own = HarvestCredential::new("id", Some("kept".into())).unwrap();
        let partner = HarvestCredential::partner("id", Some("kept".into()), BACK).unwrap();
        for (stored, credential, secret) in [
            (&own, json!({"client_id": "id"}), Some("kept")),
            (
                &own,
                json!({"client_id": "id", "client_secret_set": true, "client_secret": null}),
                Some("kept"),
            ),
            (
                &own,
                json!({"client_id": "id", "grant": "client_credentials"}),
                Some("kept"),
            ),
            (
                &own,
                json!({"client_id": "id", "client_secret": "new-secret"}),
                Some("new-secret"),
            ),
            (&own, json!({"client_id": "other"}), None),
            (&own, json!({"client_id": "id", "client_secret": ""}), None),
            (
                &own,
                json!({"client_id": "id", "client_secret": "new"}),
                None,
            ),
            (
                &own,
                json!({"client_id": "id", "client_secret": "new-secret\n"}),
                None,
            ),
            (
                &own,
                json!({"client_id": "id", "client_secret": "new-secret\u{200b}"}),
                None,
            ),
            (
                &own,
                json!({"client_id": "id", "grant": "authorization_code", "redirect_uri": BACK}),
                None,
            ),
            (
                &partner,
                json!({"client_id": "id", "grant": "authorization_code", "redirect_uri": BACK}),
                Some("kept"),
            ),
            (&partner, json!({"client_id": "id"}), None),
        ] {
            let stored = PushSettings::new(stored.clone());
            let update = update(json!({"credential": credential})).settings(Some(&stored));
            match (update, secret) {
                (Ok(Some(settings)), Some(secret)) => {
                    let kept = settings.credential.client_secret();
                    assert!(kept.matches(secret.as_bytes()), "{credential}");
                }
                (Err(error), None) => assert_eq!(error.member, "credential", "{credential}"),
                (update, _) => panic!("{credential}: {update:?}"),
            }
        }
        let unknown = update(json!({"credential": {"client_id": "id"}})).settings(None);
        assert!(unknown.unwrap_err().to_string().contains("31 August 2026"));
        let removed = update(Value::Null).settings(None);
        assert_eq!(removed.unwrap(), None);
    }

    #[test]
    fn errors_name_the_member_without_its_value() {
        for (body, member) in [
            (json!({"settings": null}), ""),
            (json!({"version": 1}), ""),
            (json!({"version": "canary", "settings": null}), "version"),
            (json!({"version": 1, "settings": null, "more": 1}), "more"),
            (json!("canary"), ""),
        ] {
            let error = PushSettingsUpdate::from_json(body.to_string().as_bytes()).unwrap_err();
            assert_eq!(error.member, member, "{body}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        assert!(PushSettingsUpdate::from_json(b"{\"version\":1").is_err());
        let trailing = PushSettingsUpdate::from_json(b"{\"version\":1,\"settings\":null} x");
        assert!(trailing.is_err());

        let good = json!({"credential": {"client_id": "id", "client_secret": "s3cret-s3cret"}});
        assert!(update(good.clone()).settings(None).is_ok());
        for (path, value, member) in [
            ("enabled", json!("canary"), "enabled"),
            ("acting_user", json!("canary"), "acting_user"),
            ("acting_usr", json!(1), "acting_usr"),
            (
                "thresholds",
                json!({"strong_yes": 20, "yes": 60, "mixed": 40, "no": 20}),
                "thresholds",
            ),
            ("thresholds", json!({"strong_yes": 80}), "thresholds"),
            (
                "trigger",
                json!({"kind": "on_score", "minimum": 101, "inclusive": true}),
                "trigger",
            ),
            (
                "jobs",
                json!({"sales": {"job": "canary"}}),
                "jobs.sales.job",
            ),
            (
                "jobs",
                json!({"sales": {"job": 1, "stag": 2}}),
                "jobs.sales.stag",
            ),
            (
                "fields",
                json!({"traits": {"Grit": {"on": "canary", "key": "k"}}}),
                "fields.traits.Grit.on",
            ),
            ("tags", json!([1]), "tags[0]"),
            ("credential", json!("canary"), "credential"),
            ("credential", json!({"client_id": "canary"}), "credential"),
            (
                "credential",
                json!({"client_id": "id", "client_secret": 5}),
                "credential",
            ),
        ] {
            let mut settings = good.clone();
            settings[path] = value;
            let error = update(settings.clone()).settings(None).unwrap_err();
            assert!(
                error.member == member || error.member.starts_with(&format!("{member}.")),
                "{settings}: {error}"
            );
            let text = error.to_string();
            assert!(!text.contains("canary"), "{text}");
        }
    }

    fn update(settings: Value) -> PushSettingsUpdate {
        let body = json!({"version": 1, "settings": settings}).to_string();
        let update = PushSettingsUpdate::from_json(body.as_bytes()).unwrap();
        assert!(!format!("{update:?}").contains("kept"));
        update
    }

    const BACK: &str = "https://partner.example/back";
}
