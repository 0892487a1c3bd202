use greenhouse_core::{
    Secret, SecretProblem,
    scorecard::Thresholds,
    settings::{
        AssessmentSettings, CompletionCredential, FormError, KeyDigest, PartnerKey,
        SettingsProblem, read_form,
    },
};
use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};
use serde_json::Value;

use crate::texts::settings as texts;

/// Settings without the partner keys and the completion credential.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "AssessmentSettings"))]
pub(crate) struct AssessmentsView {
    /// `true` if assessments are switched on.
    enabled: bool,
    /// Completion credential. `None` if none is stored.
    completion: Option<CompletionView>,
    /// Lower bounds of the recommendations.
    thresholds: Thresholds,
}

/// Completion credential without its values.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "CompletionCredential"))]
struct CompletionView {
    /// `true` if a user name or a single key is stored.
    user_set: bool,
    /// `true` if a password is stored.
    password_set: bool,
}

impl AssessmentsView {
    pub(super) fn of(settings: &AssessmentSettings) -> Self {
        let completion = settings.completion.as_ref();
        Self {
            enabled: settings.enabled,
            completion: completion.map(|completion| CompletionView {
                user_set: !completion.user.is_empty(),
                password_set: !completion.password.is_empty(),
            }),
            thresholds: settings.thresholds,
        }
    }
}

/// Parses new settings. Secrets that are left out keep their stored values.
pub(super) fn read(
    form: Value,
    stored: Option<AssessmentSettings>,
) -> Result<Option<AssessmentSettings>, FormError> {
    if form.is_null() {
        return Ok(None);
    }
    let form: AssessmentsForm = read_form(form)?;
    let mut settings = stored.unwrap_or_else(|| AssessmentSettings::new(Vec::new()));
    settings.enabled = form.enabled;
    settings.thresholds = form.thresholds;
    settings.completion = match form.completion {
        None => settings.completion,
        Some(None) => None,
        Some(Some(form)) => Some(form.merge(settings.completion)?),
    };
    Ok(Some(settings))
}

/// Returns the problems that can be found locally. Greenhouse has no call to test the credential.
/// If a change is saved, `kept` contains the stored secrets, which are not checked again. Otherwise
/// the length of the stored secrets is not checked, because Greenhouse chose it.
pub(super) fn problems(
    settings: &AssessmentSettings,
    kept: Option<&[Secret]>,
) -> Vec<SettingsProblem> {
    let Some(completion) = &settings.completion else {
        return Vec::new();
    };
    let CompletionCredential { user, password } = completion;
    let mut problems = Vec::new();
    let mut defects = completion.problems();
    if defects.first() == Some(&("user", SecretProblem::Empty)) {
        defects.remove(0);
        problems.push(texts::no_completion_user());
    }
    if is_partner_key(settings, user) || is_partner_key(settings, password) {
        problems.push(texts::partner_key_as_completion());
    }
    if !password.is_empty() && user.expose().contains(':') {
        problems.push(texts::colon_in_completion_user());
    }
    for (member, problem) in defects {
        let secret = if member == "user" { user } else { password };
        let is_accepted = match kept {
            Some(kept) => kept.contains(secret),
            None => matches!(problem, SecretProblem::TooShort { .. }),
        };
        if is_accepted {
            continue;
        }
        problems.push(texts::secret(&format!("completion.{member}"), problem));
    }
    problems
}

fn is_partner_key(settings: &AssessmentSettings, secret: &Secret) -> bool {
    let digest = KeyDigest::of(secret.expose());
    let mut keys = settings.partner_keys.iter();
    secret.expose().starts_with(PartnerKey::PREFIX) || keys.any(|key| key.digest == digest)
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "AssessmentSettings"))]
#[serde(deny_unknown_fields)]
pub(crate) struct AssessmentsForm {
    /// Switches assessments on.
    #[serde(default = "super::on")]
    enabled: bool,
    /// Completion credential. `None` if left out, `Some(None)` if null.
    #[cfg_attr(
        feature = "openapi",
        schemars(
            with = "Option<CompletionForm>",
            description = "Completion credential. If left out, the stored one is kept. Null removes it."
        )
    )]
    #[serde(default, deserialize_with = "present")]
    completion: Option<Option<CompletionForm>>,
    /// Lower bounds of the recommendations.
    #[serde(default)]
    thresholds: Thresholds,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct CompletionForm {
    /// User name or single key. If left out, the stored value is kept.
    user: Option<Secret>,
    /// Password, without a single key. If left out, the stored value is kept.
    password: Option<Secret>,
    /// Ignored.
    #[serde(default, rename = "user_set")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<bool>"))]
    _user_set: IgnoredAny,
    /// Ignored.
    #[serde(default, rename = "password_set")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<bool>"))]
    _password_set: IgnoredAny,
}

impl CompletionForm {
    fn merge(
        self,
        stored: Option<CompletionCredential>,
    ) -> Result<CompletionCredential, FormError> {
        match (self.user, self.password, stored) {
            (Some(user), password, _) => Ok(CompletionCredential {
                user,
                password: password.unwrap_or_else(|| Secret::new("")),
            }),
            (None, None, Some(stored)) => Ok(stored),
            (None, Some(password), Some(stored)) => Ok(CompletionCredential { password, ..stored }),
            (None, _, None) => Err(texts::completion_user_expected()),
        }
    }
}

fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
