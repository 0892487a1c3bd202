//! Endpoint with the states of the webhooks; see [`HookStates`](crate::HookStates).

use bytes::Bytes;
#[cfg(feature = "openapi")]
use greenhouse_core::openapi::Operation;
use greenhouse_core::{
    answer::{self, method_not_allowed},
    operator::{OperatorRequest, store_down},
};
use http::{Method, Response, StatusCode};

#[cfg(feature = "openapi")]
use crate::HookStates;
use crate::health::Checks;

/// Responds to a request to this endpoint. Returns `None` for any other path.
pub(super) async fn answer(checks: &Checks, request: &OperatorRequest) -> Option<Response<Bytes>> {
    if request.path().as_slice() != ["hooks"] {
        return None;
    }
    if request.method != Method::GET {
        return Some(method_not_allowed(&[Method::GET]));
    }
    Some(match checks.hook_states(&request.account).await {
        Ok(states) => answer::json(StatusCode::OK, &states),
        Err(error) => store_down(&error),
    })
}

#[cfg(feature = "openapi")]
pub(super) fn operations() -> Vec<Operation> {
    let summary = "Returns each webhook to create in Greenhouse, with its state.";
    vec![
        Operation::new(Method::GET, "hooks", summary)
            .response::<HookStates>(StatusCode::OK, "The webhooks."),
    ]
}
