use greenhouse_core::{
    HookKey, Secret,
    settings::{FormError, SettingsProblem, SyncSettings, SyncSettingsError, read_form},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::texts::settings as texts;

/// Returns the settings with each secret replaced by its index.
pub(super) fn to_json(settings: &SyncSettings) -> Value {
    let secrets = 0..settings.secrets().len();
    let secrets: Vec<Value> = secrets.map(|kept| json!({ "kept": kept })).collect();
    json!({
        "enabled": settings.enabled,
        "hook_key": settings.hook_key,
        "secrets": secrets,
    })
}

/// Parses new settings. A hook key or secrets that are left out keep their stored values.
pub(super) fn read(
    form: Value,
    stored: Option<SyncSettings>,
) -> Result<Option<SyncSettings>, FormError> {
    if form.is_null() {
        return Ok(None);
    }
    let form: SyncForm = read_form(form)?;
    let hook_key = match (form.hook_key, &stored) {
        (Some(key), _) => key,
        (None, Some(stored)) => stored.hook_key.clone(),
        (None, None) => {
            HookKey::mint().map_err(|error| texts::hook_key_not_created(&error.to_string()))?
        }
    };
    let known = stored.as_ref().map(SyncSettings::secrets);
    let known = known.unwrap_or_default();
    let secrets = match form.secrets {
        None => known.to_vec(),
        Some(secrets) => merge_secrets(secrets, known)?,
    };
    let mut settings = SyncSettings::from_stored(hook_key, secrets).map_err(|error| {
        let member = match error {
            SyncSettingsError::HookKey => "hook_key",
            _ => "secrets",
        };
        FormError::new(member, error.to_string())
    })?;
    settings.enabled = form.enabled;
    Ok(Some(settings))
}

/// Returns the defects of the secrets, except for those in `kept`.
pub(super) fn problems(settings: &SyncSettings, kept: &[Secret]) -> Vec<SettingsProblem> {
    let secrets = settings.secrets().iter().enumerate();
    let new = secrets.filter(|(_, secret)| !kept.contains(secret));
    let problem = |(place, secret): (usize, &Secret)| {
        let problem = secret.check().err()?;
        Some(texts::secret(&format!("secrets[{place}]"), problem))
    };
    new.filter_map(problem).collect()
}

fn merge_secrets(secrets: Vec<SecretForm>, known: &[Secret]) -> Result<Vec<Secret>, FormError> {
    if secrets.len() > MAX_SECRETS {
        return Err(texts::too_many_secrets(MAX_SECRETS, secrets.len()));
    }
    let secrets = secrets.into_iter().enumerate();
    let merged = secrets.map(|(place, secret)| match secret {
        SecretForm::New(secret) => Ok(secret),
        SecretForm::Kept(KeptSecret { kept }) => known
            .get(kept)
            .cloned()
            .ok_or_else(|| texts::unknown_secret(place, kept, known.len())),
    });
    merged.collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SyncForm {
    #[serde(default = "super::on")]
    enabled: bool,
    hook_key: Option<HookKey>,
    secrets: Option<Vec<SecretForm>>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a secret in quotes, or {\"kept\": N}")]
enum SecretForm {
    New(Secret),
    Kept(KeptSecret),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptSecret {
    kept: usize,
}

/// Maximum number of secrets. A rotation needs two, and webhooks with different secrets need more.
/// Each secret is tried on every delivery.
const MAX_SECRETS: usize = 5;
