//! Endpoint `connection`.

use bytes::Bytes;
#[cfg(feature = "openapi")]
use greenhouse_core::openapi::Operation;
use greenhouse_core::{
    Secret, answer,
    answer::{ErrorDetails, caused_by, problem_text_with},
    later,
    operator::{OperatorRequest, not_found, store_down},
    settings::{Connection, ConsentAnswer},
};
use http::{Method, Response, StatusCode};
use serde::Deserialize;

use super::{ConnectionError, ConnectionReport, ConnectionService, ConnectionView, OptionalScopes};
use crate::push::{settings::greenhouse_failure, texts::connection as texts};

/// Handles a request to this endpoint. Returns `None` for any other path.
pub(in crate::push) async fn answer(
    service: &ConnectionService,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    if request.path().as_slice() != ["connection"] {
        return None;
    }
    Some(match request.method {
        Method::GET => match view(service, request).await {
            Ok(view) => answer::json(StatusCode::OK, &view),
            Err(error) => refusal_answer(&error),
        },
        Method::POST => match request.json::<ConnectionRequest>() {
            Ok(asked) => match run(service, request, asked).await {
                Ok(report) => answer::json(StatusCode::OK, &report),
                Err(error) => refusal_answer(&error),
            },
            Err(message) => answer::problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", message),
        },
        _ => answer::method_not_allowed(&[Method::GET, Method::POST]),
    })
}

async fn view(
    service: &ConnectionService,
    request: &OperatorRequest,
) -> Result<ConnectionView, ConnectionError> {
    let view = service.view(&request.account).await?;
    let Some(id) = request.query("confirm") else {
        return Ok(view);
    };
    let id = Secret::new(id);
    let until = service.confirmable_until(&request.account, &id).await?;
    Ok(view.with_confirmable_until(until))
}

async fn run(
    service: &ConnectionService,
    request: &OperatorRequest,
    asked: ConnectionRequest,
) -> Result<ConnectionReport, ConnectionError> {
    let account = &request.account;
    match asked {
        ConnectionRequest::Start { also } => {
            let expires_at = later(service.engine.now(), Connection::STATE_LIFETIME);
            let url = service.start(account, &also).await?;
            Ok(ConnectionReport::started(&url, expires_at))
        }
        ConnectionRequest::Callback { code, state, error } => {
            let answer = ConsentAnswer::new(code, state, error);
            service.answered(account, answer).await
        }
        ConnectionRequest::Confirm { confirm } => service.confirm(account, &confirm).await,
        ConnectionRequest::Disconnect {} => service.disconnect(account).await,
    }
}

/// Body of `POST connection`.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
enum ConnectionRequest {
    /// Begins a consent.
    Start {
        /// Additional scopes to ask for. Default: none.
        #[serde(default)]
        also: Vec<OptionalScopes>,
    },
    /// Passes on the parameters with which Greenhouse opened the redirect URI.
    Callback {
        /// Parameter `code`.
        #[serde(default)]
        code: Option<Secret>,
        /// Parameter `state`.
        #[serde(default)]
        state: Option<Secret>,
        /// Parameter `error`.
        #[serde(default)]
        error: Option<String>,
    },
    /// Confirms a consent that was begun in Greenhouse.
    Confirm {
        /// Id of the consent, as returned by `callback`.
        confirm: Secret,
    },
    /// Removes the tokens.
    Disconnect {},
}

fn refusal_answer(error: &ConnectionError) -> Response<Bytes> {
    let conflict = |text, remedy: &str| {
        problem_text_with(StatusCode::CONFLICT, &text, ErrorDetails::remedy(remedy))
    };
    match error {
        ConnectionError::NoAccount => not_found(),
        ConnectionError::NoPartnerApp => conflict(texts::no_partner_app(), texts::ENTER_APP),
        ConnectionError::Refused(refusal) => {
            let (text, remedy) = texts::refusal(refusal);
            conflict(text, remedy)
        }
        ConnectionError::Greenhouse(error) => greenhouse_failure(error),
        ConnectionError::NoRandomness(error) => {
            let details = ErrorDetails::remedy(texts::TRY_AGAIN);
            let status = StatusCode::SERVICE_UNAVAILABLE;
            caused_by(
                problem_text_with(status, &texts::no_state(), details),
                error,
            )
        }
        ConnectionError::Store(error) => store_down(error),
    }
}

#[cfg(feature = "openapi")]
pub(in crate::push) fn operations() -> Vec<Operation> {
    let get = "Returns the state of the connection to a partner's app.";
    let post = "Connects the account to a partner's app by a consent in Greenhouse, or disconnects \
                it.";
    vec![
        Operation::new(Method::GET, "connection", get)
            .query::<String>("confirm", "Id of a consent that waits for a confirmation.")
            .response::<ConnectionView>(StatusCode::OK, "The connection.")
            .error(StatusCode::NOT_FOUND),
        Operation::new(Method::POST, "connection", post)
            .body::<ConnectionRequest>()
            .response::<ConnectionReport>(StatusCode::OK, "What was done.")
            .error(StatusCode::NOT_FOUND)
            .error(StatusCode::CONFLICT)
            .error(StatusCode::UNPROCESSABLE_ENTITY)
            .error(StatusCode::SERVICE_UNAVAILABLE),
    ]
}
