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
    /// A person to create (documented; no official description of the body). Debug shows no personal data.
    pub struct NewCandidate, fn named {
        required {
            /// The given name.
            first_name: String,
            /// The family name.
            last_name: String,
        }
        optional {
            /// What the person is called.
            preferred_name: String,
            /// The present employer.
            company: String,
            /// The present position.
            title: String,
            /// The time zone.
            time_zone: String,
            /// Whether only some users may see the person. Rows call it `private`.
            is_private: bool,
            /// Whether e-mails may be sent to the person.
            can_email: bool,
            /// One application that is created along with the person.
            application: NewCandidateApplication,
        }
        lists {
            /// E-mail addresses.
            email_addresses: EmailAddress,
            /// Telephone numbers.
            phone_numbers: PhoneNumber,
            /// Postal addresses.
            addresses: PostalAddress,
            /// Web pages.
            website_addresses: WebsiteAddress,
            /// Addresses in social networks.
            social_media_addresses: SocialMediaAddress,
            /// Tags, by name.
            tags: String,
            /// Values of custom fields.
            custom_fields: NewCustomFieldValue,
        }
    }
}

impl NewCandidate {
    /// A person with one personal address and no application.
    pub fn new(
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        email: impl Into<String>,
    ) -> Self {
        let mut new = Self::named(first_name, last_name);
        new.email_addresses = vec![EmailAddress::personal(email)];
        new
    }

    /// The person together with an application on this job.
    ///
    /// That `initial_stage_id` is taken here is known from one client program only; on `POST /v3/applications` it is in
    /// the official description.
    #[must_use]
    pub fn applying(self, job_id: JobId, initial_stage_id: Option<StageId>) -> Self {
        self.applying_from(job_id, initial_stage_id, None)
    }

    /// The same, with where the person comes from.
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

    /// The person as a prospect.
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

/// The application that is created along with a person, in one of two forms that do not mix.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum NewCandidateApplication {
    /// On a job.
    Candidate(FirstApplication),
    /// As a prospect.
    Prospect(FirstProspect),
}

body! {
    /// An application on a job that is created along with a person (documented).
    #[derive(Debug, Eq)]
    pub struct FirstApplication, pub fn new {
        required {
            /// The job.
            job_id: JobId,
        }
        optional {
            /// The stage of the job's interview plan to begin at; without one, the first. One client program sends it.
            initial_stage_id: StageId,
            /// Where the person comes from.
            source_id: SourceId,
            /// The recruiter.
            recruiter_id: UserId,
            /// The coordinator.
            coordinator_id: UserId,
            /// Who referred the person.
            referrer_id: ReferrerId,
        }
    }
}

body! {
    /// A prospect that is created along with a person (documented; its members are sent by one client program only).
    #[derive(Debug, Eq)]
    pub struct FirstProspect, pub fn new {
        fixed { prospect: bool = true, }
        optional {
            /// The pool.
            prospect_pool_id: ProspectPoolId,
            /// The stage of the pool.
            prospect_pool_stage_id: ProspectPoolStageId,
            /// Whose prospect it is.
            prospect_owner_id: UserId,
            /// Where the person comes from.
            source_id: SourceId,
            /// The recruiter.
            recruiter_id: UserId,
            /// The coordinator.
            coordinator_id: UserId,
            /// Who referred the person.
            referrer_id: ReferrerId,
        }
        lists {
            /// Jobs that the person may be good for.
            job_ids: JobId,
        }
    }
}

impl Default for FirstProspect {
    fn default() -> Self {
        Self::new()
    }
}

/// What became of [`NewCandidate`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CreatedCandidate {
    /// The person.
    pub candidate: Candidate,
    /// The application that was created along, where the answer carries it. Without it, it may exist all the same: two
    /// clients read an answer that is the person alone.
    pub application: Option<Application>,
}

/// Wrapped in two clients and the documentation of a connector, flat in two other clients.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum CreatedForm {
    Wrapped {
        candidate: Box<Candidate>,
        #[serde(default)]
        application: Option<Box<Application>>,
    },
    Flat(Box<Candidate>),
}

impl From<CreatedForm> for CreatedCandidate {
    fn from(form: CreatedForm) -> Self {
        match form {
            CreatedForm::Wrapped {
                candidate,
                application,
            } => Self {
                candidate: *candidate,
                application: application.map(|application| *application),
            },
            CreatedForm::Flat(candidate) => Self {
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
    fn understands_both_answers_to_a_create() {
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
                CreatedCandidate::from(from_value::<CreatedForm>(answer.clone()).unwrap());
            assert_eq!(created.candidate.id.value(), 7_310_442_002, "{answer}");
            assert_eq!(created.application.is_some(), applied, "{answer}");
        }
        assert!(from_value::<CreatedForm>(json!({"message": "accepted"})).is_err());
    }
}
