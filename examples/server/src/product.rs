//! The front door of the stand-in for the product: what a real product's own application would do.
//!
//! | request | does |
//! |---|---|
//! | `GET /product/assessments` | lists the account's assessments |
//! | `POST /product/assessments` | `{scenario, job?, person}`: a candidate who did not come through Greenhouse begins |
//! | `POST /product/assessments/{id}/complete` | `{score, traits?, summary?}`: the candidate finishes, and both directions are told |
//! | `GET /product/reports/{token}` | the report, open to whoever has the address |
//!
//! All but the report ask for the operator token of an account.

use std::sync::Arc;

use bytes::Bytes;
use demo_product::{DemoProduct, ProductError};
use greenhouse_core::{
    AccountId, AssessmentId, Clock, InvitationId, ProductJobId, ScenarioId, answer, chain,
    integration::Integration,
    platform::{Assessment, AssessmentPlatform, AssessmentState, Outcome, Person},
    scorecard::{Score, TraitScore},
};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

/// Answers what comes in under `/product/`.
#[derive(Debug)]
pub struct ProductDoor {
    product: Arc<DemoProduct>,
    greenhouse: Integration,
    clock: Arc<dyn Clock>,
}

impl ProductDoor {
    /// A door to this product. It reports completed assessments to the integration.
    pub fn new(product: Arc<DemoProduct>, greenhouse: Integration, clock: Arc<dyn Clock>) -> Self {
        Self {
            product,
            greenhouse,
            clock,
        }
    }

    /// Answers one request. `account` is the one whose operator token the request carried.
    pub async fn handle(
        &self,
        account: Option<&AccountId>,
        request: &Request<Bytes>,
    ) -> Response<Bytes> {
        let path = request.uri().path().trim_start_matches(PREFIX);
        let segments: Vec<_> = path.split('/').collect();
        if let (&Method::GET, ["reports", token]) = (request.method(), segments.as_slice()) {
            return self.report(token).await;
        }
        let Some(account) = account else {
            return answer::problem(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "an operator token is required",
            );
        };
        match (request.method(), segments.as_slice()) {
            (&Method::GET, ["assessments"]) => self.list(account).await,
            (&Method::POST, ["assessments"]) => match read(request) {
                Ok(new) => self.begin(account, new).await,
                Err(message) => unreadable(message),
            },
            (&Method::POST, ["assessments", id, "complete"]) => match read(request) {
                Ok(result) => {
                    self.complete(account, &AssessmentId::new(*id), result)
                        .await
                }
                Err(message) => unreadable(message),
            },
            _ => answer::not_found(),
        }
    }

    async fn list(&self, account: &AccountId) -> Response<Bytes> {
        let listed = async {
            let assessments = self.product.assessments(account).await?;
            let mut shown = Vec::with_capacity(assessments.len());
            for assessment in assessments {
                let outcome = self.product.outcome_of(account, &assessment.id).await?;
                shown.push(AssessmentView::of(
                    assessment,
                    outcome.map(|(outcome, _)| outcome),
                ));
            }
            Ok(shown)
        };
        match listed.await {
            Ok(shown) => answer::json(StatusCode::OK, &shown),
            Err(error) => failed(&error),
        }
    }

    async fn begin(&self, account: &AccountId, new: NewAssessment) -> Response<Bytes> {
        let taken = self
            .product
            .take(account, &new.scenario, new.job.as_ref(), &new.person)
            .await;
        match taken {
            Ok(assessment) => {
                answer::json(StatusCode::CREATED, &json!({ "assessment": assessment }))
            }
            Err(error) => failed(&error),
        }
    }

    /// Repeating it is safe: the same result is not recorded twice, and telling the services again changes nothing.
    async fn complete(
        &self,
        account: &AccountId,
        id: &AssessmentId,
        result: NewResult,
    ) -> Response<Bytes> {
        let completed = self
            .product
            .complete(
                account,
                id,
                result.score,
                &result.traits,
                result.summary.as_deref(),
                self.clock.now(),
            )
            .await;
        match completed {
            Err(ProductError::Ended) if self.is_recorded(account, id, result.score).await => {}
            Err(error) => return failed(&error),
            Ok(()) => {}
        }
        let told = self.greenhouse.assessment_changed(account, id);
        match told.await {
            Ok(()) => answer::json(
                StatusCode::OK,
                &json!({ "assessment": id, "state": "completed" }),
            ),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "a completion is recorded and was not announced");
                answer::problem(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "not_announced",
                    "the result is recorded, but the integration could not be told; send it again",
                )
            }
        }
    }

    async fn is_recorded(&self, account: &AccountId, id: &AssessmentId, score: Score) -> bool {
        match self.product.assessment(account, id).await {
            Ok(Some(found)) => {
                found.state == AssessmentState::Completed && found.score == Some(score)
            }
            _ => false,
        }
    }

    async fn report(&self, token: &str) -> Response<Bytes> {
        match self.product.report_page(token).await {
            Ok(Some(page)) => {
                let mut response = Response::new(Bytes::from(page));
                let html = HeaderValue::from_static("text/html; charset=utf-8");
                response.headers_mut().insert(header::CONTENT_TYPE, html);
                response
            }
            Ok(None) => answer::text(StatusCode::NOT_FOUND, "There is no such report."),
            Err(error) => failed(&error),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAssessment {
    scenario: ScenarioId,
    job: Option<ProductJobId>,
    person: Person,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewResult {
    score: Score,
    #[serde(default)]
    traits: Vec<TraitScore>,
    summary: Option<String>,
}

#[derive(Serialize)]
struct AssessmentView {
    id: AssessmentId,
    scenario: ScenarioId,
    invitation: Option<InvitationId>,
    state: AssessmentState,
    score: Option<Score>,
    outcome: Option<Outcome>,
}

impl AssessmentView {
    fn of(assessment: Assessment, outcome: Option<Outcome>) -> Self {
        Self {
            id: assessment.id,
            scenario: assessment.scenario,
            invitation: assessment.invitation,
            state: assessment.state,
            score: assessment.score,
            outcome,
        }
    }
}

/// The body as JSON, or the member and the reason in words fit for the caller.
fn read<T: DeserializeOwned>(request: &Request<Bytes>) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(request.body());
    serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| format!("{}: {}", error.path(), error.inner()))
}

fn unreadable(message: String) -> Response<Bytes> {
    answer::problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", message)
}

fn failed(error: &ProductError) -> Response<Bytes> {
    let (status, code) = match error {
        ProductError::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found"),
        ProductError::Ended => (StatusCode::CONFLICT, "ended"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    answer::problem(status, code, error.to_string())
}

const PREFIX: &str = "/product/";
