//! The product, which sometimes loses responses, refuses candidates or is down. It logs every
//! invitation e-mail.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, InvitationId, ScenarioId,
    platform::{
        Assessment, AssessmentPlatform, AssessmentState, CandidateProfile, Completed,
        CompletedCursor, Invite, Outcome, PlatformError, ProductJob, Scenario,
    },
    scorecard::Score,
    testing::FakePlatform,
};
use url::Url;

#[derive(Debug)]
pub(crate) struct Product {
    inner: FakePlatform,
    account: AccountId,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    down: bool,
    /// Failure of the next call that invites a candidate.
    next: Option<Trouble>,
    letters: Vec<InvitationId>,
    refused: Vec<InvitationId>,
    changes: BTreeMap<InvitationId, Vec<Change>>,
}

/// Ways in which an invitation can fail.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// The candidate is invited, and the response is lost.
    AnswerLost,
    Refused,
}

/// A state change of an assessment and its time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) at: DateTime<Utc>,
    pub(crate) assessment: AssessmentId,
    pub(crate) state: AssessmentState,
    pub(crate) score: Option<f64>,
}

impl Product {
    pub(crate) fn of(account: AccountId) -> Self {
        let inner = FakePlatform::new();
        inner.add_scenario(
            &account,
            Scenario {
                id: ScenarioId::new(SCENARIO),
                name: "Discovery call".to_owned(),
            },
        );
        Self {
            inner,
            account,
            log: Mutex::default(),
        }
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.log().down = down;
        self.inner.set_down(down);
    }

    pub(crate) fn is_down(&self) -> bool {
        self.log().down
    }

    pub(crate) fn trouble_next(&self, trouble: Option<Trouble>) {
        self.log().next = trouble;
    }

    /// Returns the invitation of every e-mail that was sent, in order.
    pub(crate) fn letters(&self) -> Vec<InvitationId> {
        self.log().letters.clone()
    }

    /// Returns the invitations that the product refused.
    pub(crate) fn refused(&self) -> Vec<InvitationId> {
        self.log().refused.clone()
    }

    /// Returns the state changes of an invitation in order.
    pub(crate) fn changes(&self, invitation: &InvitationId) -> Vec<Change> {
        let log = self.log();
        log.changes.get(invitation).cloned().unwrap_or_default()
    }

    /// Reads an invitation, even while the product is down for its callers.
    pub(crate) async fn look(&self, invitation: &InvitationId) -> Option<Assessment> {
        let id = AssessmentId::new(format!("assessment-of-{invitation}"));
        self.inner.set_down(false);
        let found = self.inner.assessment(&self.account, &id).await.unwrap();
        self.inner.set_down(self.is_down());
        found
    }

    /// Changes the state of an assessment and returns its id, for the event to the host.
    pub(crate) fn change(
        &self,
        mut assessment: Assessment,
        state: AssessmentState,
        score: f64,
        at: DateTime<Utc>,
    ) -> AssessmentId {
        let id = assessment.id.clone();
        assessment.started_at.get_or_insert(at);
        if state == AssessmentState::Completed {
            assessment.score = Score::new(score).ok();
            assessment.completed_at = Some(at);
        }
        assessment.state = state;
        let score = assessment.score.map(Score::value);
        let invitation = assessment.invitation.clone().unwrap();
        let change = Change {
            at,
            assessment: id.clone(),
            state,
            score,
        };
        let mut log = self.log();
        log.changes.entry(invitation).or_default().push(change);
        drop(log);
        self.inner.put(&self.account, assessment);
        id
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap()
    }
}

#[async_trait]
impl AssessmentPlatform for Product {
    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError> {
        let id = invite.invitation.clone();
        let trouble = {
            let mut log = self.log();
            if log.down {
                None
            } else if log.refused.contains(&id) {
                return Err(refusal());
            } else {
                // An invited candidate is no longer refused.
                let known = log.letters.contains(&id);
                log.next
                    .take_if(|next| !(known && matches!(next, Trouble::Refused)))
            }
        };
        if matches!(trouble, Some(Trouble::Refused)) {
            self.log().refused.push(id);
            return Err(refusal());
        }
        let assessment = self.inner.invite(account, invite).await?;
        let mut log = self.log();
        if !log.letters.contains(&id) {
            log.letters.push(id);
        }
        match trouble {
            Some(_) => Err(PlatformError::Unavailable("the response was lost".into())),
            None => Ok(assessment),
        }
    }

    async fn scenarios(&self, account: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        self.inner.scenarios(account).await
    }

    async fn jobs(&self, account: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        self.inner.jobs(account).await
    }

    async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        self.inner.assessment(account, assessment).await
    }

    async fn profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        self.inner.profile(account, assessment).await
    }

    async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        self.inner.report_pdf(account, assessment).await
    }

    async fn report_url(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError> {
        self.inner.report_url(account, assessment).await
    }

    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), PlatformError> {
        let applied = self
            .inner
            .apply_outcome(account, assessment, outcome, revision);
        applied.await
    }

    async fn completed_since(
        &self,
        account: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Completed, PlatformError> {
        self.inner.completed_since(account, cursor, limit).await
    }
}

fn refusal() -> PlatformError {
    PlatformError::Refused {
        reason: "the candidate takes no more tests".to_owned(),
    }
}

pub(crate) const SCENARIO: &str = "discovery-call";
