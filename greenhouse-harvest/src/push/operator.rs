//! Operator endpoints for pushes.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, CandidateId, Text, answer,
    health::Check,
    operator::{OperatorPart, OperatorRequest, QueuedRetry, WithText, not_found, store_down},
    platform::PlatformError,
    store::{LogSubject, LoggedEntry, StoreError},
};
#[cfg(feature = "openapi")]
use greenhouse_core::{openapi::Operation, trigger::Trigger};
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use super::TriggerEstimate;
use super::{
    PushRefusal, PushService, PushSetUp, PushView, backfill, connection, diagnosis, settings,
    status_field, texts::refusal as texts,
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

fn refusal_answer(refusal: &PushRefusal, now: DateTime<Utc>) -> Response<Bytes> {
    let status = match refusal {
        PushRefusal::NotFound | PushRefusal::Platform(PlatformError::NotFound { .. }) => {
            return not_found();
        }
        PushRefusal::Store(error) => return store_down(error),
        PushRefusal::NotPushable(_) => StatusCode::UNPROCESSABLE_ENTITY,
        PushRefusal::Platform(error) if !matches!(error, PlatformError::Refused { .. }) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        PushRefusal::SwitchedOff
        | PushRefusal::NotCompleted
        | PushRefusal::NotSettled { .. }
        | PushRefusal::Contended
        | PushRefusal::Platform(_) => StatusCode::CONFLICT,
    };
    let mut response = answer::problem_text(status, &refusal_text(refusal, now));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response = answer::caused_by(response, refusal);
    }
    if let PushRefusal::NotSettled { until } = refusal {
        let seconds = HeaderValue::from(seconds_until(*until, now));
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

fn refusal_text(refusal: &PushRefusal, now: DateTime<Utc>) -> Text {
    match refusal {
        PushRefusal::NotPushable(text) => text.clone(),
        PushRefusal::SwitchedOff => texts::switched_off(),
        PushRefusal::NotCompleted => texts::not_completed(),
        PushRefusal::NotSettled { until } => texts::not_settled(seconds_until(*until, now)),
        PushRefusal::Contended => texts::contended(),
        PushRefusal::NotFound | PushRefusal::Platform(PlatformError::NotFound { .. }) => {
            texts::not_found()
        }
        PushRefusal::Platform(PlatformError::Refused { reason }) => texts::product_refused(reason),
        PushRefusal::Platform(_) => texts::product_unavailable(),
        PushRefusal::Store(_) => texts::store_unavailable(),
    }
}

/// Returns the remaining seconds, rounded up so that a retry after this time is not refused again.
fn seconds_until(until: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let left = until.signed_duration_since(now);
    let whole = left.num_seconds();
    if left > TimeDelta::seconds(whole) {
        whole.saturating_add(1)
    } else {
        whole.max(0)
    }
}

#[cfg(test)]
mod tests {
    use greenhouse_core::{
        every_variant,
        testing::{has_remedy, platform_errors, store_errors},
    };

    use super::*;
    use crate::push::texts::sync_log;

    /// The person who requested the push sees why it was refused, and what to do about it.
    #[test]
    fn every_refusal_is_answered_with_a_text() {
        let now = DateTime::UNIX_EPOCH;
        let mut refusals = every_variant!(PushRefusal {
            PushRefusal::NotFound => [PushRefusal::NotFound];
            PushRefusal::SwitchedOff => [PushRefusal::SwitchedOff];
            PushRefusal::NotCompleted => [PushRefusal::NotCompleted];
            PushRefusal::NotPushable(_) => [
                PushRefusal::NotPushable(sync_log::no_email()),
                PushRefusal::NotPushable(sync_log::invalid_email("the address is empty")),
                PushRefusal::NotPushable(sync_log::no_name()),
                PushRefusal::NotPushable(sync_log::no_mapping("sales")),
                PushRefusal::NotPushable(sync_log::no_job()),
                PushRefusal::NotPushable(sync_log::email_changed()),
            ];
            PushRefusal::NotSettled { .. } => [PushRefusal::NotSettled { until: now }];
            PushRefusal::Contended => [PushRefusal::Contended];
            PushRefusal::Platform(_) => [PushRefusal::NotFound];
            PushRefusal::Store(_) => [PushRefusal::Contended];
        });
        refusals.extend(platform_errors().into_iter().map(PushRefusal::Platform));
        refusals.extend(store_errors().into_iter().map(PushRefusal::Store));
        for refusal in refusals {
            let status = refusal_answer(&refusal, now).status();
            let text = refusal_text(&refusal, now);
            assert!(!text.code().is_empty() && !text.as_str().is_empty());
            if let PushRefusal::NotPushable(_) = refusal {
                let shown = refusal.to_string();
                assert!(shown.contains(text.as_str()), "{shown}");
            }
            // The cause of a 503 is in the server's log, and a 404 needs no remedy. A reason from
            // the product may have no remedy.
            let of_product = matches!(
                refusal,
                PushRefusal::Platform(PlatformError::Refused { .. })
            );
            if !of_product && ![404, 503].contains(&status.as_u16()) {
                assert!(has_remedy(text.as_str()), "{refusal:?}: {text}");
            }
        }
    }

    #[test]
    fn retry_after_is_rounded_up() {
        for (left, seconds) in [
            (TimeDelta::milliseconds(1000), "1"),
            (TimeDelta::microseconds(1_000_500), "2"),
            (TimeDelta::nanoseconds(1), "1"),
            (TimeDelta::zero(), "0"),
            (TimeDelta::seconds(-5), "0"),
        ] {
            let now = DateTime::UNIX_EPOCH;
            let refusal = PushRefusal::NotSettled { until: now + left };
            let response = refusal_answer(&refusal, now);
            assert_eq!(response.headers()[header::RETRY_AFTER], seconds, "{left}");
        }
    }
}
