use greenhouse_core::{
    AccountId, AssessmentId, InvitationId, Text,
    parking::TaskError,
    platform::{Invite, Person, PlatformError},
    status_field,
    store::{
        Changes, ClaimedTask, Direction, DueTask, Invitation, InvitationState, Link, LogEntry,
        LogStatus, LogSubject, Settlement, StoreError, Task, Write,
    },
};

use super::{Assessments, invite_details::details_of};
use crate::{
    notices,
    texts::{self, sync_log},
};

impl Assessments {
    /// Asks the product to invite a candidate. The invitation id makes repeated calls idempotent.
    pub(crate) async fn invite(
        &self,
        task: &ClaimedTask,
        id: &InvitationId,
    ) -> Result<(), TaskError> {
        let invitation = self.records.invitation(&task.account, id).await?;
        let Some(invitation) = invitation.filter(is_open) else {
            return Ok(self.writer.done(task).await?);
        };
        let answer = match invite_of(&invitation) {
            Some(invite) => {
                let call = self
                    .product
                    .call(|product| product.invite(&task.account, &invite));
                match call.await {
                    Ok(assessment) => Ok(assessment),
                    Err(PlatformError::NotFound { what }) => Err(match invitation.stage {
                        None => sync_log::invitation_not_found(what),
                        Some(_) => sync_log::stage_invitation_not_found(what),
                    }),
                    Err(PlatformError::Refused { reason }) => {
                        let reason = texts::reason(&reason);
                        Err(match invitation.stage {
                            None => sync_log::invitation_rejected(&reason),
                            Some(_) => sync_log::stage_invitation_rejected(&reason),
                        })
                    }
                    Err(error) => return self.writer.again_after(task, &error).await,
                }
            }
            None => Err(sync_log::invitation_erased()),
        };
        Ok(self.settle_invite(task, invitation, &answer).await?)
    }

    async fn settle_invite(
        &self,
        task: &ClaimedTask,
        invitation: Invitation,
        answer: &Result<AssessmentId, Text>,
    ) -> Result<(), StoreError> {
        let has_notices = self.has_notices(&task.account).await?;
        let id = &invitation.id.clone();
        let mut first = Some(invitation);
        let decision = || {
            let first = first.take();
            async move {
                let mut changes = Changes::none();
                let invitation = match first {
                    Some(invitation) => Some(invitation),
                    None => self.records.invitation(&task.account, id).await?,
                };
                // If the assessment changed in the meantime, the invitation already contains the
                // assessment's id.
                if let Some(invitation) = invitation.filter(is_open) {
                    let account = &task.account;
                    let field = self.status_field(account).await?;
                    let field = field.as_deref();
                    let invitation =
                        self.apply_response(&mut changes, invitation, answer, has_notices, field);
                    self.link_application(account, &mut changes, &invitation)
                        .await?;
                }
                Ok((changes, Settlement::Done))
            }
        };
        self.writer.settle(task, decision).await
    }

    fn apply_response(
        &self,
        changes: &mut Changes,
        mut invitation: Invitation,
        answer: &Result<AssessmentId, Text>,
        has_notices: bool,
        field: Option<&str>,
    ) -> Invitation {
        match answer {
            Ok(assessment) => {
                invitation.assessment = Some(assessment.clone());
                invitation.state = InvitationState::Invited;
            }
            Err(text) => {
                invitation.state = InvitationState::Refused;
                let now = self.writer.now();
                let entry = LogEntry::new(
                    now,
                    Direction::FromGreenhouse,
                    LogSubject::Problem,
                    LogStatus::Failed,
                    text.clone(),
                );
                changes.log.push(notices::about(entry, &invitation));
                if has_notices {
                    notices::enqueue(changes, &mut invitation, now);
                }
            }
        }
        invitation.drop_read_members();
        if let Some(field) = field {
            status_field::enqueue(changes, &mut invitation, field, self.writer.now());
        }
        changes.invitations.push(Write::Put(invitation.clone()));
        invitation
    }

    /// Links a new assessment to the application for which Greenhouse sent the test, if the account
    /// applies the sync rules to invitations. Webhooks about the application that were ignored until
    /// now are replayed.
    pub(super) async fn link_application(
        &self,
        account: &AccountId,
        changes: &mut Changes,
        invitation: &Invitation,
    ) -> Result<(), StoreError> {
        let Some(link) = Link::of_invitation(invitation) else {
            return Ok(());
        };
        let sync = self.settings.sync(account).await?;
        if !sync.is_some_and(|sync| sync.invited_applications) {
            return Ok(());
        }
        if self
            .records
            .link(account, &link.assessment)
            .await?
            .is_some()
        {
            return Ok(());
        }
        let task = Task::replay_ignored(&link.assessment, invitation.created_at);
        changes.due.push(DueTask::new(task, self.writer.now()));
        changes.links.push(Write::Put(link));
        Ok(())
    }
}

fn is_open(invitation: &Invitation) -> bool {
    invitation.assessment.is_none() && !invitation.state.is_final()
}

/// Builds the request to the product. `None` if the email address was erased.
fn invite_of(invitation: &Invitation) -> Option<Invite> {
    let person = &invitation.person;
    let (id, scenario) = (invitation.id.clone(), invitation.scenario.clone());
    let invited = Person {
        first_name: person.first_name.clone().unwrap_or_default(),
        last_name: person.last_name.clone().unwrap_or_default(),
        email: Some(person.email.clone()?),
    };
    let mut invite = Invite::new(id, scenario, invited);
    invite.details = details_of(&person.more, invitation.created_at);
    Some(invite)
}
