use greenhouse_core::{
    AssessmentId,
    parking::TaskError,
    platform::{Outcome, PlatformError},
    store::{Changes, ClaimedTask, Direction, LogEntry, LogStatus, LogSubject, Settlement},
};

use super::Webhooks;

impl Webhooks {
    /// Reports the outcome of a pushed candidate to the product. The call is absolute and
    /// revisioned, so repeating it, late or out of order, changes nothing.
    pub(crate) async fn tell_product(
        &self,
        task: &ClaimedTask,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), TaskError> {
        let call = self
            .product
            .ask(|product| product.apply_outcome(&task.account, assessment, outcome, revision));
        let reason = match call.await {
            Ok(()) => return Ok(self.writer.done(task).await?),
            Err(PlatformError::NotFound { what }) => format!("it has no such {what}"),
            Err(PlatformError::Refused { reason }) => reason,
            Err(error) => return self.writer.again_after(task, &error).await,
        };
        let text = format!(
            "The product did not take that the candidate is {}: {reason}.",
            outcome.as_str()
        );
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
