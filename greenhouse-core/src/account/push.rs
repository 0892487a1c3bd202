mod fields;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::HarvestCredential;
use crate::{
    InterviewKitId, JobId, ProductJobId, SourceId, StageId, UserId,
    scorecard::{MixedOverall, Thresholds},
    trigger::Trigger,
};

pub use self::fields::{FieldMapping, FieldOwner, FieldRef};

/// How an account's assessments go into Greenhouse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PushSettings {
    /// The switch.
    #[serde(default = "on")]
    pub enabled: bool,
    /// The account's Harvest v3 credential.
    pub credential: HarvestCredential,
    /// The Greenhouse user in whose name everything is done (`sub` of the token). Without one the credential's own
    /// service user acts (documented). Lists need a Site Admin. With the credential of a partner's app whoever consented acts,
    /// and this changes nothing.
    #[serde(default)]
    pub acting_user: Option<UserId>,
    /// When a completed assessment is pushed by itself. Default: never.
    #[serde(default)]
    pub trigger: Trigger,
    /// Which score is which recommendation.
    #[serde(default)]
    pub thresholds: Thresholds,
    /// What a mixed result is called where Harvest knows no mixed.
    #[serde(default)]
    pub mixed_overall: MixedOverall,
    /// Which Greenhouse job each job of the product is.
    #[serde(default)]
    pub jobs: BTreeMap<ProductJobId, JobMapping>,
    /// Where the scorecard goes.
    #[serde(default)]
    pub scorecard: ScorecardForm,
    /// Which custom fields get what.
    #[serde(default)]
    pub fields: FieldMapping,
    /// Who may read the note with the scorecard.
    #[serde(default)]
    pub note_visibility: NoteVisibility,
    /// What kind of attachment the report is.
    #[serde(default)]
    pub report_attachment: ReportAttachment,
    /// Where new applications come from; without one, Greenhouse's own default.
    #[serde(default)]
    pub source: Option<SourceId>,
    /// Tags that the candidate gets, by name.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Whether an application that was there before is moved to the mapped stage, if that lies ahead of it. A move runs the
    /// job's transition rules, e-mails to the candidate included (documented). Default: no.
    #[serde(default)]
    pub move_existing: bool,
    /// Which id of its current stage a move of an application names.
    #[serde(default)]
    pub from_stage: FromStage,
}

impl PushSettings {
    /// Settings with every default: pushes by hand only, and no job is mapped yet.
    pub fn new(credential: HarvestCredential) -> Self {
        Self {
            enabled: true,
            credential,
            acting_user: None,
            trigger: Trigger::default(),
            thresholds: Thresholds::default(),
            mixed_overall: MixedOverall::default(),
            jobs: BTreeMap::new(),
            scorecard: ScorecardForm::default(),
            fields: FieldMapping::default(),
            note_visibility: NoteVisibility::default(),
            report_attachment: ReportAttachment::default(),
            source: None,
            tags: Vec::new(),
            move_existing: false,
            from_stage: FromStage::default(),
        }
    }
}

/// The Greenhouse job that a job of the product is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobMapping {
    /// The job.
    pub job: JobId,
    /// The stage that new applications begin at; without one, the first.
    #[serde(default)]
    pub stage: Option<StageId>,
    /// The interview kit that scorecards belong to; without one, that of the first interview at the mapped stage, or of the
    /// job.
    #[serde(default)]
    pub interview_kit: Option<InterviewKitId>,
}

impl JobMapping {
    /// New applications on `job` begin at `stage`.
    pub fn new(job: JobId, stage: Option<StageId>) -> Self {
        Self {
            job,
            stage,
            interview_kit: None,
        }
    }
}

/// In what form the scorecard goes into Greenhouse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScorecardForm {
    /// As a scorecard of Greenhouse where the credential may write one and the job has an interview kit and the attributes;
    /// otherwise, and where Greenhouse refuses it, as a note.
    #[default]
    Automatic,
    /// Always as a note.
    Note,
}

/// Who may read a note, in the words of `POST /v3/notes` (documented).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteVisibility {
    /// Everybody who sees the candidate.
    Public,
    /// Site admins and those on the hiring team who may see private notes.
    #[default]
    Private,
    /// Site admins and job admins.
    AdminOnly,
}

impl NoteVisibility {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::AdminOnly => "admin_only",
        }
    }
}

/// What kind of attachment a report is, in the words of `POST /v3/attachments` (documented). Never a résumé: that would
/// relabel the candidate's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportAttachment {
    /// No kind in particular.
    #[default]
    Other,
    /// A take-home test.
    TakeHomeTest,
}

impl ReportAttachment {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::TakeHomeTest => "take_home_test",
        }
    }
}

/// Which id of the current stage `from_stage_id` of `POST /v3/applications/{id}/move` is.
///
/// The official description calls it an integer and says no more. Three client programs send the stage of the job's interview
/// plan, one the application's own row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromStage {
    /// The stage of the job's interview plan (`job_interview_stages.id`).
    #[default]
    JobInterviewStage,
    /// The application's row for it (`application_stages.id`).
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
    fn settings_that_say_nothing_of_moves_name_the_stage_of_the_plan() {
        let credential = json!({"client_id": "client-7", "client_secret": "s"});
        let settings: PushSettings = from_value(json!({"credential": credential})).unwrap();
        assert_eq!(settings.from_stage, FromStage::JobInterviewStage);
        let told = json!({"credential": credential, "from_stage": "application_stage"});
        let settings: PushSettings = from_value(told).unwrap();
        assert_eq!(settings.from_stage, FromStage::ApplicationStage);
    }
}
