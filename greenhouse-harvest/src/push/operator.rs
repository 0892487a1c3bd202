//! Operator endpoints for pushes.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, CandidateId, answer,
    health::Check,
    operator::{OperatorPart, OperatorRequest, not_found, store_down},
    platform::PlatformError,
    store::{LogSubject, LoggedEntry},
};
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde::Deserialize;

use super::{PushRefusal, PushService, PushView, diagnosis, settings, texts::refusal as texts};

/// `POST push/{assessment}`, and the retry of a push from the sync log, with an optional body
/// `{"candidate_id": 123}`. The response is a [`PushView`] with status 200 if the push has ended
/// (done or failed), otherwise 202.
#[async_trait]
impl OperatorPart for PushService {
    async fn answer(&self, request: &OperatorRequest) -> Option<Response<Bytes>> {
        let path = request.path();
        let ["push", assessment] = path.as_slice() else {
            return settings::answer(&self.settings(), request).await;
        };
        if request.method != Method::POST {
            return Some(answer::method_not_allowed());
        }
        let assessment = AssessmentId::new(*assessment);
        Some(self.request_push(request, &assessment).await)
    }

    async fn retry(
        &self,
        request: &OperatorRequest,
        entry: &LoggedEntry,
    ) -> Option<Response<Bytes>> {
        if entry.entry.subject != LogSubject::Push {
            return None;
        }
        let assessment = entry.entry.assessment.as_ref()?;
        Some(self.request_push(request, assessment).await)
    }

    async fn checks(&self, account: &AccountId) -> Vec<Check> {
        diagnosis::health::checks(&self.engine, account).await
    }
}

impl PushService {
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PushBody {
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
    let conflict = |code, text: &str| answer::problem(StatusCode::CONFLICT, code, text);
    match refusal {
        PushRefusal::NotFound => not_found(),
        PushRefusal::SwitchedOff => conflict("switched_off", texts::PUSH_SWITCHED_OFF),
        PushRefusal::NotCompleted => conflict("not_completed", texts::NOT_COMPLETED),
        PushRefusal::NotPushable(text) => {
            answer::problem_text(StatusCode::UNPROCESSABLE_ENTITY, text)
        }
        PushRefusal::NotSettled { until } => not_settled(*until, now),
        PushRefusal::Contended => conflict("contended", texts::CONTENDED),
        PushRefusal::Platform(PlatformError::NotFound { .. }) => not_found(),
        PushRefusal::Platform(PlatformError::Refused { reason }) => {
            conflict("product_refused", reason)
        }
        PushRefusal::Platform(_) => answer::problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "product_unavailable",
            texts::PRODUCT_UNAVAILABLE,
        ),
        PushRefusal::Store(error) => store_down(error),
    }
}

fn not_settled(until: DateTime<Utc>, now: DateTime<Utc>) -> Response<Bytes> {
    let left = until.signed_duration_since(now);
    // Rounded up, so that a retry after this time is not refused again.
    let whole = left.num_seconds();
    let seconds = if left > TimeDelta::seconds(whole) {
        whole.saturating_add(1)
    } else {
        whole.max(0)
    };
    let text = texts::not_settled(seconds);
    let mut response = answer::problem(StatusCode::CONFLICT, "not_settled", text);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let response = not_settled(now + left, now);
            assert_eq!(response.headers()[header::RETRY_AFTER], seconds, "{left}");
        }
    }
}
