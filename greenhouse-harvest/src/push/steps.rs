//! The steps of a push. Each reads from the context and writes through the ledger.

mod application;
mod candidate;
mod fields;
mod note;
mod report;
mod scorecard;
mod stage;

use greenhouse_core::{ApplicationId, CandidateId, JobId};

use self::stage::Moved;
use super::{StepError, context::StepContext, ledger::Ledger};
use crate::api::{Application, Candidate};

/// Where the person is in Greenhouse.
#[derive(Debug, Clone, Copy)]
struct Placed {
    candidate: CandidateId,
    application: ApplicationId,
    /// The job of the application, if known.
    job: Option<JobId>,
}

/// What this run itself has created, as Greenhouse has answered: lists may lag behind that.
#[derive(Default)]
struct Created {
    candidate: Option<Candidate>,
    /// The candidate was created without an application, so there can be none yet.
    alone: bool,
    application: Option<Application>,
}

/// Does all steps in order. Returns the text for the sync log.
pub(super) async fn run(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
) -> Result<String, StepError> {
    let mut created = Created::default();
    let candidate = candidate::candidate(context, ledger, &mut created).await?;
    let placed = application::application(context, ledger, &mut created, candidate).await?;
    let moved = stage::stage(context, ledger, &placed).await?;
    report::report(context, ledger, placed.application).await?;
    scorecard::scorecard(context, ledger, &placed).await?;
    let of_application = fields::application_fields(context, ledger, &mut created, &placed).await?;
    let of_candidate = fields::candidate_fields(context, ledger, &mut created, &placed).await?;
    Ok(done_text(
        context,
        ledger,
        &placed,
        moved,
        of_application | of_candidate,
    ))
}

fn done_text(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
    placed: &Placed,
    moved: Moved,
    fields: bool,
) -> String {
    let card = &context.plan.scorecard;
    let mut text = format!(
        "Pushed: candidate {}, application {}, recommendation {} ({}), {}",
        ledger.owner(placed.candidate),
        placed.application,
        card.overall.label(),
        card.score,
        ledger.push().form.as_deref().unwrap_or_default(),
    );
    if fields {
        text.push_str("; custom fields filled in");
    }
    match moved {
        Moved::NotAsked => {}
        Moved::To(stage) => text.push_str(&format!("; moved to stage {stage}")),
        Moved::Stays => text.push_str("; not moved, since it is at the mapped stage or beyond"),
    }
    text.push('.');
    text
}
