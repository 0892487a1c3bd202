use chrono::{DateTime, SecondsFormat, Utc};
use greenhouse_core::{
    ExchangeLimits, InvitationId, later,
    store::{
        Changes, ClaimedTask, DueTask, Invitation, LogStatus, NoticeState, Settlement, StoreError,
        Write,
    },
};
use url::Url;

use super::{NoticeOutcome, Notices, asked_in_vain, entry, judge, request};

impl Notices {
    /// Sends a completion notice, and records in one commit how that went.
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
        let refused = |text: &str| Ok(NoticeOutcome::Refused(text.to_owned()));
        let Some(settings) = self.settings.assessments(&task.account).await? else {
            return refused("The assessments are switched off for this account.");
        };
        let Some(credential) = &settings.completion else {
            return refused("There is no completion credential to tell Greenhouse with.");
        };
        // Checked again, since the policy may have been narrowed since the address was stored.
        if let Err(refusal) = self.callback.check(callback) {
            return refused(&format!("The notice may not be sent: {refusal}."));
        }
        let Some(request) = request(callback, credential) else {
            return refused("The completion credential cannot be written into a request.");
        };
        let mut limits = ExchangeLimits::default().with_deadline(self.deadline);
        limits.max_body = MAX_ANSWER;
        Ok(judge(&self.transport.send(request, limits).await))
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
                    return Ok(self.recorded(task, sent, sent.clone(), outcome, now));
                }
                let read = self.records.invitation(&task.account, &sent.id).await?;
                Ok(match read {
                    Some(invitation) => self.recorded(task, sent, invitation, outcome, now),
                    None => (Changes::none(), Settlement::Done),
                })
            }
        };
        self.writer.settle(task, decision).await
    }

    /// Changes after an attempt, for the invitation as it is now.
    fn recorded(
        &self,
        task: &ClaimedTask,
        sent: &Invitation,
        mut invitation: Invitation,
        outcome: &NoticeOutcome,
        now: DateTime<Utc>,
    ) -> (Changes, Settlement) {
        let mut changes = Changes::none();
        if has_ended_anew(sent, &invitation) {
            // Greenhouse may have asked before that, so it is sent a new notice, with its full
            // patience.
            changes.due.push(DueTask::new(task.task.clone(), now));
            return (changes, Settlement::Done);
        }
        let was_asked_in_vain =
            invitation.version != sent.version && invitation.state == sent.state;
        let end = if was_asked_in_vain && *outcome == NoticeOutcome::Accepted {
            let at = later(now, self.writer.backoff.longest());
            NoticeEnd {
                how: Settlement::Again(at),
                notice: NoticeState::Due,
                status: LogStatus::Pending,
                text: asked_in_vain(at),
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
        let refused = |text: String| NoticeEnd {
            how: Settlement::Done,
            notice: NoticeState::Refused,
            status: LogStatus::Failed,
            text,
        };
        match outcome {
            NoticeOutcome::Accepted => NoticeEnd {
                how: Settlement::Done,
                notice: NoticeState::Taken,
                status: LogStatus::Done,
                text: "Greenhouse was told, and asks for the status itself.".to_owned(),
            },
            NoticeOutcome::Refused(reason) => refused(reason.clone()),
            NoticeOutcome::Retry { reason, .. } if self.is_out_of_patience(task, now) => {
                refused(format!(
                    "{reason} Given up after {} attempts.",
                    task.attempts.saturating_add(1)
                ))
            }
            NoticeOutcome::Retry { reason, wait } => {
                let asked = wait.unwrap_or_default().min(self.backoff.longest());
                let at = later(now, self.backoff.after(task.attempts).max(asked));
                let shown = at.to_rfc3339_opts(SecondsFormat::Secs, true);
                NoticeEnd {
                    how: Settlement::Again(at),
                    notice: NoticeState::Due,
                    status: LogStatus::Pending,
                    text: format!("{reason} The next attempt is at {shown}."),
                }
            }
        }
    }

    /// The waits have to add up to the patience as well: a day without a running host is not a day
    /// of attempts.
    fn is_out_of_patience(&self, task: &ClaimedTask, now: DateTime<Utc>) -> bool {
        let waited = self.backoff.before(task.attempts);
        now >= later(task.since, self.patience) && waited >= self.patience
    }
}

/// Returns `true` if it ended in another way, or another time, after the notice was sent.
fn has_ended_anew(sent: &Invitation, now: &Invitation) -> bool {
    let end = |invitation: &Invitation| (invitation.state, invitation.completed_at);
    now.state.is_final() && end(now) != end(sent)
}

/// What an attempt leaves behind.
struct NoticeEnd {
    how: Settlement,
    notice: NoticeState,
    status: LogStatus,
    text: String,
}

/// Only the status of the answer counts.
const MAX_ANSWER: usize = 64 * 1024;
