mod fields;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::HarvestCredential;
use crate::{
    InterviewKitId, JobId, ProductJobId, SourceId, StageId, UserId,
    rules::ScoreRules,
    scorecard::{MixedOverall, Thresholds},
    stage_test::StageTest,
    trigger::Trigger,
};

pub use self::fields::{FieldMapping, FieldOwner, FieldRef};

/// Settings of the Candidate Push direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PushSettings {
    /// Enables pushes.
    #[serde(default = "on")]
    pub enabled: bool,
    /// The account's Harvest v3 credential.
    pub credential: HarvestCredential,
    /// Greenhouse user on whose behalf the push acts (`sub` of the token). If `None`, the
    /// credential's service user acts (documented). List endpoints require a Site Admin.
    ///
    /// Ignored with a partner app's credential: the user who gave consent acts.
    #[serde(default)]
    pub acting_user: Option<UserId>,
    /// Condition for an automatic push of a completed assessment. Default: never.
    #[serde(default)]
    pub trigger: Trigger,
    /// Pushes the results of assessments that Greenhouse requested to the applications for which it
    /// requested them. Creates no candidate or application. Only [`rules`](Self::rules) move an
    /// application. Default:
    /// `false`.
    #[serde(default)]
    pub invited_results: bool,
    /// Tests to which candidates are invited when their applications enter a stage. The results are
    /// written to the applications, whatever [`invited_results`](Self::invited_results). Requires
    /// webhooks. Default: none.
    #[serde(default)]
    pub stage_tests: Vec<StageTest>,
    /// Key (`name_key`) of the application's custom field that shows how far a test is that
    /// Greenhouse sent; see [`status_field`](crate::status_field). Concerns changes after the field
    /// was chosen. If `None`, no status is written. Default: `None`.
    #[serde(default)]
    pub status_field: Option<String>,
    /// What happens to an application after its result was written. Default: nothing.
    #[serde(default)]
    pub rules: ScoreRules,
    /// Score thresholds for the recommendations.
    #[serde(default)]
    pub thresholds: Thresholds,
    /// Overall rating to send for a mixed result. Harvest has no mixed overall rating.
    #[serde(default)]
    pub mixed_overall: MixedOverall,
    /// Greenhouse job for each product job.
    #[serde(default)]
    pub jobs: BTreeMap<ProductJobId, JobMapping>,
    /// Form in which the scorecard is written.
    #[serde(default)]
    pub scorecard: ScorecardForm,
    /// Custom fields to fill.
    #[serde(default)]
    pub fields: FieldMapping,
    /// Visibility of the scorecard note.
    #[serde(default)]
    pub note_visibility: NoteVisibility,
    /// Attachment type of the report.
    #[serde(default)]
    pub report_attachment: ReportAttachment,
    /// Visibility of the report.
    #[serde(default)]
    pub report_visibility: ReportVisibility,
    /// Source of new applications. If `None`, Greenhouse uses its default.
    #[serde(default)]
    pub source: Option<SourceId>,
    /// Names of tags to add to the candidate.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Moves an existing application to the mapped stage if that stage comes later. A move triggers
    /// the job's transition rules, including e-mails to the candidate (documented). Default:
    /// `false`.
    #[serde(default)]
    pub move_existing: bool,
    /// Kind of stage id that a move sends as the current stage.
    #[serde(default)]
    pub from_stage: FromStage,
}

impl PushSettings {
    /// Creates settings with defaults: manual pushes only and no mapped jobs.
    pub fn new(credential: HarvestCredential) -> Self {
        Self {
            enabled: true,
            credential,
            acting_user: None,
            trigger: Trigger::default(),
            invited_results: false,
            stage_tests: Vec::new(),
            status_field: None,
            rules: ScoreRules::default(),
            thresholds: Thresholds::default(),
            mixed_overall: MixedOverall::default(),
            jobs: BTreeMap::new(),
            scorecard: ScorecardForm::default(),
            fields: FieldMapping::default(),
            note_visibility: NoteVisibility::default(),
            report_attachment: ReportAttachment::default(),
            report_visibility: ReportVisibility::default(),
            source: None,
            tags: Vec::new(),
            move_existing: false,
            from_stage: FromStage::default(),
        }
    }
}

