//! How an invitation follows the product's assessment.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId,
    platform::{Assessment, AssessmentState, PlatformError},
    store::{
        Changes, Direction, Invitation, InvitationState, LogEntry, LogStatus, LogSubject, Proposal,
        StoreError, Write,
    },
};

use super::Assessments;
use crate::{PartnerError, notices};

impl Assessments {
    /// Updates the invitation that an assessment came in through. Idempotent, and free of order: the
    /// state is read from the product.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Product`] and [`PartnerError::Store`], worth another call.
    pub(crate) async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PartnerError> {
        let records = &self.records;
        let mut invitation = records
            .invitation_of_assessment(account, assessment)
            .await?;
        if invitation.is_none() {
            // The candidate can be faster than the commit of the product's answer to our invitation.
            let found = self.read_assessment(account, assessment).await?;
            if let Some(id) = found.and_then(|found| found.invitation) {
                invitation = records.invitation(account, &id).await?;
            }
        }
        let Some(invitation) = invitation else {
            return Ok(());
        };
        let has_notices = self.has_notices(account).await?;
        self.follow(account, invitation, assessment, has_notices)
            .await
            .map(drop)
    }

    /// Updates an invitation to the state of the product's assessment, in one commit with what that
    /// causes. Returns the invitation, and the assessment if the product has it.
    ///
    /// The product is asked after the invitation was read, and again after a conflict: so an answer
    /// that was overtaken never takes an invitation back.
    pub(super) async fn follow(
        &self,
        account: &AccountId,
        invitation: Invitation,
        assessment: &AssessmentId,
        has_notices: bool,
    ) -> Result<(Invitation, Option<Assessment>), PartnerError> {
        let id = &invitation.id.clone();
        let mut first = Some(invitation);
        let decided = self.writer.decide(account, || {
            let first = first.take();
            async move {
                let invitation = match first {
                    Some(invitation) => invitation,
                    None => {
                        let read = self.records.invitation(account, id).await?;
                        read.ok_or(PartnerError::NotFound)?
                    }
                };
                let Some(found) = self.read_assessment(account, assessment).await? else {
                    return Ok(Proposal::Keep((invitation, None)));
                };
                let mut next = invitation.clone();
                let has_report = self.has_report(account, &invitation, &found).await?;
                update(&mut next, &found, has_report);
                if next == invitation {
                    return Ok(Proposal::Keep((next, Some(found))));
                }
                let now = self.writer.now();
                let changes = advance(&invitation, &mut next, has_notices, now);
                Ok::<_, PartnerError>(Proposal::Write(changes, (next, Some(found))))
            }
        });
        decided.await
    }

    /// Returns `true` if Greenhouse is sent notices: the account has a credential for them.
    pub(super) async fn has_notices(&self, account: &AccountId) -> Result<bool, StoreError> {
        let settings = self.settings.assessments(account).await?;
        Ok(settings.is_some_and(|settings| settings.completion.is_some()))
    }

    /// Returns `true` if the public can open the report of a completed assessment. Once a
    /// completion is known, it can.
    async fn has_report(
        &self,
        account: &AccountId,
        invitation: &Invitation,
        assessment: &Assessment,
    ) -> Result<bool, PartnerError> {
        if !has_result(assessment) || is_known(invitation, assessment) {
            return Ok(true);
        }
        self.reports.exists(account, &assessment.id).await
    }

    async fn read_assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PartnerError> {
        let call = self
            .product
            .ask(|product| product.assessment(account, assessment));
        match call.await {
            Ok(found) => Ok(found),
            Err(PlatformError::NotFound { .. }) => Ok(None),
            Err(error) => Err(PartnerError::of_product(error)),
        }
    }
}

/// A completion without a score is not one yet: Greenhouse refuses it (documented that the score is a number).
pub(super) fn has_result(assessment: &Assessment) -> bool {
    assessment.state == AssessmentState::Completed && assessment.score.is_some()
}

/// Returns `true` if the invitation was completed with this result.
pub(super) fn is_known(invitation: &Invitation, assessment: &Assessment) -> bool {
    invitation.state == InvitationState::Completed
        && invitation.completed_at == assessment.completed_at
}

/// Copies the assessment's state into the record. A result without a report is none yet: Greenhouse
/// drops it if the public cannot open its URL (reported). An earlier one stays until the report of
/// the later one exists.
fn update(invitation: &mut Invitation, assessment: &Assessment, has_report: bool) {
    invitation.assessment = Some(assessment.id.clone());
    if !has_report && invitation.state == InvitationState::Completed {
        return;
    }
    invitation.state = state_of(assessment, invitation.state, has_report);
    if invitation.state == InvitationState::Completed {
        invitation.completed_at = assessment.completed_at;
    }
}

/// Changes that follow from a new state: the record, its log entry, and the notice to Greenhouse.
fn advance(
    before: &Invitation,
    invitation: &mut Invitation,
    has_notices: bool,
    now: DateTime<Utc>,
) -> Changes {
    let mut changes = Changes::none();
    if invitation.state == InvitationState::Reopened && invitation.state != before.state {
        let text = "The test is open to the candidate again. What Greenhouse has of it stays until it is ended again.";
        changes.log.push(followed(invitation, text, now));
    }
    if let Some(text) = ending(before, invitation) {
        ended(&mut changes, invitation, text, has_notices, now);
    }
    changes.invitations.push(Write::Put(invitation.clone()));
    changes
}

/// Logs how an invitation ended, and makes the notice due.
fn ended(
    changes: &mut Changes,
    invitation: &mut Invitation,
    text: &str,
    has_notices: bool,
    now: DateTime<Utc>,
) {
    let how = match (&invitation.callback, has_notices) {
        (Some(_), true) => "",
        (Some(_), false) => {
            " Greenhouse learns of it when it asks next: there is no completion credential."
        }
        (None, _) => {
            " Greenhouse learns of it when it asks next: its request named no address to tell."
        }
    };
    let entry = followed(invitation, &format!("{text}{how}"), now);
    changes.log.push(entry);
    if has_notices {
        notices::enqueue(changes, invitation, now);
    }
}

fn followed(invitation: &Invitation, text: &str, now: DateTime<Utc>) -> LogEntry {
    let entry = LogEntry::new(
        now,
        Direction::ToGreenhouse,
        LogSubject::Invitation,
        LogStatus::Done,
        text,
    );
    notices::about(entry, invitation)
}

fn state_of(assessment: &Assessment, before: InvitationState, has_report: bool) -> InvitationState {
    match assessment.state {
        AssessmentState::Completed if has_result(assessment) && has_report => {
            InvitationState::Completed
        }
        AssessmentState::Withdrawn => InvitationState::Withdrawn,
        AssessmentState::Expired => InvitationState::Expired,
        _ if before.is_final() || before == InvitationState::Reopened => InvitationState::Reopened,
        AssessmentState::Started | AssessmentState::Completed => InvitationState::Started,
        _ => InvitationState::Invited,
    }
}

/// The text of an end that is new; a later result is another end.
fn ending(before: &Invitation, invitation: &Invitation) -> Option<&'static str> {
    let again = before.completed_at.is_some() && before.completed_at != invitation.completed_at;
    if invitation.state == before.state && !again {
        return None;
    }
    match invitation.state {
        InvitationState::Completed if again => Some("The candidate has completed the test again."),
        InvitationState::Completed => Some("The candidate has completed the test."),
        InvitationState::Withdrawn => Some("The test was withdrawn."),
        InvitationState::Expired => Some("The test was not finished in time."),
        _ => None,
    }
}
