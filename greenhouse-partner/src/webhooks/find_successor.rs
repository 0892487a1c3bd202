use greenhouse_core::{
    AssessmentId, CandidateId, JobId, ReaderError,
    store::{
        Changes, ClaimedTask, Direction, Link, LogEntry, LogStatus, LogSubject, Settlement,
        StoreError,
    },
    sync::{Successors, succeed},
};

use super::Webhooks;

impl Webhooks {
    /// Finds the application that replaced a deleted one when its candidate was merged.
    pub(crate) async fn find_successor(
        &self,
        task: &ClaimedTask,
        assessment: &AssessmentId,
        candidate: CandidateId,
        job: JobId,
    ) -> Result<(), StoreError> {
        let account = &task.account;
        let decision = || async move {
            // The link is read first, so that what changes while Greenhouse is asked makes a
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
                Err(ReaderError::Unavailable(_)) => {
                    return Ok((Changes::none(), self.writer.later(task)));
                }
                Err(error) => self.unread_successor(&link, &error),
            };
            Ok((changes, Settlement::Done))
        };
        self.writer.settle(task, decision).await
    }

    fn unread_successor(&self, link: &Link, error: &ReaderError) -> Changes {
        let text = format!(
            "The candidate was merged in Greenhouse, and Greenhouse could not be asked which application remained: {error}."
        );
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
                .about_application(link.application),
        );
        changes
    }
}
