use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

use crate::{
    AccountId, AssessmentId, InvitationId,
    platform::{
        Assessment, AssessmentPlatform, AssessmentState, CandidateProfile, Completed,
        CompletedAssessment, CompletedCursor, Invite, Outcome, PlatformError, ProductJob, Scenario,
    },
};

/// In-memory product. It fulfills the contract of [`AssessmentPlatform`], records reported
/// outcomes, can be switched off, and can panic.
#[derive(Debug, Default)]
pub struct FakePlatform {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    down: bool,
    refuses: Option<String>,
    panics: bool,
    without_reports: bool,
    reports_pending: bool,
    cannot_list: bool,
    scenarios: BTreeMap<AccountId, Vec<Scenario>>,
    jobs: BTreeMap<AccountId, Vec<ProductJob>>,
    assessments: BTreeMap<(AccountId, AssessmentId), Assessment>,
    profiles: BTreeMap<(AccountId, AssessmentId), CandidateProfile>,
    invited: BTreeMap<(AccountId, InvitationId), AssessmentId>,
    invites: Vec<Invite>,
    revoked_urls: BTreeMap<(AccountId, AssessmentId), u64>,
    outcomes: BTreeMap<(AccountId, AssessmentId), (Outcome, u64)>,
    reported: Vec<(AccountId, AssessmentId, Outcome, u64)>,
}

impl FakePlatform {
    /// Creates a product without accounts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a scenario to an account.
    pub fn add_scenario(&self, account: &AccountId, scenario: Scenario) {
        self.state()
            .scenarios
            .entry(account.clone())
            .or_default()
            .push(scenario);
    }

    /// Adds a job to an account.
    pub fn add_job(&self, account: &AccountId, job: ProductJob) {
        self.state()
            .jobs
            .entry(account.clone())
            .or_default()
            .push(job);
    }

    /// Stores an assessment. Replaces an assessment with the same id.
    pub fn put(&self, account: &AccountId, assessment: Assessment) {
        self.state()
            .assessments
            .insert((account.clone(), assessment.id.clone()), assessment);
    }

    /// Stores the profile of an assessment's candidate.
    pub fn set_profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        profile: CandidateProfile,
    ) {
        let key = (account.clone(), assessment.clone());
        self.state().profiles.insert(key, profile);
    }

    /// Switches the product off or on. While off, every call returns
    /// [`PlatformError::Unavailable`].
    pub fn set_down(&self, down: bool) {
        self.state().down = down;
    }

    /// Makes every call return [`PlatformError::Refused`] with this reason. `None` ends the
    /// refusals.
    pub fn set_refusing(&self, reason: Option<String>) {
        self.state().refuses = reason;
    }

    /// Sets whether every call panics.
    pub fn set_panicking(&self, panics: bool) {
        self.state().panics = panics;
    }

    /// Sets whether all assessments lack a report. Report calls then return
    /// [`PlatformError::NotFound`].
    pub fn set_without_reports(&self, without: bool) {
        self.state().without_reports = without;
    }

    /// Sets whether the reports of all assessments are still being generated. Report calls then
    /// return [`PlatformError::NotReady`].
    pub fn set_reports_pending(&self, pending: bool) {
        self.state().reports_pending = pending;
    }

    /// Sets whether the product is unable to list completed assessments.
    pub fn set_cannot_list(&self, cannot: bool) {
        self.state().cannot_list = cannot;
    }

    /// Number of invited candidates, not counting repeats.
    pub fn invited(&self) -> usize {
        self.state().invited.len()
    }

    /// Every accepted request to invite a candidate, in order and without repeats.
    pub fn invites(&self) -> Vec<Invite> {
        self.state().invites.clone()
    }

    /// Latest outcome of an assessment, with its revision. `None` if none was reported.
    pub fn outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Option<(Outcome, u64)> {
        self.state()
            .outcomes
            .get(&(account.clone(), assessment.clone()))
            .copied()
    }

    /// Number of reported outcomes, counting repeats.
    pub fn outcome_calls(&self) -> usize {
        self.state().reported.len()
    }

    /// Every reported outcome with its revision, in order and with repeats.
    pub fn reported_outcomes(&self) -> Vec<(AccountId, AssessmentId, Outcome, u64)> {
        self.state().reported.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn up(&self) -> Result<MutexGuard<'_, State>, PlatformError> {
        let state = self.state();
        assert!(!state.panics, "the test made the product panic");
        if state.down {
            Err(PlatformError::Unavailable("switched off".into()))
        } else if let Some(reason) = state.refuses.clone() {
            Err(PlatformError::Refused { reason })
        } else {
            Ok(state)
        }
    }

    fn completed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PlatformError> {
        let state = self.up()?;
        match state
            .assessments
            .get(&(account.clone(), assessment.clone()))
        {
            Some(found) if found.state == AssessmentState::Completed && state.reports_pending => {
                Err(PlatformError::NotReady)
            }
            Some(found) if found.state == AssessmentState::Completed && !state.without_reports => {
                Ok(())
            }
            _ => Err(PlatformError::NotFound { what: "report" }),
        }
    }
}

