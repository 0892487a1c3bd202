use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::config::Config;
use crate::rows::{
    Application, ApplicationStage, Attachment, Candidate, Complaint, Delivery, Job,
    JobInterviewStage, Note, RejectionReason, StoredHook, TakeHomeTest, UnexpectedRequest, User,
};
use crate::switches::Switches;

pub use self::anonymize::ANONYMIZATION_WORDS;
pub use self::error::ActError;

pub(crate) use self::changes::{JobChanges, StageChanges, UserChanges};
pub(crate) use self::custom_fields::{FieldName, row_value};
pub(crate) use self::events::Event;
pub(crate) use self::foreign_events::foreign_event;
pub(crate) use self::history::History;
pub(crate) use self::hooks::hook_label;
pub(crate) use self::records::Records;
pub(crate) use self::rejections::RejectionInput;
pub(crate) use self::stage_rules::{StageEntry, TriggeredTest};
pub(crate) use self::stages::Placement;

mod anonymize;
mod applications;
mod candidates;
mod changes;
mod custom_fields;
mod decisions;
mod deletion;
mod deliveries;
mod error;
mod events;
mod foreign_events;
mod history;
mod hooks;
mod jobs;
mod merge;
mod records;
mod rejections;
mod stage_rules;
mod stages;
mod tags;
mod users;

/// All data of this Greenhouse. Rows are keyed by id. Ids are unique across all tables, so an id of
/// the wrong kind finds nothing.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) candidates: BTreeMap<i64, Candidate>,
    pub(crate) applications: BTreeMap<i64, Application>,
    pub(crate) application_stages: BTreeMap<i64, ApplicationStage>,
    pub(crate) jobs: BTreeMap<i64, Job>,
    pub(crate) job_interview_stages: BTreeMap<i64, JobInterviewStage>,
    pub(crate) attachments: BTreeMap<i64, Attachment>,
    pub(crate) notes: BTreeMap<i64, Note>,
    pub(crate) users: BTreeMap<i64, User>,
    pub(crate) rejection_reasons: BTreeMap<i64, RejectionReason>,
    pub(crate) records: Records,
    pub(crate) take_home_tests: BTreeMap<i64, TakeHomeTest>,
    pub(crate) hooks: BTreeMap<i64, StoredHook>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) complaints: Vec<Complaint>,
    pub(crate) unexpected: Vec<UnexpectedRequest>,
    /// Names of the partner's tests by id, from the last `list_tests` call.
    pub(crate) partner_tests: BTreeMap<String, String>,
    pub(crate) site_admin: i64,
    pub(crate) job_admin: i64,
    /// The user who acts if a token request contains no `sub`.
    pub(crate) service_user: i64,
    /// Current scopes of the customer's credential.
    pub(crate) scopes: BTreeSet<String>,
    /// Ids of the partner's tests that stage transition rules send, by stage.
    pub(crate) stage_rules: BTreeMap<i64, String>,
    /// Mentions of users in notes, as the ids of the note and the user.
    pub(crate) mentions: Vec<(i64, i64)>,
    /// Tests to send when the state is unlocked.
    pub(crate) triggered_tests: Vec<TriggeredTest>,
    pub(crate) rejection_reason: i64,
    pub(crate) source: i64,
    /// User who consents to the partner's app. `None` for the Site Admin.
    pub(crate) consenting_user: Option<i64>,
    /// Redirect URI of the partner's app. `None` for that of the configuration.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) switches: Switches,
    last_id: i64,
}

impl State {
    pub(crate) fn new(config: &Config, now: DateTime<Utc>) -> Self {
        let mut state = Self {
            candidates: BTreeMap::new(),
            applications: BTreeMap::new(),
            application_stages: BTreeMap::new(),
            jobs: BTreeMap::new(),
            job_interview_stages: BTreeMap::new(),
            attachments: BTreeMap::new(),
            notes: BTreeMap::new(),
            users: BTreeMap::new(),
            rejection_reasons: BTreeMap::new(),
            records: Records::default(),
            take_home_tests: BTreeMap::new(),
            hooks: BTreeMap::new(),
            deliveries: Vec::new(),
            complaints: Vec::new(),
            unexpected: Vec::new(),
            partner_tests: BTreeMap::new(),
            site_admin: 0,
            job_admin: 0,
            service_user: 0,
            scopes: config.credential.scopes.iter().cloned().collect(),
            stage_rules: BTreeMap::new(),
            mentions: Vec::new(),
            triggered_tests: Vec::new(),
            rejection_reason: 0,
            source: 0,
            consenting_user: None,
            redirect_uri: None,
            switches: config.switches,
            last_id: FIRST_ID,
        };
        state.site_admin = state.add_user(
            "Ada",
            "Siteadmin",
            "site.admin@greenhouse.example",
            true,
            now,
        );
        state.job_admin = state.add_user(
            "Joe",
            "Jobadmin",
            "job.admin@greenhouse.example",
            false,
            now,
        );
        state.service_user =
            state.add_service_user(config.credential.service_user_is_site_admin, now);
        state.add_usual_records(now);
        state
    }

    /// Adds the records that every new organisation has: rejection reasons, a source and the user
    /// roles.
    fn add_usual_records(&mut self, now: DateTime<Utc>) {
        // These records match their tables and are always accepted.
        let reason = "Lacking skills or qualifications";
        self.rejection_reason = self
            .add_rejection_reason(reason, "WE_REJECTED_THEM", false, now)
            .unwrap_or_default();
        let _ = self.add_rejection_reason("Other", "NONE_SPECIFIED", true, now);
        let of_type = json!({ "id": 1, "name": "Third-party boards" });
        self.source = self
            .add_record(
                "sources",
                json!({ "name": "Integration", "type": of_type }),
                now,
            )
            .unwrap_or_default();
        for (role, name) in [("job_admin", "Job Admin"), ("site_admin", "Site Admin")] {
            let _ = self.add_record(
                "user_roles",
                json!({ "role_type": role, "name": name }),
                now,
            );
        }
    }

    /// Returns a new id, which exceeds 32 bits and ends like real ids (observed live).
    pub(crate) fn next_id(&mut self) -> i64 {
        self.last_id += 1_000;
        self.last_id
    }
}

const FIRST_ID: i64 = 7_310_000_002;
