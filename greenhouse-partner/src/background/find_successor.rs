use greenhouse_core::{
    AssessmentId, CandidateId, JobId, ReaderError,
    store::{
        Changes, ClaimedTask, Direction, Link, LogEntry, LogStatus, LogSubject, Settlement,
        StoreError,
    },
    sync::{Successors, succeed},
};

use crate::{PartnerService, service::DECISIONS};

impl PartnerService {
    /// Looks for the application that took the place of a deleted one when its candidate was merged.
    pub(super) async fn find_successor(
        &self,
        work: &ClaimedTask,
        assessment: &AssessmentId,
        candidate: CandidateId,
        job: JobId,
    ) -> Result<(), StoreError> {
        for _ in 0..DECISIONS {
            // The link is read first, so that what changes while Greenhouse is asked makes a conflict.
            let Some(link) = self.parts.store.link(&work.account, assessment).await? else {
                return self.drop_work(work).await;
            };
            let found = match &self.parts.reader {
                Some(reader) => {
                    self.read(reader.applications_on_job(&work.account, candidate, job))
                        .await
                }
                None => Err(ReaderError::NotConfigured),
            };
            let changes = match found {
                Ok(applications) => {
                    let successors = Successors { link, applications };
                    succeed(&successors, self.parts.clock.now())
                }
                Err(ReaderError::Unavailable(_)) => return self.again(work).await,
                Err(error) => self.unseen(&link, &error),
            };
            if self.settle(work, changes, Settlement::Done).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn unseen(&self, link: &Link, error: &ReaderError) -> Changes {
        let mut changes = Changes::none();
        let text = format!(
            "The candidate was merged in Greenhouse, and Greenhouse could not be asked which application remained: {error}."
        );
        let now = self.parts.clock.now();
        let entry = LogEntry::new(
            now,
            Direction::FromGreenhouse,
            LogSubject::Event,
            LogStatus::Skipped,
            text,
        );
        changes.log.push(
            entry
                .about_assessment(link.assessment.clone())
                .about_application(link.application),
        );
        changes
    }
}
