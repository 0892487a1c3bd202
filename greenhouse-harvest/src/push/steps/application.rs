//! Finds the application, or creates it.

use chrono::SubsecRound;
use greenhouse_core::{
    ApplicationId, ApplicationStatus, AssessmentId, CandidateId, JobId, Text, later,
    settings::JobMapping,
    store::{JournalMark, Link, PushStep},
};

use super::{CreatedRows, PushTarget};
use crate::{
    HarvestClient,
    api::{Application, ApplicationFilter, NewApplication},
    lookup::{agrees, matching},
    push::{
        StepError,
        context::StepContext,
        ledger::{Absent, Ledger, Operation, PushRecord, WriteResult},
        texts::{operation, sync_log as texts},
    },
};

/// Finds the application, or creates it at the mapped stage. Fails if the application is rejected
/// or hired. The returned candidate is the application's owner, which a merge may have changed.
pub(super) async fn application(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut CreatedRows,
    candidate: CandidateId,
) -> Result<PushTarget, StepError> {
    // The link is newer than the journal, because webhooks update it after a merge or a deletion.
    if let Some(link) = ledger.link().cloned() {
        if link.state.deleted {
            let text = texts::application_deleted(link.application);
            return Err(StepError::failed(STEP, text));
        }
        // A webhook may have reported the rejection by the rule, whose outcome is still unknown here.
        if ledger.push().mark(PushStep::RuleRejection).is_none() {
            check_active(link.application, Some(&link.state.status))?;
        }
        if ledger.done_id(STEP) != Some(link.application.value()) {
            ledger.adopt_stored_link().await?;
        }
        return Ok(target(&link));
    }
    if let Some(id) = ledger.done_id(STEP) {
        return Ok(PushTarget {
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
        return Err(StepError::failed(STEP, texts::no_job()));
    };
    check_job(ledger, mapping.job)?;
    let absent = if created.alone {
        Absent::of_new_candidate()
    } else {
        if let Some(found) = find_on_job(context, candidate, mapping.job).await? {
            return adopt(context, ledger, candidate, &found).await;
        }
        if let Some(shared) = of_sibling(context, ledger, candidate, mapping.job).await? {
            return adopt_from_sibling(ledger, &shared).await;
        }
        ledger.proves_absence(context, STEP).await?
    };
    create(context, ledger, created, candidate, mapping, absent).await
}

/// Returns the candidate of the invitation's application, for an invitation without a candidate.
pub(super) async fn invited_candidate(
    context: &StepContext<'_>,
    id: ApplicationId,
) -> Result<CandidateId, StepError> {
    let row = read_invited(context, id).await?;
    row.candidate_id
        .ok_or_else(|| StepError::failed(STEP, texts::application_without_candidate(id)))
}

/// Returns the link to an application.
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

/// Fails if an application may have been created for another job.
fn check_job(ledger: &Ledger<'_, '_>, job: JobId) -> Result<(), StepError> {
    let begun = ledger
        .push()
        .mark(STEP)
        .filter(|line| line.mark == JournalMark::Begun);
    match begun.and_then(|line| line.part) {
        Some(other) if other != job.value() => {
            Err(StepError::failed(STEP, texts::mapping_changed(other, job)))
        }
        _ => Ok(()),
    }
}

async fn read_invited(
    context: &StepContext<'_>,
    id: ApplicationId,
) -> Result<Application, StepError> {
    let filter = ApplicationFilter::new().ids([id]);
    let rows = matching(|| context.reads.applications(&filter), |row| row.id == id).await;
    let rows =
        rows.map_err(|error| StepError::harvest(STEP, operation::READ_APPLICATION, &error))?;
    let row = rows.into_iter().next();
    row.ok_or_else(|| StepError::failed(STEP, texts::application_not_found(id)))
}

/// Finds the application for the job. Prefers an active application.
async fn find_on_job(
    context: &StepContext<'_>,
    candidate: CandidateId,
    job: JobId,
) -> Result<Option<Application>, StepError> {
    let filter = ApplicationFilter::new()
        .candidate_ids([candidate])
        .job_ids([job]);
    let rows = matching(
        || context.reads.applications(&filter),
        |row| agrees(row.candidate_id, candidate) && agrees(row.job_id, job),
    );
    let rows = rows.await.map_err(|error| CREATE.search_failed(&error))?;
    Ok(rows
        .into_iter()
        .min_by_key(|row| ended_text(row.status.as_ref()).is_some()))
}

/// Returns the link of a sibling push that has just found or created its application for the job.
/// Lists may not contain the application yet.
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

async fn adopt_from_sibling(
    ledger: &mut Ledger<'_, '_>,
    shared: &Link,
) -> Result<PushTarget, StepError> {
    check_active(shared.application, Some(&shared.state.status))?;
    let own = ledger.assessment().clone();
    let mut link = Link::new(own, shared.candidate, shared.application, shared.job);
    link.state = shared.state.clone();
    ledger.adopt_link(link).await?;
    Ok(target(shared))
}

async fn adopt(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    candidate: CandidateId,
    row: &Application,
) -> Result<PushTarget, StepError> {
    check_active(row.id, row.status.as_ref())?;
    let owner = row.candidate_id.unwrap_or(candidate);
    let link = link_to(context, ledger.assessment(), owner, row);
    let target = target(&link);
    ledger.adopt_link(link).await?;
    Ok(target)
}

async fn create(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut CreatedRows,
    candidate: CandidateId,
    mapping: JobMapping,
    absent: Absent,
) -> Result<PushTarget, StepError> {
    let candidate = ledger.owner(candidate);
    let mut new = NewApplication::new(candidate, mapping.job, mapping.stage);
    new.source_id = context.settings.source;
    let assessment = ledger.assessment().clone();
    let linked = |row: Application, owner| {
        let link = link_to(context, &assessment, owner, &row);
        LinkedApplication { row, link }
    };
    let find = || async {
        let row = find_on_job(context, candidate, mapping.job).await?;
        let owner = row.as_ref().and_then(|row| row.candidate_id);
        Ok::<_, StepError>(row.map(|row| linked(row, owner.unwrap_or(candidate))))
    };
    let (new, linked_row) = (&new, &linked);
    let send = |writer: HarvestClient| async move {
        let row = writer.create_application(new).await?;
        Ok(linked_row(row, candidate))
    };
    let create = CREATE.of_part(mapping.job.value());
    let sent = ledger.once(create, absent, find, send).await?;
    let LinkedApplication { row, link } = sent.map_err(|error| create.write_failed(&error))?;
    created.application = Some(row);
    Ok(target(&link))
}

/// An application with its link.
struct LinkedApplication {
    row: Application,
    link: Link,
}

impl WriteResult for LinkedApplication {
    fn journal(&self, record: &mut PushRecord<'_>, _: &Operation, found: bool) -> Option<Link> {
        record.mark_application(&self.link, found);
        Some(self.link.clone())
    }

    fn check(&self) -> Result<(), StepError> {
        check_active(self.row.id, self.row.status.as_ref())
    }
}

fn target(link: &Link) -> PushTarget {
    PushTarget {
        candidate: link.candidate,
        application: link.application,
        job: link.job,
    }
}

/// Fails if the application is rejected or hired, because nothing more may be written to it.
fn check_active(
    application: ApplicationId,
    status: Option<&ApplicationStatus>,
) -> Result<(), StepError> {
    match ended_text(status) {
        Some(text) => Err(StepError::failed(STEP, text(application))),
        None => Ok(()),
    }
}

/// Returns the text for an application that is rejected or hired.
fn ended_text(status: Option<&ApplicationStatus>) -> Option<fn(ApplicationId) -> Text> {
    match status {
        Some(ApplicationStatus::Rejected) => Some(texts::application_rejected),
        Some(ApplicationStatus::Hired) => Some(texts::application_hired),
        _ => None,
    }
}

const STEP: PushStep = PushStep::Application;
const CREATE: Operation = Operation::new(
    STEP,
    operation::CREATE_APPLICATION,
    operation::FIND_APPLICATION,
);
