//! Operator endpoints for pushes.

mod refusal;

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId, CandidateId, answer,
    health::Check,
    operator::{OperatorPart, OperatorRequest, QueuedRetry, WithText, not_found, store_down},
    platform::PlatformError,
    store::{LogSubject, LoggedEntry, StoreError},
};
#[cfg(feature = "openapi")]
use greenhouse_core::{openapi::Operation, trigger::Trigger};
use http::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};

use self::refusal::{refusal_answer, refusal_text};
#[cfg(feature = "openapi")]
use super::TriggerEstimate;
use super::{
    PushRefusal, PushService, PushSetUp, PushView, backfill, connection, diagnosis, settings,
    status_field,
};
use crate::api::PUSH_SCOPES;

/// `GET push/{assessment}`, with the state of a push or 404 if there is none. `POST
/// push/{assessment}`, and the retry of a push from the sync log, with an optional body
/// `{"candidate_id": 123}`. Each response is a [`PushView`]. The status of a `POST` is 200 if the
/// push has ended (done or failed), otherwise 202.
///
/// `GET push/{assessment}/ready` returns `{"ready": true}` if a `POST` would be accepted, otherwise
/// the refusal of the `POST`.
#[async_trait]
impl OperatorPart for PushService {
    async fn answer(&self, request: &OperatorRequest) -> Option<Response<Bytes>> {
        let path = request.path();
        if let Some(answer) = connection::answer(&self.connection(), request).await {
            return Some(answer);
        }
        if let Some(answer) = backfill::answer(self, request).await {
            return Some(answer);
        }
        if path.as_slice() == ["set-up", "push"] {
            return Some(self.set_up_answer(request).await);
        }
        if path.as_slice() == ["settings", "push", "estimate"] {
            return Some(match request.method {
                Method::POST => self.estimate_answer(request).await,
                _ => answer::method_not_allowed(&[Method::POST]),
            });
        }
        if let ["push", assessment, "ready"] = path.as_slice() {
            let assessment = AssessmentId::new(*assessment);
            return Some(match request.method {
                Method::GET => self.readiness(&request.account, &assessment).await,
                _ => answer::method_not_allowed(&[Method::GET]),
            });
        }
        let ["push", assessment] = path.as_slice() else {
            return settings::answer(&self.settings(), request).await;
        };
        let assessment = AssessmentId::new(*assessment);
        Some(match request.method {
            Method::GET => self.push_state(&request.account, &assessment).await,
            Method::POST => self.request_push(request, &assessment).await,
            _ => answer::method_not_allowed(&[Method::GET, Method::POST]),
        })
    }

    async fn retry(
        &self,
        request: &OperatorRequest,
        entry: &LoggedEntry,
    ) -> Option<Response<Bytes>> {
        if let Some(id) = status_field::invitation_of(entry) {
            let answer = status_field::retry(&self.engine, &request.account, id);
            return Some(answer.await);
        }
        if entry.entry.subject != LogSubject::Push {
            return None;
        }
        let assessment = entry.entry.assessment.as_ref()?;
        Some(self.request_push(request, assessment).await)
    }

    async fn queue_retry(
        &self,
        account: &AccountId,
        entry: &LoggedEntry,
    ) -> Result<Option<QueuedRetry>, StoreError> {
        if let Some(id) = status_field::invitation_of(entry) {
            return status_field::queue_retry(&self.engine, account, id).await;
        }
        let (LogSubject::Push, Some(assessment)) = (entry.entry.subject, &entry.entry.assessment)
        else {
            return Ok(None);
        };
        match self.queue(account, assessment, None).await {
            Ok(()) => Ok(Some(QueuedRetry::Queued)),
            Err(PushRefusal::Store(error)) => Err(error),
            Err(refusal) => {
                let text = refusal_text(&refusal, self.engine.now());
                Ok(Some(match refusal {
                    PushRefusal::Platform(PlatformError::Unavailable(_)) => {
                        QueuedRetry::Unavailable(text)
                    }
                    _ => QueuedRetry::Refused(text),
                }))
            }
        }
    }

    #[cfg(feature = "openapi")]
    fn operations(&self) -> Vec<Operation> {
        let mut operations = operations();
        operations.extend(settings::operations());
        operations.extend(connection::operations());
        operations.extend(backfill::operations());
        operations
    }

    async fn checks(&self, account: &AccountId) -> Vec<Check> {
        diagnosis::health::checks(&self.engine, account).await
    }
}

