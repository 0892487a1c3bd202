use crate::handle::MockGreenhouse;
use crate::rows::{Address, CandidateChanges};
use crate::state::ActError;

/// A job that was seeded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeededJob {
    /// The job's id.
    pub job_id: i64,
    /// The stages of its plan in order.
    pub stages: Vec<SeededStage>,
}

impl SeededJob {
    /// The id of the first stage with this name.
    #[must_use]
    pub fn stage(&self, name: &str) -> Option<i64> {
        self.stages
            .iter()
            .find(|stage| stage.name == name)
            .map(|stage| stage.id)
    }
}

/// A stage of a job that was seeded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeededStage {
    /// The id of the job interview stage.
    pub id: i64,
    /// The name.
    pub name: String,
}

/// A custom field that was seeded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeededField {
    /// The field's id.
    pub field_id: i64,
    /// Its key in bodies and rows.
    pub name_key: String,
    /// The ids of its options in order.
    pub option_ids: Vec<i64>,
}

/// Seeding: rows that are simply there. No webhook tells of them.
impl MockGreenhouse {
    /// Adds an open job whose plan has these stages in this order.
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

    /// Adds a candidate with one personal e-mail address. Returns the id.
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

    /// Adds an application at the first stage of the job's plan. Returns the id.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such candidate or job, or if the candidate has an application on the job.
    pub fn seed_application(&self, candidate: i64, job: i64) -> Result<i64, ActError> {
        self.world
            .state()
            .apply(candidate, job, None, self.world.now())
    }

    /// Adds a row to a list that is plain data, for example `seed_record("sources", json!({"name": "Job board", "type": {...}}))`.
    /// Members that are not said are null or take a usual value. Returns the id.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if there is no such list, or a member is unknown, missing or of a wrong form.
    pub fn seed_record(&self, list: &str, row: serde_json::Value) -> Result<i64, ActError> {
        self.world.state().add_record(list, row, self.world.now())
    }

    /// Adds a custom field, for example `seed_custom_field("application", "Level", "single_select", &["Yes", "No"])`. Its key is the
    /// name in lower case with `_` for everything else. Every row of its type has it from then on, without a value.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if there is no such type of field or of value.
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

    /// Adds a user. Returns the id, which a token can name as `sub`.
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

    /// The seeded Site Admin: lists show this user everything.
    #[must_use]
    pub fn site_admin(&self) -> i64 {
        self.world.state().site_admin
    }

    /// The seeded Job Admin: may write, but lists show this user nothing.
    #[must_use]
    pub fn job_admin(&self) -> i64 {
        self.world.state().job_admin
    }

    /// The customer's credential's own user: acts where a token names nobody.
    #[must_use]
    pub fn service_user(&self) -> i64 {
        self.world.state().service_user
    }

    /// Adds a reason of the organisation's own; its type is for example `WE_REJECTED_THEM`. Returns the id.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if there is no such type.
    pub fn seed_rejection_reason(&self, name: &str, kind: &str) -> Result<i64, ActError> {
        self.world
            .state()
            .add_rejection_reason(name, kind, false, self.world.now())
    }

    /// The seeded source.
    #[must_use]
    pub fn source(&self) -> i64 {
        self.world.state().source
    }

    /// The seeded rejection reason.
    #[must_use]
    pub fn rejection_reason(&self) -> i64 {
        self.world.state().rejection_reason
    }
}
