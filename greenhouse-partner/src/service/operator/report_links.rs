//! Endpoint that revokes report links.

use bytes::Bytes;
#[cfg(feature = "openapi")]
use greenhouse_core::openapi::Operation;
use greenhouse_core::{
    AssessmentId,
    answer::{self, method_not_allowed},
    operator::{OperatorRequest, not_found, store_down},
};
use http::{Method, Response, StatusCode};

use crate::reports::Reports;

/// Responds to a request to this endpoint. Returns `None` for any other path.
pub(super) async fn answer(
    reports: &Reports,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    let path = request.path();
    let ["report-links", assessment, "revoke"] = path.as_slice() else {
        return None;
    };
    if request.method != Method::POST {
        return Some(method_not_allowed(&[Method::POST]));
    }
    let assessment = AssessmentId::new(*assessment);
    Some(
        match reports.revoke_known(&request.account, &assessment).await {
            Ok(true) => answer::empty(StatusCode::NO_CONTENT),
            Ok(false) => not_found(),
            Err(error) => store_down(&error),
        },
    )
}

#[cfg(feature = "openapi")]
pub(super) fn operations() -> Vec<Operation> {
    let summary = "Revokes all existing links to a report, also while the product is unavailable.";
    vec![
        Operation::new(Method::POST, "report-links/{assessment}/revoke", summary)
            .path_parameter::<AssessmentId>("assessment")
            .empty_response(StatusCode::NO_CONTENT, "The links are revoked.")
            .error(StatusCode::NOT_FOUND),
    ]
}
