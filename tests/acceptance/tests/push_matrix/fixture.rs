//! Greenhouse's state and the account's settings before the push.

use greenhouse_core::{
    CandidateId, JobId, ProductJobId, RejectionReasonId, StageId, UserId,
    rules::{AdvanceRule, RejectRule, RuleBound, RuleMode},
    scorecard::{Score, TraitScore},
    settings::{FieldOwner, FieldRef, HarvestCredential, JobMapping, PushSettings},
};
use greenhouse_harvest::{
    HarvestClient,
    api::{NewCustomFieldValue, UpdateApplication, UpdateCandidate},
};
use mock_greenhouse::{
    Config, ListForNonAdmin, MockGreenhouse, ScorecardWrites, SecondApplication, SeededJob,
};
use serde_json::json;

use crate::scenario::{Acting, Card, Person, Rule, Scenario};

pub(crate) struct Fixture {
    pub(crate) job: SeededJob,
    /// Another candidate on the job, unrelated to any push.
    pub(crate) bystander: i64,
    /// Candidate of the person, if Greenhouse has one.
    pub(crate) person: Option<i64>,
    pub(crate) application: Option<i64>,
}

impl Fixture {
    pub(crate) fn config(scenario: &Scenario) -> Config {
        let mut config = Config::default();
        let blind = matches!(scenario.acting, Acting::Blind | Acting::Forbidden);
        config.credential.service_user_is_site_admin = !blind;
        config
    }

    pub(crate) fn lay(greenhouse: &MockGreenhouse, scenario: &Scenario) -> Self {
        let plan = ["Application Review", "Take Home Test", "Offer"];
        let job = greenhouse.seed_job("Account Executive", &plan);
        if scenario.fields {
            seed_fields(greenhouse, scenario);
        }
        if scenario.card != Card::Absent {
            seed_kit(greenhouse, &job);
        }
        let bystander = greenhouse.seed_candidate("Lee", "Brandt", "lee@example.org");
        greenhouse.seed_application(bystander, job.job_id).unwrap();
        let email = match scenario.person {
            Person::Invited => OTHER_EMAIL,
            _ => EMAIL,
        };
        let known = !matches!(scenario.person, Person::Unknown | Person::PushedBefore(_));
        let person = known.then(|| greenhouse.seed_candidate("Mira", "Okafor", email));
        let applied = matches!(scenario.person, Person::Applied | Person::Invited);
        let application = person
            .filter(|_| applied)
            .map(|person| greenhouse.seed_application(person, job.job_id).unwrap());
        greenhouse.switch(|switches| {
            // Without this switch, Greenhouse would refuse an unwanted second application instead
            // of showing it.
            switches.second_application = SecondApplication::NewRow;
            if scenario.flat {
                switches.created_candidate = mock_greenhouse::CreatedCandidate::Flat;
            }
            if scenario.acting == Acting::Forbidden {
                switches.list_for_non_admin = ListForNonAdmin::Forbidden;
            }
            switches.scorecard_writes = match scenario.card {
                Card::Absent => ScorecardWrites::Absent,
                Card::Forbidden => ScorecardWrites::Forbidden,
                Card::Working => ScorecardWrites::Working,
            };
        });
        Self {
            job,
            bystander,
            person,
            application,
        }
    }

    /// Sets field values and a tag, as recruiters would have done earlier.
    pub(crate) async fn fill(&self, client: &HarvestClient, scenario: &Scenario) {
        let value = |key: &str, text: &str| NewCustomFieldValue::of_key(key, text);
        if let Some(person) = self.person {
            let mut update = UpdateCandidate::new();
            update.tags = scenario.tags.then(|| vec![OWN_TAG.to_owned()]);
            let motto = value(MOTTO, "Calm and clear");
            update.custom_fields = scenario.fields.then(|| vec![motto]);
            let person = CandidateId::new(person);
            client.update_candidate(person, &update).await.unwrap();
        }
        if let Some(application) = self.application.filter(|_| scenario.fields) {
            let mut update = UpdateApplication::new();
            update.custom_fields = Some(vec![
                value(NOTICE_PERIOD, "Three months"),
                value(LEVEL, "Senior"),
            ]);
            let application = greenhouse_core::ApplicationId::new(application);
            let changed = client.update_application(application, &update).await;
            changed.unwrap();
        }
    }

    pub(crate) fn settings(
        &self,
        greenhouse: &MockGreenhouse,
        scenario: &Scenario,
    ) -> PushSettings {
        let mut settings = PushSettings::new(credential(greenhouse));
        settings.acting_user = match scenario.acting {
            Acting::SiteAdmin => Some(greenhouse.site_admin()),
            Acting::Integration => None,
            Acting::JobAdmin | Acting::Blind | Acting::Forbidden => Some(greenhouse.job_admin()),
        }
        .map(UserId::new);
        if scenario.writes_invited_result() {
            settings.invited_results = true;
        } else if scenario.triggered {
            settings.trigger = greenhouse_core::trigger::Trigger::OnComplete;
        }
        if scenario.person != Person::Invited || scenario.triggered {
            let stage = scenario.staged.then(|| StageId::new(self.stage()));
            let mapping = JobMapping::new(JobId::new(self.job.job_id), stage);
            settings.jobs.insert(ProductJobId::new(JOB), mapping);
        }
        settings.move_existing = scenario.moves;
        if scenario.rule != Rule::None {
            self.add_rule(greenhouse, scenario.rule, &mut settings);
        }
        if scenario.tags {
            settings.tags = vec![TAG.to_owned()];
        }
        settings.status_field = scenario.status.map(str::to_owned);
        if scenario.fields && scenario.status.is_none() {
            let field = |on, key: &str| FieldRef::new(on, key);
            let fields = &mut settings.fields;
            fields.score = Some(field(FieldOwner::Application, SCORE));
            fields.recommendation = Some(field(FieldOwner::Application, RESULT));
            fields.report_link = Some(field(FieldOwner::Candidate, REPORT));
            let rating = field(FieldOwner::Candidate, RATING);
            fields.traits.insert(RATED_TRAIT.to_owned(), rating);
        }
        settings
    }

