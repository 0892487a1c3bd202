use greenhouse_core::{
    Secret,
    scorecard::Thresholds,
    settings::{
        AssessmentSettings, CompletionCredential, FormError, KeyDigest, PartnerKey,
        SettingsProblem, read_form,
    },
};
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::{Value, json};

/// The settings without the keys, and without what was handed out for the completion call.
pub(super) fn to_json(settings: &AssessmentSettings) -> Result<Value, serde_json::Error> {
    let completion = settings.completion.as_ref().map(|completion| {
        json!({
            "user_set": !completion.user.is_empty(),
            "password_set": !completion.password.is_empty(),
        })
    });
    Ok(json!({
        "enabled": settings.enabled,
        "completion": completion,
        "thresholds": serde_json::to_value(settings.thresholds)?,
    }))
}

/// The settings that there are to be, with the secrets that there are where none is named.
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
        Some(Some(form)) => Some(form.over(settings.completion)?),
    };
    Ok(Some(settings))
}

/// What cannot work, as far as it can be told without Greenhouse, which has no call to try the credential with.
pub(super) fn problems(settings: &AssessmentSettings) -> Vec<SettingsProblem> {
    let Some(CompletionCredential { user, password }) = &settings.completion else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    let mut problem = |member, code, message, remedy| {
        problems.push(SettingsProblem::new(member, code, message, remedy));
    };
    if user.expose().trim().is_empty() {
        problem(
            "completion.user",
            "missing",
            "The completion credential has no user.",
            "Enter the user name that Greenhouse handed out; a single key goes here, too, with an empty password.",
        );
    }
    if is_partner_key(settings, user) || is_partner_key(settings, password) {
        problem(
            "completion",
            "partner_key",
            "This is a partner key, with which Greenhouse comes to you. Greenhouse answers it with 403.",
            "Enter the credential that Greenhouse handed out for the completion call.",
        );
    }
    if !password.is_empty() && user.expose().contains(':') {
        problem(
            "completion.user",
            "colon",
            "A user name with a colon cannot be sent: what stands behind the colon counts as the password.",
            "Enter user name and password apart from each other, or a single key with an empty password.",
        );
    }
    for (member, secret) in [("completion.user", user), ("completion.password", password)] {
        if secret.expose().chars().any(char::is_control) {
            problem(
                member,
                "control_character",
                "There is a line break or another control character in it.",
                "Copy it once more, without what stands around it.",
            );
        }
    }
    problems
}

fn is_partner_key(settings: &AssessmentSettings, secret: &Secret) -> bool {
    let digest = KeyDigest::of(secret.expose());
    let mut keys = settings.partner_keys.iter();
    secret.expose().starts_with(PartnerKey::PREFIX) || keys.any(|key| key.digest == digest)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssessmentsForm {
    #[serde(default = "super::on")]
    enabled: bool,
    /// None where it is left out, which is not the same as null.
    #[serde(default, deserialize_with = "present")]
    completion: Option<Option<CompletionForm>>,
    #[serde(default)]
    thresholds: Thresholds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompletionForm {
    user: Option<Secret>,
    password: Option<Secret>,
    #[serde(default, rename = "user_set")]
    _user_set: IgnoredAny,
    #[serde(default, rename = "password_set")]
    _password_set: IgnoredAny,
}

impl CompletionForm {
    fn over(self, stored: Option<CompletionCredential>) -> Result<CompletionCredential, FormError> {
        match (self.user, self.password, stored) {
            (Some(user), password, _) => Ok(CompletionCredential {
                user,
                password: password.unwrap_or_else(|| Secret::new("")),
            }),
            (None, None, Some(stored)) => Ok(stored),
            (None, Some(password), Some(stored)) => Ok(CompletionCredential { password, ..stored }),
            (None, _, None) => Err(FormError::new("completion.user", "it is missing")),
        }
    }
}

fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
