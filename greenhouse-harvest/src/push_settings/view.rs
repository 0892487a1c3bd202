use greenhouse_core::{settings::PushSettings, store::AccountRecord};
use serde::Serialize;
use serde_json::{Value, json};

/// The settings of an account's push, as they may be shown: with every default, and without the client secret.
///
/// `{"version": 3, "settings": {"enabled": true, "credential": {"client_id": "...", "client_secret_set": true}, ...}}`; the
/// credential of a partner's app has `grant` and `redirect_uri` as well. Where nothing was set up, `settings` is null. What
/// is shown can be changed and sent back as a [`PushSettingsUpdate`](crate::PushSettingsUpdate).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PushSettingsView {
    /// The version of the account's record, which a change names. Whatever else of the account changes raises it, too.
    pub version: u64,
    /// The settings; none where nothing was set up.
    pub settings: Option<Value>,
}

impl PushSettingsView {
    /// # Errors
    ///
    /// Where a value has no form in JSON.
    pub(super) fn of(record: &AccountRecord) -> Result<Self, serde_json::Error> {
        let settings = record.settings.push.as_ref();
        Ok(Self {
            version: record.version,
            settings: settings.map(shown).transpose()?,
        })
    }
}

fn shown(settings: &PushSettings) -> Result<Value, serde_json::Error> {
    let mut shown = serde_json::to_value(settings)?;
    if let Some(Value::Object(credential)) = shown.get_mut("credential") {
        // A secret is written as a null, which would read as if there was none.
        credential.remove(SECRET);
        credential.insert(SECRET_SET.to_owned(), json!(true));
    }
    Ok(shown)
}

pub(super) const SECRET: &str = "client_secret";
pub(super) const SECRET_SET: &str = "client_secret_set";