#[async_trait]
impl AssessmentPlatform for FakePlatform {
    async fn scenarios(&self, account: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        Ok(self
            .up()?
            .scenarios
            .get(account)
            .cloned()
            .unwrap_or_default())
    }

    async fn jobs(&self, account: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        Ok(self.up()?.jobs.get(account).cloned().unwrap_or_default())
    }

    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError> {
        let mut state = self.up()?;
        let key = (account.clone(), invite.invitation.clone());
        if let Some(assessment) = state.invited.get(&key) {
            return Ok(assessment.clone());
        }
        let scenarios = state.scenarios.get(account).cloned().unwrap_or_default();
        let Some(scenario) = scenarios
            .into_iter()
            .find(|scenario| scenario.id == invite.scenario)
        else {
            return Err(PlatformError::NotFound { what: "scenario" });
        };
        let id = AssessmentId::new(format!("assessment-of-{}", invite.invitation));
        let assessment = Assessment {
            id: id.clone(),
            scenario: scenario.id,
            scenario_name: scenario.name,
            job: None,
            person: invite.person.clone(),
            state: AssessmentState::Invited,
            score: None,
            traits: Vec::new(),
            summary: None,
            started_at: None,
            completed_at: None,
            invitation: Some(invite.invitation.clone()),
            metadata: BTreeMap::new(),
        };
        state
            .assessments
            .insert((account.clone(), id.clone()), assessment);
        state.invited.insert(key, id.clone());
        state.invites.push(invite.clone());
        Ok(id)
    }

    async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        Ok(self
            .up()?
            .assessments
            .get(&(account.clone(), assessment.clone()))
            .cloned())
    }

    async fn profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        let key = (account.clone(), assessment.clone());
        Ok(self.up()?.profiles.get(&key).cloned().unwrap_or_default())
    }

    async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        self.completed(account, assessment)?;
        Ok(Bytes::from_static(b"%PDF-1.4\n%%EOF\n"))
    }

    async fn report_url(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError> {
        self.completed(account, assessment)?;
        let key = (account.clone(), assessment.clone());
        let url = match self.up()?.revoked_urls.get(&key) {
            None => format!("https://product.example/reports/{assessment}"),
            Some(times) => format!("https://product.example/reports/{assessment}?after={times}"),
        };
        Url::parse(&url).map_err(|error| PlatformError::Unavailable(error.into()))
    }

    async fn revoke_report_urls(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PlatformError> {
        let mut state = self.up()?;
        let key = (account.clone(), assessment.clone());
        let times = state.revoked_urls.entry(key).or_default();
        *times = times.saturating_add(1);
        Ok(())
    }

    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), PlatformError> {
        let mut state = self.up()?;
        let call = (account.clone(), assessment.clone(), outcome, revision);
        state.reported.push(call);
        let known = state
            .outcomes
            .entry((account.clone(), assessment.clone()))
            .or_insert((outcome, 0));
        if revision > known.1 {
            *known = (outcome, revision);
        }
        Ok(())
    }

    async fn completed_since(
        &self,
        account: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Completed, PlatformError> {
        let state = self.up()?;
        if state.cannot_list {
            return Ok(Completed::NotSupported);
        }
        let mut rows: Vec<_> = state
            .assessments
            .iter()
            .filter(|((owner, _), found)| {
                owner == account && found.state == AssessmentState::Completed
            })
            .filter_map(|((_, id), found)| {
                let (id, at) = (id.clone(), found.completed_at?);
                Some(CompletedAssessment { id, at })
            })
            .filter(|row| (row.at, Some(&row.id)) > (cursor.at, cursor.after.as_ref()))
            .collect();
        rows.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        rows.truncate(limit);
        Ok(Completed::Page(rows))
    }
}
