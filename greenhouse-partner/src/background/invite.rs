use greenhouse_core::{
    AssessmentId, InvitationId,
    platform::{Invite, Person, PlatformError},
    store::{
        Changes, ClaimedTask, Direction, Invitation, InvitationState, LogEntry, LogStatus,
        LogSubject, Settlement, StoreError, Write,
    },
};

use crate::{PartnerService, notice, service::DECISIONS};

impl PartnerService {
    /// Has the product invite a candidate. Repeating it invites nobody twice: the invitation's id is always the same.
    pub(super) async fn invite(
        &self,
        work: &ClaimedTask,
        id: &InvitationId,
    ) -> Result<(), StoreError> {
        let Some(invitation) = self.parts.store.invitation(&work.account, id).await? else {
            return self.drop_work(work).await;
        };
        if invitation.assessment.is_some() || invitation.state.is_final() {
            return self.drop_work(work).await;
        }
        let Some(invite) = invite_of(&invitation) else {
            let reason = "the candidate's e-mail address was erased before the invitation";
            return self
                .settle_invite(work, invitation, Err(reason.to_owned()))
                .await;
        };
        let answer = match self
            .ask(self.parts.platform.invite(&work.account, &invite))
            .await
        {
            Ok(assessment) => Ok(assessment),
            Err(PlatformError::NotFound { what }) => Err(format!("the product has no such {what}")),
            Err(PlatformError::Refused { reason }) => Err(reason),
            Err(_) => return self.again(work).await,
        };
        self.settle_invite(work, invitation, answer).await
    }

    async fn settle_invite(
        &self,
        work: &ClaimedTask,
        mut invitation: Invitation,
        answer: Result<AssessmentId, String>,
    ) -> Result<(), StoreError> {
        let settings = self.parts.settings.assessments(&work.account).await?;
        let tells = settings.is_some_and(|settings| settings.completion.is_some());
        for _ in 0..DECISIONS {
            let mut changes = Changes::none();
            // Whoever was faster knows the product's assessment already, and how far it is.
            if invitation.assessment.is_none() && !invitation.state.is_final() {
                let mut next = invitation.clone();
                match &answer {
                    Ok(assessment) => {
                        next.assessment = Some(assessment.clone());
                        next.state = InvitationState::Invited;
                    }
                    Err(reason) => {
                        next.state = InvitationState::Refused;
                        let now = self.parts.clock.now();
                        let entry = LogEntry::new(
                            now,
                            Direction::FromGreenhouse,
                            LogSubject::Problem,
                            LogStatus::Failed,
                            format!("The candidate could not be invited: {reason}."),
                        );
                        changes.log.push(notice::about(entry, &next));
                        if tells {
                            notice::enqueue(&mut changes, &mut next, now);
                        }
                    }
                }
                changes.invitations.push(Write::Put(next));
            }
            if self.settle(work, changes, Settlement::Done).await? {
                return Ok(());
            }
            match self
                .parts
                .store
                .invitation(&work.account, &invitation.id)
                .await?
            {
                Some(read) => invitation = read,
                None => return self.drop_work(work).await,
            }
        }
        Ok(())
    }
}

/// What the product is asked; none where the e-mail address was erased.
fn invite_of(invitation: &Invitation) -> Option<Invite> {
    let person = &invitation.person;
    Some(Invite {
        invitation: invitation.id.clone(),
        scenario: invitation.scenario.clone(),
        person: Person {
            first_name: person.first_name.clone().unwrap_or_default(),
            last_name: person.last_name.clone().unwrap_or_default(),
            email: Some(person.email.clone()?),
        },
    })
}
