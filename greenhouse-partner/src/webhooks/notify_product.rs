use greenhouse_core::{
    AssessmentId,
    parking::TaskError,
    platform::{Outcome, PlatformError},
    store::{Changes, ClaimedTask, Direction, LogEntry, LogStatus, LogSubject, Settlement},
};

use super::Webhooks;
use crate::texts::{self, sync_log};

impl Webhooks {
    /// Reports the outcome of a pushed candidate to the product. The call contains the outcome
    /// and its revision, so repeated, late or reordered calls are harmless.
    pub(crate) async fn notify_product(
        &self,
        task: &ClaimedTask,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), TaskError> {
        let call = self
            .product
            .call(|product| product.apply_outcome(&task.account, assessment, outcome, revision));
        let text = match call.await {
            Ok(()) => return Ok(self.writer.done(task).await?),
            Err(PlatformError::NotFound { what }) => {
                sync_log::outcome_not_found(outcome.as_str(), what)
            }
            Err(PlatformError::Refused { reason }) => {
                sync_log::outcome_rejected(outcome.as_str(), &texts::reason(&reason))
            }
            Err(error) => return self.writer.again_after(task, &error).await,
        };
        let entry = LogEntry::new(
            self.writer.now(),
            Direction::FromGreenhouse,
            LogSubject::Problem,
            LogStatus::Failed,
            text,
        );
        let entry = &entry.about_assessment(assessment.clone());
        let decision = || async move {
            let mut changes = Changes::none();
            changes.log.push(entry.clone());
            Ok((changes, Settlement::Done))
        };
        Ok(self.writer.settle(task, decision).await?)
    }
}
