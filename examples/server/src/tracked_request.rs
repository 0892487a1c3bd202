//! Metrics and log line of a request.

use http::{HeaderValue, Response, request::Parts};
use tracing::Instrument;

use crate::{
    metrics::{Metrics, RequestTimer},
    request_id::{REQUEST_ID, RequestIds},
    route::Route,
};

/// Request in progress. The log contains neither the path nor the query, because they can identify
/// a person.
pub(crate) struct TrackedRequest<'a> {
    id: String,
    route: Route,
    timer: RequestTimer<'a>,
    span: tracing::Span,
}

impl<'a> TrackedRequest<'a> {
    pub(crate) fn new(metrics: &'a Metrics, ids: &RequestIds, parts: &Parts) -> Self {
        let path = parts.uri.path();
        let route = Route::of(path);
        let endpoint = route.name(path);
        let id = ids.of(&parts.headers);
        let timer = metrics.start_request(endpoint, &parts.method);
        Self {
            span: tracing::info_span!("request", id, endpoint, method = timer.method()),
            id,
            route,
            timer,
        }
    }

    /// Waits for the response, records it in the metrics and the log, and adds the request id as a
    /// header.
    pub(crate) async fn run<B>(self, response: impl Future<Output = Response<B>>) -> Response<B> {
        let Self {
            id,
            route,
            timer,
            span,
        } = self;
        let mut response = response.instrument(span.clone()).await;
        let status = response.status();
        let seconds = timer.finish(status);
        span.in_scope(|| {
            let status = status.as_u16();
            if route.is_monitoring() {
                tracing::debug!(status, seconds, "request answered");
            } else {
                tracing::info!(status, seconds, "request answered");
            }
        });
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}
