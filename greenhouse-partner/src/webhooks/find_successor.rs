use greenhouse_core::{
    AssessmentId, CandidateId, JobId, ReaderError, chain,
    store::{
        Changes, ClaimedTask, Direction, Link, LogEntry, LogStatus, LogSubject, Settlement,
        StoreError,
    },
    sync::{Successors, succeed},
};

use super::Webhooks;
use crate::texts::{self, sync_log};

impl Webhooks {
    /// Finds the application that replaced a deleted one after its candidate was merged.
    pub(crate) async fn find_successor(
        &self,
        task: &ClaimedTask,
        assessment: &AssessmentId,
        candidate: CandidateId,
        job: JobId,
    ) -> Result<(), StoreError> {
        let account = &task.account;
        let decision = || async move {
            // The link is read first, so that a change during the call to Greenhouse causes a
            // conflict.
            let Some(link) = self.records.link(account, assessment).await? else {
                return Ok((Changes::none(), Settlement::Done));
            };
            let found = self.reader.applications_on_job(account, candidate, job);
            let changes = match found.await {
                Ok(applications) => {
                    let successors = Successors { link, applications };
                    succeed(&successors, self.writer.now())
                }
                Err(error @ ReaderError::Unavailable(_)) => {
                    tracing::warn!(%account, error = %chain(&error), "applications could not be read; it will be retried");
                    return Ok((Changes::none(), self.writer.later(task)));
                }
                Err(error) => self.successor_unread(&link, &error),
            };
            Ok((changes, Settlement::Done))
        };
        self.writer.settle(task, decision).await
    }

    fn successor_unread(&self, link: &Link, error: &ReaderError) -> Changes {
        let text = sync_log::successor_unread(&texts::reason(error));
        let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Event);
        let entry = LogEntry::new(
            self.writer.now(),
            direction,
            subject,
            LogStatus::Skipped,
            text,
        );
        let mut changes = Changes::none();
        changes.log.push(
            entry
                .about_assessment(link.assessment.clone())
                .about_application(link.application)
                .about_candidate(link.candidate),
        );
        changes
    }
}
