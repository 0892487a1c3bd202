use greenhouse_core::{
    HookKey, Secret,
    settings::{FormError, SettingsProblem, SyncSettings, SyncSettingsError, read_form},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The settings without the secrets: each is shown by its place.
pub(super) fn to_json(settings: &SyncSettings) -> Value {
    let secrets = 0..settings.secrets().len();
    let secrets: Vec<Value> = secrets.map(|kept| json!({ "kept": kept })).collect();
    json!({
        "enabled": settings.enabled,
        "hook_key": settings.hook_key,
        "secrets": secrets,
    })
}

/// The settings that there are to be, with the key and the secrets that there are where none is named.
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
            HookKey::mint().map_err(|error| FormError::new("hook_key", error.to_string()))?
        }
    };
    let known = stored.as_ref().map(SyncSettings::secrets);
    let known = known.unwrap_or_default();
    let secrets = match form.secrets {
        None => known.to_vec(),
        Some(secrets) => merge_secrets(secrets, known)?,
    };
    let mut settings = SyncSettings::new(hook_key, secrets).map_err(|error| {
        let member = match error {
            SyncSettingsError::HookKey => "hook_key",
            _ => "secrets",
        };
        FormError::new(member, error.to_string())
    })?;
    settings.enabled = form.enabled;
    Ok(Some(settings))
}

/// The problem of a key that is another account's.
pub(super) fn key_taken() -> SettingsProblem {
    SettingsProblem::new(
        "hook_key",
        "taken",
        "Another account has this hook key.",
        "Leave hook_key out where the account has none yet, and one is made; or make one with `keys hook`.",
    )
}

fn merge_secrets(secrets: Vec<SecretForm>, known: &[Secret]) -> Result<Vec<Secret>, FormError> {
    if secrets.len() > MOST {
        let reason = format!("there are more than {MOST}, and each costs time with every delivery");
        return Err(FormError::new("secrets", reason));
    }
    let named = secrets.into_iter().enumerate();
    let named = named.map(|(place, secret)| match secret {
        SecretForm::New(secret) => Ok(secret),
        SecretForm::Kept(Kept { kept }) => known.get(kept).cloned().ok_or_else(|| {
            FormError::new(format!("secrets[{place}].kept"), "there is no such secret")
        }),
    });
    named.collect()
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
    Kept(Kept),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    kept: usize,
}

/// Two during a rotation, and a few more for whoever gives every hook its own.
const MOST: usize = 5;
