use std::fmt::Display;

use bytes::{Buf, Bytes};
use futures_util::Stream;
use http::{HeaderMap, Request, Response, StatusCode, Uri, uri::PathAndQuery};

use super::{Integration, handled};
use crate::{
    AccountId, answer,
    body::{self, HeldBody},
    chain, operator,
};

impl Integration {
    /// Checks the credential of a public request, reads its body and handles the request. For web
    /// framework adapters.
    ///
    /// A request to an unknown path or with an invalid credential is answered without reading its
    /// body. Enforces the body limit and the body deadline while reading. Responds with 413 if the
    /// body is too large, with 408 if it is too slow, with 400 if it ends early, and with 503 if
    /// too little of the [budget](Self::body_budget) is free.
    pub async fn handle_streamed<D: Buf, E: Display>(
        &self,
        request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        let (parts, chunks) = request.into_parts();
        let (direction, head) = match self.admit(parts).await {
            Ok(admitted) => admitted,
            Err(response) => return response,
        };
        if !head.has_body() {
            return handled(direction, head.with_body(Bytes::new())).await;
        }
        let limit = direction.body_limit(head.route()).unwrap_or_default();
        match self.read(head.headers(), chunks, limit).await {
            Ok(held) => handled(direction, head.with_body(held.bytes().clone())).await,
            Err(response) => {
                if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    direction.note_oversized(&head).await;
                }
                response
            }
        }
    }

    /// Reads the body of an operator's request and handles the request. For web framework adapters.
    ///
    /// The path is either relative to the mount point, such as `/health`, or complete. Responds
    /// with 401 if `account` is `None`.
    pub async fn operator_streamed<D: Buf, E: Display>(
        &self,
        account: Option<AccountId>,
        mut request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        let Some(account) = account else {
            return answer::problem(StatusCode::UNAUTHORIZED, "unauthorized", "sign in first");
        };
        *request.uri_mut() = below_operator(request.uri());
        let (parts, chunks) = request.into_parts();
        let limit = self.operator_body_limit(&parts);
        match self.read(&parts.headers, chunks, limit).await {
            Ok(held) => {
                let request = Request::from_parts(parts, held.bytes().clone());
                self.operator(&account, request).await
            }
            Err(response) => response,
        }
    }

    /// Like [`operator_streamed`](Self::operator_streamed), for a caller that sends an operator
    /// token as `Authorization: Bearer <token>`. Responds with 401 without a valid token, and with
    /// 503 if the token could not be looked up.
    pub async fn operator_with_token_streamed<D: Buf, E: Display>(
        &self,
        request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        match self.account_of_operator(request.headers()).await {
            Ok(Some(account)) => self.operator_streamed(Some(account), request).await,
            Ok(None) => answer::problem(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "an operator token is required",
            ),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "operator token could not be looked up");
                answer::problem(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "the database is unavailable; try again",
                )
            }
        }
    }

    async fn read<D: Buf, E: Display>(
        &self,
        headers: &HeaderMap,
        chunks: impl Stream<Item = Result<D, E>>,
        limit: usize,
    ) -> Result<HeldBody, Response<Bytes>> {
        let (deadline, clock) = (self.inner.body_deadline, self.ports().clock());
        let budget = &self.inner.body_budget;
        body::read(headers, chunks, limit, deadline, &**clock, budget).await
    }
}

/// URL under the operator prefix. A URL without a path, as for CONNECT, matches no endpoint.
fn below_operator(uri: &Uri) -> Uri {
    let path = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let relative = path
        .strip_prefix(operator::PREFIX)
        .or_else(|| path.strip_prefix('/'))
        .unwrap_or(path);
    let full = format!("{}{relative}", operator::PREFIX);
    full.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_the_operator_prefix() {
        for (mounted, full) in [
            ("/health", "/api/integrations/greenhouse/health"),
            (
                "/sync-log?limit=2",
                "/api/integrations/greenhouse/sync-log?limit=2",
            ),
            ("/", "/api/integrations/greenhouse/"),
            (
                "/api/integrations/greenhouse/health?a=b",
                "/api/integrations/greenhouse/health?a=b",
            ),
            (
                "https://host/push/asm-1",
                "/api/integrations/greenhouse/push/asm-1",
            ),
        ] {
            assert_eq!(below_operator(&mounted.parse().unwrap()), full, "{mounted}");
        }
    }
}
