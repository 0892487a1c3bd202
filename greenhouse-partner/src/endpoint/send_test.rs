//! `POST /api/greenhouse/send-test`
//!
//! Greenhouse wants a candidate to take a test. [Greenhouse's page](https://developers.greenhouse.io/assessment.html);
//! the members and their drift are documented or published. That a repeated address is a retry is inferred.

pub(crate) mod body;

use greenhouse_core::{
    AccountId, InvitationId, ScenarioId,
    platform::PlatformError,
    random_bytes,
    store::{
        Applied, Changes, Direction, DueTask, Invitation, InvitedPerson, LogEntry, LogStatus,
        LogSubject, Task, Write,
    },
};
use serde::Serialize;

use self::body::{BAD_CALLBACK, Wish, concerned};
use super::bounded;
use crate::{
    PartnerError, PartnerService,
    service::{DECISIONS, contended},
};

/// The answer to a `send_test`: what Greenhouse asks for the status with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SentTest {
    /// The invitation. Never null: Greenhouse would keep asking for the status of nothing (reported).
    pub partner_interview_id: InvitationId,
}

impl PartnerService {
    /// Takes a `send_test`: durable before it answers, and the candidate is invited soon after.
    ///
    /// Idempotent by the last segment of the address for the completion call, and without one by test and e-mail. While
    /// the product does not answer, an unknown test cannot be told from a known one; the request is then taken, and an
    /// unknown test shows as a refused invitation later, since what Greenhouse does on a 5xx is unknown.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Malformed`] where the body is no JSON object; [`PartnerError::Refused`] with `missing_test`,
    /// `unknown_test`, `missing_email`, `bad_email`, or `bad_callback_url`, which the sync log tells as well;
    /// [`PartnerError::TooLarge`]; [`PartnerError::Store`].
    pub async fn send_test(
        &self,
        account: &AccountId,
        body: &[u8],
    ) -> Result<SentTest, PartnerError> {
        bounded(body, self.parts.config.body_limit)?;
        let wish = match Wish::read(body, &self.parts.config.callback) {
            Ok(wish) => wish,
            Err(error) => {
                self.note_strange_address(account, body, &error).await?;
                return Err(error);
            }
        };
        if let Some(known) = self
            .parts
            .store
            .invitation_by_request(account, &wish.request)
            .await?
        {
            return Ok(SentTest {
                partner_interview_id: known.id,
            });
        }
        let name = self.name_of_test(account, &wish.scenario).await?;
        for _ in 0..DECISIONS {
            let invitation = self.new_invitation(&wish)?;
            let id = invitation.id.clone();
            match self
                .apply(account, received(invitation, name.as_deref()))
                .await?
            {
                Applied::Applied => {
                    return Ok(SentTest {
                        partner_interview_id: id,
                    });
                }
                // Another host took the same request; its invitation counts.
                _ => {
                    if let Some(known) = self
                        .parts
                        .store
                        .invitation_by_request(account, &wish.request)
                        .await?
                    {
                        return Ok(SentTest {
                            partner_interview_id: known.id,
                        });
                    }
                }
            }
        }
        Err(contended().into())
    }

    /// A refused address shows in the sync log: either somebody has the partner key, or Greenhouse calls from a host that
    /// the policy does not know yet, and a candidate waits.
    async fn note_strange_address(
        &self,
        account: &AccountId,
        body: &[u8],
        error: &PartnerError,
    ) -> Result<(), PartnerError> {
        let PartnerError::Refused {
            code: BAD_CALLBACK,
            message,
        } = error
        else {
            return Ok(());
        };
        let entry = LogEntry::new(
            self.parts.clock.now(),
            Direction::FromGreenhouse,
            LogSubject::Problem,
            LogStatus::Failed,
            format!("A test that was sent in Greenhouse's name was refused: {message}."),
        );
        let mut changes = Changes::none();
        changes.log.push(match concerned(body) {
            Some(application) => entry.about_application(application),
            None => entry,
        });
        match self.apply(account, changes).await? {
            Applied::Applied => Ok(()),
            _ => Err(contended().into()),
        }
    }

    /// The name of a test that exists; none where the product does not answer.
    async fn name_of_test(
        &self,
        account: &AccountId,
        wanted: &ScenarioId,
    ) -> Result<Option<String>, PartnerError> {
        match self.ask(self.parts.platform.scenarios(account)).await {
            Ok(scenarios) => {
                let found = scenarios
                    .into_iter()
                    .find(|scenario| scenario.id == *wanted);
                let found = found.ok_or_else(|| {
                    PartnerError::refused("unknown_test", "partner_test_id: there is no such test")
                })?;
                Ok(Some(found.name))
            }
            Err(PlatformError::Unavailable(_)) => Ok(None),
            Err(error) => Err(PartnerError::of_product(error)),
        }
    }

    fn new_invitation(&self, wish: &Wish) -> Result<Invitation, PartnerError> {
        let id = hex::encode(random_bytes::<16>()?);
        let mut person = InvitedPerson::new(&wish.first_name, &wish.last_name, &wish.email);
        person.more = wish.more.clone();
        let mut invitation = Invitation::new(
            InvitationId::new(id),
            wish.request.clone(),
            wish.scenario.clone(),
            person,
            self.parts.clock.now(),
        );
        invitation.candidate = wish.candidate;
        invitation.application = wish.application;
        invitation.callback = wish.callback.clone();
        Ok(invitation)
    }
}

fn received(invitation: Invitation, name: Option<&str>) -> Changes {
    let mut changes = Changes::none();
    let at = invitation.created_at;
    let text = match name {
        Some(name) => {
            format!("Greenhouse sent the test \"{name}\"; the candidate is being invited.")
        }
        None => "Greenhouse sent a test; the candidate is invited as soon as the product answers."
            .to_owned(),
    };
    let entry = LogEntry::new(
        at,
        Direction::FromGreenhouse,
        LogSubject::Invitation,
        LogStatus::Done,
        text,
    )
    .about_invitation(invitation.id.clone());
    changes.log.push(match invitation.application {
        Some(application) => entry.about_application(application),
        None => entry,
    });
    changes.due.push(DueTask::new(
        Task::Invite {
            invitation: invitation.id.clone(),
        },
        at,
    ));
    changes.invitations.push(Write::Put(invitation));
    changes
}
