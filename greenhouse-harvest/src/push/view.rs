//! State of a push as returned by the endpoint.

mod steps;

use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, AssessmentId, CandidateId, profile_url,
    store::{LogId, Push, PushFailure, PushState, PushWait},
};
use serde::Serialize;

pub use self::steps::StepView;
use self::steps::steps;
use super::{
    ledger::journal::{interrupted, is_running},
    texts::time,
};

/// State of a push. Response to `GET` and `POST push/{assessment}`.
///
/// ```json
/// {"assessment":"a-1","state":"done","candidate":7310442002,"application":8120034002,
///  "greenhouse_url":"https://app.greenhouse.io/people/7310442002?application_id=8120034002",
///  "log":12,"steps":[{"step":"candidate","state":"done","began_at":"2026-12-01T09:00:00Z",
///  "ended_at":"2026-12-01T09:00:01Z"}]}
/// {"assessment":"a-2","state":"failed","candidate":null,"application":null,
///  "greenhouse_url":null,"log":13,"steps":[],
///  "error":{"code":"several_candidates","message":"...","candidates":[7310442002,7310442003]}}
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "openapi",
    schemars(rename = "Push", description = "State of a push.")
)]
#[non_exhaustive]
pub struct PushView {
    /// Pushed assessment.
    pub assessment: AssessmentId,
    /// `queued`, `waiting`, `running`, `done` or `failed`.
    #[cfg_attr(
        feature = "openapi",
        schemars(extend("enum" = ["queued", "waiting", "running", "done", "failed"]))
    )]
    pub state: &'static str,
    /// Candidate in Greenhouse, once known.
    pub candidate: Option<CandidateId>,
    /// Application in Greenhouse, once known.
    pub application: Option<ApplicationId>,
    /// URL of the candidate's profile in Greenhouse, once the candidate is known.
    pub greenhouse_url: Option<String>,
    /// Id of the push's entry in the sync log.
    pub log: Option<LogId>,
    /// Steps that have begun, in the order of the push.
    pub steps: Vec<StepView>,
    /// Reason for the failure, if the push has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<PushProblem>,
    /// Reason for the wait and the time of the next attempt, if the push is waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<PushProblem>,
}

/// Reason why a push failed or waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PushProblem {
    /// Stable code for programs.
    pub code: String,
    /// Cause and remedy, for people.
    pub message: String,
    /// Candidates that a recruiter can choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<CandidateId>,
    /// Time before which a retry is refused, or time of a waiting push's next attempt. ISO 8601 in
    /// UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<chrono::DateTime<chrono::Utc>>")
    )]
    pub retry_at: Option<String>,
}

impl PushView {
    /// Returns the state of a push. A push whose lease has ended counts as failed.
    pub(super) fn new(
        push: &Push,
        log: Option<LogId>,
        now: DateTime<Utc>,
        settle_time: Duration,
    ) -> Self {
        let (state, error) = match &push.state {
            PushState::Queued if push.wait.is_some() => ("waiting", None),
            PushState::Queued => ("queued", None),
            PushState::Done => ("done", None),
            PushState::Failed(failure) => ("failed", Some(PushProblem::new(failure))),
            _ if is_running(push, now) => ("running", None),
            _ => (
                "failed",
                Some(PushProblem::new(&interrupted(push, settle_time))),
            ),
        };
        Self {
            assessment: push.assessment.clone(),
            state,
            candidate: push.candidate,
            application: push.application,
            greenhouse_url: push
                .candidate
                .map(|candidate| profile_url(candidate, push.application)),
            log,
            steps: steps(push, state == "running"),
            error,
            wait: match state {
                "waiting" => push.wait.as_ref().map(PushProblem::of_wait),
                _ => None,
            },
        }
    }

    /// Returns `true` if the push is done or has failed.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, "done" | "failed")
    }
}

impl PushProblem {
    fn of_wait(wait: &PushWait) -> Self {
        Self {
            code: wait.code.clone(),
            message: wait.text.clone(),
            candidates: Vec::new(),
            retry_at: Some(time(wait.retry_at)),
        }
    }

    fn new(failure: &PushFailure) -> Self {
        Self {
            code: failure.code.clone(),
            message: failure.text.clone(),
            candidates: failure.candidates.clone(),
            retry_at: failure.retry_after.map(time),
        }
    }
}
