//! `POST /api/greenhouse/send-test`
//!
//! Greenhouse requests that a candidate takes a test. [Greenhouse's
//! page](https://developers.greenhouse.io/assessment.html) and its published samples document the
//! members and their older forms. That a repeated callback address means a retry is inferred.

#[cfg(feature = "openapi")]
mod body;
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

#[cfg(feature = "openapi")]
pub(crate) use self::body::SendTestBody;
use self::request::{SendTestRequest, application_of};
use super::Assessments;
use crate::{PartnerError, RequestRefusal, texts::sync_log};

/// Response to a `send_test`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct SentTest {
    /// Id with which Greenhouse asks for the status. Never null, because Greenhouse would keep
    /// asking for the status of null (reported).
    partner_interview_id: InvitationId,
}

impl Assessments {
    /// Receives a `send_test`. The invitation is stored before the response, and the candidate is
    /// invited shortly after. Sets `application` as soon as the id is known.
    ///
    /// Idempotent by the whole callback address, or by test and email address if there is no
    /// callback address. A known address with another candidate or test creates another invitation,
    /// and the sync log records the reuse. While the product is unavailable, the test cannot be
    /// checked. The request is then accepted, because Greenhouse's behaviour after a 5xx is
    /// unknown, and the invitation is refused later if the test does not exist.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Malformed`] if the body is not a JSON object; [`PartnerError::Refused`] with
    /// `missing_test`, `unknown_test`, `missing_email`, `bad_email`, or `bad_callback_url`;
    /// [`PartnerError::TooLarge`]; [`PartnerError::Store`].
    pub(crate) async fn send_test(
        &self,
        account: &AccountId,
        body: &Bytes,
        application: &mut Option<ApplicationId>,
    ) -> Result<SentTest, PartnerError> {
        let body = super::object(self.check_size(body)?)?;
        *application = application_of(&body);
        let request = SendTestRequest::read(body, &self.callback)?;
        let known = self.known_invitation(account, &request).await?;
        if let Known::Invitation(id) = known {
            return Ok(SentTest {
                partner_interview_id: id,
            });
        }
        let name = self.test_name(account, &request.scenario).await?;
        let (request, name) = (&request, name.as_deref());
        let mut known = Some(known);
        let decided = self.writer.decide(account, || {
            let known = known.take();
            async move {
                // Another host may have received the same request in the meantime.
                let known = match known {
                    Some(known) => known,
                    None => self.known_invitation(account, request).await?,
                };
                let (key, is_repeated) = match known {
                    Known::Invitation(id) => return Ok(Proposal::Keep(id)),
                    Known::Callback(key) => (key, true),
                    Known::Nothing => (request.key(), false),
                };
                let invitation = self.new_invitation(request, key)?;
                let id = invitation.id.clone();
                let changes = changes_of(invitation, name, is_repeated);
                Ok::<_, PartnerError>(Proposal::Write(changes, id))
            }
        });
        Ok(SentTest {
            partner_interview_id: decided.await?,
        })
    }

    /// Finds the invitation of a request, or of an earlier request with the same callback address.
    async fn known_invitation(
        &self,
        account: &AccountId,
        request: &SendTestRequest,
    ) -> Result<Known, PartnerError> {
        let by_key = |key| async move { self.records.invitation_by_request(account, &key).await };
        let mut found = by_key(request.key()).await?;
        if found.is_none()
            && let Some(key) = request.earlier_key()
        {
            let has_address = |known: &Invitation| {
                let known = known.callback.as_ref().map(RequestKey::of_callback);
                known.is_some_and(|known| known == request.key())
            };
            found = by_key(key).await?.filter(has_address);
        }
        let Some(found) = found else {
            return Ok(Known::Nothing);
        };
        if found.is_repeated_by(&request.scenario, request.candidate, &request.email) {
            return Ok(Known::Invitation(found.id));
        }
        let Some(key) = request.key_of_repeated_callback() else {
            return Ok(Known::Invitation(found.id));
        };
        let repeated = self.records.invitation_by_request(account, &key).await?;
        Ok(match repeated {
            Some(repeated) => Known::Invitation(repeated.id),
            None => Known::Callback(key),
        })
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
                let found = found.ok_or(RequestRefusal::UnknownTest)?;
                Ok(Some(found.name))
            }
            Err(PlatformError::Unavailable(_)) => Ok(None),
            Err(error) => Err(PartnerError::of_product(error)),
        }
    }

    fn new_invitation(
        &self,
        request: &SendTestRequest,
        key: RequestKey,
    ) -> Result<Invitation, PartnerError> {
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
            key,
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

/// Stored invitation that a request matches.
#[derive(Debug)]
enum Known {
    /// The invitation of the request.
    Invitation(InvitationId),
    /// An invitation with the same callback address, for another candidate or test. Contains the
    /// key for the new invitation.
    Callback(RequestKey),
    /// No invitation. The request is new.
    Nothing,
}

fn changes_of(invitation: Invitation, name: Option<&str>, is_repeated: bool) -> Changes {
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
    if is_repeated {
        let text = sync_log::callback_reused();
        let mut entry = LogEntry::new(at, direction, LogSubject::Problem, LogStatus::Done, text)
            .about_invitation(invitation.id.clone());
        entry.application = invitation.application;
        changes.log.push(entry);
    }
    let invitation_id = invitation.id.clone();
    let invite = Task::Invite {
        invitation: invitation_id,
    };
    changes.due.push(DueTask::new(invite, at));
    changes.invitations.push(Write::Put(invitation));
    changes
}
