//! The scorecard: as one of Greenhouse where that can be, else as a note.
//!
//! That scorecards can be written is in the official description; who may is not said ("restricted"), and the bodies are
//! not public. They follow the rows that are read (inferred). Whatever Greenhouse refuses of it ends in a note, or in the
//! text of the scorecard, which says everything that the note would: no result is lost to a guess.

pub(super) mod choice;
mod form;
mod ratings;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, InterviewKitId, JobId, UserId,
    scorecard::{NoteContext, note_has_marker},
    settings::ScorecardForm,
    store::{PushStep, StoreError},
};

use self::{
    choice::{Matched, choose_kit, match_attributes},
    form::WhyNote,
};
use super::{
    application::Placed,
    failure::Stop,
    run::{Kit, Run},
    write::Deed,
};
use crate::{
    AuthProblem, Error, HarvestClient,
    api::{
        InterviewKitFilter, JobCandidateAttributeFilter, JobCandidateAttributeId,
        JobInterviewFilter, NewScorecard, SCORECARD_SCOPES, ScorecardFilter, ScorecardStatus,
    },
};

/// What there is instead of a scorecard.
enum Instead {
    Note(WhyNote),
    Stop(Stop),
}

impl From<WhyNote> for Instead {
    fn from(why: WhyNote) -> Self {
        Self::Note(why)
    }
}

impl From<Stop> for Instead {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<StoreError> for Instead {
    fn from(error: StoreError) -> Self {
        Self::Stop(error.into())
    }
}

/// What a scorecard of Greenhouse needs.
struct Ground {
    kit: InterviewKitId,
    interviewer: UserId,
    matched: Matched,
}

impl Run<'_> {
    /// Brings the scorecard into Greenhouse, unless that is done. In which form, and why, is kept with the push.
    pub(super) async fn scorecard(&mut self, kit: &Kit, placed: &Placed) -> Result<(), Stop> {
        if self.done_id(PushStep::Note).is_some() || self.done_id(PushStep::Ratings).is_some() {
            return Ok(());
        }
        // A note whose outcome is unknown is settled before there can be anything else.
        if self.unknown_since(PushStep::Note).is_none() {
            match self.as_scorecard(kit, placed).await {
                Ok(()) => return Ok(()),
                Err(Instead::Note(why)) => {
                    self.push.form = Some(format!("scorecard as a note ({why})"));
                }
                Err(Instead::Stop(stop)) => return Err(stop),
            }
        }
        self.note(kit, placed.candidate, placed.application).await
    }

    /// Writes it as a scorecard, or says why it has to be a note.
    async fn as_scorecard(&mut self, kit: &Kit, placed: &Placed) -> Result<(), Instead> {
        let application = placed.application;
        let find = || find_scorecard(&kit.reads, application, &kit.plan.marker);
        let earlier = self.earlier(kit, SCORECARD, find()).await?;
        let ground = match self.ground(kit, placed.job, earlier.is_some()).await {
            Ok(ground) => ground,
            // Its text says everything; only the ratings are missing.
            Err(Instead::Note(why)) if earlier.is_some() => {
                self.push.form = Some(format!("scorecard with the traits in its text ({why})"));
                return Ok(());
            }
            Err(instead) => return Err(instead),
        };
        let scorecard = match earlier {
            Some(id) => id,
            None => {
                let new = self.new_scorecard(kit, application, &ground).await?;
                let send = async { Ok(kit.client.create_scorecard(&new).await?.id.value()) };
                match self.send(SCORECARD, find(), send).await? {
                    Ok(id) => id,
                    Err(error) => return Err(unless_refused(&error, SCORECARD.doing)),
                }
            }
        };
        let fresh = earlier.is_none();
        self.ratings(kit, scorecard, fresh, ground.matched).await?;
        Ok(())
    }

