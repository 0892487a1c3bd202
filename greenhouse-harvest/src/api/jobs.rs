use greenhouse_core::JobId;
use serde::Deserialize;

use crate::{HarvestClient, Pages, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/jobs` (official description, observed live). Confidential jobs are hidden from an acting user who is not
    /// on the hiring team (documented); whether from a Site Admin, too, is told both ways.
    pub fn jobs(&self, filter: &JobFilter) -> Pages<Job> {
        let mut query = Vec::new();
        if !filter.ids.is_empty() {
            query.push(("ids", super::ids(&filter.ids)));
        }
        Pages::new(self, Call::of(self, LIST).with_query(query))
    }
}

/// Which jobs to list.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct JobFilter {
    /// With these ids, at most 50.
    pub ids: Vec<JobId>,
}

impl JobFilter {
    /// Jobs with these ids, at most 50.
    pub fn ids(ids: Vec<JobId>) -> Self {
        Self { ids }
    }
}

/// A job.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Job {
    /// The id.
    pub id: JobId,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// How it stands.
    #[serde(default)]
    pub status: Option<JobStatus>,
}

/// How a job stands (documented).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JobStatus {
    /// It takes applications.
    Open,
    /// Not open yet.
    Draft,
    /// No longer open.
    Closed,
    /// A word that is not known here.
    #[serde(other)]
    Other,
}

pub(super) const LIST: Route = Route::get("/v3/jobs", "harvest:jobs:list");
