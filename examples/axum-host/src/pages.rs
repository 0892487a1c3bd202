use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, Request},
};
use console::{Console, MountPath};
use greenhouse_core::AccountId;
use http::request::Parts;

/// Returns the console: the pages for recruiters and admins. Nest it under the path at which your
/// users open it. With `nest_service`, the path also works with a slash at its end; with `nest`,
/// axum answers that address itself.
///
/// Takes the integration, or a [`Console`] with your own layout. `account_of_session` authenticates
/// your user, as for [`operator`](crate::operator). If it returns `None`, the response is 401 with
/// a page that says so.
///
/// ```
/// # use axum::Router;
/// # use greenhouse_core::{AccountId, integration::Integration};
/// # async fn account_of_session(_: http::request::Parts) -> Option<AccountId> { None }
/// # fn mount(greenhouse: &Integration) -> Router {
/// use console::{Console, Layout};
///
/// let console = Console::new(greenhouse).layout(Layout::default().sign_in("/login"));
/// Router::new()
///     .nest_service("/settings/greenhouse", axum_host::console(greenhouse, account_of_session))
///     .nest_service("/own/layout", axum_host::console(console, account_of_session))
/// # }
/// ```
pub fn console<F, Fut>(console: impl Into<Console>, account_of_session: F) -> Router
where
    F: Fn(Parts) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Option<AccountId>> + Send + 'static,
{
    let console: Console = console.into();
    Router::new().fallback(async move |request: Request| {
        let (mut head, body) = request.into_parts();
        let account = account_of_session(head.clone()).await;
        let complete = head.extensions.get::<OriginalUri>();
        let complete = complete.map_or(head.uri.path(), |OriginalUri(uri)| uri.path());
        let mount = MountPath::between(complete, head.uri.path());
        head.extensions.insert(mount);
        let request = Request::from_parts(head, body.into_data_stream());
        let response = console.handle_streamed(account, request).await;
        response.map(Body::from)
    })
}
