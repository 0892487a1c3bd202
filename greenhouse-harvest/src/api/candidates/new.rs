use std::fmt;

use greenhouse_core::{JobId, SourceId, StageId, UserId};
use serde::{Deserialize, Serialize};

use super::{
    Candidate, EmailAddress, PhoneNumber, PostalAddress, SocialMediaAddress, WebsiteAddress,
};
use crate::api::{
    Application, NewCustomFieldValue, ProspectPoolId, ProspectPoolStageId, ReferrerId, body::body,
};

body! {
    /// New person (documented; no official description of the body). `Debug` shows no personal
    /// data.
    pub struct NewCandidate, fn with_names {
        required {
            /// Given name.
            first_name: String,
            /// Family name.
            last_name: String,
        }
        optional {
            /// Preferred name.
            preferred_name: String,
            /// Current employer.
            company: String,
            /// Current position.
            title: String,
            /// Time zone.
            time_zone: String,
            /// `true` if only some users can see the person. Rows call this member `private`.
            is_private: bool,
            /// `true` if emails may be sent to the person.
            can_email: bool,
            /// Application that is created together with the person.
            application: NewCandidateApplication,
        }
        lists {
            /// Email addresses.
            email_addresses: EmailAddress,
            /// Phone numbers.
            phone_numbers: PhoneNumber,
            /// Postal addresses.
            addresses: PostalAddress,
            /// Web pages.
            website_addresses: WebsiteAddress,
            /// Social media addresses.
            social_media_addresses: SocialMediaAddress,
            /// Tags, by name.
            tags: String,
            /// Values of custom fields.
            custom_fields: NewCustomFieldValue,
        }
    }
}

impl NewCandidate {
    /// Creates a person with one personal email address and no application.
    pub fn new(
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        email: impl Into<String>,
    ) -> Self {
        let mut new = Self::with_names(first_name, last_name);
        new.email_addresses = vec![EmailAddress::personal(email)];
        new
    }

    /// Adds an application for this job.
    ///
    /// Only one client program is known to send `initial_stage_id` here. The official description
    /// contains this member for `POST /v3/applications`.
    #[must_use]
    pub fn applying(self, job_id: JobId, initial_stage_id: Option<StageId>) -> Self {
        self.applying_from(job_id, initial_stage_id, None)
    }

    /// Same as `applying`, and sets the person's source.
    #[must_use]
    pub fn applying_from(
        mut self,
        job_id: JobId,
        initial_stage_id: Option<StageId>,
        source_id: Option<SourceId>,
    ) -> Self {
        let mut application = FirstApplication::new(job_id);
        application.initial_stage_id = initial_stage_id;
        application.source_id = source_id;
        self.application = Some(NewCandidateApplication::Candidate(application));
        self
    }

    /// Adds the person as a prospect.
    #[must_use]
    pub fn as_prospect(mut self, prospect: FirstProspect) -> Self {
        self.application = Some(NewCandidateApplication::Prospect(prospect));
        self
    }
}

impl fmt::Debug for NewCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewCandidate")
            .field("application", &self.application)
            .finish_non_exhaustive()
    }
}

/// Application that is created together with a person, in one of two exclusive forms.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum NewCandidateApplication {
    /// Application for a job.
    Candidate(FirstApplication),
    /// Prospect.
    Prospect(FirstProspect),
}

body! {
    /// Application for a job that is created together with a person (documented).
    #[derive(Debug, Eq)]
    pub struct FirstApplication, pub fn new {
        required {
            /// Job.
            job_id: JobId,
        }
        optional {
            /// Initial stage in the job's interview plan. Default: the first stage. One client
            /// program sends this member.
            initial_stage_id: StageId,
            /// Source of the person.
            source_id: SourceId,
            /// Recruiter.
            recruiter_id: UserId,
            /// Coordinator.
            coordinator_id: UserId,
            /// Referrer of the person.
            referrer_id: ReferrerId,
        }
    }
}

body! {
    /// Prospect that is created together with a person (documented; only one client program sends
    /// its members).
    #[derive(Debug, Eq)]
    pub struct FirstProspect, pub fn new {
        fixed { prospect: bool = true, }
        optional {
            /// Prospect pool.
            prospect_pool_id: ProspectPoolId,
            /// Stage of the prospect pool.
            prospect_pool_stage_id: ProspectPoolStageId,
            /// Owner of the prospect.
            prospect_owner_id: UserId,
            /// Source of the person.
            source_id: SourceId,
            /// Recruiter.
            recruiter_id: UserId,
            /// Coordinator.
            coordinator_id: UserId,
            /// Referrer of the person.
            referrer_id: ReferrerId,
        }
        lists {
            /// Jobs that may suit the person.
            job_ids: JobId,
        }
    }
}

impl Default for FirstProspect {
    fn default() -> Self {
        Self::new()
    }
}

/// Response to [`NewCandidate`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CreatedCandidate {
    /// Created person.
    pub candidate: Candidate,
    /// Application that was created together with the person, if the response contains it.
    /// Otherwise, the application may still exist, because two clients read a response that
    /// contains only the person.
    pub application: Option<Application>,
}

/// Forms of the response: wrapped in two clients and in a connector's documentation, flat in two
/// other clients.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum CandidateForm {
    Wrapped {
        candidate: Box<Candidate>,
        #[serde(default)]
        application: Option<Box<Application>>,
    },
    Flat(Box<Candidate>),
}

impl From<CandidateForm> for CreatedCandidate {
    fn from(form: CandidateForm) -> Self {
        match form {
            CandidateForm::Wrapped {
                candidate,
                application,
            } => Self {
                candidate: *candidate,
                application: application.map(|application| *application),
            },
            CandidateForm::Flat(candidate) => Self {
                candidate: *candidate,
                application: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn parses_both_forms_of_the_response() {
        let application = json!({"id": 8_120_034_002_i64, "candidate_id": 7_310_442_002_i64});
        for (answer, applied) in [
            (
                json!({"candidate": {"id": 7_310_442_002_i64}, "application": application}),
                true,
            ),
            (
                json!({"candidate": {"id": 7_310_442_002_i64}, "application": null}),
                false,
            ),
            (json!({"candidate": {"id": 7_310_442_002_i64}}), false),
            (
                json!({"id": 7_310_442_002_i64, "first_name": null, "news": [1]}),
                false,
            ),
        ] {
            let created =
                CreatedCandidate::from(from_value::<CandidateForm>(answer.clone()).unwrap());
            assert_eq!(created.candidate.id.value(), 7_310_442_002, "{answer}");
            assert_eq!(created.application.is_some(), applied, "{answer}");
        }
        assert!(from_value::<CandidateForm>(json!({"message": "accepted"})).is_err());
    }
}
