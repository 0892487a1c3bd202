//! Second step: the person on the job.

use chrono::SubsecRound;
use greenhouse_core::{
    ApplicationId, ApplicationStatus, CandidateId, JobId, later,
    settings::JobMapping,
    store::{JournalMark, Link, PushStep},
};

use super::{
    failure::Stop,
    run::{Kit, Run},
};
use crate::api::{Application, ApplicationFilter, NewApplication};

/// Where the person is in Greenhouse.
pub(super) struct Placed {
    pub(super) candidate: CandidateId,
    pub(super) application: ApplicationId,
    /// The job of the application, where that is known.
    pub(super) job: Option<JobId>,
}

impl Run<'_> {
    /// Finds the application, or creates it at the mapped stage. One that has ended takes nothing more. Answers whose it is,
    /// too: the row knows of a merge.
    pub(super) async fn application(
        &mut self,
        kit: &Kit,
        candidate: CandidateId,
    ) -> Result<Placed, Stop> {
        // The link before the journal: it knows of a merge, and of a deletion, since.
        let store = &self.service.parts.store;
        if let Some(link) = store.link(self.account(), &self.push.assessment).await? {
            if link.state.deleted {
                return Err(deleted(link.application));
            }
            goes_on(link.application, Some(&link.state.status))?;
            if self.done_id(STEP) != Some(link.application.value()) {
                self.mark_application(&link, true);
                self.commit(None).await?;
            }
            return Ok(Placed {
                candidate: link.candidate,
                application: link.application,
                job: link.job,
            });
        }
        if let Some(id) = self.done_id(STEP) {
            return Ok(Placed {
                candidate,
                application: ApplicationId::new(id),
                job: kit.plan.mapping.map(|mapping| mapping.job),
            });
        }
        if let Some(id) = kit.plan.invited_application {
            return self.invited_application(kit, candidate, id).await;
        }
        let Some(mapping) = kit.plan.mapping else {
            return Err(Stop::failed(
                STEP,
                "no_mapping",
                "The assessment's job is mapped to no Greenhouse job. Map it in the push settings and push again.",
            ));
        };
        self.is_for(mapping.job)?;
        if !self.made.alone {
            if let Some(found) = self
                .look_up_application(kit, candidate, mapping.job)
                .await?
            {
                return self.adopt_application(kit, candidate, &found).await;
            }
            if let Some(shared) = self.application_of_kin(candidate, mapping.job).await? {
                return self.share_application(&shared).await;
            }
            self.proves_absence(kit, STEP).await?;
        }
        self.create_application(kit, candidate, mapping).await
    }

    /// An application that may have been created on one job is not looked for on another.
    fn is_for(&self, job: JobId) -> Result<(), Stop> {
        let begun = self
            .push
            .mark(STEP)
            .filter(|_| self.unknown_since(STEP).is_some());
        match begun.and_then(|line| line.part) {
            Some(other) if other != job.value() => {
                let text = format!(
                    "It is not known whether the last attempt created an application on job {other}, and the assessment is \
                     mapped to job {job} now. Map job {other} again and retry; change the mapping afterwards."
                );
                Err(Stop::failed(STEP, "mapping_changed", text))
            }
            _ => Ok(()),
        }
    }

    async fn invited_application(
        &mut self,
        kit: &Kit,
        candidate: CandidateId,
        id: ApplicationId,
    ) -> Result<Placed, Stop> {
        let row = self.read_invited(kit, id).await?;
        self.adopt_application(kit, candidate, &row).await
    }

    /// Whose application the invitation came from, where it did not say.
    pub(super) async fn invited_person(
        &self,
        kit: &Kit,
        id: ApplicationId,
    ) -> Result<CandidateId, Stop> {
        let row = self.read_invited(kit, id).await?;
        row.candidate_id.ok_or_else(|| {
            Stop::failed(
                STEP,
                "application_not_found",
                format!(
                    "Greenhouse does not say whose application {id}, which the invitation came from, is. Nothing was \
                     written. Retry."
                ),
            )
        })
    }

    async fn read_invited(&self, kit: &Kit, id: ApplicationId) -> Result<Application, Stop> {
        let filter = ApplicationFilter::new().ids([id]);
        let rows = kit.reads.applications(&filter).all().await;
        let rows = rows.map_err(|error| Stop::harvest(STEP, "read the application", &error))?;
        rows.into_iter().find(|row| row.id == id).ok_or_else(|| {
            Stop::failed(
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
    async fn look_up_application(
        &self,
        kit: &Kit,
        candidate: CandidateId,
        job: JobId,
    ) -> Result<Option<Application>, Stop> {
        let filter = ApplicationFilter::new()
            .candidate_ids([candidate])
            .job_ids([job]);
        let rows = kit.reads.applications(&filter).all().await;
        let rows = rows.map_err(|error| Stop::harvest(STEP, "look for the application", &error))?;
        Ok(rows
            .into_iter()
            .min_by_key(|row| has_ended(row.status.as_ref()).is_some()))
    }

    /// The link to the application on the job that another push of the person got only just now: reads may lag behind that.
    async fn application_of_kin(
        &self,
        candidate: CandidateId,
        job: JobId,
    ) -> Result<Option<Link>, Stop> {
        let parts = &self.service.parts;
        let now = self.service.now();
        for other in self.kin.iter().rev() {
            let got = other
                .mark(STEP)
                .filter(|line| matches!(line.mark, JournalMark::Done { .. }));
            if got.is_none_or(|line| now >= later(line.at, parts.config.settle_time)) {
                continue;
            }
            let link = parts.store.link(self.account(), &other.assessment).await?;
            let shared = link.filter(|link| {
                link.candidate == candidate && link.job == Some(job) && !link.state.deleted
            });
            if shared.is_some() {
                return Ok(shared);
            }
        }
        Ok(None)
    }

    async fn share_application(&mut self, shared: &Link) -> Result<Placed, Stop> {
        let (candidate, application) = (shared.candidate, shared.application);
        goes_on(application, Some(&shared.state.status))?;
        let own = self.push.assessment.clone();
        let mut link = Link::new(own, candidate, application, shared.job);
        link.state = shared.state.clone();
        self.mark_application(&link, true);
        self.commit(Some(link)).await?;
        Ok(Placed {
            candidate,
            application,
            job: shared.job,
        })
    }

    async fn adopt_application(
        &mut self,
        kit: &Kit,
        candidate: CandidateId,
        row: &Application,
    ) -> Result<Placed, Stop> {
        goes_on(row.id, row.status.as_ref())?;
        let candidate = row.candidate_id.unwrap_or(candidate);
        self.keep_application(kit, candidate, row, true).await
    }

    async fn create_application(
        &mut self,
        kit: &Kit,
        candidate: CandidateId,
        mapping: JobMapping,
    ) -> Result<Placed, Stop> {
        self.begin(&[STEP], Some(mapping.job.value())).await?;
        let candidate = self.owner(candidate);
        let mut new = NewApplication::new(candidate, mapping.job, mapping.stage);
        new.source_id = kit.settings.source;
        match kit.client.create_application(&new).await {
            Ok(row) => {
                let placed = self.keep_application(kit, candidate, &row, false).await;
                self.made.application = Some(row);
                placed
            }
            Err(error) if error.outcome_unknown() => {
                self.left_unknown();
                match self.look_up_application(kit, candidate, new.job_id).await {
                    Ok(Some(row)) => self.adopt_application(kit, candidate, &row).await,
                    Ok(None) | Err(Stop::Failed(_)) => Err(self.unknown_outcome(STEP)),
                    Err(stop) => Err(stop),
                }
            }
            Err(error) => {
                self.not_done(&[STEP]).await?;
                Err(Stop::harvest(STEP, "create the application", &error))
            }
        }
    }

    /// Journals the application, and the link in the same commit.
    pub(super) async fn keep_application(
        &mut self,
        kit: &Kit,
        candidate: CandidateId,
        row: &Application,
        found: bool,
    ) -> Result<Placed, Stop> {
        let job = row.job_id.or(kit.plan.mapping.map(|mapping| mapping.job));
        let mut link = Link::new(self.push.assessment.clone(), candidate, row.id, job);
        link.state.stage = row.stage();
        link.state.as_of = row.last_activity_at.map(|at| at.trunc_subsecs(0));
        self.mark_application(&link, found);
        self.commit(Some(link)).await?;
        Ok(Placed {
            candidate,
            application: row.id,
            job,
        })
    }
}

fn deleted(application: ApplicationId) -> Stop {
    Stop::failed(
        STEP,
        "application_deleted",
        format!(
            "Application {application}, which this was pushed to, was deleted in Greenhouse, so nothing was written."
        ),
    )
}

/// An application that has ended takes nothing more.
fn goes_on(application: ApplicationId, status: Option<&ApplicationStatus>) -> Result<(), Stop> {
    let Some((code, word)) = has_ended(status) else {
        return Ok(());
    };
    let text = format!(
        "Application {application} is {word} in Greenhouse already, so nothing more is written to it."
    );
    Err(Stop::failed(STEP, code, text))
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
