//! `POST /api/greenhouse/send-test`
//!
//! Greenhouse asks for a candidate to take a test. [Greenhouse's
//! page](https://developers.greenhouse.io/assessment.html) and its published samples document the
//! members and their older forms. That a repeated callback address means a retry is inferred.

pub(crate) mod request;

use bytes::Bytes;
use greenhouse_core::{
    AccountId, ApplicationId, InvitationId, ScenarioId,
    platform::PlatformError,
    random_bytes,
    store::{
        Changes, Direction, DueTask, Invitation, InvitedPerson, LogEntry, LogStatus, LogSubject,
        Proposal, RequestKey, Task, Write,
    },
};
use serde::Serialize;

use self::request::{SendTestRequest, application_of};
use super::Assessments;
use crate::{
    PartnerError,
    texts::{refusal, sync_log},
};

/// Response to a `send_test`.
#[derive(Debug, Serialize)]
pub(crate) struct SentTest {
    /// Id with which Greenhouse asks for the status. Never null, because Greenhouse would keep
    /// asking for the status of null (reported).
    partner_interview_id: InvitationId,
}

impl Assessments {
    /// Receives a `send_test`. The invitation is stored before the response, and the candidate is
    /// invited shortly after.
    ///
    /// Idempotent by the last segment of the callback address, or by test and email address if
    /// there is no callback address. While the product is unavailable, the test cannot be checked.
    /// The request is then accepted, because Greenhouse's behaviour after a 5xx is unknown, and the
    /// invitation is refused later if the test does not exist.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Malformed`] if the body is not a JSON object; [`PartnerError::Refused`] with
    /// `missing_test`, `unknown_test`, `missing_email`, `bad_email`, or `bad_callback_url`, which
    /// is also recorded in the sync log; [`PartnerError::TooLarge`]; [`PartnerError::Store`].
    pub(crate) async fn send_test(
        &self,
        account: &AccountId,
        body: &Bytes,
    ) -> Result<SentTest, PartnerError> {
        let body = super::object(self.check_size(body)?)?;
        let application = application_of(&body);
        let request = match SendTestRequest::read(body, &self.callback) {
            Ok(request) => request,
            Err(error) => {
                self.log_bad_callback(account, application, &error).await?;
                return Err(error);
            }
        };
        if let Some(id) = self.find_invitation(account, &request.key).await? {
            return Ok(SentTest {
                partner_interview_id: id,
            });
        }
        let name = self.test_name(account, &request.scenario).await?;
        let (request, name) = (&request, name.as_deref());
        let mut is_first = true;
        let decided = self.writer.decide(account, || {
            let is_first = std::mem::take(&mut is_first);
            async move {
                // Another host may have received the same request in the meantime.
                if !is_first && let Some(id) = self.find_invitation(account, &request.key).await? {
                    return Ok(Proposal::Keep(id));
                }
                let invitation = self.new_invitation(request)?;
                let id = invitation.id.clone();
                Ok::<_, PartnerError>(Proposal::Write(changes_of(invitation, name), id))
            }
        });
        Ok(SentTest {
            partner_interview_id: decided.await?,
        })
    }

    async fn find_invitation(
        &self,
        account: &AccountId,
        key: &RequestKey,
    ) -> Result<Option<InvitationId>, PartnerError> {
        let known = self.records.invitation_by_request(account, key).await?;
        Ok(known.map(|known| known.id))
    }

    /// Logs a refused callback address. Either the partner key has leaked, or Greenhouse uses a
    /// host that the policy does not allow, and a candidate is waiting.
    async fn log_bad_callback(
        &self,
        account: &AccountId,
        application: Option<ApplicationId>,
        error: &PartnerError,
    ) -> Result<(), PartnerError> {
        let PartnerError::Refused {
            code: refusal::BAD_CALLBACK,
            message,
        } = error
        else {
            return Ok(());
        };
        let mut entry = LogEntry::new(
            self.writer.now(),
            Direction::FromGreenhouse,
            LogSubject::Problem,
            LogStatus::Failed,
            sync_log::test_refused(message),
        );
        entry.application = application;
        let mut changes = Changes::none();
        changes.log.push(entry);
        Ok(self.writer.append(account, changes).await?)
    }

    /// Returns the name of a test. `None` if the product is unavailable.
    async fn test_name(
        &self,
        account: &AccountId,
        wanted: &ScenarioId,
    ) -> Result<Option<String>, PartnerError> {
        match self
            .product
            .call(|product| product.scenarios(account))
            .await
        {
            Ok(scenarios) => {
                let mut scenarios = scenarios.into_iter();
                let found = scenarios.find(|scenario| scenario.id == *wanted);
                let found = found.ok_or(PartnerError::refused(refusal::UNKNOWN_TEST))?;
                Ok(Some(found.name))
            }
            Err(PlatformError::Unavailable(_)) => Ok(None),
            Err(error) => Err(PartnerError::of_product(error)),
        }
    }

    fn new_invitation(&self, request: &SendTestRequest) -> Result<Invitation, PartnerError> {
        let id = hex::encode(random_bytes::<16>()?);
        let SendTestRequest {
            first_name,
            last_name,
            email,
            ..
        } = request;
        let mut person = InvitedPerson::new(first_name, last_name, email);
        person.more = request.more.clone();
        let mut invitation = Invitation::new(
            InvitationId::new(id),
            request.key.clone(),
            request.scenario.clone(),
            person,
            self.writer.now(),
        );
        invitation.candidate = request.candidate;
        invitation.application = request.application;
        invitation.callback = request.callback.clone();
        Ok(invitation)
    }
}

fn changes_of(invitation: Invitation, name: Option<&str>) -> Changes {
    let mut changes = Changes::none();
    let at = invitation.created_at;
    let text = match name {
        Some(name) => sync_log::test_received(name),
        None => sync_log::test_received_while_unavailable(),
    };
    let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Invitation);
    let mut entry = LogEntry::new(at, direction, subject, LogStatus::Done, text)
        .about_invitation(invitation.id.clone());
    entry.application = invitation.application;
    changes.log.push(entry);
    let invitation_id = invitation.id.clone();
    let invite = Task::Invite {
        invitation: invitation_id,
    };
    changes.due.push(DueTask::new(invite, at));
    changes.invitations.push(Write::Put(invitation));
    changes
}
