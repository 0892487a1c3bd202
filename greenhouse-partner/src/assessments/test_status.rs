//! `GET /api/greenhouse/test-status?partner_interview_id=`
//!
//! How far an invitation is. [Greenhouse's page](https://developers.greenhouse.io/assessment.html): `complete` is the one
//! documented status, with a public report URL and a score; any other means not finished, and no list of words exists.

mod metadata;

use greenhouse_core::{
    AccountId, later,
    platform::Assessment,
    scorecard::{Score, Thresholds},
    store::{Changes, Invitation, InvitationState, NoticeState, Proposal, Write},
};
use serde::Serialize;
use url::Url;

use self::metadata::Metadata;
use super::{
    Assessments, Caller,
    progress::{has_result, is_known},
};
use crate::{PartnerError, notices};

/// The answer to a status request.
#[derive(Debug, Serialize)]
pub(crate) struct TestStatus {
    /// Plain words for the recruiter; `complete` once there is a result.
    partner_status: &'static str,
    /// Public address of the report. Always present when complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_profile_url: Option<Url>,
    /// Always present when complete, as a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_score: Option<Score>,
    /// More to show beside the score.
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    metadata: Metadata,
}

impl Assessments {
    /// Returns the status of an invitation, from our own state. The product is asked while that is
    /// not final, and for the result. A result that the product has no report of is not complete
    /// yet. If there is a result and the product does not answer with it, Greenhouse is sent
    /// another notice later.
    ///
    /// # Errors
    ///
    /// [`PartnerError::NotFound`] if the account has no such invitation; [`PartnerError::Product`]
    /// if there is a result and the product does not answer with it; [`PartnerError::Store`].
    pub(crate) async fn test_status(
        &self,
        caller: &Caller,
        id: Option<String>,
    ) -> Result<TestStatus, PartnerError> {
        let (account, settings) = (&caller.account, &caller.settings);
        let id = match id {
            Some(id) if !id.is_empty() => super::invitation(id).ok_or(PartnerError::NotFound)?,
            _ => {
                let missing = "partner_interview_id: it is missing";
                return Err(PartnerError::Malformed(missing.to_owned()));
            }
        };
        let invitation = self.records.invitation(account, &id).await?;
        let invitation = invitation.ok_or(PartnerError::NotFound)?;
        let Some(assessment) = &invitation.assessment else {
            return Ok(TestStatus::unfinished(&invitation, None));
        };
        let has_notices = settings.completion.is_some();
        let followed = self.follow(account, invitation.clone(), assessment, has_notices);
        let (invitation, assessment) = match followed.await {
            Ok((invitation, Some(assessment))) => (invitation, assessment),
            Ok((invitation, None)) => return Ok(TestStatus::gone(&invitation)),
            // An older state is better than none, but a completion without its score is no answer.
            Err(PartnerError::Product(_)) if invitation.state != InvitationState::Completed => {
                return Ok(TestStatus::unfinished(&invitation, None));
            }
            Err(error @ PartnerError::Product(_)) => {
                self.repeat_notice(account, invitation).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        match assessment.score {
            Some(score) if is_known(&invitation, &assessment) => {
                let report = self.reports.address(account, &assessment.id).await?;
                Ok(match report {
                    Some(report) => {
                        TestStatus::complete(&assessment, score, report, &settings.thresholds)
                    }
                    None => TestStatus::without_report(&invitation, &assessment),
                })
            }
            _ if has_result(&assessment) => {
                Ok(TestStatus::without_report(&invitation, &assessment))
            }
            _ => Ok(TestStatus::unfinished(&invitation, Some(&assessment))),
        }
    }

    /// Sends another notice after a while, upon which Greenhouse asks again: after the first one, it
    /// may ask this one time alone. It can also ask while the notice is being sent. Then the sender
    /// finds the record written, and sends the notice again.
    async fn repeat_notice(
        &self,
        account: &AccountId,
        invitation: Invitation,
    ) -> Result<(), PartnerError> {
        let id = &invitation.id.clone();
        let mut first = Some(invitation);
        let decided = self.writer.decide(account, || {
            let first = first.take();
            async move {
                let mut invitation = match first {
                    Some(invitation) => invitation,
                    None => {
                        let read = self.records.invitation(account, id).await?;
                        read.ok_or(PartnerError::NotFound)?
                    }
                };
                let mut changes = Changes::none();
                match invitation.notice {
                    NoticeState::Due => {}
                    NoticeState::Taken => {
                        let now = self.writer.now();
                        let at = later(now, self.writer.backoff.longest());
                        notices::repeat(&mut changes, &mut invitation, now, at);
                    }
                    _ => return Ok(Proposal::Keep(())),
                }
                changes.invitations.push(Write::Put(invitation));
                Ok::<_, PartnerError>(Proposal::Write(changes, ()))
            }
        });
        decided.await
    }
}

impl TestStatus {
    fn complete(
        assessment: &Assessment,
        score: Score,
        report: Url,
        thresholds: &Thresholds,
    ) -> Self {
        Self {
            partner_status: word(InvitationState::Completed),
            partner_profile_url: Some(report),
            partner_score: Some(score),
            metadata: Metadata::of_result(assessment, score, thresholds),
        }
    }

    fn unfinished(invitation: &Invitation, assessment: Option<&Assessment>) -> Self {
        Self {
            partner_status: word(invitation.state),
            partner_profile_url: None,
            partner_score: None,
            metadata: assessment.map(Metadata::of_progress).unwrap_or_default(),
        }
    }

    /// There is a result, but nothing that Greenhouse could show of it: it asks again.
    fn without_report(invitation: &Invitation, assessment: &Assessment) -> Self {
        Self {
            partner_status: WITHOUT_REPORT,
            ..Self::unfinished(invitation, Some(assessment))
        }
    }

    /// The product no longer has the assessment, so there is no score to call it complete with.
    fn gone(invitation: &Invitation) -> Self {
        Self {
            partner_status: GONE,
            ..Self::unfinished(invitation, None)
        }
    }
}

fn word(state: InvitationState) -> &'static str {
    match state {
        InvitationState::Received => "invitation pending",
        InvitationState::Invited => "invited",
        InvitationState::Started => "in progress",
        InvitationState::Completed => "complete",
        InvitationState::Withdrawn => "withdrawn",
        InvitationState::Expired => "expired",
        InvitationState::Refused => "invitation failed",
        InvitationState::Reopened => "open again",
        _ => "in progress",
    }
}

const GONE: &str = "no longer available";
const WITHOUT_REPORT: &str = "waiting for the report";
