//! A request as it is counted, timed and named in the log.

use http::{HeaderValue, Response, request::Parts};
use tracing::Instrument;

use crate::{
    metrics::{Asked, Metrics},
    request_id::{REQUEST_ID, RequestIds},
    route::Route,
};

/// A request that is being answered. Neither its path nor its query is in the log: they name people's assessments.
pub(crate) struct Watched<'a> {
    id: String,
    route: Route,
    asked: Asked<'a>,
    span: tracing::Span,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(metrics: &'a Metrics, ids: &RequestIds, parts: &Parts) -> Self {
        let path = parts.uri.path();
        let route = Route::of(path);
        let endpoint = route.name(path);
        let id = ids.of(&parts.headers);
        let asked = metrics.asked(endpoint, &parts.method);
        Self {
            span: tracing::info_span!("request", id, endpoint, method = asked.method()),
            id,
            route,
            asked,
        }
    }

    /// The answer, with the name of the request in a header.
    pub(crate) async fn answer<B>(self, answer: impl Future<Output = Response<B>>) -> Response<B> {
        let Self {
            id,
            route,
            asked,
            span,
        } = self;
        let mut response = answer.instrument(span.clone()).await;
        let status = response.status();
        let seconds = asked.answered(status);
        span.in_scope(|| {
            let status = status.as_u16();
            if route.is_of_monitoring() {
                tracing::debug!(status, seconds, "answered");
            } else {
                tracing::info!(status, seconds, "answered");
            }
        });
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}
