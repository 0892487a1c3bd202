//! Writes the scorecard: as one of Greenhouse if possible, otherwise as a note.
//!
//! That scorecards can be written is in the official description; who may is not said ("restricted"), and the bodies are
//! not public. They follow the rows that are read (inferred). What Greenhouse refuses of it ends in a note, or in the text
//! of the scorecard, which says everything that the note would: no result is lost to a guess.

mod choice;
mod form;
mod ratings;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, InterviewKitId, JobId, UserId, scorecard::note_has_marker,
    settings::ScorecardForm, store::PushStep,
};

use self::{
    choice::{Matched, choose_kit, match_attributes},
    form::{WhyNote, refusal},
};
use super::{Placed, note};
use crate::{
    Error, HarvestClient,
    api::{
        InterviewKitFilter, JobCandidateAttributeFilter, JobInterviewFilter, NewScorecard,
        SCORECARD_SCOPES, ScorecardFilter, ScorecardStatus,
    },
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation},
    },
};

/// Why no scorecard is written.
enum NoScorecard {
    /// A note takes its place.
    Note(WhyNote),
    /// The push does not go on.
    Error(StepError),
}

impl From<WhyNote> for NoScorecard {
    fn from(why: WhyNote) -> Self {
        Self::Note(why)
    }
}

impl From<StepError> for NoScorecard {
    fn from(error: StepError) -> Self {
        Self::Error(error)
    }
}

/// What a scorecard of Greenhouse needs.
struct Ground {
    kit: InterviewKitId,
    interviewer: UserId,
    matched: Matched,
}

/// Writes the scorecard, unless that is done. In which form, and why, is kept with the push.
pub(super) async fn scorecard(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    placed: &Placed,
) -> Result<(), StepError> {
    if ledger.done_id(PushStep::Note).is_some() || ledger.done_id(PushStep::Ratings).is_some() {
        return Ok(());
    }
    // A note whose outcome is unknown is settled before there can be anything else.
    if ledger.unknown_since(PushStep::Note).is_none() {
        match as_scorecard(context, ledger, placed).await {
            Ok(()) => return Ok(()),
            Err(NoScorecard::Note(why)) => {
                ledger.set_form(format!("scorecard as a note ({why})"));
            }
            Err(NoScorecard::Error(error)) => return Err(error),
        }
    }
    note::note(context, ledger, placed).await
}

/// Writes it as a scorecard, or says why it must be a note.
async fn as_scorecard(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    placed: &Placed,
) -> Result<(), NoScorecard> {
    let application = placed.application;
    let find = || find_scorecard(&context.reads, application, &context.plan.marker);
    let earlier = ledger.earlier(context, SCORECARD, &find).await?;
    let ground = match ground(context, ledger, placed.job, earlier.is_ok()).await {
        Ok(ground) => ground,
        // Its text says everything; only the ratings are missing.
        Err(NoScorecard::Note(why)) if earlier.is_ok() => {
            ledger.set_form(format!("scorecard with the traits in its text ({why})"));
            return Ok(());
        }
        Err(no_scorecard) => return Err(no_scorecard),
    };
    let scorecard = match earlier {
        Ok(id) => id,
        Err(absent) => {
            let new = new_scorecard(context, application, &ground);
            let send = |writer: HarvestClient| async move {
                Ok(writer.create_scorecard(&new).await?.id.value())
            };
            let sent = ledger.once(SCORECARD, absent, &find, send).await?;
            sent.map_err(|error| unless_refused(&error, SCORECARD.doing))?
        }
    };
    let fresh = earlier.is_err();
    ratings::ratings(context, ledger, scorecard, fresh, ground.matched).await?;
    Ok(())
}

