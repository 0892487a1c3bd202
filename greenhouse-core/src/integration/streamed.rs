use std::fmt::Display;

use bytes::{Buf, Bytes};
use futures_util::Stream;
use http::{Request, Response, StatusCode, Uri, uri::PathAndQuery};

use super::{Integration, PublicRoute};
use crate::{AccountId, answer, body, chain, operator};

impl Integration {
    /// Reads the body of a public request and handles the request. For web framework adapters.
    ///
    /// Enforces the limit and the deadline while reading. Responds with 413 if the body is too
    /// large and with 408 if it is too slow.
    pub async fn handle_streamed<D: Buf, E: Display>(
        &self,
        request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        let limit = |request: &_| self.body_limit(request);
        let path = request.uri().path().to_owned();
        match self.read(request, limit).await {
            Ok(request) => self.handle(request).await,
            Err(response) => {
                if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    self.note_oversized(&path).await;
                }
                response
            }
        }
    }

    async fn note_oversized(&self, path: &str) {
        if let Some(route) = PublicRoute::parse(path)
            && let Some(direction) = self.owner(&route)
        {
            direction.note_oversized(&route).await;
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
        let limit = |request: &_| self.operator_body_limit(request);
        match self.read(request, limit).await {
            Ok(request) => self.operator(&account, request).await,
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
        request: Request<impl Stream<Item = Result<D, E>>>,
        limit: impl FnOnce(&http::request::Parts) -> usize,
    ) -> Result<Request<Bytes>, Response<Bytes>> {
        let (parts, chunks) = request.into_parts();
        let (limit, deadline) = (limit(&parts), self.inner.body_deadline);
        let clock = self.ports().clock();
        let bytes = body::read(&parts.headers, chunks, limit, deadline, &**clock).await?;
        Ok(Request::from_parts(parts, bytes))
    }
}

/// URL under the operator prefix. A URL without a path, as for CONNECT, does not match.
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
