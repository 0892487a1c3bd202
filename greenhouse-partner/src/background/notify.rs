use chrono::{DateTime, SecondsFormat, Utc};
use greenhouse_core::{
    ExchangeLimits, InvitationId, later,
    store::{
        Changes, ClaimedTask, DueTask, Invitation, LogStatus, NoticeState, Settlement, StoreError,
        Write,
    },
};
use url::Url;

use crate::{
    PartnerService,
    notice::{self, Outcome},
    service::DECISIONS,
};

impl PartnerService {
    /// Sends a completion notice, and records in one commit what became of it.
    pub(super) async fn notify(
        &self,
        work: &ClaimedTask,
        id: &InvitationId,
    ) -> Result<(), StoreError> {
        let Some(invitation) = self.parts.store.invitation(&work.account, id).await? else {
            return self.drop_work(work).await;
        };
        let Some(callback) = invitation.callback.clone() else {
            return self.drop_work(work).await;
        };
        let outcome = self.send_notice(work, &callback).await?;
        self.record_notice(work, invitation, &outcome).await
    }

    async fn send_notice(&self, work: &ClaimedTask, callback: &Url) -> Result<Outcome, StoreError> {
        let refused = |text: &str| Ok(Outcome::Refused(text.to_owned()));
        let Some(settings) = self.parts.settings.assessments(&work.account).await? else {
            return refused("The assessments are switched off for this account.");
        };
        let Some(credential) = &settings.completion else {
            return refused("There is no completion credential to tell Greenhouse with.");
        };
        // Checked again, since the policy may have been narrowed since the address was stored.
        if let Err(refusal) = self.parts.config.callback.check(callback) {
            return refused(&format!("The notice may not be sent: {refusal}."));
        }
        let Some(request) = notice::request(callback, credential) else {
            return refused("The completion credential cannot be written into a request.");
        };
        let mut limits = ExchangeLimits::default().with_deadline(self.parts.config.notice_deadline);
        limits.max_body = MAX_ANSWER;
        Ok(notice::judge(
            &self.parts.transport.send(request, limits).await,
        ))
    }

    async fn record_notice(
        &self,
        work: &ClaimedTask,
        sent: Invitation,
        outcome: &Outcome,
    ) -> Result<(), StoreError> {
        let now = self.parts.clock.now();
        let mut end = self.ending(work, outcome, now);
        let mut invitation = sent.clone();
        for _ in 0..DECISIONS {
            let mut changes = Changes::none();
            let mut how = end.how;
            if has_ended_anew(&sent, &invitation) {
                // Greenhouse may have asked before that, so it is told once more: for a day again.
                how = Settlement::Done;
                let work = work.work.clone();
                changes.due.push(DueTask::new(work, now));
            } else {
                let mut next = invitation.clone();
                next.notice = end.notice;
                changes
                    .log
                    .push(notice::entry(&next, now, end.status, end.text.clone()));
                if next != invitation {
                    changes.invitations.push(Write::Put(next));
                }
            }
            if self.settle(work, changes, how).await? {
                return Ok(());
            }
            match self.parts.store.invitation(&work.account, &sent.id).await? {
                Some(read) => invitation = read,
                None => return self.drop_work(work).await,
            }
            let asked_in_vain =
                invitation.version != sent.version && invitation.state == sent.state;
            if asked_in_vain && *outcome == Outcome::Taken {
                let at = later(now, self.parts.config.work_backoff.longest());
                end = Ending {
                    how: Settlement::Again(at),
                    notice: NoticeState::Due,
                    status: LogStatus::Pending,
                    text: notice::asked_in_vain(at),
                };
            }
        }
        Ok(())
    }

    fn ending(&self, work: &ClaimedTask, outcome: &Outcome, now: DateTime<Utc>) -> Ending {
        let refused = |text: String| Ending {
            how: Settlement::Done,
            notice: NoticeState::Refused,
            status: LogStatus::Failed,
            text,
        };
        match outcome {
            Outcome::Taken => Ending {
                how: Settlement::Done,
                notice: NoticeState::Taken,
                status: LogStatus::Done,
                text: "Greenhouse was told, and asks for the status itself.".to_owned(),
            },
            Outcome::Refused(reason) => refused(reason.clone()),
            Outcome::Again { reason, .. } if self.is_out_of_patience(work, now) => {
                refused(format!(
                    "{reason} Given up after {} attempts.",
                    work.attempts.saturating_add(1)
                ))
            }
            Outcome::Again { reason, wait } => {
                let backoff = &self.parts.config.notice_backoff;
                let asked = wait.unwrap_or_default().min(backoff.longest());
                let at = later(now, backoff.after(work.attempts).max(asked));
                let shown = at.to_rfc3339_opts(SecondsFormat::Secs, true);
                Ending {
                    how: Settlement::Again(at),
                    notice: NoticeState::Due,
                    status: LogStatus::Pending,
                    text: format!("{reason} The next attempt is at {shown}."),
                }
            }
        }
    }

    /// The waits have to come to as much, too: a day on which no host ran, or its loop, is no day of attempts.
    fn is_out_of_patience(&self, work: &ClaimedTask, now: DateTime<Utc>) -> bool {
        let patience = self.parts.config.notice_patience;
        let waited = self.parts.config.notice_backoff.before(work.attempts);
        now >= later(work.since, patience) && waited >= patience
    }
}

/// Whether it ended in another way, or another time, after what was sent.
fn has_ended_anew(sent: &Invitation, now: &Invitation) -> bool {
    let end = |invitation: &Invitation| (invitation.state, invitation.completed_at);
    now.state.is_final() && end(now) != end(sent)
}

/// What an attempt leaves behind.
struct Ending {
    how: Settlement,
    notice: NoticeState,
    status: LogStatus,
    text: String,
}

/// Only the status of the answer counts.
const MAX_ANSWER: usize = 64 * 1024;
