//! `GET /api/greenhouse/test-status?partner_interview_id=`
//!
//! Returns the status of an invitation. [Greenhouse's
//! page](https://developers.greenhouse.io/assessment.html) documents only the status `complete`,
//! with a public report URL and a score. Any other word means that the test is not complete.

mod metadata;

use std::fmt;

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
    Assessments, PartnerCaller,
    update_invitation::{has_result, is_known},
};
use crate::{
    PartnerError, notices,
    texts::{refusal, test_status as texts},
};

/// Response to a status request. Debug shows only the status.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(description = "Status of a test."))]
pub(crate) struct TestStatus {
    /// Status that Greenhouse shows to recruiters. `complete` once there is a result.
    partner_status: &'static str,
    /// Public address of the report. Always present when complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_profile_url: Option<Url>,
    /// Score with at most one decimal. Optional, even if complete (documented).
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_score: Option<Score>,
    /// Additional values to show with the score.
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "std::collections::BTreeMap<String, String>")
    )]
    metadata: Metadata,
}

impl fmt::Debug for TestStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestStatus")
            .field("partner_status", &self.partner_status)
            .finish_non_exhaustive()
    }
}

impl Assessments {
    /// Returns the status of an invitation from the stored state. The product is called for the
    /// result, and while the state is not final. A result without a report is not complete yet. If
    /// there is a result but the product is unavailable, Greenhouse receives another notice later.
    ///
    /// # Errors
    ///
    /// [`PartnerError::NotFound`] if the account has no invitation with this id;
    /// [`PartnerError::Product`] if there is a result but the product is unavailable;
    /// [`PartnerError::Store`].
    pub(crate) async fn test_status(
        &self,
        caller: &PartnerCaller,
        id: Option<String>,
    ) -> Result<TestStatus, PartnerError> {
        let (account, settings) = (&caller.account, &caller.settings);
        let id = match id {
            Some(id) if !id.is_empty() => super::invitation(id).ok_or(PartnerError::NotFound)?,
            _ => {
                let missing = refusal::MISSING_INTERVIEW_ID.to_owned();
                return Err(PartnerError::Malformed(missing));
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
            // The stored state may be returned, but not a completion without its score.
            Err(PartnerError::Product(_)) if invitation.state != InvitationState::Completed => {
                return Ok(TestStatus::unfinished(&invitation, None));
            }
            Err(error @ PartnerError::Product(_)) => {
                self.repeat_notice(account, invitation).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        if !has_result(&assessment) {
            return Ok(TestStatus::unfinished(&invitation, Some(&assessment)));
        }
        let report = match is_known(&invitation, &assessment) {
            true => self.reports.address(account, &assessment.id).await?,
            false => None,
        };
        Ok(match report {
            Some(report) => TestStatus::complete(&assessment, report, &settings.thresholds),
            None => TestStatus::without_report(&invitation, &assessment),
        })
    }

    /// Schedules another notice, because Greenhouse may ask only once after each notice. If a
    /// notice is being sent at the moment, only the invitation is written, and the sender then
    /// repeats the notice.
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
                    NoticeState::Accepted => {
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
    fn complete(assessment: &Assessment, report: Url, thresholds: &Thresholds) -> Self {
        Self {
            partner_status: texts::status(InvitationState::Completed),
            partner_profile_url: Some(report),
            partner_score: assessment.score.map(Score::rounded),
            metadata: Metadata::of_result(assessment, assessment.score, thresholds),
        }
    }

    fn unfinished(invitation: &Invitation, assessment: Option<&Assessment>) -> Self {
        Self {
            partner_status: texts::status(invitation.state),
            partner_profile_url: None,
            partner_score: None,
            metadata: assessment.map(Metadata::of_progress).unwrap_or_default(),
        }
    }

    /// Status of a result without a public report.
    fn without_report(invitation: &Invitation, assessment: &Assessment) -> Self {
        Self {
            partner_status: texts::WITHOUT_REPORT,
            ..Self::unfinished(invitation, Some(assessment))
        }
    }

    /// Status of an assessment that the product no longer has.
    fn gone(invitation: &Invitation) -> Self {
        Self {
            partner_status: texts::GONE,
            ..Self::unfinished(invitation, None)
        }
    }
}
