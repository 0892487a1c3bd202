use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
    routing::any,
};
use greenhouse_core::{AccountId, integration::Integration};
use http::request::Parts;

/// Returns the public endpoints: assessment endpoints, report links and webhooks. Merge them into
/// your own router.
///
/// Request bodies have size limits and a deadline. The response is 413 if a body is too large, and
/// 408 if it is too slow. Both responses have JSON bodies.
///
/// ```
/// # fn mount(greenhouse: &greenhouse_core::integration::Integration) -> axum::Router {
/// use axum::{Router, routing::get};
///
/// Router::new()
///     .route("/my/own/route", get(async || "mine"))
///     .merge(axum_host::public(greenhouse))
/// # }
/// ```
pub fn public(greenhouse: &Integration) -> Router {
    Router::new()
        .route("/api/greenhouse/{*rest}", any(handle))
        .route("/api/webhooks/greenhouse", any(handle))
        .route("/api/webhooks/greenhouse/{*rest}", any(handle))
        .with_state(greenhouse.clone())
}

/// Returns the operator endpoints. Nest them under the path that your pages use.
///
/// `account_of_session` authenticates your user from the request head, including extensions that
/// your middleware has set. If it returns `None`, the response is 401.
///
/// ```
/// # use axum::Router;
/// # fn mount(greenhouse: &greenhouse_core::integration::Integration) -> Router {
/// use greenhouse_core::AccountId;
/// use http::request::Parts;
///
/// async fn account_of_session(head: Parts) -> Option<AccountId> {
///     head.extensions.get::<AccountId>().cloned() // set by your session middleware
/// }
///
/// Router::new().nest(
///     "/api/integrations/greenhouse",
///     axum_host::operator(greenhouse, account_of_session),
/// )
/// # }
/// ```
pub fn operator<F, Fut>(greenhouse: &Integration, account_of_session: F) -> Router
where
    F: Fn(Parts) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Option<AccountId>> + Send + 'static,
{
    let greenhouse = greenhouse.clone();
    Router::new().fallback(async move |request: Request| {
        let (head, body) = request.into_parts();
        let account = account_of_session(head.clone()).await;
        let request = Request::from_parts(head, body.into_data_stream());
        let response = greenhouse.operator_streamed(account, request).await;
        response.map(Body::from)
    })
}

/// Returns the operator endpoints for your services and scripts, which send an operator token as
/// `Authorization: Bearer <token>`. Nest them as with [`operator`].
///
/// ```
/// # fn mount(greenhouse: &greenhouse_core::integration::Integration) -> axum::Router {
/// axum::Router::new().nest(
///     "/api/integrations/greenhouse",
///     axum_host::operator_with_token(greenhouse),
/// )
/// # }
/// ```
pub fn operator_with_token(greenhouse: &Integration) -> Router {
    let greenhouse = greenhouse.clone();
    Router::new().fallback(async move |request: Request| {
        let request = request.map(Body::into_data_stream);
        let response = greenhouse.operator_with_token_streamed(request).await;
        response.map(Body::from)
    })
}

async fn handle(State(greenhouse): State<Integration>, request: Request) -> Response {
    let request = request.map(Body::into_data_stream);
    greenhouse.handle_streamed(request).await.map(Body::from)
}
