use std::fmt;

use greenhouse_core::{
    UserId,
    settings::{HarvestGrant, PushSettings, ScorecardForm},
};
use serde::Serialize;

use super::texts::set_up as texts;
use crate::api::{SCORECARD_SCOPES, push_scopes};

/// Set-up steps for pushing candidates to Greenhouse. The fields are values for a settings page;
/// the `Display` output is a text with numbered steps. Contains no secret.
///
/// # Endpoint
///
/// Under `/api/integrations/greenhouse`:
///
/// | endpoint | response |
/// |---|---|
/// | `GET set-up/push` | `{"push"}`; null if the account has no push settings. `default_scopes`: the scopes that every push needs |
///
/// Members of `push`: `scopes`, `scorecard_scopes`, `acting_user`, `is_partner_app`,
/// `redirect_uri`, `enabled` and `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "openapi",
    schemars(
        description = "Set-up steps for pushing candidates to Greenhouse. Contains no secret."
    )
)]
#[non_exhaustive]
pub struct PushSetUp {
    /// Scopes that pushes with these settings need.
    pub scopes: Vec<&'static str>,
    /// Additional scopes for a scorecard. Empty if the settings require a note.
    pub scorecard_scopes: Vec<&'static str>,
    /// Configured acting user. `None` if calls are made as the credential's own service user.
    pub acting_user: Option<UserId>,
    /// `true` if the credential belongs to a partner's app.
    pub is_partner_app: bool,
    /// URL to which Greenhouse redirects the user after a consent, as it must be registered for the
    /// partner's app. `None` for a customer's own credential.
    pub redirect_uri: Option<String>,
    /// `true` if the push is switched on.
    pub enabled: bool,
}

impl PushSetUp {
    /// Creates the set-up of an account with these settings.
    pub fn new(settings: &PushSettings) -> Self {
        let scorecard_scopes = match settings.scorecard {
            ScorecardForm::Note => Vec::new(),
            _ => SCORECARD_SCOPES.to_vec(),
        };
        let redirect_uri = match settings.credential.grant() {
            HarvestGrant::AuthorizationCode { redirect_uri, .. } => Some(redirect_uri.clone()),
            _ => None,
        };
        Self {
            scopes: push_scopes(settings),
            scorecard_scopes,
            acting_user: settings.acting_user,
            is_partner_app: redirect_uri.is_some(),
            redirect_uri,
            enabled: settings.enabled,
        }
    }
}

impl fmt::Display for PushSetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", texts::title())?;
        if !self.enabled {
            writeln!(f, "{}", texts::switched_off())?;
        }
        writeln!(f)?;
        let mut scopes = vec![texts::grant_scopes().to_string()];
        scopes.extend(self.scopes.iter().map(|scope| format!("  {scope}")));
        if !self.scorecard_scopes.is_empty() {
            scopes.push(texts::grant_scorecard_scopes().to_string());
            scopes.extend(
                self.scorecard_scopes
                    .iter()
                    .map(|scope| format!("  {scope}")),
            );
        }
        let credential = match &self.redirect_uri {
            Some(redirect_uri) => texts::register_app(redirect_uri),
            None => texts::create_credential(),
        };
        let acting_user = match (self.is_partner_app, self.acting_user) {
            (true, _) => texts::consenting_user(),
            (false, Some(user)) => texts::acting_user(user),
            (false, None) => texts::own_user(),
        };
        let steps = [
            credential.to_string(),
            scopes.join("\n"),
            acting_user.to_string(),
            texts::save_credential().to_string(),
            texts::map_jobs().to_string(),
            texts::no_stage_rule().to_string(),
            texts::check_push().to_string(),
        ];
        for (number, step) in (1..).zip(steps) {
            let mut lead = format!("{number}.");
            for line in step.lines() {
                writeln!(f, "{lead} {line}")?;
                lead = "  ".to_owned();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use greenhouse_core::settings::HarvestCredential;

    use super::*;

    fn settings() -> PushSettings {
        let credential = HarvestCredential::new("id", Some("secret".into()));
        PushSettings::new(credential.unwrap())
    }

    #[test]
    fn the_steps_name_the_credential_its_scopes_and_the_acting_user() {
        let text = PushSetUp::new(&settings()).to_string();
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "1. In Greenhouse, open Configure > Dev Center > API Credential Management",
            "\"Harvest V3 (OAuth)\"",
            "client_credentials",
            "Manage Scopes",
            "harvest:candidates:create",
            "harvest:scorecards:create",
            "Site Admin",
            "private candidates",
            "triggers no stage transition rule",
            "7. ",
        ] {
            assert!(line.contains(part), "{part} in\n{text}");
        }
        assert!(!text.contains("harvest:candidates:update") && !text.contains("secret\n"));
        assert!(
            text.lines().all(|line| line.chars().count() <= 120),
            "{text}"
        );
    }

    #[test]
    fn the_steps_follow_the_settings() {
        let mut settings = settings();
        settings.tags = vec!["assessed".to_owned()];
        settings.scorecard = ScorecardForm::Note;
        settings.acting_user = Some(UserId::new(7));
        settings.enabled = false;
        let text = PushSetUp::new(&settings).to_string();
        for part in ["harvest:candidates:update", "user 7", "switched off"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(!text.contains("scorecards:create"), "{text}");
    }

    #[test]
    fn the_steps_of_a_partners_app_name_its_redirect_uri() {
        let uri = "https://assess.example.com/console/push/connection/callback";
        let credential = HarvestCredential::partner("id", Some("secret".into()), uri);
        let set_up = PushSetUp::new(&PushSettings::new(credential.unwrap()));
        let text = set_up.to_string();
        assert!(
            text.contains(uri) && text.contains("connect the account"),
            "{text}"
        );
        assert_eq!(set_up.redirect_uri.as_deref(), Some(uri));
    }
}
