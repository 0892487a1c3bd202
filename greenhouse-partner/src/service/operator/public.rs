//! Endpoints that Greenhouse calls, in the OpenAPI document.

use greenhouse_core::{AssessmentId, integration::PublicRoute, openapi::Operation};
use http::StatusCode;

use crate::{
    assessments::{ErrorReport, ErrorTaken, PartnerTest, SendTestBody, SentTest, TestStatus},
    reports::ReportLink,
};

pub(super) fn operations() -> Vec<Operation> {
    let (ok, not_found) = (StatusCode::OK, StatusCode::NOT_FOUND);
    let report = PublicRoute::Report(AssessmentId::new("assessment"));
    vec![
        PublicRoute::ListTests
            .operation("Lists the tests that recruiters can choose from.")
            .response::<Vec<PartnerTest>>(ok, "The tests.")
            .error(not_found),
        PublicRoute::SendTest
            .operation("Requests that a candidate takes a test. A repeated request has no effect.")
            .body::<SendTestBody>()
            .response::<SentTest>(ok, "The invitation is stored.")
            .error(not_found),
        PublicRoute::TestStatus
            .operation("Returns the status of a test, and the result once there is one.")
            .required_query::<String>("partner_interview_id", "Id that `send-test` returned.")
            .response::<TestStatus>(ok, "The status.")
            .error(StatusCode::BAD_REQUEST)
            .error(not_found),
        PublicRoute::ResponseError
            .operation("Reports a response that Greenhouse could not use. Older spellings of the path also work.")
            .body::<ErrorReport>()
            .response::<ErrorTaken>(ok, "The report is in the sync log.")
            .error(not_found),
        report
            .operation("Returns a link to a report, or opens the report with the token of the link.")
            .or_from_browser()
            .path_parameter::<AssessmentId>("assessment")
            .query::<String>("token", "Signature of a link. No partner key is then required.")
            .response::<ReportLink>(ok, "With a partner key: the link.")
            .empty_response(StatusCode::FOUND, "With a token: redirect to the report.")
            .error(not_found)
            .text_response(not_found, "")
            .text_response(StatusCode::GONE, "The link is expired or revoked.")
            .text_response(StatusCode::SERVICE_UNAVAILABLE, ""),
    ]
}
