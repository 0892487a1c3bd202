//! `GET health`: the checks of all parts.
//!
//! Query parameter: `max_age` in seconds, by default 0. Checks that are younger are returned again
//! without a call to Greenhouse or to the product.

use bytes::Bytes;
use futures_util::future::join_all;
use http::{Method, Response, StatusCode};
use serde::Serialize;

use super::{OperatorRequest, OperatorService};
use crate::{
    AccountId, answer,
    health::{self, Check, CheckState},
    recent::Recent,
};

/// Responses of the last checks, by account.
pub(super) type RecentHealth = Recent<AccountId, Response<Bytes>>;

/// Results of the health checks.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Health {
    /// The worst state of all checks.
    state: CheckState,
    /// The checks.
    checks: Vec<Check>,
}

impl OperatorService {
    pub(super) async fn health(&self, request: &OperatorRequest) -> Response<Bytes> {
        let account = &request.account;
        let max_age = match request.max_age() {
            Ok(max_age) => max_age,
            Err(text) => return answer::problem_text(StatusCode::BAD_REQUEST, &text),
        };
        if let Some(recent) = self.recent.get(account, self.clock.now(), max_age) {
            return recent;
        }
        let read = self.recent.begin(self.clock.now());
        let parts = self.parts.iter().map(|part| part.checks(account));
        let checks: Vec<_> = join_all(parts).await.into_iter().flatten().collect();
        let state = health::worst(&checks);
        let response = answer::json(StatusCode::OK, &Health { state, checks });
        self.recent.put(account.clone(), response.clone(), read);
        response
    }

    /// Forgets the last checks if the request has changed something.
    pub(super) fn forget_health_after(&self, request: &OperatorRequest) {
        if !is_read(request) {
            self.recent.forget(&request.account);
        }
    }
}

/// Returns `true` if the request changes nothing.
fn is_read(request: &OperatorRequest) -> bool {
    request.method == Method::GET
        || matches!(
            request.path().as_slice(),
            ["preview"] | ["settings", _, "check" | "estimate"]
        )
}

/// Maximum number of accounts whose last checks are kept.
pub(super) const ACCOUNTS: usize = 100;
