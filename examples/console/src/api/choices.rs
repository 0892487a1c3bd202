//! Responses of `choices/…`: what can be chosen from Greenhouse.

use serde::Deserialize;

/// `GET choices/jobs`.
#[derive(Deserialize)]
pub(crate) struct JobChoices {
    pub(crate) jobs: Vec<JobChoice>,
    pub(crate) product_jobs: Vec<ProductJob>,
    /// The tests of the product.
    pub(crate) scenarios: Vec<Scenario>,
    /// The stages of the stored settings that exist. `None` if the credential is not allowed to
    /// list stages.
    pub(crate) mapped_stages: Option<Vec<MappedStage>>,
    /// The interview kits of the stored settings that exist. `None` if the credential is not
    /// allowed to list them.
    pub(crate) mapped_kits: Option<Vec<Named>>,
    pub(crate) truncated: bool,
}

/// A stage that a product job is mapped to.
#[derive(Deserialize)]
pub(crate) struct MappedStage {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    pub(crate) active: bool,
}

/// An open job in Greenhouse.
#[derive(Deserialize)]
pub(crate) struct JobChoice {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    pub(crate) requisition_id: Option<String>,
}

/// A job of the product.
#[derive(Deserialize)]
pub(crate) struct ProductJob {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A test of the product.
#[derive(Deserialize)]
pub(crate) struct Scenario {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// `GET choices/stages`.
#[derive(Deserialize)]
pub(crate) struct StageChoices {
    pub(crate) stages: Vec<Named>,
    /// `None` if the credential is not allowed to list them.
    pub(crate) interview_kits: Option<Vec<KitChoice>>,
}

/// A stage, or an interview kit.
#[derive(Deserialize)]
pub(crate) struct Named {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
}

/// An interview kit.
#[derive(Deserialize)]
pub(crate) struct KitChoice {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    /// Stage of the kit's interview.
    pub(crate) stage: Option<u64>,
}

/// `GET choices/users`.
#[derive(Deserialize)]
pub(crate) struct UserChoices {
    pub(crate) users: Vec<UserChoice>,
    pub(crate) truncated: bool,
}

/// An active user in Greenhouse.
#[derive(Deserialize)]
pub(crate) struct UserChoice {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) site_admin: Option<bool>,
}

/// `GET choices/fields`.
#[derive(Deserialize)]
pub(crate) struct FieldChoices {
    pub(crate) fields: Vec<FieldChoice>,
    pub(crate) truncated: bool,
}

/// A custom field in Greenhouse.
#[derive(Deserialize)]
pub(crate) struct FieldChoice {
    /// `application` or `candidate`.
    pub(crate) on: String,
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    /// What the field can hold: `score`, `recommendation`, `report_link`, `trait`, ...
    pub(crate) uses: Vec<String>,
}

/// `GET choices/sources`.
#[derive(Deserialize)]
pub(crate) struct SourceChoices {
    pub(crate) sources: Vec<SourceChoice>,
    pub(crate) truncated: bool,
}

/// `GET choices/rejection-reasons`.
#[derive(Deserialize)]
pub(crate) struct ReasonChoices {
    pub(crate) reasons: Vec<ReasonChoice>,
    pub(crate) truncated: bool,
}

/// A reason for a rejection.
#[derive(Deserialize)]
pub(crate) struct ReasonChoice {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

/// A source of applications.
#[derive(Deserialize)]
pub(crate) struct SourceChoice {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}
