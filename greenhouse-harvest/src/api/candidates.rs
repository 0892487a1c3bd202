use std::fmt;

use greenhouse_core::{JobId, StageId};
use serde::{Deserialize, Serialize};

use super::{
    Application,
    filter::filter,
    row::{part, row},
};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/candidates` (official description). A private person whom the acting user may not see is not found
    /// (inferred).
    pub fn candidates(&self, filter: &CandidateFilter) -> List<Candidate> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/candidates` (reference text, and several clients agree). Greenhouse does not look for duplicates
    /// (documented).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_candidate(&self, new: &NewCandidate) -> Result<CreatedCandidate, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write::<CreatedForm>(&call)
            .await
            .map(CreatedCandidate::from)
    }
}

filter! {
    /// Which candidates to list (documented).
    pub struct CandidateFilter of CandidateId {
        /// With exactly this address, whichever of the person's it is, in any letter case.
        email: String,
    }
}

row! {
    /// A person in Greenhouse (official description). Neither applications nor attachments are in the row.
    pub struct Candidate of CandidateId {
        /// The given name.
        first_name: String,
        /// The family name.
        last_name: String,
        /// The addresses.
        email_addresses: Vec<ContactPoint>,
        /// Whether only some users may see the person.
        private: bool,
        /// The names of the person's tags.
        tags: Vec<String>,
    }
}

part! {
    /// A way to reach a person: an address of any kind, or a telephone number.
    pub struct ContactPoint {
        /// The address or number.
        value: String,
        /// What kind it is, such as `personal` or `work` (documented).
        kind = "type": String,
    }
}

/// An e-mail address of a person to create. Debug shows its kind only.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EmailAddress {
    /// The address.
    pub value: String,
    /// `personal`, `work` or `other` (documented).
    #[serde(rename = "type")]
    pub kind: String,
}

impl EmailAddress {
    /// A personal address.
    pub fn personal(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            kind: "personal".to_owned(),
        }
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailAddress")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A person to create. Debug shows no personal data.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct NewCandidate {
    /// The given name; required.
    pub first_name: String,
    /// The family name; required.
    pub last_name: String,
    /// The addresses.
    pub email_addresses: Vec<EmailAddress>,
    /// One application that is created along with the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<NewCandidateApplication>,
}

impl NewCandidate {
    /// A person with one personal address and no application.
    pub fn new(
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        email: impl Into<String>,
    ) -> Self {
        Self {
            first_name: first_name.into(),
            last_name: last_name.into(),
            email_addresses: vec![EmailAddress::personal(email)],
            application: None,
        }
    }

    /// The person together with an application on this job.
    ///
    /// That `initial_stage_id` is taken here is known from one client program only; on `POST /v3/applications` it is in
    /// the official description.
    #[must_use]
    pub fn applying(mut self, job_id: JobId, initial_stage_id: Option<StageId>) -> Self {
        self.application = Some(NewCandidateApplication {
            job_id,
            initial_stage_id,
        });
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

/// The application that is created along with a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NewCandidateApplication {
    /// The job.
    pub job_id: JobId,
    /// The stage of the job's interview plan to begin at; without one, the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_stage_id: Option<StageId>,
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
enum CreatedForm {
    Wrapped {
        candidate: Candidate,
        #[serde(default)]
        application: Option<Application>,
    },
    Flat(Candidate),
}

impl From<CreatedForm> for CreatedCandidate {
    fn from(form: CreatedForm) -> Self {
        match form {
            CreatedForm::Wrapped {
                candidate,
                application,
            } => Self {
                candidate,
                application,
            },
            CreatedForm::Flat(candidate) => Self {
                candidate,
                application: None,
            },
        }
    }
}

pub(super) const LIST: Route = Route::get("/v3/candidates", "harvest:candidates:list");
pub(super) const CREATE: Route = Route::post("/v3/candidates", "harvest:candidates:create");

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

    #[test]
    fn debug_shows_nobody() {
        let new =
            NewCandidate::new("Mira", "Okafor", "mira@example.org").applying(JobId::new(1), None);
        let row: Candidate = from_value(json!({"id": 1, "first_name": "Mira",
            "email_addresses": [{"value": "mira@example.org", "type": "work"}]}))
        .unwrap();
        let filter = CandidateFilter::new().email("mira@example.org");
        let debug = format!("{new:?} {row:?} {filter:?} {:?}", row.email_addresses);
        assert!(!debug.to_lowercase().contains("mira"), "{debug}");
    }
}
