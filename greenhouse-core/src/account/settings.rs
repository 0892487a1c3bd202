use serde::{Deserialize, Serialize};

use super::{AssessmentSettings, PushSettings, SyncSettings};
use crate::report_link::ReportLinks;

/// The settings of one account: each direction is optional.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountSettings {
    /// The keys of its report links.
    pub report_links: ReportLinks,
    /// Greenhouse sends candidates for assessment.
    #[serde(default)]
    pub assessments: Option<AssessmentSettings>,
    /// The product pushes candidates into Greenhouse.
    #[serde(default)]
    pub push: Option<PushSettings>,
    /// Webhooks bring back what happened to pushed candidates.
    #[serde(default)]
    pub sync: Option<SyncSettings>,
}

impl AccountSettings {
    /// Settings with no direction yet.
    pub fn new(report_links: ReportLinks) -> Self {
        Self {
            report_links,
            assessments: None,
            push: None,
            sync: None,
        }
    }
}
