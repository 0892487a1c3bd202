//! Samples of each error, for table tests.

use std::time::Duration;

use greenhouse_core::{
    TransportError, TransportErrorKind, every_variant, store::StoreError, testing::store_errors,
};

use super::{AuthProblem, Error, PagingProblem};
use crate::Route;

/// Samples of each error except [`Error::Auth`].
pub(crate) fn errors() -> Vec<Error> {
    let route = route();
    let source = || TransportError::new(TransportErrorKind::Unreachable);
    let api = |status| Error::Api {
        route,
        status,
        message: Some("is not valid".to_owned()),
        errors: Vec::new(),
    };
    let store = |source: StoreError| Error::Store { route, source };
    let mut errors = every_variant!(Error {
        Error::Construction { .. } => [Error::Construction { route, source: None }];
        Error::Auth { .. } => [Error::OutOfTime { route }];
        Error::Transport { .. } => [Error::Transport { route, source: source() }];
        Error::Ambiguous { .. } => [Error::Ambiguous { route, status: Some(502), source: None }];
        Error::Api { .. } => [api(404), api(408), api(409), api(422), api(500), api(503)];
        Error::Store { .. } => [store(StoreError::unavailable("disk full"))];
        Error::RateLimited { .. } => [Error::RateLimited {
            route,
            retry_after: Duration::from_secs(9),
        }];
        Error::OutOfTime { .. } => [Error::OutOfTime { route }];
        Error::Decode { .. } => [Error::Decode { route, path: "id".to_owned() }];
        Error::Paging { .. } => [Error::Paging { route, problem: PagingProblem::Loop }];
    });
    errors.extend(store_errors().into_iter().map(store));
    let paging = every_variant!(PagingProblem {
        PagingProblem::Unreadable => [PagingProblem::Unreadable];
        PagingProblem::ForeignOrigin => [PagingProblem::ForeignOrigin];
        PagingProblem::Loop => [PagingProblem::Loop];
        PagingProblem::TooMany => [PagingProblem::TooMany];
    });
    errors.extend(
        paging
            .into_iter()
            .map(|problem| Error::Paging { route, problem }),
    );
    errors
}

/// Samples of [`Error::Auth`], with each problem.
pub(crate) fn auth_errors() -> Vec<Error> {
    let scope = "harvest:notes:create";
    let problems = every_variant!(AuthProblem {
        AuthProblem::Credential => [AuthProblem::Credential];
        AuthProblem::ClientId => [AuthProblem::ClientId];
        AuthProblem::NoCredential => [AuthProblem::NoCredential];
        AuthProblem::GrantType => [AuthProblem::GrantType];
        AuthProblem::WrongGrant => [AuthProblem::WrongGrant];
        AuthProblem::NoScopes => [AuthProblem::NoScopes];
        AuthProblem::ActingUser => [AuthProblem::ActingUser];
        AuthProblem::CodeRefused => [AuthProblem::CodeRefused];
        AuthProblem::NotConnected => [AuthProblem::NotConnected];
        AuthProblem::Reconnect => [AuthProblem::Reconnect];
        AuthProblem::TokenRefused { .. } => [AuthProblem::TokenRefused { status: 418 }];
        AuthProblem::TokenRejected => [AuthProblem::TokenRejected];
        AuthProblem::MissingScope { .. } => [AuthProblem::MissingScope { scope }];
        AuthProblem::NotSiteAdmin => [AuthProblem::NotSiteAdmin];
        AuthProblem::Forbidden { .. } => [AuthProblem::Forbidden { scope }];
    });
    let route = route();
    let errors = problems.into_iter();
    errors
        .map(|problem| Error::Auth { route, problem })
        .collect()
}

fn route() -> Route {
    Route::post("/v3/notes", "harvest:notes:create")
}

#[cfg(test)]
mod tests {
    use greenhouse_core::testing::has_remedy;

    use super::*;

    #[test]
    fn every_error_has_a_remedy() {
        for error in errors().into_iter().chain(auth_errors()) {
            assert!(has_remedy(&error.remedy()), "{error:?}: {}", error.remedy());
        }
    }
}
