//! Steps of a push. Each step reads from the context and writes through the ledger.

mod application;
mod candidate;
mod fields;
mod note;
mod report;
mod resume;
mod rules;
mod scorecard;
mod stage;

use greenhouse_core::{ApplicationId, CandidateId, JobId, Text, platform::CandidateProfile};

use self::stage::{Moved, Stays};
pub(super) use self::{fields::read_application, stage::current_stage};
use super::{StepError, context::StepContext, ledger::Ledger, texts::sync_log as texts};
use crate::api::{Application, Candidate};

/// Target of the push in Greenhouse.
#[derive(Debug, Clone, Copy)]
struct PushTarget {
    candidate: CandidateId,
    application: ApplicationId,
    /// The application's job, if known.
    job: Option<JobId>,
}

/// Rows that this run has created, as returned by Greenhouse. Lists may not contain these rows yet.
#[derive(Default)]
struct CreatedRows {
    candidate: Option<Candidate>,
    /// `true` if the candidate was created without an application.
    alone: bool,
    application: Option<Application>,
    /// Profile with which the candidate was created.
    profile: Option<CandidateProfile>,
}

/// Runs all steps in order. Returns the text for the sync log.
pub(super) async fn run(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
) -> Result<Text, StepError> {
    // Read first, so that no application is created while its report is not ready.
    let pdf = report::read(context, ledger).await?;
    let mut created = CreatedRows::default();
    let candidate = candidate::candidate(context, ledger, &mut created).await?;
    let target = application::application(context, ledger, &mut created, candidate).await?;
    let moved = stage::stage(context, ledger, &target).await?;
    let profile = created.profile.take();
    resume::resume(context, ledger, target.application, profile).await?;
    report::report(context, ledger, target.application, pdf).await?;
    scorecard::scorecard(context, ledger, &target).await?;
    let of_application = fields::application_fields(context, ledger, &mut created, &target).await?;
    let of_candidate = fields::candidate_fields(context, ledger, &mut created, &target).await?;
    let fields_set = of_application | of_candidate;
    let ruled = rules::rules(context, ledger, &target).await?;
    let mut text = done_text(context, ledger, &target, &moved, fields_set);
    if let Some(ruled) = ruled {
        text = text.and(ruled.as_str());
    }
    Ok(text)
}

fn done_text(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
    target: &PushTarget,
    moved: &Moved,
    fields_set: bool,
) -> Text {
    let card = &context.plan.scorecard;
    let result = match (card.overall, card.score) {
        (Some(overall), Some(score)) => texts::recommendation(overall.label(), &score.to_string()),
        _ => texts::WITHOUT_SCORE.to_owned(),
    };
    let mut text = texts::push_done(
        ledger.owner(target.candidate),
        target.application,
        &result,
        ledger.push().form.as_deref().unwrap_or_default(),
    );
    if fields_set {
        text = text.and(texts::push_fields_set().as_str());
    }
    for remark in &ledger.push().remarks {
        text = text.and(texts::remark(*remark).as_str());
    }
    match moved {
        Moved::NotRequested => text,
        Moved::To(stage) => text.and(texts::push_moved(stage).as_str()),
        Moved::Stays(reason) => text.and(stays(*reason).as_str()),
    }
}

fn stays(reason: Stays) -> Text {
    match reason {
        Stays::Reached => texts::push_not_moved(),
        Stays::TargetNotInPlan => texts::push_stage_gone(),
        Stays::CurrentNotInPlan => texts::push_stage_not_in_plan(),
    }
}
