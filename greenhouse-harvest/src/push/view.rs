//! The state of a push, as the endpoint answers it.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use greenhouse_core::{
    ApplicationId, AssessmentId, CandidateId,
    store::{LogId, Push, PushFailure, PushState},
};
use serde::Serialize;

use super::ledger::journal::{interrupted, is_running};

/// How a push stands: what `POST push/{assessment}` answers.
///
/// ```json
/// {"assessment":"a-1","state":"done","candidate":7310442002,"application":8120034002,"log":12}
/// {"assessment":"a-2","state":"failed","candidate":null,"application":null,"log":13,
///  "error":{"code":"several_candidates","message":"...","candidates":[7310442002,7310442003]}}
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PushView {
    /// What is pushed.
    pub assessment: AssessmentId,
    /// `queued`, `running`, `done` or `failed`.
    pub state: &'static str,
    /// The candidate it went to, once known.
    pub candidate: Option<CandidateId>,
    /// The application it went to, once known.
    pub application: Option<ApplicationId>,
    /// The entry of the sync log.
    pub log: Option<LogId>,
    /// Why it has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<PushProblem>,
}

/// Why a push has failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PushProblem {
    /// A stable word for programs.
    pub code: String,
    /// What happened and what to do, in plain words.
    pub message: String,
    /// The candidates that a person can choose among.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<CandidateId>,
    /// Before this time, ISO 8601 in UTC, a retry is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<String>,
}

impl PushView {
    /// A push whose lease has run out reads as failed.
    pub(super) fn of(
        push: &Push,
        log: Option<LogId>,
        now: DateTime<Utc>,
        settle_time: Duration,
    ) -> Self {
        let (state, error) = match &push.state {
            PushState::Queued => ("queued", None),
            PushState::Done => ("done", None),
            PushState::Failed(failure) => ("failed", Some(PushProblem::of(failure))),
            _ if is_running(push, now) => ("running", None),
            _ => (
                "failed",
                Some(PushProblem::of(&interrupted(push, settle_time))),
            ),
        };
        Self {
            assessment: push.assessment.clone(),
            state,
            candidate: push.candidate,
            application: push.application,
            log,
            error,
        }
    }

    /// Returns `true` if the push has ended, well or not.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, "done" | "failed")
    }
}

impl PushProblem {
    fn of(failure: &PushFailure) -> Self {
        let shown = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        Self {
            code: failure.code.clone(),
            message: failure.text.clone(),
            candidates: failure.candidates.clone(),
            retry_at: failure.retry_after.map(shown),
        }
    }
}
