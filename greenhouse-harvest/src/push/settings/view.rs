use greenhouse_core::{
    settings::{PushSettings, SettingsError, SettingsView},
    store::{AccountRecord, StoreError},
};
use serde_json::Value;

/// Returns the push settings without the secret: `credential` is `{"client_id": "...",
/// "client_secret_set": true}`, with `grant` and `redirect_uri` for a partner's app.
pub(super) fn view(record: &AccountRecord) -> Result<SettingsView, SettingsError> {
    let settings = record.settings.push.as_ref().map(settings_json).transpose();
    let settings = settings.map_err(StoreError::corrupt)?;
    Ok(SettingsView::new(record.version, settings))
}

fn settings_json(settings: &PushSettings) -> Result<Value, serde_json::Error> {
    let mut shown = serde_json::to_value(settings)?;
    // The secret is serialized as null, which would look as if no secret were stored.
    shown["credential"] = serde_json::to_value(settings.credential.without_secret())?;
    Ok(shown)
}

pub(super) const SECRET: &str = "client_secret";
pub(super) const SECRET_SET: &str = "client_secret_set";
