//! Writes the result as a scorecard in Greenhouse if possible, otherwise as a note.
//!
//! The official description lists the calls that write scorecards as restricted, and their bodies
//! are not public. The bodies follow the rows that Greenhouse returns (inferred). If Greenhouse
//! rejects a body, the result is written as a note or into the text of the scorecard, so nothing is
//! lost.

mod kit_and_attributes;
mod note_reason;
mod ratings;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, InterviewKitId, JobId, UserId,
    scorecard::note_has_marker,
    settings::ScorecardForm,
    store::{Push, PushStep},
};

use self::{
    kit_and_attributes::{MatchedTraits, choose_kit, match_attributes},
    note_reason::{NoteReason, refusal},
};
use super::{PushTarget, note};
use crate::{
    Error, HarvestClient,
    api::{
        InterviewKit, InterviewKitFilter, JobCandidateAttributeFilter, JobInterviewFilter,
        NewScorecard, OverallRating, SCORECARD_SCOPES, Scorecard, ScorecardFilter, ScorecardStatus,
    },
    lookup::{agrees, matching},
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation},
        texts::{operation, sync_log as texts},
    },
};

/// Reason why no scorecard is written.
enum NoScorecard {
    /// A note is written instead.
    Note(NoteReason),
    /// The run ends.
    Error(StepError),
}

impl From<NoteReason> for NoScorecard {
    fn from(reason: NoteReason) -> Self {
        Self::Note(reason)
    }
}

impl From<StepError> for NoScorecard {
    fn from(error: StepError) -> Self {
        Self::Error(error)
    }
}

/// Interview kit, interviewer and traits for a scorecard in Greenhouse.
struct ScorecardParts {
    kit: InterviewKitId,
    interviewer: UserId,
    matched: MatchedTraits,
}

/// Writes the result as a scorecard or a note, unless it is already written. Stores with the push
/// which of the two was written, and why.
pub(super) async fn scorecard(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    target: &PushTarget,
) -> Result<(), StepError> {
    if ledger.done_id(PushStep::Note).is_some() || ledger.done_id(PushStep::Ratings).is_some() {
        return Ok(());
    }
    // A note with an unknown outcome must be settled first.
    if ledger.unknown_since(PushStep::Note).is_none() {
        match as_scorecard(context, ledger, target).await {
            Ok(()) => return Ok(()),
            Err(NoScorecard::Note(reason)) => {
                ledger.set_form(texts::note(&reason.to_string()));
            }
            Err(NoScorecard::Error(error)) => return Err(error),
        }
    }
    note::note(context, ledger, target).await
}

/// Writes the result as a scorecard, or returns the reason for a note.
async fn as_scorecard(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    target: &PushTarget,
) -> Result<(), NoScorecard> {
    let application = target.application;
    let find = || find_scorecard(&context.reads, application, &context.plan.marker);
    let earlier = ledger.earlier(context, SCORECARD, &find).await?;
    let parts = match scorecard_parts(context, ledger, target.job, earlier.is_ok()).await {
        Ok(parts) => parts,
        // The scorecard exists. Only its ratings are missing, and its text contains the traits.
        Err(NoScorecard::Note(reason)) if earlier.is_ok() => {
            ledger.set_form(texts::scorecard_as_text(&reason.to_string()));
            return Ok(());
        }
        Err(no_scorecard) => return Err(no_scorecard),
    };
    let scorecard = match earlier {
        Ok(id) => id,
        Err(absent) => {
            let new = new_scorecard(context, ledger.push(), application, &parts);
            let send = |writer: HarvestClient| async move {
                Ok(writer.create_scorecard(&new).await?.id.value())
            };
            let sent = ledger.once(SCORECARD, absent, &find, send).await?;
            sent.map_err(|error| note_if_refused(&error, SCORECARD.write))?
        }
    };
    let fresh = earlier.is_err();
    ratings::ratings(context, ledger, scorecard, fresh, parts.matched).await?;
    Ok(())
}

