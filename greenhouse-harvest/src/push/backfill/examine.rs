use greenhouse_core::{
    AccountId, AssessmentId,
    backfill::{BackfillScope, BackfillSkip, choose},
    platform::{Assessment, AssessmentState, PlatformError},
    settings::PushSettings,
    store::StoreError,
};

use crate::push::{engine::Engine, plan::PushPlan, request::trigger_input};

/// Result of examining one completed assessment.
pub(super) enum Examined {
    /// A push is to be started.
    Take(Box<Assessment>),
    Skip(BackfillSkip),
    /// The product did not return the assessment. A retry may help.
    Unread(PlatformError),
}

/// Decides whether to push a completed assessment. Changes nothing.
pub(super) async fn examine(
    engine: &Engine,
    account: &AccountId,
    assessment: &AssessmentId,
    settings: &PushSettings,
    scope: BackfillScope,
) -> Result<Examined, StoreError> {
    let store = engine.store();
    if store.push(account, assessment).await?.is_some() {
        return Ok(Examined::Skip(BackfillSkip::Known));
    }
    let found = match engine.assessment(account, assessment).await {
        Ok(found) => found,
        Err(PlatformError::NotFound { .. }) => None,
        Err(PlatformError::Refused { .. }) => return Ok(Examined::Skip(BackfillSkip::Unread)),
        Err(error) => return Ok(Examined::Unread(error)),
    };
    let Some(found) = found.filter(|found| found.state == AssessmentState::Completed) else {
        return Ok(Examined::Skip(BackfillSkip::NotCompleted));
    };
    let input = trigger_input(store, account, &found).await?;
    if let Err(skip) = choose(&settings.trigger, settings.invited_results, scope, &input) {
        return Ok(Examined::Skip(skip));
    }
    let invitation = store.invitation_of_assessment(account, assessment).await?;
    let plan = PushPlan::new(account, &found, invitation.as_ref(), settings, false);
    Ok(match plan {
        Ok(_) => Examined::Take(Box::new(found)),
        Err(error) => Examined::Skip(match error.text.code() {
            "no_mapping" | "no_job" => BackfillSkip::NoMapping,
            "not_completed" => BackfillSkip::NotCompleted,
            _ => BackfillSkip::NoContact,
        }),
    })
}
