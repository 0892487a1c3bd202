//! `GET`, `PUT` and `DELETE account`.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::{AccountError, remove, switch};
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::{
    AccountId, Clock,
    answer::{self, NewState, method_not_allowed},
    health::Check,
    operator::{OperatorPart, OperatorRequest, not_found, store_down},
    store::Store,
    texts::accounts as texts,
};

/// Operator endpoints that switch an account off and on and remove it, and a health check that
/// warns while the account is switched off.
///
/// | endpoint | response |
/// |---|---|
/// | `GET account` | `{"id", "enabled"}` |
/// | `PUT account` with `{"enabled": false}` | the same, after the change |
/// | `DELETE account` | `{"state": "removed"}`; see [`remove`](super::remove) |
#[derive(Clone)]
pub struct AccountOperator {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl AccountOperator {
    /// Creates the endpoints for the accounts in this store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    async fn show(&self, account: &AccountId) -> Response<Bytes> {
        match self.store.account(account).await {
            Ok(Some(record)) => {
                let view = AccountView {
                    id: account,
                    enabled: record.settings.enabled,
                };
                answer::json(StatusCode::OK, &view)
            }
            Ok(None) => not_found(),
            Err(error) => store_down(&error),
        }
    }

    async fn switch(&self, request: &OperatorRequest) -> Response<Bytes> {
        let form = match request.json::<SwitchForm>() {
            Ok(form) => form,
            Err(message) => {
                return answer::problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", message);
            }
        };
        let (store, now) = (self.store.as_ref(), self.clock.now());
        match switch(store, &request.account, form.enabled, now).await {
            Ok(()) => self.show(&request.account).await,
            Err(error) => refusal(&error),
        }
    }

    async fn remove(&self, account: &AccountId) -> Response<Bytes> {
        match remove(self.store.as_ref(), account, self.clock.now()).await {
            Ok(()) => answer::json(StatusCode::OK, &NewState::new("removed")),
            Err(error) => refusal(&error),
        }
    }
}

/// State of the account.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "Account"))]
struct AccountView<'a> {
    /// Id of the account.
    id: &'a AccountId,
    /// `false` if the account is switched off: nothing is exchanged with Greenhouse.
    enabled: bool,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct SwitchForm {
    /// `false` switches the account off. All settings stay.
    enabled: bool,
}

fn refusal(error: &AccountError) -> Response<Bytes> {
    match error {
        AccountError::NoAccount(_) => not_found(),
        AccountError::Busy => answer::problem_text(StatusCode::CONFLICT, &texts::account_busy()),
        AccountError::Store(error) => store_down(error),
    }
}

#[async_trait]
impl OperatorPart for AccountOperator {
    async fn answer(&self, request: &OperatorRequest) -> Option<Response<Bytes>> {
        let ["account"] = request.path().as_slice() else {
            return None;
        };
        Some(match request.method {
            Method::GET => self.show(&request.account).await,
            Method::PUT => self.switch(request).await,
            Method::DELETE => self.remove(&request.account).await,
            _ => method_not_allowed(&[Method::GET, Method::PUT, Method::DELETE]),
        })
    }

    #[cfg(feature = "openapi")]
    fn operations(&self) -> Vec<Operation> {
        let account = |method, summary| Operation::new(method, "account", summary);
        vec![
            account(Method::GET, "Returns the state of the account.")
                .response::<AccountView<'_>>(StatusCode::OK, "The state.")
                .error(StatusCode::NOT_FOUND),
            account(Method::PUT, "Switches the account off or on.")
                .body::<SwitchForm>()
                .response::<AccountView<'_>>(StatusCode::OK, "The state after the change.")
                .error(StatusCode::NOT_FOUND)
                .error(StatusCode::CONFLICT),
            account(
                Method::DELETE,
                "Removes the account: settings, secrets, keys, tokens and all personal data.",
            )
            .response::<NewState>(StatusCode::OK, "The account is removed.")
            .error(StatusCode::NOT_FOUND)
            .error(StatusCode::CONFLICT),
        ]
    }

    async fn checks(&self, account: &AccountId) -> Vec<Check> {
        match self.store.account(account).await {
            Ok(Some(record)) if !record.settings.enabled => vec![texts::account_off()],
            Ok(_) => Vec::new(),
            Err(error) => vec![texts::account_unread(&error.to_string())],
        }
    }
}

impl fmt::Debug for AccountOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountOperator").finish_non_exhaustive()
    }
}
