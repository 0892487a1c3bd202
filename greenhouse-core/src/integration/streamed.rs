use std::{fmt::Display, time::Duration};

use bytes::{Buf, Bytes};
use futures_util::Stream;
use http::{Request, Response, StatusCode, Uri, uri::PathAndQuery};

use super::Integration;
use crate::{AccountId, answer, body, operator};

impl Integration {
    /// Reads the body of a public request and responds to it. For adapters of web frameworks.
    ///
    /// Enforces the limit and deadline while reading: 413 for a longer body, 408 for a slower one.
    pub async fn handle_streamed<D: Buf, E: Display>(
        &self,
        request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        let limit = |request: &_| self.body_limit(request);
        match self.read(request, limit).await {
            Ok(request) => self.handle(request).await,
            Err(response) => response,
        }
    }

    /// Reads the body of an operator's request and responds to it. For adapters of web frameworks.
    ///
    /// The path is relative to the mount point, such as `/health`. Returns 401 without an account.
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

    async fn read<D: Buf, E: Display>(
        &self,
        request: Request<impl Stream<Item = Result<D, E>>>,
        limit: impl FnOnce(&http::request::Parts) -> usize,
    ) -> Result<Request<Bytes>, Response<Bytes>> {
        let (parts, chunks) = request.into_parts();
        let (limit, clock) = (limit(&parts), self.ports().clock());
        let bytes = body::read(&parts.headers, chunks, limit, BODY_DEADLINE, &**clock).await?;
        Ok(Request::from_parts(parts, bytes))
    }
}

/// URL below the operator's prefix. A URL without a path, as for CONNECT, does not match.
fn below_operator(uri: &Uri) -> Uri {
    let relative = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let relative = relative.strip_prefix('/').unwrap_or(relative);
    let full = format!("{}{relative}", operator::PREFIX);
    full.parse().unwrap_or_default()
}

/// Time to receive the body of a request.
const BODY_DEADLINE: Duration = Duration::from_secs(20);

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
                "https://host/push/asm-1",
                "/api/integrations/greenhouse/push/asm-1",
            ),
        ] {
            assert_eq!(below_operator(&mounted.parse().unwrap()), full, "{mounted}");
        }
    }
}
