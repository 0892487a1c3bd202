use crate::handle::MockGreenhouse;
use crate::rows::{Address, CandidateChanges};
use crate::state::ActError;

/// A seeded job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeededJob {
    /// Id of the job.
    pub job_id: i64,
    /// The job's stages in order.
    pub stages: Vec<SeededStage>,
}

impl SeededJob {
    /// Returns the id of the first stage with this name.
    #[must_use]
    pub fn stage(&self, name: &str) -> Option<i64> {
        self.stages
            .iter()
            .find(|stage| stage.name == name)
            .map(|stage| stage.id)
    }
}

/// A stage of a seeded job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeededStage {
    /// The id of the job interview stage.
    pub id: i64,
    /// Name of the stage.
    pub name: String,
}

/// A seeded custom field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeededField {
    /// Id of the field.
    pub field_id: i64,
    /// Key of the field in request bodies and rows.
    pub name_key: String,
    /// Ids of the field's options in order.
    pub option_ids: Vec<i64>,
}

/// Rows that are added without firing webhooks.
impl MockGreenhouse {
    /// Adds an open job with these stages in this order.
    pub fn seed_job(&self, name: &str, stages: &[&str]) -> SeededJob {
        let (job_id, ids) = self.world.state().add_job(name, stages, self.world.now());
        let stages = ids
            .into_iter()
            .zip(stages)
            .map(|(id, name)| SeededStage {
                id,
                name: (*name).to_owned(),
            })
            .collect();
        SeededJob { job_id, stages }
    }

    /// Adds a stage at the end of a job's plan. Returns the stage's id.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the job does not exist.
    pub fn seed_stage(&self, job: i64, name: &str) -> Result<i64, ActError> {
        self.world.state().add_stage(job, name, self.world.now())
    }

    /// Adds a candidate with one personal e-mail address. Returns the candidate's id.
    pub fn seed_candidate(&self, first_name: &str, last_name: &str, email: &str) -> i64 {
        let person = CandidateChanges {
            first_name: Some(first_name.to_owned()),
            last_name: Some(last_name.to_owned()),
            email_addresses: Some(vec![Address {
                value: email.to_owned(),
                kind: "personal".to_owned(),
            }]),
            ..CandidateChanges::default()
        };
        self.world.state().add_candidate(person, self.world.now())
    }

    /// Adds an application at the first stage of the job. Returns the application's id.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the candidate or the job does not exist, or if the candidate already has an
    /// application to the job.
    pub fn seed_application(&self, candidate: i64, job: i64) -> Result<i64, ActError> {
        self.world
            .state()
            .apply(candidate, job, None, self.world.now())
    }

    /// Adds a [`Record`](crate::Record) to a list, for example `seed_record("sources",
    /// json!({"name": "Job board", "type": {...}}))`. Members that are not in `row` are null or
    /// have a default. Returns the record's id.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if the list does not exist, or if a member is unknown, is missing, or
    /// has the wrong type.
    pub fn seed_record(&self, list: &str, row: serde_json::Value) -> Result<i64, ActError> {
        self.world.state().add_record(list, row, self.world.now())
    }

    /// Adds a custom field, for example `seed_custom_field("application", "Level", "single_select",
    /// &["Yes", "No"])`. The key is the lower-case name, in which `_` replaces everything but
    /// letters and digits. Every row of the field's type gets the field without a value.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if the field type or value type is unknown.
    pub fn seed_custom_field(
        &self,
        field_type: &str,
        name: &str,
        value_type: &str,
        options: &[&str],
    ) -> Result<SeededField, ActError> {
        let mut state = self.world.state();
        let (field_id, option_ids) =
            state.add_custom_field(field_type, name, value_type, options, self.world.now())?;
        let field = state.records.get("custom_fields", field_id);
        let name_key = field.and_then(|field| field.text("name_key"));
        Ok(SeededField {
            field_id,
            name_key: name_key.unwrap_or_default().to_owned(),
            option_ids,
        })
    }

    /// Adds a user. Returns the user's id, which a token request can contain as `sub`.
    pub fn seed_user(
        &self,
        first_name: &str,
        last_name: &str,
        email: &str,
        site_admin: bool,
    ) -> i64 {
        self.world
            .state()
            .add_user(first_name, last_name, email, site_admin, self.world.now())
    }

    /// Returns the id of the seeded Site Admin. Lists contain every row for this user.
    #[must_use]
    pub fn site_admin(&self) -> i64 {
        self.world.state().site_admin
    }

    /// Returns the id of the seeded Job Admin. This user may write, but by default receives empty
    /// lists.
    #[must_use]
    pub fn job_admin(&self) -> i64 {
        self.world.state().job_admin
    }

    /// Returns the id of the service user of the customer's credential, who acts if a token request
    /// contains no `sub`.
    #[must_use]
    pub fn service_user(&self) -> i64 {
        self.world.state().service_user
    }

    /// Adds a rejection reason of the organisation with a type such as `WE_REJECTED_THEM`. Returns
    /// the reason's id.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if the type is unknown.
    pub fn seed_rejection_reason(&self, name: &str, kind: &str) -> Result<i64, ActError> {
        self.world
            .state()
            .add_rejection_reason(name, kind, false, self.world.now())
    }

    /// Returns the id of the seeded source.
    #[must_use]
    pub fn source(&self) -> i64 {
        self.world.state().source
    }

    /// Returns the id of the seeded rejection reason.
    #[must_use]
    pub fn rejection_reason(&self) -> i64 {
        self.world.state().rejection_reason
    }
}