    /// Everything that a scorecard needs. A scorecard that is there already needs no more than the attributes.
    async fn ground(
        &self,
        kit: &Kit,
        job: Option<JobId>,
        written: bool,
    ) -> Result<Ground, Instead> {
        let note = |why| Err(Instead::Note(why));
        if kit.settings.scorecard == ScorecardForm::Note && !written {
            return note(WhyNote::Settings);
        }
        let identity = match kit.client.identity().await {
            Ok(identity) => identity,
            // What was begun as a scorecard is not left half done for a passing trouble.
            Err(error) if written => {
                return Err(Stop::harvest(STEP, "say who is acting", &error).into());
            }
            Err(_) => return note(WhyNote::ScopesUnknown),
        };
        let Some(missing) = identity.missing(&SCORECARD_SCOPES) else {
            return note(WhyNote::ScopesUnknown);
        };
        if let Some(scope) = missing.first() {
            return note(WhyNote::Scope(scope));
        }
        let Some(interviewer) = identity.user.or(kit.settings.acting_user) else {
            return note(WhyNote::NoInterviewer);
        };
        let Some(job) = job else {
            return note(WhyNote::NoJob);
        };
        let read = |error: Error| unless_refused(&error, "read the job's interview kits");
        let filter = JobCandidateAttributeFilter::new()
            .job_ids([job])
            .active(true);
        let attributes = kit.reads.job_candidate_attributes(&filter).all().await;
        let matched = match_attributes(&kit.plan.scorecard, &attributes.map_err(read)?);
        if matched.rated.is_empty() && !matched.unmatched.is_empty() && !written {
            return note(WhyNote::NoAttributes);
        }
        let filter = JobInterviewFilter::new().job_ids([job]).active(true);
        let interviews = kit
            .reads
            .job_interviews(&filter)
            .all()
            .await
            .map_err(read)?;
        let filter = InterviewKitFilter::new().job_ids([job]);
        let kits = kit
            .reads
            .interview_kits(&filter)
            .all()
            .await
            .map_err(read)?;
        let mapping = kit.plan.mapping.filter(|mapping| mapping.job == job);
        let Some(kit) = choose_kit(mapping.as_ref(), &interviews, &kits) else {
            return note(WhyNote::NoKit);
        };
        Ok(Ground {
            kit,
            interviewer,
            matched,
        })
    }

    async fn new_scorecard(
        &self,
        kit: &Kit,
        application: ApplicationId,
        ground: &Ground,
    ) -> Result<NewScorecard, StoreError> {
        let now = self.service.now();
        let overall = kit.plan.scorecard.overall;
        let mut new = NewScorecard::new(application, ground.kit, ground.interviewer);
        new.submitter_id = Some(ground.interviewer);
        new.candidate_rating = Some((overall, kit.settings.mixed_overall).into());
        new.status = Some(ScorecardStatus::Complete);
        new.interviewed_at = Some(interviewed_at(kit.plan.completed_at, now));
        new.submitted_at = Some(now);
        new.notes = Some(self.scorecard_text(kit).await?);
        Ok(new)
    }

    /// The text that says everything, with the marker by which it is found again.
    pub(super) async fn scorecard_text(&self, kit: &Kit) -> Result<String, StoreError> {
        let link = self.report_link().await?;
        let mut context = NoteContext::new(&kit.plan.scenario, &kit.plan.marker);
        if let Some(link) = &link {
            context = context.with_report_link(link);
        }
        Ok(kit.plan.scorecard.render_note(&context))
    }

    /// Where the report opens, if the host has said where the public finds reports.
    pub(super) async fn report_link(&self) -> Result<Option<String>, StoreError> {
        let parts = &self.service.parts;
        let Some(reports) = &parts.reports else {
            return Ok(None);
        };
        let (account, assessment) = (self.account(), &self.push.assessment);
        let access = parts.store.report_access(account, assessment).await?;
        let link = reports.of(account, assessment, access.as_ref()).await?;
        Ok(link.map(|link| link.to_string()))
    }
}

/// Nobody finishes after now, whatever the product's clock says.
fn interviewed_at(completed: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    completed.map_or(now, |completed| completed.min(now))
}

/// A refusal makes a note of it. Whatever else kept it from being done is for a retry.
fn unless_refused(error: &Error, doing: &str) -> Instead {
    match refusal(error) {
        Some(why) => why.into(),
        None => Stop::harvest(STEP, doing, error).into(),
    }
}

/// Whether Greenhouse has refused for good, rather than that it could not be asked.
fn refusal(error: &Error) -> Option<WhyNote> {
    match error {
        Error::Api { status, .. } if *status < 500 => Some(WhyNote::Refused(*status)),
        Error::Auth {
            problem:
                AuthProblem::Forbidden { .. }
                | AuthProblem::MissingScope { .. }
                | AuthProblem::NotSiteAdmin,
            ..
        } => Some(WhyNote::Forbidden),
        _ => None,
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

/// An attribute of the job, and which of the scorecard's it is.
type Rated = (JobCandidateAttributeId, usize);

const STEP: PushStep = PushStep::Scorecard;
const SCORECARD: Deed = Deed {
    step: STEP,
    part: None,
    doing: "write the scorecard",
    seeking: "look for the scorecard",
};