/// Greenhouse job that a product job is mapped to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct JobMapping {
    /// Id of the Greenhouse job.
    pub job: JobId,
    /// Initial stage of new applications. If `None`, the job's first stage.
    #[serde(default)]
    pub stage: Option<StageId>,
    /// Interview kit for the scorecards. If `None`, the kit of the first interview at the mapped
    /// stage, or else of the job.
    #[serde(default)]
    pub interview_kit: Option<InterviewKitId>,
    /// Stage to which a [rule](crate::rules) moves applications. If `None`, no rule moves them.
    #[serde(default)]
    pub advance_to: Option<StageId>,
}

impl JobMapping {
    /// Creates a mapping to `job`. New applications start at `stage`.
    pub fn new(job: JobId, stage: Option<StageId>) -> Self {
        Self {
            job,
            stage,
            interview_kit: None,
            advance_to: None,
        }
    }
}

/// Form in which the scorecard is written to Greenhouse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScorecardForm {
    /// A Greenhouse scorecard if the credential is allowed to write one, the job has an interview
    /// kit, and a trait matches one of the job's attributes. Otherwise, or if Greenhouse rejects
    /// the scorecard, a note.
    #[default]
    Automatic,
    /// Always a note.
    Note,
}

/// Visibility of a note, as in `POST /v3/notes` (documented).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoteVisibility {
    /// Everyone who can see the candidate.
    Public,
    /// Site admins, and members of the hiring team who may see private notes.
    #[default]
    Private,
    /// Site admins and job admins.
    AdminOnly,
}

impl NoteVisibility {
    /// Value sent in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::AdminOnly => "admin_only",
        }
    }
}

/// Visibility of a report, as in `POST /v3/attachments` (documented). Always sent, because
/// otherwise the visibility depends on the attachment type, and interviewers may read the result
/// before they have written their own scorecards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportVisibility {
    /// Everyone who can see the candidate.
    Public,
    /// Site admins, and members of the hiring team who may see private attachments.
    #[default]
    Private,
    /// Site admins and job admins.
    AdminOnly,
}

impl ReportVisibility {
    /// Value sent in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::AdminOnly => "admin_only",
        }
    }
}

/// Attachment type of a report, as in `POST /v3/attachments` (documented). Résumé is not offered,
/// because it would relabel the candidate's own résumé.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportAttachment {
    /// No particular type.
    #[default]
    Other,
    /// A take-home test.
    TakeHomeTest,
}

impl ReportAttachment {
    /// Value sent in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::TakeHomeTest => "take_home_test",
        }
    }
}

/// Kind of id that `POST /v3/applications/{id}/move` expects as `from_stage_id`.
///
/// The official description specifies only an integer. Three client programs send the id of the
/// stage in the job's interview plan, and one sends the id of the application's row for the stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FromStage {
    /// The stage of the job's interview plan (`job_interview_stages.id`).
    #[default]
    JobInterviewStage,
    /// The application's row for the stage (`application_stages.id`).
    ApplicationStage,
}

fn on() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn moves_default_to_the_stage_of_the_interview_plan() {
        let credential = json!({"client_id": "client-7", "client_secret": "s3cret-s3cret"});
        let settings: PushSettings = from_value(json!({"credential": credential})).unwrap();
        assert_eq!(settings.from_stage, FromStage::JobInterviewStage);
        let told = json!({"credential": credential, "from_stage": "application_stage"});
        let settings: PushSettings = from_value(told).unwrap();
        assert_eq!(settings.from_stage, FromStage::ApplicationStage);
    }
}