impl PushService {
    /// `GET set-up/push`; see [`PushSetUp`](crate::PushSetUp).
    async fn set_up_answer(&self, request: &OperatorRequest) -> Response<Bytes> {
        if request.method != Method::GET {
            return answer::method_not_allowed(&[Method::GET]);
        }
        let set_up = match self.set_up(&request.account).await {
            Ok(set_up) => set_up,
            Err(error) => return store_down(&error),
        };
        let view = PushSetUpView {
            push: set_up.map(WithText::new),
            default_scopes: PUSH_SCOPES.to_vec(),
        };
        answer::json(StatusCode::OK, &view)
    }

    /// `GET push/{assessment}`.
    async fn push_state(&self, account: &AccountId, assessment: &AssessmentId) -> Response<Bytes> {
        match self.view(account, assessment).await {
            Ok(Some(view)) => answer::json(StatusCode::OK, &view),
            Ok(None) => not_found(),
            Err(error) => store_down(&error),
        }
    }

    /// `GET push/{assessment}/ready`.
    async fn readiness(&self, account: &AccountId, assessment: &AssessmentId) -> Response<Bytes> {
        match self.check(account, assessment).await {
            Ok(()) => answer::json(StatusCode::OK, &PushReadiness { ready: true }),
            Err(refusal) => refusal_answer(&refusal, self.engine.now()),
        }
    }

    /// Requests or retries a push with the candidate from the body, if any.
    async fn request_push(
        &self,
        request: &OperatorRequest,
        assessment: &AssessmentId,
    ) -> Response<Bytes> {
        let choice = match choice(request) {
            Ok(choice) => choice,
            Err(message) => {
                return answer::problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", message);
            }
        };
        match self.request(&request.account, assessment, choice).await {
            Ok(view) => view_answer(&view),
            Err(refusal) => refusal_answer(&refusal, self.engine.now()),
        }
    }
}

#[cfg(feature = "openapi")]
fn operations() -> Vec<Operation> {
    let (ok, conflict) = (StatusCode::OK, StatusCode::CONFLICT);
    let push = |method, summary| {
        Operation::new(method, "push/{assessment}", summary)
            .path_parameter::<AssessmentId>("assessment")
            .error(StatusCode::NOT_FOUND)
    };
    let retry = |operation: Operation| {
        let accepted = StatusCode::ACCEPTED;
        let operation = operation.optional_body::<PushBody>();
        let operation = operation.response::<PushView>(ok, "The push is done or has failed.");
        operation
            .response::<PushView>(accepted, "The push is queued, running or waiting.")
            .error(conflict)
    };
    vec![
        push(
            Method::GET,
            "Returns the state of a push, with its steps and their times.",
        )
        .response::<PushView>(ok, "The state."),
        retry(push(
            Method::POST,
            "Pushes an assessment, or retries a failed push. Waits up to 10 seconds for the end.",
        )),
        Operation::new(
            Method::GET,
            "push/{assessment}/ready",
            "Checks if a push would be accepted now. Changes nothing.",
        )
        .path_parameter::<AssessmentId>("assessment")
        .response::<PushReadiness>(ok, "A push would be accepted.")
        .error(StatusCode::NOT_FOUND)
        .error(conflict)
        .described_error(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The assessment cannot be pushed.",
        ),
        // The retry of an entry of the sync log, if the entry is a push.
        retry(Operation::new(Method::POST, "sync-log/{id}/retry", "")),
        Operation::new(
            Method::GET,
            "set-up/push",
            "Returns the steps to take in Greenhouse for the push.",
        )
        .response::<PushSetUpView>(ok, "The steps."),
        Operation::new(
            Method::POST,
            "settings/push/estimate",
            "Counts the assessments of the last 30 days that a trigger would have pushed.",
        )
        .body::<Trigger>()
        .response::<TriggerEstimate>(ok, "The numbers.")
        .error(conflict),
    ]
}

/// Set-up of the push.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "PushSetUpResponse"))]
struct PushSetUpView {
    /// `None` if the account has no push settings.
    push: Option<WithText<PushSetUp>>,
    /// Scopes that every push needs.
    default_scopes: Vec<&'static str>,
}

/// Readiness of an assessment for a push.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct PushReadiness {
    /// Always `true`. An assessment that is not ready is an error.
    ready: bool,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct PushBody {
    /// Candidate to push to, if several candidates match.
    #[serde(default)]
    candidate_id: Option<CandidateId>,
}

fn choice(request: &OperatorRequest) -> Result<Option<CandidateId>, String> {
    if request.body.trim_ascii().is_empty() {
        return Ok(None);
    }
    Ok(request.json::<PushBody>()?.candidate_id)
}

fn view_answer(view: &PushView) -> Response<Bytes> {
    let status = if view.has_ended() {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    answer::json(status, view)
}
