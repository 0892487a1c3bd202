use std::{fmt::Display, time::Duration};

use bytes::{Buf, Bytes};
use futures_util::Stream;
use http::{Request, Response, StatusCode, Uri, uri::PathAndQuery};

use super::Integration;
use crate::{AccountId, answer, body, operator};

impl Integration {
    /// Reads the body of a request to a public endpoint, and answers it. For adapters of web frameworks.
    ///
    /// Limit and deadline hold while the body is read: 413 to a longer body, 408 to a slower one.
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

    /// Reads the body of an operator's request, and answers it. For adapters of web frameworks.
    ///
    /// The path is the one below the mount point, such as `/health`. 401 without an account.
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

/// The address under the operator's own prefix. An address without a path, as that of CONNECT, is none of ours.
fn below_operator(uri: &Uri) -> Uri {
    let relative = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let relative = relative.strip_prefix('/').unwrap_or(relative);
    let full = format!("{}{relative}", operator::PREFIX);
    full.parse().unwrap_or_default()
}

/// Time for the body of a request to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mounted_path_is_the_operators_own() {
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
