use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
    routing::any,
};
use greenhouse_core::{AccountId, integration::Integration};
use http::request::Parts;

/// The public endpoints: assessment endpoints, report links and webhooks. Merge it into your own router.
///
/// Bodies have their limits and a deadline: 413 to a longer body, 408 to a slower one, as JSON.
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

/// The operator endpoints. Nest it where your pages expect it.
///
/// `account_of_session` authenticates your own user, from the head of the request and what your
/// middleware has put into its extensions. `None` is answered with 401.
///
/// ```
/// # use axum::Router;
/// # fn mount(greenhouse: &greenhouse_core::integration::Integration) -> Router {
/// use greenhouse_core::AccountId;
/// use http::request::Parts;
///
/// async fn account_of_session(head: Parts) -> Option<AccountId> {
///     head.extensions.get::<AccountId>().cloned() // put there by your session layer
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

/// The operator endpoints for callers that send an operator token, as `Authorization: Bearer <token>`:
/// your own services, or scripts. Nest it as [`operator`].
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
