use greenhouse_core::{
    settings::{PushSettings, SettingsError, SettingsView},
    store::{AccountRecord, StoreError},
};
use serde_json::{Value, json};

/// The settings of an account's push, as they may be shown: `credential` is `{"client_id": "...", "client_secret_set": true}`,
/// that of a partner's app has `grant` and `redirect_uri` as well.
pub(super) fn view(record: &AccountRecord) -> Result<SettingsView, SettingsError> {
    let settings = record.settings.push.as_ref().map(settings_json).transpose();
    let settings = settings.map_err(StoreError::corrupt)?;
    Ok(SettingsView::new(record.version, settings))
}

fn settings_json(settings: &PushSettings) -> Result<Value, serde_json::Error> {
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
