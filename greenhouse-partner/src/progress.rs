//! How an invitation follows the product's assessment.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId,
    platform::{Assessment, AssessmentState, PlatformError},
    store::{
        Applied, Changes, Direction, Invitation, InvitationState, LogEntry, LogStatus, LogSubject,
        Write,
    },
};

use crate::{
    PartnerError, PartnerService,
    endpoint::report::is_public,
    notice,
    service::{DECISIONS, contended},
};

impl PartnerService {
    /// The product tells that an assessment changed: began, was completed, withdrawn or expired; also that its report is
    /// there, where that comes later than the score.
    ///
    /// Idempotent, and free of order: the state is read from the product. An assessment that did not come in through an
    /// invitation changes nothing. A lost call is healed by the next status request.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Product`] and [`PartnerError::Store`], worth another call.
    pub async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PartnerError> {
        let store = &self.parts.store;
        let mut invitation = store.invitation_of_assessment(account, assessment).await?;
        if invitation.is_none() {
            // The candidate can be faster than the commit of the product's answer to our invitation.
            let found = self.read_assessment(account, assessment).await?;
            if let Some(id) = found.and_then(|found| found.invitation) {
                invitation = store.invitation(account, &id).await?;
            }
        }
        match invitation {
            Some(invitation) => self
                .follow(account, invitation, assessment)
                .await
                .map(|_| ()),
            None => Ok(()),
        }
    }

    /// Brings an invitation to where the product's assessment is, in one commit with what that causes. Answers the
    /// invitation as it then stands, with the assessment if the product has it.
    ///
    /// The product is asked after the invitation was read, and again after a conflict: so an answer that was overtaken
    /// never takes an invitation back.
    pub(crate) async fn follow(
        &self,
        account: &AccountId,
        mut invitation: Invitation,
        assessment: &AssessmentId,
    ) -> Result<(Invitation, Option<Assessment>), PartnerError> {
        for _ in 0..DECISIONS {
            let Some(found) = self.read_assessment(account, assessment).await? else {
                return Ok((invitation, None));
            };
            let mut next = invitation.clone();
            let has_report = self.has_report(account, &invitation, &found).await?;
            take(&mut next, &found, has_report);
            if next == invitation {
                return Ok((next, Some(found)));
            }
            let settings = self.parts.settings.assessments(account).await?;
            let tells = settings.is_some_and(|settings| settings.completion.is_some());
            let changes = advance(&invitation, &mut next, tells, self.parts.clock.now());
            if self.apply(account, changes).await? == Applied::Applied {
                return Ok((next, Some(found)));
            }
            let read = self.parts.store.invitation(account, &invitation.id).await?;
            invitation = read.ok_or(PartnerError::NotFound)?;
        }
        Err(contended().into())
    }

    /// Whether the public can open the report of what is completed. Once a completion is known, it is.
    async fn has_report(
        &self,
        account: &AccountId,
        invitation: &Invitation,
        assessment: &Assessment,
    ) -> Result<bool, PartnerError> {
        if has_result(assessment) && !is_known(invitation, assessment) {
            let report = self.parts.platform.report_url(account, &assessment.id);
            return match self.ask(report).await {
                Ok(url) => Ok(is_public(&url)),
                Err(PlatformError::NotFound { .. } | PlatformError::Refused { .. }) => Ok(false),
                Err(error) => Err(PartnerError::of_product(error)),
            };
        }
        Ok(true)
    }

    async fn read_assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PartnerError> {
        match self
            .ask(self.parts.platform.assessment(account, assessment))
            .await
        {
            Ok(found) => Ok(found),
            Err(PlatformError::NotFound { .. }) => Ok(None),
            Err(error) => Err(PartnerError::of_product(error)),
        }
    }
}

/// A completion without a score is not one yet: Greenhouse refuses it (documented that the score is a number).
pub(crate) fn has_result(assessment: &Assessment) -> bool {
    assessment.state == AssessmentState::Completed && assessment.score.is_some()
}

/// Whether it is this result that the invitation was completed with.
pub(crate) fn is_known(invitation: &Invitation, assessment: &Assessment) -> bool {
    invitation.state == InvitationState::Completed
        && invitation.completed_at == assessment.completed_at
}

/// Takes the product's word into the record. A result without a report is none yet: Greenhouse drops it where the public
/// cannot open its URL (reported). An earlier one stays until the report of the later one is there.
fn take(invitation: &mut Invitation, assessment: &Assessment, has_report: bool) {
    invitation.assessment = Some(assessment.id.clone());
    if !has_report && invitation.state == InvitationState::Completed {
        return;
    }
    invitation.state = state_of(assessment, invitation.state, has_report);
    if invitation.state == InvitationState::Completed {
        invitation.completed_at = assessment.completed_at;
    }
}

/// What follows from a new state: the record, its log entry, and the notice to Greenhouse where it `tells`.
fn advance(
    before: &Invitation,
    invitation: &mut Invitation,
    tells: bool,
    now: DateTime<Utc>,
) -> Changes {
    let mut changes = Changes::none();
    if invitation.state == InvitationState::Reopened && invitation.state != before.state {
        let text = "The test is open to the candidate again. What Greenhouse has of it stays until it is ended again.";
        changes.log.push(followed(invitation, text, now));
    }
    if let Some(text) = ending(before, invitation) {
        ended(&mut changes, invitation, text, tells, now);
    }
    changes.invitations.push(Write::Put(invitation.clone()));
    changes
}

/// Logs how an invitation ended, and has Greenhouse told of it.
fn ended(
    changes: &mut Changes,
    invitation: &mut Invitation,
    text: &str,
    tells: bool,
    now: DateTime<Utc>,
) {
    let how = match (&invitation.callback, tells) {
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
    if tells {
        notice::enqueue(changes, invitation, now);
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
    notice::about(entry, invitation)
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

/// In words, where it has ended since; a later result is another end.
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
