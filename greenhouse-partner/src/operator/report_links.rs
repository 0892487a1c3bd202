//! The endpoint that revokes report links.

use bytes::Bytes;
use greenhouse_core::{
    AssessmentId, answer,
    operator::{OperatorRequest, not_found, store_down},
};
use http::{Method, Response, StatusCode};

use super::method_not_allowed;
use crate::PartnerService;

/// Answers a request whose path is this endpoint; none for any other.
pub(super) async fn answer(
    service: &PartnerService,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    let path = request.path();
    let ["report-links", assessment, "revoke"] = path.as_slice() else {
        return None;
    };
    if request.method != Method::POST {
        return Some(method_not_allowed());
    }
    Some(revoke(service, request, &AssessmentId::new(*assessment)).await)
}

/// Where the product says that it has no such assessment, the id is wrong and nothing is written. Where it says nothing, the
/// links end all the same: somebody may have got hold of one.
async fn revoke(
    service: &PartnerService,
    request: &OperatorRequest,
    assessment: &AssessmentId,
) -> Response<Bytes> {
    let (account, platform) = (&request.account, &service.parts.platform);
    let found = service.ask(platform.assessment(account, assessment)).await;
    if matches!(found, Ok(None)) {
        return not_found();
    }
    match service.revoke_report_links(account, assessment).await {
        Ok(()) => answer::empty(StatusCode::NO_CONTENT),
        Err(error) => store_down(&error),
    }
}
