//! Finds the application, or creates it.

use chrono::SubsecRound;
use greenhouse_core::{
    ApplicationId, ApplicationStatus, AssessmentId, CandidateId, JobId, later,
    settings::JobMapping,
    store::{JournalMark, Link, PushStep},
};

use super::{Created, Placed};
use crate::{
    HarvestClient,
    api::{Application, ApplicationFilter, NewApplication},
    push::{
        StepError,
        context::StepContext,
        ledger::{Absent, Ledger, Operation, Record, Written},
    },
};

/// Finds the application, or creates it at the mapped stage. An application that has ended takes nothing more. Also returns
/// its owner: the row knows of a merge.
pub(super) async fn application(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut Created,
    candidate: CandidateId,
) -> Result<Placed, StepError> {
    // The link before the journal: it knows of a merge, and of a deletion, since.
    if let Some(link) = ledger.link().cloned() {
        if link.state.deleted {
            return Err(deleted(link.application));
        }
        goes_on(link.application, Some(&link.state.status))?;
        if ledger.done_id(STEP) != Some(link.application.value()) {
            ledger.adopt_stored_link().await?;
        }
        return Ok(placed(&link));
    }
    if let Some(id) = ledger.done_id(STEP) {
        return Ok(Placed {
            candidate,
            application: ApplicationId::new(id),
            job: context.plan.mapping.map(|mapping| mapping.job),
        });
    }
    if let Some(id) = context.plan.invited_application {
        let row = read_invited(context, id).await?;
        return adopt(context, ledger, candidate, &row).await;
    }
    let Some(mapping) = context.plan.mapping else {
        return Err(StepError::failed(
            STEP,
            "no_mapping",
            "The assessment's job is mapped to no Greenhouse job. Map it in the push settings and push again.",
        ));
    };
    is_for(ledger, mapping.job)?;
    let absent = if created.alone {
        Absent::of_new_candidate()
    } else {
        if let Some(found) = look_up(context, candidate, mapping.job).await? {
            return adopt(context, ledger, candidate, &found).await;
        }
        if let Some(shared) = of_sibling(context, ledger, candidate, mapping.job).await? {
            return share(ledger, &shared).await;
        }
        ledger.proves_absence(context, STEP).await?
    };
    create(context, ledger, created, candidate, mapping, absent).await
}

/// Candidate of the application that the invitation came from, if the invitation did not name one.
pub(super) async fn invited_person(
    context: &StepContext<'_>,
    id: ApplicationId,
) -> Result<CandidateId, StepError> {
    let row = read_invited(context, id).await?;
    row.candidate_id.ok_or_else(|| {
        StepError::failed(
            STEP,
            "application_not_found",
            format!(
                "Greenhouse does not say whose application {id}, which the invitation came from, is. Nothing was written. \
                 Retry."
            ),
        )
    })
}

/// The link to a row that Greenhouse has answered.
pub(super) fn link_to(
    context: &StepContext<'_>,
    assessment: &AssessmentId,
    candidate: CandidateId,
    row: &Application,
) -> Link {
    let job = row
        .job_id
        .or(context.plan.mapping.map(|mapping| mapping.job));
    let mut link = Link::new(assessment.clone(), candidate, row.id, job);
    link.state.stage = row.stage();
    link.state.as_of = row.last_activity_at.map(|at| at.trunc_subsecs(0));
    link
}

/// An application that may have been created on one job is not looked for on another.
fn is_for(ledger: &Ledger<'_, '_>, job: JobId) -> Result<(), StepError> {
    let begun = ledger
        .push()
        .mark(STEP)
        .filter(|line| line.mark == JournalMark::Begun);
    match begun.and_then(|line| line.part) {
        Some(other) if other != job.value() => {
            let text = format!(
                "It is not known whether the last attempt created an application on job {other}, and the assessment is \
                 mapped to job {job} now. Map job {other} again and retry; change the mapping afterwards."
            );
            Err(StepError::failed(STEP, "mapping_changed", text))
        }
        _ => Ok(()),
    }
}

async fn read_invited(
    context: &StepContext<'_>,
    id: ApplicationId,
) -> Result<Application, StepError> {
    let filter = ApplicationFilter::new().ids([id]);
    let rows = context.reads.applications(&filter).all().await;
    let rows = rows.map_err(|error| StepError::harvest(STEP, "read the application", &error))?;
    rows.into_iter().find(|row| row.id == id).ok_or_else(|| {
        StepError::failed(
            STEP,
            "application_not_found",
            format!(
                "Application {id}, which the invitation came from, was not found in Greenhouse: it was deleted, or the \
                 acting user may not see it."
            ),
        )
    })
}

