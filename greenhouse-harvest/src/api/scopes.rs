//! Scopes that a push needs.

use greenhouse_core::settings::{FieldOwner, PushSettings};

use super::{
    application_stages, applications, attachments, candidates, custom_field_options, custom_fields,
    interview_kits, job_interview_stages, job_interviews, jobs, notes, rejection_reasons,
    scorecards::{job_candidate_attributes, scorecard, scorecard_candidate_attributes},
};

/// Scopes that a push, its settings and its health checks always need.
pub(crate) const PUSH_SCOPES: [&str; 10] = [
    candidates::LIST.scope(),
    candidates::CREATE.scope(),
    applications::LIST.scope(),
    applications::CREATE.scope(),
    attachments::LIST.scope(),
    attachments::CREATE.scope(),
    notes::LIST.scope(),
    notes::CREATE.scope(),
    jobs::LIST.scope(),
    job_interview_stages::LIST.scope(),
];

/// Additional scopes for a scorecard in Greenhouse. The scopes of its two writes are restricted,
/// and most credentials cannot have them (official description).
pub(crate) const SCORECARD_SCOPES: [&str; 7] = [
    scorecard::CREATE.scope(),
    scorecard_candidate_attributes::CREATE.scope(),
    scorecard::LIST.scope(),
    scorecard_candidate_attributes::LIST.scope(),
    job_candidate_attributes::LIST.scope(),
    job_interviews::LIST.scope(),
    interview_kits::LIST.scope(),
];

/// Returns the scopes that a push with these settings needs. Does not include the scopes for
/// scorecards, because a push without those scopes writes notes.
pub(crate) fn push_scopes(settings: &PushSettings) -> Vec<&'static str> {
    let mut scopes = PUSH_SCOPES.to_vec();
    let rules = &settings.rules;
    let moves_by_rule = rules.is_on() && rules.advance.is_some();
    if settings.move_existing || moves_by_rule {
        scopes.push(applications::moving::MOVE.scope());
    }
    if settings.move_existing || rules.is_on() || !settings.stage_tests.is_empty() {
        scopes.push(application_stages::LIST.scope());
    }
    if rules.is_on() && rules.reject.is_some() {
        scopes.extend([
            applications::decision::REJECT.scope(),
            rejection_reasons::LIST.scope(),
        ]);
    }
    let on = |owner| settings.fields.all().any(|(_, field)| field.on == owner);
    let has_status = settings.status_field.is_some();
    if on(FieldOwner::Application) || has_status {
        scopes.push(applications::UPDATE.scope());
    }
    if on(FieldOwner::Candidate) || !settings.tags.is_empty() {
        scopes.push(candidates::UPDATE.scope());
    }
    if settings.fields.all().next().is_some() || has_status {
        scopes.extend([
            custom_fields::LIST.scope(),
            custom_field_options::LIST.scope(),
        ]);
    }
    scopes
}

#[cfg(test)]
mod tests {
    use greenhouse_core::settings::{FieldRef, HarvestCredential};

    use super::*;

    #[test]
    fn additional_scopes_depend_on_the_settings() {
        let credential = HarvestCredential::new("id", Some("secret".into())).unwrap();
        let plain = PushSettings::new(credential);
        assert_eq!(push_scopes(&plain), PUSH_SCOPES);

        let more = |change: fn(&mut PushSettings)| {
            let mut settings = plain.clone();
            change(&mut settings);
            push_scopes(&settings).split_off(PUSH_SCOPES.len())
        };
        assert_eq!(
            more(|settings| settings.move_existing = true),
            [
                "harvest:applications:move",
                "harvest:application_stages:list"
            ]
        );
        assert_eq!(
            more(|settings| settings.tags = vec!["assessed".to_owned()]),
            ["harvest:candidates:update"]
        );
        assert_eq!(
            more(|settings| settings.status_field = Some("test_status".to_owned())),
            [
                "harvest:applications:update",
                "harvest:custom_fields:list",
                "harvest:custom_field_options:list"
            ]
        );
        assert_eq!(
            more(|settings| {
                let field = FieldRef::new(FieldOwner::Application, "score");
                settings.fields.score = Some(field);
            }),
            [
                "harvest:applications:update",
                "harvest:custom_fields:list",
                "harvest:custom_field_options:list"
            ]
        );
    }
}
