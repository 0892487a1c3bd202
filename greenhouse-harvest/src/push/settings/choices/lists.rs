//! Bodies of the lists of options.

#[cfg(feature = "openapi")]
use greenhouse_core::openapi::Operation;
use greenhouse_core::{
    InterviewKitId, JobId, RejectionReasonId, SourceId, StageId, UserId,
    platform::{ProductJob, Scenario},
    settings::FieldOwner,
};
#[cfg(feature = "openapi")]
use http::{Method, StatusCode};
use serde::Serialize;

use crate::api::CustomFieldValueType;

/// Jobs to map.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct JobChoices {
    /// Open jobs in Greenhouse.
    pub(super) jobs: Vec<JobChoice>,
    /// Jobs of the product.
    pub(super) product_jobs: Vec<ProductJob>,
    /// Tests of the product.
    pub(super) scenarios: Vec<Scenario>,
    /// Stages in the settings that exist in Greenhouse. `None` if the credential is not allowed to
    /// list stages.
    pub(super) mapped_stages: Option<Vec<MappedStage>>,
    /// Interview kits in the settings that exist in Greenhouse. `None` if the credential is not
    /// allowed to list interview kits.
    pub(super) mapped_kits: Option<Vec<MappedKit>>,
    /// `true` if there are more rows.
    pub(super) truncated: bool,
}

/// Open job in Greenhouse.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct JobChoice {
    /// Id of the job.
    pub(super) id: JobId,
    /// Name, if Greenhouse returns one.
    pub(super) name: Option<String>,
    /// Requisition id of the customer.
    pub(super) requisition_id: Option<String>,
}

/// Stage in the settings.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct MappedStage {
    /// Id of the stage.
    pub(super) id: StageId,
    /// Name, if Greenhouse returns one.
    pub(super) name: Option<String>,
    /// Job of the stage, if Greenhouse returns it.
    pub(super) job: Option<JobId>,
    /// `false` if no application can be in the stage.
    pub(super) active: bool,
}

/// Interview kit in the settings.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct MappedKit {
    /// Id of the kit.
    pub(super) id: InterviewKitId,
    /// Name of the interview, if Greenhouse returns one.
    pub(super) name: Option<String>,
    /// Job of the kit, if Greenhouse returns it.
    pub(super) job: Option<JobId>,
}

/// Stages and interview kits of a job.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct StageChoices {
    /// Active stages, in the order of the job's plan.
    pub(super) stages: Vec<StageChoice>,
    /// Interview kits. `None` if the credential is not allowed to list them.
    pub(super) interview_kits: Option<Vec<KitChoice>>,
    /// `true` if there are more rows.
    pub(super) truncated: bool,
}

/// Stage of a job.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct StageChoice {
    /// Id of the stage.
    pub(super) id: StageId,
    /// Name, if Greenhouse returns one.
    pub(super) name: Option<String>,
}

/// Interview kit of a job.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct KitChoice {
    /// Id of the kit.
    pub(super) id: InterviewKitId,
    /// Name of the interview, if Greenhouse returns one.
    pub(super) name: Option<String>,
    /// Stage of the interview.
    pub(super) stage: Option<StageId>,
}

/// Active users.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct UserChoices {
    /// The users.
    pub(super) users: Vec<UserChoice>,
    /// `true` if there are more rows.
    pub(super) truncated: bool,
}

/// Active user in Greenhouse.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct UserChoice {
    /// Id of the user.
    pub(super) id: UserId,
    /// Name, if Greenhouse returns one.
    pub(super) name: Option<String>,
    /// Email address.
    pub(super) email: Option<String>,
    /// `true` if the user is a Site Admin.
    pub(super) site_admin: Option<bool>,
}

/// Custom fields to map.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct FieldChoices {
    /// Active fields of applications and candidates.
    pub(super) fields: Vec<FieldChoice>,
    /// `true` if there are more rows.
    pub(super) truncated: bool,
}

/// Custom field that can hold a value of an assessment.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct FieldChoice {
    /// Owner of the field.
    pub(super) on: FieldOwner,
    /// Key of the field in the settings.
    pub(super) key: String,
    /// Name, if Greenhouse returns one.
    pub(super) name: Option<String>,
    /// Type of the field in Greenhouse.
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    pub(super) value_type: CustomFieldValueType,
    /// Values that the field can hold: `score`, `recommendation`, `report_link` or `trait`.
    pub(super) uses: Vec<&'static str>,
}

/// Sources of new applications.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct SourceChoices {
    /// The sources.
    pub(super) sources: Vec<SourceChoice>,
    /// `true` if there are more rows.
    pub(super) truncated: bool,
}

/// Source of applications in Greenhouse.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct SourceChoice {
    /// Id of the source.
    pub(super) id: SourceId,
    /// Name, if Greenhouse returns one.
    pub(super) name: Option<String>,
    /// Name of the type, if Greenhouse returns one.
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

/// Reasons for rejections.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct ReasonChoices {
    /// The reasons.
    pub(super) reasons: Vec<ReasonChoice>,
    /// `true` if there are more rows.
    pub(super) truncated: bool,
}

/// Reason for a rejection in Greenhouse.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct ReasonChoice {
    /// Id of the reason.
    pub(super) id: RejectionReasonId,
    /// Name, if Greenhouse returns one.
    pub(super) name: Option<String>,
    /// Name of the type, if Greenhouse returns one.
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

#[cfg(feature = "openapi")]
pub(in crate::push::settings) fn operations() -> Vec<Operation> {
    let list = |path, summary| {
        Operation::new(Method::GET, path, summary)
            .query::<u64>(
                "max_age",
                "Maximum age in seconds of a list that was read before. Default: 0.",
            )
            .error(StatusCode::BAD_REQUEST)
            .error(StatusCode::NOT_FOUND)
            .error(StatusCode::CONFLICT)
    };
    let (ok, options) = (StatusCode::OK, "The options.");
    vec![
        list(
            "choices/jobs",
            "Lists open jobs, the product's jobs to map to them, and the mapped stages and interview kits.",
        )
        .response::<JobChoices>(ok, options),
        list(
            "choices/stages",
            "Lists the stages and interview kits of a job.",
        )
        .required_query::<JobId>("job", "Id of the job in Greenhouse.")
        .response::<StageChoices>(ok, options),
        list("choices/users", "Lists active users.")
            .query::<String>("email", "Only users with this address.")
            .query::<UserId>("id", "Only the user with this id. Ignored with an address.")
            .response::<UserChoices>(ok, options),
        list("choices/fields", "Lists custom fields that can be mapped.")
            .response::<FieldChoices>(ok, options),
        list("choices/sources", "Lists sources of new applications.")
            .response::<SourceChoices>(ok, options),
        list("choices/rejection-reasons", "Lists reasons for rejections.")
            .response::<ReasonChoices>(ok, options),
    ]
}
