//! Set-up endpoint; see [`SetUp`].

use bytes::Bytes;
#[cfg(feature = "openapi")]
use greenhouse_core::openapi::Operation;
use greenhouse_core::{
    answer::{self, method_not_allowed},
    operator::{OperatorRequest, WithText, store_down},
};
use http::{Method, Response, StatusCode};
use serde::Serialize;

use super::uncached;
use crate::{AssessmentSetUp, PartnerService, SetUp, WebhookSetUp};

/// Responds to a request to this endpoint. Returns `None` for any other path.
pub(super) async fn answer(
    service: &PartnerService,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    Some(match request.path().as_slice() {
        ["set-up"] if request.method == Method::GET => {
            match service.set_up(&request.account).await {
                Ok(set_up) => set_up_answer(set_up),
                Err(error) => store_down(&error),
            }
        }
        ["set-up"] => method_not_allowed(&[Method::GET]),
        _ => return None,
    })
}

fn set_up_answer(set_up: SetUp) -> Response<Bytes> {
    let SetUp { assessments, sync } = set_up;
    let body = SetUpView {
        assessments: assessments.map(WithText::new),
        sync: sync.map(WithText::new),
    };
    uncached(answer::json(StatusCode::OK, &body))
}

/// Steps that connect the account with Greenhouse.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "SetUp"))]
struct SetUpView {
    /// Steps after which Greenhouse sends candidates. `None` without assessment settings.
    assessments: Option<WithText<AssessmentSetUp>>,
    /// Steps after which Greenhouse sends webhooks. `None` without sync settings.
    sync: Option<WithText<WebhookSetUp>>,
}

#[cfg(feature = "openapi")]
pub(super) fn operations() -> Vec<Operation> {
    let summary = "Returns the steps that connect the account with Greenhouse.";
    vec![
        Operation::new(Method::GET, "set-up", summary)
            .response::<SetUpView>(StatusCode::OK, "The steps."),
    ]
}
