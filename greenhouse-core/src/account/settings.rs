use serde::{Deserialize, Serialize};

use super::{AssessmentSettings, PushSettings, SyncSettings};
use crate::report_link::ReportLinks;

/// Settings of one account. Each direction is optional.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountSettings {
    /// Keys of the report links.
    pub report_links: ReportLinks,
    /// Greenhouse sends candidates to the product.
    #[serde(default)]
    pub assessments: Option<AssessmentSettings>,
    /// The product pushes candidates to Greenhouse.
    #[serde(default)]
    pub push: Option<PushSettings>,
    /// Webhooks report changes of pushed candidates.
    #[serde(default)]
    pub sync: Option<SyncSettings>,
}

impl AccountSettings {
    /// Settings without any direction.
    pub fn new(report_links: ReportLinks) -> Self {
        Self {
            report_links,
            assessments: None,
            push: None,
            sync: None,
        }
    }
}