/// The application on the job; of several, one that goes on.
async fn look_up(
    context: &StepContext<'_>,
    candidate: CandidateId,
    job: JobId,
) -> Result<Option<Application>, StepError> {
    let filter = ApplicationFilter::new()
        .candidate_ids([candidate])
        .job_ids([job]);
    let rows = context.reads.applications(&filter).all().await;
    let rows = rows.map_err(|error| CREATE.not_looked_up(&error))?;
    Ok(rows
        .into_iter()
        .min_by_key(|row| has_ended(row.status.as_ref()).is_some()))
}

/// The link to the application on the job that another push of the person got only just now: reads may lag behind that.
async fn of_sibling(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
    candidate: CandidateId,
    job: JobId,
) -> Result<Option<Link>, StepError> {
    let engine = context.engine;
    let now = engine.now();
    for other in ledger.sibling_pushes().iter().rev() {
        let got = other
            .mark(STEP)
            .filter(|line| matches!(line.mark, JournalMark::Done { .. }));
        if got.is_none_or(|line| now >= later(line.at, engine.config.settle_time)) {
            continue;
        }
        let link = engine
            .store()
            .link(context.account, &other.assessment)
            .await?;
        let shared = link.filter(|link| {
            link.candidate == candidate && link.job == Some(job) && !link.state.deleted
        });
        if shared.is_some() {
            return Ok(shared);
        }
    }
    Ok(None)
}

async fn share(ledger: &mut Ledger<'_, '_>, shared: &Link) -> Result<Placed, StepError> {
    goes_on(shared.application, Some(&shared.state.status))?;
    let own = ledger.assessment().clone();
    let mut link = Link::new(own, shared.candidate, shared.application, shared.job);
    link.state = shared.state.clone();
    ledger.adopt_link(link).await?;
    Ok(placed(shared))
}

async fn adopt(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    candidate: CandidateId,
    row: &Application,
) -> Result<Placed, StepError> {
    goes_on(row.id, row.status.as_ref())?;
    let owner = row.candidate_id.unwrap_or(candidate);
    let link = link_to(context, ledger.assessment(), owner, row);
    let placed = placed(&link);
    ledger.adopt_link(link).await?;
    Ok(placed)
}

async fn create(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut Created,
    candidate: CandidateId,
    mapping: JobMapping,
    absent: Absent,
) -> Result<Placed, StepError> {
    let candidate = ledger.owner(candidate);
    let mut new = NewApplication::new(candidate, mapping.job, mapping.stage);
    new.source_id = context.settings.source;
    let assessment = ledger.assessment().clone();
    let linked = |row: Application, owner| {
        let link = link_to(context, &assessment, owner, &row);
        Linked { row, link }
    };
    let find = || async {
        let row = look_up(context, candidate, mapping.job).await?;
        let owner = row.as_ref().and_then(|row| row.candidate_id);
        Ok::<_, StepError>(row.map(|row| linked(row, owner.unwrap_or(candidate))))
    };
    let (new, linked_row) = (&new, &linked);
    let send = |writer: HarvestClient| async move {
        let row = writer.create_application(new).await?;
        Ok(linked_row(row, candidate))
    };
    let operation = CREATE.of_part(mapping.job.value());
    let sent = ledger.once(operation, absent, find, send).await?;
    let Linked { row, link } = sent.map_err(|error| operation.not_done(&error))?;
    created.application = Some(row);
    Ok(placed(&link))
}

/// An application in Greenhouse with its link.
struct Linked {
    row: Application,
    link: Link,
}

impl Written for Linked {
    fn journal(&self, record: &mut Record<'_>, _: &Operation, found: bool) -> Option<Link> {
        record.mark_application(&self.link, found);
        Some(self.link.clone())
    }

    fn check(&self) -> Result<(), StepError> {
        goes_on(self.row.id, self.row.status.as_ref())
    }
}

fn placed(link: &Link) -> Placed {
    Placed {
        candidate: link.candidate,
        application: link.application,
        job: link.job,
    }
}

fn deleted(application: ApplicationId) -> StepError {
    StepError::failed(
        STEP,
        "application_deleted",
        format!(
            "Application {application}, which this was pushed to, was deleted in Greenhouse, so nothing was written."
        ),
    )
}

/// An application that has ended takes nothing more.
fn goes_on(
    application: ApplicationId,
    status: Option<&ApplicationStatus>,
) -> Result<(), StepError> {
    let Some((code, word)) = has_ended(status) else {
        return Ok(());
    };
    let text = format!(
        "Application {application} is {word} in Greenhouse already, so nothing more is written to it."
    );
    Err(StepError::failed(STEP, code, text))
}

/// The code and the word for an application that takes nothing more.
fn has_ended(status: Option<&ApplicationStatus>) -> Option<(&'static str, &'static str)> {
    match status {
        Some(ApplicationStatus::Rejected) => Some(("application_rejected", "rejected")),
        Some(ApplicationStatus::Hired) => Some(("application_hired", "hired")),
        _ => None,
    }
}

const STEP: PushStep = PushStep::Application;
const CREATE: Operation =
    Operation::new(STEP, "create the application", "look for the application");