/// Everything that a scorecard needs. A scorecard that is there already needs no more than the attributes.
async fn ground(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
    job: Option<JobId>,
    written: bool,
) -> Result<Ground, NoScorecard> {
    if context.settings.scorecard == ScorecardForm::Note && !written {
        return Err(WhyNote::Settings.into());
    }
    let identity = match ledger.identity().await {
        Ok(identity) => identity,
        // What was begun as a scorecard is not left half done for a passing trouble.
        Err(error) if written => {
            return Err(StepError::harvest(STEP, "say who is acting", &error).into());
        }
        Err(_) => return Err(WhyNote::ScopesUnknown.into()),
    };
    let missing = identity.missing(&SCORECARD_SCOPES);
    if let Some(scope) = missing.ok_or(WhyNote::ScopesUnknown)?.first() {
        return Err(WhyNote::Scope(scope).into());
    }
    let interviewer = identity.user.or(context.settings.acting_user);
    let interviewer = interviewer.ok_or(WhyNote::NoInterviewer)?;
    let job = job.ok_or(WhyNote::NoJob)?;
    let read = |error: Error| unless_refused(&error, "read the job's interview kits");
    let reads = &context.reads;
    let filter = JobCandidateAttributeFilter::new()
        .job_ids([job])
        .active(true);
    let attributes = reads.job_candidate_attributes(&filter).all().await;
    let matched = match_attributes(&context.plan.scorecard, &attributes.map_err(read)?);
    if matched.rated.is_empty() && !matched.unmatched.is_empty() && !written {
        return Err(WhyNote::NoAttributes.into());
    }
    let filter = JobInterviewFilter::new().job_ids([job]).active(true);
    let interviews = reads.job_interviews(&filter).all().await;
    let interviews = interviews.map_err(read)?;
    let filter = InterviewKitFilter::new().job_ids([job]);
    let kits = reads.interview_kits(&filter).all().await.map_err(read)?;
    let mapping = context.plan.mapping.filter(|mapping| mapping.job == job);
    let kit = choose_kit(mapping.as_ref(), &interviews, &kits).ok_or(WhyNote::NoKit)?;
    Ok(Ground {
        kit,
        interviewer,
        matched,
    })
}

fn new_scorecard(
    context: &StepContext<'_>,
    application: ApplicationId,
    ground: &Ground,
) -> NewScorecard {
    let now = context.engine.now();
    let plan = &context.plan;
    let mut new = NewScorecard::new(application, ground.kit, ground.interviewer);
    new.submitter_id = Some(ground.interviewer);
    new.candidate_rating = Some((plan.scorecard.overall, context.settings.mixed_overall).into());
    new.status = Some(ScorecardStatus::Complete);
    new.interviewed_at = Some(interviewed_at(plan.completed_at, now));
    new.submitted_at = Some(now);
    new.notes = Some(plan.note(context.report_link.as_deref()));
    new
}

/// A time after now is not believed, whatever the product's clock says.
fn interviewed_at(completed: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    completed.map_or(now, |completed| completed.min(now))
}

/// A refusal leads to a note. Any other failure is for a retry.
fn unless_refused(error: &Error, doing: &str) -> NoScorecard {
    match refusal(error) {
        Some(why) => why.into(),
        None => StepError::harvest(STEP, doing, error).into(),
    }
}

async fn find_scorecard(
    reads: &HarvestClient,
    application: ApplicationId,
    marker: &str,
) -> Result<Option<i64>, Error> {
    let filter = ScorecardFilter::new().application_ids([application]);
    let rows = reads.scorecards(&filter).all().await?;
    // Which of its texts Greenhouse shows as which is not known.
    let ours = rows.iter().find(|row| {
        let texts = [&row.notes, &row.public_notes, &row.private_notes];
        let mut texts = texts.into_iter().flatten();
        texts.any(|text| note_has_marker(text, marker))
    });
    Ok(ours.map(|row| row.id.value()))
}

const STEP: PushStep = PushStep::Scorecard;
const SCORECARD: Operation = Operation::new(STEP, "write the scorecard", "look for the scorecard");
