//! `GET /api/greenhouse/test-status?partner_interview_id=`
//!
//! How far an invitation is. [Greenhouse's page](https://developers.greenhouse.io/assessment.html): `complete` is the one
//! documented status, with a public report URL and a score; any other means not finished, and no list of words exists.

mod metadata;

use greenhouse_core::{
    AccountId, InvitationId, later,
    platform::Assessment,
    scorecard::{Score, Thresholds},
    store::{Applied, Changes, Invitation, InvitationState, NoticeState, Write},
};
use serde::Serialize;
use url::Url;

pub use self::metadata::Metadata;
use crate::{
    PartnerError, PartnerService, notice,
    progress::{has_result, is_known},
    service::{DECISIONS, contended},
};

/// The answer to a status request.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TestStatus {
    /// Plain words for the recruiter; `complete` once there is a result.
    pub partner_status: &'static str,
    /// Where the public finds the report. Always there when complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner_profile_url: Option<Url>,
    /// Always there when complete, as a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner_score: Option<Score>,
    /// More to show beside the score.
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
}

impl PartnerService {
    /// How far an invitation is, from our own state; the product is asked while that is not final, and for the result.
    /// A result that the product has no report of is not complete yet.
    /// Where there is a result and the product does not answer with it, Greenhouse is told of it again later.
    ///
    /// # Errors
    ///
    /// [`PartnerError::NotFound`] where the account has no such invitation; [`PartnerError::Product`] where there is a
    /// result and the product does not answer with it; [`PartnerError::Store`].
    pub async fn test_status(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<TestStatus, PartnerError> {
        let settings = self.switched_on(account).await?;
        let invitation = self.parts.store.invitation(account, id).await?;
        let invitation = invitation.ok_or(PartnerError::NotFound)?;
        let Some(assessment_id) = &invitation.assessment else {
            return Ok(TestStatus::unfinished(&invitation, None));
        };
        match self
            .follow(account, invitation.clone(), assessment_id)
            .await
        {
            Ok((invitation, Some(assessment))) => match assessment.score {
                Some(score) if is_known(&invitation, &assessment) => {
                    let access = self
                        .parts
                        .store
                        .report_access(account, &assessment.id)
                        .await?;
                    let report = self
                        .parts
                        .reports
                        .of(account, &assessment.id, access.as_ref())
                        .await?;
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
            },
            Ok((invitation, None)) => Ok(TestStatus::gone(&invitation)),
            // An older state is better than none, but a completion without its score is no answer.
            Err(PartnerError::Product(_)) if invitation.state != InvitationState::Completed => {
                Ok(TestStatus::unfinished(&invitation, None))
            }
            Err(error @ PartnerError::Product(_)) => {
                self.have_it_ask_again(account, invitation).await?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Once it was told, Greenhouse may ask this one time alone. So it is told again after a while, and asks again then. It can
    /// also ask while the notice is being sent: then whoever sends it finds the record written, and sends it again.
    async fn have_it_ask_again(
        &self,
        account: &AccountId,
        mut invitation: Invitation,
    ) -> Result<(), PartnerError> {
        for _ in 0..DECISIONS {
            let id = invitation.id.clone();
            let mut changes = Changes::none();
            match invitation.notice {
                NoticeState::Due => {}
                NoticeState::Taken => {
                    let now = self.parts.clock.now();
                    let at = later(now, self.parts.config.work_backoff.longest());
                    notice::repeat(&mut changes, &mut invitation, now, at);
                }
                _ => return Ok(()),
            }
            changes.invitations.push(Write::Put(invitation));
            if self.apply(account, changes).await? == Applied::Applied {
                return Ok(());
            }
            let read = self.parts.store.invitation(account, &id).await?;
            invitation = read.ok_or(PartnerError::NotFound)?;
        }
        Err(contended().into())
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

/// Reads the one parameter.
pub(crate) fn invitation_id(parameter: Option<String>) -> Result<InvitationId, PartnerError> {
    match parameter {
        Some(id) if !id.is_empty() => super::invitation(id).ok_or(PartnerError::NotFound),
        _ => Err(PartnerError::Malformed(
            "partner_interview_id: it is missing".to_owned(),
        )),
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