/// Reads the parts of the scorecard. `written` is `true` if the scorecard exists and only lacks
/// ratings.
async fn scorecard_parts(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
    job: Option<JobId>,
    written: bool,
) -> Result<ScorecardParts, NoScorecard> {
    if context.settings.scorecard == ScorecardForm::Note && !written {
        return Err(NoteReason::Settings.into());
    }
    let identity = match ledger.identity().await {
        Ok(identity) => identity,
        // A retry can add the ratings.
        Err(error) if written => {
            return Err(StepError::harvest(STEP, operation::IDENTIFY_USER, &error).into());
        }
        Err(_) => return Err(NoteReason::ScopesUnknown.into()),
    };
    let missing = identity.missing(&SCORECARD_SCOPES);
    if let Some(scope) = missing.ok_or(NoteReason::ScopesUnknown)?.first() {
        return Err(NoteReason::Scope(scope).into());
    }
    let interviewer = identity.user.or(context.settings.acting_user);
    let interviewer = interviewer.ok_or(NoteReason::NoInterviewer)?;
    let job = job.ok_or(NoteReason::NoJob)?;
    let read = |error: Error| note_if_refused(&error, operation::READ_KITS);
    let reads = &context.reads;
    let filter = JobCandidateAttributeFilter::new()
        .job_ids([job])
        .active(true);
    let attributes = matching(
        || reads.job_candidate_attributes(&filter),
        |row| agrees(row.job_id, job) && agrees(row.active, true),
    );
    let attributes = attributes.await.map_err(read)?;
    let matched = match_attributes(&context.plan.scorecard, &attributes);
    if matched.rated.is_empty() && !matched.unmatched.is_empty() && !written {
        return Err(NoteReason::NoAttributes.into());
    }
    let filter = JobInterviewFilter::new().job_ids([job]).active(true);
    let interviews = matching(
        || reads.job_interviews(&filter),
        |row| agrees(row.job_id, job) && agrees(row.active, true),
    );
    let interviews = interviews.await.map_err(read)?;
    let filter = InterviewKitFilter::new().job_ids([job]);
    let of_job = |row: &InterviewKit| agrees(row.job_id, job);
    let kits = matching(|| reads.interview_kits(&filter), of_job).await;
    let kits = kits.map_err(read)?;
    let mapping = context.plan.mapping.filter(|mapping| mapping.job == job);
    let kit = choose_kit(mapping.as_ref(), &interviews, &kits).ok_or(NoteReason::NoKit)?;
    Ok(ScorecardParts {
        kit,
        interviewer,
        matched,
    })
}

fn new_scorecard(
    context: &StepContext<'_>,
    push: &Push,
    application: ApplicationId,
    parts: &ScorecardParts,
) -> NewScorecard {
    let now = context.engine.now();
    let plan = &context.plan;
    let mut new = NewScorecard::new(application, parts.kit, parts.interviewer);
    new.submitter_id = Some(parts.interviewer);
    let overall = plan.scorecard.overall;
    new.candidate_rating = Some(match overall {
        Some(overall) => (overall, context.settings.mixed_overall).into(),
        None => OverallRating::NoDecision,
    });
    new.status = Some(ScorecardStatus::Complete);
    new.interviewed_at = Some(interviewed_at(plan.completed_at, now));
    new.submitted_at = Some(now);
    new.notes = Some(plan.note(context.report_link.as_deref(), push));
    new
}

/// Returns the completion time, but at most `now`, because the product's clock may be ahead.
fn interviewed_at(completed: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    completed.map_or(now, |completed| completed.min(now))
}

/// Returns the reason for a note if Greenhouse refused the call. Any other failure ends the run.
fn note_if_refused(error: &Error, operation: &str) -> NoScorecard {
    match refusal(error) {
        Some(reason) => reason.into(),
        None => StepError::harvest(STEP, operation, error).into(),
    }
}

async fn find_scorecard(
    reads: &HarvestClient,
    application: ApplicationId,
    marker: &str,
) -> Result<Option<i64>, Error> {
    let filter = ScorecardFilter::new().application_ids([application]);
    let asked = |row: &Scorecard| agrees(row.application_id, application);
    let rows = matching(|| reads.scorecards(&filter), asked).await?;
    // The member in which Greenhouse returns the text is not known.
    let ours = rows.iter().find(|row| {
        let texts = [&row.notes, &row.public_notes, &row.private_notes];
        let mut texts = texts.into_iter().flatten();
        texts.any(|text| note_has_marker(text, marker))
    });
    Ok(ours.map(|row| row.id.value()))
}

const STEP: PushStep = PushStep::Scorecard;
const SCORECARD: Operation =
    Operation::new(STEP, operation::WRITE_SCORECARD, operation::FIND_SCORECARD);
