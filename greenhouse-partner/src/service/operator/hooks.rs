//! Endpoint with the states of the webhooks, which also creates them in Greenhouse; see
//! [`HookStates`](crate::HookStates) and [`HookReport`](crate::HookReport).

use bytes::Bytes;
#[cfg(feature = "openapi")]
use greenhouse_core::openapi::Operation;
use greenhouse_core::{
    AccountId,
    answer::{self, ErrorDetails, caused_by, method_not_allowed, problem_text_with},
    operator::{OperatorRequest, not_found, store_down},
    store::StoreError,
};
use http::{Method, Response, StatusCode};
use serde::Deserialize;

use super::PartnerService;
#[cfg(feature = "openapi")]
use crate::HookReport;
use crate::{HookAction, HookStates, managed_hooks::HookError};

/// Responds to a request to this endpoint. Returns `None` for any other path.
pub(super) async fn answer(
    service: &PartnerService,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    if request.path().as_slice() != ["hooks"] {
        return None;
    }
    Some(match request.method {
        Method::GET => match states(service, &request.account).await {
            Ok(states) => answer::json(StatusCode::OK, &states),
            Err(error) => store_down(&error),
        },
        Method::POST => match request.json::<HookRequest>() {
            Ok(HookRequest { action }) => run(service, &request.account, action).await,
            Err(message) => answer::problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", message),
        },
        _ => method_not_allowed(&[Method::GET, Method::POST]),
    })
}

async fn states(service: &PartnerService, account: &AccountId) -> Result<HookStates, StoreError> {
    let mut states = service.checks.hook_states(account).await?;
    states.management = service.hooks.management(account).await?;
    Ok(states)
}

async fn run(service: &PartnerService, account: &AccountId, action: HookAction) -> Response<Bytes> {
    let error = match service.hooks.run(account, action).await {
        Ok(report) => return answer::json(StatusCode::OK, &report),
        Err(error) => error,
    };
    match &error {
        HookError::Store(error) => store_down(error),
        HookError::NoAccount => not_found(),
        _ => {
            let status = match &error {
                HookError::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::CONFLICT,
            };
            let details = ErrorDetails {
                remedy: error.remedy(),
                ..ErrorDetails::default()
            };
            let response = problem_text_with(status, &error.text(), details);
            match status {
                StatusCode::SERVICE_UNAVAILABLE => caused_by(response, &error),
                _ => response,
            }
        }
    }
}

/// Body of `POST hooks`.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct HookRequest {
    /// What to do.
    action: HookAction,
}

#[cfg(feature = "openapi")]
pub(super) fn operations() -> Vec<Operation> {
    let get = "Returns each webhook to create in Greenhouse, with its state.";
    let post = "Creates, checks, repairs or removes the account's webhooks in Greenhouse.";
    vec![
        Operation::new(Method::GET, "hooks", get)
            .response::<HookStates>(StatusCode::OK, "The webhooks."),
        Operation::new(Method::POST, "hooks", post)
            .body::<HookRequest>()
            .response::<HookReport>(StatusCode::OK, "The result for each event.")
            .error(StatusCode::CONFLICT)
            .error(StatusCode::UNPROCESSABLE_ENTITY)
            .error(StatusCode::SERVICE_UNAVAILABLE),
    ]
}
