use serde::{Deserialize, Serialize};

use super::{AssessmentSettings, PushSettings, SyncSettings};
use crate::report_link::ReportLinks;

/// Settings of one account. Each direction is optional.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountSettings {
    /// Keys that sign report links.
    pub report_links: ReportLinks,
    /// Settings for candidates that Greenhouse sends to the product.
    #[serde(default)]
    pub assessments: Option<AssessmentSettings>,
    /// Settings for candidates that the product pushes to Greenhouse.
    #[serde(default)]
    pub push: Option<PushSettings>,
    /// Settings for webhooks that report changes to pushed candidates.
    #[serde(default)]
    pub sync: Option<SyncSettings>,
}

impl AccountSettings {
    /// Creates settings with no direction set up.
    pub fn new(report_links: ReportLinks) -> Self {
        Self {
            report_links,
            assessments: None,
            push: None,
            sync: None,
        }
    }
}
