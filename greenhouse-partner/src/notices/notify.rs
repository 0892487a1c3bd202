use chrono::{DateTime, Utc};
use greenhouse_core::{
    ExchangeLimits, InvitationId, Text, later,
    store::{
        Changes, ClaimedTask, DueTask, Invitation, LogStatus, NoticeState, Settlement, StoreError,
        Write,
    },
};
use url::Url;

use super::{NoticeOutcome, Notices, entry, outcome_of, request};
use crate::texts::{self, sync_log};

impl Notices {
    /// Sends a completion notice and stores the outcome in one commit.
    pub(crate) async fn notify(
        &self,
        task: &ClaimedTask,
        id: &InvitationId,
    ) -> Result<(), StoreError> {
        let invitation = self.records.invitation(&task.account, id).await?;
        let Some((sent, callback)) = invitation.and_then(|invitation| {
            let callback = invitation.callback.clone()?;
            Some((invitation, callback))
        }) else {
            return self.writer.done(task).await;
        };
        let outcome = self.send(task, &callback).await?;
        self.record(task, &sent, &outcome).await
    }

    async fn send(&self, task: &ClaimedTask, callback: &Url) -> Result<NoticeOutcome, StoreError> {
        let refused = |text| Ok(NoticeOutcome::Refused(text));
        let Some(settings) = self.settings.assessments(&task.account).await? else {
            return refused(sync_log::notice_assessments_off());
        };
        let Some(credential) = &settings.completion else {
            return refused(sync_log::notice_without_credential());
        };
        // Checked again, because the policy may have been narrowed since the address was stored.
        if let Err(refusal) = self.callback.check(callback) {
            return refused(sync_log::notice_address_refused(&texts::reason(&refusal)));
        }
        let Some(request) = request(callback, credential) else {
            return refused(sync_log::notice_credential_unusable());
        };
        let mut limits = ExchangeLimits::default().with_deadline(self.deadline);
        limits.max_body = MAX_RESPONSE;
        Ok(outcome_of(&self.transport.send(request, limits).await))
    }

    async fn record(
        &self,
        task: &ClaimedTask,
        sent: &Invitation,
        outcome: &NoticeOutcome,
    ) -> Result<(), StoreError> {
        let now = self.writer.now();
        let mut is_first = true;
        let decision = || {
            let is_first = std::mem::take(&mut is_first);
            async move {
                if is_first {
                    return Ok(self.changes_after(task, sent, sent.clone(), outcome, now));
                }
                let read = self.records.invitation(&task.account, &sent.id).await?;
                Ok(match read {
                    Some(invitation) => self.changes_after(task, sent, invitation, outcome, now),
                    None => (Changes::none(), Settlement::Done),
                })
            }
        };
        self.writer.settle(task, decision).await
    }

    /// Returns the changes to the current invitation after an attempt.
    fn changes_after(
        &self,
        task: &ClaimedTask,
        sent: &Invitation,
        mut invitation: Invitation,
        outcome: &NoticeOutcome,
        now: DateTime<Utc>,
    ) -> (Changes, Settlement) {
        let mut changes = Changes::none();
        if has_newer_result(sent, &invitation) {
            // Greenhouse may have requested the status before the newer result, so it receives
            // another notice.
            changes.due.push(DueTask::new(task.task.clone(), now));
            return (changes, Settlement::Done);
        }
        // A status request that failed while the notice was being sent has written the record.
        let has_failed_request =
            invitation.version != sent.version && invitation.state == sent.state;
        let end = if has_failed_request && *outcome == NoticeOutcome::Accepted {
            let at = later(now, self.writer.backoff.longest());
            NoticeEnd {
                how: Settlement::Again(at),
                notice: NoticeState::Due,
                status: LogStatus::Pending,
                text: sync_log::notice_repeated(&texts::time(at)),
            }
        } else {
            self.end(task, outcome, now)
        };
        let before = invitation.notice;
        invitation.notice = end.notice;
        changes
            .log
            .push(entry(&invitation, now, end.status, end.text));
        if invitation.notice != before {
            changes.invitations.push(Write::Put(invitation));
        }
        (changes, end.how)
    }

    fn end(&self, task: &ClaimedTask, outcome: &NoticeOutcome, now: DateTime<Utc>) -> NoticeEnd {
        let refused = |text: Text| NoticeEnd {
            how: Settlement::Done,
            notice: NoticeState::Refused,
            status: LogStatus::Failed,
            text,
        };
        match outcome {
            NoticeOutcome::Accepted => NoticeEnd {
                how: Settlement::Done,
                notice: NoticeState::Accepted,
                status: LogStatus::Done,
                text: sync_log::notice_accepted(),
            },
            NoticeOutcome::Refused(text) => refused(text.clone()),
            NoticeOutcome::Retry { text, .. } if self.is_out_of_patience(task, now) => {
                let attempts = u64::from(task.attempts).saturating_add(1);
                let attempts = texts::counted(attempts, "attempt");
                refused(
                    text.clone()
                        .and(sync_log::notice_given_up(&attempts).as_str()),
                )
            }
            NoticeOutcome::Retry { text, wait } => {
                let asked = wait.unwrap_or_default().min(self.backoff.longest());
                let at = later(now, self.backoff.after(task.attempts).max(asked));
                let next = sync_log::notice_next_attempt(&texts::time(at));
                NoticeEnd {
                    how: Settlement::Again(at),
                    notice: NoticeState::Due,
                    status: LogStatus::Pending,
                    text: text.clone().and(next.as_str()),
                }
            }
        }
    }

    /// Returns `true` if the notice must be abandoned. The time in which no host ran is not
    /// included.
    fn is_out_of_patience(&self, task: &ClaimedTask, now: DateTime<Utc>) -> bool {
        let waited = self.backoff.before(task.attempts);
        now >= later(task.since, self.patience) && waited >= self.patience
    }
}

/// Returns `true` if the invitation ended again after the notice was sent.
fn has_newer_result(sent: &Invitation, now: &Invitation) -> bool {
    let end = |invitation: &Invitation| (invitation.state, invitation.completed_at);
    now.state.is_final() && end(now) != end(sent)
}

/// Effects of an attempt.
struct NoticeEnd {
    how: Settlement,
    notice: NoticeState,
    status: LogStatus,
    text: Text,
}

/// Maximum size of a response body. Only the status is used.
const MAX_RESPONSE: usize = 64 * 1024;
