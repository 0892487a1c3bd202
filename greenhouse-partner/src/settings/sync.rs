use greenhouse_core::{
    HookKey, Secret,
    settings::{FormError, SettingsProblem, SyncSettings, SyncSettingsError, read_form},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::texts::settings as texts;

/// Settings with each secret replaced by its index.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "SyncSettings"))]
pub(crate) struct SyncView<'a> {
    /// `true` if webhooks are switched on.
    enabled: bool,
    /// Last path segment of the webhook URL.
    hook_key: &'a HookKey,
    /// `true` if the sync rules also apply to the applications of tests that Greenhouse sent.
    invited_applications: bool,
    /// Signing secrets, the current one first.
    secrets: Vec<KeptSecret>,
}

impl<'a> SyncView<'a> {
    pub(super) fn of(settings: &'a SyncSettings) -> Self {
        let secrets = 0..settings.secrets().len();
        Self {
            enabled: settings.enabled,
            hook_key: &settings.hook_key,
            invited_applications: settings.invited_applications,
            secrets: secrets.map(|kept| KeptSecret { kept }).collect(),
        }
    }
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
    settings.invited_applications = form.invited_applications;
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "SyncSettings"))]
#[serde(deny_unknown_fields)]
pub(crate) struct SyncForm {
    /// Switches webhooks on.
    #[serde(default = "super::on")]
    enabled: bool,
    /// Last path segment of the webhook URL: at least 16 letters, digits, `-` or `_`. If left out,
    /// the stored key is kept, or one is minted.
    hook_key: Option<HookKey>,
    /// Applies the sync rules to the applications of tests that Greenhouse sends from now on.
    #[serde(default)]
    invited_applications: bool,
    /// Signing secrets, the current one first, at most five. If left out, the stored ones are kept.
    secrets: Option<Vec<SecretForm>>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "expected a secret in quotes, or {\"kept\": N}")]
enum SecretForm {
    /// New secret.
    New(Secret),
    /// Stored secret.
    Kept(KeptSecret),
}

/// Secret that is stored already.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct KeptSecret {
    /// Index of the stored secret.
    kept: usize,
}

/// Maximum number of secrets. A rotation needs two, and webhooks with different secrets need more.
/// Each secret is tried on every delivery.
const MAX_SECRETS: usize = 5;
