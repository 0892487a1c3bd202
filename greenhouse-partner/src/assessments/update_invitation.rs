//! Updates of invitations from the product's assessments.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, Text,
    platform::{Assessment, AssessmentState, PlatformError},
    status_field,
    store::{
        Changes, Direction, Invitation, InvitationState, LogEntry, LogStatus, LogSubject, Proposal,
        StoreError, Write,
    },
};

use super::Assessments;
use crate::{PartnerError, notices, texts::sync_log};

impl Assessments {
    /// Updates the invitation for an assessment. Idempotent, and independent of the order of calls,
    /// because the state is read from the product.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Product`] and [`PartnerError::Store`]. Both may succeed on a retry.
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
            // The candidate may start before the product's response to the invitation is committed.
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

    /// Updates an invitation from the product's assessment. Commits the invitation, the log entry
    /// and the notice together. Returns the invitation, and the assessment if the product has it.
    ///
    /// The assessment is read after the invitation, and again after a conflict, so that a stale
    /// response never reverts an invitation.
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
                let field = self.status_field(account).await?;
                let now = self.writer.now();
                let mut changes =
                    advance(&invitation, &mut next, has_notices, field.as_deref(), now);
                if invitation.assessment.is_none() {
                    self.link_application(account, &mut changes, &next).await?;
                }
                Ok::<_, PartnerError>(Proposal::Write(changes, (next, Some(found))))
            }
        });
        decided.await
    }

    /// Returns `true` if the account has a credential for completion notices.
    pub(super) async fn has_notices(&self, account: &AccountId) -> Result<bool, StoreError> {
        let settings = self.settings.assessments(account).await?;
        Ok(settings.is_some_and(|settings| settings.completion.is_some()))
    }

    /// Returns the key of the custom field that shows the status of tests. `None` if there is none.
    pub(super) async fn status_field(
        &self,
        account: &AccountId,
    ) -> Result<Option<String>, StoreError> {
        let settings = self.settings.push(account).await?;
        Ok(settings.and_then(|settings| settings.status_field.clone()))
    }

    /// Returns `false` if the report of a completed assessment is not public yet. The report of a
    /// completion that is already stored is not checked again.
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
            .call(|product| product.assessment(account, assessment));
        match call.await {
            Ok(found) => Ok(found),
            Err(PlatformError::NotFound { .. }) => Ok(None),
            Err(error) => Err(PartnerError::of_product(error)),
        }
    }
}

/// Returns `true` if the assessment is complete, with or without a score. Greenhouse accepts a
/// result without a score (documented).
pub(super) fn has_result(assessment: &Assessment) -> bool {
    assessment.state == AssessmentState::Completed
}

/// Returns `true` if the invitation already has this result.
pub(super) fn is_known(invitation: &Invitation, assessment: &Assessment) -> bool {
    invitation.state == InvitationState::Completed
        && invitation.completed_at == assessment.completed_at
}

/// Copies the assessment's state into the invitation. A result is copied only once its report is
/// public, because Greenhouse otherwise drops the result (reported). An earlier result is kept
/// until then.
fn update(invitation: &mut Invitation, assessment: &Assessment, has_report: bool) {
    invitation.assessment = Some(assessment.id.clone());
    invitation.drop_read_members();
    if !has_report && invitation.state == InvitationState::Completed {
        return;
    }
    invitation.state = state_of(assessment, invitation.state, has_report);
    if invitation.state == InvitationState::Completed {
        invitation.completed_at = assessment.completed_at;
    }
}

/// Returns the changes for a new state: the invitation, its log entry, the notice to Greenhouse,
/// and the write of the status to the custom field `field`.
fn advance(
    before: &Invitation,
    invitation: &mut Invitation,
    has_notices: bool,
    field: Option<&str>,
    now: DateTime<Utc>,
) -> Changes {
    let mut changes = Changes::none();
    if invitation.state == InvitationState::Reopened && invitation.state != before.state {
        changes
            .log
            .push(entry(invitation, sync_log::test_reopened(), now));
    }
    if let Some(text) = end_text(before, invitation) {
        end(&mut changes, invitation, text, has_notices, now);
    }
    if let Some(field) = field {
        status_field::enqueue(&mut changes, invitation, field, now);
    }
    changes.invitations.push(Write::Put(invitation.clone()));
    changes
}

/// Logs the end of an invitation, and schedules the notice.
fn end(
    changes: &mut Changes,
    invitation: &mut Invitation,
    text: Text,
    has_notices: bool,
    now: DateTime<Utc>,
) {
    let text = match (&invitation.callback, has_notices) {
        (Some(_), true) => text,
        (Some(_), false) => text.and(sync_log::no_completion_credential().as_str()),
        // The push writes the result, and nothing else is reported to Greenhouse.
        (None, _) if invitation.stage.is_some() => text,
        (None, _) => text.and(sync_log::no_callback_address().as_str()),
    };
    changes.log.push(entry(invitation, text, now));
    if has_notices {
        notices::enqueue(changes, invitation, now);
    }
}

fn entry(invitation: &Invitation, text: Text, now: DateTime<Utc>) -> LogEntry {
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

/// Returns the log text if the invitation has ended since `before`, including by a later result.
fn end_text(before: &Invitation, invitation: &Invitation) -> Option<Text> {
    let again = before.completed_at.is_some() && before.completed_at != invitation.completed_at;
    if invitation.state == before.state && !again {
        return None;
    }
    match invitation.state {
        InvitationState::Completed if again => Some(sync_log::test_completed_again()),
        InvitationState::Completed => Some(sync_log::test_completed()),
        InvitationState::Withdrawn => Some(sync_log::test_withdrawn()),
        InvitationState::Expired => Some(sync_log::test_expired()),
        _ => None,
    }
}
