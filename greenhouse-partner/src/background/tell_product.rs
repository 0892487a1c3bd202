use greenhouse_core::{
    AssessmentId,
    platform::{Outcome, PlatformError},
    store::{
        Changes, ClaimedTask, Direction, LogEntry, LogStatus, LogSubject, Settlement, StoreError,
    },
};

use crate::PartnerService;

impl PartnerService {
    /// Tells the product what became of a pushed candidate. The call is absolute and revisioned, so repeating it, late or
    /// out of order, changes nothing.
    pub(super) async fn tell_product(
        &self,
        work: &ClaimedTask,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), StoreError> {
        let told = self
            .parts
            .platform
            .apply_outcome(&work.account, assessment, outcome, revision);
        let reason = match self.ask(told).await {
            Ok(()) => return self.drop_work(work).await,
            Err(PlatformError::NotFound { what }) => format!("it has no such {what}"),
            Err(PlatformError::Refused { reason }) => reason,
            Err(_) => return self.again(work).await,
        };
        let mut changes = Changes::none();
        let text = format!(
            "The product did not take that the candidate is {}: {reason}.",
            outcome.as_str()
        );
        let now = self.parts.clock.now();
        let entry = LogEntry::new(
            now,
            Direction::FromGreenhouse,
            LogSubject::Problem,
            LogStatus::Failed,
            text,
        );
        changes.log.push(entry.about_assessment(assessment.clone()));
        self.settle(work, changes, Settlement::Done)
            .await
            .map(|_| ())
    }
}