    /// Adds a rule that applies to the score of the assessment, 72.
    fn add_rule(&self, greenhouse: &MockGreenhouse, rule: Rule, settings: &mut PushSettings) {
        let bound = |score| RuleBound::Score(Score::new(score).unwrap());
        let reason = RejectionReasonId::new(greenhouse.rejection_reason());
        let (from, below) = match rule {
            Rule::Reject => (90.0, 80.0),
            _ => (70.0, 60.0),
        };
        settings.rules.mode = match rule {
            Rule::DryRun => RuleMode::DryRun,
            _ => RuleMode::On,
        };
        settings.rules.advance = Some(AdvanceRule::new(bound(from)));
        settings.rules.reject = Some(RejectRule::new(bound(below), reason));
        for mapping in settings.jobs.values_mut() {
            mapping.advance_to = Some(StageId::new(self.last_stage()));
        }
    }

    /// Returns the stage to which the rule moves applications.
    pub(crate) fn last_stage(&self) -> i64 {
        self.job.stages[2].id
    }

    /// Returns the stage to which the job is mapped.
    pub(crate) fn stage(&self) -> i64 {
        self.job.stages[1].id
    }

    pub(crate) fn first_stage(&self) -> i64 {
        self.job.stages[0].id
    }
}

pub(crate) fn credential(greenhouse: &MockGreenhouse) -> HarvestCredential {
    let known = greenhouse.credential();
    let secret = Some(known.client_secret.as_str().into());
    HarvestCredential::new(&*known.client_id, secret).unwrap()
}

/// Traits that the product measured. The job has an attribute only for the first trait.
pub(crate) fn traits() -> Vec<TraitScore> {
    vec![
        TraitScore::new(RATED_TRAIT, Score::new(85.0).unwrap()),
        TraitScore::new("Discovery & Diagnosis", Score::new(41.0).unwrap()),
    ]
}

fn seed_fields(greenhouse: &MockGreenhouse, scenario: &Scenario) {
    let of_status = [
        ("Test Status", "short_text", &[][..]),
        ("Test Progress", "single_select", &STATUSES),
    ];
    for (name, kind, options) in of_status.iter().filter(|_| scenario.status.is_some()) {
        let seeded = greenhouse.seed_custom_field("application", name, kind, options);
        seeded.unwrap();
    }
    for (of, name, kind, options) in [
        ("application", "Assessment Score", "number", &[][..]),
        ("application", "Assessment Result", "single_select", &LABELS),
        ("application", "Notice Period", "short_text", &[]),
        (
            "application",
            "Level",
            "single_select",
            &["Junior", "Senior"],
        ),
        ("candidate", "Assessment Report", "url", &[]),
        ("candidate", "Objections", "single_select", &LABELS),
        ("candidate", "Motto", "short_text", &[]),
    ] {
        let seeded = greenhouse.seed_custom_field(of, name, kind, options);
        seeded.unwrap();
    }
}

fn seed_kit(greenhouse: &MockGreenhouse, job: &SeededJob) {
    let seed = |list, row| greenhouse.seed_record(list, row).unwrap();
    let (id, stage) = (job.job_id, job.stages[1].id);
    let interview = json!({"job_id": id, "job_interview_stage_id": stage, "name": "Assessment"});
    let interview = seed("job_interviews", interview);
    let kit = json!({"job_id": id, "job_interview_id": interview});
    let kit = seed("interview_kits", kit);
    let kind = json!({"job_id": id, "name": "Skills", "is_draft": false});
    let kind = seed("candidate_attribute_types", kind);
    let attribute = json!({"job_id": id, "candidate_attribute_type_id": kind, "name": RATED_TRAIT});
    let attribute = seed("job_candidate_attributes", attribute);
    let focus = json!({"interview_kit_id": kit, "job_candidate_attribute_id": attribute});
    seed("focus_candidate_attributes", focus);
}

pub(crate) const EMAIL: &str = "mira@example.org";
pub(crate) const OTHER_EMAIL: &str = "m.okafor@example.com";
pub(crate) const JOB: &str = "sales";
pub(crate) const TAG: &str = "assessed";
pub(crate) const OWN_TAG: &str = "vip";
pub(crate) const RATED_TRAIT: &str = "Objection Handling";
/// Keys of custom fields that are pushed, and of custom fields that were filled in before.
pub(crate) const SCORE: &str = "assessment_score";
pub(crate) const RESULT: &str = "assessment_result";
pub(crate) const NOTICE_PERIOD: &str = "notice_period";
pub(crate) const LEVEL: &str = "level";
pub(crate) const REPORT: &str = "assessment_report";
pub(crate) const RATING: &str = "objections";
pub(crate) const MOTTO: &str = "motto";
const STATUSES: [&str; 5] = ["Invited", "Started", "completed", "Expired", "Withdrawn"];
const LABELS: [&str; 5] = ["Strong Yes", "Yes", "Mixed", "No", "Definitely Not"];
