use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, CandidateId,
    platform::{Assessment, AssessmentState},
    scorecard::{NoteContext, Scorecard},
    settings::{JobMapping, PushSettings},
    store::{Invitation, Link, PersonKey, Push, PushFailure},
};
use sha2::{Digest, Sha256};

/// What a push is to bring into Greenhouse: an assessment that has everything a push needs.
pub(super) struct Plan {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) scenario: String,
    pub(super) scorecard: Scorecard,
    pub(super) completed_at: Option<DateTime<Utc>>,
    /// Where a new application goes; none where the application is known without.
    pub(super) mapping: Option<JobMapping>,
    /// Where the invitation said that the person already is.
    pub(super) invited_candidate: Option<CandidateId>,
    pub(super) invited_application: Option<ApplicationId>,
    /// Names the assessment in Greenhouse without telling its id: in file names and notes.
    pub(super) marker: String,
}

/// Why an assessment cannot be pushed as it is.
pub(super) struct Unfit {
    pub(super) code: &'static str,
    pub(super) text: String,
}

impl Plan {
    /// `placed` says that an application is known already, so that no mapping is needed.
    pub(super) fn of(
        account: &AccountId,
        assessment: &Assessment,
        invitation: Option<&Invitation>,
        settings: &PushSettings,
        placed: bool,
    ) -> Result<Self, Unfit> {
        if assessment.state != AssessmentState::Completed {
            return Err(Unfit::new(
                "not_completed",
                "The assessment is not completed. Push it when the candidate has finished.",
            ));
        }
        let Some(score) = assessment.score else {
            return Err(Unfit::new(
                "no_score",
                "The assessment has no score, so there is no recommendation to push.",
            ));
        };
        let Some(email) = email(assessment) else {
            return Err(Unfit::new(
                "no_email",
                "The candidate has no e-mail address. Without one nobody can tell whether the person is in Greenhouse \
                 already; add it in the product and push again.",
            ));
        };
        let (first_name, last_name) = names(assessment).ok_or_else(|| {
            Unfit::new(
                "no_name",
                "The candidate has no name, and Greenhouse asks for one. Add it in the product and push again.",
            )
        })?;
        let invited_application = invitation.and_then(|invitation| invitation.application);
        let mapping = assessment
            .job
            .as_ref()
            .and_then(|job| settings.jobs.get(job))
            .copied();
        if mapping.is_none() && invited_application.is_none() && !placed {
            return Err(Unfit::no_mapping(assessment));
        }
        Ok(Self {
            first_name,
            last_name,
            email: email.to_owned(),
            scenario: assessment.scenario_name.clone(),
            scorecard: Scorecard::new(
                score,
                assessment.traits.clone(),
                assessment.summary.clone(),
                &settings.thresholds,
            ),
            completed_at: assessment.completed_at,
            mapping,
            invited_candidate: invitation.and_then(|invitation| invitation.candidate),
            invited_application,
            marker: marker(account, assessment),
        })
    }
}

impl Plan {
    /// The text that says everything, with the marker by which it is found again.
    pub(super) fn note(&self, report_link: Option<&str>) -> String {
        let mut context = NoteContext::new(&self.scenario, &self.marker);
        if let Some(link) = report_link {
            context = context.with_report_link(link);
        }
        self.scorecard.render_note(&context)
    }
}

impl Unfit {
    fn new(code: &'static str, text: &str) -> Self {
        Self {
            code,
            text: text.to_owned(),
        }
    }

    fn no_mapping(assessment: &Assessment) -> Self {
        let text = match &assessment.job {
            Some(job) => format!(
                "The job \"{job}\" is mapped to no Greenhouse job. Map it in the push settings and push again."
            ),
            None => "The assessment was taken for no job, so it is not known which Greenhouse job it is for.".to_owned(),
        };
        Self {
            code: "no_mapping",
            text,
        }
    }

    pub(super) fn erased() -> Self {
        Self::new(
            "erased",
            "The candidate's data was erased in Greenhouse, so it is not brought back there.",
        )
    }

    pub(super) fn email_changed() -> Self {
        Self::new(
            "email_changed",
            "The candidate's e-mail address was changed in the product, and it is not known whether Greenhouse has the \
             person under the earlier one. Change it back and push; correct it afterwards, in Greenhouse, too.",
        )
    }

    /// Nothing is unknown, but the push was queued for the earlier address.
    pub(super) fn email_changed_meanwhile() -> Self {
        Self::new(
            "email_changed",
            "The candidate's e-mail address was changed in the product after the push was asked for. Push again.",
        )
    }

    pub(super) fn into_failure(self) -> PushFailure {
        PushFailure::new(None, self.code, self.text)
    }
}

/// Whether data of the person was erased since the push went to a candidate.
pub(super) fn is_erased(push: &Push, link: Option<&Link>) -> bool {
    link.is_some_and(|link| link.erased) || (push.candidate.is_some() && push.person.is_none())
}

/// The person's address, where there is one.
pub(super) fn email(assessment: &Assessment) -> Option<&str> {
    let email = assessment.person.email.as_deref()?.trim();
    (!email.is_empty()).then_some(email)
}

/// The person's key, where there is an address.
pub(super) fn person_key(account: &AccountId, assessment: &Assessment) -> Option<PersonKey> {
    email(assessment).map(|email| PersonKey::of_email(account, email))
}

/// First and last name, both of which Greenhouse requires. Whoever has one name only gets `-` as the last name.
fn names(assessment: &Assessment) -> Option<(String, String)> {
    let first = assessment.person.first_name.trim();
    let last = assessment.person.last_name.trim();
    match (first.is_empty(), last.is_empty()) {
        (false, false) => Some((first.to_owned(), last.to_owned())),
        (false, true) => Some((first.to_owned(), NO_LAST_NAME.to_owned())),
        (true, false) => Some((last.to_owned(), NO_LAST_NAME.to_owned())),
        (true, true) => None,
    }
}

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
