use std::fmt;

use async_trait::async_trait;
use greenhouse_core::{AccountId, AssessmentId};

/// Names assessments on the pages. The integration stores ids only; a host that wants names looks
/// them up here.
#[async_trait]
pub trait Describe: fmt::Debug + Send + Sync {
    /// Returns the name and address of an assessment, or `None` if the page should show its id.
    /// The page waits at most a second for all calls.
    async fn describe(&self, account: &AccountId, assessment: &AssessmentId)
    -> Option<Description>;
}

/// Name of an assessment for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Text instead of the id, such as the candidate's name. Shown as text, never as HTML.
    pub label: String,
    /// Page of the assessment in the product. Only `http`, `https` and relative addresses become
    /// links.
    pub url: Option<String>,
}
