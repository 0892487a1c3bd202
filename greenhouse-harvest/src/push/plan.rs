use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, CandidateId, StageId, Text,
    person::{self, EmailAddress, EmailProblem},
    platform::{Assessment, AssessmentState},
    scorecard::{NoteContext, Scorecard},
    settings::{JobMapping, PushSettings},
    store::{Invitation, Link, PersonKey, Push, PushRemark},
};
use sha2::{Digest, Sha256};

use super::texts::sync_log as texts;

/// Everything that a push writes to Greenhouse, from a completed assessment.
pub(super) struct PushPlan {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: EmailAddress,
    pub(super) scenario: String,
    pub(super) scorecard: Scorecard,
    pub(super) completed_at: Option<DateTime<Utc>>,
    /// Job and stage of a new application. `None` if the application already exists.
    pub(super) mapping: Option<JobMapping>,
    /// The invitation's candidate.
    pub(super) invited_candidate: Option<CandidateId>,
    /// The invitation's application.
    pub(super) invited_application: Option<ApplicationId>,
    /// Stage whose test this is. `None` for a test that Greenhouse sent.
    pub(super) invited_stage: Option<StageId>,
    /// Time of the invitation.
    pub(super) invited_at: Option<DateTime<Utc>>,
    /// Digest that identifies the assessment in file names and notes.
    pub(super) marker: String,
}

/// Reason why an assessment cannot be pushed.
pub(super) struct NotPushable {
    pub(super) text: Text,
}

impl PushPlan {
    /// Plans the push. `placed` is `true` if the application is known, so that no mapping is
    /// needed.
    pub(super) fn new(
        account: &AccountId,
        assessment: &Assessment,
        invitation: Option<&Invitation>,
        settings: &PushSettings,
        placed: bool,
    ) -> Result<Self, NotPushable> {
        if assessment.state != AssessmentState::Completed {
            return Err(texts::not_completed().into());
        }
        let email = email(assessment).ok_or_else(texts::no_email)?;
        let email = EmailAddress::parse(email)
            .map_err(|problem| texts::invalid_email(&problem.to_string()))?;
        let (first_name, last_name) = names(assessment).ok_or_else(texts::no_name)?;
        let invited_application = invitation.and_then(|invitation| invitation.application);
        let mapping = assessment
            .job
            .as_ref()
            .and_then(|job| settings.jobs.get(job))
            .copied();
        if mapping.is_none() && invited_application.is_none() && !placed {
            let text = match &assessment.job {
                Some(job) => texts::no_mapping(job.as_str()),
                None => texts::no_job(),
            };
            return Err(text.into());
        }
        Ok(Self {
            first_name,
            last_name,
            email,
            scenario: assessment.scenario_name.clone(),
            scorecard: Scorecard::new(
                assessment.score,
                assessment.traits.clone(),
                assessment.summary.clone(),
                &settings.thresholds,
            ),
            completed_at: assessment.completed_at,
            mapping,
            invited_candidate: invitation.and_then(|invitation| invitation.candidate),
            invited_application,
            invited_stage: invitation.and_then(|invitation| invitation.stage),
            invited_at: invitation.map(|invitation| invitation.created_at),
            marker: marker(account, assessment),
        })
    }

    /// Returns the text of the note, with the marker that later searches look for. Includes the
    /// person's name if the candidate in Greenhouse has a different name.
    pub(super) fn note(&self, report_link: Option<&str>, push: &Push) -> String {
        let person = [&*self.first_name, &*self.last_name].join(" ");
        let mut context = NoteContext::new(&self.scenario, &self.marker);
        if push.remarks.contains(&PushRemark::OtherName) {
            context = context.with_person(&person);
        }
        if let Some(link) = report_link {
            context = context.with_report_link(link);
        }
        self.scorecard.render_note(&context)
    }
}

impl From<Text> for NotPushable {
    fn from(text: Text) -> Self {
        Self { text }
    }
}

/// Returns `true` if everything about the person was erased. An erasure of single fields does not
/// stop a push, because the person is still a candidate.
pub(super) fn is_erased(push: &Push, link: Option<&Link>) -> bool {
    push.erased || link.is_some_and(|link| link.erased)
}

/// Returns the person's email address without validation. `None` if it has no visible characters.
fn email(assessment: &Assessment) -> Option<&str> {
    let email = assessment.person.email.as_deref()?;
    (EmailAddress::parse(email) != Err(EmailProblem::Empty)).then_some(email)
}

/// Digest that identifies the person. `None` if the person has no email address.
pub(super) fn person_key(account: &AccountId, assessment: &Assessment) -> Option<PersonKey> {
    email(assessment).map(|email| PersonKey::of_email(account, email))
}

/// First and last name. Greenhouse requires both, so the last name is `-` if the person has only
/// one name. `None` if the person has no name.
fn names(assessment: &Assessment) -> Option<(String, String)> {
    let first = person::name(&assessment.person.first_name);
    let last = person::name(&assessment.person.last_name);
    match (first.is_empty(), last.is_empty()) {
        (false, false) => Some((first, last)),
        (false, true) => Some((first, NO_LAST_NAME.to_owned())),
        (true, false) => Some((last, NO_LAST_NAME.to_owned())),
        (true, true) => None,
    }
}

/// Returns a digest that identifies the assessment without revealing its id.
fn marker(account: &AccountId, assessment: &Assessment) -> String {
    let mut digest = Sha256::new();
    digest.update(account.as_str());
    digest.update([0]);
    digest.update(assessment.id.as_str());
    let digest = digest.finalize();
    let half = digest.iter().take(MARKER_BYTES);
    half.map(|byte| format!("{byte:02x}")).collect()
}

const NO_LAST_NAME: &str = "-";
const MARKER_BYTES: usize = 12;
